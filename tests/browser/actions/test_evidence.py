"""What a closing rests on in a real browser: numbers by key, a letter's number, small decisions."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.browser.conftest import Desks
from tests.cast import Cast, ask_to_close, call, do, resolved
from tests.conftest import Transaction
from tickets.models import AttemptConfirmation, CallbackAttempt, NoticePosting
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)


@pytest.fixture
def number(cast: Cast, transaction: Transaction, now: datetime) -> str:
    """A call entered late, one to an unknown number, a letter, and a request to close."""
    with transaction():
        complaint = resolved(cast, now=now - 9 * HOUR, callback_number="010 6552 9988")
        call(complaint, CallOutcome.NO_ANSWER, now - HOUR, at=now - 8 * HOUR)
        said = {"outcome": "refused", "channel": "phone", "number": "13912345678"}
        do("record_callback", complaint, cast.chen, now - HOUR, **said)
        unknown = {**said, "outcome": "busy", "number": "13700001111", "number_reason": "Paper."}
        do("record_callback", complaint, cast.chen, now - HOUR, **unknown)
        letter = {"channel": "letter", "address": "12 River Road, Jiangzhou", "notice": "Call us."}
        do("send_notice", complaint, cast.chen, now - HOUR, **letter)
        ask_to_close(complaint, cast.chen, now - HOUR, "refuses_contact")
        return complaint.number


def test_a_key_takes_a_known_number_and_another_one_is_explained(
    desk: Desks, transaction: Transaction, number: str
) -> None:
    chen = desk("chen", "en")
    chen.open(f"/callbacks/{number}?outcome=no_answer")
    field = chen.page.locator("#number")
    assert field.input_value() == "010 6552 9988"
    chen.press("x")
    assert field.input_value() == "+8613912345678"
    assert not chen.page.locator("#number_reason").is_visible()

    chen.page.locator("details.other-number summary").click()
    chen.fill("number", "13811112222")
    chen.fill("number_reason", "Her sister gave it.")
    chen.axe()
    chen.submit()

    with transaction() as session:
        dialled = select(CallbackAttempt.number_known).where(
            CallbackAttempt.number == "13811112222"
        )
        assert session.scalars(dialled).one() is False


def test_only_a_letter_is_asked_for_its_posting_number(desk: Desks, number: str) -> None:
    chen = desk("chen", "en")
    chen.open(f"/complaints/{number}/actions/send_notice")
    posting = chen.page.locator("#posting_number")
    assert not posting.is_visible()

    chen.page.get_by_role("radio", name="Letter").check()

    assert posting.is_visible()
    chen.axe()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-CN", 360)])
def test_the_evidence_is_readable_for_everybody_and_confirmed_where_it_stands(
    desk: Desks, transaction: Transaction, number: str, language: str, width: int
) -> None:
    zheng = desk("zheng", language, width=width)
    for address in ("/approvals/", f"/complaints/{number}", f"/callbacks/{number}"):
        zheng.open(address)
        for summary in zheng.page.locator(".record-decisions summary").all():
            summary.click()
        zheng.axe()
        zheng.fits()

    zheng.open("/approvals/")
    late = zheng.page.locator(".record-doubtful").first
    late.locator("summary").click()
    late.locator("textarea").fill("The bill shows it.")
    late.locator("button[type=submit]").click()
    zheng.settled()
    letter = zheng.page.locator("form[action*='confirm_posting']")
    letter.locator("xpath=..").locator("summary").click()
    letter.locator("button[type=submit]").click()
    zheng.settled()

    assert zheng.page.url.endswith("/approvals/")
    with transaction() as session:
        assert len(session.scalars(select(AttemptConfirmation)).all()) == 1
        assert len(session.scalars(select(NoticePosting)).all()) == 1
