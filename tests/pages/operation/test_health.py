"""Health: jobs, messages and the sweep, for machines (JOB-03, NOT-01)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tickets.models import JobHealth

TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture(autouse=True)
def token(app: Flask) -> Iterator[None]:
    before = app.extensions["config"]
    app.extensions["config"] = replace(before, metrics_token="a-long-token")
    yield
    app.extensions["config"] = before


def succeeded(transaction: Transaction, at: datetime) -> None:
    with transaction() as session:
        session.merge(JobHealth(name="sweep", last_success_at=at, seconds=0.1))


def test_health_tells_of_jobs_and_messages(
    client: FlaskClient, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    succeeded(transaction, now - timedelta(seconds=20))
    answer = client.get("/healthz", headers=TOKEN)

    assert answer.status_code == 200
    told: Any = answer.get_json()
    assert told["sweep"] == "ok"
    assert told["jobs"]["sweep"]["age_seconds"] == 20
    assert told["messages"]["oldest_unsent_seconds"] == 0


def test_health_fails_when_the_sweep_is_older_than_three_intervals(
    client: FlaskClient, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    """JOB-03."""
    succeeded(transaction, now - timedelta(seconds=91))
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.get_json()["status"] == "late"


def test_health_fails_when_clocks_are_due_and_nobody_ever_swept(
    client: FlaskClient, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    assert client.get("/healthz").status_code == 200
    with transaction():
        registered(cast, now=now - timedelta(days=30))

    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer another"}, {"X-Token": "a"}])
def test_strangers_learn_one_word(
    client: FlaskClient,
    cast: Cast,
    transaction: Transaction,
    now: datetime,
    given: dict[str, str],
) -> None:
    """Which version runs and how far behind it is would help somebody who looks for a way in."""
    succeeded(transaction, now)
    assert client.get("/healthz", headers=given).get_json() == {"status": "ok"}
    succeeded(transaction, now - timedelta(seconds=91))
    late = client.get("/healthz", headers=given)
    assert (late.status_code, late.get_json()) == (503, {"status": "late"})


def test_without_a_token_in_the_settings_an_empty_one_opens_nothing(
    app: Flask, client: FlaskClient
) -> None:
    app.extensions["config"] = replace(app.extensions["config"], metrics_token="")
    told = client.get("/healthz", headers={"Authorization": "Bearer "}).get_json()
    assert told == {"status": "ok"}


def test_administrators_read_the_details_and_nobody_else_does(sign_in: SignIn) -> None:
    assert "jobs" in sign_in("admin").get("/healthz").get_json()
    for login in ("chen", "zheng", "he", "shen"):
        assert sign_in(login).get("/healthz").get_json() == {"status": "ok"}
