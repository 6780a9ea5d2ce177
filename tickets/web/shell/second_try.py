"""A page that was only read is read once more when its connection to the database broke.

After a restart of the database, or a fail-over, whoever was just reading need not know. The second
try is a request of its own: nothing of the first one is left, and what it answers is the answer.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request

from tickets.database import READING_METHODS

FIRST_TRY = "shouwen.first_try"
WANTED = "shouwen.second_try_wanted"

Environ = dict[str, Any]
Answer = Iterable[bytes]
Application = Callable[[Environ, Callable[..., Any]], Answer]


def init_app(app: Flask) -> None:
    app.wsgi_app = SecondTry(app.wsgi_app)  # type: ignore[method-assign]


def want_second_try() -> bool:
    """Ask for it, where there can be one; the present answer is then thrown away."""
    if not request.environ.get(FIRST_TRY):
        return False
    request.environ[WANTED] = True
    return True


class SecondTry:
    """Around the whole application, so that the second try begins with nothing of the first."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Answer:
        if environ["REQUEST_METHOD"] not in READING_METHODS:
            return self.application(environ, start_response)
        started: list[tuple[Any, ...]] = []

        def start(*said: Any) -> Callable[[bytes], None]:
            started.append(said)
            return _written_by_nobody

        environ[FIRST_TRY] = True
        answer = self.application(environ, start)
        del environ[FIRST_TRY]
        if environ.pop(WANTED, False):
            if hasattr(answer, "close"):
                answer.close()
            return self.application(environ, start_response)
        start_response(*started[-1])
        return answer


def _written_by_nobody(_data: bytes) -> None:
    raise RuntimeError("answers are returned, not written")
