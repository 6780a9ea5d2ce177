"""Fixtures of messages on their way: settings for one test, and a gateway that takes SMS."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.carrying import Configure
from tests.gateways import Gateway, gateway
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
