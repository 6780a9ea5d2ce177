"""What comes back: reopening, repeats, contacts after the end (REO-01…05)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import SYSTEM, Cast, call, close_refusing, do, registered, resolved
from tickets import history, intake
from tickets.models import Answer, Callback, CallbackAttempt, Complaint, Event
from workflow.machine import Refused
from workflow.system_rules import SystemRule
from workflow.words import CallOutcome, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def closed(cast: Cast, now: datetime) -> Complaint:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now)
    return complaint


def test_inside_the_window_the_same_number_is_reopened(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-01: a new cycle, one level up; the first one's answer and callback stay."""
    complaint = closed(cast, now)
    number = complaint.number
    do("reopen", complaint, cast.wang, now + 30 * DAY, reason="Dead again.")

    assert (complaint.number, complaint.status) == (number, Status.IN_PROGRESS)
    assert (complaint.cycle, complaint.level, complaint.reopens) == (2, 1, 1)
    assert complaint.closed_at is None
    assert (complaint.closing_attempt_id, complaint.closing_holds) == (None, None)
    assert len(session.scalars(select(Answer)).all()) == 1
    assert len(session.scalars(select(CallbackAttempt)).all()) == 1


def test_after_the_window_it_is_a_new_complaint_linked_as_a_repeat(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-01."""
    complaint = closed(cast, now)
    later = now + 30 * DAY + timedelta(seconds=1)
    with pytest.raises(Refused) as refusal:
        do("reopen", complaint, cast.chen, later, reason="Dead again.")
    assert {reason.code for reason in refusal.value.reasons} == {"reopen_window"}

    first = intake.FirstContact(complaint.unit, cast.chen, repeat_of=complaint)
    inputs = {
        **{"description": "Dead again.", "category": cast.category, "channel": "phone"},
        **{"severity": "normal", "callback_number": "13912345678"},
    }
    repeat = intake.register(
        first, customer=complaint.customer, actor=cast.chen, now=later, inputs=inputs
    )

    assert (repeat.repeat_of_id, repeat.repeat_contact) == (complaint.id, True)
    assert repeat.number != complaint.number
    assert complaint.status is Status.CLOSED


@pytest.mark.parametrize("who", ["zheng", "he"])
def test_the_window_does_not_bind_a_supervisor(
    session: scoped_session[Session], cast: Cast, now: datetime, who: str
) -> None:
    """REO-02."""
    complaint = closed(cast, now)
    do("reopen", complaint, cast.person(who), now + 400 * DAY, reason="A court says so.")

    assert complaint.status is Status.IN_PROGRESS


def test_the_customers_reply_reopens_by_the_system_inside_the_window(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = closed(cast, now)
    with pytest.raises(Refused):
        do("reopen", complaint, SYSTEM, now + 31 * DAY, reason="Replied.")
    do("reopen", complaint, SYSTEM, now + DAY, reason="Replied.")

    assert complaint.responsible_id == cast.people["chen"]


@pytest.mark.parametrize("ending", ["closed", "withdrawn"])
def test_any_contact_after_the_end_is_work_for_the_responsible_person(
    session: scoped_session[Session], cast: Cast, now: datetime, ending: str
) -> None:
    """REO-03."""
    complaint = resolved(cast, now=now)
    if ending == "closed":
        call(complaint, CallOutcome.ACCEPTED, now)
    else:
        do(
            "withdraw",
            complaint,
            cast.chen,
            now,
            said_by="customer",
            channel="phone",
            at=now,
            text="Fine now.",
        )

    do("contact", complaint, cast.wang, now + DAY, channel="phone", text="It is back.")
    do("contact", complaint, cast.wang, now + 2 * DAY, channel="phone", text="Hello?")

    assert complaint.customer_waiting_since == now + DAY
    assert complaint.status == ending


def test_reopening_tells_who_closed_it_and_how_long_ago(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-04."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now, by=cast.qian)
    do("reopen", complaint, cast.wang, now + 4 * DAY, reason="Dead again.")

    event = session.scalars(select(Event).where(Event.action == "reopen")).one()
    assert event.data["closed_by"] == str(cast.people["qian"])
    assert (event.data["days_closed"], event.data["reopens"]) == (4, 1)


def test_reopening_an_exception_tells_who_approved_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    close_refusing(complaint, now, cast.he)
    do("reopen", complaint, cast.zheng, now + DAY, reason="Called after all.")

    event = session.scalars(select(Event).where(Event.action == "reopen")).one()
    assert event.data["closed_by"] == str(cast.people["he"])


def test_three_complaints_of_one_customer_in_a_month_raise_the_third(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-05: by a rule that the history names."""
    early = registered(cast, now=now - 40 * DAY)
    first, second, third = (registered(cast, now=now + days * DAY) for days in (0, 1, 2))

    assert [each.level for each in (early, first, second, third)] == [0, 0, 0, 1]
    event = session.scalars(select(Event).where(Event.action == "raise_level")).one()
    assert event.complaint_id == third.id
    assert event.rule == SystemRule.SEVERAL_COMPLAINTS


def test_a_closing_by_a_slip_of_the_hand_is_undone_within_minutes(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-13: the callback is due again, in the same cycle; the wrong record stays on record."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now)

    do("undo_closing", complaint, cast.chen, now + timedelta(minutes=9), reason="Wrong key.")

    assert (complaint.status, complaint.cycle, complaint.level) == (Status.RESOLVED, 1, 0)
    callback = session.scalars(select(Callback)).one()
    assert callback.done_at is None
    assert len(session.scalars(select(CallbackAttempt)).all()) == 1
    call(complaint, CallOutcome.NO_ANSWER, now + timedelta(minutes=10))
    assert complaint.status is Status.RESOLVED
    assert list(history.flaws(complaint)) == []


def test_a_closing_stands_when_the_minutes_are_over(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-13: after that the customer must come back, and it is reopened."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now)

    with pytest.raises(Refused, match="reopen it instead"):
        do("undo_closing", complaint, cast.chen, now + timedelta(minutes=11), reason="Wrong key.")
