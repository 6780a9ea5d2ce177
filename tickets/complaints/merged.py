"""What lives on in a complaint: whatever was merged into it, directly or through others, and the
callbacks at which those customers were not satisfied. A merge hides none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, and_, select
from sqlalchemy.orm import aliased

from tickets.database import db
from tickets.models import CallbackAttempt, Complaint, Merge, Person
from workflow.callbacks import REOPENING
from workflow.words import CallOutcome


@dataclass(frozen=True)
class Unhappy:
    """A callback of a merged complaint at which the customer was not satisfied."""

    number: str
    """The merged complaint's."""
    at: datetime
    outcome: CallOutcome
    by: str


def merged_into(condition: ColumnElement[bool]) -> CTE:
    """`root` and `id` of everything that lives on in the complaints of this condition now."""
    family = (
        select(Complaint.id.label("root"), Merge.complaint_id.label("id"))
        .join(Merge, and_(Merge.into_id == Complaint.id, Merge.undone_at.is_(None)))
        .where(condition)
        .cte("merged", recursive=True)
    )
    further = aliased(Merge)
    return family.union(
        select(family.c.root, further.complaint_id).join(
            family, and_(further.into_id == family.c.id, further.undone_at.is_(None))
        )
    )


def unhappy_callbacks(complaints: Sequence[Complaint]) -> Mapping[UUID, Sequence[Unhappy]]:
    """Those of everything that was merged into each of these complaints; one query."""
    family = merged_into(Complaint.id.in_([each.id for each in complaints]))
    rows = db.session.execute(
        select(
            family.c.root,
            Complaint.number,
            CallbackAttempt.at,
            CallbackAttempt.outcome,
            Person.name,
        )
        .join(CallbackAttempt, CallbackAttempt.complaint_id == family.c.id)
        .join(Complaint, Complaint.id == family.c.id)
        .join(Person, Person.id == CallbackAttempt.by_id)
        .where(CallbackAttempt.outcome.in_(REOPENING))
        .order_by(CallbackAttempt.at, CallbackAttempt.id)
    )
    found: dict[UUID, list[Unhappy]] = {each.id: [] for each in complaints}
    for root, *said in rows:
        found[root].append(Unhappy(*said))
    return found
