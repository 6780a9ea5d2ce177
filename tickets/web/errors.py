"""What a person reads when something does not work, and what they can do about it."""

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from tickets.database import DatabaseBusy
from tickets.web.viewer import viewer
from workflow.words import N_

log = structlog.get_logger("shouwen")

# Status → what happened, what to do now.
SENTENCES = {
    400: (
        N_("This request could not be understood."),
        N_("Go back, check what was entered, and send it again."),
    ),
    403: (
        N_("You may not do this."),
        N_("It belongs to another role. If it should be yours, ask your supervisor."),
    ),
    404: (
        N_("There is nothing here."),
        N_("The address may be mistyped, or this is not yours to see."),
    ),
    405: (
        N_("This address cannot be used in this way."),
        N_("Go back and use the buttons of the page."),
    ),
    409: (
        N_("Somebody else was faster."),
        N_("Go back, look at what has changed, and decide again."),
    ),
    413: (
        N_("That is too large."),
        N_("Send a smaller file, or several files one by one."),
    ),
    429: (
        N_("Too many tries in a short time."),
        N_("Wait a few minutes, then try again."),
    ),
    500: (
        N_("Something went wrong on our side."),
        N_("Nothing was changed. Try again; if it happens again, tell support the number below."),
    ),
    503: (
        N_("Too busy at this moment."),
        N_("Nothing was changed. Try again in a few seconds."),
    ),
}


def init_app(app: Flask) -> None:
    for status in SENTENCES:
        app.register_error_handler(status, _tell)
    app.register_error_handler(DatabaseBusy, _tell_busy)


def _tell(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.telling_a_failure = True
        _log(error)
    response = _page(status)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _tell_busy(error: DatabaseBusy) -> ResponseReturnValue:
    g.telling_a_failure = True
    log.warning("database busy", error=str(error))
    response = _page(503)
    response.headers["Retry-After"] = "5"
    return response


def _page(status: int) -> Response:
    what, next_step = SENTENCES[status]
    page = render_template(
        "errors/error.html",
        layout="base.html" if viewer() else "base_plain.html",
        status=status,
        what=gettext(what),
        next_step=gettext(next_step),
        request_id=g.get("request_id", ""),
    )
    return make_response(page, status)


def _log(error: HTTPException) -> None:
    """Flask has already logged the traceback, with the request's id bound to it."""
    original = error.original_exception if isinstance(error, InternalServerError) else None
    log.error("page failed", status=error.code, error=type(original or error).__name__)
