"""Running one job: claimed, committed, run, and marked done together with what it did."""

import time
import traceback
from datetime import datetime
from threading import Event
from typing import Protocol
from uuid import UUID

from flask import Flask

from tickets import clock
from tickets.database import db, new_id, writing
from tickets.jobs import KINDS, HandedBack, LeaseLost, rows
from tickets.log import log
from tickets.models import Job
from tickets.operation import metrics
from tickets.workers import kinds as _kinds  # registers every kind

__all__ = ["RunningJob", "run_one", "run_row", "tick", "worker_name"]

_ = _kinds


BREATH = 0.05
"""Seconds between two steps of a job on SQLite, in which other processes may write: these look
again every tenth of a second, and step after step would let them wait for the whole job."""


class Stopping(Protocol):
    """Says whether the process wants to stop; a `threading.Event` does."""

    def is_set(self) -> bool: ...


class RunningJob:
    """A job while it runs here; see `tickets.jobs.work.Work`."""

    def __init__(self, row: Job, worker: str, stopping: Stopping) -> None:
        self.id, self.name, self.payload, self.cursor = row.id, row.name, row.payload, row.cursor
        self.done, self.worker, self.lease = row.done, worker, rows.lease_of(row)
        self.stopping = stopping
        self.started = clock.now()

    @property
    def stop_wanted(self) -> bool:
        return self.stopping.is_set()

    def now(self) -> datetime:
        return clock.now()

    def save(
        self, cursor: str | None = None, *, done: int | None = None, total: int | None = None
    ) -> None:
        given: dict[str, str | int | None] = {"cursor": cursor, "done": done, "total": total}
        progress = {name: value for name, value in given.items() if value is not None}
        if cursor is not None:
            progress["attempts"] = 1  # it got further: what came before does not count against it
        stops = self.stop_wanted
        self._keep(
            rows.hand_back(self.id, self.worker, self.now(), **progress)
            if stops
            else rows.hold(self.id, self.worker, self.now() + self.lease, **progress)
        )
        if stops:
            raise HandedBack(f"{self.name} {self.id}")
        self.cursor = cursor if cursor is not None else self.cursor
        self.done = done if done is not None else self.done
        if db.engine.dialect.name == "sqlite":
            time.sleep(BREATH)

    def undo(self) -> None:
        db.session.rollback()

    def finish(self) -> None:
        self._keep(rows.finish(self.id, self.name, self.worker, self.started, self.now()))

    def fail(self) -> None:
        db.session.rollback()
        rows.fail(self.id, self.worker, traceback.format_exc(), self.now())
        db.session.commit()

    def _keep(self, held: bool) -> None:
        if not held:
            db.session.rollback()
            raise LeaseLost(f"{self.name} {self.id}")
        db.session.commit()


def worker_name() -> str:
    return new_id().hex


def run_one(app: Flask, queue: str, worker: str, stopping: Stopping | None = None) -> bool:
    """Claim one job of the queue and run it; False when there is none."""
    with app.app_context():
        # Looked for by reading: on SQLite an idle worker must not queue among those who write.
        if not rows.is_any_due(queue, clock.now()):
            return False
        db.session.rollback()
        with writing():
            return _carry(rows.claim(queue, worker, clock.now()), worker, stopping)


def run_row(app: Flask, job_id: UUID, worker: str, stopping: Stopping | None = None) -> bool:
    """Claim this job and run it; False when it is done or somebody has it."""
    with app.app_context(), writing():
        return _carry(rows.claim_row(job_id, worker, clock.now()), worker, stopping)


def _carry(row: Job | None, worker: str, stopping: Stopping | None) -> bool:
    if row is None:
        db.session.rollback()
        return False
    running = RunningJob(row, worker, stopping or Event())
    db.session.commit()
    _run(running)
    return True


def _run(running: RunningJob) -> None:
    kind = KINDS.get(running.name)
    began = time.perf_counter()
    try:
        if kind is None:
            raise LookupError(f"this version knows no job {running.name!r}")
        kind.run(running)
        running.finish()
        outcome = "done"
    except LeaseLost:
        log.warning("job was taken over", job=running.name, id=str(running.id))
        outcome = "taken over"
    except HandedBack:
        log.info("job was handed back", job=running.name, id=str(running.id))
        outcome = "handed back"
    except Exception:
        log.exception("job failed", job=running.name, id=str(running.id))
        running.fail()
        outcome = "failed"
    metrics.count_job(running.name, outcome, time.perf_counter() - began)


def tick(app: Flask) -> None:
    """Put down every periodic job whose interval has begun; let fail what kills its workers."""
    with app.app_context():
        wanted = rows.periodic_wanted(clock.now()) or rows.is_to_be_given_up(clock.now())
        db.session.rollback()
        if not wanted:
            return
        with writing():
            rows.put_periodic(clock.now())
            rows.give_up(clock.now())
            db.session.commit()
