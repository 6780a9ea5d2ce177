"""Job threads in the process itself: one per queue and a ticker, beside the web server.

Several such processes on one PostgreSQL are safe, because rows are claimed; the threads only
decide who looks.
"""

import threading
import time

from flask import Flask

from tickets.jobs.registry import QUEUES
from tickets.log import log
from tickets.workers.running import run_one, tick, worker_name

IDLE_SECONDS = 1.0


class Embedded:
    """Starts the threads and stops them; a job that is running ends, or is handed back."""

    def __init__(self, app: Flask, queues: tuple[str, ...] = QUEUES, threads: int = 1) -> None:
        self.app = app
        self.stopping = threading.Event()
        targets = [(self._work, queue) for queue in queues for _ in range(threads)]
        self.threads = [
            threading.Thread(target=work, args=(queue,), name=f"jobs-{queue}", daemon=True)
            for work, queue in targets
        ]
        self.threads.append(threading.Thread(target=self._tick, name="jobs-ticker", daemon=True))

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        self.stopping.set()
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self, queue: str) -> None:
        worker = worker_name()
        while not self.stopping.is_set():
            try:
                busy = run_one(self.app, queue, worker, self.stopping)
            except Exception:  # the database may be away for a while
                log.exception("job worker in trouble", queue=queue)
                busy = False
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def _tick(self) -> None:
        while not self.stopping.is_set():
            try:
                tick(self.app)
            except Exception:
                log.exception("job ticker in trouble")
            self.stopping.wait(IDLE_SECONDS)
