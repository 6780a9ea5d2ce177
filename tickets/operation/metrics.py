"""Figures for Prometheus. Never a name, a number or a word of a customer's.

Requests and runs of jobs are counted by the process that sees them; how jobs, messages and clocks
stand is read from the database by whoever is asked.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

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


def is_shared() -> bool:
    """Whether several processes put their figures together."""
    return bool(os.environ.get(FOLDER))


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
    jobs: Sequence[Standing], messages: Waiting, overdue: Mapping[str, int], now: datetime
) -> bytes:
    """Everything as text: what these processes did, and how jobs, messages and clocks stand."""
    done = _own
    if is_shared():
        done = CollectorRegistry()
        multiprocess.MultiProcessCollector(done)  # type: ignore[no-untyped-call]  # it has none
    standing = CollectorRegistry()
    standing.register(_Standing([*_of_jobs(jobs), *_of_messages(messages, now), _of(overdue)]))
    return generate_latest(done) + generate_latest(standing)


class _Standing(Collector):
    """What was read from the database just now. Not the library's own gauges, which would be kept
    in the shared folder as if they were this process's."""

    def __init__(self, figures: Sequence[Metric]) -> None:
        self.figures = figures

    def collect(self) -> Iterable[Metric]:
        return self.figures


def _of_jobs(jobs: Sequence[Standing]) -> Iterator[Metric]:
    figures: dict[str, tuple[str, Callable[[Standing], float]]] = {
        "backlog": ("Jobs that wait and are due", lambda each: each.backlog),
        "running": ("Jobs that run", lambda each: each.running),
        "failed": ("Jobs that need a person", lambda each: each.failed),
        "late": ("1 when a periodic job is late", lambda each: each.late),
    }
    for name, (says, figure) in figures.items():
        yield _gauge(f"job_{name}", says, "job", {each.name: figure(each) for each in jobs})
    ages = {each.name: each.age.total_seconds() for each in jobs if each.age is not None}
    yield _gauge("job_age_seconds", "Time since the last success", "job", ages)


def _of_messages(messages: Waiting, now: datetime) -> Iterator[Metric]:
    states = {"waiting": messages.waiting, "held": messages.held, "dead": messages.dead}
    yield _gauge("messages", "Messages by state", "state", states)
    oldest = (now - messages.oldest).total_seconds() if messages.oldest else 0
    says = "Age of the oldest unsent message"
    yield GaugeMetricFamily("shouwen_message_oldest_seconds", says, oldest)


def _of(overdue: Mapping[str, int]) -> Metric:
    return _gauge("clocks_overdue", "Open clocks whose limit has passed", "clock", overdue)


def _gauge(name: str, says: str, label: str, figures: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"shouwen_{name}", says, labels=[label])
    for value, figure in figures.items():
        family.add_metric([value], figure)
    return family
