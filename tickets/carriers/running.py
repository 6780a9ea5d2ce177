"""Running one job: claimed, committed, run, and marked done together with what it did."""

import traceback
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask

from tickets import clock
from tickets.carriers import kinds as _kinds  # registers every kind
from tickets.database import db, new_id, writing
from tickets.jobs import KINDS, LeaseLost, rows
from tickets.log import log
from tickets.models import Job

__all__ = ["Running", "run_one", "run_row", "tick", "worker_name"]

_ = _kinds


class Running:
    """A job while it runs here; see `tickets.jobs.work.Work`."""

    def __init__(self, row: Job, worker: str) -> None:
        self.id, self.name, self.payload, self.cursor = row.id, row.name, row.payload, row.cursor
        self.worker, self.lease = worker, rows.lease_of(row)
        self.started = clock.now()

    def now(self) -> datetime:
        return clock.now()

    def save(
        self, cursor: Any = None, *, done: int | None = None, total: int | None = None
    ) -> None:
        given = {"cursor": cursor, "done": done, "total": total}
        progress = {name: value for name, value in given.items() if value is not None}
        if not rows.hold(self.id, self.worker, self.now() + self.lease, **progress):
            db.session.rollback()
            raise LeaseLost(f"{self.name} {self.id}")
        db.session.commit()
        self.cursor = cursor if cursor is not None else self.cursor

    def undo(self) -> None:
        db.session.rollback()

    def finish(self) -> None:
        if not rows.finish(self.id, self.name, self.worker, self.started, self.now()):
            db.session.rollback()
            raise LeaseLost(f"{self.name} {self.id}")
        db.session.commit()

    def fail(self) -> None:
        db.session.rollback()
        rows.fail(self.id, self.worker, traceback.format_exc(), self.now())
        db.session.commit()


def worker_name() -> str:
    return new_id().hex


def run_one(app: Flask, queue: str, worker: str) -> bool:
    """Claim one job of the queue and run it; False when there is none."""
    with app.app_context(), writing():
        return _carry(rows.claim(queue, worker, clock.now()), worker)


def run_row(app: Flask, job_id: UUID, worker: str) -> bool:
    """Claim this job and run it; False when it is done or somebody has it."""
    with app.app_context(), writing():
        return _carry(rows.claim_row(job_id, worker, clock.now()), worker)


def _carry(row: Job | None, worker: str) -> bool:
    if row is None:
        db.session.rollback()
        return False
    running = Running(row, worker)
    db.session.commit()
    _run(running)
    return True


def _run(running: Running) -> None:
    kind = KINDS.get(running.name)
    try:
        if kind is None:
            raise LookupError(f"this version knows no job {running.name!r}")
        kind.run(running)
        running.finish()
    except LeaseLost:
        log.warning("job was taken over", job=running.name, id=str(running.id))
    except Exception:
        log.exception("job failed", job=running.name, id=str(running.id))
        running.fail()


def tick(app: Flask) -> None:
    """Put down every periodic job whose interval has begun."""
    with app.app_context(), writing():
        for kind in KINDS.values():
            if kind.interval is not None:
                rows.put_periodic(kind, clock.now())
        db.session.commit()
