"""`flask facts`: what reports count, made now instead of by the next round of the job."""

import click
from flask.cli import with_appcontext

from tickets.clock import now
from tickets.database import db, writing
from tickets.facts import building, months


@click.command()
@click.option("--again", is_flag=True, help="From the first event of every complaint.")
@with_appcontext
def facts(again: bool) -> None:
    """Count everything that the facts do not know yet. Use --again after changing the zone."""
    done = 0
    with writing():
        if again:
            building.forget()
            db.session.commit()
        while ids := building.next_behind():
            building.count(ids)
            db.session.commit()
            done += len(ids)
        while (month := months.next_uncounted(now())) is not None:
            months.count(month, now())
            db.session.commit()
    click.echo(f"Counted {done} complaints.")
