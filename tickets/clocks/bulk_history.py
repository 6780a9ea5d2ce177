"""The histories of many complaints at once: five queries a batch, however many there are.

`tickets.clocks.history` says how one history is made of what was read; here it is read in sets.
"""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from sqlalchemy import select

from tickets.clocks.history import CONCERNS, ComplaintNow, Trees, assembled
from tickets.database import db
from tickets.history.reading import past_events_of_many
from tickets.models import Category, Complaint, Unit, WorkOrder
from workflow.clocks import History
from workflow.limits import Limits


def histories_of(ids: Collection[UUID], *others: Limits) -> Iterator[tuple[UUID, History]]:
    """Every one of these complaints with what its clocks are made of, in the order of their keys.

    `others` are limits under which they are going to be asked about besides their own.
    """
    units = {unit.id: unit for unit in db.session.scalars(select(Unit))}
    trees = _trees(units)
    events = past_events_of_many(ids, CONCERNS)
    orders = _orders(ids)
    rows = select(*_COLUMNS).where(Complaint.id.in_(ids)).order_by(Complaint.id)
    for key, unit_id, severity, tier, channel, category_id, limits_id in db.session.execute(rows):
        now = ComplaintNow(severity, tier, channel, category_id, units[unit_id], limits_id)
        held = {order.hex: units[unit] for order, unit in orders.get(key, ())}
        yield key, assembled(now, events[key], held, trees, *others)


def _orders(ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, UUID]]]:
    """The work orders of each complaint, each with its unit."""
    found: dict[UUID, list[tuple[UUID, UUID]]] = {}
    rows = db.session.execute(
        select(WorkOrder.complaint_id, WorkOrder.id, WorkOrder.unit_id).where(
            WorkOrder.complaint_id.in_(ids)
        )
    )
    for whose, order, unit in rows:
        found.setdefault(whose, []).append((order, unit))
    return found


_COLUMNS = (
    Complaint.id,
    Complaint.unit_id,
    Complaint.severity,
    Complaint.tier,
    Complaint.channel,
    Complaint.category_id,
    Complaint.limits_id,
)


def _trees(units: Mapping[UUID, Unit]) -> Trees:
    """Both trees, held for the batch."""
    categories = {
        row.id: row
        for row in db.session.execute(select(Category.id, Category.code, Category.parent_id))
    }

    def category_codes(key: UUID | None) -> tuple[str, ...]:
        codes: list[str] = []
        while key is not None and key in categories:
            codes.append(categories[key].code)
            key = categories[key].parent_id
        return tuple(reversed(codes))

    def unit_codes(unit: Unit) -> tuple[str, ...]:
        keys = (UUID(each) for each in unit.path.split("/") if each)
        return tuple(units[each].code for each in keys if each in units)

    return Trees(category_codes, unit_codes)
