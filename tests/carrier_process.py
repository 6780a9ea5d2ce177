"""A worker process for tests that kill it: `python -m tests.carrier_process URL CARRIER FOLDER`.

Its job `leave_a_mark` notes each run in a file and, when told, takes very long the first time.
"""

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from app import create_app
from tickets.carriers.embedded import Embedded
from tickets.carriers.procrastinated import Procrastinated
from tickets.jobs import KINDS, Kind, Work

LEASE = timedelta(seconds=3)


def leave_a_mark(work: Work) -> None:
    folder = Path(work.payload["folder"])
    name = work.payload["name"]
    runs = folder / f"{name}.runs"
    with runs.open("a") as file:
        file.write("run\n")
    if work.payload.get("slow") and runs.read_text().count("run") == 1:
        time.sleep(60)
    (folder / f"{name}.done").touch()


KINDS.setdefault("leave_a_mark", Kind("leave_a_mark", leave_a_mark, lease=LEASE))


def main(url: str, carrier: str) -> None:
    app = create_app({"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests", "DATABASE_URL": url})
    kind = Procrastinated if carrier == "procrastinated" else Embedded
    kind(app).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:3])
