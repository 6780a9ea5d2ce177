"""How jobs stand: when each kind last succeeded, how much waits, what is late (JOB-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from tickets.database import db
from tickets.jobs.registry import KINDS, JobKind
from tickets.models import ClockRow, Job, JobHealth
from workflow.words import ClockKind, ClockState, JobState

LATE_AFTER = 3
"""Intervals without a success after which a periodic job counts as late."""

SWEEP_KIND = "sweep"


@dataclass(frozen=True)
class Standing:
    """One kind of job. `backlog` are the rows that wait and are due; `age` is the time since the
    last success; `failed` are the rows that need a person, which a periodic run does not when a
    later one succeeded."""

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
    """Every kind of job that this version knows. A load balancer asks every few seconds, so no
    question here looks at jobs that are done."""
    healths = {row.name: row for row in db.session.scalars(select(JobHealth))}
    counts = _counts(now)
    return [_standing(kind, healths.get(kind.name), counts, now) for kind in KINDS.values()]


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


def overdue_clocks(now: datetime) -> dict[str, int]:
    """How many open clocks of each kind are past their limit."""
    rows = db.session.execute(
        select(ClockRow.kind, func.count())
        .where(ClockRow.state == ClockState.RUNNING, ClockRow.due_at <= now)
        .group_by(ClockRow.kind)
    )
    counts = {row[0].value: row[1] for row in rows}
    return {kind.value: counts.get(kind.value, 0) for kind in ClockKind}


def _counts(now: datetime) -> dict[tuple[str, JobState], int]:
    rows = db.session.execute(
        select(Job.name, Job.state, func.count())
        .where(
            or_(
                and_(Job.state == JobState.WAITING, Job.run_at <= now),
                Job.state.in_((JobState.RUNNING, JobState.FAILED)),
            )
        )
        .group_by(Job.name, Job.state)
    )
    return {(name, state): count for name, state, count in rows}


def _first_row(name: str) -> datetime | None:
    return db.session.scalar(select(func.min(Job.created_at)).where(Job.name == name))


def _standing(
    kind: JobKind, health: JobHealth | None, counts: dict[tuple[str, JobState], int], now: datetime
) -> Standing:
    success = health.last_success_at if health else None
    failure = health.last_failure_at if health else None
    failed = counts.get((kind.name, JobState.FAILED), 0)
    late = False
    if kind.interval is not None:
        since = success or _first_row(kind.name)
        late = since is not None and now - since > LATE_AFTER * kind.interval
        if success is not None and (failure is None or failure < success):
            failed = 0
    return Standing(
        name=kind.name,
        queue=kind.queue,
        interval=kind.interval,
        last_success=success,
        last_failure=failure,
        last_error=health.last_error if health else "",
        seconds=health.seconds if health else None,
        backlog=counts.get((kind.name, JobState.WAITING), 0),
        running=counts.get((kind.name, JobState.RUNNING), 0),
        failed=failed,
        age=now - success if success else None,
        late=late,
    )
