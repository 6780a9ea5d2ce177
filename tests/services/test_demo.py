"""The demo: real histories, and something to do for everybody who is to try it out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.invariants import objections_to_the_desk
from tickets import history
from tickets.config import Mode
from tickets.database import db
from tickets.demo import filling
from tickets.demo.accounts import DEMO_ACCOUNTS
from tickets.models import Approval, ApprovalState, Complaint, Customer, Person, WorkOrder
from tickets.models.installation import Installation
from tickets.queues import counts, queues_of
from workflow.words import ENDED, OrderStatus, Status

MANY_CUSTOMERS, MANY_PEOPLE = 60, 25
MIDNIGHT = timedelta(hours=14, minutes=10)
WORK_WITH_COMPLAINTS = [each.login for each in DEMO_ACCOUNTS if each.login != "admin"]


@pytest.fixture
def demo(session: scoped_session[Session], now: datetime) -> Iterator[scoped_session[Session]]:
    filling.fill(now, with_earlier=False)
    yield session


def test_everything_that_can_become_of_a_complaint_is_there(
    demo: scoped_session[Session], now: datetime
) -> None:
    statuses = set(demo.scalars(select(Complaint.status)))
    order_statuses = set(demo.scalars(select(WorkOrder.status)))
    approvals = set(demo.scalars(select(Approval.state)))

    assert statuses == set(Status)
    assert order_statuses == set(OrderStatus)
    assert approvals >= {ApprovalState.PENDING, ApprovalState.GRANTED, ApprovalState.DENIED}
    assert (demo.scalar(select(func.count()).select_from(Customer)) or 0) >= MANY_CUSTOMERS
    assert (demo.scalar(select(func.count()).select_from(Person)) or 0) >= MANY_PEOPLE


def test_nothing_in_it_could_not_have_happened(
    demo: scoped_session[Session], now: datetime
) -> None:
    assert all(at <= now for at in demo.scalars(select(Complaint.registered_at)))
    assert objections_to_the_desk() == []
    assert list(history.all_flaws()) == []


def test_everybody_who_works_with_complaints_has_something_to_do(
    demo: scoped_session[Session], now: datetime
) -> None:
    assert idle(demo, now) == []


def test_it_can_be_filled_in_the_middle_of_the_night(
    session: scoped_session[Session], now: datetime
) -> None:
    midnight = now + MIDNIGHT

    filling.fill(midnight, with_earlier=False)

    assert idle(session, midnight) == []
    assert list(history.all_flaws()) == []


def test_the_weeks_before_give_reports_something_to_compare(
    session: scoped_session[Session], now: datetime
) -> None:
    filling.fill(now)

    lately = now - timedelta(days=14)
    before = session.scalars(select(Complaint).where(Complaint.registered_at < lately)).all()
    assert len(before) > MANY_CUSTOMERS
    assert {each.status for each in before} <= ENDED
    assert any(each.first_contact_solution for each in before)
    assert objections_to_the_desk() == []


def idle(session: scoped_session[Session], now: datetime) -> list[str]:
    """Accounts whose My work is empty."""
    people = session.scalars(select(Person).where(Person.login.in_(WORK_WITH_COMPLAINTS)))
    return [
        person.login
        for person in people
        if not any(counts(queues_of(person), person, now).values())
    ]


def test_a_database_with_people_in_it_is_left_alone(app: Flask) -> None:
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
