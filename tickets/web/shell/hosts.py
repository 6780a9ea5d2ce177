"""A request for a name that is not ours ends here, before anything makes a link from that name."""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError


def init_app(app: Flask) -> None:
    app.before_request(_refuse_forged_host)


def _refuse_forged_host() -> ResponseReturnValue | None:
    """Flask finds it (TRUSTED_HOSTS), but would let every other `before_request` run first."""
    if not isinstance(request.routing_exception, SecurityError):
        return None
    return "Bad request: unknown host\n", 400, {"Content-Type": "text/plain; charset=utf-8"}
