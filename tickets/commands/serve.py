"""`flask serve`: the application in one process, for a desk or a demo."""

import signal
import sys
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from waitress import create_server

from tickets.config import Carrier, Config
from tickets.database import db
from tickets.delivery.sinks import start_sinks
from tickets.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from tickets.operation import metrics
from tickets.operation.serving import is_demo, refuse_to_serve_unready
from tickets.workers.embedded import Embedded


@click.command()
@click.option("--host", help="Address to listen on; otherwise HOST, otherwise 127.0.0.1.")
@click.option("--port", type=int, help="Port to listen on; otherwise PORT, otherwise 8000.")
@with_appcontext
def serve(host: str | None, port: int | None) -> None:
    """Serve the application with waitress."""
    metrics.forget_gone_processes()
    config: Config = current_app.extensions["config"]
    address = host or config.host
    refuse_to_serve_unready(db.engine, address)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's type hides it
    server = create_server(
        app,
        host=address,
        port=config.port if port is None else port,
        threads=config.threads,
        ident=None,
    )
    click.echo(f"Shouwen: http://{address}:{server.effective_port}/  (Ctrl-C stops it)")
    if is_demo(db.engine):
        _say_who_can_sign_in()
    sinks = start_sinks(app)
    carrier = Embedded(app) if config.jobs is Carrier.EMBEDDED else None
    if carrier is not None:
        carrier.start()
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    finally:
        if carrier is not None:
            carrier.stop()
        if sinks is not None:
            sinks.stop()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """As Ctrl-C does: requests are answered, jobs end or are handed back."""
    sys.exit(0)


def _say_who_can_sign_in() -> None:
    click.echo(f"Demo accounts, all with the password {DEMO_PASSWORD}:")
    for account in DEMO_ACCOUNTS:
        click.echo(f"  {account.login:6} {account.role} ({account.name})")
