"""Messages: what people see in the application, and what leaves it (design §6)."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String, Text, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.closing import Notice
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.complaints import Complaint
from tickets.models.people import Person
from workflow.values import Json
from workflow.words import MessageChannel, MessageState


class Notification(Model):
    """Something one person should know, shown under the bell; written in the transaction of its
    cause, so no gateway can lose it (OWN-07). `topic` names the sentence, `values` fill it."""

    __table_args__ = (Index("ix_notification_person", "person_id", "read_at", "created_at"),)

    id: Mapped[UUID] = key()
    once: Mapped[str] = mapped_column(String(200), unique=True)
    person_id: Mapped[UUID] = reference("person.id")
    instead_of_id: Mapped[UUID | None] = reference("person.id", null=True)
    """Who is away, when this person is told as the substitute."""
    complaint_id: Mapped[UUID | None] = reference("complaint.id", null=True, index=True)
    work_order_id: Mapped[UUID | None] = reference("work_order.id", null=True)
    topic: Mapped[str] = mapped_column(String(60))
    values: Mapped[Mapping[str, Json]] = mapped_column(JSON)
    critical: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = moment()
    read_at: Mapped[datetime | None] = moment(null=True)

    complaint: Mapped[Complaint | None] = relationship()


class Message(Model):
    """One message that leaves: its final words, where it goes, how far it got.

    `once` is the idempotency key that goes along with every delivery. A queued message waits for
    `send_at`; one that is held or dead waits for a person, and `last_error` says why.
    """

    __table_args__ = (
        Index("ix_message_waiting", "state", "send_at"),
        Index("ix_message_complaint", "complaint_id", "created_at"),
        Index("ix_message_address", "address", "sent_at"),
        Index("ix_message_webhook", "webhook_id", "created_at"),
        Index(
            "ix_message_notice",
            "notice_id",
            unique=True,
            sqlite_where=text("notice_id IS NOT NULL"),
            postgresql_where=text("notice_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = key()
    once: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[MessageChannel] = mapped_column(code_type(MessageChannel))
    topic: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[UUID | None] = reference("person.id", null=True)
    webhook_id: Mapped[UUID | None] = reference("webhook.id", null=True)
    complaint_id: Mapped[UUID | None] = reference("complaint.id", null=True)
    notice_id: Mapped[UUID | None] = reference("notice.id", null=True)
    """The written notice that it carries."""
    address: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(10), default="")
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    critical: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MessageState] = mapped_column(code_type(MessageState))
    send_at: Mapped[datetime] = moment()
    attempts: Mapped[int] = mapped_column(default=0)
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = moment(null=True)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = moment(index=True)
    sent_at: Mapped[datetime | None] = moment(null=True)

    person: Mapped[Person | None] = relationship()
    complaint: Mapped[Complaint | None] = relationship()
    notice: Mapped[Notice | None] = relationship(back_populates="message")
    deliveries: Mapped[list["Delivery"]] = relationship(order_by="Delivery.at")
    files: Mapped[list["MessageFile"]] = relationship(order_by="MessageFile.id")


class MessageFile(Model):
    """A file that goes along with an e-mail, kept as it was sent."""

    id: Mapped[UUID] = key()
    message_id: Mapped[UUID] = reference("message.id", index=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Delivery(Model):
    """One try to deliver a message, and what the other side said (API-01)."""

    id: Mapped[UUID] = key()
    message_id: Mapped[UUID] = reference("message.id", index=True)
    at: Mapped[datetime] = moment()
    ok: Mapped[bool]
    status: Mapped[int | None]
    said: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float]


class Webhook(Model):
    """Another system that wants to hear of events; `secret` signs what it gets."""

    id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(120))
    topics: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = moment()


class Preference(Model):
    """How one person wants to be told of one topic, or of everything (topic empty)."""

    __table_args__ = (UniqueConstraint("person_id", "topic"),)

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = reference("person.id")
    topic: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[bool]
    sms: Mapped[bool]
    digest: Mapped[bool] = mapped_column(default=False)


class QuietHours(Model):
    """When one person wants no e-mail or SMS, and when the digest comes; in their local time."""

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    digest_at: Mapped[time | None] = mapped_column(Time)


class MessageText(Model):
    """A text that replaces a shipped one: per topic, channel and language (UX-02)."""

    __table_args__ = (UniqueConstraint("topic", "channel", "language"),)

    id: Mapped[UUID] = key()
    topic: Mapped[str] = mapped_column(String(60))
    channel: Mapped[MessageChannel] = mapped_column(code_type(MessageChannel))
    language: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)


class ChannelSetting(Model):
    """What the administrator decided for a whole channel (NOT-04); no row means the defaults."""

    channel: Mapped[MessageChannel] = mapped_column(code_type(MessageChannel), primary_key=True)
    active: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[bool] = mapped_column(default=False)
    """Whether everybody gets what is not critical as one message a day."""
    per_hour: Mapped[int]
    """Most messages to one address in an hour; what is more is held (NOT-03). 0: no limit."""


class SinkMessage(Model):
    """What the demo's own mail and SMS server received; nothing of it ever left the machine."""

    id: Mapped[UUID] = key()
    at: Mapped[datetime] = moment(index=True)
    channel: Mapped[MessageChannel] = mapped_column(code_type(MessageChannel))
    address: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    once: Mapped[str] = mapped_column(String(200), default="")
