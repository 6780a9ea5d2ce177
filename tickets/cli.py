"""The commands: what an operator does from a shell."""

import click
from flask import Flask

from tickets.commands import (
    audit,
    closing,
    complaints,
    configuration,
    facts,
    invariants,
    lifecycle,
    limits,
    people,
    reports,
    seed,
    serve,
    worker,
)

COMMANDS: tuple[click.Command, ...] = (
    serve.serve,
    seed.seed,
    configuration.configuration,
    lifecycle.lifecycle,
    limits.limits,
    people.people,
    invariants.invariants,
    audit.audit,
    closing.closing,
    complaints.complaints,
    facts.facts,
    reports.reports,
    worker.worker,
)


def init_app(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
