"""Filling an empty database with the demo, in one transaction that the caller commits."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tickets.accounts import passwords
from tickets.actors import System
from tickets.administration.catalogue import CategoryData, CauseData, add_category, add_cause
from tickets.administration.people import grant_role, put_person
from tickets.administration.units import UnitData, add_unit
from tickets.database import db
from tickets.demo import earlier
from tickets.demo.accounts import DEMO_PASSWORD
from tickets.demo.organisation import CATEGORIES, CAUSES, PEOPLE, UNITS
from tickets.demo.stories import STORIES
from tickets.demo.teller import Teller
from tickets.models import Category, Person, Unit
from tickets.models.installation import Installation
from tickets.policy import policy_now

RULE = System("flask seed")
OPENED = timedelta(days=120)
"""How long before the moment of filling the demo company began."""


def anybody_here() -> bool:
    """Whether people exist: then this is no empty database."""
    return bool(db.session.scalar(select(func.count()).select_from(Person)))


def fill(now: datetime, *, with_earlier: bool = True) -> int:
    """Add the company and its complaints as of `now`; returns how many complaints. Those of the
    weeks before the last two are there to be counted, and take most of the time."""
    opened = now - OPENED
    _mark_as_demo(opened)
    units = _add_units(opened)
    _add_people(units, opened)
    _add_catalogue(opened)
    told = [*(earlier.stories() if with_earlier else ()), *STORIES]
    Teller(now, policy_now()).tell(told)
    _give_addresses()
    return len(told)


def _give_addresses() -> None:
    """After the stories, so that the demo begins with what happens now, not with old e-mails."""
    for person in db.session.scalars(select(Person)):
        person.email = f"{person.login}@example.com"


def _mark_as_demo(opened: datetime) -> None:
    installation = db.session.get(Installation, 1)
    if installation is None:
        installation = Installation(id=1, created_at=opened)
        db.session.add(installation)
    installation.is_demo = True


def _add_units(opened: datetime) -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for row in UNITS:
        data = UnitData(row.code, row.kind, asdict(row.names), made.get(row.above))
        made[row.code] = add_unit(data, actor=RULE, now=opened)
    return made


def _add_people(units: dict[str, Unit], opened: datetime) -> None:
    for row in PEOPLE:
        # Not through the front door: a published password is refused there.
        stored = passwords.hashed(DEMO_PASSWORD)
        person = put_person(login=row.login, name=row.name, stored=stored, actor=RULE, now=opened)
        grant_role(person, units[row.unit], row.role, actor=RULE, now=opened)


def _add_catalogue(opened: datetime) -> None:
    made: dict[str, Category] = {}
    for row in CATEGORIES:
        data = CategoryData(row.code, asdict(row.names), True, made.get(row.above))
        made[row.code] = add_category(data, actor=RULE, now=opened)
    for row in CAUSES:
        add_cause(CauseData(row.code, asdict(row.names), True), actor=RULE, now=opened)
