"""Single facts about a complaint and whoever acts that stand in other rows, in one query."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from tickets.actors import Actor
from tickets.database import db
from tickets.history.vocabulary import EventName
from tickets.models import (
    Answer,
    Approval,
    ApprovalState,
    Complaint,
    Event,
    Merge,
    Transfer,
    TransferState,
    Watch,
)


@dataclass(frozen=True)
class Ties:
    """Each by the key of what says so, or None."""

    named: UUID | None
    """To whom a transfer is offered."""
    watching: UUID | None
    answered_by: UUID | None
    requested_by: UUID | None
    """Who asked for a closing that nobody has decided on."""
    corrected: UUID | None
    took_in: UUID | None
    decider: UUID | None
    """Whom the rule names to decide on that closing."""


def ties_of(complaint: Complaint, actor: Actor) -> Ties:
    """One query for all of them."""
    request = (
        Approval.complaint_id == complaint.id,
        Approval.cycle == complaint.cycle,
        Approval.state == ApprovalState.PENDING,
    )
    facts = {
        "named": select(Transfer.to_id).where(
            Transfer.complaint_id == complaint.id, Transfer.state == TransferState.PENDING
        ),
        "watching": select(Watch.person_id).where(
            Watch.complaint_id == complaint.id, Watch.person_id == actor.id
        ),
        "answered_by": select(Answer.by_id).where(
            Answer.complaint_id == complaint.id, Answer.cycle == complaint.cycle
        ),
        "requested_by": select(Approval.requested_by_id).where(*request),
        "corrected": select(Event.id).where(
            Event.complaint_id == complaint.id,
            Event.kind == "note",
            Event.action == EventName.CORRECT,
        ),
        "took_in": select(Merge.id).where(Merge.into_id == complaint.id, Merge.undone_at.is_(None)),
        "decider": select(Approval.named_id).where(*request),
    }
    row = db.session.execute(
        select(*(query.limit(1).scalar_subquery().label(name) for name, query in facts.items()))
    ).one()
    return Ties(**row._asdict())
