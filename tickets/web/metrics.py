"""Figures for Prometheus. Never a name, a number or a word of a customer's."""

import os
import time
from collections.abc import Sequence
from datetime import datetime

from flask import Flask, Response, g, request
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
"""The library's own setting: where several processes of one server put their figures together.
Whoever starts the server empties it first, or figures of processes that are gone count on."""

_own = CollectorRegistry()
REQUESTS = Counter(
    "shouwen_requests", "Requests by endpoint and status", ("endpoint", "status"), registry=_own
)
SECONDS = Histogram(
    "shouwen_request_seconds", "Time until the answer", ("endpoint",), registry=_own
)


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_count)


def exposition(jobs: Sequence[Standing], messages: Waiting, now: datetime) -> bytes:
    """Everything as text: what this server did, and how jobs and messages stand."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        multiprocess.MultiProcessCollector(registry)
    standing = CollectorRegistry()
    _tell_jobs(standing, jobs)
    _tell_messages(standing, messages, now)
    requests = registry if os.environ.get(FOLDER) else _own
    return generate_latest(requests) + generate_latest(standing)


def _tell_jobs(registry: CollectorRegistry, jobs: Sequence[Standing]) -> None:
    figures = {
        "backlog": "Jobs that wait",
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


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    REQUESTS.labels(endpoint, response.status_code).inc()
    began = g.pop("began", None)
    if began is not None:
        SECONDS.labels(endpoint).observe(time.perf_counter() - began)
    return response
