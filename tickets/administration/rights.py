"""Acts that need a second administrator: who oversees, and with what password (four eyes).

Giving oversight, opening an overseer's account again, issuing an overseer a password, and taking an
administrator out are not done by one administrator alone. Where there is another, the act is put
down as a request, and done when that other approves it; where there is none, it is done at once and
every overseer is told. Pages call these functions, never those of `admin_people` behind them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from tickets import messages
from tickets.actors import OVERSIGHT, Actor, System
from tickets.administration import people
from tickets.administration.people import NO_SUCCESSOR, Successor
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.models import Membership, Person, RightsAct, RightsRequest, RightsState, Unit
from workflow.reasons import Reason, Refused
from workflow.words import N_, Role

WAITS_FOR = timedelta(days=7)
"""After this a request can be decided no more."""

OVERSEEING = frozenset({*OVERSIGHT, Role.ADMINISTRATOR})
"""Roles with which somebody reads, decides or allows what others do."""

TAKING_AWAY = frozenset({RightsAct.TAKE_ROLE, RightsAct.DISABLE})
"""Acts by which whom they are about gains nothing, so that they may agree to them."""

WHAT: Mapping[RightsAct, str] = {
    RightsAct.GRANT_ROLE: N_("Give a role"),
    RightsAct.ISSUE_PASSWORD: N_("Issue a new password"),
    RightsAct.ENABLE: N_("Open the account again"),
    RightsAct.TAKE_ROLE: N_("Take a role away"),
    RightsAct.DISABLE: N_("Close the account"),
}
"""Each act as people read it, asked for or done."""


@dataclass(frozen=True)
class RightsDeed:
    """One act, with everything it needs to be done now or later."""

    act: RightsAct
    person: Person
    role: Role | None = None
    unit: Unit | None = None
    successor: Successor = NO_SUCCESSOR

    @property
    def membership(self) -> Membership | None:
        """The role that is to be taken, while it is held."""
        held = (each for each in self.person.memberships if each.role is self.role)
        return next((each for each in held if each.unit_id == (self.unit and self.unit.id)), None)

    @property
    def needs_two(self) -> bool:
        """Whether it gives or moves oversight. An administrator who could take the other out
        alone would be alone with the next act."""
        if self.act is RightsAct.GRANT_ROLE:
            return self.role in OVERSEEING
        if self.act is RightsAct.TAKE_ROLE:
            return self.role is Role.ADMINISTRATOR and self.person.active
        if self.act is RightsAct.DISABLE:
            return Role.ADMINISTRATOR in self.person.roles
        return oversees_somebody(self.person)

    def may_be_decided_by(self, person: Person) -> bool:
        return self.act in TAKING_AWAY or person.id != self.person.id


@dataclass(frozen=True)
class RightsOutcome:
    """What came of an act: a request that waits, or it is done, with a password to be told."""

    request: RightsRequest | None = None
    password: str = ""


def oversees_somebody(person: Person) -> bool:
    return bool(person.roles & OVERSEEING)


def grant_role(
    person: Person, unit: Unit, role: Role, *, actor: Actor, now: datetime
) -> RightsOutcome:
    return _do_or_ask(RightsDeed(RightsAct.GRANT_ROLE, person, role, unit), actor, now)


def issue_password(person: Person, *, actor: Actor, now: datetime) -> RightsOutcome:
    return _do_or_ask(RightsDeed(RightsAct.ISSUE_PASSWORD, person), actor, now)


def enable(person: Person, *, actor: Actor, now: datetime) -> RightsOutcome:
    return _do_or_ask(RightsDeed(RightsAct.ENABLE, person), actor, now)


def take_role(
    membership: Membership, successor: Successor, *, actor: Actor, now: datetime
) -> RightsOutcome:
    person, unit = membership.person, membership.unit
    return _do_or_ask(
        RightsDeed(RightsAct.TAKE_ROLE, person, membership.role, unit, successor), actor, now
    )


def disable(person: Person, successor: Successor, *, actor: Actor, now: datetime) -> RightsOutcome:
    return _do_or_ask(RightsDeed(RightsAct.DISABLE, person, successor=successor), actor, now)


def approve(request: RightsRequest, *, actor: Person, now: datetime) -> RightsOutcome:
    """Do what was asked for, in the name of who asked; the caller holds the request's row."""
    reasons = objections(request, actor, now)
    if not _is_administrator(request.requested_by):
        sentence = N_("Who asked for this is no administrator any more; decline it.")
        reasons.append(Reason("asker_gone", sentence))
    if reasons:
        raise Refused(reasons)
    done = _perform(_deed_of(request), request.requested_by, now)
    _decide(request, RightsState.APPROVED, "", actor, now)
    return done


def decline(request: RightsRequest, *, reason: str, actor: Person, now: datetime) -> None:
    """Leave everything as it is, and say why; the caller holds the request's row."""
    reasons = objections(request, actor, now)
    if not reason:
        reasons.append(Reason("reason_missing", N_("Say why."), {}, "reason"))
    if reasons:
        raise Refused(reasons)
    _decide(request, RightsState.DECLINED, reason, actor, now)


def objections(request: RightsRequest, actor: Person, now: datetime) -> list[Reason]:
    """Why this person may not decide on it now; empty when they may."""
    found = []
    if request.state is not RightsState.PENDING:
        found.append(Reason("decided", N_("This was decided already.")))
    elif not request.is_open(now):
        found.append(Reason("expired", N_("The time to decide on this is over; ask anew.")))
    if actor.id == request.requested_by_id:
        sentence = N_("Nobody decides on what they asked for themselves.")
        found.append(Reason("own_request", sentence))
    if not _deed_of(request).may_be_decided_by(actor):
        found.append(Reason("own_gain", N_("Nobody decides on what they would gain by.")))
    if not _is_administrator(actor):
        found.append(Reason("no_administrator", N_("Only an administrator decides on this.")))
    return found


def requests_about(person: Person, now: datetime) -> list[RightsRequest]:
    """What waits for a second administrator and is about this person."""
    return list(
        db.session.scalars(
            select(RightsRequest)
            .where(RightsRequest.person_id == person.id, waiting(now))
            .order_by(RightsRequest.requested_at, RightsRequest.id)
            .options(joinedload(RightsRequest.requested_by).lazyload(Person.memberships))
        )
    )


def waiting(now: datetime) -> ColumnElement[bool]:
    """The condition on `RightsRequest` for those that can still be decided."""
    return (RightsRequest.state == RightsState.PENDING) & (RightsRequest.expires_at > now)


def tell_overseers(
    person: Person, act: RightsAct, *, by: Actor, now: datetime, once: str = ""
) -> None:
    """Tell everybody who oversees that one alone changed who does; nobody is left out, because
    accounts may be in other hands than their owners'."""
    values = {"by": _name(by), "whom": person.name or person.login, "action": WHAT[act]}
    for each in _holders(OVERSEEING):
        messages.tell(
            each.id, "rights_changed", now=now, once=f"rights:{once or new_id().hex}", values=values
        )


def _do_or_ask(deed: RightsDeed, actor: Actor, now: datetime) -> RightsOutcome:
    if not deed.needs_two:
        return _perform(deed, actor, now)
    if isinstance(actor, Person) and (others := _other_administrators(actor)):
        return RightsOutcome(request=_ask(deed, actor, others, now))
    done = _perform(deed, actor, now)
    db.session.flush()  # so that whoever oversees from now on is told as well
    tell_overseers(deed.person, deed.act, by=actor, now=now)
    return done


def _ask(deed: RightsDeed, actor: Person, others: Iterable[Person], now: datetime) -> RightsRequest:
    """Put the request down and tell those who may decide; raises Refused when it could not be
    done anyway, waits already, or nobody could decide on it."""
    may_decide = [each for each in others if deed.may_be_decided_by(each)]
    reasons = _against(deed, actor)
    if any(_is_same(each, deed) for each in requests_about(deed.person, now)):
        sentence = N_("This waits for a second administrator already.")
        reasons.append(Reason("asked_already", sentence))
    if not may_decide:
        sentence = N_("Nobody else may decide on this: it takes a third administrator.")
        reasons.append(Reason("nobody_to_decide", sentence))
    if reasons:
        raise Refused(reasons)
    request = _request_for(deed, actor, now)
    db.session.add(request)
    _note(request, AdminEventName.ASKED, actor, now)
    values = {"by": actor.name, "whom": deed.person.name or deed.person.login}
    for each in may_decide:
        once = f"rights:{request.id.hex}"
        messages.tell(each.id, "rights_asked", now=now, once=once, values=values)
    return request


def _request_for(deed: RightsDeed, actor: Person, now: datetime) -> RightsRequest:
    return RightsRequest(
        id=new_id(),
        act=deed.act,
        person=deed.person,
        role=deed.role,
        unit=deed.unit,
        successor=deed.successor.person,
        reason=deed.successor.reason,
        requested_by=actor,
        requested_at=now,
        expires_at=now + WAITS_FOR,
        state=RightsState.PENDING,
        decision_reason="",
    )


def _against(deed: RightsDeed, actor: Actor) -> list[Reason]:
    """What would refuse the act itself, so that nothing is asked for that cannot be done."""
    if deed.act is RightsAct.GRANT_ROLE and deed.unit is not None and deed.role is not None:
        return people.against_granting(deed.person, deed.unit, deed.role, actor)
    if deed.act is RightsAct.TAKE_ROLE and deed.membership is not None:
        return people.against_taking(deed.membership, deed.successor, actor)
    if deed.act is RightsAct.DISABLE:
        return people.against_disabling(deed.person, deed.successor, actor)
    if deed.act is RightsAct.ISSUE_PASSWORD:
        return people.against_issuing(deed.person, actor)
    return people.against_own_rights(deed.person, actor)


def _perform(deed: RightsDeed, actor: Actor, now: datetime) -> RightsOutcome:
    person = deed.person
    if deed.act is RightsAct.ISSUE_PASSWORD:
        return RightsOutcome(password=people.issue_password(person, actor=actor, now=now))
    if deed.act is RightsAct.ENABLE:
        people.enable(person, actor=actor, now=now)
    elif deed.act is RightsAct.DISABLE:
        people.disable(person, deed.successor, actor=actor, now=now)
    elif deed.act is RightsAct.TAKE_ROLE:
        if deed.membership is None:
            sentence = N_("This person does not have that role any more.")
            raise Refused([Reason("role_gone", sentence)])
        people.take_role(deed.membership, deed.successor, actor=actor, now=now)
    elif deed.unit is not None and deed.role is not None:
        people.grant_role(person, deed.unit, deed.role, actor=actor, now=now)
    return RightsOutcome()


def _decide(
    request: RightsRequest, state: RightsState, reason: str, actor: Person, now: datetime
) -> None:
    request.state = state
    request.decided_by = actor
    request.decided_at = now
    request.decision_reason = reason
    _note(request, AdminEventName(state.value), actor, now)
    once = f"rights:{request.id.hex}:decided"
    values = {"by": actor.name, "whom": request.person.name or request.person.login}
    messages.tell(request.requested_by_id, "rights_decided", now=now, once=once, values=values)


def _note(request: RightsRequest, action: AdminEventName, actor: Person, now: datetime) -> None:
    """Both names stand in every event about it, so that none has to be read with another."""
    after: dict[str, Any] = {
        "act": WHAT[request.act],
        "role": request.role.value if request.role else None,
        "unit": request.unit.code if request.unit else None,
        "asked_by": request.requested_by.name,
        "decided_by": request.decided_by.name if request.decided_by else None,
        "reason": request.decision_reason or request.reason or None,
    }
    said = {name: value for name, value in after.items() if value is not None}
    record(Subject.PERSON, request.person.id, action, before=None, after=said, actor=actor, now=now)


def _deed_of(request: RightsRequest) -> RightsDeed:
    successor = Successor(request.successor, request.reason)
    return RightsDeed(request.act, request.person, request.role, request.unit, successor)


def _is_same(request: RightsRequest, deed: RightsDeed) -> bool:
    unit_id = deed.unit.id if deed.unit is not None else None
    return (request.act, request.role, request.unit_id) == (deed.act, deed.role, unit_id)


def _is_administrator(person: Person) -> bool:
    return person.active and Role.ADMINISTRATOR in person.roles


def _other_administrators(actor: Person) -> list[Person]:
    return [each for each in _holders({Role.ADMINISTRATOR}) if each.id != actor.id]


def _holders(roles: Iterable[Role]) -> list[Person]:
    held = select(Membership.person_id).where(Membership.role.in_(tuple(roles)))
    query = select(Person).where(Person.active, Person.id.in_(held)).order_by(Person.login)
    return list(db.session.scalars(query))


def _name(actor: Actor) -> str:
    return actor.rule if isinstance(actor, System) else actor.name or actor.login
