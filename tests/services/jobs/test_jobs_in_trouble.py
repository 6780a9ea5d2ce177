"""Jobs that stop half-way, kill their workers or fail for ever: none is lost, all are shown."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.conftest import Transaction
from tests.job_rows import MINUTE, Clock, Kinds, note, notes, put, state
from tickets import jobs
from tickets.database import db, writing
from tickets.jobs import rows
from tickets.jobs.health import standings
from tickets.jobs.registry import MAIN, MESSAGES, JobKind
from tickets.models import Job, JobHealth
from tickets.workers.running import run_one, tick
from workflow.words import JobState


def only(transaction: Transaction) -> Job:
    with transaction() as session:
        job = session.scalars(select(Job)).one()
        session.expunge(job)
        return job


def steps(work: jobs.Work) -> None:
    for step in range(work.cursor or 0, 4):
        note(f"job-{step}")
        work.save(step + 1, done=work.done + 1, total=4)


def test_a_job_is_handed_back_when_its_process_stops(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    """Nobody waits for a lease because of a restart in order."""
    stopping = threading.Event()

    def stopped_in_the_second_step(work: jobs.Work) -> None:
        if work.cursor == 2:
            return steps(work)
        note("job-0")
        work.save(1, done=1, total=4)
        stopping.set()
        assert work.stop_wanted
        note("job-1")
        work.save(2, done=2, total=4)
        raise AssertionError("it was to stop")

    kinds["a"] = JobKind("a", stopped_in_the_second_step)
    put(app, "a", clock.at)

    assert run_one(app, MAIN, "w1", stopping)
    job = only(transaction)
    assert (job.state, job.cursor, job.lease_by) == (JobState.WAITING, 2, None)

    assert run_one(app, MAIN, "w2")
    job = only(transaction)
    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert notes(transaction) == [f"job-{step}" for step in range(4)]


def test_failures_before_a_job_got_further_do_not_count_against_it(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    """A long job may lose its worker at every step and still end."""

    def one_step_at_a_time(work: jobs.Work) -> None:
        step = work.cursor or 0
        if step < 4:
            work.save(step + 1)
            raise ConnectionError("the database went away")

    kinds["a"] = JobKind("a", one_step_at_a_time, tries=2)
    put(app, "a", clock.at)

    for _ in range(5):
        run_one(app, MAIN, "w1")
        clock.at += timedelta(hours=1)
    assert only(transaction).state is JobState.DONE


def test_a_job_that_kills_its_workers_is_given_up_and_shown(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    kinds["a"] = JobKind("a", lambda _work: None, lease=MINUTE)
    put(app, "a", clock.at)
    for _ in range(rows.MOST_STARTS):
        with app.app_context(), writing():
            assert rows.claim(MAIN, "the dead", clock.at) is not None
            db.session.commit()
        tick(app)
        clock.at += MINUTE

    assert not run_one(app, MAIN, "w1")
    tick(app)
    job = only(transaction)
    assert job.state is JobState.FAILED
    assert "worker died" in job.last_error
    with app.app_context():
        (standing,) = standings(clock.at)
        assert (standing.failed, standing.running) == (1, 0)


def test_what_the_caller_stored_wrongly_is_not_taken_for_a_job_that_is_there(
    app: Flask, clock: Clock, kinds: Kinds
) -> None:
    with app.app_context(), writing():
        note("job-twice")
        db.session.flush()
        note("job-twice")
        with pytest.raises(IntegrityError, match=r"(?i)category"):
            jobs.put("a", now=clock.at, once="purpose")
        db.session.rollback()


def test_a_duplicate_leaves_what_the_caller_stored(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    put(app, "a", clock.at, once="purpose")
    with app.app_context(), writing():
        note("job-beside")
        jobs.put("a", now=clock.at, once="purpose")
        db.session.commit()

    assert notes(transaction) == ["job-beside"]
    assert len(state(transaction)) == 1


def test_a_job_taken_over_by_another_is_tried_before_what_waits(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    """JOB-01: within its lease, however much waits."""
    kinds["a"] = JobKind("a", lambda work: note(f"job-{work.payload['which']}"), lease=MINUTE)
    put(app, "a", clock.at + timedelta(seconds=2), payload={"which": "left"})
    clock.at += timedelta(seconds=2)
    with app.app_context(), writing():
        assert rows.claim(MAIN, "the dead", clock.at) is not None
        db.session.commit()
    for which in range(3):
        put(app, "a", clock.at - MINUTE, payload={"which": which})

    clock.at += MINUTE
    assert run_one(app, MAIN, "w1")
    assert notes(transaction) == ["job-left"]


def test_a_worker_with_nothing_to_do_does_not_queue_among_those_who_write(
    app: Flask, clock: Clock, kinds: Kinds
) -> None:
    """On SQLite there is one writer; idle job threads must not cost a page its turn."""
    kinds["p"] = JobKind("p", lambda _work: None, MESSAGES, timedelta(minutes=5))
    tick(app)
    assert run_one(app, MESSAGES, "w1")
    answers: list[object] = []

    def look() -> None:
        tick(app)
        answers.append(run_one(app, MAIN, "w1"))

    with app.app_context(), writing():
        note("job-somebody-writes")
        db.session.flush()
        idle = threading.Thread(target=look)
        idle.start()
        idle.join(10)
        db.session.rollback()
    assert answers == [False]


def test_rows_of_periodic_jobs_go_after_a_day_and_health_remembers(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    kinds["p"] = JobKind("p", lambda _work: None, MESSAGES, timedelta(minutes=5))
    kinds["bad"] = JobKind("bad", lambda _work: 1 / 0, MAIN, timedelta(minutes=5), tries=1)  # type: ignore[arg-type, return-value]
    tick(app)
    assert run_one(app, MESSAGES, "w1")
    assert run_one(app, MAIN, "w1")

    for ahead, removed in ((timedelta(hours=23), 0), (timedelta(hours=25), 2)):
        with app.app_context(), writing():
            assert rows.remove_old(clock.at + ahead) == removed
            db.session.commit()
    with transaction() as session:
        assert session.get_one(JobHealth, "p").last_success_at == clock.at
        assert "ZeroDivisionError" in session.get_one(JobHealth, "bad").last_error


def test_the_databases_own_clock_is_never_asked(
    app: Flask, transaction: Transaction, clock: Clock, kinds: Kinds
) -> None:
    """CON-03, C-19: leases, intervals and health by the application's clock alone, which is years
    from the database's here."""
    kinds["p"] = JobKind("p", lambda _work: note("job-p"), MAIN, timedelta(seconds=30), MINUTE, 1)
    tick(app)
    with app.app_context(), writing():
        assert rows.claim(MAIN, "the dead", clock.at) is not None
        db.session.commit()

    assert not run_one(app, MAIN, "w1")
    clock.at += MINUTE
    assert run_one(app, MAIN, "w1")
    with app.app_context():
        (standing,) = standings(clock.at + MINUTE)
    assert (standing.age, standing.late) == (MINUTE, False)
    assert only(transaction).finished_at == clock.at


def test_only_what_is_due_counts_as_backlog(app: Flask, clock: Clock, kinds: Kinds) -> None:
    kinds["a"] = JobKind("a", lambda _work: None)
    put(app, "a", clock.at)
    put(app, "a", clock.at, run_at=clock.at + MINUTE)

    with app.app_context():
        assert [each.backlog for each in standings(clock.at)] == [1]
        assert [each.backlog for each in standings(clock.at + MINUTE)] == [2]


def test_a_periodic_run_that_failed_needs_nobody_when_a_later_one_succeeded(
    app: Flask, clock: Clock, kinds: Kinds
) -> None:
    broken = True

    def sometimes(_work: jobs.Work) -> None:
        if broken:
            raise ConnectionError("the mail server is away")

    kinds["p"] = JobKind("p", sometimes, MESSAGES, MINUTE, tries=1)
    for expected in (1, 0):
        tick(app)
        assert run_one(app, MESSAGES, "w1")
        with app.app_context():
            (standing,) = standings(clock.at)
        assert standing.failed == expected
        assert "mail server" in standing.last_error
        clock.at += MINUTE
        broken = False
