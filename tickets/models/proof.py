"""What proves a history: what was there at the upgrade, and what was anchored outside."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model
from tickets.models.columns import key, moment
from workflow.values import Json


class Baseline(Model):
    """The columns that old events do not hold, as the upgrade found them.

    `seq` is the last event there was; from the next one on events say what they change. Only the
    upgrade writes it. `subject` is "complaint", or the subject of administration events.
    """

    __table_args__ = (UniqueConstraint("subject", "subject_id"),)

    id: Mapped[UUID] = key()
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    rows: Mapped[Mapping[str, Mapping[str, Mapping[str, Json]]]] = mapped_column(JSON)
    taken_at: Mapped[datetime] = moment()


class AdminHead(Model):
    """Where the chain of one subject of administration events ends, so that a missing end shows."""

    subject: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    anchored: Mapped[int] = mapped_column(default=0)
    """Up to which of its events the anchors reach."""


class Anchor(Model):
    """One day's root over everything that changed, as it was sent outside.

    `body` is the very text that was hashed and signed; `token` what a time-stamping server said.
    """

    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    id: Mapped[UUID] = key()
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime] = moment()
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(120), default="")
    """Base64 of Ed25519; empty while there is no key."""
    token: Mapped[str] = mapped_column(Text, default="")
    """Base64 of the answer of an RFC 3161 server; empty when none was asked or none answered."""


class AnchorLeaf(Model):
    """One chain as it stood when it was anchored: the complaint's, or that of a subject.

    `number` is the anchor's; leaves are put down in steps before their anchor is made.
    """

    __table_args__ = (
        UniqueConstraint("number", "place"),
        Index("ix_anchor_leaf_subject", "subject", "subject_id", "number"),
    )

    id: Mapped[UUID] = key()
    number: Mapped[int]
    place: Mapped[int]
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    named: Mapped[str] = mapped_column(String(40))
    """The complaint's number as customers know it, or the subject again."""
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    columns: Mapped[str] = mapped_column(String(64))
    """Digest of the covered columns at that moment."""


class AnchorAddress(Model):
    """Where every anchor is sent by e-mail."""

    id: Mapped[UUID] = key()
    address: Mapped[str] = mapped_column(String(200), unique=True)
    added_at: Mapped[datetime] = moment()
