"""Work that is put down as a row and carried later (design §6)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from workflow.values import Json
from workflow.words import JobState


class Job(Model):
    """One piece of work, written in the transaction that wants it, claimed with a lease.

    `once` makes it unique while it is wanted: "sweep@2026-11-23T09:30", or a purpose. `cursor`
    is where a long job goes on after its worker died.
    """

    __table_args__ = (
        UniqueConstraint("name", "once"),
        Index("ix_job_waiting", "state", "queue", "run_at"),
        Index("ix_job_name", "name", "created_at"),
    )

    id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(60))
    queue: Mapped[str] = mapped_column(String(20), default="main")
    once: Mapped[str | None] = mapped_column(String(120))
    payload: Mapped[Mapping[str, Json]] = mapped_column(JSON)
    state: Mapped[JobState] = mapped_column(code_type(JobState))
    run_at: Mapped[datetime] = moment()
    attempts: Mapped[int] = mapped_column(default=0)
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = moment(null=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    cursor: Mapped[str | None] = mapped_column(JSON)
    result: Mapped[Mapping[str, Json] | None] = mapped_column(JSON)
    last_error: Mapped[str] = mapped_column(Text, default="")
    wanted_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    created_at: Mapped[datetime] = moment()
    started_at: Mapped[datetime | None] = moment(null=True)
    finished_at: Mapped[datetime | None] = moment(null=True)


class JobHealth(Model):
    """What is known of one kind of job: when it last succeeded, and what went wrong (JOB-03)."""

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_success_at: Mapped[datetime | None] = moment(null=True)
    last_failure_at: Mapped[datetime | None] = moment(null=True)
    last_error: Mapped[str] = mapped_column(Text, default="")
    seconds: Mapped[float | None]
    """How long the last success took."""
