"""Which kinds of jobs there are: what runs under a name, in which queue, how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tickets.jobs.work import Work

SWEEP, MESSAGES, MAIN = "sweep", "messages", "main"
QUEUES = (SWEEP, MESSAGES, MAIN)
"""Each has workers of its own: neither a long report nor a dead mail server holds up the sweep
(JOB-02)."""

Run = Callable[[Work], None]


@dataclass(frozen=True)
class JobKind:
    """One kind of job. `interval` makes it periodic; `lease` is how long a worker may be silent
    before another one takes over; after `tries` failures a person must look."""

    name: str
    run: Run
    queue: str = MAIN
    interval: timedelta | None = None
    lease: timedelta = timedelta(minutes=2)
    tries: int = 5


KINDS: dict[str, JobKind] = {}


def job(
    name: str,
    *,
    queue: str = MAIN,
    lease: timedelta = timedelta(minutes=2),
    tries: int = 5,
) -> Callable[[Run], Run]:
    """Register what runs under a name."""
    return _registering(lambda run: JobKind(name, run, queue, None, lease, tries))


def every(
    interval: timedelta, *, name: str, queue: str = MAIN, lease: timedelta = timedelta(minutes=2)
) -> Callable[[Run], Run]:
    """Register what runs once in every interval, however many processes there are (JOB-04)."""
    return _registering(lambda run: JobKind(name, run, queue, interval, lease, 1))


def _registering(kind_of: Callable[[Run], JobKind]) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        kind = kind_of(run)
        if kind.name in KINDS or kind.queue not in QUEUES:
            raise ValueError(f"job kind {kind.name!r} is there already or has no such queue")
        KINDS[kind.name] = kind
        return run

    return register
