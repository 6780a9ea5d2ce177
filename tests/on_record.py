"""The people of the tests as they stand in administration's own history, for whoever audits it."""

from datetime import datetime

from sqlalchemy import select

from tickets.actors import System
from tickets.database import db
from tickets.history.administration import Subject, record
from tickets.models import Person


def put_on_record(now: datetime) -> None:
    """Say of everybody who is here that they were added, as the verbs of administration do."""
    for person in db.session.scalars(select(Person).order_by(Person.id)):
        record(
            Subject.PERSON,
            person.id,
            "added",
            before=None,
            after={"login": person.login},
            actor=System("cast"),
            now=now,
        )
