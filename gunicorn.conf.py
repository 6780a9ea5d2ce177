"""What several web processes of one server need of each other. gunicorn reads this by itself."""

from typing import Any

from prometheus_client import multiprocess

from tickets.operation import metrics


def on_starting(_server: Any) -> None:
    metrics.forget_gone_processes()


def child_exit(_server: Any, worker: Any) -> None:
    """The counts of a process that ended stay in the sum; what it shows at the moment goes."""
    if metrics.is_shared():
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
