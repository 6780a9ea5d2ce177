"""A department reads no full number without asking for it, on record (P12, S-08, AUD-01)."""

import re
import unicodedata
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import customers
from tickets.jobs.registry import MAIN
from tickets.models import Complaint, Contact, ContactKind, Event, StoredFile, WorkOrder
from tickets.workers.running import run_one
from workflow.words import Remedy, Resolution

PHONE = "13912345678"
WAYS = (
    "139 1234 5678",
    "139-1234-5678",
    "１３９１２３４５６７８",
    "+86 139 1234 5678",
    "008613912345678",
    "139.1234.5678",
    "(139)12345678",
    "1 3 9 1 2 3 4 5 6 7 8",
)
ACCOUNT = "KD77009876"
SAID = f"error 691, port 20/4: {' / '.join(WAYS)} / {ACCOUNT} / min.zhang@example.com"


@pytest.fixture
def number(transaction: Transaction, cast: Cast, clock: Clock) -> str:
    """A complaint whose number stands wherever people can type."""
    with transaction() as session:
        for kind, said in (
            (ContactKind.ACCOUNT, ACCOUNT),
            (ContactKind.EMAIL, "min.zhang@example.com"),
        ):
            contact = customers.contact(kind, said, "CN")
            contact.customer_id, contact.added_at = cast.customer, clock.now
            session.add(contact)
        complaint = given.registered(
            cast, now=clock.now, description=SAID, wish=SAID, callback_wish="Not on 139 1234 5678"
        )
        complaint.line, complaint.town, complaint.on_behalf_of = PHONE, "Ningbo", "Aunt 13912345678"
        session.flush()
        given.do(
            "dispatch",
            complaint,
            cast.chen,
            clock.now,
            units=[cast.units["network"], cast.units["billing"]],
            question=SAID,
            promised_at=clock.now + timedelta(days=2),
        )
        given.do("note", complaint, cast.chen, clock.now, text=SAID)
        billing = next(each for each in given.orders(complaint) if each.unit.code == "billing")
        given.do("accept", billing, cast.zhou, clock.now)
        given.do("interim", billing, cast.zhou, clock.now, text=SAID)
        given.do("answer", billing, cast.zhou, clock.now, answer=SAID)
        return complaint.number


def order_of(transaction: Transaction, cast: Cast, number: str, unit: str = "network") -> UUID:
    with transaction() as session:
        held = WorkOrder.unit_id == cast.units[unit]
        query = select(WorkOrder.id).join(Complaint).where(Complaint.number == number, held)
        return session.scalars(query.order_by(WorkOrder.sent_at.desc())).first() or UUID(int=0)


def pages_of(number: str, order_id: UUID) -> dict[str, str]:
    return {
        "complaint": f"/complaints/{number}",
        "notes": f"/complaints/{number}?show=notes",
        "order": f"/work-orders/{order_id}",
        "form": f"/complaints/{number}/actions/note",
        "order form": f"/work-orders/{order_id}/actions/accept",
        "print": f"/complaints/{number}/print",
        "list": "/complaints/?state=all",
        "file": "/complaints/export.csv?state=all",
        "orders": "/work-orders/",
        "work": "/",
        "board": "/board/",
        "registered": f"/complaints/{number}/registered",
        "clocks": f"/complaints/{number}/clocks",
    }


def leaks(text: str) -> list[str]:
    """What of the number can be read in the page, however it is written."""
    plain = re.sub(r"[\s\-.()·/]", "", unicodedata.normalize("NFKC", text))
    hidden = ("13912345678", "1391234", "12345678", "KD7700", "minzhang@")
    return [each for each in hidden if each in plain]


@pytest.mark.both_databases
@pytest.mark.parametrize("login", ["zhao", "sun"])
def test_no_page_of_a_department_holds_the_number(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str, login: str
) -> None:
    browser = sign_in(login)
    order_id = order_of(transaction, cast, number)
    read = 0
    for name, address in pages_of(number, order_id).items():
        page = browser.get(address, follow_redirects=True)
        assert page.status_code in (200, 404), name
        assert leaks(page.text) == [], name
        read += "error 691" in page.text
    assert read >= 6, "the rest of the text is there"


def test_the_desk_reads_it_all(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str
) -> None:
    for login in ("chen", "zheng", "shen", "qian"):
        page = sign_in(login).get(f"/complaints/{number}").text
        assert all(way in page for way in WAYS)
        assert f"<dd>{PHONE}</dd>" in page


def test_a_line_that_cannot_be_rung_up_stands_open(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str
) -> None:
    """The department needs to know which line is dead."""
    with transaction() as session:
        row = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        row.line = "ADSL-NB-4711"
    assert "ADSL-NB-4711" in sign_in("zhao").get(f"/complaints/{number}").text


@pytest.mark.parametrize("line", ["139 1234 5678", "8613912345678-2", ACCOUNT, "0574 8888 1234"])
def test_a_line_that_is_or_holds_a_number_is_masked(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str, line: str
) -> None:
    with transaction() as session:
        row = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        row.line = line
    order_id = order_of(transaction, cast, number)
    for address in (f"/complaints/{number}", f"/work-orders/{order_id}"):
        assert line not in sign_in("zhao").get(address).text


def test_a_list_written_in_the_background_is_masked_too(
    app: Flask, sign_in: SignIn, transaction: Transaction, number: str
) -> None:
    browser = sign_in("zhao")
    assert browser.post("/exports/?state=all").status_code == 303
    while run_one(app, MAIN, "w1"):
        pass
    with transaction() as session:
        file_id = session.scalars(select(StoredFile.id)).one()
    written = browser.get(f"/exports/{file_id}.csv").text
    assert "error 691" in written
    assert leaks(written) == []


FOUND_OUT = (PHONE, "139 1234 5678", "1234", "9123", "39 12", ACCOUNT, "KD770", "zhang@")


@pytest.mark.both_databases
@pytest.mark.parametrize("words", [*FOUND_OUT, "min.zhang@example.com", "+8613912345678"])
def test_a_department_finds_out_no_digit_by_searching(
    sign_in: SignIn, number: str, words: str
) -> None:
    """S-08: a hit would say that this complaint carries the number."""
    browser = sign_in("zhao")
    for address in ("/complaints/", "/complaints/export.csv"):
        page = browser.get(address, query_string={"q": words, "state": "all"}).text
        assert "error 691" not in page
    assert "error 691" in sign_in("chen").get("/complaints/", query_string={"q": words}).text


@pytest.mark.both_databases
@pytest.mark.parametrize("words", ["error 691", "691", "20/4", "ERROR", "Zhang Min", "5678"])
def test_a_department_finds_what_it_may_read(sign_in: SignIn, number: str, words: str) -> None:
    """The last four digits stand open behind the mask."""
    page = sign_in("zhao").get("/complaints/", query_string={"q": words}).text
    assert "error 691" in page


def test_a_department_finds_its_complaint_by_its_own_number(sign_in: SignIn, number: str) -> None:
    found = sign_in("zhao").get("/complaints/", query_string={"q": number})
    assert found.location == f"/complaints/{number}"


def test_many_customers_of_one_ending_are_told_to_no_department(
    sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        for each in range(22):
            phone = customers.contact(ContactKind.PHONE, f"13900{each:02}4299", "CN")
            customers.add(name=f"C{each}", contacts=[phone], now=clock.now)
    told = "More customers fit"
    assert told in sign_in("chen").get("/complaints/?q=4299").text
    assert told not in sign_in("zhao").get("/complaints/?q=4299").text


def reveal(browser: FlaskClient, number: str, reason: str = "The technician is there.") -> int:
    address = f"/complaints/{number}/actions/reveal_customer"
    return browser.post(address, data={"version": 1, "reason": reason}).status_code


def reveals(transaction: Transaction) -> int:
    with transaction() as session:
        return len(session.scalars(select(Event).where(Event.action == "reveal_customer")).all())


@pytest.mark.both_databases
def test_whoever_works_on_an_open_order_asks_once_and_reads_until_it_ends(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str, clock: Clock
) -> None:
    order_id = order_of(transaction, cast, number)
    browser = sign_in("zhao")
    assert reveal(browser, number, "") == 422
    assert reveal(browser, number) == 303
    for address in (f"/complaints/{number}", f"/work-orders/{order_id}"):
        page = browser.get(address).text
        assert "139 1234 5678" in page
        assert "actions/reveal_customer" not in page
    assert leaks(sign_in("sun").get(f"/complaints/{number}").text) == [], "nobody else's"

    clock.pass_(hours=30)
    later = sign_in("zhao")
    assert "139 1234 5678" in later.get(f"/complaints/{number}").text, "no new reveal is needed"
    assert reveal(later, number) == 422
    assert reveals(transaction) == 1

    with transaction() as session:
        order = session.get_one(WorkOrder, order_id)
        given.do("accept", order, cast.zhao, clock.now)
        given.do("answer", order, cast.zhao, clock.now, answer="A port was down.")
    assert leaks(later.get(f"/complaints/{number}").text) == [], "it ends with the order"
    assert reveal(later, number) == 422


def test_an_order_that_is_sent_anew_needs_a_reveal_of_its_own(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str, clock: Clock
) -> None:
    browser = sign_in("zhao")
    reveal(browser, number)
    clock.pass_(minutes=5)
    with transaction() as session:
        order = session.get_one(WorkOrder, order_of(transaction, cast, number))
        given.do("recall", order, cast.chen, clock.now, reason="Not for you.")
        clock.pass_(minutes=5)
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        given.do(
            "dispatch",
            complaint,
            cast.chen,
            clock.now,
            units=[cast.units["network"]],
            question="After all.",
            promised_at=clock.now + timedelta(days=2),
        )
    assert leaks(browser.get(f"/complaints/{number}").text) == []
    assert reveal(browser, number) == 303
    assert reveals(transaction) == 2


def test_a_department_whose_order_has_ended_asks_in_vain(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str
) -> None:
    """Billing has answered; network has not."""
    browser = sign_in("zhou")
    page = browser.get(f"/complaints/{number}").text
    assert leaks(page) == []
    assert "actions/reveal_customer" not in page
    assert reveal(browser, number) == 422
    assert reveals(transaction) == 0
    assert leaks(browser.get(f"/complaints/{number}").text) == []


def test_the_mask_holds_after_the_complaint_has_an_answer(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str, clock: Clock
) -> None:
    """What is said to the customer, and the calls, are on the page as well."""
    with transaction() as session:
        order = session.get_one(WorkOrder, order_of(transaction, cast, number))
        given.do("accept", order, cast.zhao, clock.now)
        given.do("answer", order, cast.zhao, clock.now, answer="A port was down.")
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        given.do(
            "resolve",
            complaint,
            cast.chen,
            clock.now,
            answer=SAID,
            outcome=Resolution.UPHELD,
            cause=cast.cause,
            remedy=Remedy.REPAIR,
        )
        given.do(
            "schedule_callback",
            complaint,
            cast.chen,
            clock.now,
            scheduled_for=clock.now + timedelta(hours=3),
            text="On 13912345678",
        )
    for address in pages_of(number, order_of(transaction, cast, number)).values():
        page = sign_in("zhao").get(address, follow_redirects=True)
        assert leaks(page.text) == [], address


def test_contacts_that_were_added_later_are_masked_in_older_texts(
    sign_in: SignIn, cast: Cast, transaction: Transaction, number: str, clock: Clock
) -> None:
    with transaction() as session:
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        given.do("note", complaint, cast.chen, clock.now, text="Or 0574-87654321, her office.")
    assert "87654321" in sign_in("zhao").get(f"/complaints/{number}").text
    with transaction() as session:
        late = customers.contact(ContactKind.PHONE, "0574 8765 4321", "CN")
        late.customer_id, late.added_at = cast.customer, clock.now
        session.add(late)
        assert session.scalar(select(Contact).where(Contact.tail == "4321")) is not None
    assert "87654321" not in sign_in("zhao").get(f"/complaints/{number}").text
