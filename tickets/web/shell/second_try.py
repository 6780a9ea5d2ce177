"""A page that was only read is read once more when its connection to the database broke.

After a restart of the database, or a fail-over, whoever was just reading need not know. The second
try is a request of its own: nothing of the first one is left, and what it answers is the answer.
"""

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

from tickets.database import READING_METHODS

FIRST_TRY = "shouwen.first_try"
WANTED = "shouwen.second_try_wanted"

Answer = Iterable[bytes]
Started = tuple[str, list[tuple[str, str]], object]
"""What an application said before its answer: status, headers, and of an error what it was."""


def init_app(app: Flask) -> None:
    app.wsgi_app = SecondTry(app.wsgi_app)  # type: ignore[method-assign]  # Flask lets its own be wrapped


def want_second_try() -> bool:
    """Ask for it, where there can be one; the present answer is then thrown away."""
    if not request.environ.get(FIRST_TRY):
        return False
    request.environ[WANTED] = True
    return True


class SecondTry:
    """Around the whole application, so that the second try begins with nothing of the first."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Answer:
        if environ["REQUEST_METHOD"] not in READING_METHODS:
            return self.application(environ, start_response)
        started: list[Started] = []

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: object = None, /
        ) -> Callable[[bytes], object]:
            started.append((status, headers, exc_info))
            return _written_by_nobody

        environ[FIRST_TRY] = True
        answer = self.application(environ, start)
        del environ[FIRST_TRY]
        if environ.pop(WANTED, False):
            if hasattr(answer, "close"):
                answer.close()
            return self.application(environ, start_response)
        status, headers, _exc_info = started[-1]
        start_response(status, headers)
        return answer


def _written_by_nobody(_data: bytes) -> None:
    raise RuntimeError("answers are returned, not written")
