"""A work order's page: what a department reads and does there."""

from datetime import datetime

import pytest

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tests.pages.desk import Desk


@pytest.fixture
def with_departments(transaction: Transaction, cast: Cast, now: datetime) -> Desk:
    with transaction():
        return Desk(transaction, cast, given.dispatched(cast, "network", "billing", now=now).number)


def test_a_department_takes_answers_and_is_sent_back_to_its_order(
    with_departments: Desk, cast: Cast, sign_in: SignIn
) -> None:
    order = next(
        each for each in with_departments.orders() if each.unit_id == cast.units["network"]
    )
    browser = sign_in("zhao")
    url = f"/work-orders/{order.id}/actions"

    accepted = browser.post(f"{url}/accept", data={"version": order.version})
    version = next(each for each in with_departments.orders() if each.id == order.id).version
    answered = browser.post(
        f"{url}/answer", data={"version": version, "answer": "A port was down."}
    )

    assert (accepted.status_code, answered.status_code) == (303, 303)
    assert accepted.location == f"/work-orders/{order.id}"
    assert "A port was down." in browser.get(accepted.location).text


def test_an_order_is_not_answered_by_another_department(
    with_departments: Desk, cast: Cast, sign_in: SignIn
) -> None:
    order = next(
        each for each in with_departments.orders() if each.unit_id == cast.units["network"]
    )

    answer = sign_in("zhou").post(
        f"/work-orders/{order.id}/actions/accept", data={"version": order.version}
    )

    assert answer.status_code == 422
