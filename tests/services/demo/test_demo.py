"""The demo: real histories, and something to do for everybody who is to try it out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.invariants import objections_to_the_desk
from tickets.config import Mode
from tickets.database import db
from tickets.demo import filling
from tickets.demo.accounts import DEMO_ACCOUNTS
from tickets.history.audit import complaint_by_complaint
from tickets.models import (
    Approval,
    ApprovalState,
    AttemptConfirmation,
    CallbackAttempt,
    Complaint,
    Customer,
    Event,
    Notice,
    Person,
    WorkOrder,
)
from tickets.models.installation import Installation
from tickets.queues import counts, queues_of
from workflow.words import ENDED, MessageState, NoticeChannel, OrderStatus, Status

MANY_CUSTOMERS, MANY_PEOPLE = 60, 25
MIDNIGHT = timedelta(hours=14, minutes=10)
WORK_WITH_COMPLAINTS = [each.login for each in DEMO_ACCOUNTS if each.login != "admin"]


@pytest.mark.long
def test_the_demo_is_a_desk_that_has_worked_for_weeks(
    session: scoped_session[Session], now: datetime, subtests: pytest.Subtests
) -> None:
    """Filling takes a while, so it is looked at from all sides at once."""
    filling.fill(now)

    with subtests.test("everything that can become of a complaint is there"):
        assert set(session.scalars(select(Complaint.status))) == set(Status)
        assert set(session.scalars(select(WorkOrder.status))) == set(OrderStatus)
        decided = {ApprovalState.PENDING, ApprovalState.GRANTED, ApprovalState.DENIED}
        assert set(session.scalars(select(Approval.state))) >= decided
        assert (session.scalar(select(func.count()).select_from(Customer)) or 0) >= MANY_CUSTOMERS
        assert (session.scalar(select(func.count()).select_from(Person)) or 0) >= MANY_PEOPLE
    with subtests.test("nothing in it could not have happened"):
        assert all(at <= now for at in session.scalars(select(Complaint.registered_at)))
        assert objections_to_the_desk() == []
        assert [flaw for each in complaint_by_complaint() for flaw in each.flaws] == []
    with subtests.test("everybody who works with complaints has something to do"):
        assert idle(session, now) == []
    with subtests.test("closings rest on calls in their time and on notices that left"):
        assert_closings_rest_on_something(session)
    with subtests.test("the weeks before give reports something to compare"):
        lately = now - timedelta(days=14)
        old = Complaint.registered_at < lately
        before = session.scalars(select(Complaint).where(old)).all()
        assert len(before) > MANY_CUSTOMERS
        assert {each.status for each in before} <= ENDED
        assert any(each.first_contact_solution for each in before)


def assert_closings_rest_on_something(session: scoped_session[Session]) -> None:
    """A late call that a second person let count, one to an unknown number, a letter that another
    one saw posted, SMS that were sent; and something that waits for the supervisor."""
    confirmed = session.scalars(select(AttemptConfirmation)).all()
    assert [each for each in confirmed if each.by_id != each.attempt.by_id]
    assert session.scalars(select(CallbackAttempt).where(~CallbackAttempt.number_known)).all()
    notices = session.scalars(select(Notice)).all()
    letters = [each for each in notices if each.channel is NoticeChannel.LETTER]
    assert letters and all(each.posting and each.posting.by_id != each.by_id for each in letters)
    carried = [each.message for each in notices if each.channel is not NoticeChannel.LETTER]
    assert carried and all(each and each.state is MessageState.SENT for each in carried)
    waiting = session.scalars(select(Approval).where(Approval.state == ApprovalState.PENDING))
    assert len(waiting.all()) >= 2
    for action, field in (("withdraw", "said_by"), ("merge", "because")):
        said = session.scalars(select(Event.data).where(Event.action == action)).all()
        assert said and all(data.get(field) for data in said), action


def test_it_can_be_filled_in_the_middle_of_the_night(
    session: scoped_session[Session], now: datetime
) -> None:
    midnight = now + MIDNIGHT

    filling.fill(midnight, with_earlier=False)

    assert idle(session, midnight) == []
    assert [flaw for each in complaint_by_complaint() for flaw in each.flaws] == []


def idle(session: scoped_session[Session], now: datetime) -> list[str]:
    """Accounts whose My work is empty."""
    people = session.scalars(select(Person).where(Person.login.in_(WORK_WITH_COMPLAINTS)))
    return [
        person.login
        for person in people
        if not any(counts(queues_of(person), person, now).values())
    ]


def test_a_database_with_people_in_it_is_left_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling.earlier, "stories", list)
    monkeypatch.setattr(filling, "STORIES", filling.STORIES[:1])  # one is enough to fill it
    runner = app.test_cli_runner()

    first = runner.invoke(args=["seed"])
    again = runner.invoke(args=["seed"])
    quiet = runner.invoke(args=["seed", "--if-empty"])

    assert (first.exit_code, again.exit_code, quiet.exit_code) == (0, 1, 0)
    assert "people in it" in again.output
    assert quiet.output == ""
    with app.app_context():
        assert db.session.scalar(select(Installation.is_demo)) is True


def test_demo_accounts_have_no_place_in_production(app: Flask) -> None:
    before = app.extensions["config"]
    app.extensions["config"] = replace(before, shouwen_env=Mode.PRODUCTION)
    try:
        result = app.test_cli_runner().invoke(args=["seed"])
    finally:
        app.extensions["config"] = before

    assert result.exit_code == 1
    assert "published password" in result.output
