"""First contact: who is on the phone, and what they already complained about (CUS, REO, CON-05)."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, add_cast, call, do, registered, resolved
from tests.conftest import Transaction
from tickets import customers, numbers
from tickets.clocks.timekeeping import promise_for
from tickets.database import db, new_id, writing
from tickets.intake import FirstContact, first_contact
from tickets.intake.first_contact import Arrival, NewCustomer, completed
from tickets.limits import limits_in_force
from tickets.models import Complaint, Event, Unit
from workflow.machine import Refused
from workflow.words import (
    CallOutcome,
    Card,
    Channel,
    GroupTier,
    Level,
    Remedy,
    Resolution,
    Severity,
    Status,
)

DAY = timedelta(days=1)
Db = scoped_session[Session]


def arrival(cast: Cast, customer: UUID | NewCustomer | None, **more: Any) -> Arrival:
    said: dict[str, Any] = {
        "description": "No dial tone.",
        "category": cast.category,
        "channel": Channel.PHONE,
        "severity": Severity.NORMAL,
        "callback_number": "",
        "refuses_contact": False,
    }
    said |= more.pop("said", {})
    unit = cast.unit("east_hall")
    first = FirstContact(unit, cast.chen, repeat_of=more.pop("repeat_of", None))
    return Arrival(new_id(), customer, first, said, **more)


def receive(cast: Cast, now: datetime, what: Arrival, by: str = "chen") -> Complaint:
    actor = cast.person(by)
    what = replace(what, first=replace(what.first, responsible=actor))
    return first_contact.receive(what, actor=actor, now=now)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[tuple[str, str | None]]:
    return {(reason.code, reason.field) for reason in refused.value.reasons}


# ---- CUS-01: nothing forces invented data


def test_a_phone_number_alone_is_enough(session: Db, cast: Cast, now: datetime) -> None:
    complaint = receive(cast, now, arrival(cast, NewCustomer(phone="13800001111")))

    assert (complaint.customer.name, complaint.callback_number) == ("", "13800001111")
    assert complaint.responsible_id == cast.people["chen"]


def test_a_name_and_a_refusal_of_contact_are_enough(session: Db, cast: Cast, now: datetime) -> None:
    said = {"refuses_contact": True}

    complaint = receive(cast, now, arrival(cast, NewCustomer(name="Zhou"), said=said))

    assert complaint.refuses_contact
    assert complaint.customer.contacts == []


def test_without_a_way_to_call_back_it_is_refused_at_that_field(
    session: Db, cast: Cast, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        receive(cast, now, arrival(cast, NewCustomer(name="Zhou")))

    assert codes(refused) == {("missing", "callback_number")}


def test_the_number_to_call_back_finds_the_new_customer_again(
    session: Db, cast: Cast, now: datetime
) -> None:
    said = {"callback_number": "138 0000 2222"}
    complaint = receive(cast, now, arrival(cast, NewCustomer(name="Zhou"), said=said))

    found = customers.find("13800002222", "CN")

    assert [each.id for each in found] == [complaint.customer_id]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("139 0000 1111", ("", "139 0000 1111", "")),
        ("１３９００００１１１１", ("", "13900001111", "")),  # noqa: RUF001 - full width, as typed
        ("AC-2211", ("", "", "AC-2211")),
        ("王小明", ("王小明", "", "")),
        ("4567", ("", "", "")),
    ],
)
def test_what_was_searched_for_fills_the_new_customer(
    typed: str, expected: tuple[str, str, str]
) -> None:
    new = completed(NewCustomer(), typed)

    assert (new.name, new.phone, new.account) == expected


def test_a_ticket_number_is_not_taken_for_a_phone() -> None:
    number = numbers.new_number()

    assert completed(NewCustomer(), number).phone == ""


def test_every_reason_comes_at_once_also_of_the_answer(
    session: Db, cast: Cast, now: datetime
) -> None:
    said = {"description": " ", "category": None}
    what = arrival(cast, None, said=said, answer={"answer": "", "outcome": None})

    with pytest.raises(Refused) as refused:
        receive(cast, now, what)

    fields = {reason.field for reason in refused.value.reasons}
    assert {"customer", "description", "category", "answer", "outcome", "cause"} <= fields


# ---- REO-01, REO-05


def test_the_third_complaint_in_a_month_rises_by_rule(
    session: Db, cast: Cast, now: datetime
) -> None:
    for days in (20, 10):
        assert registered(cast, now=now - days * DAY).level == Level.DESK

    third = receive(cast, now, arrival(cast, cast.customer))

    assert third.level == Level.LEAD
    raised = session.scalar(
        select(Event).where(Event.complaint_id == third.id, Event.action == "raise_level")
    )
    assert raised is not None
    assert raised.rule


def test_after_the_window_a_new_complaint_is_linked_as_a_repeat(
    session: Db, cast: Cast, now: datetime
) -> None:
    before = resolved(cast, now=now - 60 * DAY)
    call(before, CallOutcome.ACCEPTED, now - 59 * DAY)
    with pytest.raises(Refused):
        do("reopen", before, cast.chen, now, reason="It broke again.")

    again = receive(cast, now, arrival(cast, cast.customer, repeat_of=before))

    assert again.repeat_contact
    assert (again.repeat_of_id, again.number != before.number) == (before.id, True)


# ---- registering itself


def test_solved_on_the_spot_still_owes_the_callback(session: Db, cast: Cast, now: datetime) -> None:
    answer = {
        "answer": "Rebooted the modem together.",
        "outcome": Resolution.UPHELD,
        "cause": cast.cause,
        "remedy": Remedy.EXPLANATION,
    }

    complaint = receive(cast, now, arrival(cast, cast.customer, answer=answer))

    assert complaint.status is Status.RESOLVED
    assert complaint.first_contact_solution
    with pytest.raises(Refused):
        receive(cast, now, arrival(cast, cast.customer, answer=answer, confirmed=True))


def test_sending_the_same_form_twice_makes_one_complaint_and_one_customer(
    session: Db, cast: Cast, now: datetime
) -> None:
    what = arrival(cast, NewCustomer(phone="13800003333"))

    first, second = receive(cast, now, what), receive(cast, now, what)

    assert first is second
    assert len(customers.find("13800003333", "CN")) == 1


def test_somebody_else_s_form_is_refused(session: Db, cast: Cast, now: datetime) -> None:
    what = arrival(cast, cast.customer)
    receive(cast, now, what)

    with pytest.raises(Refused) as refused:
        receive(cast, now, what, by="wang")

    assert codes(refused) == {("taken", None)}


def told(cast: Cast, now: datetime, severity: Severity, tier: str) -> datetime:
    session_unit = db.session.get_one(Unit, cast.units["east_hall"])
    promise = promise_for(
        severity=severity,
        tier=tier,
        channel=Channel.COUNTER,
        category_id=None,
        unit=session_unit,
        now=now,
    )
    assert promise is not None
    return promise.at


@pytest.mark.parametrize(
    ("severity", "tier", "hours"),
    [
        (Severity.NORMAL, "", 48),
        (Severity.SERIOUS, Card.GOLD, 48),
        (Severity.NORMAL, GroupTier.A2, 24),
        (Severity.NORMAL, Card.DIAMOND, 24),
    ],
)
def test_the_limit_told_counts_working_hours_by_tier(
    session: Db, cast: Cast, now: datetime, severity: Severity, tier: str, hours: int
) -> None:
    """NOT-07, SLA-01: what is told is the real due time on the calendar."""
    office = limits_in_force().calendars["office"].calendar
    due = told(cast, now, severity, tier)
    assert office.between(now, due) == timedelta(hours=hours)


def test_a_major_complaint_is_promised_around_the_clock(
    session: Db, cast: Cast, now: datetime
) -> None:
    assert told(cast, now, Severity.MAJOR, Card.DIAMOND) == now + timedelta(hours=8)


def test_the_limit_told_is_kept(session: Db, cast: Cast, now: datetime) -> None:
    what = arrival(cast, NewCustomer(phone="13800004444", card=Card.DIAMOND))

    assert receive(cast, now, what).promised_at == told(cast, now, Severity.NORMAL, Card.DIAMOND)


@pytest.mark.parametrize("separators", ["{}{}{}", "{}-{}-{}", "{} {} {}", " {}/{}.{} "])
def test_a_number_is_read_with_any_separators(separators: str) -> None:
    number = numbers.new_number()
    typed = separators.format(number[:4], number[4:8], number[8:])

    assert numbers.is_number(typed)
    assert numbers.plain(typed) == number


def test_any_wrong_digit_and_any_swap_is_noticed() -> None:
    number = numbers.new_number()

    for place, digit in enumerate(number):
        for other in set("0123456789") - {digit}:
            assert not numbers.is_number(number[:place] + other + number[place + 1 :])
    for place in range(len(number) - 1):
        one, two = number[place], number[place + 1]
        swapped = number[:place] + two + one + number[place + 2 :]
        assert one == two or not numbers.is_number(swapped)


CLERKS = ("chen", "wang", "li", "north_desk", "he")


@pytest.fixture
def stored_cast(transaction: Transaction, now: datetime, password_hash: str) -> Cast:
    with transaction():
        return add_cast(now - timedelta(days=30), password_hash)


def test_fifty_at_once_get_fifty_numbers_and_the_right_owners(
    app: Flask, stored_cast: Cast, transaction: Transaction, now: datetime
) -> None:
    start, failures = threading.Barrier(10), []

    def desk(worker: int) -> None:
        start.wait()
        for turn in range(5):
            who = CLERKS[(worker + turn) % len(CLERKS)]
            try:
                with app.app_context(), writing():
                    phone = f"138{worker:04}{turn:04}"
                    what = arrival(stored_cast, NewCustomer(name=who, phone=phone))
                    receive(stored_cast, now, what, by=who)
                    db.session.commit()
            except Exception as failure:  # noqa: BLE001 - told by the assertion below
                failures.append(failure)

    threads = [threading.Thread(target=desk, args=(worker,)) for worker in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with transaction() as session:
        made = session.scalars(select(Complaint)).all()
        assert len({each.number for each in made}) == len(made) == 50
        for each in made:
            assert each.received_by.login == each.responsible.login == each.customer.name
        assert all(numbers.is_number(each.number) for each in made)
