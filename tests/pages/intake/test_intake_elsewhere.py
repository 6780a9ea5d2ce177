"""What first contact tells of other desks: that somebody is in charge, nothing more (SEE-01)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.intake.test_intake_page import NEW, count, filled
from tickets import numbers
from tickets.database import new_id
from tickets.models import Complaint, Membership
from workflow.words import Role

SECRET = "zebra-crossing"  # noqa: S105 - a word to be looked for


@pytest.fixture
def desk(sign_in: SignIn) -> FlaskClient:
    return sign_in("chen")


@pytest.fixture
def hidden(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    with transaction():
        return registered(
            cast, now=clock.now, by="north_desk", description=SECRET, wish=SECRET
        ).number


@pytest.mark.parametrize("typed", ["13912345678", "5678", "Zhang Min", "number"])
def test_another_desk_s_complaint_is_not_shown(desk: FlaskClient, hidden: str, typed: str) -> None:
    searched = hidden if typed == "number" else typed

    for path in (f"/customers/lookup?q={searched}", f"{NEW}?q={searched}"):
        page = desk.get(path).text.replace(f'value="{searched}"', "").replace(path, "")
        assert "1 open complaint is with another desk" in page
        assert "North_Desk (north_hall)" in page
        for told in (SECRET, hidden, numbers.spoken(hidden), "Broadband</strong>"):
            assert told not in page


def test_a_message_can_be_left_for_them(
    desk: FlaskClient, cast: Cast, hidden: str, transaction: Transaction, clock: Clock
) -> None:
    clock.pass_(hours=1)
    typed = filled(cast, q="5678", customer=str(cast.customer), about="elsewhere")

    answer = desk.post(NEW, data=typed, follow_redirects=True)

    assert "Told to: North_Desk (north_hall)." in answer.text
    assert hidden not in answer.text
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        assert complaint.customer_waiting_since == clock.now


def test_foreign_numbers_in_the_form_are_not_found(
    desk: FlaskClient, cast: Cast, hidden: str, transaction: Transaction
) -> None:
    for more in ({"about": hidden}, {"about": "123412341234"}, {"repeat_of": hidden}):
        assert desk.post(NEW, data=filled(cast, **more)).status_code == 404
    assert desk.get(f"{NEW}?repeat_of={hidden}").status_code == 404
    assert desk.get(f"/complaints/{hidden}/registered").status_code == 404
    assert count(transaction, Complaint) == 1


def test_a_foreign_desk_is_not_received_at(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    desk.post(NEW, data=filled(cast, unit=str(cast.units["north_hall"])))

    with transaction() as session:
        assert session.scalars(select(Complaint.unit_id)).one() == cast.units["east_hall"]


def test_somebody_with_several_desks_says_at_which(
    desk: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    with transaction() as session:
        session.add(
            Membership(
                id=new_id(),
                person_id=cast.people["chen"],
                unit_id=cast.units["group_desk"],
                role=Role.FRONT_DESK,
            )
        )

    assert 'name="unit"' in desk.get(NEW).text
    desk.post(NEW, data=filled(cast, unit=str(cast.units["group_desk"])))

    with transaction() as session:
        assert session.scalars(select(Complaint.unit_id)).one() == cast.units["group_desk"]
