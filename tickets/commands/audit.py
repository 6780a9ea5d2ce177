"""`flask audit verify`: whether every history is as it was written (AUD-03)."""

import sys

import click
from flask.cli import with_appcontext

from tickets.audit import complaint_by_complaint, flaws_besides, how_many
from tickets.history import Flaw
from tickets.numbers import is_number, spoken


@click.group()
def audit() -> None:
    """What is stored, looked at by somebody who does not believe it."""


@audit.command("verify")
@with_appcontext
def verify() -> None:
    """Check every complaint, the guards and administration; prints each flaw, fails on any."""
    complaints, events = how_many()
    found, not_covered = 0, 0
    with click.progressbar(
        complaint_by_complaint(), length=complaints, label="Verifying", file=sys.stderr
    ) as everything:
        for each in everything:
            not_covered += each.not_covered
            found += len(each.flaws)
            for flaw in each.flaws:
                _say(flaw)
    for flaw in flaws_besides():
        found += 1
        _say(flaw)
    click.echo(f"Columns from before the upgrade that are not covered: {not_covered}")
    click.echo(f"Complaints verified: {complaints}, events: {events}, flaws: {found}")
    if found:
        raise click.ClickException("What is stored is not what was written.")


def _say(flaw: Flaw) -> None:
    number = spoken(flaw.number) if is_number(flaw.number) else flaw.number
    place = f"event {flaw.seq}" if flaw.seq else "rows"
    click.echo(f"{number}  {place}: {flaw.what}")
