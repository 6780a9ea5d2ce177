"""From a number of a page to the list of exactly its complaints (REP-02)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort, request
from flask_babel import gettext
from sqlalchemy import ColumnElement

from tickets.board import behind, units_of
from tickets.board.cells import COMPLAINTS, BoardSheet, moment_of
from tickets.board.department_cells import ORDERS
from tickets.models import Person, Unit
from tickets.paths.counting import UnknownWay, complaints_of
from tickets.problems.linking import linked_to
from tickets.reports.groupings import UnknownRow
from tickets.reports.registry import reports_for
from tickets.visibility import led_departments, overseen_paths
from tickets.web.board.rows import departments_named
from tickets.web.paths.words import way_called
from tickets.web.reports.asked import NAMES, WITHIN, scope_of_list
from tickets.web.shell.labels import name_in
from tickets.web.shell.seen_problem import visible_problem
from tickets.what_if import runs

KEYS = ("report", "table", "row", "column")
BOARD = ("board", "board_unit", "board_department")
PROBLEM = "problem"
WHAT_IF = ("what_if", "wi_clock", "wi_unit", "wi_before", "wi_after")
ADDRESS = (*KEYS, "way", *(f"{WITHIN}{name}" for name in NAMES), *BOARD, *WHAT_IF, PROBLEM)
"""What such an address is made of; a form on the page has to carry it on."""


@dataclass(frozen=True)
class Drilled:
    """The condition behind one number, and what the list of it is called."""

    condition: ColumnElement[bool]
    label: str


def drilled(person: Person, now: datetime) -> Drilled | None:
    """What the address drills down to, None when it names nothing; 404 for what cannot be."""
    if request.args.get("board"):
        return _of_board(person, now)
    if request.args.get("what_if"):
        return _of_what_if(person, now)
    if request.args.get("way"):
        return _on_the_map(request.args["way"], person, now)
    if request.args.get(PROBLEM):
        problem = visible_problem(request.args[PROBLEM], person)
        return Drilled(linked_to(problem.id), f"{problem.number} · {problem.title}")
    name = request.args.get("report")
    return _of_report(name, person, now) if name else None


def _of_board(person: Person, now: datetime) -> Drilled:
    sheet, units, unit = _board(person)
    cell = sheet.by_name.get(request.args["board"])
    if cell is None or not units:
        abort(404)
    name = f" · {name_in(unit.names)}" if unit else ""
    label = f"{gettext('Board')}: {gettext(cell.label)}{name}"
    return Drilled(behind(cell, units, moment_of(now), sheet), label)


def _board(person: Person) -> tuple[BoardSheet, Sequence[Unit], Unit | None]:
    """Which board the address names, its units, and the one that it was narrowed to; no units
    where it names none of the reader's (S-08)."""
    department = request.args.get("board_department", "")
    if department:
        departments = departments_named(led_departments(person), department)
        return ORDERS, departments, departments[0] if len(departments) == 1 else None
    everything = units_of(person)
    wanted = request.args.get("board_unit", "")
    if not wanted:
        return COMPLAINTS, everything, None
    unit = next((each for each in everything if each.id.hex == wanted), None)
    return COMPLAINTS, units_of(person, unit.path) if unit else [], unit


def _of_what_if(person: Person, now: datetime) -> Drilled:
    """What would have come out otherwise in one of the person's own runs."""
    run_id, *narrowed = (request.args.get(key, "") for key in WHAT_IF)
    try:
        run = runs.run_of(UUID(run_id), person, now)
        names = ("kind", "unit", "before", "after")
        given = dict(zip(names, narrowed, strict=True))
        condition = runs.behind(run, **given) if run is not None else None
    except ValueError:
        run = condition = None
    if run is None or condition is None:
        abort(404)
    return Drilled(condition, f"{gettext('What if')}: {run.name}")


def _of_report(name: str, person: Person, now: datetime) -> Drilled:
    report = reports_for(person).get(name)
    scope = scope_of_list(person, now, report)
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


def _on_the_map(way: str, person: Person, now: datetime) -> Drilled:
    """What a number of the process map was counted from."""
    scope = scope_of_list(person, now)
    if scope is None or not overseen_paths(person):
        abort(404)
    try:
        condition = complaints_of(scope, way)
    except UnknownWay:
        abort(404)
    return Drilled(condition, f"{way_called(way)}: {scope.period.first} – {scope.period.last}")


def carried() -> Iterator[tuple[str, str]]:
    """The parts of the address that the list's own forms carry on."""
    for name in ADDRESS:
        if request.args.get(name):
            yield name, request.args[name]
