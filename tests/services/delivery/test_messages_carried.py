"""Carrying messages out: once, again after trouble, never in each other's way."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.carrying import (
    Configure,
    carried,
    dawdling,
    nonsense,
    put,
    queued,
    row,
    rude,
    said_by,
    silent,
)
from tests.cast import Cast, add_cast
from tests.conftest import Transaction
from tests.gateways import ACCEPTED, Answer, Gateway, line
from tickets.database import db, writing
from tickets.delivery import carry
from tickets.delivery.carry import deliver_due
from tickets.messages import outbox
from tickets.models import ChannelSetting, Delivery, Message
from workflow.words import MessageChannel, MessageState

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def test_an_sms_is_handed_over_with_its_key(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway
) -> None:
    """NOT-01, NOT-02: the key goes along; the try is kept with what the gateway said."""
    key = put(transaction, now)
    assert carried(app, now).sent == 1
    ((headers, _body),) = sms.got
    assert sms.ids == ["m1"] == [headers["x-shouwen-id"]]
    assert headers["authorization"] == "Bearer token"
    sent = row(app, key)
    assert (sent.state, sent.attempts) == (MessageState.SENT, 1)
    assert [(each.ok, each.status) for each in sent.deliveries] == [(True, 200)]
    assert carried(app, now + HOUR).sent == 0


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((500, {}, "trouble"), 500),
        ((503, {}, ""), 503),
        ((302, {"Location": "http://169.254.169.254/"}, ""), 302),
        ((200, {}, "<html>Please sign in</html>"), 200),
        ((200, {}, "[]"), 200),
        ((200, {}, '{"accepted": false}'), 200),
        ((401, {}, "who are you"), 401),
    ],
    ids=["500", "503", "redirect", "a page", "a list", "not accepted", "our token"],
)
def test_trouble_of_the_gateway_is_tried_again(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway, answer: Answer, status: int
) -> None:
    """API-01, NOT-01: later and later, under the same key, until it arrives."""
    sms.answer = said_by(answer, answer, ACCEPTED)
    key = put(transaction, now)
    assert carried(app, now).failed == 1
    first = row(app, key)
    assert first.state is MessageState.RETRYING
    assert first.deliveries[0].status == status
    assert timedelta(seconds=20) < first.send_at - now < timedelta(seconds=40)
    assert carried(app, now + SECOND) == carry.Carried()
    carried(app, first.send_at)
    second = row(app, key)
    assert second.send_at - first.send_at > timedelta(seconds=45)
    carried(app, second.send_at)
    assert row(app, key).state is MessageState.SENT
    assert sms.ids == ["m1"] * 3


def test_a_gateway_that_asks_for_a_pause_gets_it(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway
) -> None:
    """API-01: 429 with Retry-After; what waits behind is not tried in the meantime."""
    sms.answer = said_by((429, {"Retry-After": "900"}, ""))
    key = put(transaction, now)
    other = put(transaction, now, once="m2")
    carried(app, now)
    assert row(app, key).send_at - now >= timedelta(seconds=900)
    assert len(sms.got) == 1
    assert (row(app, other).attempts, row(app, other).lease_until) == (0, None)


def test_a_refusal_for_good_waits_for_a_person(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway
) -> None:
    """API-01: 400 is about the message; trying again would be the same again."""
    sms.answer = said_by((400, {}, "no such number"), ACCEPTED)
    key = put(transaction, now)
    carried(app, now)
    dead = row(app, key)
    assert dead.state is MessageState.DEAD
    assert "no such number" in dead.last_error
    with transaction() as session:
        assert outbox.send_again(session.get_one(Message, key), now=now + HOUR)
    carried(app, now + HOUR)
    assert row(app, key).state is MessageState.SENT
    assert sms.ids == ["m1", "m1"]


def test_tries_come_to_an_end(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway, configure: Configure
) -> None:
    configure(message_tries=3)
    sms.answer = said_by((500, {}, ""))
    key = put(transaction, now)
    for _ in range(3):
        assert row(app, key).state is not MessageState.DEAD
        now += 2 * HOUR
        carried(app, now)
    assert row(app, key).state is MessageState.DEAD
    assert len(row(app, key).deliveries) == 3


@pytest.mark.parametrize("talk", [silent, dawdling, nonsense, rude])
def test_a_gateway_that_hangs_or_talks_nonsense_costs_little_time(
    app: Flask, transaction: Transaction, now: datetime, configure: Configure, talk: Any
) -> None:
    """JOB-02, NOT-01: cut off after twice the time-out, whatever trickles in."""
    key = put(transaction, now)
    with line(talk) as port:
        configure(sms_gateway_url=f"http://127.0.0.1:{port}/")
        began = time.monotonic()
        carried(app, now)
        assert time.monotonic() - began < 4
    assert row(app, key).state is MessageState.RETRYING


def test_nothing_is_held_open_while_a_gateway_hangs(
    app: Flask, transaction: Transaction, now: datetime, configure: Configure
) -> None:
    """M-14, JOB-02: others write to the database in the meantime."""
    put(transaction, now)
    with line(silent) as port:
        configure(sms_gateway_url=f"http://127.0.0.1:{port}/")
        sending = threading.Thread(target=carried, args=(app, now))
        sending.start()
        time.sleep(0.4)
        began = time.monotonic()
        put(transaction, now, once="m2")
        assert time.monotonic() - began < 0.5
        assert sending.is_alive()
        sending.join()


def test_a_dead_mail_server_holds_up_no_sms(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway, configure: Configure
) -> None:
    """NOT-01, JOB-02: each way out is a lane of its own, and is left alone after three failures."""
    to_mail = {"channel": MessageChannel.EMAIL, "address": "a@example.com"}
    for count in range(15):
        put(transaction, now, once=f"e{count}", **to_mail)
    key = put(transaction, now)
    with line(rude) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port)
        assert carried(app, now) == carry.Carried(sent=1, failed=3)
    assert row(app, key).state is MessageState.SENT
    with app.app_context():
        untried = select(func.count()).where(Message.attempts == 0, Message.lease_by.is_(None))
        assert db.session.scalar(untried) == 12


def test_one_poisonous_message_stops_no_other(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway, monkeypatch: Any
) -> None:
    """NOT-01: not even one on which our own code fails."""
    plain = carry.sms.send

    def send(parcel: Any, *said: Any, **more: Any) -> Any:
        if parcel.key == "poison":
            raise RuntimeError("nobody foresaw this")
        return plain(parcel, *said, **more)

    monkeypatch.setattr(carry.sms, "send", send)
    poison = put(transaction, now - SECOND, once="poison")
    keys = [put(transaction, now, once=f"m{count}") for count in range(12)]
    assert carried(app, now) == carry.Carried(sent=12, failed=1)
    assert {row(app, key).state for key in keys} == {MessageState.SENT}
    assert "nobody foresaw" in row(app, poison).last_error


def test_two_workers_together_send_once(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway
) -> None:
    """NOT-02, JOB-05."""
    with transaction():
        for count in range(40):
            queued(now, once=f"m{count}", address=f"+86139{count:08}")
    workers = [threading.Thread(target=carried, args=(app, now)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sms.ids) == sorted(f"m{count}" for count in range(40))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == 40


def test_a_worker_killed_between_taking_and_marking_loses_nothing(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway, monkeypatch: Any
) -> None:
    """JOB-07, NOT-02: sent again under the same key when the lease has run out, not before."""

    class Killed(BaseException):
        pass

    def killed(*_args: Any, **_said: Any) -> None:
        raise Killed

    key = put(transaction, now)
    with monkeypatch.context() as broken:
        broken.setattr(carry.outbox, "note", killed)
        with pytest.raises(Killed):
            carried(app, now)
    assert row(app, key).state is MessageState.QUEUED
    carried(app, now + 60 * SECOND)
    assert sms.ids == ["m1"]
    carried(app, now + 10 * 60 * SECOND)
    assert sms.ids == ["m1", "m1"]
    assert row(app, key).state is MessageState.SENT


def test_who_lost_the_lease_marks_no_failure(
    app: Flask, transaction: Transaction, now: datetime
) -> None:
    """NOT-02: a slow worker's failure must not undo what the next one did."""
    key = put(transaction, now, lease_by="second", lease_until=now + HOUR)
    with transaction():
        trouble = outbox.SendingOutcome(False, again=True, said="late")
        outbox.note(key, trouble, worker="first", now=now, seconds=1, tries=3)
    late = row(app, key)
    assert (late.state, late.lease_by) == (MessageState.QUEUED, "second")
    assert len(late.deliveries) == 1


def test_a_loop_of_messages_to_one_address_is_held(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway
) -> None:
    """NOT-03: the breaker trips, visibly; other addresses and critical messages go on."""
    with transaction() as session:
        limit = ChannelSetting(channel=MessageChannel.SMS, active=True, digest=False, per_hour=3)
        session.add(limit)
        for count in range(5):
            queued(now, once=f"m{count}")
        queued(now, once="other", address="+8613900000000")
        queued(now, once="critical", critical=True)
    result = carried(app, now)
    assert (result.sent, result.held) == (4, 3)
    assert {"other", "critical"} <= set(sms.ids)
    with app.app_context():
        held = db.session.scalars(select(Message).where(Message.state == MessageState.HELD)).all()
        assert {each.last_error for each in held} == {outbox.TOO_MANY}
        assert {each.attempts for each in held} == {0}


def test_what_is_critical_leaves_though_the_limit_is_used_up(
    app: Flask, transaction: Transaction, now: datetime, sms: Gateway
) -> None:
    """NOT-03: the limit was reached in an hour before; the critical one goes all the same."""
    with transaction() as session:
        limit = ChannelSetting(channel=MessageChannel.SMS, active=True, digest=False, per_hour=3)
        session.add(limit)
        for count in range(3):
            queued(now, once=f"m{count}")
    assert carried(app, now).sent == 3

    with transaction():
        queued(now, once="late", critical=False)
        queued(now, once="critical", critical=True)
    result = carried(app, now + SECOND)

    assert (result.sent, result.held) == (1, 1)
    assert "critical" in sms.ids
    assert "late" not in sms.ids


@pytest.mark.parametrize("why", ["switched off", "not set up"])
def test_a_channel_that_is_off_holds_its_messages(
    app: Flask, transaction: Transaction, now: datetime, configure: Configure, why: str
) -> None:
    """NOT-04: nothing is sent, nothing is lost, and nothing is flooded when it comes back."""
    if why == "switched off":
        configure(sms_gateway_url="http://127.0.0.1:9/")
        with transaction() as session:
            off = ChannelSetting(channel=MessageChannel.SMS, active=False, digest=False, per_hour=0)
            session.add(off)
    key = put(transaction, now)
    assert carried(app, now).held == 1
    assert why in row(app, key).last_error
    assert row(app, key).state is MessageState.HELD


def test_the_outbox_says_how_old_its_oldest_message_is(
    app: Flask, transaction: Transaction, now: datetime, cast_stored: Cast
) -> None:
    """NOT-01: for the health page; what waits for its hour is not late."""
    put(transaction, now - HOUR)
    put(transaction, now, once="m2", send_at=now + HOUR)
    put(transaction, now, once="m3", state=MessageState.DEAD)
    with app.app_context():
        standing = outbox.waiting(now)
    assert standing == outbox.Waiting(waiting=2, oldest=now - HOUR, held=0, dead=1)


@pytest.fixture
def cast_stored(transaction: Transaction, now: datetime, password_hash: str) -> Cast:
    with transaction():
        return add_cast(now, password_hash)


def test_pauses_grow_to_an_hour_and_no_further() -> None:
    waits = [outbox.wait_after(attempt) for attempt in range(1, 40)]
    assert waits[0] < timedelta(minutes=1)
    assert all(wait <= 1.2 * HOUR for wait in waits)
    assert outbox.wait_after(1, timedelta(days=900)) == outbox.LONGEST_ASKED


def test_a_write_in_a_round_of_reading_would_fail_here(app: Flask, now: datetime) -> None:
    """deliver_due says itself when it writes, so that it runs from any thread."""
    with app.app_context():
        assert deliver_due(now) == carry.Carried()
        with writing():
            assert deliver_due(now) == carry.Carried()
