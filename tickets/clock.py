"""What time it is. Asked at the edges only; everything inside gets `now` handed in."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app


def now() -> datetime:
    """This moment, aware and in UTC; an application under test brings its own clock."""
    clock: Callable[[], datetime] = current_app.extensions.get("clock", _system_time)
    return clock()


def _system_time() -> datetime:
    return datetime.now(UTC)
