"""Calls count in their time and to known numbers, or once somebody else confirms them (P7, P8)."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, resolve, resolved
from tests.unheard import DAY, HOUR, OTHER, dialled, missing, refusals
from tickets import customers
from tickets.actions.cases import case_of
from tickets.customers.corrections import correct, details_of
from tickets.models import (
    CallbackAttempt,
    ContactKind,
)
from tickets.policy import policy_now
from workflow.machine import Refused
from workflow.words import CallOutcome, Status

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
