"""Setting a customer right: who may, and what stood there before (CUS-03)."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, dispatched
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import customers
from tickets.database import new_id
from tickets.models import AdminEvent, Customer

DETAILS = {
    "name": "Zhang Min",
    "town": "",
    "phones": "139 1234 5678",
    "accounts": "",
    "group_tier": "",
    "card": "",
    "language": "zh_Hans",
}


def version_on(browser: FlaskClient, address: str) -> str:
    found = re.search(r'name="version"[^>]*value="([^"]*)"', browser.get(address).text)
    assert found
    return found[1]


@pytest.fixture
def address(cast: Cast) -> str:
    return f"/customers/{cast.customer}/edit"


def test_the_new_number_finds_the_customer_and_the_old_one_no_longer(
    sign_in: SignIn, address: str, cast: Cast, transaction: Transaction
) -> None:
    changed = {**DETAILS, "name": "Zhang Minghua", "phones": "138 0000 9999\r\n\r\n021 5555"}

    answer = sign_in("wang").post(address, data=changed)

    assert answer.status_code == 303
    with transaction() as session:
        assert customers.find("13912345678", "CN") == []
        assert [each.id for each in customers.find("13800009999", "CN")] == [cast.customer]
        noted = session.scalars(select(AdminEvent).where(AdminEvent.subject == "customer")).one()
        assert noted.actor_id == cast.people["wang"]
        assert noted.before == {"name": "Zhang Min", "phones": ["139 1234 5678"]}
        assert noted.after == {"name": "Zhang Minghua", "phones": ["138 0000 9999", "021 5555"]}


def test_nothing_changed_is_nothing_noted(
    sign_in: SignIn, address: str, transaction: Transaction
) -> None:
    assert sign_in("wang").post(address, data=DETAILS).status_code == 303

    with transaction() as session:
        assert session.scalars(select(AdminEvent)).all() == []


def test_two_at_once_one_is_told(sign_in: SignIn, address: str, clock: Clock) -> None:
    chen, wang = sign_in("chen"), sign_in("wang")
    seen = version_on(chen, address)
    clock.pass_(minutes=1)
    wang.post(address, data={**DETAILS, "town": "Pudong", "version": seen})

    late = chen.post(address, data={**DETAILS, "town": "Minhang", "version": seen})

    assert late.status_code == 409
    assert 'value="Minhang"' in late.text
    again = chen.post(
        address, data={**DETAILS, "town": "Minhang", "version": version_on(chen, address)}
    )
    assert again.status_code == 303


@pytest.mark.parametrize("who", ["zhao", "zheng", "shen", "qian", "he"])
def test_others_cannot_even_with_a_work_order(
    sign_in: SignIn, address: str, cast: Cast, transaction: Transaction, clock: Clock, who: str
) -> None:
    with transaction():
        dispatched(cast, "network", now=clock.now)
    browser = sign_in(who)

    assert browser.get(address).status_code == 404
    assert browser.post(address, data={**DETAILS, "name": "X"}).status_code == 404
    with transaction() as session:
        assert session.get_one(Customer, cast.customer).name == "Zhang Min"


def test_an_unknown_customer_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("chen").get(f"/customers/{new_id()}/edit").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 121),
        ("name", "a\x00"),
        ("phones", "1" * 61),
        ("language", "xx"),
        ("card", "?"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    sign_in: SignIn, address: str, field: str, value: str
) -> None:
    page = sign_in("chen").post(address, data={**DETAILS, field: value})

    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text


def test_administrators_do_not_read_of_customers(sign_in: SignIn, address: str) -> None:
    sign_in("chen").post(address, data={**DETAILS, "name": "Zhang Minghua"})

    page = sign_in("admin").get("/admin/changes")

    assert page.status_code == 200
    assert "Minghua" not in page.text
