"""A withdrawal through the page: dated, told in writing, or recorded by somebody else (P1, P7)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.desk import Desk
from tests.services.actions.test_ends_told import without_address
from tickets.models import Complaint, Message
from workflow.words import CallOutcome, MessageState, Status


def withdrawal(at: str) -> dict[str, str]:
    return {"said_by": "customer", "channel": "phone", "at": at, "text": "Never mind."}


def stands(transaction: Transaction, number: str) -> Status:
    with transaction() as session:
        return session.scalars(select(Complaint.status).where(Complaint.number == number)).one()


@pytest.fixture
def number(cast: Cast, transaction: Transaction, clock: Clock) -> str:
    with transaction():
        found = given.registered(cast, now=clock.now).number
    clock.pass_(minutes=90)
    return found


def test_a_withdrawal_dated_before_registration_is_refused_at_its_field(
    number: str, cast: Cast, sign_in: SignIn, transaction: Transaction
) -> None:
    answer = Desk(transaction, cast, number).send(
        sign_in("chen"), "withdraw", **withdrawal("2025-03-10T10:00")
    )
    assert answer.status_code == 422
    assert 'id="at-error"' in answer.text and "Never mind." in answer.text
    assert stands(transaction, number) is Status.REGISTERED


def test_a_withdrawal_is_told_at_once(
    number: str, cast: Cast, sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    answer = Desk(transaction, cast, number).send(
        sign_in("chen"), "withdraw", **withdrawal("2025-03-11T11:00")
    )
    assert answer.status_code == 303
    assert stands(transaction, number) is Status.WITHDRAWN
    with transaction() as session:
        (told,) = session.scalars(select(Message).where(Message.topic == "ended_withdrawn"))
        assert (told.address, told.send_at) == ("+8613912345678", clock.now)


def test_nobody_alone_withdraws_what_nobody_can_be_told_of(
    cast: Cast, sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        number = without_address(cast, clock.now).number
    clock.pass_(minutes=90)
    said = withdrawal("2025-03-11T11:00")
    desk = Desk(transaction, cast, number)
    refused = desk.send(sign_in("chen"), "withdraw", **said)
    assert refused.status_code == 422
    assert "a supervisor must record this" in refused.text
    assert stands(transaction, number) is Status.REGISTERED

    assert desk.send(sign_in("zheng"), "withdraw", **said).status_code == 303
    assert stands(transaction, number) is Status.WITHDRAWN


def test_after_undoing_a_closing_nothing_leaves(
    cast: Cast, sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        complaint = given.resolved(cast, now=clock.now)
        given.call(complaint, CallOutcome.ACCEPTED, clock.now)
        number = complaint.number
    clock.pass_(minutes=5)
    answer = Desk(transaction, cast, number).send(
        sign_in("chen"), "undo_closing", reason="The wrong one."
    )
    assert answer.status_code == 303
    with transaction() as session:
        given.delivered(clock.now + timedelta(days=1))
        query = select(Message.state).where(Message.topic == "ended_on_word")
        assert session.scalars(query).all() == [MessageState.CANCELLED]


def test_bounds_of_a_setting_are_said_at_its_field(sign_in: SignIn) -> None:
    """P11: in the unit of the field, with what was typed kept."""
    admin = sign_in("admin")
    page = admin.get("/admin/policy").text
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    answer = admin.post("/admin/policy", data={**fields, "undo_window": "61"})
    assert answer.status_code == 422
    assert "Between 0 and 60." in answer.text and 'value="61"' in answer.text
