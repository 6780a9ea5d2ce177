"""How jobs stand: when each kind last succeeded, how much waits, what is late (JOB-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tickets.database import db
from tickets.jobs.registry import KINDS, Kind
from tickets.models import ClockRow, Job, JobHealth
from workflow.words import JobState

LATE_AFTER = 3
"""Intervals without a success after which a periodic job counts as late."""

SWEEP_KIND = "sweep"


@dataclass(frozen=True)
class Standing:
    """One kind of job. `backlog` are the rows that wait and are due; `age` is the time since the
    last success."""

    name: str
    queue: str
    interval: timedelta | None
    last_success: datetime | None
    last_failure: datetime | None
    last_error: str
    seconds: float | None
    backlog: int
    running: int
    failed: int
    age: timedelta | None
    late: bool


def standings(now: datetime) -> Sequence[Standing]:
    """Every kind of job that this version knows; three queries."""
    healths = {row.name: row for row in db.session.scalars(select(JobHealth))}
    counts = _counts()
    asked = select(Job.name, func.min(Job.created_at)).group_by(Job.name)
    first_rows = {row[0]: row[1] for row in db.session.execute(asked)}
    return [
        _standing(kind, healths.get(kind.name), counts, first_rows.get(kind.name), now)
        for kind in KINDS.values()
    ]


def sweep_is_late(found: Sequence[Standing], now: datetime) -> bool:
    """Whether nobody looks at the clocks: the sweep is late, or it never ran and some clock has
    been due for as long."""
    for each in found:
        if each.name == SWEEP_KIND and each.interval is not None:
            if each.last_success is not None or each.late:
                return each.late
            return _due_before(now - LATE_AFTER * each.interval)
    return False


def _due_before(moment: datetime) -> bool:
    found = select(ClockRow.id).where(ClockRow.look_at <= moment).limit(1)
    return db.session.scalar(found) is not None


def _counts() -> dict[tuple[str, JobState], int]:
    rows = db.session.execute(
        select(Job.name, Job.state, func.count())
        .where(Job.state != JobState.DONE)
        .group_by(Job.name, Job.state)
    )
    return {(name, state): count for name, state, count in rows}


def _standing(
    kind: Kind,
    health: JobHealth | None,
    counts: dict[tuple[str, JobState], int],
    first_row: datetime | None,
    now: datetime,
) -> Standing:
    success = health.last_success_at if health else None
    since = success or first_row
    late = (
        kind.interval is not None and since is not None and now - since > LATE_AFTER * kind.interval
    )
    return Standing(
        name=kind.name,
        queue=kind.queue,
        interval=kind.interval,
        last_success=success,
        last_failure=health.last_failure_at if health else None,
        last_error=health.last_error if health else "",
        seconds=health.seconds if health else None,
        backlog=counts.get((kind.name, JobState.WAITING), 0),
        running=counts.get((kind.name, JobState.RUNNING), 0),
        failed=counts.get((kind.name, JobState.FAILED), 0),
        age=now - success if success else None,
        late=late,
    )
