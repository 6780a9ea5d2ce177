"""`python -m bench.sweep`: what time costs.

Clocks of one complaint in microseconds, and finding and treating 1,000 due complaints among
BENCH_OPEN open ones (10000,1000000): the growth says whether the index is enough. The due ones go
through the verbs; the rest are copies of one row with clocks that are due next year.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from app import create_app
from bench import fill, loop
from bench.__main__ import SECRET, fresh_database, why_not
from tickets import sweep
from tickets.clocks import history as clock_history
from tickets.database import db, new_id, writing
from tickets.models import ClockRow, Complaint
from workflow.clocks import clocks
from workflow.words import Channel, Severity

OPEN = [int(size) for size in os.environ.get("BENCH_OPEN", "10000,1000000").split(",")]
DUE = int(os.environ.get("BENCH_DUE", "1000"))
DATABASES = os.environ.get("BENCH_DATABASES", "PostgreSQL").split(",")
CHUNK = 5_000


def main() -> None:
    for database in DATABASES:
        reason = why_not(database)
        if reason:
            print(f"\n## {database}: not measured, {reason}")
            continue
        spent = {size: run(database, size) for size in OPEN}
        first, last = OPEN[0], OPEN[-1]
        print(f"growth of treating {DUE:,} due: {spent[last] / spent[first]:.2f}×")


def run(database: str, size: int) -> float:
    with fresh_database(database) as url:
        app = create_app({"SHOUWEN_ENV": "testing", "DATABASE_URL": url, "SECRET_KEY": SECRET})
        with app.app_context(), writing():
            upgrade()
            now = datetime.now(UTC)
            made = fill.fill(100, now)
            due = [due_complaint(made, n, now) for n in range(DUE)]
            db.session.commit()
            began = time.perf_counter()
            add_others(due[0], size - DUE, now)
            filled = time.perf_counter() - began
            print(f"# {database}: {size:,} open complaints in {filled:.0f} s", flush=True)
            pure = one_complaint(due[0], now)
            spent, found, raised = treat_due(now)
            print(
                f"{database}, {size:,} open: clocks of one complaint {pure:.0f} µs;"
                f" {DUE:,} due found in {found * 1000:.1f} ms, treated in {spent:.2f} s"
                f" ({DUE / spent:.0f} complaints a second, {raised} alerts)",
                flush=True,
            )
            db.session.remove()
            db.engine.dispose()
    return spent


def due_complaint(made: fill.Made, n: int, now: datetime) -> Complaint:
    """Registered eleven minutes ago, by mail, major: its first response is warned of and missed."""
    clerk = loop.clerk_of(made, n)
    return loop.register(
        made,
        clerk,
        n,
        now=now - timedelta(minutes=11),
        severity=Severity.MAJOR,
        channel=Channel.EMAIL,
    )


def add_others(model: Complaint, count: int, now: datetime) -> None:
    """Copies of one open complaint, each with three clocks that are not due."""
    template = row_of(model)
    clock_row = row_of(
        db.session.scalars(select(ClockRow).where(ClockRow.complaint_id == model.id)).first()
    )
    kinds = ("resolution", "progress", "callback")
    later = now + timedelta(days=365)
    for start in range(0, count, CHUNK):
        complaints, clock_rows = [], []
        for n in range(start, min(start + CHUNK, count)):
            key = new_id()
            complaints.append({**template, "id": key, "number": f"9{n:011}", "due_at": later})
            clock_rows += [
                {**clock_row, "id": new_id(), "complaint_id": key, "kind": kind, "look_at": later}
                for kind in kinds
            ]
        db.session.execute(insert(Complaint), complaints)
        db.session.execute(insert(ClockRow), clock_rows)
        db.session.commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def row_of(thing: Any) -> dict[str, Any]:
    return {column.key: getattr(thing, column.key) for column in thing.__mapper__.column_attrs}


def one_complaint(complaint: Complaint, now: datetime) -> float:
    """Microseconds for all clocks of one complaint from its history, the median of many."""
    history = clock_history.history_of(complaint)
    spent = []
    for _ in range(500):
        began = time.perf_counter()
        clocks(history, now)
        spent.append(time.perf_counter() - began)
    return sorted(spent)[len(spent) // 2] * 1_000_000


def treat_due(now: datetime) -> tuple[float, float, int]:
    """Seconds for everything, seconds for finding, and how many alerts there were."""
    began = time.perf_counter()
    finding, raised = 0.0, 0
    while True:
        looked = time.perf_counter()
        due = sweep.due_now(now)
        finding += time.perf_counter() - looked
        if not due:
            return time.perf_counter() - began, finding, raised
        for complaint_id in due:
            raised += sweep.treat(complaint_id, now)
            db.session.commit()


if __name__ == "__main__":
    main()
