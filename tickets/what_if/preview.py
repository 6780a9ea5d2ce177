"""What other limits would do to the complaints that are open now (SLA-11).

Complaints are looked at in batches, so that a page can show how far it is and nothing is capped:
`look` answers one batch and where the next begins. Closed complaints are never looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tickets.clocks.timekeeping import due_under
from tickets.database import db
from tickets.models import Complaint
from workflow.limits import Limits
from workflow.words import OPEN, ClockKind

BATCH = 100


@dataclass(frozen=True)
class DueMove:
    """One clock whose due moment would be another; `after` is None when it would run no more."""

    number: str
    clock: ClockKind
    before: datetime | None
    after: datetime | None
    now: datetime

    @property
    def earlier(self) -> bool:
        return self.before is not None and self.after is not None and self.after < self.before

    @property
    def later(self) -> bool:
        return self.before is not None and self.after is not None and self.after > self.before

    @property
    def becomes_late(self) -> bool:
        was_late = self.before is not None and self.before < self.now
        return self.after is not None and self.after < self.now and not was_late

    @property
    def no_longer_late(self) -> bool:
        was_late = self.before is not None and self.before < self.now
        return was_late and not (self.after is not None and self.after < self.now)


@dataclass(frozen=True)
class Counts:
    """How many, added up over the batches so far; all but the first two count clocks."""

    looked: int = 0
    complaints: int = 0
    earlier: int = 0
    later: int = 0
    stopped: int = 0
    late: int = 0
    relieved: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + its for mine, its in zip(self.all, other.all, strict=True)))

    @property
    def all(self) -> tuple[int, ...]:
        return (
            self.looked,
            self.complaints,
            self.earlier,
            self.later,
            self.stopped,
            self.late,
            self.relieved,
        )


@dataclass(frozen=True)
class PreviewBatch:
    """What one batch of open complaints came to; `next` is None after the last one."""

    counts: Counts
    moves: list[DueMove] = field(default_factory=list)
    next: UUID | None = None


def look(
    limits: Limits, now: datetime, *, after: UUID | None = None, size: int | None = None
) -> PreviewBatch:
    """The effect on the next open complaints after the one given, the oldest first."""
    size = size or BATCH
    query = select(Complaint).where(Complaint.status.in_(OPEN)).order_by(Complaint.id).limit(size)
    if after is not None:
        query = query.where(Complaint.id > after)
    rows = db.session.scalars(query).all()
    moves = [move for complaint in rows for move in moves_of(complaint, limits, now)]
    last = rows[-1].id if len(rows) == size else None
    return PreviewBatch(_counted(len(rows), moves), moves, last)


def moves_of(complaint: Complaint, limits: Limits, now: datetime) -> Iterator[DueMove]:
    """The clocks of one complaint that would be due at another moment."""
    for clock, (before, after) in due_under(complaint, limits, now).items():
        if before != after:
            yield DueMove(complaint.number, clock.kind, before, after, now)


def open_complaints() -> int:
    """How many complaints there are to look at."""
    query = select(func.count()).select_from(Complaint).where(Complaint.status.in_(OPEN))
    return db.session.scalar(query) or 0


def _counted(looked: int, moves: list[DueMove]) -> Counts:
    return Counts(
        looked=looked,
        complaints=len({move.number for move in moves}),
        earlier=sum(move.earlier for move in moves),
        later=sum(move.later for move in moves),
        stopped=sum(move.after is None for move in moves),
        late=sum(move.becomes_late for move in moves),
        relieved=sum(move.no_longer_late for move in moves),
    )
