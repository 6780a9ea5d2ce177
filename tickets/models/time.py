"""Time as it is stored: the limits in force, the clocks as last reckoned, alerts, absences.

Events and limits are the facts. A `ClockRow` is what `workflow.clocks` made of them: it is kept
so that lists can sort, the sweep can find what is due, and ended results stay as they were.
"""

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.people import Person
from workflow.words import ClockKind, ClockState


class LimitsVersion(Model):
    """One version of the limits: rules, ladder and calendars in one document, never changed.

    `active` is true for the one in force and empty for all others. A version that was never
    activated is a draft and may be edited; from then on only `active` and `retired_at` change.
    """

    id: Mapped[UUID] = key()
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(120))
    pack: Mapped[str] = mapped_column(String(40), default="")
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    active: Mapped[bool | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = moment()
    created_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    changed_at: Mapped[datetime] = moment()
    activated_at: Mapped[datetime | None] = moment(null=True)
    retired_at: Mapped[datetime | None] = moment(null=True)

    created_by: Mapped[Person | None] = relationship()


class ClockRow(Model):
    """One clock of one complaint, as it stood after its last event.

    `subject` is the work order's key in hexadecimal, or empty for the complaint's own clocks;
    `turn` counts the recurrences of one clock in one cycle. Spans are whole seconds. `due_at` is
    empty while the clock is paused; `look_at` is when the sweep has to look at it next.
    """

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("complaint_id", "kind", "cycle", "subject", "turn"),
        Index("ix_clock_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_clock_unit", "state", "unit_id", "kind", "due_at"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    kind: Mapped[ClockKind] = mapped_column(code_type(ClockKind))
    cycle: Mapped[int]
    subject: Mapped[str] = mapped_column(String(32), default="")
    turn: Mapped[int] = mapped_column(default=1)
    unit_id: Mapped[UUID] = reference("unit.id")
    state: Mapped[ClockState] = mapped_column(code_type(ClockState))
    limits_id: Mapped[UUID] = reference("limits_version.id")
    rule: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime] = moment()
    target: Mapped[int]
    used: Mapped[int]
    """Seconds counted up to `reckoned_at`; exact when the clock is paused or has ended."""
    due_at: Mapped[datetime | None] = moment(null=True)
    amber_at: Mapped[datetime | None] = moment(null=True)
    """When three quarters of it are used up, while it runs."""
    provisional: Mapped[bool] = mapped_column(default=False)
    breached_at: Mapped[datetime | None] = moment(null=True)
    held_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    """Who was responsible when the limit was missed."""
    ended_at: Mapped[datetime | None] = moment(null=True)
    reckoned_at: Mapped[datetime] = moment()
    look_at: Mapped[datetime | None] = moment(null=True)
    troubles: Mapped[int] = mapped_column(default=0)
    """How often in a row the sweep failed on this row; it is pushed ahead, never given up."""


ToldPerson = TypedDict("ToldPerson", {"person": str, "for": str | None, "why": str})
"""One recipient of an alert: keys of the person and of whom they stood in for, and the code of
`workflow.limits.Tell` they were told as."""


class Alert(Model):
    """One rung of the ladder that one clock reached: at most once, by its key (ESC-01)."""

    __table_args__ = (
        UniqueConstraint("clock_id", "rung"),
        Index("ix_alert_complaint", "complaint_id", "at"),
    )

    id: Mapped[UUID] = key()
    clock_id: Mapped[UUID] = reference("clock.id")
    complaint_id: Mapped[UUID] = reference("complaint.id")
    rung: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = moment()
    """When the rung was reached."""
    found_at: Mapped[datetime] = moment()
    """When the sweep found it; later than `at` after an outage."""
    late: Mapped[bool] = mapped_column(default=False)
    told: Mapped[list[ToldPerson]] = mapped_column(JSON)
    """Who was told, and whom they stood in for."""
    acknowledged_at: Mapped[datetime | None] = moment(null=True)
    acknowledged_by_id: Mapped[UUID | None] = reference("person.id", null=True)


class Reminder(Model):
    """Somebody wants to be reminded of a complaint at a moment of their choosing (ESC-02)."""

    __table_args__ = (
        UniqueConstraint("complaint_id", "person_id", "due_at"),
        Index("ix_reminder_due", "done_at", "due_at"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    person_id: Mapped[UUID] = reference("person.id")
    due_at: Mapped[datetime] = moment()
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = moment()
    done_at: Mapped[datetime | None] = moment(null=True)


class Absence(Model):
    """Somebody is away for a time, and who stands in (OWN-06). Accountability moves and returns."""

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="in_order"),
        CheckConstraint("person_id <> substitute_id", name="somebody_else"),
        Index("ix_absence_person", "person_id", "ends_at"),
        Index("ix_absence_substitute", "substitute_id", "ends_at"),
    )

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = reference("person.id")
    substitute_id: Mapped[UUID] = reference("person.id")
    starts_at: Mapped[datetime] = moment()
    ends_at: Mapped[datetime] = moment()
    note: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[UUID] = reference("person.id")
    created_at: Mapped[datetime] = moment()

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    substitute: Mapped[Person] = relationship(foreign_keys=[substitute_id])
