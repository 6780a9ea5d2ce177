"""Histories as clocks need them: events told as happenings (design §5).

Only the events that the lifecycle gives an effect on clocks are read, so a complaint with ten
thousand notes is reckoned as fast as one with none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.config import operators_zone
from tickets.database import db
from tickets.history.told import EventData, Told, told_of
from tickets.history.vocabulary import DataKey, EventName, events_whose, row_of
from tickets.limits import limits_by_id, limits_in_force
from tickets.models import Category, Complaint, Unit, WorkOrder
from workflow.clocks import Happening, History
from workflow.effects import Effect, Start, Stop
from workflow.limits import Facts, Limits
from workflow.values import Sets
from workflow.words import Channel, ClockKind, OrderStatus, Severity

STARTS_MOVE = frozenset({EventName.MERGED_IN, EventName.MERGE_UNDONE})

CONCERNS = (
    events_whose(lambda action: any(effect.moves_time for effect in action.effects()))
    | STARTS_MOVE
    | {EventName.ADOPT_LIMITS, EventName.SEND_NOTICE}
)
"""The events that clocks are made of; all others leave time alone, so a note never buys any."""


def concerns_time(event_action: str) -> bool:
    """Whether an event that happens now moves a clock; a notice does so only once it has left."""
    return event_action in CONCERNS - {EventName.SEND_NOTICE}


@dataclass(frozen=True)
class AtLast:
    """One complaint as its events left it, from which its clocks are told backwards."""

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
    events = told_of([complaint.id], CONCERNS).get(complaint.id, ())
    at_last = AtLast(
        severity=complaint.severity,
        tier=complaint.tier,
        channel=complaint.channel,
        category_id=complaint.category_id,
        unit=complaint.unit,
        limits_id=complaint.limits_id,
    )
    return assembled(at_last, events, _order_units(complaint), LOOKED_UP, *others)


def assembled(
    at_last: AtLast,
    events: Sequence[Told],
    units: Mapping[str, Unit],
    trees: Trees,
    *others: Limits,
) -> History:
    """The history made of what was read; the units of the orders by their keys in hexadecimal."""
    limits = _limits_at_first(at_last, events)
    adopted = [_adopted(event) for event in events if event.action == EventName.ADOPT_LIMITS]
    versions = (limits, *adopted, *others)
    facts = _facts_at_first(at_last, events, versions, trees)
    teller = _Teller(facts, versions, units, trees)
    return History(
        facts=facts,
        limits=limits,
        happenings=[teller.happening(event) for event in events],
        order_units=teller.codes,
        zone=operators_zone(),
    )


def _adopted(event: Told) -> Limits:
    return limits_by_id(UUID(event.data.text(DataKey.LIMITS)))


def _limits_at_first(at_last: AtLast, events: Sequence[Told]) -> Limits:
    adopted = (
        event.data.identity(DataKey.BEFORE)
        for event in events
        if event.action == EventName.ADOPT_LIMITS
    )
    first = next(adopted, None) or at_last.limits_id
    return limits_by_id(first) if first is not None else limits_in_force()


def _facts_at_first(
    at_last: AtLast, events: Sequence[Told], versions: Sequence[Limits], trees: Trees
) -> Facts:
    """The facts of today with every correction taken back."""
    severity, category = at_last.severity, at_last.category_id
    for event in reversed(events):
        if event.action == EventName.CORRECT:
            before = event.data.before
            severity = Severity(before.text(DataKey.SEVERITY) or severity)
            category = before.identity(DataKey.CATEGORY) or category
    return facts_of(
        severity=severity,
        tier=at_last.tier,
        channel=at_last.channel,
        category_id=category,
        unit=at_last.unit,
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

    def happening(self, event: Told) -> Happening:
        """The event, reduced to what time depends on."""
        data, order = event.data, event.order.hex if event.order else ""
        told = Happening(event.at, effects_of(event.action, data), order=order)
        if event.action == EventName.CORRECT:
            return replace(told, facts=self._corrected(data))
        if event.action == EventName.ADOPT_LIMITS:
            return replace(told, limits=_adopted(event))
        if event.action in STARTS_MOVE:
            return replace(told, started_at=data.moment(DataKey.STARTED_AT))
        return replace(
            told,
            sent=self._sent(event) if Start(ClockKind.ACCEPT) in told.effects else (),
            date=data.promise or _moment(data.set_by(event.action, Sets.PROMISE, Sets.FOLLOW_UP)),
            why=data.set_by(event.action, Sets.WAIT_REASON) or "",
            received_at=data.moment(DataKey.RECEIVED_AT),
            taken_back=event.action == EventName.ORDER_RECALL,
        )

    def _corrected(self, data: EventData) -> Facts:
        severity = Severity(data.text(DataKey.SEVERITY) or self.facts.severity)
        categories, category = self.facts.categories, data.identity(DataKey.CATEGORY)
        if category is not None and self.asks_for_categories:
            categories = self.trees.categories(category)
        self.facts = replace(self.facts, severity=severity, categories=categories)
        return self.facts

    def _sent(self, event: Told) -> tuple[str, ...]:
        """The orders that wait for acceptance from this event on; a contested one does not."""
        contested = set(event.data.identities(DataKey.CONTESTED))
        new = [order.hex for order in event.data.orders]
        sent = [order for order in new if self.units[order].id not in contested]
        if event.order is not None and event.data.to_status == OrderStatus.SENT:
            sent.append(event.order.hex)
        return tuple(sent)


def effects_of(event_action: str, data: EventData) -> tuple[Effect, ...]:
    """Which effects an event had: those of its action and of the move that it took."""
    action = row_of(event_action)
    if action is None:
        return ()
    if event_action == EventName.SEND_NOTICE and DataKey.WRITTEN_NOTICE not in data:
        # Before it was looked at whether it left, the notice itself stopped the regulator's clock.
        return (*action.then, Stop(ClockKind.REGULATOR))
    for move in action.moves:
        if (move.to is None and not data.moved) or (
            move.to is not None and move.to == data.to_status
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
    channel: Channel,
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
