"""The pages on which administrators look after messages: outbox, channels, texts, webhooks."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.conftest import Transaction
from tests.gateways import Gateway, gateway
from tests.pages.conftest import SignIn
from tickets.database import new_id
from tickets.delivery.carry import deliver_due
from tickets.models import (
    AdminEvent,
    ChannelSetting,
    Delivery,
    Installation,
    Message,
    MessageText,
    SinkMessage,
    Webhook,
)
from workflow.words import MessageChannel, MessageState

TEXT = "/admin/messages/texts/person.limit_warning.email.en"
SMS_TEXT = "/admin/messages/texts/customer.registered.sms.en"


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    browser = sign_in("admin")
    browser.post("/language", data={"value": "en"})
    return browser


@pytest.fixture
def receiver(app: Flask) -> Iterator[Gateway]:
    """Another system on this machine, which webhooks may reach in this test."""
    before = app.extensions["config"]
    app.extensions["config"] = replace(before, webhook_networks=("127.0.0.0/8",))
    with gateway() as known:
        yield known
    app.extensions["config"] = before


def version_on(page: TestResponse) -> str:
    found = re.search(r'name="version"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def put(transaction: Transaction, now: datetime, **said: Any) -> UUID:
    key = new_id()
    with transaction() as session:
        session.add(
            Message(
                **{
                    "id": key,
                    "once": key.hex,
                    "channel": MessageChannel.SMS,
                    "topic": "answer",
                    "address": "+8613912345678",
                    "body": "SECRET of the customer",
                    "state": MessageState.QUEUED,
                    "send_at": now,
                    "created_at": now,
                    "attempts": 0,
                    **said,
                }
            )
        )
    return key


def state_of(transaction: Transaction, key: UUID) -> MessageState:
    with transaction() as session:
        return session.get_one(Message, key).state


def test_the_outbox_shows_that_a_customer_was_written_to_but_not_what(
    transaction: Transaction, now: datetime, admin: FlaskClient
) -> None:
    """Administrators do not read complaints by virtue of that role (design §2)."""
    key = put(transaction, now)
    for page in (admin.get("/admin/messages"), admin.get(f"/admin/messages/{key}")):
        assert page.status_code == 200
        assert "SECRET" not in page.text
        assert "13912345678" not in page.text
        assert "5678" in page.text


def test_what_could_not_be_sent_is_found_and_sent_again(
    transaction: Transaction, now: datetime, admin: FlaskClient
) -> None:
    """NOT-01: dead letters are visible and can be sent again, one or all."""
    tried = {"state": MessageState.DEAD, "last_error": "no such number", "attempts": 12}
    dead = [put(transaction, now, **tried) for _ in range(3)]
    hole = put(transaction, now, state=MessageState.DEAD, last_error="no value for due")
    held = put(transaction, now, state=MessageState.HELD)
    with transaction() as session:
        for key in dead:
            session.add(Delivery(id=new_id(), message_id=key, at=now, ok=False, seconds=1))
    page = admin.get("/admin/messages?state=dead")
    assert "no such number" in page.text and str(held) not in page.text
    assert admin.post(f"/admin/messages/{dead[0]}/again").status_code == 303
    assert state_of(transaction, dead[0]) is MessageState.QUEUED
    assert admin.post("/admin/messages/again", data={"state": "dead"}).status_code == 303
    assert state_of(transaction, dead[2]) is MessageState.QUEUED
    assert state_of(transaction, hole) is MessageState.DEAD
    assert state_of(transaction, held) is MessageState.HELD
    admin.post(f"/admin/messages/{hole}/again")
    assert state_of(transaction, hole) is MessageState.DEAD
    with transaction() as session:
        kept = session.scalars(select(AdminEvent.action).where(AdminEvent.subject == "message"))
        assert kept.all() == ["sent_again", "sent_again"]


def test_what_waits_can_be_cancelled_and_what_left_cannot(
    transaction: Transaction, now: datetime, admin: FlaskClient
) -> None:
    waiting = put(transaction, now)
    leaving = put(transaction, now, lease_by="w", lease_until=now + timedelta(minutes=1))
    sent = put(transaction, now, state=MessageState.SENT)
    for key in (waiting, leaving, sent):
        assert admin.post(f"/admin/messages/{key}/cancel").status_code == 303
    states = [state_of(transaction, key) for key in (waiting, leaving, sent)]
    assert states == [MessageState.CANCELLED, MessageState.QUEUED, MessageState.SENT]


def test_a_filter_that_nobody_offers_is_refused(admin: FlaskClient) -> None:
    for query in ("state=lost", "channel=pigeon", "webhook=1"):
        assert admin.get(f"/admin/messages?{query}").status_code == 400


def test_a_channel_is_switched_off_capped_and_made_a_digest(
    transaction: Transaction, admin: FlaskClient
) -> None:
    """NOT-04; two administrators meet at one version."""
    seen = version_on(admin.get("/admin/messages/channels"))
    form = {"version": seen, "email_active": "y", "email_digest": "y", "email_per_hour": "5"}
    form |= {"sms_per_hour": "0", "webhook_active": "y", "webhook_per_hour": "0"}
    assert admin.post("/admin/messages/channels", data=form).status_code == 303
    with transaction() as session:
        rows = {row.channel: row for row in session.scalars(select(ChannelSetting))}
        assert rows[MessageChannel.EMAIL].digest and rows[MessageChannel.EMAIL].per_hour == 5
        assert not rows[MessageChannel.SMS].active
    assert admin.post("/admin/messages/channels", data=form).status_code == 409
    wrong = admin.post("/admin/messages/channels", data={**form, "email_per_hour": "-1"})
    assert wrong.status_code == 422
    assert 'id="email_per_hour-error"' in wrong.text


def test_a_text_is_previewed_in_its_final_words(admin: FlaskClient) -> None:
    """UX-02."""
    page = admin.get(TEXT)
    assert "Resolution: 75 percent of the limit is used, due Thu 13 Mar 2025, 10:00." in page.text
    form = {"version": version_on(page), "subject": "{number}!", "body": "Now: {percent}"}
    shown = admin.post(TEXT, data={**form, "preview": "1"})
    assert shown.status_code == 200
    assert "25-0314-7K!" in shown.text and "Now: 75" in shown.text
    assert "as shipped" in admin.get(TEXT).text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("body", "Dear {customer}", "no field {customer}"),
        ("body", "{number.__class__}", "single {"),
        ("body", "{number!r}", "single {"),
        ("body", "{{number}}", "single {"),
        ("body", "{% if number %}x{% endif %}", "single {"),
        ("body", "{due:%Y}", "single {"),
        ("body", "{number", "single {"),
        ("body", "number}", "single }"),
        ("body", "{description}", "no field"),
        ("body", "  ", "Please fill this in"),
        ("subject", "{answer}", "no field"),
        ("subject", "", "Please fill this in"),
        ("subject", "x" * 201, "longer than 200"),
    ],
)
@pytest.mark.parametrize("button", ["save", "preview"])
def test_a_text_that_could_not_be_sent_is_refused_at_its_field(
    admin: FlaskClient, transaction: Transaction, field: str, typed: str, words: str, button: str
) -> None:
    """UX-02, S-34: nothing is run, nothing is reached, and what was typed stays."""
    form = {"version": "", "subject": "{number}", "body": "{link}", button: "1", field: typed}
    answer = admin.post(TEXT, data=form)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert f'id="{field}-error"' in answer.text
    assert html.escape(typed.strip(), quote=False) in answer.text.replace("&#39;", "'")
    with transaction() as session:
        assert session.scalars(select(MessageText)).all() == []


def test_a_text_is_changed_and_the_shipped_one_used_again(
    admin: FlaskClient, transaction: Transaction
) -> None:
    page = admin.get(SMS_TEXT)
    assert 'name="subject"' not in page.text
    form = {"version": version_on(page), "body": "Registered: {number}, by {due}."}
    assert admin.post(SMS_TEXT, data=form).status_code == 303
    assert "changed here" in admin.get(SMS_TEXT).text
    assert admin.post(SMS_TEXT, data=form).status_code == 409
    assert admin.post(f"{SMS_TEXT}/reset").status_code == 303
    with transaction() as session:
        assert session.scalars(select(MessageText)).all() == []
        kept = session.scalars(select(AdminEvent.action).where(AdminEvent.subject == "text")).all()
        assert kept == ["changed", "restored"]


def test_every_text_has_its_page(admin: FlaskClient) -> None:
    addresses = set(
        re.findall(r'href="(/admin/messages/texts/[^"]+)"', admin.get("/admin/messages/texts").text)
    )
    assert len(addresses) > 200
    for address in sorted(addresses)[::17]:
        page = admin.get(address)
        assert page.status_code == 200, address
        assert "This text cannot be sent" not in page.text, address
    for nothing in ("person.rumour.email.en", "person.answered.webhook.en", "x", "a.b.c.d"):
        assert admin.get(f"/admin/messages/texts/{nothing}").status_code == 404


def hook_form(receiver: Gateway, **changes: Any) -> dict[str, Any]:
    form = {"name": "CRM", "url": receiver.url, "topics": ["complaint.closed"], "active": "y"}
    return {**form, **changes}


def test_a_webhook_is_added_tested_and_its_log_read(
    app: Flask, admin: FlaskClient, transaction: Transaction, now: datetime, receiver: Gateway
) -> None:
    """API-01: the secret is shown once; a test goes through the outbox like everything else."""
    shown = admin.post("/admin/webhooks/new", data=hook_form(receiver))
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", html.unescape(shown.text))
    assert secret and shown.headers["Cache-Control"] == "no-store"
    with transaction() as session:
        hook = session.scalars(select(Webhook)).one()
        key = hook.id
        assert hook.secret == secret[0]
    page = f"/admin/webhooks/{key}"
    assert secret[0] not in html.unescape(admin.get(page).text)
    assert admin.post(f"{page}/test").status_code == 303
    assert receiver.got == []
    with app.app_context():
        assert deliver_due(now).sent == 1
    assert len(receiver.got) == 1
    with transaction() as session:
        message = session.scalars(select(Message)).one().id
    assert str(message) in admin.get(page).text
    assert "200" in admin.get(f"/admin/messages/{message}").text
    renewed = admin.post(f"{page}/secret")
    assert "whsec_" in renewed.text and secret[0] not in html.unescape(renewed.text)


def test_a_webhook_is_changed_and_switched_off(
    admin: FlaskClient, transaction: Transaction, receiver: Gateway
) -> None:
    admin.post("/admin/webhooks/new", data=hook_form(receiver))
    with transaction() as session:
        page = f"/admin/webhooks/{session.scalars(select(Webhook.id)).one()}"
    form = hook_form(receiver, version=version_on(admin.get(page)), name="Other", active="")
    assert admin.post(page, data=form).status_code == 303
    assert admin.post(page, data=form).status_code == 409
    admin.post(f"{page}/test")
    with transaction() as session:
        hook = session.scalars(select(Webhook)).one()
        assert (hook.name, hook.active) == ("Other", False)
        assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://192.168.1.1/hook",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fd00:ec2::254]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "http://1.1.1.1/",
        "ftp://1.1.1.1/",
        "file:///etc/passwd",
        "https://user:password@1.1.1.1/",
        "https://exa mple.com/",
        "https://1.1.1.1:99999/",
        "https://nobody.invalid/",
        "javascript:alert(1)",
        "//1.1.1.1/",
    ],
)
def test_a_webhook_never_leads_inside(
    admin: FlaskClient, transaction: Transaction, url: str
) -> None:
    """S-40: loopback, private, link-local, metadata, however they are written."""
    form = {"name": "CRM", "url": url, "topics": ["complaint.closed"], "active": "y"}
    answer = admin.post("/admin/webhooks/new", data=form)
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text
    assert html.escape(url) in answer.text
    with transaction() as session:
        assert session.scalars(select(Webhook)).all() == []


def test_a_webhook_wants_at_least_one_topic(admin: FlaskClient, receiver: Gateway) -> None:
    for topics in ([], ["everything"]):
        answer = admin.post("/admin/webhooks/new", data=hook_form(receiver, topics=topics))
        assert answer.status_code == 422
        assert "topics" in answer.text


def test_the_sink_is_there_in_a_demo_only(
    admin: FlaskClient, transaction: Transaction, now: datetime, cast: Cast
) -> None:
    assert admin.get("/admin/sink").status_code == 404
    with transaction() as session:
        installation = session.get(Installation, 1) or Installation(id=1, created_at=now)
        installation.is_demo = True
        session.add(installation)
        received = {"address": "+8613912345678", "body": "Your complaint <is> registered."}
        session.add(SinkMessage(id=new_id(), at=now, channel=MessageChannel.SMS, **received))
    page = admin.get("/admin/sink")
    assert "Your complaint &lt;is&gt; registered." in page.text
    assert cast.people
