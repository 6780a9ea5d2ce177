"""Two people at one complaint: each sees that the other is there, and nobody is locked out."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.models import Complaint, Presence


@pytest.fixture
def number(transaction: Transaction, cast: Cast, now: datetime) -> str:
    with transaction():
        return given.registered(cast, now=now).number


def test_the_other_one_is_seen_here_and_in_the_list(
    number: str, sign_in: SignIn, clock: Clock
) -> None:
    """CON-01."""
    chen, zheng = sign_in("chen"), sign_in("zheng")

    alone = chen.post(f"/complaints/{number}/presence")
    beside = zheng.post(f"/complaints/{number}/presence")
    writing = chen.post(f"/complaints/{number}/presence", data={"writing": "1"})

    assert "here" not in alone.text
    assert "Chen is here" in beside.text
    assert "Zheng is here" in writing.text
    assert "Chen is writing" in zheng.get(f"/complaints/{number}").text
    assert "Chen" in zheng.get("/complaints/").text.partition('class="here-now"')[2]


def test_who_is_gone_is_gone_within_a_minute(number: str, sign_in: SignIn, clock: Clock) -> None:
    chen, zheng = sign_in("chen"), sign_in("zheng")
    chen.post(f"/complaints/{number}/presence")

    clock.pass_(seconds=61)

    assert "Chen is" not in zheng.post(f"/complaints/{number}/presence").text
    assert 'class="here-now"' not in zheng.get("/complaints/").text


def test_being_here_is_one_row_however_often_it_is_told(
    number: str, sign_in: SignIn, transaction: Transaction
) -> None:
    browser = sign_in("chen")
    for _time in range(3):
        assert browser.post(f"/complaints/{number}/presence").status_code == 200

    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Presence)) == 1


def test_being_here_changes_nothing_of_the_complaint(
    number: str, sign_in: SignIn, transaction: Transaction
) -> None:
    """CON-02: a hint, no lock; what somebody else has open can be saved."""
    chen, zheng = sign_in("chen"), sign_in("zheng")
    with transaction() as session:
        version = session.scalar(select(Complaint.version))

    chen.post(f"/complaints/{number}/presence", data={"writing": "1"})
    sent = zheng.post(
        f"/complaints/{number}/actions/raise_level",
        data={"version": version, "reason": "Urgent."},
    )

    assert sent.status_code == 303


def test_presence_is_not_told_by_a_get(number: str, sign_in: SignIn) -> None:
    assert sign_in("chen").get(f"/complaints/{number}/presence").status_code == 405
