"""Reports that are sent by mail: what, how often, to whom."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model, UuidKey
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.people import Person


class Rhythm(StrEnum):
    """How often a report is sent."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class FileFormat(StrEnum):
    """What kind of file is sent."""

    XLSX = "xlsx"
    CSV = "csv"


class ReportSchedule(Model):
    """One report, sent again and again.

    `scope` are the parameters of the report's own address, the period by its name. `day` is the
    day of the week (1 Monday … 7 Sunday) or of the month (1 … 31, the last one where a month is
    shorter), `hour` that of the operator's clock. `next_at` is the moment of the next sending.
    """

    __table_args__ = (
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("day BETWEEN 1 AND 31", name="day"),
        Index("ix_report_schedule_due", "active", "next_at"),
    )

    id: Mapped[UUID] = key()
    report: Mapped[str] = mapped_column(String(40))
    scope: Mapped[Mapping[str, str]] = mapped_column(JSON)
    rhythm: Mapped[Rhythm] = mapped_column(code_type(Rhythm))
    day: Mapped[int] = mapped_column(default=1)
    hour: Mapped[int]
    format: Mapped[FileFormat] = mapped_column(code_type(FileFormat))
    active: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime] = moment()
    last_at: Mapped[datetime | None] = moment(null=True)
    created_by_id: Mapped[UUID] = reference("person.id", index=True)
    created_at: Mapped[datetime] = moment()

    created_by: Mapped[Person] = relationship()
    recipients: Mapped[list["ReportRecipient"]] = relationship(
        back_populates="schedule", cascade="all, delete-orphan", lazy="selectin"
    )


class ReportRecipient(Model):
    """Somebody who gets a report; the figures are those of their own reach (S-08)."""

    schedule_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("report_schedule.id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("person.id"), primary_key=True, index=True
    )

    schedule: Mapped[ReportSchedule] = relationship(back_populates="recipients")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
