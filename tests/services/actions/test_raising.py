"""What raises a complaint by rule, without anybody losing the responsibility (design §5)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, dispatched, do, orders, registered
from tickets import history
from workflow.words import Channel, Level

Db = scoped_session[Session]
HOUR = timedelta(hours=1)


def test_the_second_return_raises_the_level(session: Db, cast: Cast, now: datetime) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)

    do("return", network, cast.zhao, now, reason="Not ours.")
    assert complaint.level == Level.DESK
    do("return", billing, cast.zhou, now + HOUR, reason="Not ours either.")
    assert complaint.level == Level.LEAD
    assert complaint.responsible_id == cast.people["chen"]
    (raised,) = [each for each in history.events_of(complaint) if each.action == "raise_level"]
    assert raised.rule == "second_return"


def test_an_appeal_through_the_regulator_begins_one_level_up(
    session: Db, cast: Cast, now: datetime
) -> None:
    assert registered(cast, now=now, channel=Channel.REGULATOR).level == Level.LEAD


def test_a_complaint_that_the_regulator_asks_about_is_raised(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    said = {"channel": Channel.REGULATOR, "text": "They want to know."}
    for hours in range(5):
        do("contact", complaint, cast.chen, now + hours * HOUR, **said)

    assert complaint.level == Level.EXECUTIVE  # and no further
    assert complaint.responsible_id == cast.people["chen"]
