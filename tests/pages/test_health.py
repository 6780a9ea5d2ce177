"""Health: jobs, messages and the sweep, for machines (JOB-03, NOT-01)."""

from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tickets.models import JobHealth


def succeeded(transaction: Transaction, at: datetime) -> None:
    with transaction() as session:
        session.merge(JobHealth(name="sweep", last_success_at=at, seconds=0.1))


def test_health_tells_of_jobs_and_messages(
    client: FlaskClient, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    succeeded(transaction, now - timedelta(seconds=20))
    answer = client.get("/healthz")

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
