"""What a closing without the customer's word rests on: calls in their time to known numbers, and
notices that really left (P6-P8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, ask_to_close, call, delivered, do, registered, resolve, resolved
from tickets import customers
from tickets.cases import case_of
from tickets.corrections import correct, details_of
from tickets.messages import outbox
from tickets.models import (
    Approval,
    CallbackAttempt,
    ClockRow,
    Complaint,
    ContactKind,
    Event,
    Message,
    Notice,
)
from tickets.settings import policy_now
from workflow.closing_rules import without_the_customers_word
from workflow.machine import Refused
from workflow.words import CallOutcome, ClockKind, ClockState, MessageState, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OTHER = "13800001111"
LETTER = {
    "channel": "letter",
    "address": "Wang Min, 5 East Road, Guiyang",
    "notice": "We could not reach you.",
}
SMS = {"channel": "sms", "address": "13912345678", "notice": "We could not reach you."}


def missing(complaint: Complaint, cast: Cast, at: datetime) -> set[str]:
    """What closing without the customer's word still asks for, by code."""
    case = case_of(complaint, actor=cast.zheng, now=at, policy=policy_now())
    return {reason.code for reason in without_the_customers_word(case)}


def refusals(name: str, complaint: Complaint, who: Any, moment: datetime, **said: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        do(name, complaint, who, moment, **said)
    return {reason.code for reason in refused.value.reasons}


def three_calls(complaint: Complaint, now: datetime, **said: Any) -> datetime:
    for at in (now, now + 5 * HOUR, now + DAY):
        call(complaint, CallOutcome.NO_ANSWER, at, **said)
    return now + DAY


def dialled(complaint: Complaint, number: str, at: datetime, who: Any, **said: Any) -> None:
    outcome = said.pop("outcome", CallOutcome.NO_ANSWER)
    inputs = {"outcome": outcome, "channel": "phone", "number": number, "text": "x", **said}
    do("record_callback", complaint, who, at, **inputs)


# Numbers.


def test_an_unknown_number_needs_to_be_explained(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    with pytest.raises(Refused) as refused:
        dialled(complaint, OTHER, now, cast.chen, outcome=CallOutcome.ACCEPTED)
    (reason,) = refused.value.reasons
    assert (reason.code, reason.field) == ("number_unknown", "number_reason")

    why = "His wife gave it at the counter."
    dialled(complaint, OTHER, now, cast.chen, outcome=CallOutcome.ACCEPTED, number_reason=why)

    attempt = session.scalars(select(CallbackAttempt)).one()
    assert (complaint.status, attempt.number_known) == (Status.CLOSED, False)


def test_the_customers_number_is_known_in_whatever_way_it_is_typed(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now, callback_number="0851-8888 9999")
    for number in ("+86 139 1234 5678", "13912345678", "085188889999", "0851 8888 9999"):
        dialled(complaint, number, now, cast.chen)

    known = session.scalars(select(CallbackAttempt.number_known))
    assert set(known) == {True}


def test_calls_to_an_unknown_number_do_not_make_a_customer_unreachable(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    for at in (now, now + 5 * HOUR, now + DAY):
        dialled(complaint, OTHER, at, cast.chen, number_reason="I found it somewhere.")

    assert {"attempts", "numbers_untried"} <= missing(complaint, cast, now + DAY)


def test_every_known_number_must_have_been_tried_removed_ones_as_well(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now, callback_number=OTHER)
    customer = complaint.customer
    emptied = details_of(customer)
    emptied = type(emptied)(**{**vars(emptied), "phones": []})
    correct(customer, emptied, actor=cast.chen, now=now)
    session.flush()
    assert [each.given for each in customer.contacts] == []
    for at in (now, now + 5 * HOUR, now + DAY):
        dialled(complaint, OTHER, at, cast.chen)
    assert "numbers_untried" in missing(complaint, cast, now + DAY)

    dialled(complaint, "13912345678", now + DAY, cast.chen)

    assert "numbers_untried" not in missing(complaint, cast, now + DAY)


@pytest.mark.parametrize(("adds", "known"), [("chen", False), ("wang", True)])
def test_a_number_added_by_its_own_author_proves_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime, adds: str, known: bool
) -> None:
    complaint = resolved(cast, now=now)
    details = details_of(complaint.customer)
    more = type(details)(**{**vars(details), "phones": [*details.phones, OTHER]})
    correct(complaint.customer, more, actor=cast.person(adds), now=now + HOUR)

    dialled(complaint, OTHER, now + 2 * HOUR, cast.chen, number_reason="He says so.")

    assert session.scalars(select(CallbackAttempt.number_known)).one() is known


def test_a_callback_number_corrected_by_its_own_author_proves_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    changed = {"callback_number": OTHER, "reason": "A new one."}
    do("correct", complaint, cast.chen, now, **changed)

    assert refusals(
        "record_callback",
        complaint,
        cast.chen,
        now,
        outcome="no_answer",
        channel="phone",
        number=OTHER,
    ) == {"number_unknown"}
    # The number that stood there before is still the one to be tried.
    assert "numbers_untried" in missing(complaint, cast, now)


def test_at_most_five_numbers_must_have_been_tried(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    numbers = [f"1390000000{digit}" for digit in range(8)]
    contacts = [customers.contact(ContactKind.PHONE, each, "CN") for each in numbers]
    many = customers.add(name="A company", contacts=contacts, now=now)
    session.flush()
    cast = type(cast)(**{**vars(cast), "customer": many.id})
    complaint = resolved(cast, now=now, callback_number="13912345678")

    case = case_of(complaint, actor=cast.chen, now=now, policy=policy_now())

    assert len(case.numbers) == 5
    assert case.numbers[0] == "+8613912345678"


# Time.


def test_attempts_entered_late_count_only_when_somebody_else_confirms_each(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Three attempts typed within a second, dated over two days, satisfied the rule."""
    complaint = resolved(cast, now=now)
    typed = now + DAY + HOUR
    for at in (now, now + 5 * HOUR, now + DAY):
        call(complaint, CallOutcome.NO_ANSWER, typed, at=at)
    assert "attempts" in missing(complaint, cast, typed)

    for attempt in session.scalars(select(CallbackAttempt)).all():
        said = {"attempt": attempt.id, "reason": "He rang from the road; I was beside him."}
        assert refusals("confirm_attempt", complaint, cast.chen, typed, **said) >= {"wrong_party"}
        do("confirm_attempt", complaint, cast.zheng, typed, **said)
        assert refusals("confirm_attempt", complaint, cast.zheng, typed, **said) == {
            "nothing_to_confirm"
        }

    assert missing(complaint, cast, typed) == {"notice"}


def test_nobody_lets_their_own_call_count(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    do("transfer", complaint, cast.he, now, to=cast.people["zheng"], reason="Important.")
    do("accept_transfer", complaint, cast.zheng, now)
    call(complaint, CallOutcome.NO_ANSWER, now + DAY, at=now + HOUR)
    attempt = session.scalars(select(CallbackAttempt)).one()
    said = {"attempt": attempt.id, "reason": "It was so."}

    assert refusals("confirm_attempt", complaint, cast.zheng, now + DAY, **said) == {"own_record"}
    do("confirm_attempt", complaint, cast.he, now + DAY, **said)


def test_an_attempt_of_another_complaint_or_cycle_is_not_confirmed_here(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    other, complaint = resolved(cast, now=now), resolved(cast, now=now)
    call(other, CallOutcome.NO_ANSWER, now + DAY, at=now)
    call(complaint, CallOutcome.NOT_SOLVED, now + DAY, at=now)
    resolve(cast, complaint, now + DAY)

    for attempt in session.scalars(select(CallbackAttempt)).all():
        said = {"attempt": attempt.id, "reason": "Fine."}
        assert refusals("confirm_attempt", complaint, cast.zheng, now + DAY, **said) == {"unknown"}


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
    assert [event.rule for event in told] == ["written notice sent"]


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
