"""Liable department and compensation: how they are typed, proposed and shown."""

import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.actions.test_actions_page import ANSWER, desk, with_departments
from tests.pages.conftest import SignIn
from tests.pages.desk import Desk
from tests.pages.intake.test_intake_page import NEW, count, filled, number_in, solved
from tickets.models import Answer, Complaint, WorkOrder

__all__ = ["desk", "with_departments"]


@pytest.fixture
def reception(sign_in: SignIn) -> FlaskClient:
    return sign_in("chen")


def test_compensation_is_typed_as_money_and_shown_as_money(
    desk: Desk, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in("chen")
    said = {**ANSWER, "cause": str(cast.cause), "liable_unit": str(cast.units["network"])}

    for unreadable in ("a lot", "1.005", "-3", "5000.01"):
        refused = desk.send(browser, "resolve", **{**said, "compensation": unreadable})
        assert refused.status_code == 422, unreadable
        assert f'value="{unreadable}"' in refused.text
    assert desk.send(browser, "resolve", **{**said, "compensation": "1,120.50"}).status_code == 303

    page = browser.get(f"/complaints/{desk.number}").text
    assert "1,120.50" in page and "Liable department: network" in page
    assert "1,120.50" in browser.get(f"/complaints/{desk.number}/print").text
    assert "Liable" not in browser.get(f"/complaints/{desk.number}/print").text


def test_the_department_that_answered_is_proposed_as_liable(
    with_departments: Desk, cast: Cast, transaction: Transaction, sign_in: SignIn, now: datetime
) -> None:
    with transaction() as session:
        network, billing = (
            session.get_one(WorkOrder, each.id) for each in with_departments.orders()
        )
        given.do("recall", billing, cast.chen, now, reason="Not theirs.")
        given.do("accept", network, cast.zhao, now)
        given.do("answer", network, cast.zhao, now, answer="A line card was broken.")

    page = sign_in("chen").get(with_departments.url("resolve")).text

    assert f'<option selected value="{cast.units["network"]}">' in page


def test_solved_on_the_spot_may_say_who_is_liable_and_what_was_granted(
    reception: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """REP-03: folded away until somebody says it; the departments are those near the reception."""
    page = reception.get(NEW).text
    (folded,) = re.findall(r"<details class=\"of-1 intake-more\"([^>]*)>", page)
    assert "open" not in folded
    assert f'value="{cast.units["network"]}"' in page
    assert f'value="{cast.units["north_network"]}"' not in page, "of another branch"

    said = {"liable_unit": str(cast.units["network"]), "compensation": "120.50"}
    number_in(reception.post(NEW, data=filled(cast, **solved(cast), **said)))

    with transaction() as session:
        answer = session.scalars(select(Answer)).one()
        assert (answer.liable_unit_id, answer.compensation_minor) == (cast.units["network"], 12_050)


@pytest.mark.parametrize(
    ("name", "value"),
    [("compensation", "a lot"), ("compensation", "9999999"), ("liable_unit", "east_hall")],
)
def test_what_cannot_be_granted_is_refused_at_its_unfolded_field(
    reception: FlaskClient, cast: Cast, transaction: Transaction, name: str, value: str
) -> None:
    """Nothing is registered without what was typed; nothing typed is lost."""
    typed = str(cast.units[value]) if name == "liable_unit" else value

    page = reception.post(NEW, data=filled(cast, **solved(cast), **{name: typed}))

    assert page.status_code == 422
    assert re.search(r'<details class="of-1 intake-more" open>', page.text)
    assert f'id="{name}-error"' in page.text
    assert count(transaction, Complaint) == 0
