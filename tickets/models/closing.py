"""What a closing rests on: answers, callbacks and their attempts, notices, approvals."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model, UuidKey
from tickets.models.catalogue import Cause
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.complaints import Complaint
from tickets.models.people import Person
from tickets.models.units import Unit
from workflow.words import (
    CallChannel,
    CallOutcome,
    ClosingGround,
    NoticeChannel,
    Remedy,
    Resolution,
)

if TYPE_CHECKING:
    from tickets.models.messages import Message


class Answer(Model):
    """The answer of one cycle: what was found, whose fault it was, what was done about it.

    `by` is empty for an answer that another system gave before its complaint was imported; the
    event says from where.
    """

    __table_args__ = (UniqueConstraint("complaint_id", "cycle"),)

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    cycle: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[Resolution] = mapped_column(code_type(Resolution))
    cause_id: Mapped[UUID] = reference("cause.id", index=True)
    remedy: Mapped[Remedy] = mapped_column(code_type(Remedy))
    liable_unit_id: Mapped[UUID | None] = reference("unit.id", null=True)
    compensation_minor: Mapped[int | None] = mapped_column(BigInteger)
    """In minor units of the installation's currency."""
    by_id: Mapped[UUID | None] = reference("person.id", null=True)
    instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    """For whom `by` stood in: both are authors of it."""
    at: Mapped[datetime] = moment()

    cause: Mapped[Cause] = relationship()
    liable_unit: Mapped[Unit | None] = relationship()
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])


class Callback(Model):
    """The call that one cycle of a complaint owes the customer (CLO-06).

    It may be agreed on (`scheduled_for`) before it is due (`due_since`). `caller_id` is empty
    when the policy forbids it to the responsible person: then it stands on the shared queue.
    """

    __table_args__ = (
        UniqueConstraint("complaint_id", "cycle"),
        Index("ix_callback_queue", "done_at", "caller_id", "due_since"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    cycle: Mapped[int]
    caller_id: Mapped[UUID | None] = reference("person.id", null=True)
    created_at: Mapped[datetime] = moment()
    due_since: Mapped[datetime | None] = moment(null=True)
    scheduled_for: Mapped[datetime | None] = moment(null=True)
    schedule_note: Mapped[str] = mapped_column(String(200), default="")
    done_at: Mapped[datetime | None] = moment(null=True)

    complaint: Mapped[Complaint] = relationship()
    caller: Mapped[Person | None] = relationship()
    attempts: Mapped[list["CallbackAttempt"]] = relationship(
        back_populates="callback", order_by="CallbackAttempt.at"
    )


class CallbackAttempt(Model):
    """One call as it happened. Append-only: a closing may rest on it."""

    __table_args__ = (
        UniqueConstraint("id", "complaint_id", "cycle", "closes"),
        CheckConstraint("closes = (outcome IN ('accepted', 'understood'))", name="closes"),
        Index("ix_callback_attempt_complaint", "complaint_id", "cycle", "at"),
    )

    id: Mapped[UUID] = key()
    callback_id: Mapped[UUID] = reference("callback.id", index=True)
    complaint_id: Mapped[UUID] = reference("complaint.id")
    cycle: Mapped[int]
    at: Mapped[datetime] = moment()
    number: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[CallChannel] = mapped_column(code_type(CallChannel))
    outcome: Mapped[CallOutcome] = mapped_column(code_type(CallOutcome, checked=True))
    closes: Mapped[bool]
    by_id: Mapped[UUID] = reference("person.id")
    instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    wished_at: Mapped[datetime | None] = moment(null=True)
    recorded_at: Mapped[datetime] = moment()
    """When it was entered; long after `at`, it counts only once somebody else confirms it."""
    number_known: Mapped[bool | None]
    """Whether the number was known of this customer when it was dialled; None without a number."""
    before_rule: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Recorded before numbers and times of entry were looked at: counts as it did then."""

    callback: Mapped[Callback] = relationship(back_populates="attempts")
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    confirmation: Mapped["AttemptConfirmation | None"] = relationship(back_populates="attempt")


class AttemptConfirmation(Model):
    """A supervisor lets an attempt count that was entered late or went to an unknown number."""

    __table_args__ = (UniqueConstraint("attempt_id"),)

    id: Mapped[UUID] = key()
    attempt_id: Mapped[UUID] = reference("callback_attempt.id")
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    by_id: Mapped[UUID] = reference("person.id")
    instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    at: Mapped[datetime] = moment()

    attempt: Mapped[CallbackAttempt] = relationship(back_populates="confirmation")
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class Notice(Model):
    """The written notice to a customer who could not be reached; its words are an `Entry`.

    `sent_at` is when it was handed over. It counts from when its message really left, or from
    when somebody else confirmed that the letter was posted, and not once it came back.
    """

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    cycle: Mapped[int]
    channel: Mapped[NoticeChannel] = mapped_column(code_type(NoticeChannel))
    address: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = moment()
    by_id: Mapped[UUID] = reference("person.id")
    instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    address_known: Mapped[bool | None]
    """Whether the address was known of this customer; None for a letter."""
    posting_number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    before_rule: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Recorded before it was looked at whether it left: counts from `sent_at`, as it did then."""

    message: Mapped["Message | None"] = relationship(back_populates="notice")
    """What carries it; None for a letter."""
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    posting: Mapped["NoticePosting | None"] = relationship(back_populates="notice")
    returned: Mapped["NoticeReturn | None"] = relationship(back_populates="notice")


class NoticePosting(Model):
    """Somebody other than its author confirms that a letter was posted, and when."""

    __table_args__ = (UniqueConstraint("notice_id"),)

    id: Mapped[UUID] = key()
    notice_id: Mapped[UUID] = reference("notice.id")
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    posted_at: Mapped[datetime] = moment()
    by_id: Mapped[UUID] = reference("person.id")
    instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    at: Mapped[datetime] = moment()

    notice: Mapped[Notice] = relationship(back_populates="posting")
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class NoticeReturn(Model):
    """A notice came back: nobody lives there, the mailbox is none. It counts no longer."""

    __table_args__ = (UniqueConstraint("notice_id"),)

    id: Mapped[UUID] = key()
    notice_id: Mapped[UUID] = reference("notice.id")
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    by_id: Mapped[UUID | None] = reference("person.id", null=True)
    """None when the other side's mail server said so."""
    at: Mapped[datetime] = moment()

    notice: Mapped[Notice] = relationship(back_populates="returned")


class Responsibility(Model):
    """Everybody who ever answered for a complaint. The database writes it itself, at every change
    of `complaint.responsible_id`: whoever it was, may not decide its exceptional closing."""

    __table_args__ = (PrimaryKeyConstraint("complaint_id", "person_id"),)

    complaint_id: Mapped[UUID] = reference("complaint.id")
    person_id: Mapped[UUID] = reference("person.id", index=True)


class SpentBasis(Model):
    """An acceptance or an approval that a closing rested on which is no more. The database writes
    it itself when a complaint leaves `closed`: nothing closes on it a second time."""

    __table_args__ = (PrimaryKeyConstraint("basis_id"),)

    basis_id: Mapped[UUID] = mapped_column(UuidKey)
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)


class ApprovalState(StrEnum):
    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    VOID = "void"


class Approval(Model):
    """A request to close without the customer's word, and a supervisor's decision on it."""

    __table_args__ = (
        UniqueConstraint("id", "complaint_id", "cycle", "granted"),
        CheckConstraint("granted = (state = 'granted')", name="granted"),
        CheckConstraint("NOT granted OR decided_by_id IS NOT NULL", name="granted_by_somebody"),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> responsible_id", name="not_by_oneself"
        ),
        Index("ix_approval_state", "state", "requested_at"),
        Index(
            "ix_approval_named",
            "named_id",
            sqlite_where=text("named_id IS NOT NULL"),
            postgresql_where=text("named_id IS NOT NULL"),
        ),
        Index("ix_approval_complaint", "complaint_id", "cycle"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    cycle: Mapped[int]
    ground: Mapped[ClosingGround] = mapped_column(code_type(ClosingGround))
    state: Mapped[ApprovalState] = mapped_column(code_type(ApprovalState))
    granted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    requested_by_id: Mapped[UUID] = reference("person.id")
    requested_instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    requested_at: Mapped[datetime] = moment()
    responsible_id: Mapped[UUID] = reference("person.id")
    named_id: Mapped[UUID | None] = reference("person.id", null=True)
    """Who is to decide, named by rule because nobody above this complaint may."""
    decided_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    decided_instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    decided_at: Mapped[datetime | None] = moment(null=True)
    before_rule: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Decided before it was looked at who may: it holds as it did then."""

    complaint: Mapped[Complaint] = relationship(foreign_keys=[complaint_id])
    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
