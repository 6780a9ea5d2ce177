"""Approvals: decided in their place, with the evidence beside them (CLO-01, OWN-05, S-04)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.cast import Cast, call, delivered, dispatched, do, orders, registered, resolved
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import numbers
from tickets.database import new_id
from tickets.models import Complaint, Transfer, TransferState, WorkOrder
from workflow.words import CallOutcome, OrderStatus, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def hidden_of(page: str, address: str) -> dict[str, str]:
    """The hidden fields of the form on the page that is sent to this address."""
    form = re.search(rf'<form[^>]*action="{re.escape(address)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, page
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))


@pytest.fixture
def unreached(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    """A complaint whose customer was tried, written to and waited for; the desk asks to close."""
    with transaction():
        complaint = resolved(cast, now=clock.now)
        for when in (HOUR, 5 * HOUR, DAY):
            call(complaint, CallOutcome.NO_ANSWER, clock.now + when)
        clock.pass_(days=1)
        notice = {"channel": "sms", "address": "13912345678", "notice": "Please call us."}
        do("send_notice", complaint, cast.chen, clock.now, **notice)
        delivered(clock.now)
        asked = {"ground": "unreachable", "reason": "Nobody answers, ever."}
        do("request_closing", complaint, cast.chen, clock.now, **asked)
        return complaint.number


@pytest.fixture
def disputed(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    """The id of an order in arbitration."""
    with transaction():
        complaint = dispatched(cast, "network", "billing", now=clock.now)
        network, billing = sorted(
            orders(complaint), key=lambda order: order.unit_id != cast.units["network"]
        )
        do("return", network, cast.zhao, clock.now + HOUR, reason="The line is fine.")
        do("return", billing, cast.zhou, clock.now + HOUR, reason="No bill is wrong.")
        return str(billing.id)


def status_of(transaction: Transaction, number: str) -> Status:
    with transaction() as session:
        return session.scalars(select(Complaint.status).where(Complaint.number == number)).one()


@pytest.mark.both_databases
def test_a_closing_is_approved_on_its_evidence(
    transaction: Transaction, sign_in: SignIn, clock: Clock, unreached: str
) -> None:
    address = f"/approvals/{unreached}/close_unreached"
    early = sign_in("zheng").get("/approvals/").text
    assert "Nobody answers, ever." in early
    assert early.count("No answer") == 3
    assert "the customer has until" in early
    assert address not in early

    clock.pass_(days=3)
    browser = sign_in("zheng")
    page = browser.get("/approvals/").text
    without = browser.post(address, data={**hidden_of(page, address), "reason": ""})
    assert without.status_code == 422
    assert status_of(transaction, unreached) is Status.RESOLVED
    answer = browser.post(address, data={**hidden_of(page, address), "reason": "Approved."})

    assert answer.location == "/approvals/"
    assert status_of(transaction, unreached) is Status.CLOSED
    assert numbers.spoken(unreached) not in browser.get("/approvals/").text


def test_a_denied_closing_goes_back_to_the_desk(
    transaction: Transaction, sign_in: SignIn, unreached: str
) -> None:
    browser = sign_in("zheng")
    address = f"/approvals/{unreached}/deny_closing"
    data = hidden_of(browser.get("/approvals/").text, address)

    browser.post(address, data={**data, "reason": "Try the evening."})

    assert status_of(transaction, unreached) is Status.RESOLVED
    assert "Closing denied: call the customer again" in sign_in("chen").get("/").text


def test_nobody_approves_the_closing_of_their_own_complaint(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock, unreached: str
) -> None:
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        do("transfer", complaint, cast.he, clock.now, to=cast.people["zheng"], reason="x")
        do("accept_transfer", complaint, cast.zheng, clock.now)

    assert numbers.spoken(unreached) not in sign_in("zheng").get("/approvals/").text
    assert numbers.spoken(unreached) in sign_in("he").get("/approvals/").text


@pytest.mark.both_databases
def test_a_dispute_shows_both_sides_and_is_ruled_on_the_spot(
    cast: Cast, transaction: Transaction, sign_in: SignIn, disputed: str
) -> None:
    browser = sign_in("zheng")
    page = browser.get("/approvals/").text
    assert "The line is fine." in page
    assert "No bill is wrong." in page

    address = f"/approvals/orders/{disputed}/arbitrate"
    data = hidden_of(page, address)
    without = browser.post(address, data={**data, "ruling": "bind_other", "reason": "It is."})
    assert without.status_code == 422
    assert "Please fill this in." in without.text
    network = str(cast.units["network"])
    ruled = {**data, "ruling": "bind_other", "unit": network, "reason": "It is the line."}
    assert browser.post(address, data=ruled).location == "/approvals/"

    with transaction() as session:
        bound = session.scalars(select(WorkOrder).where(WorkOrder.bound)).one()
        assert (bound.unit_id, bound.status) == (cast.units["network"], OrderStatus.SENT)


def test_a_transfer_waits_for_its_answer_and_can_be_cancelled(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = registered(cast, now=clock.now)
        do("transfer", complaint, cast.zheng, clock.now, to=cast.people["li"], reason="Group.")
        number = complaint.number
    browser = sign_in("zheng")
    page = browser.get("/approvals/").text
    assert "Chen" in page
    assert "Li" in page

    address = f"/approvals/{number}/cancel_transfer"
    browser.post(address, data={**hidden_of(page, address), "reason": "Chen is back."})

    with transaction() as session:
        assert session.scalars(select(Transfer.state)).one() is TransferState.CANCELLED


def test_whoever_is_offered_a_complaint_may_decline_with_a_reason(
    cast: Cast, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    with transaction():
        complaint = registered(cast, now=clock.now)
        do("transfer", complaint, cast.zheng, clock.now, to=cast.people["li"], reason="Group.")
        number = complaint.number
    browser = sign_in("li")
    address = f"/approvals/{number}/decline_transfer"
    data = hidden_of(browser.get("/").text, address)

    assert browser.post(address, data={**data, "reason": ""}).status_code == 422
    assert browser.post(address, data={**data, "reason": "Not mine."}).location == "/"

    with transaction() as session:
        assert session.scalars(select(Transfer.state)).one() is TransferState.DECLINED


def test_the_counts_of_the_page_are_their_lists(
    sign_in: SignIn, unreached: str, disputed: str
) -> None:
    """REP-02."""
    page = sign_in("zheng").get("/approvals/").text

    found = re.findall(r'href="([^"]+queue=\w+)".*?tally-count">(\d+)<', page, re.DOTALL)

    assert dict(found) == {
        "/complaints/?queue=approvals": "1",
        "/work-orders/?queue=arbitrations": "1",
        "/complaints/?queue=transfers_pending": "0",
    }


@pytest.mark.parametrize("login", ["chen", "zhao", "shen", "admin"])
def test_only_who_decides_may_open_the_approvals(login: str, sign_in: SignIn) -> None:
    assert sign_in(login).get("/approvals/").status_code == 403


def test_a_supervisor_of_another_branch_decides_nothing_here(
    transaction: Transaction, sign_in: SignIn, clock: Clock, unreached: str, disputed: str
) -> None:
    """S-04."""
    clock.pass_(days=3)
    browser = sign_in("north_supervisor")

    assert "Nothing waits for your decision" in browser.get("/approvals/").text
    sent = {"version": "1", "reason": "Mine now."}
    assert browser.post(f"/approvals/{unreached}/close_unreached", data=sent).status_code == 404
    ruled = browser.post(f"/approvals/orders/{disputed}/arbitrate", data=sent)
    assert ruled.status_code == 404
    assert status_of(transaction, unreached) is Status.RESOLVED


def test_the_desk_cannot_approve_through_this_address(
    transaction: Transaction, sign_in: SignIn, clock: Clock, unreached: str
) -> None:
    """CLO-03."""
    clock.pass_(days=3)
    with transaction() as session:
        version = session.scalars(select(Complaint.version)).one()
    answer = sign_in("chen").post(
        f"/approvals/{unreached}/close_unreached",
        data={"version": str(version), "reason": "Myself."},
    )

    assert answer.status_code == 422
    assert status_of(transaction, unreached) is Status.RESOLVED


def test_what_is_no_decision_is_not_found_here(sign_in: SignIn, unreached: str) -> None:
    assert sign_in("zheng").get(f"/approvals/{unreached}/withdraw").status_code == 404


def test_whoever_declines_is_led_home_because_the_complaint_is_no_longer_theirs_to_see(
    transaction: Transaction, cast: Cast, clock: Clock, sign_in: SignIn
) -> None:
    with transaction():
        complaint = registered(cast, now=clock.now)
        do("transfer", complaint, cast.zheng, clock.now, to=cast.people["li"], reason="Ill.")
        number, version = complaint.number, complaint.version
    li = sign_in("li")

    said = {"version": version, "event_id": str(new_id()), "reason": "Not my customer."}
    answer = li.post(f"/complaints/{number}/actions/decline_transfer", data=said)

    assert answer.status_code == 303
    assert answer.location == "/"
    assert li.get("/").status_code == 200
