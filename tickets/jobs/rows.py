"""Job rows: putting them down, claiming one, and what became of it.

Every function works in the caller's transaction. A claim has a lease: a worker that dies is
silent, the lease runs out, and another one takes the job (JOB-01). `now` is always the
application's; the database's own clock is never asked (CON-03).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from tickets.database import db, new_id
from tickets.jobs.registry import KINDS, MAIN, JobKind
from tickets.models import Job, JobHealth
from workflow.values import Json
from workflow.words import JobState

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
KEPT_FOR = timedelta(days=14)
"""Rows of jobs that are done are removed after this; failed ones stay until somebody looks."""
PERIODIC_KEPT_FOR = timedelta(days=1)
"""Those of periodic jobs go sooner: there are 20,000 a day, and `JobHealth` remembers the last."""
MOST_STARTS = 10
"""A job that was started so often without getting further kills its workers; a person must look."""
KILLS_ITS_WORKERS = "Started {} times, and each time the worker died or fell silent."

LONGEST_ERROR = 4_000


def put(
    name: str,
    payload: Mapping[str, Json] | None = None,
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
    db.session.flush()  # or what the caller holds would fail in here, as if it were the duplicate
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        there = db.session.scalar(select(Job).where(Job.name == name, Job.once == once))
        if there is None:
            raise
        return there
    return row


def periodic_wanted(now: datetime) -> Sequence[JobKind]:
    """The periodic jobs whose interval has begun, and which neither ran in it nor still wait or
    run from an earlier one; only reads."""
    slots = {kind: _slot(kind, now) for kind in KINDS.values() if kind.interval is not None}
    in_hand = select(Job.name).where(Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    there = select(Job.name).where(
        tuple_(Job.name, Job.once).in_([(kind.name, slot) for kind, slot in slots.items()])
    )
    # Two questions, each with its index; one with an "or" would read every row of the name.
    names = {*db.session.scalars(in_hand.distinct()), *db.session.scalars(there)}
    return [kind for kind in slots if kind.name not in names]


def put_periodic(now: datetime) -> int:
    """Put down what is wanted, each with its interval as purpose, so that several tickers make
    one (JOB-04); returns how many. Intervals are counted in UTC, so that a clock change neither
    skips nor doubles one (C-17)."""
    wanted = periodic_wanted(now)
    for kind in wanted:
        put(kind.name, now=now, once=_slot(kind, now))
    return len(wanted)


def _slot(kind: JobKind, now: datetime) -> str:
    if kind.interval is None:
        raise ValueError(f"{kind.name} is not periodic")
    seconds = int(kind.interval.total_seconds())
    begins = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    return f"@{begins.isoformat()}"


def is_any_due(queue: str, now: datetime) -> bool:
    """Whether a worker of the queue has something to claim; only reads."""
    return bool(
        db.session.scalar(
            select(
                or_(
                    exists().where(Job.queue == queue, _was_left(now)),
                    exists().where(Job.queue == queue, _waits(now)),
                )
            )
        )
    )


def claim(queue: str, worker: str, now: datetime) -> Job | None:
    """Take a job whose worker fell silent, or the one that waits longest."""
    # Two questions, because one with an "or" would sort everything that waits for every claim.
    for due in (_was_left(now), _waits(now)):
        row = _claim(select(Job).where(Job.queue == queue, due), worker, now)
        if row is not None:
            return row
    return None


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
    return or_(_waits(now), _was_left(now))


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(Job.state == JobState.WAITING, Job.run_at <= now)


def _was_left(now: datetime) -> ColumnElement[bool]:
    return and_(Job.state == JobState.RUNNING, Job.lease_until <= now, Job.attempts < MOST_STARTS)


def _kills(now: datetime) -> ColumnElement[bool]:
    return and_(Job.state == JobState.RUNNING, Job.lease_until <= now, Job.attempts >= MOST_STARTS)


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


def is_to_be_given_up(now: datetime) -> bool:
    """Whether `give_up` would find something; only reads."""
    return bool(db.session.scalar(select(exists().where(_kills(now)))))


def give_up(now: datetime) -> int:
    """Let what kills its workers fail, so that it kills no more; returns how many."""
    found = db.session.scalars(
        select(Job).where(_kills(now)).with_for_update(skip_locked=True)
    ).all()
    for row in found:
        row.last_error = KILLS_ITS_WORKERS.format(row.attempts)
        _note_failure(row, JobState.FAILED, now)
    return len(found)


def lease_of(row: Job) -> timedelta:
    kind = KINDS.get(row.name)
    return kind.lease if kind else timedelta(minutes=2)


def hold(job_id: UUID, worker: str, until: datetime, **progress: object) -> bool:
    """Prolong the lease and note progress; False when another worker has the job."""
    done = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.lease_by == worker, Job.state == JobState.RUNNING)
        .values(lease_until=until, **progress)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]  # every result of an UPDATE has it


def hand_back(job_id: UUID, worker: str, now: datetime, **progress: object) -> bool:
    """Let another worker go on with it at once; False when one has it already."""
    return hold(job_id, worker, now, state=JobState.WAITING, run_at=now, lease_by=None, **progress)


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
    row.last_error = _without_values(error)[-LONGEST_ERROR:]
    _note_failure(row, JobState.FAILED if row.attempts >= tries else JobState.WAITING, now)


def _note_failure(row: Job, state: JobState, now: datetime) -> None:
    row.state, row.lease_by, row.lease_until = state, None, None
    row.run_at = now + min(FIRST_WAIT * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT)
    health = _health(row.name)
    health.last_failure_at, health.last_error = now, row.last_error


def _without_values(error: str) -> str:
    """PostgreSQL tells in a line of its own what stood in the row; a customer may stand there."""
    return "\n".join(line for line in error.splitlines() if not line.startswith("DETAIL:"))


def run_again(row: Job, now: datetime) -> None:
    """A person has looked: it may try again from where it stood."""
    row.state, row.run_at, row.attempts = JobState.WAITING, now, 0


def remove_old(now: datetime) -> int:
    """Remove the rows of jobs that were done long ago, and of periodic ones that failed."""
    periodic = Job.name.in_([name for name, kind in KINDS.items() if kind.interval is not None])
    ended = func.coalesce(Job.finished_at, Job.created_at)
    done = db.session.execute(
        delete(Job)
        .where(
            or_(
                and_(Job.state == JobState.DONE, ended < now - KEPT_FOR),
                and_(
                    Job.state.in_((JobState.DONE, JobState.FAILED)),
                    periodic,
                    ended < now - PERIODIC_KEPT_FOR,
                ),
            )
        )
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # every result of an UPDATE has it


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
