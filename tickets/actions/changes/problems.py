"""Linking complaints to what causes many of them, and sharing its progress (REO-08)."""

from sqlalchemy import select, update

from tickets.actions.changes.act import Act
from tickets.database import db, new_id
from tickets.models import Problem, ProblemLink
from workflow.reasons import Reason, Refused
from workflow.values import Json
from workflow.words import N_


def link(act: Act) -> dict[str, Json]:
    if act.needed("problem", Problem).closed_at is not None:
        raise Refused([Reason("closed", N_("This problem is closed."), {}, "problem")])
    if _is_linked(act):
        sentence = N_("It is linked to this problem already.")
        raise Refused([Reason("linked", sentence, {}, "problem")])
    db.session.add(
        ProblemLink(
            id=new_id(),
            problem_id=act.needed("problem", Problem).id,
            complaint_id=act.complaint.id,
            linked_at=act.now,
            linked_by_id=act.actor.id,
        )
    )
    return {}


def unlink(act: Act) -> dict[str, Json]:
    if not _is_linked(act):
        sentence = N_("It is not linked to this problem.")
        raise Refused([Reason("not_linked", sentence, {}, "problem")])
    db.session.execute(
        update(ProblemLink)
        .where(
            ProblemLink.problem_id == act.needed("problem", Problem).id,
            ProblemLink.complaint_id == act.complaint.id,
            ProblemLink.unlinked_at.is_(None),
        )
        .values(unlinked_at=act.now, unlinked_by_id=act.actor.id)
        .execution_options(synchronize_session=False)
    )
    return {}


def _is_linked(act: Act) -> bool:
    living = select(ProblemLink.id).where(
        ProblemLink.problem_id == act.needed("problem", Problem).id,
        ProblemLink.complaint_id == act.complaint.id,
        ProblemLink.unlinked_at.is_(None),
    )
    return db.session.scalar(living) is not None


def share_progress(act: Act) -> dict[str, Json]:
    """The customer is told in writing; a question of theirs still waits for its own answer."""
    act.complaint.last_contact_at = act.now
    return {}
