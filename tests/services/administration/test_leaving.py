"""Nobody leaves a complaint without somebody who answers for it (OWN-01, OWN-02)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import SYSTEM, Cast, call, dispatched, do, orders, registered, resolved
from tickets.administration import leaving
from tickets.models import Complaint, Event, Transfer
from workflow.words import CallOutcome, OrderStatus, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def transfer(
    complaint: Complaint, cast: Cast, to: str, now: datetime, *, by: str = "zheng"
) -> None:
    do("transfer", complaint, cast.person(by), now, to=cast.people[to], reason="Chen is ill.")


def events(complaint: Complaint, session: scoped_session[Session]) -> list[Event]:
    query = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq)
    return list(session.scalars(query))


def test_a_leaving_person_hands_over_everything_that_is_open(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-02: at once, pending transfers or not; what has ended stays as it was."""
    going_on = [registered(cast, now=now), dispatched(cast, "network", now=now)]
    transfer(going_on[0], cast, "li", now)
    closed = resolved(cast, now=now)
    call(closed, CallOutcome.ACCEPTED, now)
    assert leaving.open_complaints_of(cast.chen) == 2

    moved = leaving.hand_over(cast.chen, cast.wang, actor=cast.admin, now=now, reason="Leaves.")

    assert moved == 2
    assert leaving.open_complaints_of(cast.chen) == 0
    assert {each.responsible_id for each in going_on} == {cast.people["wang"]}
    assert closed.responsible_id == cast.people["chen"]
    assert [each.status for each in orders(going_on[1])] == [OrderStatus.SENT]
    states = {each.state for each in session.scalars(select(Transfer))}
    assert states == {"cancelled", "accepted"}


def test_a_complaint_whose_person_has_left_is_found(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-02: the nightly check, for what got past every other."""
    left, demoted, fine = (registered(cast, now=now, by=who) for who in ("chen", "li", "wang"))
    cast.chen.active = False
    cast.li.memberships.clear()
    session.flush()

    assert {each.id for each in leaving.orphans()} == {left.id, demoted.id}
    assert fine.id not in {each.id for each in leaving.orphans()}


@pytest.mark.parametrize(("by", "heir"), [("wang", "wang"), ("zheng", "zheng"), (None, "zheng")])
def test_what_comes_back_after_its_person_has_left_is_somebodys_at_once(
    session: scoped_session[Session], cast: Cast, now: datetime, by: str | None, heir: str
) -> None:
    """OWN-01: whoever reopens it, or, when the system does, the nearest supervisor."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now)
    cast.chen.active = False
    session.flush()

    do("reopen", complaint, cast.person(by) if by else SYSTEM, now + DAY, reason="Dead again.")

    assert complaint.status is Status.IN_PROGRESS
    assert complaint.responsible_id == cast.people[heir]
    last = events(complaint, session)[-1]
    assert (last.action, last.rule) == ("hand_over", "responsible_left")


def test_undoing_a_merge_after_its_person_has_left_names_another(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    survivor, complaint = registered(cast, now=now, by="wang"), registered(cast, now=now)
    do(
        "merge",
        complaint,
        cast.zheng,
        now,
        into=survivor.number,
        because="same_line",
        reason="The same.",
    )
    cast.chen.active = False
    session.flush()

    do("unmerge", complaint, cast.zheng, now, reason="Another line.")

    assert complaint.responsible_id == cast.people["zheng"]
