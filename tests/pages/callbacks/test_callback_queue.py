"""The callback queue and one call at a time (CLO-01, CLO-05…CLO-10, CON-02, UX-03)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import Cast, call, delivered, do, resolve, resolved
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import customers, numbers
from tickets.models import Callback, CallbackAttempt, Complaint, Entry, PolicySetting
from workflow.words import CallOutcome, Status

HOUR = timedelta(hours=1)
NUMBER = "139 1234 5678"


def hidden_of(page: str) -> dict[str, str]:
    """What the confirm form carries unseen."""
    form = re.search(r'<form class="confirm"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, page
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form[1])
    pairs = [(re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in pairs if name and value}


def said(browser: FlaskClient, number: str, outcome: str, **typed: str) -> TestResponse:
    """Choose the outcome, fill its form in, and send it."""
    page = browser.get(f"/callbacks/{number}?outcome={outcome}").text
    data = {**hidden_of(page), "channel": "phone", "number": NUMBER, **typed}
    return browser.post(f"/callbacks/{number}", data=data)


@pytest.fixture
def due(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    """The number of a complaint whose callback is due."""
    with transaction():
        return resolved(cast, now=clock.now, callback_number=NUMBER).number


def stored(transaction: Transaction, number: str) -> tuple[Status, int, int]:
    with transaction() as session:
        found = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        return found.status, found.level, found.cycle


@pytest.mark.both_databases
def test_the_queue_shows_whom_to_ring_when_and_what_was_tried(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    """CLO-06."""
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        call(complaint, CallOutcome.BUSY, clock.now)
        do(
            "schedule_callback",
            complaint,
            cast.chen,
            clock.now,
            scheduled_for=clock.now + 3 * HOUR,
            text="After lunch",
        )
    page = sign_in("chen").get("/callbacks/").text

    assert "Zhang Min" in page
    assert 'href="tel:13912345678"' in page
    assert numbers.spoken(due) in page
    assert "After lunch" in page
    assert "Busy" in page
    assert "03-11 13:00" in page


def test_ones_own_calls_come_before_those_without_a_caller(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """CLO-06, CLO-09."""
    with transaction() as session:
        session.add(PolicySetting(name="writer_may_call_back", value=False))
        session.flush()
        number = resolved(cast, now=clock.now).number

    assert numbers.spoken(number) in sign_in("qian").get("/callbacks/").text
    refused = sign_in("chen").get(f"/callbacks/{number}").text
    assert "Whoever wrote the answer may not record its callback." in refused
    assert "data-primary>Record" not in refused


def test_quiet_hours_are_told(sign_in: SignIn, clock: Clock, due: str) -> None:
    assert "Quiet hours" not in sign_in("chen").get("/callbacks/").text

    clock.pass_(hours=12)

    browser = sign_in("chen")
    assert "Quiet hours" in browser.get("/callbacks/").text
    assert "2025-03-12 08:00" in browser.get(f"/callbacks/{due}").text


def test_the_script_is_in_the_customers_language(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """CLO-10, UX-06."""
    with transaction():
        complaint = resolved(cast, now=clock.now)
        english = customers.add(name="Ann Lee", contacts=[], now=clock.now)
        english.language = "en"
        complaint.customer = english
        number = complaint.number

    browser = sign_in("chen")
    browser.set_cookie("language", "zh_Hans")
    page = browser.get(f"/callbacks/{number}").text

    assert '<html lang="zh-Hans"' in page
    assert 'class="card-body script" lang="en"' in page
    assert "Good day, this is Chen of east_hall. Am I speaking with Ann Lee?" in page
    assert "The line has been dead since Monday." in page
    assert "The line card was replaced." in page
    assert "is the matter solved?" in page


def test_every_outcome_has_its_key_and_none_is_recorded_without_the_form(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    """UX-03."""
    page = sign_in("chen").get(f"/callbacks/{due}").text

    keys = re.findall(r'<a class="outcome[^>]*outcome=(\w+)#outcome"[^>]*data-key="(\d)"', page)
    assert [code for code, _key in keys] == [str(each) for each in CallOutcome]
    assert sorted(key for _code, key in keys) == list("0123456789")
    assert '<form class="confirm"' not in page
    assert stored(transaction, due)[0] is Status.RESOLVED


@pytest.mark.both_databases
@pytest.mark.parametrize("outcome", ["accepted", "understood"])
def test_a_satisfied_customer_closes_the_complaint(
    outcome: str, transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    """CLO-01."""
    answer = said(sign_in("chen"), due, outcome)

    assert answer.status_code == 303
    assert stored(transaction, due)[0] is Status.CLOSED


@pytest.mark.both_databases
def test_not_solved_returns_to_work_with_what_the_customer_said(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    """CLO-10."""
    browser = sign_in("chen")
    without = said(browser, due, "not_solved", text="")
    assert without.status_code == 422
    assert "Please fill this in." in without.text
    assert stored(transaction, due)[0] is Status.RESOLVED

    said(browser, due, "not_solved", text="Still dead every evening.")

    assert stored(transaction, due) == (Status.IN_PROGRESS, 1, 2)
    with transaction() as session:
        words = session.scalars(select(Entry.text).where(Entry.field == "text")).all()
        assert "Still dead every evening." in words


def test_call_later_needs_a_time_and_moves_no_promise(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    """CLO-06, CLO-07."""
    promised = clock.now + timedelta(days=2)
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        complaint.promised_at = promised
    browser = sign_in("chen")
    assert said(browser, due, "call_later").status_code == 422

    assert said(browser, due, "call_later", wished_at="2025-03-12T15:00").status_code == 303

    with transaction() as session:
        callback = session.scalars(select(Callback)).one()
        assert callback.scheduled_for is not None
        assert callback.scheduled_for.isoformat() == "2025-03-12T07:00:00+00:00"
        assert session.scalars(select(Complaint)).one().promised_at == promised


def test_an_agreed_call_survives_everything_that_happens_to_the_complaint(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """CLO-08."""
    agreed = clock.now + timedelta(days=1)
    with transaction():
        complaint = resolved(cast, now=clock.now)
        do("schedule_callback", complaint, cast.chen, clock.now, scheduled_for=agreed, text="At 10")
        do("contact", complaint, cast.wang, clock.now, channel="phone", text="Do call.")
        do("raise_level", complaint, cast.chen, clock.now, reason="x")
        do("transfer", complaint, cast.zheng, clock.now, to=cast.people["wang"], reason="x")
        do("accept_transfer", complaint, cast.wang, clock.now)
        number = complaint.number

    page = sign_in("wang").get("/callbacks/").text

    assert numbers.spoken(number) in page
    assert "At 10" in page
    assert "03-12 10:00" in page


def test_recording_goes_on_to_the_next_call_on_the_queue(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    with transaction():
        second = resolved(cast, now=clock.now + HOUR).number
    clock.pass_(hours=2)
    browser = sign_in("chen")
    assert browser.get("/callbacks/next").location == f"/callbacks/{due}"

    assert said(browser, due, "accepted").location == f"/callbacks/{second}"
    assert browser.get(f"/callbacks/next?after={second}").location == "/callbacks/"


@pytest.mark.both_databases
def test_the_same_form_sent_twice_is_one_attempt(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    """CLO-05."""
    browser = sign_in("chen")
    page = browser.get(f"/callbacks/{due}?outcome=busy").text
    data = {**hidden_of(page), "channel": "phone", "number": NUMBER}

    answers = [browser.post(f"/callbacks/{due}", data=data).status_code for _ in range(2)]

    assert answers == [303, 303]
    with transaction() as session:
        assert len(session.scalars(select(CallbackAttempt)).all()) == 1


def test_a_stale_form_tells_what_changed_and_keeps_what_was_typed(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    """CON-02."""
    browser = sign_in("chen")
    data = hidden_of(browser.get(f"/callbacks/{due}?outcome=not_solved").text)
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        do("raise_level", complaint, cast.zheng, clock.now, reason="The mayor called.")

    typed = {**data, "channel": "phone", "number": NUMBER, "text": "Kept words"}
    answer = browser.post(f"/callbacks/{due}", data=typed)

    assert answer.status_code == 409
    assert "Somebody else was faster" in answer.text
    assert "Raise one level" in answer.text
    assert "Kept words" in answer.text
    again = {**typed, **hidden_of(answer.text)}
    assert browser.post(f"/callbacks/{due}", data=again).status_code == 303
    assert stored(transaction, due)[0] is Status.IN_PROGRESS


def test_a_form_that_does_not_say_what_was_seen_is_no_form_of_ours(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    typed = {"outcome": "accepted", "channel": "phone", "number": NUMBER}

    assert sign_in("chen").post(f"/callbacks/{due}", data=typed).status_code == 400
    assert stored(transaction, due)[0] is Status.RESOLVED


def test_the_sheet_says_what_the_unreachable_rule_still_needs(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    browser = sign_in("chen")
    page = browser.get(f"/callbacks/{due}").text
    assert "3 attempts are needed; 0 count so far." in page
    assert "Ask for the closing" not in page

    for hours in (0, 4, 20):
        clock.pass_(hours=hours)
        browser = sign_in("chen")
        assert said(browser, due, "no_answer").status_code == 303
    page = browser.get(f"/callbacks/{due}").text
    assert "attempts are needed" not in page
    assert "A written notice must be sent to the customer after the attempts." in page

    notice = browser.get(f"/callbacks/{due}/send_notice")
    assert notice.status_code == 200
    data = _hidden(notice.text)
    sent = browser.post(
        f"/callbacks/{due}/send_notice",
        data={**data, "channel": "sms", "address": NUMBER, "notice": "Please call us."},
    )
    assert sent.location == f"/callbacks/{due}"
    waiting = browser.get(f"/callbacks/{due}").text
    assert "Waiting to be sent" in waiting
    assert "The written notice is not on its way yet" in waiting
    assert "Ask for the closing" not in waiting

    with transaction():
        delivered(clock.now)
    page = browser.get(f"/callbacks/{due}").text
    assert "Address known" in page
    assert "the customer has until" in page
    assert "Ask for the closing" in page


def _hidden(page: str) -> dict[str, Any]:
    tags = re.findall(r"<input[^>]*name=\"(?:version|seen|event_id)\"[^>]*>", page)
    pairs = [(re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in pairs if name and value}


@pytest.mark.parametrize("path", ["", "/withdraw", "/close_unreached", "/merge"])
def test_departments_and_strangers_find_no_call_here(
    path: str, cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    """S-02: not even that it exists; and only what belongs to a call is done from here."""
    assert sign_in("north_desk").get(f"/callbacks/{due}{path}").status_code == 404
    assert sign_in("zhao").get(f"/callbacks/{due}{path}").status_code == 403
    if path:
        assert sign_in("chen").get(f"/callbacks/{due}{path}").status_code == 404


def test_whoever_only_oversees_the_calls_cannot_record_one(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    for login in ("shen", "zheng"):
        page = sign_in(login).get(f"/callbacks/{due}?outcome=accepted").text
        assert "You cannot record this call" in page
        assert '<form class="confirm"' not in page


def test_a_closed_complaint_has_no_call_to_record(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, due: str
) -> None:
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        call(complaint, CallOutcome.DISSATISFIED, clock.now)
        resolve(cast, complaint, clock.now + HOUR)
        call(complaint, CallOutcome.ACCEPTED, clock.now + HOUR)
    clock.pass_(hours=2)

    page = sign_in("chen").get(f"/callbacks/{due}?outcome=accepted").text

    assert "No callback is due on this complaint now." in page
    assert '<form class="confirm"' not in page
