"""What a person reads when something does not work, and what they can do about it.

When the database is busy or gone the page says so without asking it anything, and holds what was
typed as a form that can be sent again. Pages that were only read are read once more first.
"""

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from tickets.operation.outages import FAILURES, Outage, died_in_use, outage_of
from tickets.web.shell import second_try
from tickets.web.shell.sent_again import sent_again
from tickets.web.shell.viewer import viewer
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


LOST = (
    N_("The database cannot be reached at this moment."),
    N_("Nothing was changed. Try again in a few seconds."),
)
LOST_WHILE_SAVING = (
    N_("The database cannot be reached at this moment."),
    N_("It is not certain whether this was saved. Look first; if it is not there, send it again."),
)
RETRY_AFTER_SECONDS = 5


def init_app(app: Flask) -> None:
    for status in SENTENCES:
        app.register_error_handler(status, _tell)
    for failure in FAILURES:
        app.register_error_handler(failure, _tell_outage)
    second_try.init_app(app)


def page_without_database(status: int) -> Response:
    """The page of this status for a request that shall not cost a look at who sent it."""
    g.telling_a_failure = True
    return _page(status, SENTENCES[status])


def _tell(error: HTTPException) -> ResponseReturnValue:
    original = error.original_exception if isinstance(error, InternalServerError) else None
    if original is not None and outage_of(original):
        return _tell_outage(original)
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.telling_a_failure = True
        _log(error)
    response = _page(status, SENTENCES[status])
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _tell_outage(error: BaseException) -> ResponseReturnValue:
    outage = outage_of(error)
    if outage is None:
        raise error
    g.telling_a_failure = True
    said = str(getattr(error, "orig", None) or error)
    if died_in_use(error) and second_try.want_second_try():
        log.warning("database connection lost, reading again", error=said)
        return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
    log.warning(f"database {outage}", error=said, method=request.method, uncertain=_uncertain())
    response = _page(HTTPStatus.SERVICE_UNAVAILABLE, _words_for(outage))
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _words_for(outage: Outage) -> tuple[str, str]:
    if outage is Outage.BUSY:
        return SENTENCES[HTTPStatus.SERVICE_UNAVAILABLE]
    return LOST_WHILE_SAVING if _uncertain() else LOST


def _uncertain() -> bool:
    """Whether the database was already told to keep what this request did."""
    return bool(g.get("commit_begun"))


def _page(status: int, words: tuple[str, str]) -> Response:
    what, next_step = words
    unavailable = status == HTTPStatus.SERVICE_UNAVAILABLE
    page = render_template(
        "shell/error.html",
        layout=_layout(),
        status=int(status),
        what=gettext(what),
        next_step=gettext(next_step),
        request_id=g.get("request_id", ""),
        again=sent_again() if unavailable else None,
        ask_again=unavailable and request.method == "GET",
    )
    return make_response(page, status)


def _layout() -> str:
    """Around the page; a script that asked for a part of a page gets no more than the part."""
    if request.headers.get("HX-Request") == "true":
        return "shell/_error.html"
    return "base.html" if _viewer_if_known() else "base_plain.html"


def _viewer_if_known() -> bool:
    try:
        return viewer() is not None
    except FAILURES as error:
        if outage_of(error) is None:
            raise
        g.telling_a_failure = True  # what is to be told matters more than who reads it
        return False


def _log(error: HTTPException) -> None:
    """Flask has already logged the traceback, with the request's id bound to it."""
    original = error.original_exception if isinstance(error, InternalServerError) else None
    log.error("page failed", status=error.code, error=type(original or error).__name__)
