"""Reports sent by mail: who gets what when, and the moment of the next sending.

Nobody gets figures that they may not see: recipients are people of the system who may open the
report, and each file is counted with its own reader's reach (S-08).
"""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from tickets.actors import OVERSIGHT
from tickets.config import operators_zone
from tickets.database import db, new_id
from tickets.models import (
    FileFormat,
    Membership,
    Message,
    Person,
    ReportRecipient,
    ReportSchedule,
    Rhythm,
)
from tickets.reports.registry import reports_for
from tickets.reports.shape import Report
from tickets.visibility import led_departments
from workflow.reasons import Reason, Refused
from workflow.words import N_, Role

DAY = timedelta(days=1)
LONGEST_GAP = 62
"""Days within which every rhythm has a next moment."""
TRIED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class SchedulePlan:
    """What somebody wants to be sent: the fields of a schedule that people decide on."""

    report: str
    scope: Mapping[str, str]
    rhythm: Rhythm
    day: int
    hour: int
    format: FileFormat
    recipients: Collection[UUID]


def next_moment(rhythm: Rhythm, day: int, hour: int, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of this rhythm after `after`, in UTC.

    An hour that the clocks leave out in spring is the next one that there is; one that they have
    twice in autumn is the first of the two (C-17).
    """
    today = after.astimezone(zone).date()
    for ahead in range(-1, LONGEST_GAP):
        candidate = today + ahead * DAY
        if _is_day_of(rhythm, day, candidate):
            moment = datetime.combine(candidate, time(hour), tzinfo=zone).astimezone(UTC)
            if moment > after:
                return moment
    raise ValueError(f"no next moment for {rhythm} {day} {hour}")


def _is_day_of(rhythm: Rhythm, day: int, candidate: date) -> bool:
    if rhythm is Rhythm.DAILY:
        return True
    if rhythm is Rhythm.WEEKLY:
        return candidate.isoweekday() == day
    return candidate.day == min(day, monthrange(candidate.year, candidate.month)[1])


def possible_recipients(actor: Person) -> Sequence[Person]:
    """Everybody who has an address and may see a report that the actor may see, by name."""
    managing = select(Membership.person_id).where(Membership.role.in_([*OVERSIGHT, Role.LEAD]))
    own = reports_for(actor).keys()
    found = db.session.scalars(
        select(Person)
        .where(Person.active, Person.email != "", Person.id.in_(managing))
        .order_by(Person.name, Person.login)
    )
    return [each for each in found if own & reports_for(each).keys()]


def schedules_of(person: Person) -> Sequence[ReportSchedule]:
    """Those that this person made, and those that are sent to them."""
    return db.session.scalars(
        select(ReportSchedule)
        .where(or_(ReportSchedule.created_by_id == person.id, _is_received_by(person)))
        .order_by(ReportSchedule.created_at, ReportSchedule.id)
    ).all()


def own_schedule(schedule_id: UUID, person: Person) -> ReportSchedule | None:
    """The schedule that this person made, locked: only its maker changes it."""
    return _locked(schedule_id, ReportSchedule.created_by_id == person.id)


def received_schedule(schedule_id: UUID, person: Person) -> ReportSchedule | None:
    """The schedule that this person gets, locked."""
    return _locked(schedule_id, _is_received_by(person))


def _locked(schedule_id: UUID, condition: ColumnElement[bool]) -> ReportSchedule | None:
    return db.session.scalar(
        select(ReportSchedule)
        .where(ReportSchedule.id == schedule_id, condition)
        .with_for_update(of=ReportSchedule)
    )


def _is_received_by(person: Person) -> ColumnElement[bool]:
    received = select(ReportRecipient.schedule_id).where(ReportRecipient.person_id == person.id)
    return ReportSchedule.id.in_(received)


def add(plan: SchedulePlan, *, actor: Person, now: datetime) -> ReportSchedule:
    """A new schedule; raises Refused with every reason."""
    _refuse_unfit(plan, actor)
    schedule = ReportSchedule(id=new_id(), created_by_id=actor.id, created_at=now, active=True)
    _put_down(schedule, plan, now)
    db.session.add(schedule)
    return schedule


def change(schedule: ReportSchedule, plan: SchedulePlan, *, actor: Person, now: datetime) -> None:
    """The schedule as it is wanted from now on; raises Refused with every reason."""
    _refuse_unfit(plan, actor)
    _put_down(schedule, plan, now)


def pause(schedule: ReportSchedule) -> None:
    schedule.active = False


def resume(schedule: ReportSchedule, *, now: datetime) -> None:
    """Goes on with its next moment; what fell into the pause is not sent afterwards."""
    schedule.active = True
    _plan_next(schedule, now)


def remove(schedule: ReportSchedule) -> None:
    db.session.delete(schedule)


def leave(schedule: ReportSchedule, person: Person) -> None:
    """Not to this person any more; a schedule without readers is removed."""
    schedule.recipients = [each for each in schedule.recipients if each.person_id != person.id]
    if not schedule.recipients:
        remove(schedule)


def due_now(now: datetime) -> Sequence[UUID]:
    """The schedules whose moment has come, the longest waiting first."""
    return db.session.scalars(
        select(ReportSchedule.id)
        .where(ReportSchedule.active, ReportSchedule.next_at <= now)
        .order_by(ReportSchedule.next_at, ReportSchedule.id)
    ).all()


def due(schedule_id: UUID, now: datetime) -> ReportSchedule | None:
    """The schedule, unless it was sent, paused or removed meanwhile."""
    return db.session.scalar(
        select(ReportSchedule).where(
            ReportSchedule.id == schedule_id,
            ReportSchedule.active,
            ReportSchedule.next_at <= now,
        )
    )


def has_been_told(schedule: ReportSchedule, moment: datetime, person: Person) -> bool:
    """Whether this reader's message of this moment is written already."""
    there = exists().where(Message.once == key_of(schedule, moment, person.id))
    return bool(db.session.scalar(select(there)))


def readers_of(schedule: ReportSchedule) -> list[Person]:
    """Who gets it this time: whoever still works here, has an address and may see the report."""
    return [
        each.person
        for each in schedule.recipients
        if each.person.active and each.person.email and schedule.report in reports_for(each.person)
    ]


def sent(schedule: ReportSchedule, moment: datetime, now: datetime) -> None:
    """This moment is done. Moments that an outage swallowed are not made up for: one report
    comes late, not ten."""
    schedule.last_at = moment
    _plan_next(schedule, now)


def give_up_when_old(schedule_id: UUID, now: datetime) -> None:
    """What failed is tried again every minute, under the same moment; after a day it is left, so
    that the next moment gets its turn."""
    schedule = db.session.get(ReportSchedule, schedule_id)
    if schedule is not None and now - schedule.next_at > TRIED_FOR:
        _plan_next(schedule, now)


def key_of(schedule: ReportSchedule, moment: datetime, person_id: UUID) -> str:
    """What makes a message the only one of its schedule, moment and reader."""
    return f"report:{schedule.id.hex}:{moment:%Y%m%dT%H%M}:{person_id.hex}"


def last_messages(found: Sequence[ReportSchedule]) -> Mapping[UUID, Sequence[Message]]:
    """What each schedule sent the last time, to those who still get it; one query for all."""
    of_schedule = {
        key_of(each, each.last_at, reader.person_id): each.id
        for each in found
        if each.last_at is not None
        for reader in each.recipients
    }
    rows = db.session.scalars(
        select(Message)
        .where(Message.once.in_(of_schedule))
        .options(joinedload(Message.person).lazyload(Person.memberships))
    )
    messages: dict[UUID, list[Message]] = {}
    for row in rows:
        messages.setdefault(of_schedule[row.once], []).append(row)
    return messages


def _plan_next(schedule: ReportSchedule, now: datetime) -> None:
    schedule.next_at = next_moment(
        schedule.rhythm, schedule.day, schedule.hour, now, operators_zone()
    )


def _put_down(schedule: ReportSchedule, plan: SchedulePlan, now: datetime) -> None:
    schedule.report, schedule.scope = plan.report, dict(plan.scope)
    schedule.rhythm, schedule.day, schedule.hour = plan.rhythm, plan.day, plan.hour
    schedule.format = plan.format
    there = {each.person_id: each for each in schedule.recipients}
    schedule.recipients = [
        there.get(each) or ReportRecipient(person_id=each) for each in sorted(plan.recipients)
    ]
    _plan_next(schedule, now)


def _refuse_unfit(plan: SchedulePlan, actor: Person) -> None:
    reasons = []
    report = reports_for(actor).get(plan.report)
    if report is None:
        reasons.append(Reason("unknown", N_("There is no such report."), field="report"))
    elif not _fits(plan, report, actor):
        reasons.append(
            Reason("other_unit", N_("This report does not count by this unit."), field="unit")
        )
    if not plan.recipients:
        reasons.append(Reason("nobody", N_("Choose who gets it."), field="recipients"))
    known = {each.id for each in possible_recipients(actor) if plan.report in reports_for(each)}
    if set(plan.recipients) - known:
        reasons.append(
            Reason(
                "not_a_reader",
                N_("Only people who may see this report and have an e-mail address."),
                field="recipients",
            )
        )
    if reasons:
        raise Refused(reasons)


def _fits(plan: SchedulePlan, report: Report, actor: Person) -> bool:
    """Whether the chosen unit is one that the report counts by: a department or none."""
    unit = plan.scope.get("unit", "")
    led = {str(each.id) for each in led_departments(actor)}
    return not unit or (unit in led) == report.of_departments
