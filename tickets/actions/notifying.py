"""What follows from an action besides the status: who is told, in the same transaction (OWN-07).

The lifecycle names the effects; here stands whom each reaches and under which topic. Whoever did
it is not told of it. Whoever is away is told through their substitute (OWN-06).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from tickets import messages
from tickets.actions import endings
from tickets.actions.changes.act import Act
from tickets.actors import HANDLING, Actor, System
from tickets.database import db
from tickets.history.data import EventData, data_of
from tickets.history.vocabulary import EventName
from tickets.messages.topics import Reader, topic_of
from tickets.models import Complaint, Event, Membership, Person, Watch, WorkOrder
from tickets.people.absences import absences_at
from tickets.people.escalation import supervisors_of
from tickets.policy import policy_now
from workflow.absence import Away, present_for
from workflow.effects import (
    OTHER_NEWS,
    Effect,
    NewCycle,
    Said,
    TellCustomer,
    TellEnd,
    TellStaff,
    UntellEnd,
    Whom,
)
from workflow.table import Action
from workflow.values import Inputs
from workflow.words import MessageChannel, NoticeChannel, Origin, ReopenReason, Role, Status

OBJECTED = "objected"
"""Instead of "reopened", when the customer did not agree to the end."""

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

    act: Act
    event: Event
    told_at: tuple[endings.Address, ...] = ()
    """Where the customer is told that it ended."""

    @property
    def once(self) -> str:
        return f"event:{self.event.id.hex}"

    @property
    def action(self) -> Action:
        return self.act.action

    @property
    def complaint(self) -> Complaint:
        return self.act.complaint

    @property
    def order(self) -> WorkOrder | None:
        return self.act.order

    @property
    def actor(self) -> Actor:
        return self.act.actor

    @property
    def effects(self) -> tuple[Effect, ...]:
        return self.act.done.effects

    @property
    def inputs(self) -> Inputs:
        return self.act.inputs

    @property
    def now(self) -> datetime:
        return self.act.now

    @cached_property
    def data(self) -> EventData:
        return data_of(self.event)

    @property
    def moved_to(self) -> str | None:
        """The status it led to, when that is another one than before."""
        return self.data.to_status if not self.data.stayed and self.order is None else None

    @cached_property
    def absences(self) -> tuple[Away[UUID], ...]:
        """Who is away now; one query however many are told."""
        return absences_at(self.now)

    @cached_property
    def orders(self) -> Sequence[WorkOrder]:
        """The orders it is about: its own, and those it sent or urged."""
        contested, ids = self.data.contested, self.data.orders
        named = db.session.scalars(select(WorkOrder).where(WorkOrder.id.in_(ids))) if ids else ()
        sent = [order for order in named if order.unit_id not in contested]
        return [self.order, *sent] if self.order is not None else sent


def follow(done: Done) -> None:
    """Write every message that follows; the caller's transaction carries them."""
    if done.act.origin is Origin.IMPORTED:
        return  # nobody is told of what happened elsewhere long ago
    for effect in done.effects:
        executor = EXECUTORS.get(type(effect))
        if executor is not None:
            executor(effect, done)
    _tell_watchers_of_moves(done)
    _announce(done)


def _tell_staff(effect: Effect, done: Done) -> None:
    """Whoever is away hears of it through their substitute (OWN-06)."""
    if not isinstance(effect, TellStaff):
        return
    topic = OBJECTED if done.inputs.get("because") == ReopenReason.OBJECTS else effect.topic
    for person_id, order in AUDIENCES[effect.whom](done):
        there = present_for(person_id, done.absences, done.now) or person_id
        _tell(done, topic, there, order, None if there == person_id else person_id)


def _tell_watchers_of_moves(done: Done) -> None:
    """Watchers hear of every move, also of those whose row does not name them."""
    named = any(isinstance(each, TellStaff) and each.whom is Whom.WATCHERS for each in done.effects)
    if done.moved_to is None or named:
        return
    for person_id, order in _watchers(done):
        _tell(done, OTHER_NEWS, person_id, order, None)


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


def _values(done: Done, topic: str, order: WorkOrder | None) -> dict[str, object]:
    """What the topic's text may name; nothing about the customer is among it (NOT-04)."""
    known: dict[str, Callable[[], object]] = {
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


def _tell_customer(effect: Effect, done: Done) -> None:
    """Texts for the customer only, each a value that its topic allows (NOT-05)."""
    text = TEXTS[effect.what](done) if isinstance(effect, TellCustomer) else None
    if text is not None:
        messages.tell_customer(
            done.complaint,
            text.topic,
            now=done.now,
            once=f"{done.once}:{text.topic}",
            values=text.values,
            by=text.by,
            notice_id=text.notice_id,
        )


@dataclass(frozen=True)
class CustomerText:
    """A text for the customer: its topic, its values, and its way where that was chosen."""

    topic: str
    values: Mapping[str, object]
    by: tuple[MessageChannel, str] | None = None
    notice_id: UUID | None = None


def _registered(done: Done) -> CustomerText | None:
    """Number and time limit; nothing where nothing was promised."""
    due = done.complaint.promised_at
    return CustomerText("registered", {"due": due}) if due else None


def _progress(done: Done) -> CustomerText:
    said, expected = {"text": done.inputs["message"]}, done.inputs.get("expected_at")
    if expected is None:
        return CustomerText("progress", said)
    return CustomerText("progress_expected", {**said, "due": expected})


def _answer(done: Done) -> CustomerText:
    return CustomerText("answer", {"answer": done.inputs["answer"]})


def _written_notice(done: Done) -> CustomerText | None:
    """A letter is written and posted by hand."""
    channel = done.act.needed("channel", NoticeChannel)
    if channel not in SENT_BY_US:
        return None
    until = done.now + policy_now().callback.wait_after_notice
    return CustomerText(
        "unreachable_notice",
        {"text": done.inputs["notice"], "until": until},
        (SENT_BY_US[channel], done.act.needed("address", str)),
        done.data.written_notice,
    )


TEXTS: Mapping[Said, Callable[[Done], CustomerText | None]] = {
    Said.REGISTERED: _registered,
    Said.PROGRESS: _progress,
    Said.ANSWER: _answer,
    Said.NOTICE: _written_notice,
}


def _tell_end(_effect: Effect, done: Done) -> None:
    endings.tell(
        endings.End(
            done.complaint, done.event.id, done.action.name, done.inputs, done.told_at, done.now
        )
    )


def _untell_end(_effect: Effect, done: Done) -> None:
    endings.untell(done.complaint, done.now)


def _announce(done: Done) -> None:
    topic = ANNOUNCED.get(done.event.action, "complaint.changed")
    if done.moved_to == Status.CLOSED:
        topic = "complaint.closed"
    elif done.moved_to == Status.IN_PROGRESS and NewCycle() in done.effects:
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


AUDIENCES: Mapping[Whom, Callable[[Done], Reached]] = {
    Whom.RESPONSIBLE: _responsible,
    Whom.DEPARTMENT: _departments,
    Whom.LEAD: _leads,
    Whom.SUPERVISOR: _supervisors,
    Whom.NAMED: _named,
    Whom.WATCHERS: _watchers,
}

EXECUTORS: Mapping[type[Effect], Callable[[Effect, Done], None]] = {
    TellStaff: _tell_staff,
    TellCustomer: _tell_customer,
    TellEnd: _tell_end,
    UntellEnd: _untell_end,
}
"""What each effect that tells somebody does."""
