"""One contract for both carriers, with real threads and real processes that are really killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import carrier_process
from tests.databases import Database
from tickets import jobs
from tickets.carriers.embedded import Embedded
from tickets.carriers.procrastinated import Procrastinated
from tickets.database import db, writing
from tickets.models import Job
from workflow.words import JobState

PATIENCE = 30.0
CARRIERS = {"embedded": Embedded, "procrastinated": Procrastinated}


@pytest.fixture(params=["embedded-sqlite", "embedded-postgresql", "procrastinated-postgresql"])
def setting(request: pytest.FixtureRequest) -> Iterator[tuple[Database, str]]:
    carrier, name = request.param.split("-")
    database: Database = request.getfixturevalue(name)
    database.fresh()
    database.untouched = False
    yield database, carrier
    database.close()


@pytest.fixture
def app(setting: tuple[Database, str]) -> Flask:
    return setting[0].app


@pytest.fixture
def start(setting: tuple[Database, str]) -> Iterator[Callable[[], Any]]:
    started = []

    def begin() -> Any:
        started.append(CARRIERS[setting[1]](setting[0].app))
        started[-1].start()
        return started[-1]

    yield begin
    for each in started:
        each.stop()


def put(app: Flask, folder: Path, name: str, **more: Any) -> None:
    with app.app_context(), writing():
        payload = {"folder": str(folder), "name": name, **more}
        jobs.put("leave_a_mark", payload, now=datetime.now(UTC), once=name)
        db.session.commit()


def wait_for(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


def all_done(app: Flask, count: int) -> bool:
    with app.app_context():
        asked = select(func.count()).select_from(Job)
        return (
            db.session.scalar(asked.where(Job.name == "leave_a_mark", Job.state == JobState.DONE))
            == count
        )


def runs(folder: Path) -> dict[str, int]:
    return {each.stem: each.read_text().count("run") for each in folder.glob("*.runs")}


def test_every_job_is_carried_once_also_by_several_carriers(
    app: Flask, start: Callable[[], Any], tmp_path: Path
) -> None:
    """JOB-04, JOB-05: starting it twice is safe."""
    for which in range(12):
        put(app, tmp_path, f"m{which}")
    start()
    start()
    for which in range(12, 24):
        put(app, tmp_path, f"m{which}")

    wait_for(lambda: all_done(app, 24), "24 jobs")
    assert runs(tmp_path) == {f"m{which}": 1 for which in range(24)}


def test_periodic_jobs_are_carried_and_the_sweep_reports(
    app: Flask, start: Callable[[], Any]
) -> None:
    """JOB-03: with nothing but a carrier running, health is well."""
    start()

    def swept() -> bool:
        told: Any = app.test_client().get("/healthz").get_json()
        return bool(told["jobs"]["sweep"]["last_success"])

    wait_for(swept, "the sweep")


def test_a_job_whose_worker_is_killed_runs_again(
    app: Flask, setting: tuple[Database, str], start: Callable[[], Any], tmp_path: Path
) -> None:
    """JOB-01, JOB-07: kill -9 between picked and done loses nothing."""
    put(app, tmp_path, "slow", slow=True)
    command = [sys.executable, "-m", "tests.carrier_process", setting[0].url, setting[1]]
    root = Path(carrier_process.__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as worker:
        try:
            wait_for(lambda: runs(tmp_path) == {"slow": 1}, "the job to begin")
        finally:
            os.kill(worker.pid, signal.SIGKILL)
    assert not (tmp_path / "slow.done").exists()

    start()
    wait_for(lambda: all_done(app, 1), "the job to be taken over")
    assert runs(tmp_path) == {"slow": 2}
