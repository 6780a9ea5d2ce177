"""The authors of a complaint, from its rows: the same facts that the database's triggers read."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import CTE, CompoundSelect, literal, select, union_all

from tickets.database import db
from tickets.models import (
    Answer,
    Approval,
    CallbackAttempt,
    Complaint,
    Merge,
    Notice,
    Responsibility,
)
from workflow.authors import Authors, Deed, Identity


def authors_of(complaint: Complaint) -> Authors:
    """What each person did on this complaint and on whatever was ever merged into it, in any
    cycle: one query."""
    return authors_of_many([complaint])[complaint.id]


def authors_of_many(complaints: Sequence[Complaint]) -> dict[UUID, Authors]:
    """The same for several complaints, in one query."""
    found: dict[UUID, defaultdict[Identity, set[Deed]]] = {
        each.id: defaultdict(set) for each in complaints
    }
    for each in complaints:
        found[each.id][each.responsible_id].add(Deed.RESPONSIBLE)
    for root, person, deed in db.session.execute(_deeds([*found])):
        found[root][person].add(Deed(deed))
    return {
        root: {person: frozenset(deeds) for person, deeds in people.items()}
        for root, people in found.items()
    }


SIGNED = (
    (Deed.ANSWERED, Answer.by_id, Answer.instead_of_id),
    (Deed.CALLED, CallbackAttempt.by_id, CallbackAttempt.instead_of_id),
    (Deed.NOTIFIED, Notice.by_id, Notice.instead_of_id),
    (Deed.ASKED, Approval.requested_by_id, Approval.requested_instead_of_id),
)


def _deeds(ids: Sequence[UUID]) -> CompoundSelect[UUID, UUID | None, str]:
    """Whoever signed something, with the complaint that it tells of in the end."""
    family = _families(ids)
    parts = []
    for deed, by, instead_of in SIGNED:
        belongs = by.class_.complaint_id == family.c.id
        parts += [
            select(family.c.root, by, literal(deed)).join(family, belongs),
            select(family.c.root, instead_of, literal(Deed.REPRESENTED))
            .join(family, belongs)
            .where(instead_of.is_not(None)),
        ]
    answering = Responsibility.complaint_id == family.c.id
    person = Responsibility.person_id
    parts.append(select(family.c.root, person, literal(Deed.RESPONSIBLE)).join(family, answering))
    return union_all(*(part.where(part.selected_columns[1].is_not(None)) for part in parts))


def _families(ids: Sequence[UUID]) -> CTE:
    """Each complaint with itself and whatever was merged into it, directly or through others."""
    roots = select(Complaint.id.label("root"), Complaint.id.label("id")).where(
        Complaint.id.in_(ids)
    )
    family = roots.cte("family", recursive=True)
    merged = select(family.c.root, Merge.complaint_id).join(family, Merge.into_id == family.c.id)
    return family.union(merged)
