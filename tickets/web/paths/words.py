"""What steps are called: statuses by their label, departments by their name."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from unicodedata import east_asian_width
from uuid import UUID

from flask_babel import format_decimal, format_percent, gettext
from sqlalchemy import select

from tickets.database import db
from tickets.models import Unit
from tickets.paths.counting import STATUSES, PathStep
from tickets.web.shell.labels import label_of, name_in
from tickets.web.shell.moments import length_of_time
from workflow.words import Status

BOX_LETTERS = 17
"""Latin letters that a box of the drawing is wide."""


def every_step(steps: Iterable[PathStep]) -> Callable[[str], str]:
    """A function that calls each of these steps by its name: one query."""
    departments = [UUID(each.key) for each in steps if each.key not in STATUSES]
    return _namer(departments)


def _namer(departments: Iterable[UUID]) -> Callable[[str], str]:
    rows = db.session.execute(select(Unit.id, Unit.names).where(Unit.id.in_(list(departments))))
    names = {row.id.hex: name_in(row.names) for row in rows}

    def called(key: str) -> str:
        return label_of(Status(key)) if key in STATUSES else names.get(key, gettext("A department"))

    return called


def fitted(name: str) -> str:
    """As much of a name as a box is wide; Chinese letters take the room of two."""
    room = BOX_LETTERS
    for place, letter in enumerate(name):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return name[: place - 1].rstrip() + "…"
    return name


def number(value: int) -> str:
    return format_decimal(value)


def share(value: float) -> str:
    return format_percent(value, format="0.0%")


def length(seconds: float | None) -> str:
    """A span as people read it; a dash where nothing was measured."""
    return length_of_time(timedelta(seconds=seconds)) if seconds is not None else "–"


def way_called(way: str) -> str:
    """What the list behind one number is called."""
    kind, _, rest = way.partition(":")
    if kind in ("step", "move"):
        keys = rest.split(":")
        called = _namer(UUID(each) for each in keys if each not in STATUSES)
        return " → ".join(called(each) for each in keys)
    if kind == "loops":
        return gettext("Came back to a step")
    return gettext("One path") if kind == "variant" else gettext("Ended in the period")
