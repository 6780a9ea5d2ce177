"""The daily digest: everything once, at the hour that was wished, in one e-mail (NOT-04)."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from tests.cast import Cast, registered
from tickets import messages
from tickets.database import db, new_id
from tickets.messages import bell
from tickets.messages.digests import write_digests
from tickets.models import Message, Notification, Preference, QuietHours

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def reader(cast: Cast) -> Cast:
    """Chen wants a digest at nine; it is ten o'clock."""
    chen = cast.person("chen")
    chen.email, chen.language = "chen@example.com", "en"
    wish = {"email": True, "sms": False, "digest": True}
    db.session.add(Preference(id=new_id(), person_id=chen.id, topic="", **wish))
    db.session.add(QuietHours(person_id=chen.id, digest_at=time(9)))
    db.session.flush()
    return cast


def tell(cast: Cast, at: datetime, once: str) -> str:
    complaint = registered(cast, now=at)
    messages.tell(cast.people["chen"], "reopened", now=at, once=once, complaint=complaint)
    return complaint.number


def digests() -> list[Message]:
    query = select(Message).where(Message.digest).order_by(Message.created_at)
    return list(db.session.scalars(query))


def test_a_digest_says_everything_once(reader: Cast, now: datetime) -> None:
    first = tell(reader, now - 3 * HOUR, "a")
    second = tell(reader, now - 2 * HOUR, "b")
    later = tell(reader, now, "c")
    assert write_digests(now=now) == 1
    assert write_digests(now=now + HOUR) == 0
    (today,) = digests()
    assert today.address == "chen@example.com"
    assert first in today.body and second in today.body
    assert later not in today.body
    assert write_digests(now=now + DAY) == 1
    assert later in digests()[1].body
    assert first not in digests()[1].body


def test_what_was_read_already_is_not_said_again(reader: Cast, now: datetime) -> None:
    tell(reader, now - 3 * HOUR, "a")
    for row in db.session.scalars(select(Notification)):
        bell.mark_read(row, now=now)
    assert write_digests(now=now) == 0


def test_nothing_is_written_before_its_hour_or_without_news(reader: Cast, now: datetime) -> None:
    assert write_digests(now=now) == 0
    tell(reader, now, "a")
    assert write_digests(now=now + HOUR) == 0
    assert write_digests(now=now + DAY - 2 * HOUR) == 0
    assert write_digests(now=now + DAY) == 1


def test_days_without_a_worker_are_made_up_for(reader: Cast, now: datetime) -> None:
    tell(reader, now - 3 * HOUR, "a")
    assert write_digests(now=now) == 1
    missed = tell(reader, now + HOUR, "b")
    assert write_digests(now=now + 4 * DAY) == 1
    assert missed in digests()[1].body
