"""The one door: every change of a complaint or a work order goes through here.

`take` locks, compares versions, lets the rules decide, stores what follows, and writes the event;
registering ends in the same `finish`. It never commits: the edge does, once. Nothing else assigns
a status.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets import history
from tickets.actions import endings, notifying
from tickets.actions.cases import case_of, order_case_of
from tickets.actions.changes import CHANGES
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
from workflow.case import Case, OrderCase
from workflow.effects import Effect, TellEnd
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.machine import Performed, Refused, objections, perform, perform_order
from workflow.system_rules import Because
from workflow.table import Action, Ask, Kind
from workflow.values import Inputs, Json, Origin

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
    """Do the named action to the complaint, or to one of its work orders, or raise.

    `inputs` hold plain values by the names the action asks for: text, codes, aware datetimes,
    ids of people and units, a ticket number for another complaint, an `Upload` for a file; a
    reason may be a `Because` of the system's. `seen_version` is what the actor saw (None only for
    the system, which saw nothing). `event_id` makes it idempotent: the same id again answers what
    was done the first time. `origin` is imported for what was done in another system long ago.

    Raises Refused with every reason, Stale when the version has moved on, KeyError for an
    unknown action.
    """
    how = _How(actor, now, seen_version, event_id, origin)
    return _take(name, on, inputs, how)


@dataclass(frozen=True)
class _How:
    """By whom, when and under which circumstances an action is taken."""

    actor: Actor
    now: datetime
    seen_version: int | None = None
    event_id: UUID | None = None
    origin: Origin = Origin.LIVE
    depth: int = 0


def _take(name: str, on: Complaint | WorkOrder, inputs: Inputs, how: _How) -> Taken:
    order = on if isinstance(on, WorkOrder) else None
    complaint = on.complaint if isinstance(on, WorkOrder) else on
    action, event = (ACTIONS[name], name) if order is None else _order_action(name)
    _lock(complaint, order)
    done = _done_before(how.event_id, complaint, event, how.actor)
    if done is not None:
        return done
    if event not in RECORDING:
        _check_version(how.seen_version, on.version)
    resolved = resolve(action, inputs, actor=how.actor, complaint=complaint, order=order)
    case = _case(on, how, resolved)
    _refuse_unknown(action, case, resolved)
    act = Act(name, complaint, order, how.actor, how.now, resolved.values, case)
    act.origin, act.depth = how.origin, how.depth
    # Nothing may be flushed between the new status and what it rests on.
    with db.session.no_autoflush:
        act.performed = _perform(name, on, case)
        change = CHANGES.get(event)
        act.data.update(change(act) if change is not None else {})
        execute(act)
    return finish(act, event_id=how.event_id)


def _order_action(name: str) -> tuple[Action, str]:
    return ORDER_ACTIONS[name], order_event(name)


def _case(on: Complaint | WorkOrder, how: _How, resolved: Resolved) -> Case:
    actor, now, inputs = how.actor, how.now, resolved.for_rules
    if isinstance(on, WorkOrder):
        return order_case_of(on, actor=actor, now=now, policy=policy_now(), inputs=inputs)
    return case_of(on, actor=actor, now=now, policy=policy_now(), inputs=inputs)


def _perform(name: str, on: Complaint | WorkOrder, case: Case) -> Performed:
    if isinstance(on, WorkOrder) and isinstance(case, OrderCase):
        return perform_order(name, on, case)
    return perform(name, on, case)


def finish(act: Act, *, event_id: UUID | None = None, texts: Sequence[Text] = ()) -> Taken:
    """Write the event of an act that was performed, its clocks, who is told, and what it sets off.

    Every change of a complaint ends here, also its registering; `texts` are said besides those
    that the action asks for.
    """
    # What is looked up here must not flush the complaint: its event belongs to the same change.
    with db.session.no_autoflush:
        told_at = endings.addresses_for(act)
    if TellEnd() in act.effects:
        # Figures and samples look for ends that nobody could be told of.
        act.data[DataKey.ADDRESSES] = len(told_at)
    event = act.event = _append(act, event_id, texts)
    for row in act.with_event:
        row.event_id = event.id
        db.session.add(row)
    # Follow-ups look for what has just been written.
    db.session.flush()
    if concerns_time(event.action):
        for complaint in (act.complaint, *act.touched):
            timekeeping.reckon(complaint, act.now)
    notifying.follow(notifying.Done(act, event, told_at))
    for follow_up in act.follow_ups:
        _follow(follow_up, act)
    return Taken(event, act.performed, act.effects)


def _append(act: Act, event_id: UUID | None, texts: Sequence[Text]) -> Event:
    action, order = act.action, act.order
    return history.append(
        act.complaint,
        order_event(action.name) if order is not None else action.name,
        action.kind,
        actor=act.actor,
        now=act.now,
        data={**plain(action, act.inputs), **act.data, **_instead_of(act), **_moved(act)},
        texts=[*texts_of(action, act.inputs), *texts],
        event_id=event_id,
        work_order_id=order.id if order is not None else None,
    )


def _moved(act: Act) -> dict[str, Json]:
    """From where to where; what is registered comes from nowhere."""
    before = act.performed.before if act.performed is not None else None
    after = act.performed.after if act.performed is not None else None
    came = {DataKey.FROM_STATUS.value: before} if before is not None else {}
    return {**came, DataKey.TO_STATUS.value: after}


def _instead_of(act: Act) -> dict[str, Json]:
    """Whose responsibility was carried, when a substitute acted (OWN-06)."""
    return {DataKey.INSTEAD_OF: str(act.instead_of)} if act.instead_of is not None else {}


def _follow(follow_up: FollowUp, act: Act) -> None:
    """What an action sets off goes through the same door, on rows that are held already."""
    depth = act.depth + 1
    if depth > DEEPEST:
        name = follow_up.name
        raise RuntimeError(f"{name} is the {depth}th action set off by one: a circle of rules")
    how = _How(follow_up.actor, act.now, depth=depth)
    _take(follow_up.name, follow_up.on, follow_up.inputs, how)


def texts_of(action: Action, inputs: Inputs) -> list[Text]:
    """The long texts of an action, each for its audience."""
    return [
        Text(ask.name, text, ask.audience)
        for ask in action.asks
        if ask.kind is Kind.TEXT and isinstance(text := inputs.get(ask.name), str) and text
    ]


def plain(action: Action, inputs: Inputs) -> dict[str, Json]:
    """The other inputs as JSON can hold them: codes, ids, times, reasons of the system's."""
    return {
        ask.name: _json(value)
        for ask in action.asks
        if (value := inputs.get(ask.name)) is not None and not _is_kept_apart(ask, value)
    }


def _is_kept_apart(ask: Ask, value: object) -> bool:
    """Texts stand where they can be redacted, files in a table of their own."""
    return ask.kind is Kind.FILE or (ask.kind is Kind.TEXT and not isinstance(value, Because))


def _json(value: object) -> Json:
    if isinstance(value, Because):
        return value.stored()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    if isinstance(value, str | int | float):
        return value
    return _row_as_json(value)


def _row_as_json(row: object) -> Json:
    """How an event names a row: complaints and problems by number, all others by id."""
    if isinstance(row, Problem):
        return {"id": str(row.id), "number": row.number}
    return row.number if isinstance(row, Complaint) else str(getattr(row, "id", row))


def _lock(complaint: Complaint, order: WorkOrder | None) -> None:
    """Hold the rows and see them as they are now; without effect on SQLite, whose writers queue."""
    db.session.flush()  # what this transaction did already must not be read over
    _hold(Complaint, complaint.id)
    if order is not None:
        _hold(WorkOrder, order.id)


def _hold(model: type[Complaint | WorkOrder], key: UUID) -> None:
    db.session.execute(
        select(model)
        .where(model.id == key)
        .with_for_update(of=model)
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
