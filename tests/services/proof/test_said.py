"""Events say what changed in rows, whatever was undone in between."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, do, registered
from tests.services.history.flaws import flaws_of
from tickets.history import events_of
from tickets.models import Complaint
from workflow.words import Severity

HOUR = timedelta(hours=1)


def rows(complaint: Complaint, place: int) -> dict[str, object]:
    said = events_of(complaint)[place].data.get("rows", {})
    found: dict[str, object] = said.get("complaint", {}).get(complaint.id.hex, {})
    return found


def test_the_first_event_says_every_column_and_later_ones_what_changed(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    do("correct", complaint, cast.chen, now, severity=Severity.MAJOR, reason="It is worse.")
    do("note", complaint, cast.chen, now, text="Nothing changes.")

    assert rows(complaint, 0)["severity"] == "normal"
    assert rows(complaint, 1) == {"severity": "major"}
    assert rows(complaint, 2) == {}
    assert "13912345678" not in str(rows(complaint, 0)), "numbers of customers as digests only"


def test_what_was_undone_to_a_savepoint_is_not_said_and_said_when_done_again(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    nested = session.begin_nested()
    do("correct", complaint, cast.chen, now, severity=Severity.MAJOR, reason="It is worse.")
    nested.rollback()
    session.expire_all()

    do("note", complaint, cast.chen, now, text="Nothing changes.")
    do("correct", complaint, cast.chen, now, severity=Severity.MAJOR, reason="It is worse.")

    assert rows(complaint, 1) == {}
    assert rows(complaint, 2) == {"severity": "major"}
    assert flaws_of(complaint) == []


def test_a_change_without_an_event_is_a_flaw_not_the_next_events_word(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    session.commit()
    complaint.severity = Severity.MAJOR
    session.commit()
    do("note", complaint, cast.chen, now + HOUR, text="Nothing changes.")

    assert {flaw.what for flaw in flaws_of(complaint)} == {"complaint.severity was changed"}
