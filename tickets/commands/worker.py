"""`flask worker`: job threads without a web server, on this or another machine."""

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from tickets.config import Carrier, Config
from tickets.database import db
from tickets.jobs.registry import QUEUES
from tickets.operation.serving import refuse_to_serve_unready
from tickets.workers.embedded import Embedded
from tickets.workers.procrastinated import Procrastinated


@click.command()
@click.option(
    "--queue", "queues", multiple=True, type=click.Choice(QUEUES), help="Only these; else all."
)
@click.option("--threads", default=1, show_default=True, help="Threads for each queue.")
@with_appcontext
def worker(queues: tuple[str, ...], threads: int) -> None:
    """Run jobs until stopped. Any number of workers may share one PostgreSQL."""
    refuse_to_serve_unready(db.engine, "127.0.0.1")
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's type hides it
    stop = threading.Event()

    def asked_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, asked_to_stop)
    config: Config = app.extensions["config"]
    kind = Procrastinated if config.jobs is Carrier.PROCRASTINATE else Embedded
    carrier = kind(app, queues or QUEUES, threads)
    carrier.start()
    click.echo(f"Working on {', '.join(queues or QUEUES)}  (Ctrl-C stops it)")
    stop.wait()
    carrier.stop()
