"""Facts are made behind what is saved, and come to the same however often they are made."""

import random
from contextlib import nullcontext
from datetime import datetime, timedelta

from sqlalchemy import event as listeners
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, resolved
from tests.figures_compared import count_everything
from tests.histories import histories, plant, swiftly
from tickets.database import db
from tickets.facts import building
from tickets.models import Complaint, ComplaintFact
from workflow.words import CallOutcome


def test_what_is_told_swiftly_comes_to_the_same_facts(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """The same happens when clocks are reckoned after every event and people are told of it."""
    tree = plant(cast)
    found = []
    for way in (nullcontext, swiftly):
        with session.begin_nested() as trial:
            with way():
                histories(cast, random.Random(2), 12, now, tree)
            count_everything()
            found.append(facts_without_keys())
            trial.rollback()
    assert found[0] == found[1]
    assert len(found[0]) > 100


def facts_without_keys() -> list[str]:
    """What is known, whatever number or key it was given; `used` is as of the last reckoning."""
    passing = {"complaint_id", "clock_id", "cause_id", "used"}
    return sorted(
        f"{table.__name__} {row}"
        for table in building.TABLES
        for row in db.session.execute(
            select(*(each for each in table.__table__.columns if each.name not in passing))
        )
    )


def test_saving_a_complaint_counts_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """PER-01: facts are made behind it, never in the request that saves."""
    written: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        written.append(statement.lower())

    listeners.listen(db.engine, "before_cursor_execute", look)
    try:
        complaint = resolved(cast, now=now)
        call(complaint, CallOutcome.ACCEPTED, now + timedelta(hours=1))
        session.flush()
    finally:
        listeners.remove(db.engine, "before_cursor_execute", look)

    assert written and not [each for each in written if "_fact" in each]
    assert building.behind() == 1
    version = complaint.version
    count_everything()
    assert building.behind() == 0
    assert session.get_one(Complaint, complaint.id).version == version, "forms stay good"


def test_counting_again_from_the_first_event_changes_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    with swiftly():
        histories(cast, random.Random(3), 20, now)
    count_everything()
    first = facts()
    building.forget()
    count_everything()
    assert facts() == first


def facts() -> list[object]:
    return [
        tuple(row)
        for table in building.TABLES
        for row in db.session.execute(
            select(*table.__table__.columns).order_by(*table.__table__.primary_key.columns)
        )
    ]


def test_the_number_of_facts_is_that_of_complaints(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    with swiftly():
        histories(cast, random.Random(5), 10, now)
    count_everything()
    assert session.scalar(select(func.count()).select_from(ComplaintFact)) == 10
