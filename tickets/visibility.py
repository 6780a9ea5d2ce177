"""Who may see a complaint: one function for lists, counts, search, exports, pages and API.

Design §2: the responsible person; members of units that hold or held a work order of it;
supervisors and executives of the unit's branch or above; quality and auditors of the branch;
and whoever is named to take responsibility, or to decide a closing, who must see what it is about.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from tickets import numbers
from tickets.actors import HANDLING, OVERSIGHT, reach
from tickets.database import db
from tickets.models import (
    Approval,
    ApprovalState,
    Complaint,
    Person,
    Transfer,
    TransferState,
    Unit,
    WorkOrder,
)
from workflow.words import Role


def visible_to(person: Person) -> ColumnElement[bool]:
    """The condition on `Complaint` that every query about complaints carries."""
    return or_(*ways_to_see(person))


def ways_to_see(person: Person) -> list[ColumnElement[bool]]:
    """The ways by which a complaint is visible, the widest first; one that holds is enough.

    Apart from each other, each can be counted in an index of its own.
    """
    ways = ways_to_see_in_clear(person)
    departments = [each.unit_id for each in person.memberships if each.role in HANDLING]
    if departments and person.active:
        ways.append(
            Complaint.id.in_(
                select(WorkOrder.complaint_id).where(WorkOrder.unit_id.in_(departments))
            )
        )
    return ways


def ways_to_see_in_clear(person: Person) -> list[ColumnElement[bool]]:
    """Those of the ways by which the customer's numbers are seen too: not as a department."""
    if not person.active:
        return [false()]
    ways: list[ColumnElement[bool]] = [
        Complaint.responsible_id.in_(person.acts_as),
        Complaint.id.in_(
            select(Transfer.complaint_id).where(
                Transfer.to_id == person.id, Transfer.state == TransferState.PENDING
            )
        ),
        Complaint.id.in_(
            select(Approval.complaint_id).where(
                Approval.named_id == person.id, Approval.state == ApprovalState.PENDING
            )
        ),
    ]
    paths = overseen_paths(person)
    if paths:
        below = or_(*(Unit.path.startswith(path) for path in paths))
        ways.insert(0, Complaint.unit_id.in_(select(Unit.id).where(below)))
    return ways


def overseen_paths(person: Person) -> list[str]:
    """The subtrees that the person oversees: what figures may be told of, besides complaints."""
    if not person.active:
        return []
    return sorted({reach(each) for each in person.memberships if each.role in OVERSIGHT})


def led_departments(person: Person) -> list[Unit]:
    """The departments that the person leads, in the order of the tree: figures about these may
    be told, and about no others. Led is the department itself, not what lies below it."""
    if not person.active:
        return []
    return sorted(person.units_as(Role.LEAD), key=lambda unit: unit.path)


def visible_orders_to(person: Person) -> ColumnElement[bool]:
    """The condition on `WorkOrder`: those of complaints this person may see."""
    return WorkOrder.complaint_id.in_(select(Complaint.id).where(visible_to(person)))


def visible_complaint(number: str, person: Person) -> Complaint:
    """The complaint with this ticket number, or NotFound: unknown and foreign look alike."""
    found = db.session.scalar(
        select(Complaint)
        .where(Complaint.number == numbers.plain(number), visible_to(person))
        .options(
            joinedload(Complaint.unit),
            joinedload(Complaint.responsible).lazyload(Person.memberships),
            joinedload(Complaint.customer),
            joinedload(Complaint.category),
        )
    )
    if found is None:
        raise NotFound()
    return found


def visible_order(order_id: UUID, person: Person) -> WorkOrder:
    """The work order, or NotFound."""
    found = db.session.scalar(
        select(WorkOrder)
        .where(WorkOrder.id == order_id, visible_orders_to(person))
        .options(joinedload(WorkOrder.unit), joinedload(WorkOrder.complaint))
    )
    if found is None:
        raise NotFound()
    return found


def may_see(person: Person, complaint: Complaint) -> bool:
    """The same question for one complaint that is loaded already."""
    query = select(Complaint.id).where(Complaint.id == complaint.id, visible_to(person))
    return db.session.scalar(query) is not None
