"""Who may enter absences for whom, who can stand in, and what is entered (OWN-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload, lazyload

from tickets.actors import ANSWERING, reach
from tickets.database import db
from tickets.models import Absence, Membership, Person, Unit
from tickets.people.absences import absences_at
from workflow.absence import present_for
from workflow.words import Role

DECIDING = frozenset({Role.SUPERVISOR, Role.EXECUTIVE})


@dataclass(frozen=True)
class Entered:
    """One absence as a list shows it. While it lasts, `acting` is who acts; None when everybody
    in the chain of substitutes is away."""

    absence: Absence
    is_now: bool
    acting: str | None
    may_be_ended: bool


def people_for(person: Person) -> Sequence[Person]:
    """For whom this person may enter absences: themselves, those below them, or everybody."""
    return db.session.scalars(
        select(Person)
        .where(Person.active, may_be_entered_by(person))
        .options(lazyload(Person.memberships))
        .order_by(Person.name, Person.login)
    ).all()


def may_be_entered_by(person: Person) -> ColumnElement[bool]:
    """The condition on `Person`: administrators for all, supervisors for people below."""
    if Role.ADMINISTRATOR in person.roles:
        return true()
    paths = sorted({reach(each) for each in person.memberships if each.role in DECIDING})
    if not paths:
        return Person.id == person.id
    below = select(Membership.person_id).join(Unit, Membership.unit_id == Unit.id)
    of_theirs = below.where(or_(*(Unit.path.startswith(path) for path in paths)))
    return or_(Person.id == person.id, Person.id.in_(of_theirs))


def substitutes() -> Sequence[Person]:
    """Everybody who can answer for complaints, and so can stand in."""
    able = select(Membership.person_id).where(Membership.role.in_(ANSWERING))
    return db.session.scalars(
        select(Person)
        .where(Person.active, Person.id.in_(able))
        .options(lazyload(Person.memberships))
        .order_by(Person.name, Person.login)
    ).all()


def entered(person: Person, now: datetime) -> list[Entered]:
    """What is not over yet and concerns this person, or those for whom they may enter it."""
    mine = select(Person.id).where(may_be_entered_by(person))
    rows = db.session.scalars(
        select(Absence)
        .where(
            Absence.ends_at > now,
            or_(Absence.person_id.in_(mine), Absence.substitute_id == person.id),
        )
        .options(
            joinedload(Absence.person).lazyload(Person.memberships),
            joinedload(Absence.substitute).lazyload(Person.memberships),
        )
        .order_by(Absence.starts_at, Absence.id)
    ).all()
    ours = set(db.session.scalars(mine.where(Person.id.in_([row.person_id for row in rows]))))
    return list(_shown(rows, ours, now))


def _shown(rows: Sequence[Absence], ours: set[UUID], now: datetime) -> Iterable[Entered]:
    covering = absences_at(now)
    acting = {row.id: present_for(row.person_id, covering, now) for row in rows}
    known = {each for each in acting.values() if each is not None}
    names = dict(
        db.session.execute(select(Person.id, Person.name).where(Person.id.in_(known))).all()
    )
    for row in rows:
        there = acting[row.id]
        yield Entered(
            row,
            is_now=row.starts_at <= now,
            acting=names.get(there) if there is not None else None,
            may_be_ended=row.person_id in ours,
        )


def stood_in_by(person: Person, now: datetime) -> Sequence[tuple[str, datetime]]:
    """Whose work this person does just now, and until when: one query, none when nobody's."""
    if not person.stands_in_for:
        return []
    rows = db.session.execute(
        select(Person.name, func.max(Absence.ends_at))
        .join(Absence, Absence.person_id == Person.id)
        .where(
            Person.id.in_(person.stands_in_for),
            Absence.starts_at <= now,
            Absence.ends_at > now,
        )
        .group_by(Person.id, Person.name)
        .order_by(Person.name)
    )
    return [(name, until) for name, until in rows]
