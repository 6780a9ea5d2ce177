"""What time alone brings: warnings, missed limits, follow-ups, reminders (design §5).

The moments stand in the database and are found by index. Each complaint is treated in a
transaction of its own, which the caller opens and commits; doing it twice changes nothing,
because every rung has its unique row. An error pushes only its own complaint ahead. Nothing is
capped: `due_now` is asked until it is empty (M-01).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tickets import messages
from tickets.actions import take
from tickets.actors import System
from tickets.clocks import timekeeping
from tickets.clocks.history import unit_codes
from tickets.database import db, new_id
from tickets.limits import limits_by_id
from tickets.messages.topics import Reader, topic_of
from tickets.models import Alert, ClockRow, Complaint, Event, Reminder, WorkOrder
from tickets.people.escalation import AlertAudience, Directory, Gap, administrators, audience
from workflow import raising
from workflow.clocks import Clock
from workflow.lifecycle import ACTIONS
from workflow.limits import Rung, Tell
from workflow.system_rules import SystemRule
from workflow.words import ClockKind, ClockState, Status

BATCH = 200
LATE_AFTER = timedelta(minutes=5)
"""Found later than this after its moment, an alert says so: the sweep had not run."""
PUSHED_AHEAD = timedelta(minutes=1)
FARTHEST = timedelta(hours=6)

FOLLOW_UP_CAME = System(SystemRule.FOLLOW_UP_CAME)
LIMIT_REACHED = System(SystemRule.LIMIT_REACHED)


def due_now(now: datetime, *, batch: int = BATCH) -> Sequence[UUID]:
    """The complaints with a clock to be looked at, the longest waiting first."""
    rows = db.session.execute(
        select(ClockRow.complaint_id)
        .where(ClockRow.look_at <= now)
        .order_by(ClockRow.look_at)
        .limit(batch)
    )
    return list(dict.fromkeys(row.complaint_id for row in rows))


def treat(complaint_id: UUID, now: datetime) -> int:
    """Do everything that is due for one complaint; returns how many alerts were raised.

    The caller's transaction may write; the complaint is held until it ends.
    """
    complaint = db.session.get_one(
        Complaint, complaint_id, populate_existing=True, with_for_update={"of": Complaint}
    )
    events_before = complaint.event_count
    found = timekeeping.reckon(complaint, now)
    rows = {timekeeping.id_of(row): row for row in timekeeping.rows_of(complaint)}
    people = Directory(now)
    raised = 0
    for clock in found:
        row = rows[clock.id]
        if clock.state is ClockState.RUNNING and row.look_at is not None and row.look_at <= now:
            raised += _look(complaint, clock, row, people)
    if complaint.event_count == events_before:
        timekeeping.store(complaint, found, now)  # nothing happened but alerts
    else:
        timekeeping.reckon(complaint, now)
    return raised


def push_ahead(complaint_id: UUID, now: datetime) -> None:
    """After an error: look at this complaint's due clocks again later, ever later, but always."""
    rows = db.session.scalars(
        select(ClockRow).where(ClockRow.complaint_id == complaint_id, ClockRow.look_at <= now)
    )
    for row in rows:
        row.troubles += 1
        row.look_at = now + min(PUSHED_AHEAD * 2 ** min(row.troubles, 10), FARTHEST)


def remind(now: datetime, *, batch: int = BATCH) -> int:
    """Tell people what they wanted to be reminded of; returns how many, at most one batch."""
    due = db.session.scalars(
        select(Reminder)
        .where(Reminder.done_at.is_(None), Reminder.due_at <= now)
        .order_by(Reminder.due_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()
    for reminder in due:
        reminder.done_at = now
        complaint = db.session.get_one(Complaint, reminder.complaint_id)
        if complaint.status in ENDED_QUIETLY:
            continue  # ESC-06: what has ended reminds nobody
        messages.tell(
            reminder.person_id,
            "reminder",
            now=now,
            once=f"reminder-{reminder.id}",
            complaint=complaint,
        )
    return len(due)


ENDED_QUIETLY = frozenset({Status.CLOSED, Status.WITHDRAWN, Status.MERGED})


def _look(complaint: Complaint, clock: Clock, row: ClockRow, people: Directory) -> int:
    raised, now = 0, people.at
    told = timekeeping.rungs_told([row.id]).get(row.id, {})
    for rung, moment in timekeeping.rungs_ahead(clock, told):
        if moment > now or (rung.is_breach and clock.breached_at is None):
            continue
        _alert(complaint, clock, row, rung, moment, people)
        raised += 1
    row.troubles = 0
    if clock.id.kind is ClockKind.FOLLOW_UP and clock.due_at is not None and clock.due_at <= now:
        _resume(complaint, now)
    return raised


def _resume(complaint: Complaint, now: datetime) -> None:
    """The date came and the customer was silent: back to work, never towards an end (PAU-08)."""
    if complaint.status is Status.WAITING_CUSTOMER:
        take("resume", complaint, actor=FOLLOW_UP_CAME, now=now, seen_version=None, inputs={})


def _alert(
    complaint: Complaint,
    clock: Clock,
    row: ClockRow,
    rung: Rung,
    moment: datetime,
    people: Directory,
) -> None:
    now = people.at
    order = db.session.get(WorkOrder, UUID(clock.id.subject)) if clock.id.subject else None
    reached = _reached(complaint, order, rung, moment, people)
    alert = Alert(
        id=new_id(),
        clock_id=row.id,
        complaint_id=complaint.id,
        rung=rung.id,
        at=moment,
        found_at=now,
        late=now - moment > LATE_AFTER,
        told=[
            {
                "person": str(each.person_id),
                "for": str(each.instead_of) if each.instead_of else None,
                "why": each.tell.value,
            }
            for each in reached.recipients
        ],
    )
    db.session.add(alert)
    db.session.flush()  # the unique key speaks before anybody is told
    _tell(complaint, order, clock, rung, alert, reached, now)
    _raise(complaint, clock, rung, now)


def _reached(
    complaint: Complaint, order: WorkOrder | None, rung: Rung, moment: datetime, people: Directory
) -> AlertAudience:
    """Nobody, for what was missed before the complaint was entered here: the alert records it,
    but nobody could have acted, and an import would wake everybody at once."""
    entered = db.session.scalar(
        select(Event.at).where(Event.complaint_id == complaint.id, Event.seq == 1)
    )
    if entered is not None and moment < entered:
        return AlertAudience((), ())
    wanted = rung
    if rung.critical:
        wanted = replace(rung, tell=(*rung.tell, Tell.DUTY))
    return audience(wanted, complaint, order, people.at, people)


def _tell(
    complaint: Complaint,
    order: WorkOrder | None,
    clock: Clock,
    rung: Rung,
    alert: Alert,
    reached: AlertAudience,
    now: datetime,
) -> None:
    missed = "missed" if rung.is_breach else "warning"
    topic = "stale" if clock.id.kind is ClockKind.STALE else f"limit_{missed}"
    known = {
        "since": clock.starts_at,
        "clock": clock.id.kind,
        "percent": rung.percent or clock.percent,
        "due": clock.due_at,
    }
    values = {name: known[name] for name in topic_of(Reader.PERSON, topic).fields}
    opening = None if rung.critical else _opening(complaint, clock, now)
    for each in reached.recipients:
        messages.tell(
            each.person_id,
            topic,
            now=now,
            once=f"alert-{alert.id}-{each.person_id}",
            complaint=complaint,
            order=order,
            values=values,
            critical=rung.critical,
            instead_of=each.instead_of,
            not_before=opening,
        )
    said = {name: known[name] for name in topic_of(Reader.WEBHOOK, f"limit.{missed}").fields}
    messages.announce(
        f"limit.{missed}", complaint, now=now, once=f"alert:{alert.id.hex}", values=said
    )
    for gap in reached.gaps:
        _warn_of(gap, complaint, alert, now)


def _opening(complaint: Complaint, clock: Clock, now: datetime) -> datetime:
    """What is not critical leaves the house at the unit's next opening minute (ESC-03)."""
    limits = limits_by_id(UUID(clock.limits_key))
    codes = unit_codes(complaint.unit) if limits.asks_for_units else ()
    calendar = limits.calendar_of(codes).calendar
    return now if calendar.is_open(now) else calendar.next_opening(now)


def _warn_of(gap: Gap, complaint: Complaint, alert: Alert, now: datetime) -> None:
    for person_id in administrators():
        messages.tell(
            person_id,
            "admin_warning",
            now=now,
            # One word a day about a role that nobody holds, however many alerts miss it.
            once=f"gap:{complaint.unit_id.hex}:{gap.tell.value}:{now:%Y%m%d}",
            complaint=complaint,
            values={"unit": complaint.unit.names},
        )


def _raise(complaint: Complaint, clock: Clock, rung: Rung, now: datetime) -> None:
    """At least to the rung's level, one step at a time, each on record (design §5)."""
    if rung.raise_to is None or complaint.status not in ACTIONS["raise_level"].when:
        return
    kind = clock.id.kind.value
    while because := raising.by_limit(complaint.level, rung.raise_to, kind, rung.percent):
        take(
            "raise_level",
            complaint,
            actor=LIMIT_REACHED,
            now=now,
            seen_version=None,
            inputs={"reason": because},
        )


def acknowledge(alert: Alert, person_id: UUID, now: datetime) -> None:
    """Somebody has seen it: it is not told again (ESC-02)."""
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by_id = now, person_id
