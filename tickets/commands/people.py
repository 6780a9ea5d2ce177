"""`flask people add`: the first administrator, and anybody else, from a shell."""

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from tickets.accounts.sessions import normal_login
from tickets.actors import System
from tickets.administration import rights
from tickets.administration.people import add_person, set_password
from tickets.administration.rights import oversees_somebody, tell_overseers
from tickets.administration.units import UnitData, add_unit
from tickets.clock import now
from tickets.database import db, writing
from tickets.models import Person, RightsAct, Unit
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


@people.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def password(login: str, password_stdin: bool) -> None:
    """Give the person with LOGIN a password, to be changed at the first sign-in.

    For whom no administrator can help, such as the only one. Everybody who oversees is told when
    the person does.
    """
    given = _password(password_stdin)
    with writing():
        _give_password(login, given)
        db.session.commit()
    click.echo(f"{login} has a new password.")


def _give_password(login: str, given: str) -> None:
    moment, actor = now(), System("flask people password")
    person = db.session.scalar(select(Person).where(Person.login == normal_login(login)))
    if person is None:
        raise click.ClickException(f"There is nobody with the login {login!r}.")
    try:
        set_password(person, given, actor=actor, now=moment)
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
    if oversees_somebody(person):
        tell_overseers(person, RightsAct.ISSUE_PASSWORD, by=actor, now=moment)


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
        # The shell has no second administrator; whoever oversees is told instead.
        rights.grant_role(person, _unit_of(unit, role), role, actor=actor, now=moment)
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
