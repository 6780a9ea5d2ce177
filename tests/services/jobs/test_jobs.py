"""Jobs: put down with what wants them, run once, taken over when a worker dies (JOB-01…08)."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Transaction
from tests.job_rows import MINUTE, Clock, note, notes, put, state
from tickets import jobs
from tickets.database import db, writing
from tickets.jobs import rows
from tickets.jobs.registry import MAIN, QUEUES, SWEEP, JobKind
from tickets.models import Category, Job, JobHealth
from tickets.workers.running import run_one, tick
from workflow.words import JobState


def test_a_job_runs_once_and_is_done_with_its_effect(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    kinds["a"] = JobKind("a", lambda work: note(f"job-{work.payload['which']}"))
    put(app, "a", clock.at, payload={"which": 1})

    assert run_one(app, MAIN, "w1")
    assert not run_one(app, MAIN, "w1")
    assert notes(transaction) == ["job-1"]
    assert state(transaction) == [(JobState.DONE, 1)]


def test_a_request_that_is_rolled_back_leaves_no_job(
    app: Flask, transaction: Transaction, clock: Clock
) -> None:
    """JOB-08."""
    with app.app_context(), writing():
        jobs.put("adopt_limits", {"limits": "x"}, now=clock.at)
        db.session.rollback()

    assert state(transaction) == []


def test_the_same_purpose_twice_is_one_job(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    put(app, "a", clock.at, once="the same")
    put(app, "a", clock.at, once="the same")

    assert len(state(transaction)) == 1


def test_a_job_whose_worker_died_runs_again_after_the_lease(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    """JOB-01: a lease that runs out, not a flag that stays."""
    kinds["a"] = JobKind("a", lambda _work: note("job-a"), lease=MINUTE)
    put(app, "a", clock.at)
    with app.app_context(), writing():
        assert rows.claim(MAIN, "the dead", clock.at) is not None
        db.session.commit()

    assert not run_one(app, MAIN, "w2")
    clock.at += MINUTE
    assert run_one(app, MAIN, "w2")
    assert notes(transaction) == ["job-a"]


def test_a_worker_that_was_silent_too_long_stores_nothing(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    """JOB-05: whoever lost the lease cannot mark it done, so the effect is there once."""

    def slow(work: jobs.Work) -> None:
        note("job-slow")
        if work.payload.get("meanwhile"):
            return
        db.session.rollback()
        clock.at += 2 * MINUTE
        with app.app_context(), writing():
            other = rows.claim(MAIN, "other", clock.at)
            assert other is not None
            db.session.commit()
        note("job-slow")

    kinds["a"] = JobKind("a", slow, lease=MINUTE)
    put(app, "a", clock.at)

    run_one(app, MAIN, "w1")
    assert notes(transaction) == []
    assert state(transaction) == [(JobState.RUNNING, 2)]


def test_a_job_that_fails_leaves_nothing_and_is_tried_later_then_shown(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    def broken(_work: jobs.Work) -> None:
        note("job-half")
        raise ValueError("no")

    kinds["a"] = JobKind("a", broken, tries=2)
    put(app, "a", clock.at)

    assert run_one(app, MAIN, "w1")
    assert state(transaction) == [(JobState.WAITING, 1)]
    assert not run_one(app, MAIN, "w1")
    clock.at += timedelta(hours=1)
    assert run_one(app, MAIN, "w1")

    assert state(transaction) == [(JobState.FAILED, 2)]
    assert notes(transaction) == []
    with transaction() as session:
        health = session.get_one(JobHealth, "a")
        assert "ValueError: no" in health.last_error
        assert health.last_success_at is None


def test_one_poisoned_job_blocks_no_other(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    def picky(work: jobs.Work) -> None:
        if work.payload["which"] == 0:
            raise ValueError("poison")
        note(f"job-{work.payload['which']}")

    kinds["a"] = JobKind("a", picky)
    for which in range(3):
        put(app, "a", clock.at, payload={"which": which})

    while run_one(app, MAIN, "w1"):
        pass
    assert notes(transaction) == ["job-1", "job-2"]


def test_a_long_job_goes_on_where_it_stood_when_it_was_killed(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    class Killed(BaseException):
        """Nothing can be caught on the way out, as with SIGKILL."""

    seen: list[int] = []

    def long(work: jobs.Work) -> None:
        for step in range(work.cursor or 0, 4):
            seen.append(step)
            note(f"job-{step}")
            if step == 2 and len(seen) == 3:
                raise Killed
            work.save(step + 1, done=step + 1, total=4)

    kinds["a"] = JobKind("a", long, lease=MINUTE)
    put(app, "a", clock.at)
    with pytest.raises(Killed):
        run_one(app, MAIN, "w1")
    with transaction() as session:
        job = session.scalars(select(Job)).one()
        assert (job.done, job.total, job.cursor) == (2, 4, 2)

    clock.at += MINUTE
    assert run_one(app, MAIN, "w2")
    assert seen == [0, 1, 2, 2, 3]
    assert notes(transaction) == [f"job-{step}" for step in range(4)]


def test_a_periodic_job_is_put_down_once_however_many_tickers_there_are(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    """JOB-04; the next interval has its own, when the one before is done."""
    kinds["p"] = JobKind("p", lambda _work: None, SWEEP, timedelta(seconds=30))
    for _ in range(3):
        tick(app)
    assert len(state(transaction)) == 1

    clock.at += timedelta(seconds=30)
    tick(app)
    assert len(state(transaction)) == 1  # the one before still waits: nothing piles up
    assert run_one(app, SWEEP, "w1")
    tick(app)
    assert len(state(transaction)) == 2


def test_a_periodic_job_runs_once_on_the_days_when_clocks_change(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    """C-17: intervals are counted in UTC."""
    kinds["p"] = JobKind("p", lambda _work: None, SWEEP, timedelta(days=1))
    for day in ("2025-03-30", "2025-10-26"):
        for hour in range(24):
            clock.at = datetime.fromisoformat(f"{day}T{hour:02}:30:00+00:00")
            tick(app)
            run_one(app, SWEEP, "w1")

    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2


def test_queues_have_workers_of_their_own(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    """JOB-02: whatever waits in the others, the sweep's worker finds the sweep."""
    kinds["long"] = JobKind("long", lambda _work: note("job-long"))
    kinds["sweep"] = JobKind("sweep", lambda _work: note("job-sweep"), SWEEP)
    for _ in range(3):
        put(app, "long", clock.at)
    put(app, "sweep", clock.at)

    assert run_one(app, SWEEP, "w1")
    assert notes(transaction) == ["job-sweep"]
    assert SWEEP in QUEUES


def test_rows_of_jobs_done_long_ago_are_removed_and_failed_ones_stay(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    kinds["a"] = JobKind("a", lambda _work: None)
    kinds["b"] = JobKind("b", lambda _work: 1 / 0, tries=1)  # type: ignore[arg-type, return-value]
    put(app, "a", clock.at)
    put(app, "b", clock.at)
    while run_one(app, MAIN, "w1"):
        pass

    with app.app_context(), writing():
        assert rows.remove_old(clock.at + timedelta(days=15)) == 1
        db.session.commit()
    assert state(transaction) == [(JobState.FAILED, 1)]


def test_the_error_of_a_job_names_no_customer(
    app: Flask, transaction: Transaction, clock: Clock, kinds: dict[str, JobKind]
) -> None:
    """What a statement carried is not kept with its error."""
    said = " ".join(["what", "a", "customer", "said"])

    def twice(_work: jobs.Work) -> None:
        for _ in range(2):
            db.session.add(Category(code=said, names={}))
        db.session.flush()

    kinds["a"] = JobKind("a", twice, tries=1)
    put(app, "a", clock.at)
    assert run_one(app, MAIN, "w1")

    with transaction() as session:
        error = session.scalars(select(Job)).one().last_error
    assert "IntegrityError" in error
    assert said not in error
