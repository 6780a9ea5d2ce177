"""`python -m bench.jobs`: what carrying a job costs, and what health costs beside many old rows.

Per carrier: jobs a second with one worker of one queue, and the time from a request's commit to
the beginning of its job when nothing else is to be done. BENCH_JOBS=2000 can be set.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import func, insert, make_url, select

from app import create_app
from tickets import jobs
from tickets.database import db, new_id, writing
from tickets.jobs.health import standings
from tickets.jobs.registry import MAIN, JobKind
from tickets.jobs.work import Work
from tickets.models import Job, JobHealth
from tickets.workers.embedded import Embedded
from tickets.workers.procrastinated import Procrastinated
from workflow.words import JobState

JOBS = int(os.environ.get("BENCH_JOBS", "2000"))
OLD_ROWS = 40_000
"""As many as there are at most of periodic jobs before they are removed."""
PROBES = 15
SERVER = os.environ.get("TEST_DATABASE_URL") or "postgresql+psycopg://postgres@127.0.0.1/postgres"
NAME = "shouwen_bench_jobs"

begun: list[float] = []


def nothing(_work: Work) -> None:
    begun.append(time.perf_counter())


jobs.KINDS["nothing"] = JobKind("nothing", nothing)


def main() -> None:
    for database, carriers in {
        "SQLite": (Embedded,),
        "PostgreSQL": (Embedded, Procrastinated),
    }.items():
        for carrier in carriers:
            with installation(database) as app:
                print(f"\n{database}, {carrier.__name__}")
                print(f"  jobs a second  {throughput(app, carrier):8.0f}")
                median, slowest = latency(app, carrier)
                print(f"  until it begins {median:7.0f} ms median, {slowest:.0f} ms slowest")
                print(f"  health          {health(app):7.1f} ms with {OLD_ROWS} rows done")


def throughput(app: Flask, carrier: Callable[..., Any]) -> float:
    put(app, JOBS)
    carried = carrier(app, (MAIN,))
    began = time.perf_counter()
    carried.start()
    while done(app) < JOBS:
        time.sleep(0.05)
    took = time.perf_counter() - began
    carried.stop()
    return JOBS / took


def latency(app: Flask, carrier: Callable[..., Any]) -> tuple[float, float]:
    carried = carrier(app, (MAIN,))
    carried.start()
    time.sleep(3)
    found = []
    for probe in range(PROBES):
        time.sleep(0.37 + probe % 3 * 0.21)
        begun.clear()
        put(app, 1)
        committed = time.perf_counter()
        while not begun:
            time.sleep(0.001)
        found.append((begun[0] - committed) * 1000)
    carried.stop()
    return statistics.median(found), max(found)


def health(app: Flask) -> float:
    moment = datetime.now(UTC)
    rows = [
        {
            "id": new_id(),
            "name": "deliver_messages",
            "queue": "messages",
            "once": f"@old-{number}",
            "payload": {},
            "state": JobState.DONE,
            "created_at": moment - timedelta(seconds=5 * number),
            "run_at": moment - timedelta(seconds=5 * number),
        }
        for number in range(OLD_ROWS)
    ]
    with app.app_context(), writing():
        db.session.execute(insert(Job), rows)
        db.session.merge(JobHealth(name="deliver_messages", last_success_at=moment))
        db.session.commit()
    with app.app_context():
        times = []
        for _ in range(20):
            began = time.perf_counter()
            standings(moment)
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def put(app: Flask, count: int) -> None:
    with app.app_context(), writing():
        for _ in range(count):
            jobs.put("nothing", now=datetime.now(UTC))
        db.session.commit()


def done(app: Flask) -> int:
    with app.app_context():
        counted = select(func.count()).select_from(Job)
        counted = counted.where(Job.name == "nothing", Job.state == JobState.DONE)
        return db.session.scalar(counted) or 0


@contextmanager
def installation(database: str) -> Iterator[Flask]:
    """An empty, migrated database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'jobs.db'}"
        if database == "PostgreSQL":
            administer("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            administer("CREATE DATABASE {}")
            url = make_url(SERVER).set(database=NAME).render_as_string(hide_password=False)
        said = {"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the bench", "LOG_LEVEL": "WARNING"}
        app = create_app({**said, "DATABASE_URL": url})
        with app.app_context():
            upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()
        if database == "PostgreSQL":
            administer("DROP DATABASE IF EXISTS {} WITH (FORCE)")


def administer(statement: str) -> None:
    url = make_url(SERVER).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(NAME)))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
