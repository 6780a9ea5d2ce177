"""The one door: every change of a complaint or a work order goes through here.

`take` and `take_order` lock, compare versions, let the rules decide, store what follows, and
write the event. They never commit: the edge does, once. Nothing else assigns a status.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets import history
from tickets.actions import endings, notifying
from tickets.actions.cases import case_of, order_case_of
from tickets.actions.changes import CHANGES, ORDER_CHANGES
from tickets.actions.changes.act import Act, FollowUp
from tickets.actions.executing import execute
from tickets.actions.resolving import Resolved, resolve
from tickets.actors import Actor
from tickets.clocks import timekeeping
from tickets.clocks.history import concerns_time
from tickets.database import db
from tickets.history import Text
from tickets.history.vocabulary import DataKey, order_event
from tickets.models import Complaint, Event, Problem, WorkOrder
from tickets.policy import policy_now
from workflow.case import Case
from workflow.effects import Effect, TellEnd
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.machine import Performed, Refused, objections, perform, perform_order
from workflow.table import Action, Kind

RECORDING = frozenset({"note", "attach", "watch", "unwatch", "contact", "reveal_customer"})
"""Actions that add and change nothing: what others did meanwhile cannot make them wrong."""


DEEPEST = 5
"""So many actions may set each other off in a row; more would be a circle of rules (JOB-09)."""

_depth: ContextVar[int] = ContextVar("depth", default=0)


class Stale(Exception):
    """Somebody else was faster: the complaint is no longer at the version that was seen."""

    def __init__(self, seen: int, current: int) -> None:
        super().__init__(f"seen version {seen}, now {current}")
        self.seen = seen
        self.current = current


@dataclass(frozen=True)
class Taken:
    """What was done: the event, where it led, and which effects follow."""

    event: Event
    performed: Performed | None
    effects: tuple[Effect, ...] = field(default=())


def take(
    name: str,
    complaint: Complaint,
    *,
    actor: Actor,
    now: datetime,
    seen_version: int | None,
    inputs: Mapping[str, Any],
    event_id: UUID | None = None,
) -> Taken:
    """Do the named action to the complaint, or raise.

    `inputs` hold plain values by the names the action asks for: text, codes, aware datetimes,
    ids of people and units, a ticket number for another complaint, an `Upload` for a file.
    `seen_version` is what the actor saw (None only for the system, which saw nothing).
    `event_id` makes it idempotent: the same id again answers what was done the first time.

    Raises Refused with every reason, Stale when the version has moved on, KeyError for an
    unknown action.
    """
    action = ACTIONS[name]
    _lock(complaint)
    done = _done_before(event_id, complaint, name, actor)
    if done is not None:
        return done
    if name not in RECORDING:
        _check_version(seen_version, complaint.version)
    policy = policy_now()
    resolved = resolve(action, inputs, actor=actor, complaint=complaint)
    case = case_of(complaint, actor=actor, now=now, policy=policy, inputs=resolved.for_rules)
    _refuse_unknown(action, case, resolved)
    act = Act(name, complaint, None, actor, now, resolved.values, case)
    # Nothing may be flushed between the new status and what it rests on.
    with db.session.no_autoflush:
        act.performed = performed = perform(name, complaint, case)
        act.data.update(CHANGES[name](act) if name in CHANGES else {})
        execute(act)
    return _finish(act, action, performed, event_id)


def take_order(
    name: str,
    order: WorkOrder,
    *,
    actor: Actor,
    now: datetime,
    seen_version: int | None,
    inputs: Mapping[str, Any],
    event_id: UUID | None = None,
) -> Taken:
    """Do the named action to the work order, or raise; see `take`."""
    action = ORDER_ACTIONS[name]
    complaint = order.complaint
    _lock(complaint)
    _lock_order(order)
    done = _done_before(event_id, complaint, order_event(name), actor)
    if done is not None:
        return done
    _check_version(seen_version, order.version)
    policy = policy_now()
    resolved = resolve(action, inputs, actor=actor, complaint=complaint, order=order)
    case = order_case_of(order, actor=actor, now=now, policy=policy, inputs=resolved.for_rules)
    _refuse_unknown(action, case, resolved)
    act = Act(name, complaint, order, actor, now, resolved.values, case)
    with db.session.no_autoflush:
        act.performed = performed = perform_order(name, order, case)
        act.data.update(ORDER_CHANGES[name](act) if name in ORDER_CHANGES else {})
        execute(act)
    return _finish(act, action, performed, event_id)


def _finish(act: Act, action: Action, performed: Performed, event_id: UUID | None) -> Taken:
    order = act.order
    # What is looked up here must not flush the complaint: its event belongs to the same change.
    with db.session.no_autoflush:
        told_at = endings.addresses_for(act)
    if TellEnd() in performed.effects:
        # Figures and samples look for ends that nobody could be told of.
        act.data[DataKey.ADDRESSES] = len(told_at)
    event = history.append(
        act.complaint,
        order_event(action.name) if order is not None else action.name,
        action.kind,
        actor=act.actor,
        now=act.now,
        data={
            **plain(action, act.inputs),
            **act.data,
            **_instead_of(act),
            "from_status": performed.before,
            "to_status": performed.after,
        },
        texts=texts_of(action, act.inputs),
        event_id=event_id,
        work_order_id=order.id if order is not None else None,
    )
    act.event = event
    for row in act.with_event:
        row.event_id = event.id
        db.session.add(row)
    # Follow-ups look for what has just been written.
    db.session.flush()
    if concerns_time(event.action):
        for complaint in (act.complaint, *act.touched):
            timekeeping.reckon(complaint, act.now)
    notifying.follow(
        notifying.Done(
            action,
            event,
            act.complaint,
            order,
            act.actor,
            performed.effects,
            act.inputs,
            act.now,
            told_at,
        )
    )
    for follow_up in act.follow_ups:
        _follow(follow_up, act.now)
    return Taken(event, performed, performed.effects)


def _instead_of(act: Act) -> dict[str, str]:
    """Whose responsibility was carried, when a substitute acted (OWN-06)."""
    return {"instead_of": str(act.instead_of)} if act.instead_of is not None else {}


def _follow(follow_up: FollowUp, now: datetime) -> None:
    """What an action sets off goes through the same door, on rows that are held already."""
    name, actor, inputs = follow_up.name, follow_up.actor, follow_up.inputs
    depth = _depth.get() + 1
    if depth > DEEPEST:
        raise RuntimeError(f"{name} is the {depth}th action set off by one: a circle of rules")
    token = _depth.set(depth)
    try:
        _take_follow_up(follow_up, name, actor, inputs, now)
    finally:
        _depth.reset(token)


def _take_follow_up(
    follow_up: FollowUp, name: str, actor: Actor, inputs: dict[str, Any], now: datetime
) -> None:
    if isinstance(follow_up.on, WorkOrder):
        take_order(name, follow_up.on, actor=actor, now=now, seen_version=None, inputs=inputs)
        return
    take(name, follow_up.on, actor=actor, now=now, seen_version=None, inputs=inputs)


def texts_of(action: Action, inputs: Mapping[str, Any]) -> list[Text]:
    """The long texts of an action, each for its audience."""
    return [
        Text(ask.name, inputs[ask.name], ask.audience)
        for ask in action.asks
        if ask.kind is Kind.TEXT and inputs.get(ask.name)
    ]


def plain(action: Action, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The other inputs as JSON can hold them: codes, ids, times."""
    return {
        ask.name: _json(inputs[ask.name])
        for ask in action.asks
        if ask.kind not in (Kind.TEXT, Kind.FILE) and inputs.get(ask.name) is not None
    }


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    if isinstance(value, Problem):
        return {"id": str(value.id), "number": value.number}
    if isinstance(value, Complaint):
        return value.number
    if hasattr(value, "id"):
        return str(value.id)
    return value


def _lock(complaint: Complaint) -> None:
    """Hold the row and see it as it is now; without effect on SQLite, whose writers queue."""
    db.session.flush()  # what this transaction did already must not be read over
    db.session.execute(
        select(Complaint)
        .where(Complaint.id == complaint.id)
        .with_for_update(of=Complaint)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _lock_order(order: WorkOrder) -> None:
    db.session.execute(
        select(WorkOrder)
        .where(WorkOrder.id == order.id)
        .with_for_update(of=WorkOrder)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _check_version(seen: int | None, current: int) -> None:
    if seen is not None and seen != current:
        raise Stale(seen, current)


def _done_before(
    event_id: UUID | None, complaint: Complaint, name: str, actor: Actor
) -> Taken | None:
    if event_id is None:
        return None
    event = db.session.scalar(
        select(Event).where(Event.id == event_id).options(joinedload(Event.actor))
    )
    if event is None:
        return None
    if (event.complaint_id, event.action, event.actor_id) != (complaint.id, name, actor.id):
        raise Stale(0, complaint.version)
    return Taken(event, None)


def _refuse_unknown(action: Action, case: Case, resolved: Resolved) -> None:
    if not resolved.unknown:
        return
    fields = {reason.field for reason in resolved.unknown}
    shape = [each for each in missing_or_wrong(action, case.inputs) if each.field not in fields]
    raise Refused([*objections(action, case), *shape, *resolved.unknown])
