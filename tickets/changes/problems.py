"""Linking complaints to what causes many of them, and sharing its progress (REO-08)."""

from typing import Any

from sqlalchemy import update

from tickets.changes.act import Act
from tickets.database import db, new_id
from tickets.models import ProblemLink


def link(act: Act) -> dict[str, Any]:
    db.session.add(
        ProblemLink(
            id=new_id(),
            problem_id=act.inputs["problem"].id,
            complaint_id=act.complaint.id,
            linked_at=act.now,
            linked_by_id=act.actor.id,
        )
    )
    return {}


def unlink(act: Act) -> dict[str, Any]:
    db.session.execute(
        update(ProblemLink)
        .where(
            ProblemLink.problem_id == act.inputs["problem"].id,
            ProblemLink.complaint_id == act.complaint.id,
            ProblemLink.unlinked_at.is_(None),
        )
        .values(unlinked_at=act.now, unlinked_by_id=act.actor.id)
        .execution_options(synchronize_session=False)
    )
    return {}


def share_progress(act: Act) -> dict[str, Any]:
    """The customer is told in writing; a question of theirs still waits for its own answer."""
    act.complaint.last_contact_at = act.now
    return {}
