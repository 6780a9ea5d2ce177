"""Health: jobs, messages and the sweep, for machines and for administrators (JOB-03, NOT-01)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tickets.jobs.rows import put
from tickets.models import Job, JobHealth
from workflow.words import JobState


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


def test_metrics_want_their_token_and_hide_otherwise(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/metrics").status_code == 404
    object.__setattr__(app.extensions["config"], "metrics_token", "a-long-token")
    try:
        wrong = {"Authorization": "Bearer another"}
        assert client.get("/metrics", headers=wrong).status_code == 404
        page = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"})
    finally:
        object.__setattr__(app.extensions["config"], "metrics_token", "")

    assert page.status_code == 200
    for figure in (
        'shouwen_job_backlog{job="sweep"} 0.0',
        "shouwen_requests_total",
        "shouwen_messages",
    ):
        assert figure in page.text


def test_an_administrator_sees_what_failed_and_tries_it_again(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    with transaction():
        job = put("adopt_limits", {"limits": "x"}, now=now)
        job.state, job.last_error = JobState.FAILED, "Traceback\nKeyError: 'x'"
        job_id = job.id
    admin = sign_in("admin")

    page = admin.get("/admin/jobs")
    assert "KeyError" in page.text
    assert admin.post(f"/admin/jobs/{job_id}/again").status_code == 303
    with transaction() as session:
        assert session.get_one(Job, job_id).state is JobState.WAITING
    assert sign_in("chen").get("/admin/jobs").status_code in (403, 404)
