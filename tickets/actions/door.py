"""The one door: every change of a complaint or a work order goes through here.

`take` locks, compares versions, lets the rules decide, stores what follows, and writes the event.
It never commits: the edge does, once. Nothing else assigns a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets import history
from tickets.actions import endings, notifying
from tickets.actions.cases import case_of, order_case_of
from tickets.actions.changes import CHANGES, ORDER_CHANGES
from tickets.actions.changes.act import Act, FollowUp, event_name
from tickets.actions.event_data import event_data_of, texts_of
from tickets.actions.executing import execute
from tickets.actions.resolving import Resolved, resolve
from tickets.actors import Actor
from tickets.clocks import timekeeping
from tickets.clocks.history import concerns_time
from tickets.database import db
from tickets.history.vocabulary import DataKey
from tickets.models import Complaint, Event, WorkOrder
from tickets.policy import policy_now
from workflow.case import Case, OrderCase
from workflow.effects import Effect, TellEnd
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.machine import Performed, Refused, objections, perform, perform_order
from workflow.table import Action
from workflow.values import Inputs
from workflow.words import Origin

RECORDING = frozenset({"note", "attach", "watch", "unwatch", "contact", "reveal_customer"})
"""Actions that add and change nothing: what others did meanwhile cannot make them wrong."""


DEEPEST = 5
"""So many actions may set each other off in a row; more would be a circle of rules (JOB-09)."""


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
    on: Complaint | WorkOrder,
    *,
    actor: Actor,
    now: datetime,
    seen_version: int | None,
    inputs: Inputs,
    event_id: UUID | None = None,
    origin: Origin = Origin.LIVE,
) -> Taken:
    """Do the named action to the complaint or the work order, or raise.

    `inputs` hold plain values by the names the action asks for: text, codes, aware datetimes,
    ids of people and units, a ticket number for another complaint, an `Upload` for a file.
    `seen_version` is what the actor saw (None only for the system, which saw nothing).
    `event_id` makes it idempotent: the same id again answers what was done the first time.
    `origin` says whether it happens now, or happened elsewhere before it was entered here.

    Raises Refused with every reason, Stale when the version has moved on, KeyError for no action.
    """
    action = _actions_on(on)[name]
    _lock(on)
    done = _done_before(event_id, on, action, actor)
    if done:
        return done
    if name not in RECORDING:
        _check_version(seen_version, on.version)
    act = _begin(action, on, actor, now, inputs, origin)
    return finish(_perform(act), event_id)


def _follow(follow_up: FollowUp, cause: Act) -> None:
    """What an action sets off goes through the same door, on rows that are held already."""
    depth = cause.depth + 1
    if depth > DEEPEST:
        raise RuntimeError(
            f"{follow_up.name} is the {depth}th action set off by one: a circle of rules"
        )
    on = follow_up.on
    action = _actions_on(on)[follow_up.name]
    _lock(on)
    # What follows happens now, also from something that was imported.
    act = _begin(action, on, follow_up.actor, cause.now, follow_up.inputs, Origin.LIVE, depth)
    finish(_perform(act))


def _actions_on(on: Complaint | WorkOrder) -> Mapping[str, Action]:
    return ORDER_ACTIONS if isinstance(on, WorkOrder) else ACTIONS


def _begin(
    action: Action,
    on: Complaint | WorkOrder,
    actor: Actor,
    now: datetime,
    inputs: Inputs,
    origin: Origin,
    depth: int = 0,
) -> Act:
    """The action with everything it names and everything the rules may ask."""
    complaint, order = (on.complaint, on) if isinstance(on, WorkOrder) else (on, None)
    resolved = resolve(action, inputs, actor=actor, complaint=complaint, order=order)
    case = _facts(on, actor, now, resolved.for_rules)
    _refuse_unknown(action, case, resolved)
    return Act(action, complaint, order, actor, now, resolved.values, case, origin, depth)


def _facts(on: Complaint | WorkOrder, actor: Actor, now: datetime, inputs: Inputs) -> Case:
    policy = policy_now()
    if isinstance(on, WorkOrder):
        return order_case_of(on, actor=actor, now=now, policy=policy, inputs=inputs)
    return case_of(on, actor=actor, now=now, policy=policy, inputs=inputs)


def _perform(act: Act) -> Act:
    """Let the rules decide, and put down what changes besides the status."""
    changes = CHANGES if act.order is None else ORDER_CHANGES
    # Nothing may be flushed between the new status and what it rests on.
    with db.session.no_autoflush:
        act.performed = _move(act)
        if act.name in changes:
            act.data.update(changes[act.name](act))
        execute(act)
    return act


def _move(act: Act) -> Performed:
    if isinstance(act.case, OrderCase):
        return perform_order(act.name, act.work_order, act.case)
    return perform(act.name, act.complaint, act.case)


def finish(act: Act, event_id: UUID | None = None) -> Taken:
    """Write the event, move the clocks, tell people, and do what it sets off.

    Every action ends here: those on what is there already, and registering.
    """
    effects = act.done.effects
    # What is looked up here must not flush the complaint: its event belongs to the same change.
    with db.session.no_autoflush:
        told_at = endings.addresses_for(act)
    if TellEnd() in effects:
        # Figures and samples look for ends that nobody could be told of.
        act.data[DataKey.ADDRESSES] = len(told_at)
    event = _record(act, event_id)
    if concerns_time(event.action):
        for complaint in (act.complaint, *act.touched):
            timekeeping.reckon(complaint, act.now)
    notifying.follow(notifying.Done(act, event, told_at))
    for follow_up in act.follow_ups:
        _follow(follow_up, act)
    return Taken(event, act.done, effects)


def _record(act: Act, event_id: UUID | None) -> Event:
    """The event, with the rows that carry its id; follow-ups look for what was written."""
    act.event = event = history.append(
        act.complaint,
        act.event_name,
        act.action.kind,
        actor=act.actor,
        now=act.now,
        data=event_data_of(act),
        texts=texts_of(act),
        event_id=event_id,
        work_order_id=act.order.id if act.order is not None else None,
    )
    for row in act.with_event:
        row.event_id = event.id
        db.session.add(row)
    db.session.flush()
    return event


def _lock(on: Complaint | WorkOrder) -> None:
    """Hold the rows and see them as they are now, the complaint first; without effect on SQLite,
    whose writers queue."""
    db.session.flush()  # what this transaction did already must not be read over
    if isinstance(on, WorkOrder):
        _hold(Complaint, on.complaint_id)
        _hold(WorkOrder, on.id)
        return
    _hold(Complaint, on.id)


def _hold(model: type[Complaint] | type[WorkOrder], row_id: UUID) -> None:
    db.session.execute(
        select(model)
        .where(model.id == row_id)
        .with_for_update(of=model)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _check_version(seen: int | None, current: int) -> None:
    if seen is not None and seen != current:
        raise Stale(seen, current)


def _done_before(
    event_id: UUID | None, on: Complaint | WorkOrder, action: Action, actor: Actor
) -> Taken | None:
    if event_id is None:
        return None
    event = db.session.scalar(
        select(Event).where(Event.id == event_id).options(joinedload(Event.actor))
    )
    if event is None:
        return None
    complaint = on.complaint if isinstance(on, WorkOrder) else on
    said = (event.complaint_id, event.action, event.actor_id)
    if said != (complaint.id, event_name(action, on), actor.id):
        raise Stale(0, complaint.version)
    return Taken(event, None)


def _refuse_unknown(action: Action, case: Case, resolved: Resolved) -> None:
    if not resolved.unknown:
        return
    fields = {reason.field for reason in resolved.unknown}
    shape = [each for each in missing_or_wrong(action, case.inputs) if each.field not in fields]
    raise Refused([*objections(action, case), *shape, *resolved.unknown])
