"""What a board shows one reader: its figures, what runs out first, what may be done with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from tickets.actors import parties_of
from tickets.board import Board, board_of, within_units
from tickets.board.cells import COMPLAINTS, BoardSheet, moment_of
from tickets.board.department_cells import ORDERS, clock, first_by_clock
from tickets.clocks.display import Reading, next_readings, of_order, readings
from tickets.customers.veil import Veil, veils_over
from tickets.database import db
from tickets.models import Complaint, Person, Unit, WorkOrder
from tickets.queues.conditions import Condition, is_open
from tickets.web.shell.labels import name_in
from tickets.web.shell.links import url_with
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action
from workflow.words import N_, OPEN_ORDER, OrderStatus, Status

UNIT, DEPARTMENT = "unit", "department"
"""What an address narrows a board by; a department's is a board of work orders."""
ALL = "all"
"""All departments that the reader leads."""
ROWS = 16
"""Rows to act on, late ones and those that run out next."""
LATE = 6
"""So many of them are late at most: what can still be saved is seen however much is late."""
IN_PLACE = ("urge", "raise_level", "transfer", "override_deadline")
"""What a manager does with a row without leaving the board."""
IN_THE_DEPARTMENT = ("accept", "assign", "answer", "return", "interim")
"""What a lead does with one."""
OF_COMPLAINT = (
    joinedload(Complaint.unit),
    joinedload(Complaint.responsible).lazyload(Person.memberships),
    joinedload(Complaint.customer),
    joinedload(Complaint.category),
)
"""What a row shows of its complaint, loaded along with it."""

Listed = TypeVar("Listed", Complaint, WorkOrder)
"""A board of units lists complaints to act on, a department's work orders."""


@dataclass(frozen=True)
class RowAction:
    """One thing that may be done with a row, and the address of its form."""

    action: Action
    url: str
    at: str = ""


@dataclass(frozen=True)
class Part(Generic[Listed]):
    """Rows to act on under one heading, and of how many they are the first; none where that is
    a number of something else."""

    title: str
    rows: Sequence[Listed]
    count: int = 0


@dataclass(frozen=True)
class BoardLink:
    """A board that the reader may go to."""

    title: str
    address: Mapping[str, str]
    current: bool


@dataclass(frozen=True)
class ShownBoard:
    """The board of one reader at one moment; `narrowed` is the one unit that it was narrowed to,
    `address` what says so in its own address."""

    sheet: BoardSheet
    board: Board
    narrowed: Unit | None
    address: Mapping[str, str]
    parts: Sequence[Part[Complaint]] | Sequence[Part[WorkOrder]]
    clocks: Mapping[UUID, Sequence[Reading]]
    deeds: Mapping[UUID, Sequence[RowAction]]
    now: datetime
    veils: Mapping[UUID, Veil] = field(default_factory=dict)
    """Over the questions to departments, by complaint."""

    def list_of(self, unit: Unit | None = None) -> Mapping[str, str]:
        """What the address of a list says besides the cell: whose complaints."""
        unit = unit or self.narrowed
        if self.sheet is COMPLAINTS:
            return {"board_unit": unit.id.hex} if unit else {}
        return {"board_department": unit.id.hex if unit else ALL}


def places_of(
    units: Sequence[Unit], departments: Sequence[Unit], shown: ShownBoard
) -> Sequence[BoardLink]:
    """The boards to choose from; nothing to choose where there is only one."""
    found = list(_places(units, departments, shown))
    return found if len(found) > 1 else []


def _places(
    units: Sequence[Unit], departments: Sequence[Unit], shown: ShownBoard
) -> Iterator[BoardLink]:
    if units:
        yield BoardLink(gettext("Everything that I oversee"), {}, shown.address == {})
    if len(departments) > 1:
        every = {DEPARTMENT: ALL}
        yield BoardLink(gettext("All departments that I lead"), every, shown.address == every)
    for each in departments:
        here = {DEPARTMENT: each.id.hex}
        yield BoardLink(name_in(each.names), here, shown.address == here)


def shown_of_units(everything: Sequence[Unit], person: Person, now: datetime) -> ShownBoard | None:
    """The board of the units that the reader oversees; None for a unit that is none of them."""
    wanted = request.args.get(UNIT, "")
    unit = _named(everything, wanted)
    if wanted and unit is None:
        return None
    units = [each for each in everything if unit is None or each.path.startswith(unit.path)]
    address = {UNIT: wanted} if wanted else {}
    board = board_of(units, moment_of(now))
    late, coming = _parts(now, Complaint.due_at, partial(_first, units))
    parts = [
        replace(late, count=board.whole["late"]),
        replace(coming, count=board.whole["warned"] + board.whole["calm"]),
    ]
    rows = [row for part in parts for row in part.rows]
    return ShownBoard(
        COMPLAINTS,
        board,
        unit,
        address,
        [part for part in parts if part.rows],
        next_readings(rows, person, now),
        _deeds(rows, person, url_with("board.index", address)),
        now,
    )


def shown_of_departments(led: Sequence[Unit], person: Person, now: datetime) -> ShownBoard | None:
    """The board of the departments that the reader leads; None for one that is none of them."""
    wanted = request.args.get(DEPARTMENT, ALL)
    departments = departments_named(led, wanted)
    if not departments:
        return None
    one = departments[0] if len(departments) == 1 else None
    address = {DEPARTMENT: one.id.hex if one else ALL}
    parts = _parts(now, clock.due_at, partial(_first_orders, departments))
    rows = [row for part in parts for row in part.rows]
    found = readings([each.complaint for each in rows], person, now)
    return ShownBoard(
        ORDERS,
        board_of(departments, moment_of(now), ORDERS),
        one,
        address,
        [part for part in parts if part.rows],
        {each.id: of_order(found[each.complaint_id], each.id) for each in rows},
        {
            each.id: list(_deeds_of_order(each, person, url_with("board.index", address)))
            for each in rows
        },
        now,
        veils_over([each.complaint for each in rows], person),
    )


def departments_named(led: Sequence[Unit], wanted: str) -> Sequence[Unit]:
    """Those that an address names, of those that the reader leads."""
    if wanted == ALL:
        return led
    one = _named(led, wanted)
    return [one] if one is not None else []


def _named(units: Sequence[Unit], wanted: str) -> Unit | None:
    return next((each for each in units if each.id.hex == wanted), None)


def _parts(
    now: datetime,
    due: InstrumentedAttribute[datetime | None],
    first: Callable[[Condition, int], Sequence[Listed]],
) -> tuple[Part[Listed], Part[Listed]]:
    """What is late, the longest first, and what runs out next."""
    late = first(due < now, LATE)
    coming = first(due >= now, ROWS - len(late))
    return Part(N_("Late already"), late), Part(N_("Runs out next"), coming)


def _first(units: Sequence[Unit], condition: Condition, at_most: int) -> Sequence[Complaint]:
    """What runs out first, of everything open. Its keys first, by the index of what is due: what
    has ended has no such moment, and joined to what a row shows thousands would be sorted."""
    keys = db.session.scalars(
        select(Complaint.id)
        .where(Complaint.due_at.is_not(None), condition, within_units(units))
        .order_by(Complaint.due_at, Complaint.id)
        .limit(at_most)
    ).all()
    return db.session.scalars(
        select(Complaint)
        .where(Complaint.id.in_(keys), is_open())
        .options(*OF_COMPLAINT)
        .order_by(Complaint.due_at, Complaint.id)
    ).all()


def _first_orders(
    departments: Sequence[Unit], condition: Condition, at_most: int
) -> Sequence[WorkOrder]:
    """The same of what departments hold. Their keys first: joined to everything that a row shows,
    all that a department holds would be read for the sake of the first few."""
    belongs = within_units(departments, ORDERS)
    keys = db.session.scalars(first_by_clock().where(belongs, condition).limit(at_most)).all()
    rows = db.session.scalars(
        select(WorkOrder)
        .where(WorkOrder.id.in_(keys))
        .options(
            joinedload(WorkOrder.complaint).options(*OF_COMPLAINT),
            joinedload(WorkOrder.unit),
            joinedload(WorkOrder.handler).lazyload(Person.memberships),
        )
    )
    found = {row.id: row for row in rows}
    return [found[key] for key in keys]


def _deeds(
    rows: Sequence[Complaint], person: Person, back: str
) -> Mapping[UUID, Sequence[RowAction]]:
    """What the reader may do with each row: by who they are and where it stands. Whatever else
    must hold, its form says."""
    orders: dict[UUID, list[WorkOrder]] = {}
    for each in db.session.scalars(
        select(WorkOrder)
        .where(
            WorkOrder.complaint_id.in_([row.id for row in rows]), WorkOrder.status.in_(OPEN_ORDER)
        )
        .options(joinedload(WorkOrder.unit))
        .order_by(WorkOrder.sent_at)
    ):
        orders.setdefault(each.complaint_id, []).append(each)
    return {row.id: list(_deeds_of(row, orders.get(row.id, []), person, back)) for row in rows}


def _deeds_of(
    row: Complaint, orders: Sequence[WorkOrder], person: Person, back: str
) -> Iterator[RowAction]:
    parties = parties_of(person, row)
    for name in IN_PLACE:
        action = ACTIONS[name]
        fits = name != "urge" or row.status is Status.DISPATCHED
        if row.status in action.when and action.by & parties and fits:
            url = url_for("complaints.action", number=row.number, action=name, back=back)
            yield RowAction(action, url)
    for each in orders:
        name = "arbitrate" if each.status is OrderStatus.ARBITRATION else "assign"
        if ORDER_ACTIONS[name].by & parties:
            yield _deed(name, each, back, name_in(each.unit.names))


def _deeds_of_order(row: WorkOrder, person: Person, back: str) -> Iterator[RowAction]:
    parties = parties_of(person, row.complaint, order_units=[row.unit_id])
    for name in IN_THE_DEPARTMENT:
        action = ORDER_ACTIONS[name]
        if row.status in action.when and action.by & parties:
            yield _deed(name, row, back)


def _deed(name: str, on: WorkOrder, back: str, at: str = "") -> RowAction:
    url = url_for("orders.action", order_id=on.id, action=name, back=back)
    return RowAction(ORDER_ACTIONS[name], url, at)
