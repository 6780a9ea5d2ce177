"""One cause, many complaints: linking them, and telling all of them the same progress (REO-08).

Linking never closes a complaint and never changes its status: each keeps its clocks, and each
customer is called back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, case, func, select

from tickets import messages
from tickets.actions import take
from tickets.actors import System
from tickets.database import db
from tickets.history.problem_events import ProblemDataKey, ProblemEventName, problem_data_of
from tickets.jobs import rows as jobs
from tickets.models import Complaint, Person, Problem, ProblemEvent, ProblemLink
from tickets.problems.keeping import note
from tickets.problems.seeing import seen_by
from tickets.visibility import visible_to
from workflow.machine import Refused
from workflow.reasons import Reason
from workflow.system_rules import SystemRule
from workflow.values import Json
from workflow.words import N_, OPEN

LINK_JOB = "link_complaints"
SHARE_JOB = "share_progress"
SHARING = System(SystemRule.PROGRESS_SHARED)
MOST = 5_000
"""So many complaints are linked in one go."""
BATCH = 200


def linked_to(problem_id: UUID) -> ColumnElement[bool]:
    """The condition on `Complaint` that it is linked to this problem now."""
    return Complaint.id.in_(
        select(ProblemLink.complaint_id).where(
            ProblemLink.problem_id == problem_id, ProblemLink.unlinked_at.is_(None)
        )
    )


def problems_of(complaint: Complaint, reader: Person) -> list[Problem]:
    """The problems that a complaint is linked to now, as far as the reader may see them."""
    living = select(ProblemLink.problem_id).where(
        ProblemLink.complaint_id == complaint.id, ProblemLink.unlinked_at.is_(None)
    )
    return list(
        db.session.scalars(
            select(Problem).where(Problem.id.in_(living), seen_by(reader)).order_by(Problem.number)
        )
    )


def proposed_for(person: Person, category_id: UUID | None = None) -> list[Problem]:
    """The open problems that the person may see, those of the category first."""
    first = case((Problem.category_id == category_id, 0), else_=1)
    query = (
        select(Problem)
        .where(Problem.closed_at.is_(None), seen_by(person))
        .order_by(first, Problem.opened_at.desc())
    )
    return list(db.session.scalars(query))


def link(
    problem: Problem,
    complaint: Complaint,
    *,
    actor: Person,
    now: datetime,
    seen_version: int | None = None,
) -> None:
    """Link one complaint, by the one door; raises Refused."""
    _take("link_problem", problem, complaint, actor, now, seen_version)


def unlink(problem: Problem, complaint: Complaint, *, actor: Person, now: datetime) -> None:
    """Take one complaint out again; raises Refused."""
    _take("unlink_problem", problem, complaint, actor, now, None)


def _take(
    name: str,
    problem: Problem,
    complaint: Complaint,
    actor: Person,
    now: datetime,
    seen_version: int | None,
) -> None:
    inputs = {"problem": problem.id}
    take(name, complaint, actor=actor, now=now, seen_version=seen_version, inputs=inputs)


def link_many(
    problem: Problem, condition: ColumnElement[bool], *, actor: Person, now: datetime
) -> int:
    """Put down the linking of every complaint that fulfils the condition (which holds what the
    person may see); returns how many. Raises Refused when there are none or too many."""
    ids = db.session.scalars(select(Complaint.id).where(condition).limit(MOST + 1)).all()
    if not ids:
        raise Refused([Reason("none", N_("No complaint fits."))])
    if len(ids) > MOST:
        sentence = N_("At most %(most)s complaints are linked in one go; narrow the list.")
        raise Refused([Reason("too_many", sentence, {"most": MOST})])
    complaints = [str(each) for each in sorted(ids)]
    payload = {"problem": str(problem.id), "complaints": complaints, "by": str(actor.id)}
    jobs.put(LINK_JOB, payload, now=now, wanted_by=actor.id)
    return len(ids)


def link_batch(problem_id: UUID, ids: Iterable[UUID], actor: Person, now: datetime) -> None:
    """Link these as far as the person still may; what is linked already stays as it is."""
    problem = db.session.get_one(Problem, problem_id)
    found = db.session.scalars(
        select(Complaint).where(Complaint.id.in_(list(ids)), visible_to(actor))
    )
    for complaint in found.all():
        try:
            link(problem, complaint, actor=actor, now=now)
        except Refused:
            continue


def share_progress(
    problem: Problem, text: str, expected_at: datetime | None, *, actor: Person, now: datetime
) -> ProblemEvent:
    """Say how it stands; a job tells every linked open complaint. Raises Refused."""
    reasons = []
    if problem.closed_at is not None:
        reasons.append(Reason("closed", N_("This problem is closed.")))
    if not text.strip():
        reasons.append(Reason("missing", N_("Please fill this in."), {}, "message"))
    if expected_at is not None and expected_at <= now:
        sentence = N_("This must lie in the future.")
        reasons.append(Reason("not_ahead", sentence, {}, "expected_at"))
    if reasons:
        raise Refused(reasons)
    problem.progress, problem.progress_at, problem.expected_at = text, now, expected_at
    data: dict[str, Json] = {
        ProblemDataKey.TEXT: text,
        ProblemDataKey.EXPECTED_AT: expected_at.isoformat() if expected_at else None,
    }
    event = note(problem, ProblemEventName.PROGRESS, data, actor=actor, now=now)
    db.session.flush()
    jobs.put(SHARE_JOB, {"event": str(event.id)}, now=now, once=str(event.id), wanted_by=actor.id)
    return event


def next_to_tell(event: ProblemEvent, after: UUID | None) -> Sequence[UUID]:
    """The next linked open complaints; those linked later hear of the next progress."""
    query = (
        select(Complaint.id)
        .join(ProblemLink, ProblemLink.complaint_id == Complaint.id)
        .where(
            ProblemLink.problem_id == event.problem_id,
            ProblemLink.unlinked_at.is_(None),
            ProblemLink.linked_at <= event.at,
            Complaint.status.in_(OPEN),
        )
        .order_by(Complaint.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(Complaint.id > after)
    return db.session.scalars(query).all()


def tell_one(event: ProblemEvent, complaint_id: UUID, now: datetime) -> None:
    """The progress as an event of one complaint; told twice, it is one event."""
    complaint = db.session.get_one(Complaint, complaint_id)
    if complaint.status not in OPEN:
        return
    if complaint.refuses_contact:
        once = f"progress:{event.id.hex}:{complaint_id.hex}"
        responsible = complaint.responsible_id
        messages.tell(responsible, "progress_withheld", now=now, once=once, complaint=complaint)
        return
    told = problem_data_of(event)
    said: dict[str, object] = {"problem": event.problem_id, "message": told.progress}
    if told.expected_at is not None:
        said["expected_at"] = told.expected_at
    take(
        "share_progress",
        complaint,
        actor=SHARING,
        now=now,
        seen_version=None,
        inputs=said,
        event_id=uuid5(event.id, complaint_id.hex),
    )


def count_linked(problem: Problem, person: Person) -> tuple[int, int]:
    """How many linked complaints the person may see: open ones, and all (S-08)."""
    row = db.session.execute(
        select(
            func.count(Complaint.id).filter(Complaint.status.in_(OPEN)), func.count(Complaint.id)
        ).where(linked_to(problem.id), visible_to(person))
    ).one()
    return int(row[0]), int(row[1])
