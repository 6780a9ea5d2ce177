"""From a number of a report to the list of exactly its complaints (REP-02)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import abort, request
from flask_babel import gettext
from sqlalchemy import ColumnElement

from tickets.models import Person
from tickets.reports.groupings import UnknownRow
from tickets.reports.registry import reports_for
from tickets.web.reports.asked import NAMES, WITHIN, scope_of_list

KEYS = ("report", "table", "row", "column")
ADDRESS = (*KEYS, *(f"{WITHIN}{name}" for name in NAMES))
"""What such an address is made of; a form on the page has to carry it on."""


@dataclass(frozen=True)
class Drilled:
    """The condition behind one number, and what the list of it is called."""

    condition: ColumnElement[bool]
    label: str


def drilled(person: Person, now: datetime) -> Drilled | None:
    """What the address drills down to, None when it names no report; 404 for what cannot be."""
    name = request.args.get("report")
    if not name:
        return None
    report, scope = reports_for(person).get(name), scope_of_list(person, now)
    if report is None or scope is None:
        abort(404)
    table, row, column = (request.args.get(key, "") for key in KEYS[1:])
    try:
        condition = report.drill(scope, table, row, column)
    except UnknownRow:
        abort(404)
    if condition is None:
        abort(404)
    period = scope.period
    return Drilled(condition, f"{gettext(report.title)}: {period.first} – {period.last}")


def carried() -> Iterator[tuple[str, str]]:
    """The parts of the address that the list's own forms carry on."""
    for name in ADDRESS:
        if request.args.get(name):
            yield name, request.args[name]
