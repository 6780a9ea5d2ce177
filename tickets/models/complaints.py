"""The complaint itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model, UuidKey
from tickets.models.catalogue import Category
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.customers import Customer
from tickets.models.people import Person
from tickets.models.units import Unit
from workflow.words import CallChannel, Channel, ClockKind, Severity, Status, WaitReason


class Complaint(Model):
    """What the customer said, and who answers for it until they have been called back.

    The last four constraints are the product's promise in the database itself: `closed` is only
    storable on a callback of this complaint and this cycle whose outcome closes, or on a granted
    exception of the same (design §3). `tickets.models.guards` adds the triggers that keep it on
    connections that do not check foreign keys.
    """

    __table_args__ = (
        UniqueConstraint("external_source", "external_id"),
        ForeignKeyConstraint(
            ["closing_attempt_id", "id", "cycle", "closing_holds"],
            [
                "callback_attempt.id",
                "callback_attempt.complaint_id",
                "callback_attempt.cycle",
                "callback_attempt.closes",
            ],
            name="fk_complaint_closing_attempt",
            use_alter=True,
        ),
        ForeignKeyConstraint(
            ["closing_approval_id", "id", "cycle", "closing_holds"],
            ["approval.id", "approval.complaint_id", "approval.cycle", "approval.granted"],
            name="fk_complaint_closing_approval",
            use_alter=True,
        ),
        CheckConstraint(
            "status <> 'closed' OR closing_attempt_id IS NOT NULL"
            " OR closing_approval_id IS NOT NULL",
            name="closed_rests_on_callback",
        ),
        CheckConstraint(
            "(closing_attempt_id IS NULL AND closing_approval_id IS NULL AND closing_holds IS NULL)"
            " OR (closing_holds IS NOT NULL AND closing_holds AND"
            " (closing_attempt_id IS NULL) <> (closing_approval_id IS NULL))",
            name="closing_holds",
        ),
        CheckConstraint("level BETWEEN 0 AND 3", name="level"),
        CheckConstraint("cycle >= 1", name="cycle"),
        Index("ix_complaint_responsible", "responsible_id", "status", "registered_at"),
        Index("ix_complaint_unit", "unit_id", "status", "registered_at"),
        Index("ix_complaint_status", "status", "registered_at"),
        Index("ix_complaint_customer", "customer_id", "registered_at"),
        Index("ix_complaint_due", "status", "due_at"),
        Index("ix_complaint_responsible_due", "responsible_id", "due_at"),
        Index(
            "ix_complaint_due_next",
            "due_at",
            "id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_complaint_raised", "status", "level", "unit_id"),
        Index(
            "ix_complaint_uncounted",
            "id",
            sqlite_where=text("counted_events <> event_count"),
            postgresql_where=text("counted_events <> event_count"),
        ),
        Index(
            "ix_complaint_unanchored",
            "id",
            sqlite_where=text("anchored_events <> event_count"),
            postgresql_where=text("anchored_events <> event_count"),
        ),
        Index(
            "ix_complaint_customer_waiting",
            "responsible_id",
            sqlite_where=text("customer_waiting_since IS NOT NULL"),
            postgresql_where=text("customer_waiting_since IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(12), unique=True)
    version: Mapped[int] = mapped_column()
    status: Mapped[Status] = mapped_column(code_type(Status, checked=True))
    cycle: Mapped[int] = mapped_column(default=1)
    level: Mapped[int] = mapped_column(default=0)
    severity: Mapped[Severity] = mapped_column(code_type(Severity))
    channel: Mapped[Channel] = mapped_column(code_type(Channel))

    unit_id: Mapped[UUID] = reference("unit.id")
    responsible_id: Mapped[UUID] = reference("person.id")
    received_by_id: Mapped[UUID] = reference("person.id")
    coordinator_id: Mapped[UUID | None] = reference("person.id", null=True)
    customer_id: Mapped[UUID] = reference("customer.id")
    category_id: Mapped[UUID] = reference("category.id", index=True)

    description: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text, default="")
    line: Mapped[str] = mapped_column(String(60), default="", index=True)
    town: Mapped[str] = mapped_column(String(120), default="")
    on_behalf_of: Mapped[str] = mapped_column(String(120), default="")
    tier: Mapped[str] = mapped_column(String(10), default="")
    tier_rank: Mapped[int] = mapped_column(default=99)
    callback_number: Mapped[str] = mapped_column(String(200), default="")
    callback_channel: Mapped[CallChannel | None] = mapped_column(code_type(CallChannel))
    callback_wish: Mapped[str] = mapped_column(String(200), default="")
    refuses_contact: Mapped[bool] = mapped_column(default=False)
    first_contact_solution: Mapped[bool] = mapped_column(default=False)
    repeat_contact: Mapped[bool] = mapped_column(default=False)

    registered_at: Mapped[datetime] = moment(index=True)
    started_at: Mapped[datetime] = moment()
    promised_at: Mapped[datetime | None] = moment(null=True)
    last_contact_at: Mapped[datetime | None] = moment(null=True)
    resolved_at: Mapped[datetime | None] = moment(null=True)
    closed_at: Mapped[datetime | None] = moment(null=True)
    withdrawn_at: Mapped[datetime | None] = moment(null=True)
    """When the withdrawal was recorded; the customer may object for as long as after a closing."""
    waiting_since: Mapped[datetime | None] = moment(null=True)
    wait_reason: Mapped[WaitReason | None] = mapped_column(code_type(WaitReason))
    follow_up_at: Mapped[datetime | None] = moment(null=True, index=True)
    customer_waiting_since: Mapped[datetime | None] = moment(null=True)

    limits_id: Mapped[UUID | None] = reference("limits_version.id", null=True)
    """The version of the limits that it was opened under, or has adopted since."""
    due_at: Mapped[datetime | None] = moment(null=True)
    """When its next clock runs out, whichever that is; a cache of `workflow.clocks` for lists."""
    due_clock: Mapped[ClockKind | None] = mapped_column(code_type(ClockKind))
    amber_at: Mapped[datetime | None] = moment(null=True)
    """When that clock has used three quarters of its limit; empty while none runs."""

    returns: Mapped[int] = mapped_column(default=0)
    transfers: Mapped[int] = mapped_column(default=0)
    urges: Mapped[int] = mapped_column(default=0)
    reopens: Mapped[int] = mapped_column(default=0)

    closing_attempt_id: Mapped[UUID | None] = mapped_column(UuidKey)
    closing_approval_id: Mapped[UUID | None] = mapped_column(UuidKey)
    closing_holds: Mapped[bool | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(
        UuidKey, ForeignKey("complaint.id"), index=True
    )
    repeat_of_id: Mapped[UUID | None] = mapped_column(UuidKey, ForeignKey("complaint.id"))
    external_source: Mapped[str | None] = mapped_column(String(60))
    external_id: Mapped[str | None] = mapped_column(String(120))

    event_count: Mapped[int] = mapped_column(default=0)
    chain_head: Mapped[str] = mapped_column(String(64), default="")
    counted_events: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many of its events the facts that reports count know of."""
    anchored_events: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Up to which of its events the anchors reach."""

    unit: Mapped[Unit] = relationship()
    responsible: Mapped[Person] = relationship(foreign_keys=[responsible_id])
    received_by: Mapped[Person] = relationship(foreign_keys=[received_by_id])
    coordinator: Mapped[Person | None] = relationship(foreign_keys=[coordinator_id])
    customer: Mapped[Customer] = relationship()
    category: Mapped[Category] = relationship()

    __mapper_args__ = {"version_id_col": version}
