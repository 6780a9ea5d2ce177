"""One contract for both carriers, with real threads and real processes that are really killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.carrier_process import CARRIERS, OFTEN, STEPS
from tests.databases import Database
from tickets import jobs
from tickets.config import ROOT
from tickets.database import db, writing
from tickets.models import Job
from tickets.workers import procrastinated
from tickets.workers.procrastinated import Procrastinated
from workflow.words import JobState

PATIENCE = 40.0
DONE = JobState.DONE
Start = Callable[[], Any]
Setting = tuple[Database, str]


SHARED = pytest.param("procrastinated-postgresql", marks=pytest.mark.postgres)
EMBEDDED = ("embedded-sqlite", pytest.param("embedded-postgresql", marks=pytest.mark.postgres))


@pytest.fixture(params=[*EMBEDDED, SHARED])
def setting(request: pytest.FixtureRequest) -> Iterator[Setting]:
    carrier, name = request.param.split("-")
    database: Database = request.getfixturevalue(name)
    database.fresh()
    database.untouched = False
    yield database, carrier
    database.close()


@pytest.fixture
def app(setting: Setting) -> Flask:
    return setting[0].app


@pytest.fixture
def start(setting: Setting) -> Iterator[Start]:
    started = []

    def begin() -> Any:
        started.append(CARRIERS[setting[1]](setting[0].app))
        started[-1].start()
        return started[-1]

    yield begin
    for each in started:
        each.stop()


@contextmanager
def processes(setting: Setting, count: int, folder: Path) -> Iterator[None]:
    """So many worker processes; at the end each gets SIGKILL, which no process can answer."""
    command = [sys.executable, "-m", "tests.carrier_process", setting[0].url, setting[1]]
    environment = {**os.environ, "MARKS": str(folder)}
    begun = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(count)]
    try:
        yield
    finally:
        for each in begun:
            each.kill()
            each.wait()


def put(app: Flask, folder: Path, kind: str, name: str, **more: Any) -> None:
    with app.app_context(), writing():
        payload = {"folder": str(folder), "name": name, **more}
        jobs.put(kind, payload, now=datetime.now(UTC), once=name)
        db.session.commit()


def wait_for(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


def found(app: Flask, name: str) -> list[Job]:
    with app.app_context():
        return list(db.session.scalars(select(Job).where(Job.name == name).order_by(Job.id)))


def states(app: Flask, name: str) -> list[JobState]:
    return [row.state for row in found(app, name)]


def runs(folder: Path) -> dict[str, int]:
    return {each.stem: each.read_text().count("run") for each in folder.glob("*.runs")}


def lines(folder: Path, name: str) -> list[str]:
    path = folder / f"{name}.runs"
    return path.read_text().split() if path.exists() else []


def test_every_job_is_carried_once_also_by_several_carriers(
    app: Flask, start: Start, tmp_path: Path
) -> None:
    """JOB-04, JOB-05: starting it twice is safe; what was put down before is found."""
    for which in range(12):
        put(app, tmp_path, "leave_a_mark", f"m{which}")
    start()
    start()
    for which in range(12, 24):
        put(app, tmp_path, "leave_a_mark", f"m{which}")

    wait_for(lambda: states(app, "leave_a_mark") == [DONE] * 24, "24 jobs")
    assert runs(tmp_path) == {f"m{which}": 1 for which in range(24)}


def test_periodic_jobs_are_carried_and_the_sweep_reports(
    app: Flask, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JOB-03: with nothing but a carrier running, health is well."""
    watched = replace(app.extensions["config"], metrics_token="a-long-token")
    monkeypatch.setitem(app.extensions, "config", watched)
    start()

    def swept() -> bool:
        token = {"Authorization": "Bearer a-long-token"}
        told: Any = app.test_client().get("/healthz", headers=token).get_json()
        return bool(told["jobs"]["sweep"]["last_success"])

    wait_for(swept, "the sweep")


def test_a_long_job_does_not_delay_the_sweep(app: Flask, start: Start, tmp_path: Path) -> None:
    """JOB-02: each queue has workers of its own."""
    put(app, tmp_path, "wait_for_release", "long")
    start()
    wait_for(lambda: runs(tmp_path) == {"long": 1}, "the long job to begin")

    put(app, tmp_path, "leave_a_mark_quickly", "quick")
    wait_for(lambda: states(app, "leave_a_mark_quickly") == [DONE], "the quick one")
    assert states(app, "wait_for_release") == [JobState.RUNNING]

    (tmp_path / "release").touch()
    wait_for(lambda: states(app, "wait_for_release") == [DONE], "the long job to end")


def test_a_poisoned_job_blocks_no_other_and_says_why(
    app: Flask, start: Start, tmp_path: Path
) -> None:
    put(app, tmp_path, "poison", "p")
    put(app, tmp_path, "leave_a_mark", "m")
    start()

    wait_for(lambda: states(app, "leave_a_mark") == [DONE], "the other job")
    wait_for(lambda: "poison" in found(app, "poison")[0].last_error, "the reason")
    assert states(app, "poison") == [JobState.WAITING]
    assert runs(tmp_path) == {"p": 1, "m": 1}


def test_a_job_whose_worker_is_killed_runs_again(
    app: Flask, setting: Setting, start: Start, tmp_path: Path
) -> None:
    """JOB-01, JOB-07: kill -9 between picked and done loses nothing."""
    put(app, tmp_path, "leave_a_mark", "slow", slow=True)
    with processes(setting, 1, tmp_path):
        wait_for(lambda: runs(tmp_path).get("slow") == 1, "the job to begin")
    assert states(app, "leave_a_mark") == [JobState.RUNNING]

    start()
    wait_for(lambda: states(app, "leave_a_mark") == [DONE], "the job to be taken over")
    assert runs(tmp_path)["slow"] == 2


def test_a_long_job_that_was_killed_goes_on_at_its_last_step(
    app: Flask, setting: Setting, start: Start, tmp_path: Path
) -> None:
    put(app, tmp_path, "take_steps", "steps")
    with processes(setting, 1, tmp_path):
        wait_for(lambda: len(lines(tmp_path, "steps")) == 4, "the fourth step")
    (row,) = found(app, "take_steps")
    assert (row.cursor, row.done, row.total) == (3, 3, STEPS)

    start()
    wait_for(lambda: states(app, "take_steps") == [DONE], "the job to be taken over")
    assert lines(tmp_path, "steps") == ["0", "1", "2", "3", "3", "4", "5"]
    assert found(app, "take_steps")[0].done == STEPS


def test_a_worker_that_stops_in_order_hands_its_job_back(
    app: Flask, start: Start, tmp_path: Path
) -> None:
    put(app, tmp_path, "take_steps", "steps")
    first = start()
    wait_for(lambda: len(lines(tmp_path, "steps")) == 4, "the fourth step")
    first.stop()
    (row,) = found(app, "take_steps")
    assert (row.state, row.cursor, row.lease_by) == (JobState.WAITING, 4, None)

    start()
    wait_for(lambda: states(app, "take_steps") == [DONE], "the next worker")
    assert lines(tmp_path, "steps") == ["0", "1", "2", "3", "4", "5"]


def test_three_processes_run_a_periodic_job_once_in_every_interval(
    app: Flask, setting: Setting, tmp_path: Path
) -> None:
    """JOB-04."""
    with processes(setting, 3, tmp_path):
        wait_for(lambda: states(app, "often").count(DONE) >= 3, "three intervals")
        rows = [row for row in found(app, "often") if row.state is DONE]

    slots = [datetime.fromisoformat(str(row.once).removeprefix("@")) for row in rows]
    assert len(set(slots)) == len(slots)
    assert all(row.attempts == 1 for row in rows)
    assert all((slot.timestamp() % OFTEN.total_seconds()) == 0 for slot in slots)
    assert len(rows) <= len(lines(tmp_path, "often")) <= len(rows) + 1


@pytest.mark.parametrize("setting", [SHARED], indirect=True)
def test_a_wake_up_that_is_lost_is_given_again(
    app: Flask, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are the truth: the engine only carries."""
    lost = []
    wake = Procrastinated._defer

    def lose_the_first(self: Procrastinated, *given: Any) -> None:
        if lost:
            wake(self, *given)
        lost.append(given)

    monkeypatch.setattr(Procrastinated, "_defer", lose_the_first)
    monkeypatch.setattr(procrastinated, "DEFERRED_AGAIN_AFTER", 1.0)
    put(app, tmp_path, "leave_a_mark", "m")
    start()

    wait_for(lambda: states(app, "leave_a_mark") == [DONE], "the job")


@pytest.mark.parametrize("setting", [SHARED], indirect=True)
def test_the_tasks_of_workers_that_died_are_removed(
    app: Flask, setting: Setting, start: Start
) -> None:
    with app.app_context():
        procrastinated.make_tables(db.engine.url)
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, status)"
                    " VALUES ('main', 'carry', 'doing')"
                )
            )
    start()

    def is_empty() -> bool:
        with app.app_context():
            asked = "SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'doing'"
            asked += " AND worker_id IS NULL"
            return db.session.scalar(text(asked)) == 0

    wait_for(is_empty, "the engine's rows to be removed")
