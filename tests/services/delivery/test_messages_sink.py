"""The demo's own mail server and SMS gateway: everything arrives there, and nothing leaves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Transaction
from tickets.config import Mode
from tickets.database import db, new_id
from tickets.delivery.carry import Carried, deliver_due
from tickets.delivery.sinks import Sinks, start_sinks
from tickets.models import Message, SinkMessage
from workflow.words import MessageChannel, MessageState


@pytest.fixture
def sinks(app: Flask) -> Iterator[Sinks]:
    before = app.extensions["config"]
    # An environment that names real servers changes nothing for a demo.
    real = {"smtp_host": "mail.example.com", "sms_gateway_url": "https://sms.example.com/"}
    app.extensions["config"] = replace(before, shouwen_env=Mode.DEMO, **real)
    started = start_sinks(app)
    assert started is not None
    yield started
    started.stop()
    del app.extensions["sinks"]
    app.extensions["config"] = before


def put(transaction: Transaction, now: datetime, channel: MessageChannel, address: str) -> None:
    with transaction() as session:
        session.add(
            Message(
                id=new_id(),
                once=f"once:{channel}",
                channel=channel,
                topic="reopened",
                address=address,
                subject="25-1 再办理",
                body="链接 https://example.com/1\nzweite Zeile",
                state=MessageState.QUEUED,
                send_at=now,
                created_at=now,
                attempts=0,
            )
        )


def test_mail_and_sms_can_be_read_where_they_arrived(
    app: Flask, transaction: Transaction, now: datetime, sinks: Sinks
) -> None:
    put(transaction, now, MessageChannel.EMAIL, "chen@example.com")
    put(transaction, now, MessageChannel.SMS, "+8613912345678")
    with app.app_context():
        assert deliver_due(now) == Carried(sent=2)
        kept = {row.channel: row for row in db.session.scalars(select(SinkMessage))}
    assert kept[MessageChannel.EMAIL].subject == "25-1 再办理"
    for channel, row in kept.items():
        assert "链接 https://example.com/1" in row.body
        assert row.once == f"once:{channel}"


def test_the_sms_sink_keeps_the_contract_of_a_gateway(
    app: Flask, transaction: Transaction, now: datetime, sinks: Sinks
) -> None:
    """NOT-02: the same id twice is one SMS."""
    put(transaction, now, MessageChannel.SMS, "+8613912345678")
    for _ in range(2):
        with app.app_context():
            assert deliver_due(now).sent == 1
        with transaction() as session:
            session.query(Message).update({"state": MessageState.QUEUED})
    with app.app_context():
        assert len(db.session.scalars(select(SinkMessage)).all()) == 1


def test_outside_of_a_demo_there_is_no_sink(app: Flask) -> None:
    assert start_sinks(app) is None
