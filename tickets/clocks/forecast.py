"""What will happen to a complaint as things stand: every alert to come, and those that came.

A dry run (ESC-04): it asks the same functions that the sweep asks, and writes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.clocks import timekeeping
from tickets.clocks.timekeeping import AGAIN
from tickets.database import db
from tickets.limits import limits_by_id
from tickets.models import Absence, Alert, ClockRow, Complaint, Person, Reminder, WorkOrder
from tickets.people.escalation import AlertAudience, audience
from workflow.absence import Away
from workflow.clocks import Clock, Id
from workflow.lifecycle import ACTIONS
from workflow.limits import Rung, Tell
from workflow.words import ClockState


@dataclass(frozen=True)
class Ahead:
    """One alert to come: when, for which clock, who is told, to which level it would raise."""

    at: datetime
    clock: Clock
    rung: Rung
    audience: AlertAudience
    raise_to: int | None

    @property
    def is_repeat(self) -> bool:
        return AGAIN in self.rung.id


@dataclass(frozen=True)
class AlertRaised:
    """One alert that was raised; `rung` is empty when the limits know it no longer."""

    alert: Alert
    id: Id
    rung: Rung | None

    @property
    def is_repeat(self) -> bool:
        return AGAIN in self.alert.rung

    def told(self, person_id: UUID) -> bool:
        return any(each["person"] == str(person_id) for each in self.alert.told)


def ahead(
    complaint: Complaint,
    found: Sequence[Clock],
    now: datetime,
    *,
    shown: Callable[[str, UUID], bool],
) -> list[Ahead]:
    """Every alert to come of the clocks that are `shown` (by work order and unit), in order."""
    rows = {timekeeping.id_of(row): row for row in timekeeping.rows_of(complaint)}
    told = timekeeping.rungs_told(row.id for row in rows.values())
    reached = _Audiences(complaint, now)
    coming: list[Ahead] = []
    for clock in found:
        row = rows.get(clock.id)
        if row is None or clock.state is not ClockState.RUNNING:
            continue
        if shown(row.subject, row.unit_id):
            coming += _of_clock(complaint, clock, told.get(row.id, {}), reached)
    return sorted(coming, key=lambda each: each.at)


def _of_clock(
    complaint: Complaint, clock: Clock, told: dict[str, Alert], reached: "_Audiences"
) -> Iterator[Ahead]:
    order = db.session.get(WorkOrder, UUID(clock.id.subject)) if clock.id.subject else None
    for rung, moment in timekeeping.rungs_ahead(clock, told):
        at = max(moment, reached.now)
        yield Ahead(
            moment,
            clock,
            rung,
            reached.of(_with_duty(rung), order, at),
            _raises_to(complaint, rung),
        )


_Asked = tuple[tuple[Tell, ...], UUID | None, frozenset[Away[UUID]]]
"""Who is to be told, about which order, and who is away then."""


class _Audiences:
    """Who is told, asked once for the same capacities, order and absences: many rungs differ in
    their moment only."""

    def __init__(self, complaint: Complaint, now: datetime) -> None:
        self.complaint, self.now = complaint, now
        self.absences = absences_from(now)
        self.known: dict[_Asked, AlertAudience] = {}

    def of(self, rung: Rung, order: WorkOrder | None, at: datetime) -> AlertAudience:
        away = frozenset(each for each in self.absences if each.covers(at))
        key = (rung.tell, order.id if order is not None else None, away)
        if key not in self.known:
            self.known[key] = audience(rung, self.complaint, order, at)
        return self.known[key]


def absences_from(now: datetime) -> tuple[Away[UUID], ...]:
    """Every absence that is not over yet: one query."""
    rows = db.session.execute(
        select(Absence.person_id, Absence.substitute_id, Absence.starts_at, Absence.ends_at).where(
            Absence.ends_at > now
        )
    )
    return tuple(Away(*row) for row in rows)


def _with_duty(rung: Rung) -> Rung:
    return replace(rung, tell=(*rung.tell, Tell.DUTY)) if rung.critical else rung


def _raises_to(complaint: Complaint, rung: Rung) -> int | None:
    if rung.raise_to is None or rung.raise_to <= complaint.level:
        return None
    return rung.raise_to if complaint.status in ACTIONS["raise_level"].when else None


def happened(complaint: Complaint, *, shown: Callable[[str, UUID], bool]) -> list[AlertRaised]:
    """The alerts that were raised, the latest first: one query."""
    rows = db.session.execute(
        select(Alert, ClockRow)
        .join(ClockRow, Alert.clock_id == ClockRow.id)
        .where(Alert.complaint_id == complaint.id)
        .order_by(Alert.at.desc(), Alert.id.desc())
    )
    return [
        AlertRaised(alert, timekeeping.id_of(row), _rung_of(alert, row))
        for alert, row in rows
        if shown(row.subject, row.unit_id)
    ]


def _rung_of(alert: Alert, row: ClockRow) -> Rung | None:
    name = alert.rung.split(AGAIN)[0]
    ladder = limits_by_id(row.limits_id).ladder
    return next((rung for rung in ladder if rung.id == name), None)


def reminders_of(complaint: Complaint) -> Sequence[tuple[Reminder, str]]:
    """What people want to be reminded of, with their names: one query."""
    rows = db.session.execute(
        select(Reminder, Person.name)
        .join(Person, Reminder.person_id == Person.id)
        .where(Reminder.complaint_id == complaint.id, Reminder.done_at.is_(None))
        .order_by(Reminder.due_at)
    )
    return [(reminder, name) for reminder, name in rows]


def names_of(coming: Sequence[Ahead], came: Sequence[AlertRaised]) -> dict[str, str]:
    """The names of everybody who is or was told, by key as text: one query."""
    wanted: set[UUID] = set()
    for one in coming:
        for each in one.audience.recipients:
            wanted |= {each.person_id} | ({each.instead_of} if each.instead_of else set())
    for other in came:
        wanted |= {
            UUID(told[name])
            for told in other.alert.told
            for name in ("person", "for")
            if told.get(name)
        }
        if other.alert.acknowledged_by_id is not None:
            wanted.add(other.alert.acknowledged_by_id)
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {str(person_id): name for person_id, name in rows}
