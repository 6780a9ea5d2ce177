"""What happened: events chained by hash, texts, files. Rows are added, never changed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.people import Person
from workflow.values import Json
from workflow.words import Audience


class Event(Model):
    """One thing that happened to one complaint.

    `seq` counts from 1 without gaps; `hash` covers the row and the hash before it. The last
    `seq` and `hash` stand on the complaint too, so that a missing end shows (AUD-03).
    Texts live in `Entry`; `data` holds codes, ids, times and the texts' digests, so that a
    person's words can be redacted without breaking the chain (AUD-01).
    """

    __table_args__ = (
        UniqueConstraint("complaint_id", "seq"),
        Index("ix_event_kind", "complaint_id", "kind", "seq"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    seq: Mapped[int]
    at: Mapped[datetime] = moment()
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[UUID | None] = reference("person.id", null=True)
    rule: Mapped[str | None] = mapped_column(String(80))
    work_order_id: Mapped[UUID | None] = reference("work_order.id", null=True)
    data: Mapped[Mapping[str, Json]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    actor: Mapped[Person | None] = relationship()
    entries: Mapped[list["Entry"]] = relationship(order_by="Entry.id")
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id")


class Entry(Model):
    """One text somebody wrote about a complaint, for colleagues or for the customer."""

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    event_id: Mapped[UUID] = reference("event.id", index=True)
    audience: Mapped[Audience] = mapped_column(code_type(Audience))
    field: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    redacted_at: Mapped[datetime | None] = moment(null=True)


class Attachment(Model):
    """A file that belongs to a complaint; its name is the sender's, its type is ours."""

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    event_id: Mapped[UUID] = reference("event.id", index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class AdminEvent(Model):
    """One change of units, people, roles, categories, causes or settings (AUD-02).

    Events of one subject are chained as those of a complaint are; `rows` says what stands in the
    tables that `flask audit verify` reconciles with them.
    """

    __table_args__ = (
        Index("ix_admin_event_subject", "subject", "subject_id", "at"),
        UniqueConstraint("subject", "seq"),
    )

    id: Mapped[UUID] = key()
    at: Mapped[datetime] = moment(index=True)
    actor_id: Mapped[UUID | None] = reference("person.id", null=True)
    rule: Mapped[str | None] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    before: Mapped[Mapping[str, Json] | None] = mapped_column(JSON)
    after: Mapped[Mapping[str, Json] | None] = mapped_column(JSON)
    rows: Mapped[Mapping[str, Json] | None] = mapped_column(JSON)
    seq: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    actor: Mapped[Person | None] = relationship()
