"""Jobs carried by Procrastinate, for several machines that share the work on PostgreSQL.

Our rows stay the truth: a ticker finds those that are due and defers a task whose only content is
the row's key, with the key as queueing lock, so that a row has at most one task waiting. The task
claims the row as every worker does. A task that is lost with its worker is deferred again when the
row's lease has run out; a task too many finds nothing to claim. The engine keeps its tables in a
PostgreSQL schema of their own.
"""

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypedDict
from uuid import UUID

import procrastinate
import psycopg
from flask import Flask
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import URL

from tickets import clock
from tickets.config import ConfigurationError
from tickets.database import db
from tickets.jobs import rows
from tickets.jobs.registry import QUEUES
from tickets.log import log
from tickets.workers.running import run_row, tick, worker_name

SCHEMA = "procrastinate"
TASK = "carry"
IDLE_SECONDS = 1.0
STOP_SECONDS = 0.2
STALLED_SECONDS = 30.0
"""After so long without a heartbeat the engine counts a worker as dead."""
DEFERRED_AGAIN_AFTER = 15.0
"""A row that is still due so many seconds after its task was deferred gets another look."""
LOCK = 5_310_127
"""Of the advisory lock under which the engine's tables are made once."""


class WorkerReach(TypedDict):
    """How psycopg reaches a database."""

    conninfo: str
    kwargs: dict[str, str]


def connection_of(url: URL) -> WorkerReach:
    """How to reach the same database, seeing the engine's tables only."""
    if url.get_backend_name() != "postgresql":
        raise ConfigurationError("JOBS=procrastinate needs PostgreSQL; on SQLite use embedded.")
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return {"conninfo": plain, "kwargs": {"options": f"-c search_path={SCHEMA}"}}


def make_tables(url: URL) -> None:
    """Make the engine's tables unless they are there; safe when several workers start at once."""
    reach = connection_of(url)
    with psycopg.connect(reach["conninfo"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            asked = f"SELECT to_regclass('{SCHEMA}.procrastinate_jobs')"
            found = connection.execute(asked).fetchone()
            if found is not None and found[0] is None:
                engine = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(**reach))
                with engine.open():
                    engine.schema_manager.apply_schema()
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


class Procrastinated:
    """The engine's workers in this process, and the ticker that hands them rows."""

    def __init__(self, app: Flask, queues: tuple[str, ...] = QUEUES, threads: int = 1) -> None:
        self.app, self.queues, self.concurrency = app, queues, threads
        with app.app_context():
            self.url = db.engine.url
        self.stopping = threading.Event()
        self.deferred: dict[UUID, float] = {}
        self.threads = [threading.Thread(target=self._tick, name="jobs-ticker", daemon=True)]
        self.threads += [
            threading.Thread(target=self._work, args=(queue,), name=f"jobs-{queue}", daemon=True)
            for queue in queues
        ]

    def start(self) -> None:
        logging.getLogger("procrastinate").setLevel(logging.WARNING)  # else five lines for each job
        make_tables(self.url)
        for thread in self.threads:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        self.stopping.set()
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))

    # The ticker.

    def _tick(self) -> None:
        engine = procrastinate.App(
            connector=procrastinate.SyncPsycopgConnector(**connection_of(self.url))
        )
        while not self.stopping.is_set():
            try:
                with engine.open():
                    self._tick_on(engine)
            except Exception:
                log.exception("job ticker in trouble")
                self.stopping.wait(IDLE_SECONDS)

    def _tick_on(self, engine: procrastinate.App) -> None:
        while not self.stopping.is_set():
            tick(self.app)
            self._defer_due(engine)
            self.stopping.wait(IDLE_SECONDS)

    def _defer_due(self, engine: procrastinate.App) -> None:
        with self.app.app_context():
            due = rows.due(self.queues, clock.now())
        moment = time.monotonic()
        self.deferred = {
            job_id: at for job_id, at in self.deferred.items() if moment - at < DEFERRED_AGAIN_AFTER
        }
        for job_id, queue in due.items():
            if job_id not in self.deferred:
                self._defer(engine, job_id, queue)
                self.deferred[job_id] = moment

    def _defer(self, engine: procrastinate.App, job_id: UUID, queue: str) -> None:
        with suppress(AlreadyEnqueued):  # its task waits already
            engine.configure_task(
                TASK, queue=queue, queueing_lock=str(job_id), allow_unknown=True
            ).defer(job_id=str(job_id))

    # The workers.

    def _work(self, queue: str) -> None:
        while not self.stopping.is_set():
            try:
                asyncio.run(self._serve(queue))
            except Exception:
                log.exception("job worker in trouble", queue=queue)
                self.stopping.wait(IDLE_SECONDS)

    async def _serve(self, queue: str) -> None:
        engine = self._engine(connection_of(self.url))
        threads = ThreadPoolExecutor(self.concurrency + 1, thread_name_prefix=f"jobs-{queue}")
        asyncio.get_running_loop().set_default_executor(threads)
        async with engine.open_async():
            serving = asyncio.create_task(
                engine.run_worker_async(
                    queues=[queue],
                    name=f"{queue}-{worker_name()}",
                    concurrency=self.concurrency,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    fetch_job_polling_interval=IDLE_SECONDS,
                )
            )
            forget = 0.0
            while not self.stopping.is_set() and not serving.done():
                if time.monotonic() >= forget:
                    forget = time.monotonic() + STALLED_SECONDS
                    await self._forget_stalled(engine, queue)
                await asyncio.sleep(STOP_SECONDS)
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving

    async def _forget_stalled(self, engine: procrastinate.App, queue: str) -> None:
        """Remove the tasks of workers that died; their rows get new ones by their leases."""
        stalled = await engine.job_manager.get_stalled_jobs(
            queue=queue, seconds_since_heartbeat=STALLED_SECONDS
        )
        for each in stalled:
            with suppress(ConnectorException):  # another process was faster
                await engine.job_manager.finish_job(each, Status.FAILED, delete_job=True)

    def _engine(self, reach: WorkerReach) -> procrastinate.App:
        engine = procrastinate.App(connector=procrastinate.PsycopgConnector(**reach))

        @engine.task(name=TASK)
        def carry(job_id: str) -> None:
            run_row(self.app, UUID(job_id), worker_name(), self.stopping)

        return engine
