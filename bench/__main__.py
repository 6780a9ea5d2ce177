"""`make bench`: what pages and actions cost on 10,000 and 100,000 complaints.

BENCH_SIZES=10000,100000 and BENCH_TIMES=40 can be set. Every figure stands beside an empty page
of the same server in the same run; growth is p50 at the largest size over p50 at the smallest.
Nothing here is a test: figures are printed, not compared.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import make_url, select

from app import create_app
from bench import fill, loop, working_time
from bench.client import Browser, Figures, measure, together
from tickets.database import db, writing
from tickets.models import Complaint

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "10000,100000").split(",")]
TIMES = int(os.environ.get("BENCH_TIMES", "40"))
SERVER = os.environ.get("TEST_DATABASE_URL") or "postgresql+psycopg://postgres@127.0.0.1/postgres"
SECRET = "of the bench only"  # noqa: S105 - signs cookies of a throw-away server
NAME = "shouwen_bench"
REGISTER, NOTE = "register", "one action (note)"
DATABASES = os.environ.get("BENCH_DATABASES", "SQLite,PostgreSQL").split(",")


@dataclass(frozen=True)
class Subjects:
    """The complaints that are looked at."""

    short: str
    long: str


def main() -> None:
    working_time.report()
    for database in DATABASES:
        reason = why_not(database)
        if reason:
            print(f"\n## {database}: not measured, {reason}")
            continue
        results = {size: run(database, size) for size in SIZES}
        report(database, results)


def why_not(database: str) -> str | None:
    if database == "SQLite":
        return None
    try:
        server_connection().close()
    except psycopg.OperationalError as error:
        return f"no server: {error}"
    return None


def server_connection() -> psycopg.Connection:
    url = make_url(SERVER).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def fresh_database(database: str) -> Iterator[str]:
    if database == "SQLite":
        folder = Path(tempfile.mkdtemp(prefix="shouwen-bench-"))
        yield f"sqlite:///{folder / 'bench.db'}"
        shutil.rmtree(folder)
        return
    drop, create = sql.SQL("DROP DATABASE IF EXISTS {}"), sql.SQL("CREATE DATABASE {}")
    with server_connection() as connection:
        connection.execute(drop.format(sql.Identifier(NAME)))
        connection.execute(create.format(sql.Identifier(NAME)))
    yield make_url(SERVER).set(database=NAME).render_as_string(hide_password=False)
    with server_connection() as connection:
        connection.execute(drop.format(sql.Identifier(NAME)))


def run(database: str, size: int) -> dict[str, Figures]:
    """All figures for one database and one size."""
    with fresh_database(database) as url:
        subjects, loops = prepare(url, size)
        with served(url) as port:
            figures = pages(port, subjects)
        return figures | loops


def prepare(url: str, size: int) -> tuple[Subjects, dict[str, Figures]]:
    app = create_app({"SHOUWEN_ENV": "testing", "DATABASE_URL": url, "SECRET_KEY": SECRET})
    began = time.perf_counter()
    with app.app_context(), writing():
        upgrade()
        made = fill.fill(size, datetime.now(UTC))
        kind, spent = url.split(":", maxsplit=1)[0], time.perf_counter() - began
        print(f"# {kind}: {size:,} complaints in {spent:.0f} s", flush=True)
        loops = {"full loop (verbs)": loop.measured(made)}
        numbers = {
            wish: db.session.scalars(select(Complaint.number).where(Complaint.wish == wish)).one()
            for wish in ("short", "long")
        }
        db.session.remove()
        db.engine.dispose()
    return Subjects(**numbers), loops


@contextmanager
def served(url: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PORT": str(port), "LOG_LEVEL": "ERROR"}
    said["BASE_URL"] = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bench.server"]
    process = subprocess.Popen(command, env={**os.environ, **said})  # noqa: S603 - ourselves
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def pages(port: int, subjects: Subjects) -> dict[str, Figures]:
    clerk, supervisor, agent = (
        Browser(port, login, fill.PASSWORD) for login in ("clerk0", "supervisor", "agent0")
    )
    short, long = (f"/complaints/{number}" for number in (subjects.short, subjects.long))
    category = loop.a_category(clerk)
    asked = {
        "empty page": lambda: clerk.get("/bench/empty"),
        "my work, desk": lambda: clerk.get("/"),
        "my work, supervisor": lambda: supervisor.get("/"),
        "my work, department": lambda: agent.get("/"),
        "list of open ones, supervisor": lambda: supervisor.get("/complaints/"),
        "list, first page, desk": lambda: clerk.get("/complaints/?state=all"),
        "list, last page, desk": lambda: clerk.get("/complaints/?state=all&before=end"),
        "list, first page, supervisor": lambda: supervisor.get("/complaints/?state=all"),
        "list, last page, supervisor": lambda: supervisor.get("/complaints/?state=all&before=end"),
        "complaint, 5 entries": lambda: clerk.get(short),
        "complaint, 10,000 entries": lambda: clerk.get(long),
        REGISTER: lambda: clerk.post("/complaints/new", loop.intake_fields(category)),
        NOTE: lambda: clerk.post(f"{short}/actions/note", loop.note_fields()),
    }
    figures = {
        name: measure(ask, TIMES, (303,) if name in (REGISTER, NOTE) else (200,))
        for name, ask in asked.items()
    }
    return {**figures, **_crowded(port)}


def _crowded(port: int) -> dict[str, Figures]:
    """The same pages for four clerks at once."""
    crowd = [Browser(port, f"clerk{n}", fill.PASSWORD) for n in range(4)]
    figures = {}
    for name, path in (
        ("empty page, 4 at once", "/bench/empty"),
        ("list, 4 at once", "/complaints/"),
    ):
        rate = together(crowd, path, 4)
        figures[name] = Figures(4000 / rate, 0, rate, 0)
    return figures


def report(database: str, results: dict[int, dict[str, Figures]]) -> None:
    smallest, largest = min(results), max(results)
    print(f"\n## {database}")
    print(f"{'':32}" + "".join(f"{size:>34,}" for size in results) + "   growth")
    for name in results[smallest]:
        cells = [cell(results[size][name], results[size]["empty page"]) for size in results]
        growth = results[largest][name].p50 / results[smallest][name].p50
        print(f"{name:32}" + "".join(f"{each:>34}" for each in cells) + f"   {growth:5.2f}×")
    print("cells: p50 ms / p95 ms / requests a second / queries / times the empty page", flush=True)


def cell(figures: Figures, empty: Figures) -> str:
    ratio = figures.p50 / empty.p50
    return f"{figures.p50:.1f}/{figures.p95:.1f}/{figures.rate:.0f}/{figures.queries}/{ratio:.1f}"


if __name__ == "__main__":
    main()
