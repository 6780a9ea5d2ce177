"""What follows from an action besides the status: who is told, in the same transaction (OWN-07).

The lifecycle names the effects; here stands whom each reaches and under which topic. Whoever did
it is not told of it. Whoever is away is told through their substitute (OWN-06).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tickets import messages
from tickets.actions import endings
from tickets.actors import HANDLING, Actor, System
from tickets.database import db
from tickets.history.data import EventData, data_of
from tickets.history.vocabulary import EventName
from tickets.messages.topics import Reader, topic_of
from tickets.models import Complaint, Event, Membership, Person, Watch, WorkOrder
from tickets.people.absences import absences_at
from tickets.people.escalation import supervisors_of
from tickets.policy import policy_now
from workflow.absence import present_for
from workflow.table import Action
from workflow.words import Effect, MessageChannel, NoticeChannel, Origin, ReopenReason, Role, Status

E = Effect

TOPICS: Mapping[tuple[str, Effect], str] = {
    (EventName.DISPATCH, E.TELL_DEPARTMENT): "dispatched",
    (EventName.ALL_ANSWERED, E.TELL_RESPONSIBLE): "all_answered",
    (EventName.RESUME, E.TELL_RESPONSIBLE): "follow_up_reached",
    (EventName.RECORD_CALLBACK, E.TELL_SUPERVISOR): "reopened",
    (EventName.REQUEST_CLOSING, E.TELL_SUPERVISOR): "closing_requested",
    (EventName.REQUEST_CLOSING, E.TELL_NAMED): "closing_requested",
    (EventName.NOTICE_RETURNED, E.TELL_SUPERVISOR): "notice_returned",
    (EventName.CLOSE_UNREACHED, E.TELL_RESPONSIBLE): "closing_approved",
    (EventName.DENY_CLOSING, E.TELL_RESPONSIBLE): "closing_denied",
    (EventName.REOPEN, E.TELL_RESPONSIBLE): "reopened",
    (EventName.REOPEN, E.TELL_SUPERVISOR): "reopened",
    (EventName.TRANSFER, E.TELL_NAMED): "transfer_asked",
    (EventName.ACCEPT_TRANSFER, E.TELL_RESPONSIBLE): "transfer_done",
    (EventName.ACCEPT_TRANSFER, E.TELL_SUPERVISOR): "transfer_done",
    (EventName.DECLINE_TRANSFER, E.TELL_SUPERVISOR): "transfer_declined",
    (EventName.CANCEL_TRANSFER, E.TELL_NAMED): "transfer_cancelled",
    (EventName.HAND_OVER, E.TELL_NAMED): "assigned",
    (EventName.HAND_OVER, E.TELL_SUPERVISOR): "transfer_done",
    (EventName.NAME_COORDINATOR, E.TELL_NAMED): "coordinator_named",
    (EventName.URGE, E.TELL_LEAD): "urged",
    (EventName.RAISE_LEVEL, E.TELL_SUPERVISOR): "level_raised",
    (EventName.SHARE_PROGRESS, E.TELL_RESPONSIBLE): "progress_shared",
    (EventName.CONTACT, E.TELL_RESPONSIBLE): "customer_contacted",
    (EventName.NOTE, E.TELL_WATCHERS): "note_added",
    (EventName.ORDER_ASSIGN, E.TELL_NAMED): "dispatched",
    (EventName.ORDER_ANSWER, E.TELL_RESPONSIBLE): "answered",
    (EventName.ORDER_RETURN, E.TELL_RESPONSIBLE): "returned",
    (EventName.ORDER_RETURN, E.TELL_SUPERVISOR): "arbitration",
    (EventName.ORDER_INTERIM, E.TELL_RESPONSIBLE): "interim_measure",
    (EventName.ORDER_REJECT_ANSWER, E.TELL_DEPARTMENT): "rejected",
    (EventName.ORDER_RECALL, E.TELL_DEPARTMENT): "recalled",
    (EventName.ORDER_ARBITRATE, E.TELL_DEPARTMENT): "arbitrated",
    (EventName.ORDER_ARBITRATE, E.TELL_RESPONSIBLE): "arbitrated",
}
"""Under which topic an effect of an event is told; what is not here is told as other news."""

OTHER_NEWS = "happened"

OBJECTED = "objected"
"""Instead of "reopened", when the customer did not agree to the end."""

TOLD_OTHERWISE = frozenset({(EventName.WITHDRAW, E.TELL_DEPARTMENT)})
"""Each department hears of the recall of its own order."""

SENT_BY_US = {
    NoticeChannel.SMS: MessageChannel.SMS,
    NoticeChannel.EMAIL: MessageChannel.EMAIL,
}

ANNOUNCED: Mapping[str, str] = {
    EventName.REGISTER: "complaint.registered",
    EventName.RESOLVE: "complaint.resolved",
    EventName.REOPEN: "complaint.reopened",
    EventName.WITHDRAW: "complaint.withdrawn",
    EventName.MERGE: "complaint.merged",
    EventName.RAISE_LEVEL: "complaint.raised",
}


@dataclass(frozen=True)
class Done:
    """An action that was done, as far as telling people of it goes."""

    action: Action
    event: Event
    complaint: Complaint
    order: WorkOrder | None
    actor: Actor
    effects: tuple[Effect, ...]
    inputs: Mapping[str, Any]
    now: datetime
    origin: Origin
    told_at: tuple[endings.Address, ...] = ()
    """Where the customer is told that it ended."""

    @property
    def once(self) -> str:
        return f"event:{self.event.id.hex}"

    @property
    def data(self) -> EventData:
        return data_of(self.event)

    @property
    def moved_to(self) -> str | None:
        """The status it led to, when that is another one than before."""
        return self.data.to_status if not self.data.stayed and self.order is None else None

    @cached_property
    def orders(self) -> Sequence[WorkOrder]:
        """The orders it is about: its own, and those it sent or urged."""
        contested, ids = self.data.contested, self.data.orders
        named = db.session.scalars(select(WorkOrder).where(WorkOrder.id.in_(ids))) if ids else ()
        sent = [order for order in named if order.unit_id not in contested]
        return [self.order, *sent] if self.order is not None else sent


def follow(done: Done) -> None:
    """Write every message that follows; the caller's transaction carries them."""
    if done.origin is Origin.IMPORTED:
        return  # nobody is told of what happened elsewhere long ago
    _tell_people(done)
    _tell_customer(done)
    _tell_of_end(done)
    _announce(done)


def _tell_people(done: Done) -> None:
    absences = absences_at(done.now)
    for effect in done.effects:
        if effect not in AUDIENCES or (done.event.action, effect) in TOLD_OTHERWISE:
            continue
        topic = _topic(done, effect)
        for person_id, order in AUDIENCES[effect](done):
            there = present_for(person_id, absences, done.now) or person_id
            _tell(done, topic, there, order, None if there == person_id else person_id)
    if done.moved_to is not None and E.TELL_WATCHERS not in done.effects:
        for person_id, order in _watchers(done):
            _tell(done, OTHER_NEWS, person_id, order, None)


def _topic(done: Done, effect: Effect) -> str:
    if done.inputs.get("because") == ReopenReason.OBJECTS:
        return OBJECTED
    return TOPICS.get((done.event.action, effect), OTHER_NEWS)


def _tell(
    done: Done, topic: str, person_id: UUID, order: WorkOrder | None, instead_of: UUID | None
) -> None:
    if person_id == done.actor.id:
        return
    messages.tell(
        person_id,
        topic,
        now=done.now,
        once=f"{done.once}:{topic}",
        complaint=done.complaint,
        order=order,
        values=_values(done, topic, order),
        instead_of=instead_of,
    )


def _values(done: Done, topic: str, order: WorkOrder | None) -> dict[str, Any]:
    """What the topic's text may name; nothing about the customer is among it (NOT-04)."""
    known: dict[str, Callable[[], Any]] = {
        "by": lambda: done.actor.rule if isinstance(done.actor, System) else done.actor.name,
        "unit": lambda: order.unit.names if order is not None else {},
        "to": lambda: _named_name(done),
        "level": lambda: done.complaint.level,
        "action": lambda: done.action.label,
    }
    return {name: known[name]() for name in topic_of(Reader.PERSON, topic).fields if name in known}


def _named_name(done: Done) -> str:
    for person_id, _order in _named(done):
        return db.session.get_one(Person, person_id).name
    return db.session.get_one(Person, done.complaint.responsible_id).name


def _tell_customer(done: Done) -> None:
    """Texts for the customer only, each a value that its topic allows (NOT-05)."""
    complaint, inputs = done.complaint, done.inputs
    said: dict[Effect, tuple[str, Callable[[], dict[str, Any]]]] = {
        E.TELL_CUSTOMER_REGISTERED: ("registered", lambda: {"due": complaint.promised_at}),
        E.TELL_CUSTOMER_PROGRESS: ("progress", lambda: {"text": inputs["message"]}),
        E.TELL_CUSTOMER_ANSWER: ("answer", lambda: {"answer": inputs["answer"]}),
        E.TELL_CUSTOMER_NOTICE: (
            "unreachable_notice",
            lambda: {
                "text": inputs["notice"],
                "until": done.now + policy_now().callback.wait_after_notice,
            },
        ),
    }
    for effect in done.effects:
        if effect not in said or (
            effect is E.TELL_CUSTOMER_REGISTERED and not complaint.promised_at
        ):
            continue
        if effect is E.TELL_CUSTOMER_NOTICE and inputs["channel"] not in SENT_BY_US:
            continue  # a letter is written and posted by hand
        topic, values = said[effect]
        if inputs.get("expected_at") is not None:
            topic, values = "progress_expected", lambda: _with_expected(inputs)
        by = None
        if effect is E.TELL_CUSTOMER_NOTICE:
            by = (SENT_BY_US[inputs["channel"]], inputs["address"])
        messages.tell_customer(
            complaint,
            topic,
            now=done.now,
            once=f"{done.once}:{topic}",
            values=values(),
            by=by,
            notice_id=done.data.written_notice if effect is E.TELL_CUSTOMER_NOTICE else None,
        )


def _tell_of_end(done: Done) -> None:
    if E.UNTELL_CUSTOMER_ENDED in done.effects:
        endings.untell(done.complaint, done.now)
    if E.TELL_CUSTOMER_ENDED in done.effects:
        endings.tell(
            endings.End(
                done.complaint,
                done.event.id,
                done.action.name,
                done.inputs,
                done.told_at,
                done.now,
            )
        )


def _with_expected(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": inputs["message"], "due": inputs["expected_at"]}


def _announce(done: Done) -> None:
    topic = ANNOUNCED.get(done.event.action, "complaint.changed")
    if done.moved_to == Status.CLOSED:
        topic = "complaint.closed"
    elif done.moved_to == Status.IN_PROGRESS and E.NEW_CYCLE in done.effects:
        topic = "complaint.reopened"
    known = {"action": done.event.action, "level": done.complaint.level}
    values = {name: known[name] for name in topic_of(Reader.WEBHOOK, topic).fields}
    messages.announce(topic, done.complaint, now=done.now, once=done.once, values=values)


# Who an effect reaches: people, each with the order it is about.

Reached = Iterator[tuple[UUID, WorkOrder | None]]


def _responsible(done: Done) -> Reached:
    """When responsibility has just moved, whoever had it before is the one to hear of it."""
    moved = done.event.action == EventName.ACCEPT_TRANSFER
    before = done.data.from_person if moved else None
    yield before or done.complaint.responsible_id, done.order


def _departments(done: Done) -> Reached:
    for order in done.orders:
        if order.handler_id is not None:
            yield order.handler_id, order
            continue
        yield from ((each, order) for each in _members(order.unit_id, HANDLING))


def _leads(done: Done) -> Reached:
    for order in done.orders:
        yield from ((each, order) for each in _members(order.unit_id, (Role.LEAD,)))


def _supervisors(done: Done) -> Reached:
    yield from ((each, done.order) for each in supervisors_of(done.complaint, done.now))


def _named(done: Done) -> Reached:
    if done.data.named is not None:
        yield done.data.named, done.order


def _watchers(done: Done) -> Reached:
    rows = db.session.scalars(
        select(Watch.person_id).where(Watch.complaint_id == done.complaint.id)
    )
    yield from ((each, None) for each in rows)


def _members(unit_id: UUID, roles: Iterable[Role]) -> list[UUID]:
    rows = db.session.scalars(
        select(Membership.person_id)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.unit_id == unit_id, Membership.role.in_(tuple(roles)), Person.active)
        .distinct()
    )
    return list(rows)


AUDIENCES: Mapping[Effect, Callable[[Done], Reached]] = {
    E.TELL_RESPONSIBLE: _responsible,
    E.TELL_DEPARTMENT: _departments,
    E.TELL_LEAD: _leads,
    E.TELL_SUPERVISOR: _supervisors,
    E.TELL_NAMED: _named,
    E.TELL_WATCHERS: _watchers,
}
