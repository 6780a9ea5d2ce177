"""`flask seed`: the demo, for trying the product out."""

import click
from flask import current_app
from flask.cli import with_appcontext

from tickets.clock import now
from tickets.config import Config
from tickets.database import db, writing
from tickets.demo.filling import anybody_here, fill


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, quietly, when people exist.")
@with_appcontext
def seed(if_empty: bool) -> None:
    """Fill an empty database with demo data and mark it as a demo."""
    config: Config = current_app.extensions["config"]
    if config.is_production:
        raise click.ClickException(
            "Demo accounts have a published password; they have no place in production."
        )
    with writing():
        if anybody_here():
            if if_empty:
                return
            raise click.ClickException(
                "This database has people in it; demo data goes into an empty one only."
            )
        count = fill(now())
        db.session.commit()
    click.echo(f"Filled with demo data: {count} complaints.")
