"""Who acts: a person, or the system by a named rule."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tickets.models import Complaint, Person, Unit
from tickets.models.people import Membership
from workflow.words import Party, Role, UnitKind

ANSWERING = frozenset({Role.FRONT_DESK, Role.EXECUTIVE, Role.SUPERVISOR})
"""Roles whose holders may become responsible for a complaint."""


@dataclass(frozen=True)
class System:
    """The program itself; `rule` names why it acts, because history must say so (OWN-03)."""

    rule: str
    id: None = None


Actor = Person | System

OVERSIGHT = {
    Role.SUPERVISOR: Party.SUPERVISOR,
    Role.EXECUTIVE: Party.EXECUTIVE,
    Role.QUALITY: Party.QUALITY,
    Role.AUDITOR: Party.AUDITOR,
}
"""Roles that reach over everything below the unit they are held in."""

HANDLING = (Role.AGENT, Role.LEAD)


def parties_of(
    actor: Actor,
    complaint: Complaint,
    *,
    order_units: Collection[UUID] = (),
    named: UUID | None = None,
    decider: UUID | None = None,
) -> frozenset[Party]:
    """What the actor is to this complaint.

    `order_units` are the departments that count: all that hold or held an order of it, or, for
    an action on one order, that order's alone. `named` is whom a pending transfer names,
    `decider` who is to decide a closing because nobody above the complaint may.
    """
    if isinstance(actor, System):
        return frozenset({Party.SYSTEM})
    found = {party for each in actor.memberships if (party := _party(each, complaint.unit))}
    found |= _department_parties(actor, order_units)
    if complaint.responsible_id in actor.acts_as:
        found.add(Party.RESPONSIBLE)
    if named is not None and actor.id == named:
        found.add(Party.NAMED)
    if decider is not None and actor.id == decider:
        found.add(Party.DECIDER)
    return frozenset(found)


def standing_of(actor: Actor) -> frozenset[Party]:
    """What the actor is before there is any complaint: for registering."""
    if isinstance(actor, System):
        return frozenset({Party.SYSTEM})
    return frozenset(Party(role.value) for role in actor.roles if role in _REGISTERING)


_REGISTERING = {Role.FRONT_DESK, Role.EXECUTIVE}


def _party(membership: Membership, unit: Unit) -> Party | None:
    role = membership.role
    if role in OVERSIGHT:
        return OVERSIGHT[role] if oversees(membership, unit) else None
    if role is Role.FRONT_DESK:
        return Party.FRONT_DESK
    return Party.ADMINISTRATOR if role is Role.ADMINISTRATOR else None


def oversees(membership: Membership, unit: Unit) -> bool:
    """Whether an oversight role held here reaches that unit (design §2).

    Supervisors and executives reach what lies at or below their unit; quality and auditors the
    whole branch their unit belongs to.
    """
    return unit.path.startswith(reach(membership))


def reach(membership: Membership) -> str:
    """The path below which this membership oversees."""
    path = membership.unit.path
    if membership.role in (Role.SUPERVISOR, Role.EXECUTIVE):
        return path
    branch = membership.unit.branch_id
    if branch is None or membership.unit.kind is UnitKind.COMPANY:
        return path
    return path[: path.index(branch.hex) + len(branch.hex) + 1]


def _department_parties(actor: Person, order_units: Collection[UUID]) -> set[Party]:
    found: set[Party] = set()
    for each in actor.memberships:
        if each.unit_id not in order_units or each.role not in HANDLING:
            continue
        found.add(Party.DEPARTMENT)
        if each.role is Role.LEAD:
            found.add(Party.LEAD)
    return found
