"""A worker process for tests that kill it: `python -m tests.carrier_process URL CARRIER`.

Its jobs note in files what they do. Those that are slow are so the first time only, so that what
takes them over ends. With MARKS in the environment there is a periodic one besides.
"""

import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from app import create_app
from tickets.jobs import KINDS, JobKind, Work
from tickets.jobs.registry import MAIN, SWEEP
from tickets.workers.embedded import Embedded
from tickets.workers.procrastinated import Procrastinated

LEASE = timedelta(seconds=3)
OFTEN = timedelta(seconds=2)
STEPS = 6
LONG = 60.0
CARRIERS = {"embedded": Embedded, "procrastinated": Procrastinated}


def mark(work: Work, line: str = "run") -> int:
    """Note a line in the file of the job; returns how many there are."""
    path = Path(work.payload["folder"]) / f"{work.payload['name']}.runs"
    with path.open("a") as file:
        file.write(f"{line}\n")
    return len(path.read_text().split())


def leave_a_mark(work: Work) -> None:
    first = mark(work) == 1
    if work.payload.get("slow") and first:
        time.sleep(LONG)


def take_steps(work: Work) -> None:
    """Six steps, each kept; the fourth takes very long the first time, but looks up meanwhile."""
    for step in range(work.cursor or 0, STEPS):
        lines = mark(work, str(step))
        if step == 3 and lines == 4:
            end = time.monotonic() + LONG
            while time.monotonic() < end and not work.stop_wanted:
                time.sleep(0.05)
        work.save(step + 1, done=step + 1, total=STEPS)


def wait_for_release(work: Work) -> None:
    """Holds its queue up until the test says otherwise."""
    mark(work)
    end = time.monotonic() + LONG
    work.save()
    while time.monotonic() < end and not (Path(work.payload["folder"]) / "release").exists():
        time.sleep(0.05)


def fail(work: Work) -> None:
    mark(work)
    raise ValueError("poison")


def come_again(_work: Work) -> None:
    with (Path(os.environ["MARKS"]) / "often.runs").open("a") as file:
        file.write("run\n")


for kind in (
    JobKind("leave_a_mark", leave_a_mark, lease=LEASE),
    JobKind("leave_a_mark_quickly", leave_a_mark, SWEEP),
    JobKind("take_steps", take_steps, lease=LEASE),
    JobKind("wait_for_release", wait_for_release, MAIN, lease=timedelta(minutes=2)),
    JobKind("poison", fail),
):
    KINDS.setdefault(kind.name, kind)
if "MARKS" in os.environ:
    KINDS.setdefault("often", JobKind("often", come_again, SWEEP, interval=OFTEN, tries=1))


def main(url: str, carrier: str) -> None:
    app = create_app({"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests", "DATABASE_URL": url})
    CARRIERS[carrier](app).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:3])
