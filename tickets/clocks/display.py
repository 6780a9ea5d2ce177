"""Clocks as pages show them: what can be read off the stored rows at this moment (SLA-12).

A row says when a clock runs out and on which calendar it counts; how much is left now is counted
from there, so a list shows what `workflow.clocks` would reckon, for one query a page. Departments
read the clocks of their own work orders only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true

from tickets.actors import HANDLING, OVERSIGHT, oversees
from tickets.clocks.counted_time import calendar_of, counts_open_time, left
from tickets.clocks.timekeeping import AMBER_FROM
from tickets.database import db
from tickets.limits import limits_by_id
from tickets.models import ClockRow, Complaint, Person, Unit
from workflow.clocks import Clock, Id
from workflow.words import ClockKind, ClockState, Party
from workflow.working_time import WorkingCalendar

OPEN_STATES = (ClockState.RUNNING, ClockState.PAUSED)


@dataclass(frozen=True)
class Reading:
    """One clock at one moment. `remaining` is counted time, negative once it is late; `open_time`
    says whether only the open time of a calendar counts."""

    complaint_id: UUID
    id: Id
    state: ClockState
    starts_at: datetime
    target: timedelta
    remaining: timedelta
    due_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None
    provisional: bool
    open_time: bool
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def late(self) -> bool:
        """Its due moment has passed, or a paused or ended one was too late already."""
        if self.due_at is not None and self.is_open:
            return self.due_at < self.now
        return self.breached_at is not None or self.remaining < timedelta()

    @property
    def used(self) -> timedelta:
        return self.target - self.remaining

    @property
    def percent(self) -> int:
        """How much of the limit is used, in whole percent, rounded down."""
        return int(self.used / self.target * 100) if self.target else 100

    @property
    def amber(self) -> bool:
        return self.percent >= AMBER_FROM and not self.late


def readings(
    complaints: Iterable[Complaint],
    person: Person,
    now: datetime,
    *,
    party_to: frozenset[Party] | None = None,
) -> dict[UUID, list[Reading]]:
    """The open clocks of these complaints that the person may see, the next due first.

    One query, however many complaints; a second one where units have calendars of their own.
    """
    return _readings(complaints, person, now, is_open(), party_to)


def next_readings(
    complaints: Sequence[Complaint], person: Person, now: datetime
) -> dict[UUID, tuple[Reading, ...]]:
    """What a list shows of each complaint (`shown_of`), without reading the other clocks."""
    own_only = any(only_as_department(each, person) for each in complaints)
    runs_out_next = and_(
        ClockRow.kind == Complaint.due_clock, ClockRow.due_at == Complaint.due_at, is_open()
    )
    rests = and_(ClockRow.kind == ClockKind.RESOLUTION, ClockRow.state == ClockState.PAUSED)
    of_orders = and_(ClockRow.subject != "", is_open()) if own_only else false()
    found = _readings(complaints, person, now, or_(runs_out_next, rests, of_orders), None)
    return {key: shown_of(each) for key, each in found.items()}


def is_open() -> ColumnElement[bool]:
    return ClockRow.state.in_(OPEN_STATES)


def all_readings(
    complaint: Complaint, person: Person, now: datetime, *, party_to: frozenset[Party]
) -> list[Reading]:
    """Every clock of one complaint that the person may see, ended ones too; one query."""
    return _readings([complaint], person, now, true(), party_to)[complaint.id]


def _readings(
    complaints: Iterable[Complaint],
    person: Person,
    now: datetime,
    belongs: ColumnElement[bool],
    party_to: frozenset[Party] | None,
) -> dict[UUID, list[Reading]]:
    wanted = {each.id: each for each in complaints}
    found: dict[UUID, list[Reading]] = {each: [] for each in wanted}
    if not wanted:
        return found
    own_only = {key: only_as_department(each, person, party_to) for key, each in wanted.items()}
    found_rows = db.session.execute(
        select(*COLUMNS, Unit.path)
        .join(Complaint, ClockRow.complaint_id == Complaint.id)
        .join(
            Unit,
            Unit.id == case((ClockRow.subject == "", Complaint.unit_id), else_=ClockRow.unit_id),
        )
        .where(ClockRow.complaint_id.in_(wanted), belongs)
    )
    rows = [ClockColumns._make(row) for row in found_rows]
    calendars = _calendars(rows)
    for row in rows:
        if not own_only[row.complaint_id] or is_own(row.unit_id, row.subject, person):
            calendar = calendars[row.limits_id, row.rule, row.path]
            found[row.complaint_id].append(reading_of_row(row, calendar, now))
    return {complaint_id: in_order(each) for complaint_id, each in found.items()}


COLUMNS = (
    *(ClockRow.complaint_id, ClockRow.kind, ClockRow.cycle, ClockRow.subject, ClockRow.turn),
    *(ClockRow.unit_id, ClockRow.limits_id, ClockRow.rule, ClockRow.state, ClockRow.provisional),
    *(ClockRow.target, ClockRow.used, ClockRow.starts_at, ClockRow.due_at),
    *(ClockRow.breached_at, ClockRow.ended_at),
)
"""What a reading is made of: a page reads hundreds of rows, and whole ones would cost twice."""


class ClockColumns(NamedTuple):
    """`COLUMNS` of one clock, and the path of the unit whose calendar counts."""

    complaint_id: UUID
    kind: ClockKind
    cycle: int
    subject: str
    turn: int
    unit_id: UUID
    limits_id: UUID
    rule: str
    state: ClockState
    provisional: bool
    target: int
    used: int
    starts_at: datetime
    due_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    path: str


def _calendars(rows: Sequence[ClockColumns]) -> dict[tuple[UUID, str, str], WorkingCalendar | None]:
    """On which calendar each rule counts for each unit among these rows."""
    limits = {each: limits_by_id(each) for each in {row.limits_id for row in rows}}
    codes = _codes_of_units() if any(each.unit_calendars for each in limits.values()) else {}
    found: dict[tuple[UUID, str, str], WorkingCalendar | None] = {}
    for limits_id, rule, path in {(row.limits_id, row.rule, row.path) for row in rows}:
        units = tuple(codes[each] for each in path.split("/") if each in codes)
        found[limits_id, rule, path] = calendar_of(rule, limits[limits_id], units)
    return found


def in_order(found: Iterable[Reading]) -> list[Reading]:
    """What runs out next first, then what is paused."""
    return sorted(found, key=_soonest)


def may_read(
    unit_id: UUID,
    subject: str,
    complaint: Complaint,
    person: Person,
    party_to: frozenset[Party] | None = None,
) -> bool:
    """Whether this clock is shown to somebody who sees the complaint: those who are there as a
    department only, read what their own department is asked."""
    return not only_as_department(complaint, person, party_to) or is_own(unit_id, subject, person)


def is_own(unit_id: UUID, subject: str, person: Person) -> bool:
    """A work order's clock, of a department in which this person works."""
    return bool(subject) and any(
        each.unit_id == unit_id and each.role in HANDLING for each in person.memberships
    )


SEES_ALL = frozenset(
    {
        *(Party.RESPONSIBLE, Party.NAMED, Party.SUPERVISOR, Party.EXECUTIVE),
        *(Party.QUALITY, Party.AUDITOR),
    }
)


def only_as_department(
    complaint: Complaint, person: Person, party_to: frozenset[Party] | None = None
) -> bool:
    """Without the parties, which a page of one complaint knows, it goes by roles and units."""
    if party_to is not None:
        return not party_to & SEES_ALL
    if complaint.responsible_id in person.acts_as or not person.roles & set(HANDLING):
        return False
    overseeing = [each for each in person.memberships if each.role in OVERSIGHT]
    return not any(oversees(each, complaint.unit) for each in overseeing)


def reading_of_row(row: ClockColumns, calendar: WorkingCalendar | None, now: datetime) -> Reading:
    """What a stored row shows now."""
    target = timedelta(seconds=row.target)
    if row.due_at is not None and row.state is ClockState.RUNNING:
        remaining = left(calendar, row.due_at, now)
    else:
        remaining = target - timedelta(seconds=row.used)
    return Reading(
        complaint_id=row.complaint_id,
        id=Id(row.kind, row.cycle, row.subject, row.turn),
        state=row.state,
        starts_at=row.starts_at,
        target=target,
        remaining=remaining,
        due_at=row.due_at,
        ended_at=row.ended_at,
        breached_at=row.breached_at,
        provisional=row.provisional,
        open_time=calendar is not None,
        now=now,
    )


def reading_of_clock(clock: Clock, complaint: Complaint) -> Reading:
    """What a clock that was just reckoned shows: the same as its row."""
    return Reading(
        complaint_id=complaint.id,
        id=clock.id,
        state=clock.state,
        starts_at=clock.starts_at,
        target=clock.target,
        remaining=clock.remaining,
        due_at=clock.due_at,
        ended_at=clock.ended_at,
        breached_at=clock.breached_at,
        provisional=clock.provisional,
        open_time=counts_open_time(clock),
        now=clock.now,
    )


def shown_of(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """What a list shows of a complaint's clocks: the one that runs out next, and besides it the
    resolution while that is paused."""
    limits = [each for each in found if each.id.kind is not ClockKind.STALE]
    paused = of_kind(found, ClockKind.RESOLUTION)
    waits = [each for each in paused if each.state is ClockState.PAUSED and each not in limits[:1]]
    return (*limits[:1], *waits)


def of_order(found: Iterable[Reading], order_id: UUID) -> tuple[Reading, ...]:
    """The clock of one work order that runs out next, if it has one."""
    return tuple(each for each in found if each.id.subject == order_id.hex)[:1]


def of_kind(found: Iterable[Reading], kind: ClockKind) -> tuple[Reading, ...]:
    return tuple(each for each in found if each.id.kind is kind)[:1]


def _soonest(reading: Reading) -> tuple[bool, bool, datetime]:
    """By what runs out next; that nothing happens is no limit and stands behind them."""
    alarm = reading.id.kind is ClockKind.STALE
    return alarm, reading.due_at is None, reading.due_at or reading.starts_at


def _codes_of_units() -> dict[str, str]:
    rows = db.session.execute(select(Unit.id, Unit.code))
    return {unit_id.hex: code for unit_id, code in rows}
