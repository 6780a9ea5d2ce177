"""The second call: which closings were drawn, what the customer said, how it was scored."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model, UuidKey
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.complaints import Complaint
from tickets.models.facts import Told
from tickets.models.people import Person
from workflow.sampling import Why
from workflow.words import CallOutcome


class SampleState(StrEnum):
    OPEN = "open"
    SCORED = "scored"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What the customer says at the second call."""

    SATISFIED = "satisfied"
    PARTLY = "partly"
    NOT_SATISFIED = "not_satisfied"
    NOT_REACHED = "not_reached"


class QualitySample(Told, Model):
    """One closing that was drawn, and its score: at most one of each cycle (CLO-14).

    The marks are 0 to 2 for each item of the form; `percent` is their sum in percent of the most.
    """

    __table_args__ = (
        UniqueConstraint("complaint_id", "cycle"),
        CheckConstraint("state <> 'scored' OR percent IS NOT NULL", name="scored"),
        Index("ix_quality_sample_state", "state", "closed_at"),
        Index("ix_quality_sample_scored", "scored_at"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    cycle: Mapped[int]
    person_id: Mapped[UUID] = reference("person.id")
    """Who was responsible when it closed."""
    period: Mapped[str] = mapped_column(String(10))
    """The Monday of the week in which it closed."""
    why: Mapped[Why] = mapped_column(code_type(Why))
    state: Mapped[SampleState] = mapped_column(code_type(SampleState))
    closed_at: Mapped[datetime] = moment()
    drawn_at: Mapped[datetime] = moment()
    form: Mapped[int] = mapped_column(default=1)
    heard: Mapped[int | None]
    informed: Mapped[int | None]
    solved: Mapped[int | None]
    kept: Mapped[int | None]
    recorded: Mapped[int | None]
    percent: Mapped[int | None]
    verdict: Mapped[Verdict | None] = mapped_column(code_type(Verdict))
    comment: Mapped[str] = mapped_column(Text, default="")
    scored_at: Mapped[datetime | None] = moment(null=True)
    scored_by_id: Mapped[UUID | None] = reference("person.id", null=True)

    complaint: Mapped[Complaint] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    scored_by: Mapped[Person | None] = relationship(foreign_keys=[scored_by_id])


class QualityCall(Model):
    """One attempt at the second call, as it happened."""

    __table_args__ = (Index("ix_quality_call_sample", "sample_id", "at"),)

    id: Mapped[UUID] = key()
    sample_id: Mapped[UUID] = reference("quality_sample.id")
    at: Mapped[datetime] = moment()
    outcome: Mapped[CallOutcome] = mapped_column(code_type(CallOutcome))
    number: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[UUID] = reference("person.id")

    by: Mapped[Person] = relationship()


class ReviewTask(Model):
    """A low score asks a supervisor to look; what becomes of the complaint is theirs to decide."""

    __table_args__ = (Index("ix_review_task_open", "done_at", "due_at"),)

    id: Mapped[UUID] = key()
    sample_id: Mapped[UUID] = mapped_column(UuidKey, ForeignKey("quality_sample.id"), unique=True)
    created_at: Mapped[datetime] = moment()
    due_at: Mapped[datetime] = moment()
    done_at: Mapped[datetime | None] = moment(null=True)
    done_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    note: Mapped[str] = mapped_column(Text, default="")

    sample: Mapped[QualitySample] = relationship()
    done_by: Mapped[Person | None] = relationship()
