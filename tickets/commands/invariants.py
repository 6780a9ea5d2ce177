"""`flask invariants check`: what must hold at all times, looked at every night (OWN-02)."""

import click
from flask.cli import with_appcontext

from tickets.administration.leaving import orphans
from tickets.numbers import spoken


@click.group()
def invariants() -> None:
    """What must hold at all times."""


@invariants.command("check")
@with_appcontext
def check() -> None:
    """List open complaints nobody can answer for; fails when there are any."""
    found = 0
    for complaint in orphans():
        found += 1
        who = complaint.responsible
        click.echo(f"{spoken(complaint.number)}  {complaint.status}  {who.login}  {who.name}")
    if found:
        raise click.ClickException(
            f"{found} open complaints have a responsible person who is gone or has no role."
        )
    click.echo("Every open complaint has somebody who answers for it.")
