"""The product as it is served, with two additions: an empty page, and query counts in a header."""

import os
import sys
from typing import Any

from flask import Flask, Response, g, render_template_string
from sqlalchemy import event
from waitress import serve

from app import create_app
from tickets.database import db
from tickets.web.shell.permissions import SIGNED_IN, TABLE

EMPTY = '{% extends "base.html" %}{% block main %}{% endblock %}'


def bench_app() -> Flask:
    """The application with `/bench/empty`, a signed-in page with nothing on it: the ceiling."""
    app = create_app({"SHOUWEN_ENV": "testing", "WTF_CSRF_ENABLED": False})
    TABLE["bench_empty"] = SIGNED_IN
    app.add_url_rule("/bench/empty", "bench_empty", lambda: render_template_string(EMPTY))
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _count)
    app.after_request(_tell)
    return app


def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if g and not statement.startswith(("PRAGMA", "BEGIN")):
        g.queries = g.get("queries", 0) + 1


def _tell(response: Response) -> Response:
    response.headers["X-Queries"] = str(g.get("queries", 0))
    return response


if __name__ == "__main__":
    serve(bench_app(), host="127.0.0.1", port=int(os.environ["PORT"]), threads=4, _quiet=True)
    sys.exit(0)
