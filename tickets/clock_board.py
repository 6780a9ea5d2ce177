"""Clocks as pages show them: what can be read off the stored rows at this moment (SLA-12).

A row says when a clock runs out and on which calendar it counts; how much is left now is counted
from there, so a list shows what `workflow.clocks` would reckon, for one query a page. Departments
read the clocks of their own work orders only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, select

from tickets.actors import HANDLING, OVERSIGHT, oversees
from tickets.database import db
from tickets.limits import limits_by_id
from tickets.models import ClockRow, Complaint, Person, Unit
from workflow.clocks import Clock, Id
from workflow.limits import Facts, Limits, SpanUnit
from workflow.spans import MINUTES_OF_DAY
from workflow.words import ClockKind, ClockState, Party
from workflow.working_time import WorkingCalendar

OPEN_STATES = (ClockState.RUNNING, ClockState.PAUSED)
AMBER_FROM = 75
"""From this share of the limit on, in percent, a clock asks for attention."""

BY_THE_CALENDAR = frozenset({SpanUnit.MINUTES, SpanUnit.HOURS})
"""Limits that count open time; those stated in days are ends of dates and count all time."""


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
    return _read(complaints, person, now, OPEN_STATES, party_to)


def all_readings(
    complaint: Complaint, person: Person, now: datetime, *, party_to: frozenset[Party]
) -> list[Reading]:
    """Every clock of one complaint that the person may see, ended ones too; one query."""
    return _read([complaint], person, now, tuple(ClockState), party_to)[complaint.id]


def _read(
    complaints: Iterable[Complaint],
    person: Person,
    now: datetime,
    states: Sequence[ClockState],
    party_to: frozenset[Party] | None,
) -> dict[UUID, list[Reading]]:
    wanted = {each.id: each for each in complaints}
    found: dict[UUID, list[Reading]] = {each: [] for each in wanted}
    if not wanted:
        return found
    rows = db.session.execute(
        select(ClockRow, Unit.path)
        .join(Complaint, ClockRow.complaint_id == Complaint.id)
        .join(
            Unit,
            Unit.id == case((ClockRow.subject == "", Complaint.unit_id), else_=ClockRow.unit_id),
        )
        .where(ClockRow.complaint_id.in_(wanted), ClockRow.state.in_(states))
    ).all()
    limits = {row.limits_id: limits_by_id(row.limits_id) for row, _path in rows}
    codes = _codes_of_units() if any(each.unit_calendars for each in limits.values()) else {}
    for row, path in rows:
        if may_read(row.unit_id, row.subject, wanted[row.complaint_id], person, party_to):
            units = tuple(codes[each] for each in path.split("/") if each in codes)
            found[row.complaint_id].append(reading_of_row(row, limits[row.limits_id], units, now))
    return {complaint_id: in_order(each) for complaint_id, each in found.items()}


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
    if not only_as_department(complaint, person, party_to):
        return True
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


def reading_of_row(row: ClockRow, limits: Limits, units: tuple[str, ...], now: datetime) -> Reading:
    """What a stored row shows now."""
    calendar = calendar_of_row(row, limits, units)
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


def counts_open_time(clock: Clock) -> bool:
    return not never_closes(clock.calendar.calendar)


def calendar_of_row(
    row: ClockRow, limits: Limits, units: tuple[str, ...]
) -> WorkingCalendar | None:
    """The calendar whose open time this clock counts; None where all time counts."""
    rule = next((each for each in limits.rules if each.id == row.rule), None)
    if rule is None or rule.unit not in BY_THE_CALENDAR:
        return None
    calendar = limits.calendar_for(rule, Facts(units=units)).calendar
    return None if never_closes(calendar) else calendar


WHOLE_DAY = ((0, MINUTES_OF_DAY),)


def never_closes(calendar: WorkingCalendar) -> bool:
    """Around the clock, every day."""
    exceptions = calendar.holidays or calendar.special_hours
    return not exceptions and all(spans == WHOLE_DAY for spans in calendar.weekly.values())


def left(calendar: WorkingCalendar | None, due_at: datetime, now: datetime) -> timedelta:
    """Counted time until the due moment, negative after it."""
    return due_at - now if calendar is None else calendar.between(now, due_at)


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
