"""`python -m bench.large`: what the manager's room costs with a year of complaints.

BENCH_LARGE=10000,1000000 complaints (each about nine events) instead of the sizes below,
BENCH_DATABASES=postgresql,sqlite, BENCH_URL the PostgreSQL server, BENCH_SEEDS=300 stories that are
driven and copied, BENCH_TIMES=20 questions per page. Every figure is p50/p95 in milliseconds;
growth is p50 at the largest size over p50 at the smallest. A page that does not answer is an error.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

import bench.__main__ as small
from app import create_app
from bench import copies, fill, loop, stories
from bench.client import Answer, Browser, Figures, measure
from tickets.accounts import passwords
from tickets.database import db, new_id, writing
from tickets.facts import months
from tickets.limits import ensure_limits
from tickets.models import Membership, Person, Unit
from tickets.reports.registry import REPORTS
from tickets.reports.regulator.returns import REPORTS as RETURNS
from workflow.words import Role

SIZES = {"SQLite": (10_000, 100_000), "PostgreSQL": (10_000, 1_000_000)}
"""A branch keeps a year on SQLite, an operator on PostgreSQL."""
DATABASES = os.environ.get("BENCH_DATABASES", "sqlite,postgresql").split(",")
SEEDS = int(os.environ.get("BENCH_SEEDS", "300"))
TIMES = int(os.environ.get("BENCH_TIMES", "20"))
NAME = "shouwen_bench_large"
YEAR = "period=twelve_months"
UNCOUNTED = 20_000
"""So many complaints wait for the facts job while a complaint is saved beside it."""

PAGES: tuple[tuple[str, str], ...] = (
    ("empty page", "/bench/empty"),
    ("board", "/board/"),
    ("board, the part that moves", "/board/live"),
    *((f"report {name}", f"/reports/{name}?{YEAR}") for name in (*REPORTS, *RETURNS)),
    ("report limits, by phone", f"/reports/limits?{YEAR}&channel=phone"),
    (
        "list behind missed limits",
        f"/complaints/?report=limits&table=kinds&row=resolution&column=missed&in_{YEAR}",
    ),
    (
        "list behind all limits",
        f"/complaints/?report=limits&table=kinds&row=total&column=all&in_{YEAR}",
    ),
    ("process map", f"/paths/?{YEAR}"),
    ("process map, table", f"/paths/?{YEAR}&shown=table"),
    ("quality, reviews", "/quality/reviews"),
    ("regulators, list", "/reports/regulator/"),
    ("problems", "/problems/"),
    ("what if", "/what-if/"),
    ("list, first page", "/complaints/?state=all"),
    ("list, open ones", "/complaints/"),
    ("list behind the board's late", "/complaints/?board=late"),
)
"""What is asked for, by whoever oversees everything: (name, address)."""

FILES: tuple[tuple[str, str], ...] = (
    ("list as CSV", "/complaints/export.csv?state=all"),
    ("report as CSV", f"/reports/limits.csv?{YEAR}"),
    ("report as XLSX", f"/reports/limits.xlsx?{YEAR}"),
)
"""Files whose making is watched for memory."""


@dataclass(frozen=True)
class Written:
    """One file: how long it took, how large it is, and what it added to the server's peak."""

    seconds: float
    bytes: int
    growth: int


def main() -> None:
    small.NAME = NAME
    if url := os.environ.get("BENCH_URL"):
        small.SERVER = url
    for name in DATABASES:
        database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[name.strip().lower()]
        if reason := small.why_not(database):
            print(f"\n## {database}: not measured, {reason}")
            continue
        results = {size: run(database, size) for size in sizes_of(database)}
        report(database, results)


def sizes_of(database: str) -> Sequence[int]:
    chosen = os.environ.get("BENCH_LARGE")
    return [int(size) for size in chosen.split(",")] if chosen else SIZES[database]


def run(database: str, size: int) -> tuple[dict[str, Figures], dict[str, Written]]:
    with small.fresh_database(database) as url:
        said = {"SHOUWEN_ENV": "testing", "DATABASE_URL": url, "SECRET_KEY": small.SECRET}
        app = create_app(said)
        prepare(app, database, size)
        with served(url) as (port, process):
            figures = pages(port)
            written = files(port, process)
            figures |= saving(port, app, url)
    return figures, written


def prepare(app: Flask, database: str, size: int) -> None:
    """A year of `size` complaints: stories that were driven, then copied."""
    began = time.perf_counter()
    with app.app_context(), writing():
        upgrade()
        now = datetime.now(UTC).replace(microsecond=0)
        ensure_limits(now)
        made = fill._first_rows(now)
        _executive(now)
        db.session.commit()
        stories.drive(made, min(SEEDS, size), now)
        driven = time.perf_counter() - began
        db.session.remove()
        many = copies.multiply(size)
        while (month := months.next_uncounted(now)) is not None:
            months.count(month, now)
            db.session.commit()
        fill._settle()
        rows = {
            name: db.session.scalar(text(f"SELECT COUNT(*) FROM {name}"))  # noqa: S608 - our own
            for name in ("event", "clock", "clock_fact", "held_fact", "happened_fact", "stay_fact")
        }
        db.session.remove()
        db.engine.dispose()
    spent = time.perf_counter() - began
    told = ", ".join(f"{number:,} {name}" for name, number in rows.items())
    print(
        f"# {database}: {many:,} complaints in {spent:.0f} s ({driven:.0f} s driven), {told}",
        flush=True,
    )


def _executive(now: datetime) -> None:
    """Somebody who oversees everything, and so asks for the most."""
    company = db.session.query(Unit).filter_by(code="company").one()
    roles = [Membership(id=new_id(), unit_id=company.id, role=Role.EXECUTIVE)]
    db.session.add(
        Person(
            id=new_id(), login="executive", name="executive", created_at=now,
            password_hash=passwords.hashed(fill.PASSWORD), password_changed_at=now,
            memberships=roles,
        )
    )  # fmt: skip


@contextmanager
def served(url: str) -> Iterator[tuple[int, int]]:
    """The server's port and process."""
    with small.served(url) as port:
        yield port, _process_at(port)


def _process_at(port: int) -> int:
    """The process that was started with this port; the newest one."""
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: -int(each.name)):
        try:
            said = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"PORT={port}".encode() in said and b"bench.server" in command:
            return int(folder.name)
    raise RuntimeError("the server is not there")


def pages(port: int) -> dict[str, Figures]:
    executive = Browser(port, "executive", fill.PASSWORD)
    figures = {}
    for name, url in PAGES:
        figures[name] = measure(lambda url=url: executive.get(url), TIMES)  # type: ignore[misc]
    return figures


def files(port: int, process: int) -> dict[str, Written]:
    executive = Browser(port, "executive", fill.PASSWORD)
    written = {}
    for name, url in FILES:
        before = _peak(process, anew=True)
        began = time.perf_counter()
        status, size = _fetched(executive, url)
        if status != 200:
            raise RuntimeError(f"{url} answered {status}")
        spent = time.perf_counter() - began
        written[name] = Written(spent, size, _peak(process) - before)
    return written


def _fetched(browser: Browser, url: str) -> tuple[int, int]:
    """The status and the size of a file, read piece by piece so that only the server keeps it."""
    browser.connection.request("GET", url, None, {"Cookie": browser.cookie})
    response = browser.connection.getresponse()
    size = 0
    while piece := response.read(65_536):
        size += len(piece)
    return response.status, size


def _peak(process: int, *, anew: bool = False) -> int:
    """The most memory that the process ever held, in bytes; or from now on."""
    folder = Path("/proc") / str(process)
    if anew:
        (folder / "clear_refs").write_text("5")
    lines = (folder / "status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) * 1024


def saving(port: int, app: Flask, url: str) -> dict[str, Figures]:
    """Registering a complaint, alone and while the facts are counted behind it (PER-01)."""
    clerk = Browser(port, "clerk0", fill.PASSWORD)
    category = loop.a_category(clerk)

    def register() -> Answer:
        return clerk.post("/complaints/new", loop.intake_fields(category))

    figures = {"register": measure(register, TIMES * 2, (303,))}
    with app.app_context(), writing():
        db.session.execute(
            text(
                "UPDATE complaint SET counted_events = -1 WHERE id IN"
                " (SELECT id FROM complaint ORDER BY id LIMIT :many)"
            ),
            {"many": UNCOUNTED},
        )
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    with working(url):
        time.sleep(5)
        figures["register, facts counted behind"] = measure(register, TIMES * 2, (303,))
    return figures


@contextmanager
def working(url: str) -> Iterator[None]:
    """A worker beside the server."""
    said: dict[str, Any] = {
        "DATABASE_URL": url, "SECRET_KEY": small.SECRET, "SHOUWEN_ENV": "testing",
        "FLASK_APP": "app.py", "LOG_LEVEL": "ERROR", "JOBS": "embedded",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "worker"]
    process = subprocess.Popen(command, env={**os.environ, **said})  # noqa: S603 - ourselves
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def report(
    database: str, results: dict[int, tuple[dict[str, Figures], dict[str, Written]]]
) -> None:
    smallest, largest = min(results), max(results)
    print(f"\n## {database}")
    sizes = "".join(f"{size:>24,}" for size in results)
    print(f"{'p50 / p95 ms / queries':34}{sizes}  growth")
    for name in results[smallest][0]:
        found = [results[size][0].get(name) for size in results]
        cells = "".join(f"{_cell(each):>24}" for each in found)
        ends = results[smallest][0].get(name), results[largest][0].get(name)
        growth = f"{ends[1].p50 / ends[0].p50:7.2f}×" if ends[0] and ends[1] else ""
        print(f"{name:34}{cells}{growth}")
    print(f"\n{'s / MB written / MB more at peak':34}{sizes}")
    for name in results[smallest][1]:
        cells = "".join(f"{_file(results[size][1].get(name)):>24}" for size in results)
        print(f"{name:34}{cells}")
    sys.stdout.flush()


def _cell(figures: Figures | None) -> str:
    return f"{figures.p50:.0f} / {figures.p95:.0f} / {figures.queries}" if figures else "–"


def _file(written: Written | None) -> str:
    if written is None:
        return "–"
    return f"{written.seconds:.1f} / {written.bytes / 1e6:.1f} / {written.growth / 1e6:.0f}"


if __name__ == "__main__":
    main()
