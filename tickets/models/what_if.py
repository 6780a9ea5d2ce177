"""What if: a question about past months under other limits, and what came out.

Nothing of it is a fact. A run is removed when it has expired or when whoever asked removes it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from workflow.words import ClockKind


class WhatIf(Model):
    """One question. Complaints registered from `starts_at` until before `ends_at` below `paths`,
    the subtrees of units that were overseen when it was asked, as they stood at `asked_at`."""

    id: Mapped[UUID] = key()
    asked_by_id: Mapped[UUID] = reference("person.id", index=True)
    asked_at: Mapped[datetime] = moment()
    expires_at: Mapped[datetime] = moment(index=True)
    name: Mapped[str] = mapped_column(String(120))
    first_month: Mapped[str] = mapped_column(String(7))
    last_month: Mapped[str] = mapped_column(String(7))
    starts_at: Mapped[datetime] = moment()
    ends_at: Mapped[datetime] = moment()
    paths: Mapped[list[str]] = mapped_column(JSON)
    base: Mapped[str] = mapped_column(String(60))
    """What the limits were made of: `version:<key>` or `pack:<name>`."""
    base_title: Mapped[str] = mapped_column(String(160))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """That document as it was then, so that what was changed can be told later."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The limits that were reckoned with."""
    total: Mapped[int]
    looked: Mapped[int] = mapped_column(default=0)
    tally: Mapped[list[list[str | int]]] = mapped_column(JSON)
    """Clocks counted: [kind, unit, result before, result after, how many]."""
    milliseconds: Mapped[int] = mapped_column(default=0)
    """How long it was reckoned, waiting aside."""
    finished_at: Mapped[datetime | None] = moment(null=True)


class WhatIfChange(Model):
    """One clock of one complaint that would have come out otherwise."""

    __table_args__ = (Index("ix_what_if_change_run", "run_id", "kind", "unit_id"),)

    id: Mapped[UUID] = key()
    run_id: Mapped[UUID] = reference("what_if.id")
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    kind: Mapped[ClockKind] = mapped_column(code_type(ClockKind))
    unit_id: Mapped[UUID] = reference("unit.id")
    before: Mapped[str] = mapped_column(String(8))
    after: Mapped[str] = mapped_column(String(8))
