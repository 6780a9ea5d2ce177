"""Figures for Prometheus. Never a name, a number or a word of a customer's.

Requests and runs of jobs are counted by the process that sees them; how jobs, messages and clocks
stand is read from the database by whoever is asked.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from tickets.jobs.health import Standing
from tickets.messages.outbox import Waiting

CONTENT_TYPE = CONTENT_TYPE_LATEST
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own setting: where the processes of one machine put their figures together."""
LONG = (0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 1800)
"""Seconds that runs of jobs are sorted by: a sweep takes parts of one, a recomputation many."""

_own = CollectorRegistry()
REQUESTS = Counter(
    "shouwen_requests", "Requests by endpoint and status", ("endpoint", "status"), registry=_own
)
SECONDS = Histogram(
    "shouwen_request_seconds", "Time until the answer", ("endpoint",), registry=_own
)
JOBS = Counter("shouwen_jobs", "Runs of jobs by outcome", ("job", "outcome"), registry=_own)
JOB_SECONDS = Histogram(
    "shouwen_job_seconds", "Time that a run took", ("job",), registry=_own, buckets=LONG
)


def forget_gone_processes() -> None:
    """Empty the folder of shared figures, for whoever starts a server, before anything is counted;
    or the figures of processes that are gone count on."""
    if folder := os.environ.get(FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file in Path(folder).glob("*.db"):
            file.unlink(missing_ok=True)


def count_request(endpoint: str, status: int, seconds: float | None) -> None:
    REQUESTS.labels(endpoint, status).inc()
    if seconds is not None:
        SECONDS.labels(endpoint).observe(seconds)


def count_job(name: str, outcome: str, seconds: float) -> None:
    JOBS.labels(name, outcome).inc()
    JOB_SECONDS.labels(name).observe(seconds)


def exposition(
    jobs: Sequence[Standing], messages: Waiting, overdue: dict[str, int], now: datetime
) -> bytes:
    """Everything as text: what these processes did, and how jobs, messages and clocks stand."""
    done = _own
    if os.environ.get(FOLDER):
        done = CollectorRegistry()
        multiprocess.MultiProcessCollector(done)
    standing = CollectorRegistry()
    _tell_jobs(standing, jobs)
    _tell_messages(standing, messages, now)
    _tell_clocks(standing, overdue)
    return generate_latest(done) + generate_latest(standing)


def _tell_jobs(registry: CollectorRegistry, jobs: Sequence[Standing]) -> None:
    figures = {
        "backlog": "Jobs that wait and are due",
        "running": "Jobs that run",
        "failed": "Jobs that need a person",
        "age_seconds": "Time since the last success",
        "late": "1 when a periodic job is late",
    }
    gauges = {
        name: Gauge(f"shouwen_job_{name}", says, ("job",), registry=registry)
        for name, says in figures.items()
    }
    for each in jobs:
        gauges["backlog"].labels(each.name).set(each.backlog)
        gauges["running"].labels(each.name).set(each.running)
        gauges["failed"].labels(each.name).set(each.failed)
        gauges["late"].labels(each.name).set(each.late)
        if each.age is not None:
            gauges["age_seconds"].labels(each.name).set(each.age.total_seconds())


def _tell_messages(registry: CollectorRegistry, messages: Waiting, now: datetime) -> None:
    states = Gauge("shouwen_messages", "Messages by state", ("state",), registry=registry)
    for state in ("waiting", "held", "dead"):
        states.labels(state).set(getattr(messages, state))
    oldest = Gauge(
        "shouwen_message_oldest_seconds", "Age of the oldest unsent message", registry=registry
    )
    oldest.set((now - messages.oldest).total_seconds() if messages.oldest else 0)


def _tell_clocks(registry: CollectorRegistry, overdue: dict[str, int]) -> None:
    clocks = Gauge(
        "shouwen_clocks_overdue",
        "Open clocks whose limit has passed",
        ("clock",),
        registry=registry,
    )
    for clock, count in overdue.items():
        clocks.labels(clock).set(count)
