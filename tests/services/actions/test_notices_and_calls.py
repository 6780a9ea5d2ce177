"""What a closing without the customer's word rests on: calls in their time to known numbers, and
notices that really left (P6-P8)."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, ask_to_close, call, delivered, do, registered, resolved
from tests.unheard import DAY, HOUR, OTHER, dialled, missing, refusals, three_calls
from tickets import customers
from tickets.messages import outbox
from tickets.models import (
    Approval,
    ClockRow,
    Event,
    Message,
    Notice,
)
from tickets.policy import policy_now
from workflow.machine import Refused
from workflow.words import CallOutcome, ClockKind, ClockState, MessageState, Status

LETTER = {
    "channel": "letter",
    "address": "Wang Min, 5 East Road, Guiyang",
    "notice": "We could not reach you.",
}
SMS = {"channel": "sms", "address": "13912345678", "notice": "We could not reach you."}


# Notices.


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("sms", "nobody at all"),
        ("sms", "0851 8888 9999"),
        ("sms", "13912345678, 13912345679"),
        ("sms", "13912345678/13912345679"),
        ("sms", "12"),
        ("email", "nobody at all"),
        ("email", "a@example.com, b@example.com"),
        ("email", "a@example.com b@example.com"),
        ("email", "13912345678"),
        ("letter", "13912345678"),
        ("letter", "Home"),
        ("letter", "wang@example.com"),
        ("letter", "         "),
        ("letter", "家"),
    ],
)
def test_an_address_that_cannot_be_reached_this_way_is_refused_at_its_field(
    session: scoped_session[Session], cast: Cast, now: datetime, channel: str, address: str
) -> None:
    complaint = resolved(cast, now=now)
    said = {"channel": channel, "address": address, "notice": "We could not reach you."}
    with pytest.raises(Refused) as refused:
        do("send_notice", complaint, cast.chen, now, **said)

    assert {reason.field for reason in refused.value.reasons} == {"address"}
    assert session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize("address", ["枫林路7号", "Wang Min, 5 East Road, Guiyang"])
def test_a_letter_goes_to_a_street_and_a_number(
    session: scoped_session[Session], cast: Cast, now: datetime, address: str
) -> None:
    complaint = resolved(cast, now=now)
    do("send_notice", complaint, cast.chen, now, **{**LETTER, "address": address})

    assert session.scalars(select(Notice.address)).one() == address


def test_a_notice_counts_from_when_it_left(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    called = three_calls(complaint, now)
    do("send_notice", complaint, cast.chen, called, **SMS)
    asked = {"ground": "unreachable", "reason": "Nobody answers."}
    assert refusals("request_closing", complaint, cast.chen, called, **asked) == {"notice_waits"}

    left = called + 2 * HOUR
    delivered(left)

    do("request_closing", complaint, cast.chen, left, **asked)
    wait = policy_now().callback.wait_after_notice
    assert missing(complaint, cast, left + wait - HOUR) == {"notice_wait"}
    assert missing(complaint, cast, left + wait) == set()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (MessageState.HELD, "notice_waits"),
        (MessageState.RETRYING, "notice_waits"),
        (MessageState.DEAD, "notice"),
        (MessageState.CANCELLED, "notice"),
    ],
)
def test_a_notice_that_is_held_or_failed_is_none(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    state: MessageState,
    code: str,
) -> None:
    complaint = resolved(cast, now=now)
    called = three_calls(complaint, now)
    do("send_notice", complaint, cast.chen, called, **SMS)
    message = session.scalars(select(Message).where(Message.notice_id.is_not(None))).one()
    message.state = state
    session.flush()

    assert missing(complaint, cast, called + 9 * DAY) == {code}


def test_a_notice_that_came_back_counts_no_longer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    called = three_calls(complaint, now)
    do("send_notice", complaint, cast.chen, called, **SMS)
    delivered(called)
    notice = session.scalars(select(Notice)).one()
    said = {"notice": notice.id, "reason": "The number is no longer in service."}
    do("notice_returned", complaint, cast.chen, called + DAY, **said)

    assert missing(complaint, cast, called + 9 * DAY) == {"notice"}
    with pytest.raises(Refused, match="already"):
        do("notice_returned", complaint, cast.chen, called + DAY, **said)


def test_the_regulators_clock_stops_when_the_notice_leaves(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    query = select(ClockRow).where(ClockRow.kind == ClockKind.REGULATOR)
    do("send_notice", complaint, cast.chen, now + HOUR, **SMS)
    assert session.scalars(query).one().state is ClockState.RUNNING

    delivered(now + 3 * HOUR)
    delivered(now + 4 * HOUR)

    session.expire_all()
    row = session.scalars(query).one()
    assert (row.state, row.ended_at) == (ClockState.MET, now + 3 * HOUR)
    told = session.scalars(select(Event).where(Event.action == "notice_sent")).all()
    assert [event.rule for event in told] == ["notice_sent"]


def test_a_letter_counts_from_the_posting_that_somebody_else_confirms(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    called = three_calls(complaint, now)
    do("send_notice", complaint, cast.chen, called, **LETTER, posting_number="XA 1234 CN")
    assert delivered(called + DAY) == 0 or missing(complaint, cast, called + DAY)
    assert missing(complaint, cast, called + 9 * DAY) == {"notice_waits"}
    notice = session.scalars(select(Notice)).one()
    posted = {"notice": notice.id, "posted_at": called + 2 * HOUR}
    later = called + DAY
    assert refusals("confirm_posting", complaint, cast.chen, later, **posted) >= {"own_record"}
    early = {**posted, "posted_at": called - HOUR}
    assert refusals("confirm_posting", complaint, cast.wang, later, **early) == {"before_writing"}
    ahead = {**posted, "posted_at": later + HOUR}
    assert refusals("confirm_posting", complaint, cast.wang, later, **ahead) == {"in_future"}

    do("confirm_posting", complaint, cast.wang, later, **posted)

    wait = policy_now().callback.wait_after_notice
    assert missing(complaint, cast, called + 2 * HOUR + wait) == set()
    assert missing(complaint, cast, called + HOUR + wait) == {"notice_wait"}
    again = refusals("confirm_posting", complaint, cast.wang, later, **posted)
    assert again == {"no_letter"}


# Refusals.


def test_a_refusal_counts_only_at_a_known_number_and_in_time(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    refused = CallOutcome.REFUSED
    dialled(complaint, OTHER, now, cast.chen, outcome=refused, number_reason="A friend's.")
    call(complaint, refused, now + 2 * HOUR, at=now + HOUR)
    asked = {"ground": "refuses_contact", "reason": "Refused."}
    against = refusals("request_closing", complaint, cast.chen, now + 2 * HOUR, **asked)
    assert {"did_not_refuse", "attempts", "notice"} <= against

    call(complaint, refused, now + 3 * HOUR)

    do("request_closing", complaint, cast.chen, now + 3 * HOUR, **asked)
    do("close_unreached", complaint, cast.zheng, now + 3 * HOUR, reason="Heard.")


def test_a_refusal_that_its_own_authors_noted_needs_a_notice_first(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Whoever sets the flag and answers for the complaint is one person (P8)."""
    complaint = resolved(cast, now=now, refuses_contact=True)
    asked = {"ground": "refuses_contact", "reason": "Wants no call."}
    assert refusals("request_closing", complaint, cast.chen, now, **asked) == {"notice"}

    do("send_notice", complaint, cast.chen, now, **SMS)
    delivered(now)
    ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")

    assert missing(complaint, cast, now + DAY) == {"notice_wait"}
    do("close_unreached", complaint, cast.zheng, now + 4 * DAY, reason="They did not object.")
    assert session.scalars(select(Approval)).one().granted


# Withdrawals.


def test_nobody_withdraws_before_the_complaint_was_registered(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    said = {"said_by": "customer", "channel": "phone", "text": "Never mind."}

    before = refusals("withdraw", complaint, cast.chen, now + HOUR, at=now - HOUR, **said)
    assert before == {"before_registration"}
    assert refusals("withdraw", complaint, cast.chen, now, at=now + HOUR, **said) == {"in_future"}
    assert refusals("withdraw", complaint, cast.zheng, now, at=now, **said) == {"not_responsible"}


def test_with_no_address_a_supervisor_records_the_withdrawal(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    nobody = customers.add(name="Nobody", contacts=[], now=now)
    session.flush()
    cast = type(cast)(**{**vars(cast), "customer": nobody.id})
    complaint = registered(cast, now=now, callback_number="0851 8888 9999")
    said = {"said_by": "customer", "channel": "counter", "at": now, "text": "Never mind."}
    assert refusals("withdraw", complaint, cast.chen, now, **said) == {"cannot_be_told"}
    do("transfer", complaint, cast.he, now, to=cast.people["zheng"], reason="Important.")
    do("accept_transfer", complaint, cast.zheng, now)

    assert "own_complaint" in refusals("withdraw", complaint, cast.zheng, now, **said)
    do("withdraw", complaint, cast.he, now, **said)

    assert (complaint.status, complaint.withdrawn_at) == (Status.WITHDRAWN, now)
    assert outbox.lanes_with_due(now) == []
