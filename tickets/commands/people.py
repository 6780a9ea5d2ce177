"""`flask people add`: the first administrator, and anybody else, from a shell."""

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from tickets.actors import System
from tickets.admin_people import add_person, grant_role
from tickets.admin_units import UnitData, add_unit
from tickets.clock import now
from tickets.database import db, writing
from tickets.models import Unit
from workflow.reasons import Refused
from workflow.words import Role, UnitKind

RULE = "flask people add"


@click.group()
def people() -> None:
    """People and their accounts."""


@people.command("add")
@click.argument("login")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("unit")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def add(login: str, name: str, role: str, unit: str, password_stdin: bool) -> None:
    """Add a person who may sign in as LOGIN, called NAME, with ROLE in the unit with code UNIT.

    In a database without any unit, an administrator also founds the company, with the code UNIT.
    """
    password = _password(password_stdin)
    with writing():
        _add(login, name, Role(role), unit, password)
        db.session.commit()
    click.echo(f"{login} can sign in.")


def _unit_of(code: str, role: Role) -> Unit:
    """The unit with this code; the first administrator makes it, or nobody could ever begin."""
    found = db.session.scalar(select(Unit).where(Unit.code == code))
    if found is not None:
        return found
    if role is not Role.ADMINISTRATOR or db.session.scalar(select(Unit.id).limit(1)) is not None:
        raise click.ClickException(f"There is no unit with the code {code!r}.")
    company = UnitData(code=code, kind=UnitKind.COMPANY, names={"en": code}, parent=None)
    return add_unit(company, actor=System(RULE), now=now())


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _add(login: str, name: str, role: Role, unit: str, password: str) -> None:
    actor, moment = System(RULE), now()
    try:
        person = add_person(
            login=login, name=name, password=password, is_initial=False, actor=actor, now=moment
        )
        grant_role(person, _unit_of(unit, role), role, actor=actor, now=moment)
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
