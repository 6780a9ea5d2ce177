"""Logs: one line per request with its id; JSON in production, readable elsewhere."""

import logging
import re
import sys
import time
import traceback
import unicodedata
import uuid
from typing import TextIO

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, ExcInfo, Processor

from tickets.config import Config

OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of signs that are not shown but obeyed: control, format, half a sign, line breaks."""
PLAIN = (int, float, type(None))
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("shouwen")


def init_app(app: Flask, config: Config) -> None:
    _configure(config)
    app.before_request(_begin_request)
    app.after_request(_end_request)
    app.teardown_request(_forget_request)


def _configure(config: Config) -> None:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(config),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not _is_ours(one)] + [handler]
    root.setLevel(config.log_level)
    # A line for every state that is entered or left says nothing that the history does not.
    logging.getLogger("transitions").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _rendering(config: Config) -> list[Processor]:
    if config.is_production:
        return [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=_write_traceback
    )
    return [_escape, console]


def escaped(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey or hide.

    Addresses, names and messages come from outside: a line break in one would be a line of the log
    that nobody wrote, and an escape sequence or a mark of direction would change what is read.
    """
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in OBEYED else sign
        for sign in text
    )


def _escape(_logger: object, _name: str, said: EventDict) -> EventDict:
    """JSON does this by itself; what is for a terminal needs it."""
    for name, value in said.items():
        if isinstance(value, str):
            said[name] = escaped(value)
        elif not isinstance(value, PLAIN) and name != "exc_info":
            said[name] = escaped(repr(value))
    return said


def _write_traceback(target: TextIO, error: ExcInfo) -> None:
    """Each line indented, so that none of a message's can pass for one of the log."""
    lines = "".join(traceback.format_exception(*error)).rstrip("\n").split("\n")
    target.writelines(f"\n  {escaped(line)}" for line in lines)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def _begin_request() -> None:
    g.request_began = time.perf_counter()
    g.request_id = _request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _request_id() -> str:
    """The proxy's id when it is well formed, so that its log and ours can be laid side by side."""
    told = request.headers.get("X-Request-ID", "")
    return told if REQUEST_ID.fullmatch(told) else uuid.uuid4().hex


def _end_request(response: Response) -> Response:
    if "request_id" not in g:
        return response
    response.headers["X-Request-ID"] = g.request_id
    took = (time.perf_counter() - g.request_began) * 1000
    # The path without its query: searches hold customers' numbers.
    log.info(
        "request",
        method=request.method,
        path=_path(),
        status=response.status_code,
        milliseconds=round(took, 1),
    )
    return response


def _forget_request(_error: BaseException | None) -> None:
    structlog.contextvars.clear_contextvars()


def _path() -> str:
    """The path, without what in it is a key by itself."""
    rule = request.url_rule
    return rule.rule if rule is not None and "<token>" in rule.rule else request.path
