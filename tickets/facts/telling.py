"""From the events of one complaint to its facts: pure, one pass, in the order of the events."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tickets.facts.life import HeldSegment, Life, Stay
from tickets.facts.words import IN_TIME, LATE, Happened, Holder
from tickets.history.reading import CountedEvent
from tickets.history.vocabulary import EventName, events_whose
from workflow.callbacks import CLOSING, REOPENING
from workflow.effects import Pause
from workflow.values import Sets
from workflow.words import (
    ENDED,
    CallOutcome,
    ClosingGround,
    OrderStatus,
    ReopenReason,
    Status,
)


def life_of(
    events: Sequence[CountedEvent], *, unit: UUID, responsible: UUID, began: datetime
) -> Life:
    """The complaint's life so far. `unit` is where it belongs, `responsible` who answers for it
    today; `began` is when the customer complained, which an import sets before its first event."""
    first = next(
        (each.data.responsible for each in events if each.action == EventName.REGISTER), None
    )
    life = Life(unit, first or responsible, began)
    for place, event in enumerate(events):
        tell = _TELLERS.get(event.action)
        if tell is not None:
            tell(life, event)
        _move(life, event)
        _stand(life, event, place)
    return life


def _move(life: Life, event: CountedEvent) -> None:
    """The status after the event, and with it whom the complaint waits for."""
    after = event.data.to_status
    if after is not None and event.order is None:
        _becomes(life, event, Status(after))
    if life.stands in ENDED:
        _end_segment(life, life.ended_at or event.at)
        return
    holder, unit = _holder(life)
    now = life.segments[-1] if life.segments else None
    if now and now.ends_at is None and now.is_of(holder, unit, life.responsible):
        return
    at = event.at if life.segments else life.registered_at
    _end_segment(life, at)
    life.segments.append(HeldSegment(holder, unit, life.responsible, at))


def _becomes(life: Life, event: CountedEvent, after: Status) -> None:
    if life.stands is Status.WAITING_CUSTOMER and after is not Status.WAITING_CUSTOMER:
        _end_pause(life, event.at)
    if after in ENDED and life.stands not in ENDED:
        life.ended_at = event.at
        life.asked_ground = ""  # whatever was asked for is decided or void now
    if after not in ENDED and life.stands in ENDED:
        life.ended_at, life.ground = None, ""
    life.stands = after


def _holder(life: Life) -> tuple[Holder, UUID]:
    if life.stands is Status.WAITING_CUSTOMER:
        return Holder.CUSTOMER, life.unit
    if life.stands is Status.RESOLVED:
        return Holder.CALLBACK, life.unit
    if life.stands is Status.DISPATCHED and life.open_orders:
        return Holder.DEPARTMENT, next(iter(life.open_orders.values()))
    return Holder.DESK, life.unit


def _stand(life: Life, event: CountedEvent, place: int) -> None:
    """The step after the event. Between the last answer and what follows of it, the complaint
    has not moved yet."""
    step = _step(life)
    if life.stays and step in ("", life.stays[-1].step):
        return
    at = event.at if life.stays else life.registered_at
    if life.stays:
        life.stays[-1].ends_at = at
    life.stays.append(Stay(step or life.stands.value, at, place))


def _step(life: Life) -> str:
    if life.stands is not Status.DISPATCHED:
        return life.stands.value
    return next((unit.hex for unit in life.open_orders.values()), "")


def _end_segment(life: Life, at: datetime) -> None:
    if life.segments and life.segments[-1].ends_at is None:
        life.segments[-1].ends_at = at


def _end_pause(life: Life, at: datetime) -> None:
    if life.pause is not None:
        life.pause.seconds = round((at - life.pause.at).total_seconds())
        life.pause = None


# What single events tell.


def _registered(life: Life, event: CountedEvent) -> None:
    life.wants_no_contact = event.data.refuses_contact


def _dispatch(life: Life, event: CountedEvent) -> None:
    for order, unit in zip(event.data.orders, event.data.units, strict=False):
        _send(life, event, order, unit)


def _send(life: Life, event: CountedEvent, order: UUID, unit: UUID) -> None:
    life.open_orders[order] = life.units_of_orders[order] = unit
    if life.returned_by is not None:
        life.add(Happened.SENT_ON, event, from_unit=life.returned_by, to_unit=unit)
        life.returned_by = None


def _order_ends(life: Life, event: CountedEvent) -> None:
    if event.order is not None:
        life.open_orders.pop(event.order, None)


def _answered(life: Life, event: CountedEvent) -> None:
    if event.order is not None:
        life.answered_by = life.units_of_orders.get(event.order)
    _order_ends(life, event)


def _rejected(life: Life, event: CountedEvent) -> None:
    if event.order is not None and event.order in life.units_of_orders:
        life.open_orders[event.order] = life.units_of_orders[event.order]


def _returned(life: Life, event: CountedEvent) -> None:
    unit = life.units_of_orders.get(event.order) if event.order else None
    life.returns += 1
    life.returned_by = unit
    life.add(Happened.RETURNED, event, person=event.actor, from_unit=unit, to_unit=life.unit)
    if event.data.to_status == OrderStatus.RETURNED:
        _order_ends(life, event)


def _arbitrated(life: Life, event: CountedEvent) -> None:
    unit = life.units_of_orders.get(event.order) if event.order else None
    to_unit = event.data.bound
    life.arbitrations += 1
    life.add(
        Happened.ARBITRATED,
        event,
        detail=event.data.ruling,
        person=event.actor,
        from_unit=unit,
        to_unit=to_unit,
    )
    if event.data.to_status == OrderStatus.RETURNED:
        _order_ends(life, event)
    for order in event.data.orders:
        if to_unit is not None:
            _send(life, event, order, to_unit)


def _paused(life: Life, event: CountedEvent) -> None:
    why = event.data.set_by(event.action, Sets.WAIT_REASON) or ""
    life.pause = life.add(Happened.PAUSED, event, detail=why, person=event.actor)


def _resolved(life: Life, event: CountedEvent) -> None:
    life.resolver, data = event.actor, event.data
    life.cause, life.liable = data.cause, data.liable_unit
    life.compensation = data.compensation
    life.resolution, life.remedy = data.outcome, data.remedy
    life.add(
        Happened.RESOLVED,
        event,
        detail=life.resolution,
        person=event.actor,
        from_unit=life.answered_by,
        number=life.cycles,
    )


def _called(life: Life, event: CountedEvent) -> None:
    outcome = event.data.outcome
    life.attempts += 1
    life.refused_call = life.refused_call or outcome == CallOutcome.REFUSED
    life.add(Happened.ATTEMPT, event, detail=outcome, person=event.actor, number=life.attempts)
    if outcome in REOPENING and event.data.to_status == Status.IN_PROGRESS:
        _comes_back(life, event, outcome)
    elif outcome in CLOSING and event.data.to_status == Status.CLOSED:
        _closes(life, event, "callback")


def _closes(life: Life, event: CountedEvent, how: str) -> None:
    life.ground = "" if how == "callback" else how
    life.closing = life.add(
        Happened.CLOSED, event, detail=how, person=event.actor, number=life.attempts
    )
    _ends(life, event, how)


def _ends(life: Life, event: CountedEvent, how: str) -> None:
    """For whoever is responsible."""
    told_to_nobody = int(event.data.told_to_nobody)
    life.end = life.add(
        Happened.ENDED, event, detail=how, person=life.responsible, number=told_to_nobody
    )


def _comes_back(life: Life, event: CountedEvent, why: str) -> None:
    life.add(
        Happened.CAME_BACK,
        event,
        detail=why,
        person=life.resolver,
        from_unit=life.answered_by,
        number=life.cycles,
    )
    life.cycles += 1
    life.attempts, life.asked_ground, life.refused_call = 0, "", False
    life.answered_by = None


def _asked_to_close(life: Life, event: CountedEvent) -> None:
    life.asked_ground = event.data.ground


def _denied(life: Life, _event: CountedEvent) -> None:
    life.asked_ground = ""


def _closed_unreached(life: Life, event: CountedEvent) -> None:
    """On the ground that was asked for; where nobody asked, on what the approval rests on."""
    refused = life.wants_no_contact or life.refused_call
    ground = ClosingGround.REFUSES_CONTACT if refused else ClosingGround.UNREACHABLE
    _closes(life, event, life.asked_ground or ground.value)


def _closing_undone(life: Life, _event: CountedEvent) -> None:
    # By identity: two that were undone at the same moment would be equal.
    undone = (life.closing, life.end)
    life.happenings = [each for each in life.happenings if not any(each is one for one in undone)]
    life.closing = life.end = None


def _reopened(life: Life, event: CountedEvent) -> None:
    if event.data.because == ReopenReason.OBJECTS:
        when = IN_TIME if event.data.in_time else LATE
        life.add(Happened.OBJECTED, event, detail=when, person=life.responsible)
    _comes_back(life, event, "reopened")


def _passed_on(life: Life, event: CountedEvent) -> None:
    life.responsible = event.data.to_person or life.responsible
    life.transfers += 1
    life.add(Happened.TRANSFERRED, event, person=life.responsible)


def _raised(life: Life, event: CountedEvent) -> None:
    life.add(Happened.RAISED, event, number=event.data.level)


def _overridden(life: Life, event: CountedEvent) -> None:
    before, after = event.data.promised_before, event.data.promised_at
    moved = None
    if before and after:
        life.moved[event.at] = before
        moved = round((after - before).total_seconds())
    life.add(Happened.OVERRIDDEN, event, person=event.actor, seconds=moved)


_TELLERS: Mapping[str, Callable[[Life, CountedEvent], None]] = {
    EventName.REGISTER: _registered,
    EventName.DISPATCH: _dispatch,
    EventName.ORDER_ANSWER: _answered,
    EventName.ORDER_RECALL: _order_ends,
    EventName.ORDER_REJECT_ANSWER: _rejected,
    EventName.ORDER_RETURN: _returned,
    EventName.ORDER_ARBITRATE: _arbitrated,
    **dict.fromkeys(events_whose(lambda action: Pause() in action.effects()), _paused),
    EventName.RESOLVE: _resolved,
    EventName.RECORD_CALLBACK: _called,
    EventName.REQUEST_CLOSING: _asked_to_close,
    EventName.DENY_CLOSING: _denied,
    EventName.CLOSE_UNREACHED: _closed_unreached,
    EventName.UNDO_CLOSING: _closing_undone,
    EventName.WITHDRAW: lambda life, event: _ends(life, event, Status.WITHDRAWN),
    EventName.REOPEN: _reopened,
    EventName.ACCEPT_TRANSFER: _passed_on,
    EventName.HAND_OVER: _passed_on,
    EventName.RAISE_LEVEL: _raised,
    EventName.OVERRIDE_DEADLINE: _overridden,
}
