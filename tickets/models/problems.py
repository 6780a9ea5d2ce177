"""Root causes as objects: a problem, the complaints it causes, and what was done about it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.catalogue import Category, Cause
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.people import Person
from tickets.models.units import Unit
from workflow.values import Json
from workflow.words import ProblemKind


class Problem(Model):
    """One cause of many complaints (REO-08). It is open while `closed_at` is empty.

    `category` is what its complaints are about, `cause` what was found to lie behind them.
    `progress` and `expected_at` are shared with the customers of all linked complaints.
    """

    __table_args__ = (Index("ix_problem_open", "closed_at", "due_at"),)

    id: Mapped[UUID] = key()
    number: Mapped[str] = mapped_column(String(12), unique=True)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ProblemKind] = mapped_column(code_type(ProblemKind))
    unit_id: Mapped[UUID] = reference("unit.id", index=True)
    category_id: Mapped[UUID] = reference("category.id", index=True)
    cause_id: Mapped[UUID | None] = reference("cause.id", null=True)
    owner_id: Mapped[UUID] = reference("person.id")
    measure: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None] = moment(null=True)
    effective_at: Mapped[datetime | None] = moment(null=True)
    """When the measure took effect: complaints before and after it are compared."""
    progress: Mapped[str] = mapped_column(Text, default="")
    progress_at: Mapped[datetime | None] = moment(null=True)
    expected_at: Mapped[datetime | None] = moment(null=True)
    opened_at: Mapped[datetime] = moment()
    opened_by_id: Mapped[UUID] = reference("person.id")
    closed_at: Mapped[datetime | None] = moment(null=True)
    closed_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    effect: Mapped[str] = mapped_column(Text, default="")
    """What was achieved, in the words of whoever closed it."""

    unit: Mapped[Unit] = relationship()
    category: Mapped[Category] = relationship()
    cause: Mapped[Cause | None] = relationship()
    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": version}


class ProblemLink(Model):
    """That a complaint comes from a problem, from when until when; rows are never removed."""

    __table_args__ = (
        Index(
            "uq_problem_link_living",
            "complaint_id",
            "problem_id",
            unique=True,
            sqlite_where=text("unlinked_at IS NULL"),
            postgresql_where=text("unlinked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = key()
    problem_id: Mapped[UUID] = reference("problem.id", index=True)
    complaint_id: Mapped[UUID] = reference("complaint.id")
    linked_at: Mapped[datetime] = moment()
    linked_by_id: Mapped[UUID] = reference("person.id")
    unlinked_at: Mapped[datetime | None] = moment(null=True)
    unlinked_by_id: Mapped[UUID | None] = reference("person.id", null=True)


class ProblemEvent(Model):
    """What was changed about a problem, by whom; add-only."""

    __table_args__ = (Index("ix_problem_event_problem", "problem_id", "at"),)

    id: Mapped[UUID] = key()
    problem_id: Mapped[UUID] = reference("problem.id")
    at: Mapped[datetime] = moment()
    by_id: Mapped[UUID] = reference("person.id")
    action: Mapped[str] = mapped_column(String(24))
    data: Mapped[Mapping[str, Json]] = mapped_column(JSON)

    by: Mapped[Person] = relationship()
