"""What a closing without the customer's word rests on, as people see it and confirm it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import (
    Cast,
    ask_to_close,
    call,
    delivered,
    dispatched,
    do,
    orders,
    registered,
    resolve,
    resolved,
)
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queues.test_approvals import hidden_of
from tickets.models import (
    Approval,
    AttemptConfirmation,
    CallbackAttempt,
    Complaint,
    Notice,
    NoticePosting,
    NoticeReturn,
)
from workflow.words import CallOutcome, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KNOWN = "13912345678"
UNKNOWN = "13700001111"
LETTER = {"channel": "letter", "address": "12 River Road, Jiangzhou", "notice": "Please call us."}


@pytest.fixture
def due(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    """A complaint of Chen's whose customer must be called back."""
    with transaction():
        return resolved(cast, now=clock.now).number


@pytest.fixture
def doubtful(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    """A call that was entered five hours later, one to an unknown number, and a letter."""
    with transaction():
        complaint = resolved(cast, now=clock.now)
        call(complaint, CallOutcome.NO_ANSWER, clock.now + 6 * HOUR, at=clock.now + HOUR)
        why = "From the paper form."
        clock.pass_(hours=7)
        said = {"outcome": "busy", "channel": "phone", "number": UNKNOWN, "number_reason": why}
        do("record_callback", complaint, cast.chen, clock.now, **said)
        do("send_notice", complaint, cast.chen, clock.now, posting_number="XA 1", **LETTER)
        return complaint.number


def stored(transaction: Transaction, model: Any) -> list[Any]:
    with transaction() as session:
        rows = list(session.scalars(select(model)))
        session.expunge_all()
        return rows


def status_of(transaction: Transaction, number: str) -> Status:
    with transaction() as session:
        return session.scalars(select(Complaint.status).where(Complaint.number == number)).one()


def test_the_known_numbers_are_offered_with_one_click_and_the_untried_ones_are_marked(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = resolved(cast, now=clock.now, callback_number="010 6552 9988")
        call(complaint, CallOutcome.NO_ANSWER, clock.now)
        number = complaint.number

    page = sign_in("chen").get(f"/callbacks/{number}?outcome=busy").text

    offered = dict(re.findall(r'data-fill-with="([^"]+)".*?known-state">([^<]+)<', page, re.DOTALL))
    assert offered == {"010 6552 9988": "not tried yet", "+8613912345678": "tried"}


def test_an_unknown_number_needs_a_reason_and_nothing_typed_is_lost(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    browser = sign_in("chen")
    page = browser.get(f"/callbacks/{due}?outcome=no_answer").text
    assert re.search(r'<details class="other-number">', page)
    typed = {**hidden_inputs(page), "outcome": "no_answer", "channel": "phone", "number": UNKNOWN}

    refused = browser.post(f"/callbacks/{due}", data={**typed, "text": "Kept words"})
    assert refused.status_code == 422
    assert re.search(r'<details class="other-number" open>', refused.text)
    assert "say where it comes from" in refused.text
    assert UNKNOWN in refused.text
    assert "Kept words" in refused.text
    assert stored(transaction, CallbackAttempt) == []

    explained = {**typed, "number_reason": "Her son called from it."}
    assert browser.post(f"/callbacks/{due}", data=explained).status_code == 303
    (attempt,) = stored(transaction, CallbackAttempt)
    assert attempt.number_known is False
    sheet = browser.get(f"/callbacks/{due}").text
    assert "Number not known" in sheet
    assert "Does not count until somebody else confirms it." in sheet


def hidden_inputs(page: str) -> dict[str, str]:
    form = re.search(r'<form class="confirm".*?</form>', page, re.DOTALL)
    assert form
    tags = re.findall(r'<input[^>]*name="(?:version|seen|event_id)"[^>]*>', form[0])
    pairs = [(re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in pairs if name and value}


@pytest.mark.parametrize("path", ["/callbacks/{}", "/complaints/{}"])
def test_the_time_of_entry_stands_beside_the_time_of_the_call(
    path: str, sign_in: SignIn, doubtful: str
) -> None:
    page = sign_in("chen").get(path.format(doubtful)).text

    assert "Entered later" in page
    assert "Number not known" in page
    assert page.count('class="entered"') == 2
    assert "03-11 16:00" in page, "when the call of 11:00 was entered"
    assert "Posting not confirmed" in page
    assert "XA 1" in page


@pytest.mark.parametrize("where", ["/callbacks/{}", "/complaints/{}"])
def test_a_supervisor_lets_a_late_call_count_where_it_stands(
    where: str, transaction: Transaction, sign_in: SignIn, doubtful: str
) -> None:
    assert "Let it count" not in sign_in("chen").get(where.format(doubtful)).text
    browser = sign_in("zheng")
    page = browser.get(where.format(doubtful)).text
    assert page.count(">Let it count</summary>") == 2
    address = f"/approvals/{doubtful}/confirm_attempt?back=/{where.split('/')[1]}/{doubtful}"
    data = hidden_of(page, address)

    without = browser.post(address, data={**data, "reason": ""})
    assert without.status_code == 422
    done = browser.post(address, data={**data, "reason": "The bill shows it."})

    assert done.location == where.format(doubtful)
    (confirmed,) = stored(transaction, AttemptConfirmation)
    assert confirmed.attempt_id.hex == data["attempt"].replace("-", "")
    page = browser.get(where.format(doubtful)).text
    assert "Confirmed by Zheng" in page
    assert page.count(">Let it count</summary>") == page.count("record-doubtful") == 1


def test_a_colleague_confirms_when_a_letter_was_posted_and_it_counts_from_then(
    transaction: Transaction, sign_in: SignIn, doubtful: str
) -> None:
    assert "Confirm the posting" not in sign_in("chen").get(f"/complaints/{doubtful}").text
    browser = sign_in("qian")
    page = browser.get(f"/complaints/{doubtful}").text
    address = f"/approvals/{doubtful}/confirm_posting?back=/complaints/{doubtful}"
    data = hidden_of(page, address)

    early = browser.post(address, data={**data, "posted_at": "2025-03-11T09:00"})
    assert early.status_code == 422
    assert "The letter was written on" in early.text
    done = browser.post(address, data={**data, "posted_at": "2025-03-11T17:00"})

    assert done.location == f"/complaints/{doubtful}"
    assert len(stored(transaction, NoticePosting)) == 1
    page = browser.get(f"/complaints/{doubtful}").text
    assert "Posted" in page
    assert "Confirmed by Qian" in page


def test_a_notice_that_came_back_counts_no_longer(
    transaction: Transaction, sign_in: SignIn, doubtful: str
) -> None:
    browser = sign_in("chen")
    address = f"/approvals/{doubtful}/notice_returned?back=/callbacks/{doubtful}"
    data = hidden_of(browser.get(f"/callbacks/{doubtful}").text, address)

    done = browser.post(address, data={**data, "reason": "Nobody lives there."})

    assert done.location == f"/callbacks/{doubtful}"
    assert len(stored(transaction, NoticeReturn)) == 1
    assert "Came back" in browser.get(f"/callbacks/{doubtful}").text


def test_whoever_had_a_hand_in_it_reads_why_they_may_not_approve(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = resolved(cast, now=clock.now)
        do("transfer", complaint, cast.he, clock.now, to=cast.people["zheng"], reason="Load.")
        do("accept_transfer", complaint, cast.zheng, clock.now)
        do("transfer", complaint, cast.he, clock.now, to=cast.people["wang"], reason="Back.")
        do("accept_transfer", complaint, cast.wang, clock.now)
        call(complaint, CallOutcome.REFUSED, clock.now)
        ask_to_close(complaint, cast.wang, clock.now, "refuses_contact")
        number = complaint.number

    page = sign_in("zheng").get("/approvals/").text
    assert "You cannot approve this closing:" in page
    assert "You are or were responsible for this complaint" in page
    assert f"/approvals/{number}/close_unreached" not in page
    assert f"/approvals/{number}/deny_closing" in page
    assert "Nobody can decide" not in page, "the executive can"
    assert f"/approvals/{number}/close_unreached" in sign_in("he").get("/approvals/").text


@pytest.fixture
def named(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    """Everybody above it handled the complaint: the rule names somebody of quality."""
    with transaction():
        complaint = registered(cast, now=clock.now)
        for who in ("zheng", "he"):
            by = cast.he if who == "zheng" else cast.zheng
            do("transfer", complaint, by, clock.now, to=cast.people[who], reason="Load.")
            do("accept_transfer", complaint, cast.person(who), clock.now)

        resolve(cast, complaint, clock.now)
        call(complaint, CallOutcome.REFUSED, clock.now)
        ask_to_close(complaint, cast.he, clock.now, "refuses_contact")
        return complaint.number


def test_whom_the_rule_names_finds_the_decision_among_their_work_and_decides(
    transaction: Transaction, sign_in: SignIn, named: str
) -> None:
    (request,) = stored(transaction, Approval)
    assert request.named_id is not None
    browser = sign_in("qian")
    assert "Closings to decide" in browser.get("/").text
    page = browser.get("/approvals/").text
    assert 'href="/complaints/?queue=approvals"' in page
    assert "arbitrations" not in page
    assert browser.get(f"/complaints/{named}").status_code == 200
    address = f"/approvals/{named}/close_unreached"

    done = browser.post(address, data={**hidden_of(page, address), "reason": "Heard."})

    assert done.status_code == 303
    assert status_of(transaction, named) is Status.CLOSED


def test_where_nobody_may_decide_the_pages_say_who_is_missing(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, named: str
) -> None:
    with transaction():
        cast.qian.active = False  # the only one whom the rule had named

    for address in ("/approvals/", f"/complaints/{named}", f"/callbacks/{named}"):
        assert "Nobody can decide on this closing now." in sign_in("zheng").get(address).text


def test_departments_read_no_number_and_no_reason_with_one(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = dispatched(cast, "network", now=clock.now)

        (order,) = orders(complaint)
        do("accept", order, cast.zhao, clock.now)
        do("answer", order, cast.zhao, clock.now, answer="Mended.")
        resolve(cast, complaint, clock.now)
        why = f"Her shop answers {UNKNOWN}, or shop@example.com."
        said = {"outcome": "busy", "channel": "phone", "number": UNKNOWN, "number_reason": why}
        do("record_callback", complaint, cast.chen, clock.now, **said)
        address = {"channel": "sms", "address": KNOWN, "notice": "Please call us."}
        do("send_notice", complaint, cast.chen, clock.now, **address)
        delivered(clock.now)
        number = complaint.number

    page = sign_in("zhao").get(f"/complaints/{number}").text
    assert "Her shop answers" in page
    for secret in (UNKNOWN, KNOWN, "shop@example.com"):
        assert secret not in page
    assert UNKNOWN in sign_in("chen").get(f"/complaints/{number}").text


def test_a_letter_alone_has_a_posting_number_and_addresses_are_refused_at_their_field(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    browser = sign_in("chen")
    page = browser.get(f"/callbacks/{due}/send_notice").text
    assert 'data-fill-with="+8613912345678"' in page
    data = hidden_of_action(page)
    wrong = {"channel": "sms", "address": "nobody at all", "notice": "Call us, please."}

    refused = browser.post(f"/callbacks/{due}/send_notice", data={**data, **wrong})
    assert refused.status_code == 422
    assert "Nothing can be sent to this address this way." in refused.text
    assert "Call us, please." in refused.text
    right = {**wrong, "address": KNOWN, "posting_number": "XA 7"}
    assert browser.post(f"/callbacks/{due}/send_notice", data={**data, **right}).status_code == 303

    (notice,) = stored(transaction, Notice)
    assert (notice.channel, notice.posting_number) == ("sms", "")


@pytest.mark.both_databases
def test_a_posting_number_that_is_none_is_refused_at_its_field(
    transaction: Transaction, sign_in: SignIn, due: str
) -> None:
    browser = sign_in("chen")
    data = hidden_of_action(browser.get(f"/callbacks/{due}/send_notice").text)

    answer = browser.post(
        f"/callbacks/{due}/send_notice", data={**data, **LETTER, "posting_number": "9" * 61}
    )

    assert answer.status_code == 422
    assert "At most 60 characters; these are 61." in answer.text
    assert stored(transaction, Notice) == []


def hidden_of_action(page: str) -> dict[str, str]:
    tags = re.findall(r'<input[^>]*name="(?:version|seen|event_id)"[^>]*>', page)
    pairs = [(re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] for name, value in pairs if name and value}


def test_paper_says_when_we_called_and_wrote_but_to_which_number_it_does_not(
    sign_in: SignIn, doubtful: str
) -> None:
    page = sign_in("chen").get(f"/complaints/{doubtful}/print").text

    assert "Our calls to you" in page
    assert "Our written notices to you" in page
    assert UNKNOWN not in page
    assert "River Road" not in page


def test_a_withdrawn_complaint_says_who_took_it_back_how_and_when(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = registered(cast, now=clock.now)
        said = {"said_by": "family", "channel": "email", "text": "It works.", "at": clock.now}
        do("withdraw", complaint, cast.chen, clock.now, **said)
        number = complaint.number

    browser = sign_in("chen")
    page = browser.get(f"/complaints/{number}").text
    assert "The customer took this complaint back." in page
    assert "A family member" in page
    paper = browser.get(f"/complaints/{number}/print").text
    assert "A family member" in paper
