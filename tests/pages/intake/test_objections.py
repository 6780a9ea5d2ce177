"""The customer objects to an end: taken at any desk, told no more than that there is one (P13)."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.intake.test_intake_page import NEW, filled
from tickets import numbers
from tickets.models import Complaint, Event, Notification
from workflow.words import CallOutcome, Status, WithdrawalChannel, WithdrawnBy

SECRET = "zebra-crossing"  # noqa: S105 - a word to be looked for


def ended(cast: Cast, transaction: Transaction, clock: Clock, by: str, how: str = "closed") -> str:
    """The number of a complaint that somebody registered and that has ended."""
    with transaction():
        complaint = given.registered(cast, now=clock.now, by=by, description=SECRET, wish=SECRET)
        if how == "closed":
            given.resolve(cast, complaint, clock.now)
            given.call(complaint, CallOutcome.ACCEPTED, clock.now)
        else:
            given.do(
                "withdraw",
                complaint,
                complaint.responsible,
                clock.now,
                said_by=WithdrawnBy.CUSTOMER,
                channel=WithdrawalChannel.PHONE,
                at=clock.now,
                text="Solved itself.",
            )
        return complaint.number


def objections_on(page: str) -> list[str]:
    return re.findall(r'name="about"[^>]*value="(objects-[^"]+)"', page)


def stands(transaction: Transaction, number: str) -> Status:
    with transaction() as session:
        return session.scalars(select(Complaint.status).where(Complaint.number == number)).one()


@pytest.fixture
def desk(sign_in: SignIn) -> FlaskClient:
    return sign_in("chen")


@pytest.mark.parametrize("how", ["closed", "withdrawn"])
@pytest.mark.parametrize("typed", ["13912345678", "5678", "Zhang Min", "number"])
def test_what_ended_elsewhere_can_be_objected_to_and_is_not_shown(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock, typed: str, how: str
) -> None:
    number = ended(cast, transaction, clock, "north_desk", how)
    searched = number if typed == "number" else typed
    for path in (f"/customers/lookup?q={searched}", f"{NEW}?q={searched}"):
        page = desk.get(path).text.replace(f'value="{searched}"', "").replace(path, "")
        assert "1 complaint ended at another desk" in page
        assert "North_Desk (north_hall)" in page
        assert len(objections_on(page)) == 1
        for told in (SECRET, number, numbers.spoken(number), "Broadband</strong>"):
            assert told not in page
    assert stands(transaction, number) == Status(how), "nothing happens by looking"


@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_an_objection_at_another_desk_opens_it_again_there(
    sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock, how: str
) -> None:
    """A day after, by letter; sent twice it is one objection."""
    number = ended(cast, transaction, clock, "north_desk", how)
    clock.pass_(days=1)
    desk = sign_in("chen")
    (about,) = objections_on(desk.get(f"{NEW}?q=13912345678").text)
    typed = filled(
        cast,
        q="5678",
        customer=str(cast.customer),
        about=about,
        channel="letter",
        description="I never said that.",
    )

    answer = desk.post(NEW, data=typed, follow_redirects=True)
    again = desk.post(NEW, data=typed, follow_redirects=True)

    for page in (answer, again):
        assert page.status_code == 200
        assert "North_Desk (north_hall) and their supervisor are told." in page.text
        assert number not in page.text
    assert stands(transaction, number) is Status.IN_PROGRESS
    with transaction() as session:
        event = session.scalars(select(Event).where(Event.action == "reopen")).one()
        assert event.actor_id == cast.people["chen"]
        assert (event.data["because"], event.data["channel"]) == ("objects", "letter")
        told = session.scalars(
            select(Notification.person_id).where(Notification.topic == "objected")
        )
        assert set(told) == {cast.people["north_desk"], cast.people["north_supervisor"]}
    assert desk.get(f"/complaints/{number}").status_code == 404


def test_of_several_the_one_that_was_looked_up_is_meant_else_the_last(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    first = ended(cast, transaction, clock, "north_desk")
    clock.pass_(hours=1)
    last = ended(cast, transaction, clock, "north_desk")
    page = desk.get(f"{NEW}?q=13912345678").text
    assert "2 complaints ended at another desk" in page
    (about,) = objections_on(page)
    said = {"customer": str(cast.customer), "about": about}

    assert desk.post(NEW, data=filled(cast, q=first, **said)).status_code == 303
    assert stands(transaction, first) is Status.IN_PROGRESS
    assert stands(transaction, last) is Status.CLOSED
    assert desk.post(NEW, data=filled(cast, q="5678", **said)).status_code == 303
    assert stands(transaction, last) is Status.IN_PROGRESS


def test_what_ended_here_is_opened_again_from_the_same_page(
    sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    number = ended(cast, transaction, clock, "chen")
    clock.pass_(days=1)
    desk = sign_in("chen")
    about = f"objects-{number}"
    assert objections_on(desk.get(f"{NEW}?q=13912345678").text) == [about]

    typed = filled(cast, q="5678", customer=str(cast.customer), about=about)
    assert desk.post(NEW, data=typed).location == f"/complaints/{number}"
    assert stands(transaction, number) is Status.IN_PROGRESS


def test_an_objection_without_words_is_refused_at_its_field_and_kept(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    number = ended(cast, transaction, clock, "north_desk")
    (about,) = objections_on(desk.get(f"{NEW}?q=13912345678").text)
    typed = filled(cast, q="5678", customer=str(cast.customer), about=about, description="")
    answer = desk.post(NEW, data=typed)
    assert answer.status_code == 422
    assert 'id="description-error"' in answer.text
    assert re.search(rf'value="{about}"[^>]* checked', answer.text)
    assert stands(transaction, number) is Status.CLOSED


def test_after_the_window_it_is_refused_and_offered_as_a_repeat(
    sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    own = ended(cast, transaction, clock, "chen")
    foreign = ended(cast, transaction, clock, "north_desk")
    offered = objections_on(sign_in("chen").get(f"{NEW}?q=13912345678").text)
    clock.pass_(days=31)
    desk = sign_in("chen")
    page = desk.get(f"{NEW}?q=13912345678").text
    assert objections_on(page) == []
    assert f"repeat_of={own}" in page

    for about in offered:
        typed = filled(cast, q="5678", customer=str(cast.customer), about=about)
        answer = desk.post(NEW, data=typed)
        assert answer.status_code == 422
        assert "egister a new complaint" in answer.text
    for number in (own, foreign):
        assert stands(transaction, number) is Status.CLOSED


def test_foreign_numbers_and_other_customers_are_not_found(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    number = ended(cast, transaction, clock, "north_desk")
    typed = filled(cast, customer=str(cast.customer), about=f"objects-{number}")
    assert desk.post(NEW, data=typed).status_code == 404
    for about in ("objects-", "objects-x", f"objects-{'0' * 32}-{'0' * 32}"):
        typed = filled(cast, q="5678", customer=str(cast.customer), about=about)
        assert desk.post(NEW, data=typed).status_code == 422, about
    assert stands(transaction, number) is Status.CLOSED


def test_the_form_on_the_complaint_asks_whether_it_is_an_objection(
    desk: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    number = ended(cast, transaction, clock, "chen")
    address = f"/complaints/{number}/actions/reopen"
    page = desk.get(address).text
    assert "The customer objects to the end" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    said = {"version": version[1], "reason": "Never said so.", "channel": "phone"}
    refused = desk.post(address, data=said)
    assert refused.status_code == 422 and 'id="because-error"' in refused.text
    assert desk.post(address, data={**said, "because": "objects"}).status_code == 303
    assert stands(transaction, number) is Status.IN_PROGRESS
