"""Fixtures of the page tests: the cast, stored; a clock that the test turns; signing in.

`cast`      ids of everybody; load rows inside `with transaction():`, as in `cast.chen`.
`clock`     what the application takes for now; `clock.pass_(hours=3)` turns it.
`sign_in`   `browser = sign_in("chen")`: a fresh client in which Chen is signed in.
`form_tokens`  switches the form tokens on, which the other tests do without.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, add_cast
from tests.conftest import Transaction
from tests.kept import Kept

SignIn = Callable[[str], FlaskClient]


@dataclass
class Clock:
    """The application's time, turned by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def clock(app: Flask, now: datetime) -> Iterator[Clock]:
    turned = Clock(now)
    app.extensions["clock"] = turned
    yield turned
    del app.extensions["clock"]


@pytest.fixture
def cast(transaction: Transaction, kept: Kept, now: datetime, password_hash: str) -> Cast:
    def made() -> Cast:
        with transaction():
            return add_cast(now - timedelta(days=30), password_hash)

    return kept(made)


@pytest.fixture
def sign_in(app: Flask, cast: Cast) -> SignIn:
    def signed_in(login: str) -> FlaskClient:
        assert login in cast.people
        browser = app.test_client()
        answer = browser.post("/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    return signed_in


@pytest.fixture
def form_tokens(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False
