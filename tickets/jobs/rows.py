"""Job rows: putting them down, claiming one, and what became of it.

Every function works in the caller's transaction. A claim has a lease: a worker that dies is
silent, the lease runs out, and another one takes the job (JOB-01). `now` is always the
application's; the database's own clock is never asked (CON-03).
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from tickets.database import db, new_id
from tickets.jobs.registry import KINDS, MAIN, Kind
from tickets.models import Job, JobHealth
from workflow.words import JobState

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
KEPT_FOR = timedelta(days=14)
"""Rows of jobs that are done are removed after this; failed ones stay until somebody looks."""

LONGEST_ERROR = 4_000


def put(
    name: str,
    payload: dict[str, Any] | None = None,
    *,
    now: datetime,
    once: str | None = None,
    run_at: datetime | None = None,
    wanted_by: UUID | None = None,
) -> Job:
    """Put a job down. `once` makes it the only one of its name and purpose: put down again, the
    row that is there is answered."""
    kind = KINDS.get(name)
    row = Job(
        id=new_id(),
        name=name,
        queue=kind.queue if kind else MAIN,
        once=once,
        payload=payload or {},
        state=JobState.WAITING,
        run_at=run_at or now,
        created_at=now,
        wanted_by_id=wanted_by,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        there = db.session.scalar(select(Job).where(Job.name == name, Job.once == once))
        if there is None:
            raise
        return there
    return row


def put_periodic(kind: Kind, now: datetime) -> bool:
    """Put down this interval's run of a periodic job; False when it is there already, or an
    earlier one still waits or runs. Intervals are counted in UTC, so that a clock change neither
    skips nor doubles one (C-17)."""
    if kind.interval is None:
        return False
    seconds = int(kind.interval.total_seconds())
    slot = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    once = f"@{slot.isoformat()}"
    in_hand = exists().where(
        Job.name == kind.name,
        or_(Job.state.in_((JobState.WAITING, JobState.RUNNING)), Job.once == once),
    )
    if db.session.scalar(select(in_hand)):
        return False
    return put(kind.name, now=now, once=once).created_at == now


def claim(queue: str, worker: str, now: datetime) -> Job | None:
    """Take the job that waits longest, or one whose worker fell silent."""
    return _claim(select(Job).where(Job.queue == queue, _is_due(now)), worker, now)


def claim_row(job_id: UUID, worker: str, now: datetime) -> Job | None:
    """Take this job, if nobody has it."""
    return _claim(select(Job).where(Job.id == job_id, _is_due(now)), worker, now)


def due(queues: Collection[str], now: datetime) -> dict[UUID, str]:
    """Every job that somebody should take, with its queue."""
    rows = db.session.execute(
        select(Job.id, Job.queue).where(Job.queue.in_(queues), _is_due(now)).order_by(Job.run_at)
    )
    return {row.id: row.queue for row in rows}


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Job.state == JobState.WAITING, Job.run_at <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until <= now),
    )


def _claim(query: Select[Job], worker: str, now: datetime) -> Job | None:
    row = db.session.scalars(
        query.order_by(Job.run_at).limit(1).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.state, row.lease_by = JobState.RUNNING, worker
    row.lease_until = now + lease_of(row)
    row.attempts += 1
    row.started_at = now
    return row


def lease_of(row: Job) -> timedelta:
    kind = KINDS.get(row.name)
    return kind.lease if kind else timedelta(minutes=2)


def hold(job_id: UUID, worker: str, until: datetime, **progress: Any) -> bool:
    """Prolong the lease and note progress; False when another worker has the job."""
    done = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.lease_by == worker, Job.state == JobState.RUNNING)
        .values(lease_until=until, **progress)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def finish(job_id: UUID, name: str, worker: str, started: datetime, now: datetime) -> bool:
    """Mark it done, in the transaction of its effect; False when another worker has it."""
    held = hold(
        job_id, worker, now, state=JobState.DONE, finished_at=now, last_error="", lease_by=None
    )
    if held:
        health = _health(name)
        health.last_success_at, health.seconds = now, (now - started).total_seconds()
    return held


def fail(job_id: UUID, worker: str, error: str, now: datetime) -> None:
    """Try again later, ever later; after the last try it stays, for a person to look at."""
    row = db.session.get(Job, job_id, with_for_update=True)
    if row is None or row.lease_by != worker:
        return
    kind = KINDS.get(row.name)
    tries = kind.tries if kind else 1
    row.last_error = error[-LONGEST_ERROR:]
    row.lease_by = row.lease_until = None
    row.state = JobState.FAILED if row.attempts >= tries else JobState.WAITING
    row.run_at = now + min(FIRST_WAIT * 2 ** min(row.attempts, 10), LONGEST_WAIT)
    health = _health(row.name)
    health.last_failure_at, health.last_error = now, row.last_error


def run_again(row: Job, now: datetime) -> None:
    """A person has looked: it may try again from where it stood."""
    row.state, row.run_at, row.attempts = JobState.WAITING, now, 0


def remove_old(now: datetime) -> int:
    """Remove the rows of jobs done long ago; what failed long ago and periodically goes too."""
    periodic = [name for name, kind in KINDS.items() if kind.interval is not None]
    old = or_(
        Job.state == JobState.DONE,
        and_(Job.state == JobState.FAILED, Job.name.in_(periodic)),
    )
    done = db.session.execute(
        delete(Job)
        .where(old, Job.created_at < now - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def health_of_all() -> Sequence[JobHealth]:
    return db.session.scalars(select(JobHealth).order_by(JobHealth.name)).all()


def _health(name: str) -> JobHealth:
    row = db.session.get(JobHealth, name)
    if row is None:
        row = JobHealth(name=name)
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            row = db.session.get_one(JobHealth, name, populate_existing=True)
    return row
