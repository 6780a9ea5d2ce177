"""Two administrators at their pages, for the tests of what takes both."""

import html
import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tickets.database import new_id
from tickets.models import Membership, Notification, Person, RightsRequest
from workflow.words import Role

OVERSEERS = {"zheng", "he", "qian", "shen", "admin", "north_supervisor"}


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in("admin")


@pytest.fixture
def second(cast: Cast, transaction: Transaction, sign_in: SignIn) -> FlaskClient:
    """Li is an administrator as well."""
    make_administrator(cast, transaction, "li")
    return sign_in("li")


def make_administrator(cast: Cast, transaction: Transaction, login: str) -> None:
    with transaction() as session:
        company = cast.units["company"]
        person_id = cast.people[login]
        role = Role.ADMINISTRATOR
        session.add(Membership(id=new_id(), person_id=person_id, unit_id=company, role=role))


def person_page(cast: Cast, login: str, *more: str) -> str:
    return "/".join(["/admin/people", str(cast.people[login]), *more])


def version_on(page: TestResponse) -> str:
    found = re.search(r'name="version"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def grant(browser: FlaskClient, cast: Cast, login: str, role: str) -> TestResponse:
    address = person_page(cast, login, "roles", "new")
    said = {"version": version_on(browser.get(address)), "unit": str(cast.units["company"])}
    return browser.post(address, data={**said, "role": role})


def requests(transaction: Transaction) -> list[UUID]:
    with transaction() as session:
        query = select(RightsRequest.id).order_by(RightsRequest.requested_at, RightsRequest.id)
        return list(session.scalars(query))


def decide(
    browser: FlaskClient, request_id: UUID, decision: str = "approve", reason: str = ""
) -> TestResponse:
    data = {"decision": decision, "reason": reason}
    return browser.post(f"/admin/rights/{request_id}", data=data)


def roles_of(cast: Cast, transaction: Transaction, login: str) -> set[Role]:
    with transaction():
        return set(cast.person(login).roles)


def told(transaction: Transaction, topic: str) -> set[str]:
    with transaction() as session:
        query = select(Person.login).join(Notification, Notification.person_id == Person.id)
        return set(session.scalars(query.where(Notification.topic == topic)))
