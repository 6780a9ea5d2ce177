"""From events to clocks and back into rows: the bridge between histories and `workflow.clocks`.

Every change that time depends on ends with `reckon`: the clocks are made anew from the events
and stored, so that lists sort by them and the sweep finds what is due. Nobody else writes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from tickets.clocks.history import facts_of, history_of
from tickets.database import db, new_id
from tickets.limits import ensure_limits, limits_by_id, limits_in_force
from tickets.models import Alert, ClockRow, Complaint, Unit, WorkOrder
from tickets.proof import said
from workflow.clocks import Clock, Happening, Id, clocks, next_due, rung_moment
from workflow.limits import Limits, Rung, runs_out
from workflow.words import Channel, ClockKind, ClockState, Severity


def clocks_of(complaint: Complaint, now: datetime) -> tuple[Clock, ...]:
    """The complaint's clocks as they stand at `now`, from its events."""
    return clocks(history_of(complaint), now)


def reckon(complaint: Complaint, now: datetime) -> tuple[Clock, ...]:
    """Make the clocks anew and store them; the caller's transaction holds the complaint."""
    if complaint.limits_id is None:  # from before there were limits
        set_limits(complaint, ensure_limits(now))
    found = clocks_of(complaint, now)
    store(complaint, found, now)
    return found


def set_limits(complaint: Complaint, limits_id: UUID) -> None:
    """Without making forms that are open stale: nobody's decision rests on it."""
    said.note(Complaint, {"id": complaint.id, "limits_id": limits_id})
    db.session.execute(
        update(Complaint).where(Complaint.id == complaint.id).values(limits_id=limits_id),
        execution_options={"synchronize_session": False},
    )
    set_committed_value(complaint, "limits_id", limits_id)


@dataclass(frozen=True)
class Promise:
    """The time that the desk tells the customer; `provisional` while it rests on a year whose
    official days nobody has published yet."""

    at: datetime
    provisional: bool


def promise_for(
    *,
    severity: Severity | None,
    tier: str,
    channel: Channel | None,
    category_id: UUID | None,
    unit: Unit,
    now: datetime,
) -> Promise | None:
    """When the resolution limit of such a complaint, registered now, would run out (NOT-07)."""
    limits = limits_in_force()
    facts = facts_of(
        severity=severity or Severity.NORMAL,
        tier=tier,
        channel=channel or Channel.OTHER,
        category_id=category_id,
        unit=unit,
        limits=limits,
    )
    match = limits.match(ClockKind.RESOLUTION, facts)
    if match is None:
        return None
    dated = limits.calendar_for(match.rule, facts)
    limit = runs_out(match.rule, dated.calendar, now, 1)
    at = limit if isinstance(limit, datetime) else dated.calendar.add(now, limit)
    return Promise(at, dated.is_provisional(at))


def due_under(
    complaint: Complaint, limits: Limits, now: datetime
) -> dict[Id, tuple[datetime | None, datetime | None]]:
    """For each open clock, when it runs out now and when it would under other limits."""
    history = history_of(complaint, limits)
    other = replace(history, happenings=[*history.happenings, Happening(now, limits=limits)])
    before = {each.id: each for each in clocks(history, now) if each.is_open}
    after = {each.id: each for each in clocks(other, now) if each.is_open}
    return {
        each: (before[each].due_at, after[each].due_at if each in after else None)
        for each in before
    }


def store(complaint: Complaint, found: Iterable[Clock], now: datetime) -> None:
    """Keep the clocks as rows, with the moment at which the sweep must look at each."""
    found = tuple(found)
    rows = {id_of(row): row for row in rows_of(complaint)}
    told = rungs_told(row.id for row in rows.values())
    units = _units_of_orders(found, complaint)
    for clock in found:
        row = rows.pop(clock.id, None)
        if row is None:
            row = _new_row(complaint, clock, units)
        _fill(row, clock, complaint, now)
        row.look_at = look_at(clock, told.get(row.id, {}))
    for row in rows.values():  # it was undone as if it had never begun
        row.state, row.look_at, row.due_at = ClockState.VOID, None, None
    _show_next_due(complaint, next_due(found))


def look_at(clock: Clock, told: Mapping[str, Alert]) -> datetime | None:
    """When this clock next reaches a rung nobody was told of, or its follow-up is due."""
    if clock.state is not ClockState.RUNNING:
        return None
    moments = [moment for _, moment in rungs_ahead(clock, told)]
    if clock.id.kind is ClockKind.FOLLOW_UP and clock.due_at is not None:
        moments.append(clock.due_at)
    return min(moments, default=None)


def rungs_ahead(clock: Clock, told: Mapping[str, Alert]) -> list[tuple[Rung, datetime]]:
    """Every rung of this clock that was not told yet, with its moment, the earliest first."""
    limits = limits_by_id(UUID(clock.limits_key))
    reopened = clock.id.cycle > 1
    earliest = clock.cycle_began + limits.new_cycle_grace if reopened else clock.starts_at
    found = []
    for rung in limits.rungs(clock.id.kind, clock.facts.severity):
        moment = rung_moment(rung, clock)
        if moment is None:
            continue
        if rung.id not in told:
            found.append((rung, max(moment, earliest)))
        elif rung.percent == BREACH and limits.repeat_breach is not None:
            found += _again(rung, clock, told, limits.repeat_breach)
    return sorted(found, key=lambda each: each[1])


BREACH = 100
AMBER_FROM = 75
"""From this share of the limit on, in percent, a clock asks for attention."""


def _again(
    rung: Rung, clock: Clock, told: Mapping[str, Alert], interval: timedelta
) -> list[tuple[Rung, datetime]]:
    """A missed limit is told again until somebody acknowledges it (ESC-02); what was missed
    before the complaint was entered was told to nobody and is not repeated either."""
    alerts = [alert for name, alert in told.items() if name.split(AGAIN)[0] == rung.id]
    if any(alert.acknowledged_at for alert in alerts) or not any(alert.told for alert in alerts):
        return []
    latest = max(alert.found_at for alert in alerts)
    name = f"{rung.id}{AGAIN}{len(alerts)}"
    moment = clock.calendar.calendar.add(latest, interval)
    return [(replace(rung, id=name, raise_to=None), moment)]


AGAIN = "+"


def id_of(row: ClockRow) -> Id:
    return Id(row.kind, row.cycle, row.subject, row.turn)


def rows_of(complaint: Complaint) -> Sequence[ClockRow]:
    return db.session.scalars(select(ClockRow).where(ClockRow.complaint_id == complaint.id)).all()


def rungs_told(clock_ids: Iterable[UUID]) -> dict[UUID, dict[str, Alert]]:
    """For each clock the rungs it has reached already, each with its alert."""
    ids = list(clock_ids)
    if not ids:
        return {}
    found: dict[UUID, dict[str, Alert]] = {}
    for alert in db.session.scalars(select(Alert).where(Alert.clock_id.in_(ids))):
        found.setdefault(alert.clock_id, {})[alert.rung] = alert
    return found


def _units_of_orders(found: Sequence[Clock], complaint: Complaint) -> dict[str, UUID]:
    orders = {clock.id.subject for clock in found if clock.id.subject}
    if not orders:
        return {}
    rows = db.session.execute(
        select(WorkOrder.id, WorkOrder.unit_id).where(WorkOrder.complaint_id == complaint.id)
    )
    return {row.id.hex: row.unit_id for row in rows}


def _new_row(complaint: Complaint, clock: Clock, units: Mapping[str, UUID]) -> ClockRow:
    row = ClockRow(
        id=new_id(),
        complaint_id=complaint.id,
        **clock.id._asdict(),
        unit_id=units.get(clock.id.subject, complaint.unit_id),
        starts_at=clock.starts_at,
        troubles=0,
    )
    db.session.add(row)
    return row


def _fill(row: ClockRow, clock: Clock, complaint: Complaint, now: datetime) -> None:
    values = {
        "state": clock.state,
        "limits_id": UUID(clock.limits_key),
        "rule": clock.rule.id,
        "starts_at": clock.starts_at,
        "target": round(clock.target.total_seconds()),
        "due_at": clock.due_at,
        "amber_at": amber_of(clock),
        "provisional": clock.provisional,
        "breached_at": clock.breached_at,
        "ended_at": clock.ended_at,
    }
    if clock.breached_at is not None and row.held_by_id is None:
        values["held_by_id"] = complaint.responsible_id
    same = all(getattr(row, name) == value for name, value in values.items())
    if same and not clock.is_open:
        return  # an ended result stays as it was stored
    for name, value in values.items():
        setattr(row, name, value)
    row.used = round(clock.used.total_seconds())
    row.reckoned_at = now


def _show_next_due(complaint: Complaint, clock: Clock | None) -> None:
    """The next due moment on the complaint itself, without making forms that are open stale."""
    values: dict[str, object] = dict.fromkeys(("due_at", "due_clock", "amber_at"))
    if clock is not None:
        values = {
            "due_at": clock.due_at,
            "due_clock": clock.id.kind,
            "amber_at": amber_of(clock) if clock.state is ClockState.RUNNING else None,
        }
    if all(getattr(complaint, name) == value for name, value in values.items()):
        return
    db.session.execute(
        update(Complaint).where(Complaint.id == complaint.id).values(values),
        execution_options={"synchronize_session": False},
    )
    for name, value in values.items():
        set_committed_value(complaint, name, value)


def amber_of(clock: Clock) -> datetime | None:
    """When three quarters of its limit are used; None where no limit runs."""
    return rung_moment(Rung("amber", clock.id.kind, percent=AMBER_FROM), clock)
