"""Who sees a problem and who works on it.

A problem holds no customer. It is seen by whoever oversees its unit, by everybody of its unit's
branch, and by everybody below a unit that stands above all branches; its complaints are seen by
whoever may see each of them (S-08).
"""

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select

from tickets.actors import OVERSIGHT, reach
from tickets.database import db
from tickets.models import Person, Problem, Unit
from tickets.visibility import overseen_paths
from workflow.words import Role

MANAGING = frozenset({Role.SUPERVISOR, Role.EXECUTIVE, Role.QUALITY})
"""Roles that open problems for what they oversee; leads do so for their own department."""


def seen_by(person: Person) -> ColumnElement[bool]:
    """The condition on `Problem` that every query about problems carries."""
    if not person.active:
        return false()
    ways = [Unit.path.startswith(path) for path in overseen_paths(person)]
    for each in person.memberships:
        if each.role is Role.ADMINISTRATOR:
            continue
        ways.append(Unit.id.in_(_above(each.unit.path)))
        if each.unit.branch_id is not None:
            ways.append(Unit.branch_id == each.unit.branch_id)
    if not ways:
        return false()
    return Problem.unit_id.in_(select(Unit.id).where(or_(*ways)))


def _above(path: str) -> list[UUID]:
    """The unit and those that it stands under."""
    return [UUID(part) for part in path.strip("/").split("/") if part]


def units_managed_by(person: Person) -> list[Unit]:
    """Where this person may open problems, in the order of the tree."""
    paths = [reach(each) for each in person.memberships if each.role in MANAGING & set(OVERSIGHT)]
    own = [each.unit_id for each in person.memberships if each.role is Role.LEAD]
    ways = [*(Unit.path.startswith(path) for path in paths), Unit.id.in_(own)]
    return list(db.session.scalars(select(Unit).where(Unit.active, or_(*ways)).order_by(Unit.path)))


def may_manage(person: Person, problem: Problem) -> bool:
    """Whether this person may change it: whoever may open one there, and its owner."""
    if person.id == problem.owner_id:
        return True
    path = problem.unit.path
    return any(
        (each.role in MANAGING and path.startswith(reach(each)))
        or (each.role is Role.LEAD and each.unit_id == problem.unit_id)
        for each in person.memberships
    )
