"""What is special about letters and webhooks on their way."""

import email
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from tests.carrying import Configure, carried, nonsense, put, row, rude, said_by, silent
from tests.conftest import Transaction
from tests.gateways import Gateway, MailServer, gateway, line
from tickets.delivery import hooks, mail
from tickets.messages import outbox
from tickets.models import Message, Webhook
from workflow.words import MessageChannel, MessageState

HOUR = timedelta(hours=1)
SECRET = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0cw=="  # noqa: S105


def test_a_letter_says_that_a_machine_wrote_it(
    app: Flask, transaction: Transaction, now: datetime, configure: Configure
) -> None:
    """NOT-02, NOT-03: Message-ID from the key of the row, Auto-Submitted, nothing in clear to add
    a header by."""
    server = MailServer()
    to_mail = {"channel": MessageChannel.EMAIL, "address": "chen@example.com"}
    key = put(transaction, now, **to_mail, subject="25-1 已答复", body="链接 https://x/1\n.\n终")
    with line(server) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port, mail_from="首问 <desk@example.org>")
        assert carried(app, now).sent == 1
    letter = email.message_from_string(server.letters[0])
    assert letter["Message-ID"] == f"<{key.hex}@example.org>"
    assert letter["X-Shouwen-Id"] == "m1"
    assert letter["Auto-Submitted"] == "auto-generated"
    decoded = letter.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    assert "链接" in decoded.decode() and "终" in decoded.decode()


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 unknown", MessageState.DEAD), ("451 later", MessageState.RETRYING)],
)
def test_the_mail_server_decides_about_an_address(
    app: Flask,
    transaction: Transaction,
    now: datetime,
    configure: Configure,
    answer: str,
    state: MessageState,
) -> None:
    server = MailServer()
    server.refuse["gone@"] = answer
    key = put(transaction, now, channel=MessageChannel.EMAIL, address="gone@example.com")
    fine = put(transaction, now, once="m2", channel=MessageChannel.EMAIL, address="a@example.com")
    with line(server) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port)
        carried(app, now)
    assert row(app, key).state is state
    assert row(app, fine).state is MessageState.SENT


def test_an_address_cannot_smuggle_a_header(
    app: Flask, transaction: Transaction, now: datetime, configure: Configure
) -> None:
    bad = "a@example.com\r\nBcc: all@example.com"
    key = put(transaction, now, channel=MessageChannel.EMAIL, address=bad)
    configure(smtp_host="127.0.0.1", smtp_port=9)
    carried(app, now)
    assert row(app, key).state is MessageState.DEAD


@pytest.mark.parametrize("talk", [silent, rude, nonsense])
def test_a_mail_server_that_hangs_costs_little_time(
    app: Flask, transaction: Transaction, now: datetime, configure: Configure, talk: Any
) -> None:
    key = put(transaction, now, channel=MessageChannel.EMAIL, address="a@example.com")
    with line(talk) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port)
        began = time.monotonic()
        carried(app, now)
        assert time.monotonic() - began < mail.WHOLE + 1
    assert row(app, key).state is MessageState.RETRYING


@pytest.fixture
def hook(transaction: Transaction, now: datetime, configure: Configure) -> Iterator[Gateway]:
    with gateway() as known:
        with transaction() as session:
            session.add(
                Webhook(
                    id=UUID(int=7),
                    name="crm",
                    url=known.url,
                    secret=SECRET,
                    topics=["complaint.closed"],
                    active=True,
                    created_at=now,
                )
            )
        yield known


def to_hook(transaction: Transaction, now: datetime, **said: Any) -> UUID:
    values = {"channel": MessageChannel.WEBHOOK, "webhook_id": UUID(int=7), "body": '{"id": "1"}'}
    return put(transaction, now, **{**values, **said})


def test_a_webhook_is_signed_and_keeps_its_id(
    app: Flask, transaction: Transaction, now: datetime, hook: Gateway
) -> None:
    """API-01: HMAC over id, time and body; delivered again by hand it is recognisable."""
    key = to_hook(transaction, now)
    carried(app, now)
    with transaction() as session:
        assert outbox.send_again(session.get_one(Message, key), now=now)
    carried(app, now)
    ids = set()
    for headers, body in hook.got:
        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), now.tzinfo)
        expected = hooks.signed(SECRET, headers["webhook-id"], moment, body)
        assert headers["webhook-signature"] == expected["webhook-signature"]
        ids.add((headers["webhook-id"], headers["x-shouwen-id"]))
    assert ids == {(f"msg_{key.hex}", "m1")}
    assert len(row(app, key).deliveries) == 2


def test_a_webhook_is_signed_as_the_standard_says() -> None:
    """The example of standardwebhooks.com's libraries."""
    moment = datetime.fromisoformat("2021-02-25T20:00:09+00:00")
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
    headers = hooks.signed(
        secret,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        moment.fromtimestamp(1614265330, moment.tzinfo),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_is_checked_again_when_it_is_sent(
    app: Flask, transaction: Transaction, now: datetime, hook: Gateway, configure: Configure
) -> None:
    """S-40: a name that leads inside by now is not called, nor is a redirect followed."""
    key = to_hook(transaction, now)
    configure(webhook_networks=())
    carried(app, now)
    assert hook.got == []
    assert "private network" in row(app, key).last_error
    configure(webhook_networks=("127.0.0.0/8",))
    hook.answer = said_by((307, {"Location": hook.url}, ""))
    carried(app, now + HOUR)
    assert len(hook.got) == 1


def test_a_webhook_that_was_switched_off_gets_nothing(
    app: Flask, transaction: Transaction, now: datetime, hook: Gateway
) -> None:
    key = to_hook(transaction, now)
    with transaction() as session:
        session.execute(update(Webhook).values(active=False))
    carried(app, now)
    assert (hook.got, row(app, key).state) == ([], MessageState.HELD)
