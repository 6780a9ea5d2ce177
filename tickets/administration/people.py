"""Changing people, their roles and their access."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from tickets.accounts import passwords
from tickets.accounts.sessions import end_sessions, normal_login
from tickets.actors import ANSWERING, Actor
from tickets.administration.leaving import hand_over, open_complaints_of
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record, store_unique
from tickets.models import Membership, Person, Unit, WorkOrder
from workflow.reasons import Reason, Refused
from workflow.words import N_, OPEN_ORDER, Role


@dataclass(frozen=True)
class Burden:
    """What somebody answers for and works on at this moment (OWN-02)."""

    complaints: int
    orders: int


@dataclass(frozen=True)
class Successor:
    """Who takes the open complaints over, and why; `person` is None when nobody was named."""

    person: Person | None
    reason: str


NO_SUCCESSOR = Successor(None, "")


def add_person(
    *, login: str, name: str, password: str, is_initial: bool, actor: Actor, now: datetime
) -> Person:
    """A new person without any role; raises Refused with every reason."""
    login = normal_login(login)
    reasons = passwords.objections(password, login=login, name=name, field="password")
    if not login:
        reasons.append(Reason("login_missing", N_("A login is needed."), {}, "login"))
    if db.session.scalar(select(Person.id).where(Person.login == login)) is not None:
        reasons.append(_login_taken(login))
    if reasons:
        raise Refused(reasons)
    stored = passwords.hashed(password)
    person = put_person(login=login, name=name, stored=stored, actor=actor, now=now)
    person.password_is_initial = is_initial
    return person


def put_person(*, login: str, name: str, stored: str, actor: Actor, now: datetime) -> Person:
    """A new person with a password that is hashed already and was judged, or is published."""
    person = Person(
        id=new_id(),
        login=login,
        name=name,
        password_hash=stored,
        password_changed_at=now,
        password_is_initial=False,
        active=True,
        created_at=now,
    )
    store_unique(person, _login_taken(login))
    _note(person, AdminEventName.ADDED, None, actor, now)
    return person


def rename(person: Person, *, name: str, actor: Actor, now: datetime) -> None:
    before = _shown(person)
    person.name = name
    if _shown(person) != before:
        _note(person, AdminEventName.RENAMED, before, actor, now)


def grant_role(person: Person, unit: Unit, role: Role, *, actor: Actor, now: datetime) -> None:
    """Give a role in a unit; sessions end, so that no page shows the old rights (S-21)."""
    if reasons := against_granting(person, unit, role, actor):
        raise Refused(reasons)
    before = _shown(person)
    person.memberships.append(Membership(unit=unit, unit_id=unit.id, role=role))
    _rights_changed(person, AdminEventName.ROLE_GRANTED, before, actor, now)


def take_role(membership: Membership, successor: Successor, *, actor: Actor, now: datetime) -> None:
    """Take a role away. Whoever can then answer for nothing needs a successor (OWN-02)."""
    person = membership.person
    if reasons := against_taking(membership, successor, actor):
        raise Refused(reasons)
    before = _shown(person)
    _hand_over(person, successor, actor, now)
    person.memberships.remove(membership)
    _rights_changed(person, AdminEventName.ROLE_TAKEN, before, actor, now)


def disable(person: Person, successor: Successor, *, actor: Actor, now: datetime) -> None:
    """Close the account; every open complaint moves to the successor first (OWN-02)."""
    if reasons := against_disabling(person, successor, actor):
        raise Refused(reasons)
    before = _shown(person)
    _hand_over(person, successor, actor, now)
    person.active = False
    _rights_changed(person, AdminEventName.DISABLED, before, actor, now)


def enable(person: Person, *, actor: Actor, now: datetime) -> None:
    """Open the account again, with the roles it had."""
    if reasons := against_own_rights(person, actor):
        raise Refused(reasons)
    before = _shown(person)
    person.active = True
    _note(person, AdminEventName.ENABLED, before, actor, now)


def issue_password(person: Person, *, actor: Actor, now: datetime) -> str:
    """A password to be told to its owner once, who must change it at once."""
    if reasons := against_issuing(person, actor):
        raise Refused(reasons)
    password = passwords.new_password()
    _set_password(person, password, actor, now)
    return password


def set_password(person: Person, password: str, *, actor: Actor, now: datetime) -> None:
    """A password that somebody thought of, to be changed at once; raises Refused."""
    reasons = passwords.objections(password, login=person.login, name=person.name, field="password")
    if reasons:
        raise Refused(reasons)
    _set_password(person, password, actor, now)


def against_granting(person: Person, unit: Unit, role: Role, actor: Actor) -> list[Reason]:
    """Why this role cannot be given; empty when it can."""
    reasons = against_own_rights(person, actor)
    if not unit.active:
        reasons.append(Reason("unit_retired", N_("That unit is out of use."), {}, "unit"))
    if any(each.unit_id == unit.id and each.role is role for each in person.memberships):
        sentence = N_("This person has that role there already.")
        reasons.append(Reason("role_held", sentence, {}, "role"))
    return reasons


def against_taking(membership: Membership, successor: Successor, actor: Actor) -> list[Reason]:
    """Why this role cannot be taken away; empty when it can."""
    reasons = against_own_rights(membership.person, actor)
    if needs_successor(membership.person, without=membership):
        reasons += _successor_missing(successor)
    return reasons


def against_disabling(person: Person, successor: Successor, actor: Actor) -> list[Reason]:
    """Why this account cannot be closed; empty when it can."""
    reasons = against_own_rights(person, actor)
    if open_complaints_of(person):
        reasons += _successor_missing(successor)
    return reasons


def against_issuing(person: Person, actor: Actor) -> list[Reason]:
    """Why this person cannot be issued a password; empty when they can."""
    if actor.id != person.id:
        return []
    sentence = N_("Change your own password on your account page.")
    return [Reason("own_password", sentence)]


def burden_of(person: Person) -> Burden:
    """How much hangs on this person now."""
    orders = db.session.scalar(
        select(func.count())
        .select_from(WorkOrder)
        .where(WorkOrder.handler_id == person.id, WorkOrder.status.in_(OPEN_ORDER))
    )
    return Burden(open_complaints_of(person), orders or 0)


def needs_successor(person: Person, *, without: Membership) -> bool:
    """Whether this person answers for complaints and could not any more without this role."""
    left = {each.role for each in person.memberships if each.id != without.id}
    return not left & ANSWERING and open_complaints_of(person) > 0


def possible_successors(person: Person) -> list[Person]:
    """Everybody else who may answer for complaints, by name."""
    answering = select(Membership.person_id).where(Membership.role.in_(ANSWERING))
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.active, Person.id != person.id, Person.id.in_(answering))
            .order_by(Person.name, Person.login)
        )
    )


def found_by(words: str, *, with_inactive: bool) -> ColumnElement[bool]:
    """The condition on `Person` for a search by login or name."""
    plain = words.strip()
    matches = or_(
        Person.login.contains(plain.casefold(), autoescape=True),
        Person.name.icontains(plain, autoescape=True),
    )
    return matches if with_inactive else matches & Person.active


def against_own_rights(person: Person, actor: Actor) -> list[Reason]:
    """Nobody decides about their own rights, so nobody can raise them (S-12)."""
    if actor.id != person.id:
        return []
    sentence = N_("Nobody changes their own rights; ask another administrator.")
    return [Reason("own_rights", sentence)]


def _successor_missing(successor: Successor) -> list[Reason]:
    reasons = []
    if successor.person is None:
        sentence = N_("Choose who answers for the open complaints from now on.")
        reasons.append(Reason("successor_missing", sentence, {}, "successor"))
    if not successor.reason:
        reasons.append(Reason("reason_missing", N_("Say why."), {}, "reason"))
    return reasons


def _hand_over(person: Person, successor: Successor, actor: Actor, now: datetime) -> None:
    if successor.person is None:
        return
    try:
        hand_over(person, successor.person, actor=actor, now=now, reason=successor.reason)
    except Refused as refusal:
        sentence = N_("This person cannot answer for complaints.")
        raise Refused([Reason("successor_unfit", sentence, {}, "successor")]) from refusal


def _set_password(person: Person, password: str, actor: Actor, now: datetime) -> None:
    person.password_hash = passwords.hashed(password)
    person.password_changed_at = now
    person.password_is_initial = True
    end_sessions(person, because="password_issued", now=now)
    # The password stays out of the history, and so does its hash.
    record(
        Subject.PERSON,
        person.id,
        AdminEventName.PASSWORD_ISSUED,
        before=None,
        after=None,
        actor=actor,
        now=now,
    )


def _rights_changed(
    person: Person, action: AdminEventName, before: dict[str, Any], actor: Actor, now: datetime
) -> None:
    end_sessions(person, because=action, now=now)
    _note(person, action, before, actor, now)


def _note(
    person: Person,
    action: AdminEventName,
    before: dict[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> None:
    after = _shown(person)
    record(Subject.PERSON, person.id, action, before=before, after=after, actor=actor, now=now)


def _shown(person: Person) -> dict[str, Any]:
    roles = sorted(f"{each.role.value}@{each.unit.code}" for each in person.memberships)
    return {"login": person.login, "name": person.name, "active": person.active, "roles": roles}


def _login_taken(login: str) -> Reason:
    return Reason("login_taken", N_("The login %(login)s is taken."), {"login": login}, "login")
