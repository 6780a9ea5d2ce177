"""The whole loop in a real browser, by keyboard alone (design §1; UX-05)."""

import re

import pytest
from sqlalchemy import select

from tests.browser.conftest import Desk, Desks
from tests.cast import Cast
from tests.conftest import Transaction
from tickets import history
from tickets.models import Complaint
from workflow.words import Status


def register(chen: Desk, category: str) -> str:
    """From My work to the number that is read to the customer; returns the number."""
    chen.going("n")
    chen.page.wait_for_function("() => document.activeElement?.name === 'q'")
    chen.type("13900001111")
    chen.press("Enter")
    chen.settled()
    chen.fill("name", "Lin Hong")
    chen.choose("category", category)
    chen.fill("description", "The line has been dead since Monday; the bill came all the same.")
    chen.axe()
    chen.going("Control+Enter")
    found = re.search(r"/complaints/(\d{12})/registered", chen.page.url)
    assert found, chen.page.inner_text("main")
    return found[1]


def dispatch(chen: Desk, *unit_ids: object) -> None:
    chen.going("d")
    chen.axe()
    for unit_id in unit_ids:
        chen.tab_to(f"[name=units][value='{unit_id}']")
        chen.press("Space")
    chen.fill("question", "What is wrong with the line, and is the bill right?")
    chen.submit()


def open_order(person: Desk) -> None:
    """From My work, with j and Enter, to the first order."""
    person.going("g", "w")
    person.press("j")
    person.going("Enter")
    person.axe()


def resolve(chen: Desk, number: str, cause: object) -> None:
    chen.open(f"/complaints/{number}")
    chen.act("resolve")
    chen.fill("answer", "The line card was replaced and the bill corrected.")
    chen.choose("outcome", "upheld")
    chen.choose("cause", str(cause))
    chen.choose("remedy", "repair")
    chen.submit()


def call_back(chen: Desk, number: str, key: str, said: str = "") -> None:
    """The callback queue: the outcome by its key, what the customer said, then the form."""
    chen.open(f"/callbacks/{number}")
    chen.going(key)
    chen.axe()
    if said:
        chen.fill("text", said)
    chen.submit()


def closes_nowhere(person: Desk, number: str) -> None:
    person.open(f"/complaints/{number}")
    assert person.page.locator("main a[href$='/actions/close_unreached']").count() == 0


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_complaint_from_first_contact_to_callback(
    desk: Desks, cast: Cast, transaction: Transaction, language: str
) -> None:
    chen, zhao, zhou = (desk(name, language) for name in ("chen", "zhao", "zhou"))
    chen.axe()
    number = register(chen, str(cast.category))
    chen.axe()
    dispatch(chen, cast.units["network"], cast.units["billing"])
    closes_nowhere(chen, number)

    open_order(zhou)
    zhou.act("return")
    zhou.fill("reason", "The bill is right; this is about the line.")
    zhou.submit()

    open_order(zhao)
    zhao.at_once("accept")
    open_order(zhao)
    zhao.act("answer")
    zhao.fill("answer", "A line card had failed; it was replaced at ten.")
    zhao.submit()

    resolve(chen, number, cast.cause)
    chen.axe()
    closes_nowhere(chen, number)
    call_back(chen, number, "4", "It was dead again by noon.")

    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        assert (complaint.status, complaint.level) == (Status.IN_PROGRESS, 1)

    resolve(chen, number, cast.cause)
    call_back(chen, number, "1")

    chen.open(f"/complaints/{number}")
    chen.axe()
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        assert complaint.status is Status.CLOSED
        assert complaint.responsible_id == cast.people["chen"]
        assert list(history.flaws(complaint)) == []
