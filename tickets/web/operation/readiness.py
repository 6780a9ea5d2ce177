"""No page is served from a database that this code was not written for (FLK-08).

`flask serve` and `production.py` refuse to start; this covers every other way of starting.
"""

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from tickets.database import db
from tickets.operation.schema import schema_is_current
from tickets.operation.serving import NOT_CURRENT

ALWAYS_ANSWERED = frozenset({"health.healthz", "static"})


def init_app(app: Flask) -> None:
    app.before_request(_refuse_on_another_schema)


def _refuse_on_another_schema() -> ResponseReturnValue | None:
    if request.endpoint in ALWAYS_ANSWERED or current_app.extensions.get("schema_was_current"):
        return None
    if not schema_is_current(db.engine):
        return NOT_CURRENT, 503, {"Content-Type": "text/plain; charset=utf-8"}
    current_app.extensions["schema_was_current"] = True
    return None
