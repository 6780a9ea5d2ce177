"""Before every request: nobody calls a page that its row in the table does not permit."""

import structlog
from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tickets.web.accounts.pages import sign_in_first
from tickets.web.shell.permissions import PUBLIC, TABLE

log = structlog.get_logger("shouwen")


def init_app(app: Flask) -> None:
    app.before_request(deny_what_is_not_permitted)


def deny_what_is_not_permitted() -> ResponseReturnValue | None:
    """Before every request. An address that does not exist stays a 404 for everybody."""
    if request.endpoint is None:
        return None
    permission = TABLE.get(request.endpoint)
    if permission is None:
        log.error("page without a declared permission", endpoint=request.endpoint)
        abort(403)
    if permission is PUBLIC:
        return None
    if not current_user.is_authenticated:
        return sign_in_first()
    if permission.roles is not None and not permission.roles & current_user.roles:
        abort(404 if permission.hidden else 403)
    return None
