"""Entering absences: with somebody who stands in, and for a time (OWN-06)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast
from tickets.database import db
from tickets.models import Absence, Person
from tickets.people import absences
from tickets.people.absences import present
from workflow.machine import Refused

DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def entered_for(person: Person, now: datetime) -> list[Absence]:
    """What is entered for this person and not over yet, as the one away or as the substitute."""
    theirs = or_(Absence.person_id == person.id, Absence.substitute_id == person.id)
    query = select(Absence).where(theirs, Absence.ends_at > now).order_by(Absence.starts_at)
    return list(db.session.scalars(query))


@pytest.mark.parametrize(
    ("substitute", "begins", "days", "code"),
    [
        (None, 0, 5, "needed"),
        ("chen", 0, 5, "oneself"),
        ("zhao", 0, 5, "cannot"),
        ("wang", 5, 0, "order"),
        ("wang", -9, 5, "past"),
        ("wang", 0, 400, "long"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    session: DbSession,
    cast: Cast,
    now: datetime,
    substitute: str | None,
    begins: int,
    days: int,
    code: str,
) -> None:
    """OWN-06: bounded in time, with somebody who may answer for complaints."""
    other = cast.person(substitute) if substitute else None
    starts = now + begins * DAY

    with pytest.raises(Refused) as refused:
        absences.enter(cast.chen, other, starts, starts + days * DAY, actor=cast.chen, now=now)

    assert code in {reason.code for reason in refused.value.reasons}
    assert session.scalars(select(Absence)).all() == []


def test_whoever_is_back_early_answers_again_at_once(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """OWN-06: accountability returns; that it had moved stays on record."""
    starts, ends = now - HOUR, now + 9 * DAY
    row = absences.enter(cast.chen, cast.wang, starts, ends, actor=cast.zheng, now=now)
    session.flush()
    assert present(cast.people["chen"], now) == cast.people["wang"]
    assert entered_for(cast.wang, now) == [row]

    absences.end(row, actor=cast.chen, now=now + DAY)
    session.flush()

    assert present(cast.people["chen"], now + DAY) == cast.people["chen"]
    assert present(cast.people["chen"], now) == cast.people["wang"]
    assert entered_for(cast.chen, now + DAY) == []


def test_an_absence_taken_back_before_it_began_is_never_in_force(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    starts = now + 5 * DAY
    row = absences.enter(cast.chen, cast.wang, starts, starts + DAY, actor=cast.chen, now=now)
    session.flush()

    absences.end(row, actor=cast.chen, now=now)
    session.flush()

    assert present(cast.people["chen"], starts + HOUR) == cast.people["chen"]
