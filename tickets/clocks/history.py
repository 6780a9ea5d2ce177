"""Histories as clocks need them: events told as happenings (design §5).

Only the events that the lifecycle gives an effect on clocks are read, so a complaint with ten
thousand notes is reckoned as fast as one with none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tickets.config import operators_zone
from tickets.database import db
from tickets.limits import limits_by_id, limits_in_force
from tickets.models import Category, Complaint, Event, Unit, WorkOrder
from workflow.clocks import Happening, History
from workflow.effects import Effect, Start, Stop
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.limits import Facts, Limits
from workflow.table import Action
from workflow.words import Channel, ClockKind, OrderStatus, Sets, Severity

ADOPT = "adopt_limits"
FACTS_CHANGE = "correct"
NOTICE = "send_notice"
STARTS_MOVE = frozenset({"merged_in", "merge_undone"})
_OF_ORDERS = {f"order_{name}": action for name, action in ORDER_ACTIONS.items()}
_BY_EVENT: dict[str, Action] = {**ACTIONS, **_OF_ORDERS}


CONCERNS = (
    {
        name
        for name, action in _BY_EVENT.items()
        if any(effect.moves_time for effect in action.effects())
    }
    | STARTS_MOVE
    | {ADOPT, NOTICE}
)
"""The events that clocks are made of; all others leave time alone, so a note never buys any."""


def concerns_time(event_action: str) -> bool:
    """Whether an event that happens now moves a clock; a notice does so only once it has left."""
    return event_action in CONCERNS - {NOTICE}


@dataclass(frozen=True)
class Told:
    """One complaint as its events left it, which its clocks begin from."""

    severity: Severity
    tier: str
    channel: Channel
    category_id: UUID
    unit: Unit
    limits_id: UUID | None


@dataclass(frozen=True)
class Trees:
    """How to get from a category or a unit to the codes from the root of its tree down to it."""

    categories: Callable[[UUID | None], tuple[str, ...]]
    units: Callable[[Unit], tuple[str, ...]]


def history_of(complaint: Complaint, *others: Limits) -> History:
    """Everything that the complaint's clocks are made of: one query for events, one for orders.

    `others` are limits under which it is going to be asked about besides its own: they may match
    on what its own do not ask for.
    """
    events = db.session.execute(
        select(Event.at, Event.action, Event.data, Event.work_order_id)
        .where(Event.complaint_id == complaint.id, Event.action.in_(CONCERNS))
        .order_by(Event.seq)
    ).all()
    told = Told(
        severity=complaint.severity,
        tier=complaint.tier,
        channel=complaint.channel,
        category_id=complaint.category_id,
        unit=complaint.unit,
        limits_id=complaint.limits_id,
    )
    return assembled(told, events, _order_units(complaint), LOOKED_UP, *others)


def assembled(
    told: Told, events: Sequence[Any], units: Mapping[str, Unit], trees: Trees, *others: Limits
) -> History:
    """The history made of what was read: events as (at, action, data, order), and the units of
    the orders by their keys in hexadecimal."""
    limits = _limits_at_first(told, events)
    adopted = [limits_by_id(UUID(event[2]["limits"])) for event in events if event[1] == ADOPT]
    versions = (limits, *adopted, *others)
    facts = _facts_at_first(told, events, versions, trees)
    teller = _Teller(facts, versions, units, trees)
    return History(
        facts=facts,
        limits=limits,
        happenings=[teller.happening(*event) for event in events],
        order_units=teller.codes,
        zone=operators_zone(),
    )


def _limits_at_first(told: Told, events: Sequence[Any]) -> Limits:
    adopted = (event[2]["before"] for event in events if event[1] == ADOPT)
    first = next(adopted, None) or told.limits_id
    return limits_by_id(UUID(str(first))) if first is not None else limits_in_force()


def _facts_at_first(
    told: Told, events: Sequence[Any], versions: Sequence[Limits], trees: Trees
) -> Facts:
    """The facts of today with every correction taken back."""
    severity, category = told.severity, told.category_id
    for _at, action, data, _order in reversed(events):
        if action == FACTS_CHANGE:
            before = data.get("before", {})
            severity = Severity(before.get("severity", severity))
            category = UUID(str(before.get("category", category)))
    return facts_of(
        severity=severity,
        tier=told.tier,
        channel=told.channel,
        category_id=category,
        unit=told.unit,
        limits=versions[0],
        others=versions[1:],
        trees=trees,
    )


class _Teller:
    """Tells events as happenings, keeping in mind what holds since."""

    def __init__(
        self,
        facts: Facts,
        versions: Sequence[Limits],
        units: Mapping[str, Unit],
        trees: Trees,
    ) -> None:
        self.facts, self.units, self.trees = facts, units, trees
        self.asks_for_categories = any(each.asks_for_categories for each in versions)
        self.codes: dict[str, tuple[str, ...]] = {}
        if any(each.asks_for_units for each in versions):
            self.codes = {order: trees.units(unit) for order, unit in units.items()}

    def happening(
        self, at: datetime, action: str, data: Mapping[str, Any], order: UUID | None
    ) -> Happening:
        told = Happening(at, effects_of(action, data), order=order.hex if order else "")
        if action == FACTS_CHANGE:
            return replace(told, facts=self._corrected(data))
        if action == ADOPT:
            return replace(told, limits=limits_by_id(UUID(data["limits"])))
        if action in STARTS_MOVE:
            return replace(told, started_at=_moment(data.get("started_at")))
        return replace(
            told,
            sent=self._sent(data, order) if Start(ClockKind.ACCEPT) in told.effects else (),
            date=_moment(
                data.get("promise")
                or data.get("promised_at")
                or _set(action, data, Sets.PROMISE, Sets.FOLLOW_UP)
            ),
            why=_set(action, data, Sets.WAIT_REASON) or "",
            received_at=_moment(data.get("received_at")),
            taken_back=action == "order_recall",
        )

    def _corrected(self, data: Mapping[str, Any]) -> Facts:
        severity = Severity(data.get("severity") or self.facts.severity)
        categories = self.facts.categories
        if data.get("category") and self.asks_for_categories:
            categories = self.trees.categories(UUID(data["category"]))
        self.facts = replace(self.facts, severity=severity, categories=categories)
        return self.facts

    def _sent(self, data: Mapping[str, Any], order: UUID | None) -> tuple[str, ...]:
        """The orders that wait for acceptance from this event on; a contested one does not."""
        contested = set(data.get("contested", ()))
        new = [UUID(each).hex for each in data.get("orders", ())]
        sent = [each for each in new if str(self.units[each].id) not in contested]
        if order is not None and data.get("to_status") == OrderStatus.SENT:
            sent.append(order.hex)
        return tuple(sent)


def _set(event_action: str, data: Mapping[str, Any], *meanings: Sets) -> str | None:
    """What the event set with one of these meanings, whatever the field was called."""
    action = _BY_EVENT.get(event_action)
    if action is None:
        return None
    for meaning in meanings:
        field = action.field_that_sets(meaning)
        if field is not None and data.get(field):
            return str(data[field])
    return None


def effects_of(event_action: str, data: Mapping[str, Any]) -> tuple[Effect, ...]:
    """Which effects an event had: those of its action and of the move that it took."""
    action = _BY_EVENT.get(event_action)
    if action is None:
        return ()
    if event_action == NOTICE and "written_notice" not in data:
        # Before it was looked at whether it left, the notice itself stopped the regulator's clock.
        return (*action.then, Stop(ClockKind.REGULATOR))
    stayed = data.get("to_status") == data.get("from_status")
    for move in action.moves:
        if (move.to is None and stayed) or (
            move.to is not None and move.to == data.get("to_status")
        ):
            return (*action.then, *move.then)
    return action.then


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
    rows = db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(keys)))
    codes = {row.id: row.code for row in rows}
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


LOOKED_UP = Trees(_category_codes, unit_codes)
"""The trees asked for one path at a time."""


def facts_of(
    *,
    severity: Severity,
    tier: str,
    channel: Any,
    category_id: UUID | None,
    unit: Unit,
    limits: Limits,
    others: Sequence[Limits] = (),
    trees: Trees = LOOKED_UP,
) -> Facts:
    """What the limits match on; the trees are looked up only if some rule asks for them."""
    by_category = any(each.asks_for_categories for each in (limits, *others))
    by_unit = any(each.asks_for_units for each in (limits, *others))
    return Facts(
        severity=severity,
        tier=tier,
        channel=channel,
        categories=trees.categories(category_id) if by_category else (),
        units=trees.units(unit) if by_unit else (),
    )
