"""From events to clocks and back into rows: the bridge between histories and `workflow.clocks`.

Every change that time depends on ends with `reckon`: the clocks are made anew from the events
and stored, so that lists sort by them and the sweep finds what is due. Nobody else writes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from tickets.config import operators_zone
from tickets.database import db, new_id
from tickets.limits import limits_by_id, limits_in_force
from tickets.models import Alert, Category, ClockRow, Complaint, Event, Unit, WorkOrder
from workflow.clocks import Clock, Happening, History, Id, clocks, next_due, rung_moment
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.limits import Facts, Limits, runs_out
from workflow.table import Action
from workflow.words import Channel, ClockKind, ClockState, Effect, Severity

ADOPT = "adopt_limits"
FACTS_CHANGE = "correct"
STARTS_MOVE = frozenset({"merged_in", "merge_undone"})
_OF_ORDERS = {f"order_{name}": action for name, action in ORDER_ACTIONS.items()}
_BY_EVENT: dict[str, Action] = {**ACTIONS, **_OF_ORDERS}


def _is_of_time(effect: Effect) -> bool:
    return "clock" in effect.value or effect is Effect.NEW_CYCLE


def _touches_time(action: Action) -> bool:
    effects = [*action.effects, *(each for move in action.moves for each in move.effects)]
    return any(_is_of_time(effect) for effect in effects)


CONCERNS = (
    {name for name, action in _BY_EVENT.items() if _touches_time(action)}
    | STARTS_MOVE
    | {FACTS_CHANGE, ADOPT, "order_arbitrate"}
)
"""The events that clocks are made of; all others leave time alone, so a note never buys any."""


def concerns_time(event_action: str) -> bool:
    return event_action in CONCERNS


def clocks_of(complaint: Complaint, now: datetime) -> tuple[Clock, ...]:
    """The complaint's clocks as they stand at `now`, from its events."""
    return clocks(history_of(complaint), now)


def reckon(complaint: Complaint, now: datetime) -> tuple[Clock, ...]:
    """Make the clocks anew and store them; the caller's transaction holds the complaint."""
    found = clocks_of(complaint, now)
    store(complaint, found, now)
    return found


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
    facts = _facts(
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


def due_under(complaint: Complaint, limits: Limits, now: datetime) -> dict[Id, tuple[Any, Any]]:
    """For each open clock, when it runs out now and when it would under other limits."""
    history = history_of(complaint)
    other = replace(history, happenings=[*history.happenings, Happening(now, limits=limits)])
    before = {each.id: each for each in clocks(history, now) if each.is_open}
    after = {each.id: each for each in clocks(other, now) if each.is_open}
    return {
        each: (before[each].due_at, after[each].due_at if each in after else None)
        for each in before
    }


# History.


def history_of(complaint: Complaint) -> History:
    """Everything that the complaint's clocks are made of: one query for events, one for orders."""
    events = db.session.execute(
        select(Event.at, Event.action, Event.data, Event.work_order_id)
        .where(Event.complaint_id == complaint.id, Event.action.in_(CONCERNS))
        .order_by(Event.seq)
    ).all()
    limits = _limits_at_first(complaint, events)
    units = _order_units(complaint)
    facts = _facts_at_first(complaint, events, limits)
    teller = _Teller(complaint, facts, limits, units)
    return History(
        facts=facts,
        limits=limits,
        happenings=[teller.happening(*event) for event in events],
        order_units=teller.codes,
        zone=operators_zone(),
    )


def _limits_at_first(complaint: Complaint, events: Sequence[Any]) -> Limits:
    adopted = (event.data["before"] for event in events if event.action == ADOPT)
    first = next(adopted, None) or complaint.limits_id
    return limits_by_id(UUID(str(first))) if first is not None else limits_in_force()


def _facts_at_first(complaint: Complaint, events: Sequence[Any], limits: Limits) -> Facts:
    """The facts of today with every correction taken back."""
    severity, category = complaint.severity, complaint.category_id
    for event in reversed(events):
        if event.action == FACTS_CHANGE:
            before = event.data.get("before", {})
            severity = Severity(before.get("severity", severity))
            category = UUID(str(before.get("category", category)))
    return _facts(
        severity=severity,
        tier=complaint.tier,
        channel=complaint.channel,
        category_id=category,
        unit=complaint.unit,
        limits=limits,
    )


class _Teller:
    """Tells events as happenings, keeping in mind what holds since."""

    def __init__(
        self, complaint: Complaint, facts: Facts, limits: Limits, units: Mapping[str, Unit]
    ) -> None:
        self.complaint, self.facts, self.limits, self.units = complaint, facts, limits, units
        self.codes: dict[str, tuple[str, ...]] = {}
        if limits.asks_for_units:
            self.codes = {order: unit_codes(unit) for order, unit in units.items()}

    def happening(
        self, at: datetime, action: str, data: Mapping[str, Any], order: UUID | None
    ) -> Happening:
        told = Happening(at, effects_of(action, data), order=order.hex if order else "")
        if action == FACTS_CHANGE:
            return replace(told, facts=self._corrected(data))
        if action == ADOPT:
            self.limits = limits_by_id(UUID(data["limits"]))
            return replace(told, limits=self.limits)
        if action in STARTS_MOVE:
            return replace(told, started_at=_moment(data.get("started_at")))
        return replace(
            told,
            sent=self._sent(action, data, order),
            date=_moment(data.get("promised_at") or data.get("follow_up_at")),
            why=str(data.get("wait_reason") or ""),
            received_at=_moment(data.get("received_at")),
            taken_back=action == "order_recall",
        )

    def _corrected(self, data: Mapping[str, Any]) -> Facts:
        severity = Severity(data.get("severity") or self.facts.severity)
        categories = self.facts.categories
        if data.get("category") and self.limits.asks_for_categories:
            categories = _category_codes(UUID(data["category"]))
        self.facts = replace(self.facts, severity=severity, categories=categories)
        return self.facts

    def _sent(self, action: str, data: Mapping[str, Any], order: UUID | None) -> tuple[str, ...]:
        """The orders that wait for acceptance from this event on; a contested one does not."""
        contested = set(data.get("contested", ()))
        new = [UUID(each).hex for each in data.get("orders", ())] if action in SENDING else []
        sent = [each for each in new if str(self.units[each].id) not in contested]
        if (
            action == "order_arbitrate"
            and order
            and Effect.START_ACCEPT in effects_of(action, data)
        ):
            sent.append(order.hex)
        return tuple(sent)


SENDING = frozenset({"dispatch", "order_arbitrate"})


def effects_of(event_action: str, data: Mapping[str, Any]) -> tuple[Effect, ...]:
    """Which effects an event had: those of its action and of the move that it took."""
    action = _BY_EVENT.get(event_action)
    if action is None:
        return ()
    stayed = data.get("to_status") == data.get("from_status")
    for move in action.moves:
        if (move.to is None and stayed) or (
            move.to is not None and move.to == data.get("to_status")
        ):
            return (*action.effects, *move.effects)
    return action.effects


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _order_units(complaint: Complaint) -> dict[str, Unit]:
    rows = db.session.execute(
        select(WorkOrder.id, Unit)
        .join(Unit, WorkOrder.unit_id == Unit.id)
        .where(WorkOrder.complaint_id == complaint.id)
    )
    return {order_id.hex: unit for order_id, unit in rows}


def unit_codes(unit: Unit) -> tuple[str, ...]:
    """The codes of a unit and all above it, from the root down."""
    keys = [UUID(each) for each in unit.path.split("/") if each]
    codes = dict(db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(keys))).tuples())
    return tuple(codes[each] for each in keys if each in codes)


def _category_codes(category_id: UUID | None) -> tuple[str, ...]:
    parents = {
        row.id: row
        for row in db.session.execute(select(Category.id, Category.code, Category.parent_id))
    }
    codes: list[str] = []
    while category_id is not None and category_id in parents:
        codes.append(parents[category_id].code)
        category_id = parents[category_id].parent_id
    return tuple(reversed(codes))


def _facts(
    *,
    severity: Severity,
    tier: str,
    channel: Any,
    category_id: UUID | None,
    unit: Unit,
    limits: Limits,
) -> Facts:
    """What the limits match on; the trees are looked up only if some rule asks for them."""
    return Facts(
        severity=severity,
        tier=tier,
        channel=channel,
        categories=_category_codes(category_id) if limits.asks_for_categories else (),
        units=unit_codes(unit) if limits.asks_for_units else (),
    )


# Rows.


def store(complaint: Complaint, found: Iterable[Clock], now: datetime) -> None:
    """Keep the clocks as rows, with the moment at which the sweep must look at each."""
    found = tuple(found)
    rows = {_id_of(row): row for row in _rows_of(complaint)}
    told = _rungs_told(row.id for row in rows.values())
    units = _units_of_orders(found, complaint)
    for clock in found:
        row = rows.pop(clock.id, None)
        if row is None:
            row = _new_row(complaint, clock, units)
        _fill(row, clock, complaint, now)
        row.look_at = look_at(clock, told.get(row.id, frozenset()))
    for row in rows.values():  # it was undone as if it had never begun
        row.state, row.look_at, row.due_at = ClockState.VOID, None, None
    _show_next_due(complaint, next_due(found))


def look_at(clock: Clock, told: frozenset[str]) -> datetime | None:
    """When this clock next reaches a rung nobody was told of, or its follow-up is due."""
    if clock.state is not ClockState.RUNNING:
        return None
    moments = [moment for _, moment in rungs_ahead(clock, told)]
    if clock.id.kind is ClockKind.FOLLOW_UP and clock.due_at is not None:
        moments.append(clock.due_at)
    return min(moments, default=None)


def rungs_ahead(clock: Clock, told: frozenset[str]) -> list[tuple[Any, datetime]]:
    """Every rung of this clock that was not told yet, with its moment, the earliest first."""
    limits = limits_by_id(UUID(clock.limits_key))
    grace = limits.new_cycle_grace if clock.id.cycle > 1 else None
    found = []
    for rung in limits.rungs(clock.id.kind, clock.facts.severity):
        moment = None if rung.id in told else rung_moment(rung, clock)
        if moment is None:
            continue
        if grace is not None:
            moment = max(moment, clock.starts_at + grace)
        found.append((rung, moment))
    return sorted(found, key=lambda each: each[1])


def _id_of(row: ClockRow) -> Id:
    return Id(row.kind, row.cycle, row.subject, row.turn)


def _rows_of(complaint: Complaint) -> Sequence[ClockRow]:
    return db.session.scalars(select(ClockRow).where(ClockRow.complaint_id == complaint.id)).all()


def _rungs_told(clock_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    ids = list(clock_ids)
    if not ids:
        return {}
    rows = db.session.execute(select(Alert.clock_id, Alert.rung).where(Alert.clock_id.in_(ids)))
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row.clock_id, set()).add(row.rung)
    return {clock_id: frozenset(rungs) for clock_id, rungs in found.items()}


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
    due_at, kind = (clock.due_at, clock.id.kind) if clock is not None else (None, None)
    if (complaint.due_at, complaint.due_clock) == (due_at, kind):
        return
    db.session.execute(
        update(Complaint).where(Complaint.id == complaint.id).values(due_at=due_at, due_clock=kind),
        execution_options={"synchronize_session": False},
    )
    set_committed_value(complaint, "due_at", due_at)
    set_committed_value(complaint, "due_clock", kind)
