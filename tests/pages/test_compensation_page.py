"""Liable department and compensation: how they are typed, proposed and shown."""

from datetime import datetime

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tests.pages.desk import Desk
from tests.pages.test_actions_page import ANSWER, desk, with_departments
from tickets.models import WorkOrder

__all__ = ["desk", "with_departments"]


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
