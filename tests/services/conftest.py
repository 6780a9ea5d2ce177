"""Fixtures of messages on their way and of jobs: settings for one test, a gateway that takes SMS,
a clock that stands, a registry of the test's own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from tests.carrying import Configure
from tests.gateways import Gateway, gateway
from tests.job_rows import Clock, Kinds
from tickets.config import SmtpSecurity


@pytest.fixture
def configure(app: Flask) -> Iterator[Configure]:
    """Settings for one test: `configure(smtp_port=…)`."""
    before = app.extensions["config"]

    def change(**settings: Any) -> None:
        app.extensions["config"] = replace(app.extensions["config"], **settings)

    change(send_timeout=1, webhook_networks=("127.0.0.0/8",), smtp_security=SmtpSecurity.NONE)
    yield change
    app.extensions["config"] = before


@pytest.fixture
def sms(configure: Configure) -> Iterator[Gateway]:
    with gateway() as known:
        configure(sms_gateway_url=known.url, sms_gateway_token="token")
        yield known


@pytest.fixture
def clock(app: Flask, now: datetime) -> Iterator[Clock]:
    app.extensions["clock"] = Clock(now)
    yield app.extensions["clock"]
    del app.extensions["clock"]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Kinds:
    """The only kinds of jobs that there are in the test."""
    own: Kinds = {}
    for module in ("tickets.jobs.rows", "tickets.workers.running", "tickets.jobs.health"):
        monkeypatch.setattr(f"{module}.KINDS", own)
    return own
