"""Calling again and scoring. The complaint behind it is never touched (CLO-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import joinedload

from tickets import messages
from tickets.database import db, new_id
from tickets.history.data import data_of
from tickets.history.vocabulary import EventName
from tickets.models import (
    Answer,
    Approval,
    CallbackAttempt,
    Complaint,
    Entry,
    Event,
    Person,
    QualityCall,
    QualitySample,
    ReviewTask,
    SampleState,
    Verdict,
)
from tickets.people.escalation import supervisors_of
from tickets.policy import policy_now
from tickets.queues.conditions import decided_by
from tickets.visibility import visible_to
from workflow.reasons import Reason, Refused
from workflow.words import N_, CallOutcome, WithdrawalChannel, WithdrawnBy

ITEMS = ("heard", "informed", "solved", "kept", "recorded")
"""What is marked, each from 0 to `MOST`; version 1 of the form."""
MOST = 2
FORM = 1
LONGEST_COMMENT = 2_000


def to_score(person: Person) -> ColumnElement[bool]:
    """The samples that this person may score: of complaints they may see, never their own work."""
    wrote_it = exists().where(
        Answer.complaint_id == QualitySample.complaint_id,
        Answer.cycle == QualitySample.cycle,
        Answer.by_id == person.id,
    )
    called = exists().where(
        CallbackAttempt.complaint_id == QualitySample.complaint_id,
        CallbackAttempt.cycle == QualitySample.cycle,
        CallbackAttempt.by_id == person.id,
    )
    decided = exists().where(
        Approval.complaint_id == QualitySample.complaint_id,
        Approval.cycle == QualitySample.cycle,
        Approval.decided_by_id == person.id,
    )
    return and_(
        QualitySample.complaint_id.in_(select(Complaint.id).where(visible_to(person))),
        QualitySample.person_id != person.id,
        ~wrote_it,
        ~called,
        ~decided,
    )


def samples(person: Person, *states: SampleState) -> Sequence[QualitySample]:
    """Those in these states, the longest ended first."""
    return db.session.scalars(
        select(QualitySample)
        .where(to_score(person), QualitySample.state.in_(states))
        .options(
            joinedload(QualitySample.complaint).joinedload(Complaint.customer),
            joinedload(QualitySample.complaint).joinedload(Complaint.category),
            joinedload(QualitySample.person).lazyload(Person.memberships),
        )
        .order_by(QualitySample.closed_at, QualitySample.id)
    ).all()


def sample_of(sample_id: UUID, person: Person) -> QualitySample | None:
    return db.session.scalar(
        select(QualitySample).where(QualitySample.id == sample_id, to_score(person))
    )


def calls_of(sample: QualitySample) -> Sequence[QualityCall]:
    return db.session.scalars(
        select(QualityCall).where(QualityCall.sample_id == sample.id).order_by(QualityCall.at)
    ).all()


@dataclass(frozen=True)
class WithdrawalToCheck:
    """How a complaint was taken back: who said so, by which way, when, in which words."""

    said_by: WithdrawnBy | None
    channel: WithdrawalChannel | None
    at: datetime
    recorded_by: Person | None
    text: str


def withdrawal_of(sample: QualitySample) -> WithdrawalToCheck | None:
    """What the second call is to find out about; None when it was closed."""
    found = db.session.execute(
        select(Event, Entry.text)
        .outerjoin(Entry, and_(Entry.event_id == Event.id, Entry.field == "text"))
        .where(
            Event.complaint_id == sample.complaint_id,
            Event.action == EventName.WITHDRAW,
            Event.at == sample.closed_at,
        )
        .options(joinedload(Event.actor).lazyload(Person.memberships))
    ).first()
    if found is None:
        return None
    event, text = found
    data = data_of(event)
    return WithdrawalToCheck(
        data.withdrawn_by,
        data.withdrawn_through,
        data.at or event.at,
        event.actor,
        text or "",
    )


def record_call(
    sample: QualitySample, outcome: CallOutcome, number: str, *, actor: Person, now: datetime
) -> None:
    """Put an attempt down; raises Refused when it was scored or skipped meanwhile."""
    _still_open(sample)
    db.session.add(
        QualityCall(
            id=new_id(),
            sample_id=sample.id,
            at=now,
            outcome=outcome,
            number=number,
            by_id=actor.id,
        )
    )


def score(
    sample: QualitySample,
    marks: Mapping[str, int],
    verdict: Verdict,
    comment: str,
    *,
    actor: Person,
    now: datetime,
) -> None:
    """Keep the score, once; a low one makes a task for the supervisor, and nothing else."""
    _still_open(sample)
    for name in ITEMS:
        setattr(sample, name, marks[name])
    sample.percent = round(100 * sum(marks[name] for name in ITEMS) / (MOST * len(ITEMS)))
    sample.verdict, sample.comment, sample.form = verdict, comment, FORM
    sample.state, sample.scored_at, sample.scored_by_id = SampleState.SCORED, now, actor.id
    policy = policy_now()
    if sample.percent < policy.quality_low:
        _ask_for_a_look(sample, now, now + policy.quality_review)


def skip(sample: QualitySample, reason: str, *, actor: Person, now: datetime) -> None:
    """Not scored, and why."""
    _still_open(sample)
    sample.state, sample.comment = SampleState.SKIPPED, reason
    sample.scored_at, sample.scored_by_id = now, actor.id


def _still_open(sample: QualitySample) -> None:
    db.session.refresh(sample, with_for_update={"of": QualitySample})
    if sample.state is not SampleState.OPEN:
        raise Refused([Reason("scored", N_("It has been scored or skipped meanwhile."))])


def _ask_for_a_look(sample: QualitySample, now: datetime, due_at: datetime) -> None:
    task = ReviewTask(id=new_id(), sample_id=sample.id, created_at=now, due_at=due_at)
    db.session.add(task)
    db.session.flush()
    for person_id in supervisors_of(sample.complaint, now):
        messages.tell(
            person_id,
            "quality_low",
            now=now,
            once=f"review-{task.id}-{person_id}",
            complaint=sample.complaint,
        )


# What supervisors do with it.


def _decided(person: Person) -> ColumnElement[bool]:
    return QualitySample.complaint_id.in_(select(Complaint.id).where(decided_by(person)))


def reviews(person: Person, *, done: bool) -> Sequence[ReviewTask]:
    """The tasks below where this person supervises, the most urgent first."""
    ended = ReviewTask.done_at.is_not(None) if done else ReviewTask.done_at.is_(None)
    return db.session.scalars(
        select(ReviewTask)
        .join(QualitySample, ReviewTask.sample_id == QualitySample.id)
        .where(_decided(person), ended)
        .options(
            joinedload(ReviewTask.sample).joinedload(QualitySample.complaint),
            joinedload(ReviewTask.sample)
            .joinedload(QualitySample.person)
            .lazyload(Person.memberships),
        )
        .order_by(ReviewTask.due_at.desc() if done else ReviewTask.due_at, ReviewTask.id)
    ).all()


def review_of(task_id: UUID, person: Person) -> ReviewTask | None:
    return db.session.scalar(
        select(ReviewTask)
        .join(QualitySample, ReviewTask.sample_id == QualitySample.id)
        .where(_decided(person), ReviewTask.id == task_id)
    )


def finish_review(task: ReviewTask, note: str, *, actor: Person, now: datetime) -> None:
    """Looked at; doing it twice keeps the first."""
    if task.done_at is None:
        task.done_at, task.done_by_id, task.note = now, actor.id, note


def scores_of(complaint_id: UUID) -> Sequence[QualitySample]:
    """What quality found about one complaint, for its page."""
    return db.session.scalars(
        select(QualitySample)
        .where(
            QualitySample.complaint_id == complaint_id, QualitySample.state == SampleState.SCORED
        )
        .options(joinedload(QualitySample.scored_by).lazyload(Person.memberships))
        .order_by(QualitySample.cycle)
    ).all()
