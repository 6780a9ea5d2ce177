"""What ties complaints and people together: transfers, merges, watchers, presence."""

from datetime import datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.complaints import Complaint
from tickets.models.people import Person
from workflow.words import MergeReason, Status


class TransferState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Transfer(Model):
    """A supervisor's move of responsibility; it happens when the named person accepts.

    Until then the one before stays responsible: there is always exactly one (OWN-01).
    `rule` names the system's reason when no person decided it (OWN-03).
    """

    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="to_somebody_else"),
        Index("ix_transfer_to", "to_id", "state"),
        Index("ix_transfer_complaint", "complaint_id", "state"),
        Index("ix_transfer_state", "state"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    from_id: Mapped[UUID] = reference("person.id")
    to_id: Mapped[UUID] = reference("person.id")
    by_id: Mapped[UUID | None] = reference("person.id", null=True)
    rule: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = moment()
    state: Mapped[TransferState] = mapped_column(code_type(TransferState))
    decided_at: Mapped[datetime | None] = moment(null=True)

    complaint: Mapped[Complaint] = relationship()
    from_person: Mapped[Person] = relationship(foreign_keys=[from_id])
    to_person: Mapped[Person] = relationship(foreign_keys=[to_id])


class KeptByMerge(TypedDict, total=False):
    """What the survivor had before the merge: its start and its appointment as ISO 8601, and the
    keys of the people who came to watch it with the duplicate."""

    started_at: str
    scheduled_for: str | None
    watchers: list[str]


class Merge(Model):
    """One duplicate living on in another complaint, with what is needed to undo it (REO-07)."""

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    into_id: Mapped[UUID] = reference("complaint.id", index=True)
    at: Mapped[datetime] = moment()
    status_before: Mapped[Status] = mapped_column(code_type(Status))
    because: Mapped[MergeReason | None] = mapped_column(code_type(MergeReason))
    """Why the two are the same; None for merges from before it was asked."""
    kept: Mapped["KeptByMerge"] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = moment(null=True)


class Watch(Model):
    """Somebody who wants to hear of a complaint; it gives no right to see it."""

    __table_args__ = (PrimaryKeyConstraint("complaint_id", "person_id"),)

    complaint_id: Mapped[UUID] = reference("complaint.id")
    person_id: Mapped[UUID] = reference("person.id", index=True)
    since: Mapped[datetime] = moment()


class Presence(Model):
    """Who has a complaint open right now: a hint, never a lock (CON-01, CON-02)."""

    __table_args__ = (PrimaryKeyConstraint("complaint_id", "person_id"),)

    complaint_id: Mapped[UUID] = reference("complaint.id")
    person_id: Mapped[UUID] = reference("person.id")
    seen_at: Mapped[datetime] = moment()
    writing: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship()
