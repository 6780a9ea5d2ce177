"""On whose behalf complaints are imported: a desk, and the people there who answer for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tickets.actors import ANSWERING
from tickets.database import db
from tickets.importing.mapping import BadMapping, ColumnMapping
from tickets.models import Category, Cause, Membership, Person, Unit
from tickets.policy import policy_now
from workflow.words import Role, UnitKind


class NoDesk(Exception):
    """There is nobody on whose behalf this can be imported; the text says what to say instead."""


@dataclass(frozen=True)
class Chosen:
    """What was asked for, found and fit; rows are loaded anew for every batch."""

    unit: UUID
    person: UUID | None


@dataclass(frozen=True)
class Desk:
    """The desk, its people, and the rows that codes stand for."""

    unit: Unit
    people: Sequence[Person]
    categories: Mapping[str, Category]
    causes: Mapping[str, Cause]
    region: str

    def responsible(self, line: int) -> Person:
        """In turn, by the line: the same line falls to the same person when an import goes on."""
        return self.people[line % len(self.people)]


def chosen(code: str | None, login: str | None) -> Chosen:
    """The desk with this code and the person with this login, each optional; raises NoDesk."""
    person = _person(login) if login else None
    unit = _unit(code, person)
    if person is None and not _front_desk(unit):
        raise NoDesk(f"Nobody at the desk “{unit.code}” can answer for a complaint; say --as LOGIN")
    return Chosen(unit.id, person.id if person else None)


def _person(login: str) -> Person:
    person: Person | None = db.session.scalar(select(Person).where(Person.login == login))
    if person is None:
        raise NoDesk(f"There is nobody with the login “{login}”")
    if not person.active or not person.roles & ANSWERING:
        raise NoDesk(f"{login} cannot answer for complaints")
    return person


def _unit(code: str | None, person: Person | None) -> Unit:
    desks = db.session.scalars(
        select(Unit).where(Unit.kind == UnitKind.DESK, Unit.active).order_by(Unit.code)
    ).all()
    own = {unit.id for unit in person.units_as(Role.FRONT_DESK)} if person and not code else set()
    fit = [desk for desk in desks if (desk.code == code if code else not own or desk.id in own)]
    if len(fit) == 1:
        return fit[0]
    known = ", ".join(desk.code for desk in desks) or "none; an administrator adds one"
    what = f"There is no desk “{code}”" if code else "Say --desk CODE"
    raise NoDesk(f"{what}; desks are: {known}")


def loaded(chosen: Chosen) -> Desk:
    """The rows of what was chosen; raises NoDesk when nobody is left to answer."""
    unit = db.session.get_one(Unit, chosen.unit)
    named = db.session.get_one(Person, chosen.person) if chosen.person else None
    people = [named] if named is not None else _front_desk(unit)
    if not all(person.active for person in people) or not people:
        raise NoDesk(f"Nobody at the desk “{unit.code}” can answer for a complaint any more")
    return Desk(unit, people, _categories(), _causes(), policy_now().region)


def _front_desk(unit: Unit) -> list[Person]:
    return list(
        db.session.scalars(
            select(Person)
            .join(Membership)
            .where(Membership.unit_id == unit.id, Membership.role == Role.FRONT_DESK, Person.active)
            .order_by(Person.login)
        )
    )


def _categories() -> dict[str, Category]:
    return {each.code: each for each in db.session.scalars(select(Category).where(Category.active))}


def _causes() -> dict[str, Cause]:
    return {each.code: each for each in db.session.scalars(select(Cause).where(Cause.active))}


def check_codes(mapping: ColumnMapping) -> None:
    """Every category and cause the mapping names must be there; raises BadMapping."""
    named = (("category", mapping.categories(), _categories()),)
    causes = (("cause", mapping.codes("cause"), _causes()),)
    problems = [
        f"{key}: there is no active {what} “{code}”; there are: {', '.join(sorted(known))}"
        for what, codes, known in (*named, *causes)
        for key, code in codes
        if code not in known
    ]
    if problems:
        raise BadMapping(problems)
