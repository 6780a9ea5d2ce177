"""Passwords on one's own account page: guessed slowly, chosen well (S-12, S-20)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.accounts.sessions import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS
from tickets.models import Person

GOOD = "battery staple river"


def change(
    browser: FlaskClient, present: str, new: str = GOOD, address: str = "127.0.0.1"
) -> TestResponse:
    return browser.post(
        "/account/password",
        data={"current_password": present, "new_password": new, "again_password": new},
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.mark.both_databases
def test_the_present_password_is_guessed_as_slowly_as_at_the_sign_in_page(
    sign_in: SignIn, clock: Clock
) -> None:
    """Whoever finds a browser open does not learn the password from it."""
    browser = sign_in("chen")
    clock.pass_(minutes=1)
    for _ in range(FAILURES_PER_ACCOUNT):
        assert change(browser, "not this one").status_code == 422

    refused = change(browser, PASSWORD)
    assert refused.status_code == 429
    assert 'id="current_password-error"' in refused.text
    clock.pass_(minutes=16)
    assert change(browser, PASSWORD).status_code == 303


def test_guesses_at_both_places_count_together(
    client: FlaskClient, sign_in: SignIn, clock: Clock
) -> None:
    browser = sign_in("chen")
    clock.pass_(minutes=1)
    for _ in range(FAILURES_PER_ACCOUNT - 1):
        client.post("/login", data={"login": "chen", "password": "not this one"})
    assert change(browser, "not this one").status_code == 422

    assert change(browser, PASSWORD).status_code == 429
    assert client.post("/login", data={"login": "chen", "password": PASSWORD}).status_code == 429


def test_guesses_from_one_address_count_whatever_the_account(
    client: FlaskClient, sign_in: SignIn
) -> None:
    browser = sign_in("chen")
    for each in range(FAILURES_PER_ADDRESS):
        client.post("/login", data={"login": f"somebody{each}", "password": "not this one"})

    assert change(browser, PASSWORD).status_code == 429
    assert change(browser, PASSWORD, address="192.0.2.9").status_code == 303


def test_a_new_password_that_is_refused_is_no_guess(sign_in: SignIn) -> None:
    browser = sign_in("chen")
    for _ in range(FAILURES_PER_ACCOUNT + 1):
        assert change(browser, PASSWORD, "short").status_code == 422

    assert change(browser, PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "common",
    [
        "password123",
        "qwertyuiop",
        "P@ssw0rd2024",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaaaaaa",
        "1990010119900101",
        "shouwen-demo",
        "p4$$w0rd" * 25,
        "你好你好你好你好你好",
    ],
)
def test_a_common_password_is_refused_at_its_field(sign_in: SignIn, common: str) -> None:
    refused = change(sign_in("chen"), PASSWORD, common)
    assert refused.status_code == 422
    assert 'id="new_password-error"' in refused.text
    assert "too easy to guess" in refused.text


def test_a_password_made_of_ones_own_name_is_refused(
    sign_in: SignIn, cast: Cast, transaction: Transaction
) -> None:
    with transaction():
        cast.chen.name = "Jingxuan Wagenknecht"
    refused = change(sign_in("chen"), PASSWORD, "Wagenknecht24")
    assert "too easy to guess" in refused.text


def test_an_issued_password_is_not_changed_into_a_common_one(
    sign_in: SignIn, cast: Cast, transaction: Transaction
) -> None:
    browser = sign_in("chen")
    with transaction():
        cast.chen.password_is_initial = True
    assert change(browser, PASSWORD, "iloveyou12").status_code == 422
    assert browser.get("/work/", follow_redirects=False).status_code in (303, 404)
    with transaction():
        assert cast.chen.password_is_initial


def test_a_common_password_is_refused_in_a_shell(
    app: Flask, cast: Cast, transaction: Transaction
) -> None:
    said = ["people", "add", "xu", "徐佳", "front_desk", "east_hall", "--password-stdin"]
    refused = app.test_cli_runner().invoke(args=said, input="shouwen-demo\n")
    assert refused.exit_code == 1
    assert "too easy to guess" in refused.output
    with transaction() as session:
        assert session.scalar(select(Person.id).where(Person.login == "xu")) is None
