"""Figures for Prometheus: for who has the token, of all processes together, of no customer."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tickets.config import ROOT
from tickets.jobs.registry import SWEEP
from tickets.workers.running import run_one, tick

TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture
def token(app: Flask) -> Iterator[None]:
    before = app.extensions["config"]
    app.extensions["config"] = replace(before, metrics_token="a-long-token")
    yield
    app.extensions["config"] = before


def test_without_a_token_in_the_settings_there_are_no_metrics(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer another"}])
def test_without_the_token_there_seem_to_be_none(
    client: FlaskClient, given: dict[str, str]
) -> None:
    assert client.get("/metrics", headers=given).status_code == 404


@pytest.mark.usefixtures("token")
def test_metrics_tell_of_requests_jobs_messages_and_clocks(
    app: Flask, client: FlaskClient, cast: Cast, transaction: Transaction, now: datetime
) -> None:
    with transaction():
        complaint = registered(cast, now=now - timedelta(days=30))
        words = (complaint.number, complaint.customer.name, complaint.description)
    tick(app)
    run_one(app, SWEEP, "w1")

    page = client.get("/metrics", headers=TOKEN)
    assert page.status_code == 200
    for figure in (
        'shouwen_jobs_total{job="sweep",outcome="done"}',
        'shouwen_job_seconds_count{job="sweep"}',
        'shouwen_job_backlog{job="sweep"} 0.0',
        'shouwen_job_age_seconds{job="sweep"}',
        'shouwen_messages{state="waiting"}',
        "shouwen_message_oldest_seconds",
        'shouwen_clocks_overdue{clock="resolution"} 1.0',
    ):
        assert figure in page.text
    assert not [word for word in words if word in page.text]
    assert "shouwen_requests_total" in client.get("/metrics", headers=TOKEN).text


def test_processes_of_one_machine_put_their_figures_together(tmp_path: Path) -> None:
    """And those of processes that are gone are forgotten when a server starts."""
    count = "metrics.count_job('sweep', 'done', 0.1)"
    show = (
        "print(metrics.exposition([], Waiting(0, None, 0, 0), {'resolution': 3},"
        " datetime.now(UTC)).decode())"
    )
    together = in_processes(tmp_path, count, count, show)
    afterwards = in_processes(tmp_path, "metrics.forget_gone_processes()", show)

    assert 'shouwen_jobs_total{job="sweep",outcome="done"} 2.0' in together
    assert together.count('shouwen_clocks_overdue{clock="resolution"} 3.0') == 1
    assert not list(tmp_path.glob("gauge*")), "what the database says is nobody's own figure"
    assert "outcome" not in afterwards


def in_processes(folder: Path, *statements: str) -> str:
    """One process after the other; answers what the last one said."""
    imports = "from datetime import UTC, datetime; from tickets.operation import metrics;"
    imports += " from tickets.messages.outbox import Waiting;"
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    said = ""
    for statement in statements:
        said = subprocess.run(
            [sys.executable, "-c", f"{imports} {statement}"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    return said
