"""Carrying messages out: claim, commit, send, mark (JOB-07). Run every few seconds by a job.

Nothing is sent inside a transaction, so a gateway that hangs holds no lock; and each way out is
a lane of its own, so that it holds up no other either (NOT-01, JOB-02).
"""

import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from flask import current_app

from tickets.complaints import notices
from tickets.config import Config, Mode, SmtpSecurity, settings_now
from tickets.database import db, writing
from tickets.delivery import hooks, mail, sms
from tickets.delivery.parcels import Parcel, packed
from tickets.messages import outbox
from tickets.messages.outbox import HOOK_OFF, NOT_SET_UP, Lane, SendingOutcome
from tickets.models import Message, Webhook
from workflow.words import MessageChannel

BATCH = 10
LANES_AT_ONCE = 8
IN_A_ROW = 3
"""After so many failures in a row a lane is left alone until the next round."""
SHORTEST_LEASE = timedelta(minutes=5)

log = structlog.get_logger("shouwen.messages")


@dataclass(frozen=True)
class Carried:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    held: int = 0

    def __add__(self, other: "Carried") -> "Carried":
        return Carried(self.sent + other.sent, self.failed + other.failed, self.held + other.held)


@dataclass(frozen=True)
class SendingRound:
    """One round of one worker: its name, its settings, and its watch."""

    worker: str
    settings: Config
    began: datetime
    ticks: float
    stop_wanted: Callable[[], bool]

    def now(self) -> datetime:
        """The moment the round began, and what has passed since by this machine's own clock."""
        return self.began + timedelta(seconds=time.monotonic() - self.ticks)

    @property
    def lease(self) -> timedelta:
        longest = timedelta(seconds=mail.WHOLE * self.settings.send_timeout)
        return max(SHORTEST_LEASE, (BATCH + 1) * longest)


def deliver_due(now: datetime, *, stop_wanted: Callable[[], bool] = lambda: False) -> Carried:
    """Send everything that is due. Commits; the session must have nothing unfinished in it."""
    this = SendingRound(_worker(), sending_settings(), now, time.monotonic(), stop_wanted)
    db.session.commit()
    lanes = outbox.lanes_with_due(now)
    db.session.commit()
    return _carry_all(lanes, this)


def sending_settings() -> Config:
    """The settings to send by; a demo sends to its own sinks, whatever the environment says."""
    settings = settings_now()
    sinks = current_app.extensions.get("sinks")
    if sinks is None or settings.shouwen_env is not Mode.DEMO:
        return settings
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=sinks.smtp_port,
        smtp_security=SmtpSecurity.NONE,
        smtp_user="",
        sms_gateway_url=f"http://127.0.0.1:{sinks.sms_port}/",
        sms_gateway_token=sinks.token,
    )


def _carry_all(lanes: Sequence[Lane], this: SendingRound) -> Carried:
    """All lanes at once: one that hangs keeps no other waiting."""
    if len(lanes) < 2:
        return sum((_carry(lane, this) for lane in lanes), Carried())
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's type hides it

    def carry(lane: Lane) -> Carried:
        with app.app_context():
            return _carry(lane, this)

    with ThreadPoolExecutor(min(len(lanes), LANES_AT_ONCE)) as threads:
        return sum(threads.map(carry, lanes), Carried())


def _carry(lane: Lane, this: SendingRound) -> Carried:
    """Batch by batch, until the lane is empty or does not get through."""
    carried = Carried()
    in_a_row = 0
    while not this.stop_wanted():
        parcels, held = _claim(lane, this)
        carried += Carried(held=held)
        if not parcels and not held:
            return carried
        for index, parcel in enumerate(parcels):
            outcome = _try(parcel, this)
            carried += Carried(sent=1) if outcome.ok else Carried(failed=1)
            in_a_row = 0 if outcome.ok or not outcome.again else in_a_row + 1
            if in_a_row >= IN_A_ROW or _asks_for_a_pause(outcome) or this.stop_wanted():
                _give_back(parcels[index + 1 :], this)
                return carried
    return carried


def _claim(lane: Lane, this: SendingRound) -> tuple[list[Parcel], int]:
    """The next parcels of a lane, claimed and committed, and how many were held instead."""
    parcels: list[Parcel] = []
    held = 0
    with writing():
        hook = db.session.get(Webhook, lane.webhook_id) if lane.webhook_id else None
        for message in outbox.claim(
            lane, now=this.now(), worker=this.worker, lease=this.lease, limit=BATCH
        ):
            leaving = sum(each.address == message.address for each in parcels)
            because = _why_held(message, hook, this, leaving)
            if because:
                outbox.hold(message, because)
                held += 1
            else:
                parcels.append(packed(message, hook))
        db.session.commit()
    return parcels, held


def _why_held(message: Message, hook: Webhook | None, this: SendingRound, leaving: int) -> str:
    settings = this.settings
    set_up = {
        MessageChannel.EMAIL: bool(settings.smtp_host),
        MessageChannel.SMS: bool(settings.sms_gateway_url),
        MessageChannel.WEBHOOK: True,
    }
    if not set_up[message.channel]:
        return NOT_SET_UP
    if message.channel is MessageChannel.WEBHOOK and (hook is None or not hook.active):
        return HOOK_OFF
    return outbox.why_held(message, now=this.now(), leaving=leaving)


def _try(parcel: Parcel, this: SendingRound) -> SendingOutcome:
    """Send, outside of any transaction, and keep what came of it in one of its own."""
    began = time.monotonic()
    outcome = _sent(parcel, this)
    with writing():
        outbox.note(
            parcel.id,
            outcome,
            worker=this.worker,
            now=this.now(),
            seconds=time.monotonic() - began,
            tries=this.settings.message_tries,
        )
        if outcome.ok:
            notices.note_sent(parcel.id, this.now())
        db.session.commit()
    return outcome


def _sent(parcel: Parcel, this: SendingRound) -> SendingOutcome:
    try:
        match parcel.channel:
            case MessageChannel.EMAIL:
                return mail.send(parcel, this.settings)
            case MessageChannel.SMS:
                return sms.send(parcel, this.settings, now=this.now())
            case MessageChannel.WEBHOOK:
                return hooks.send(parcel, this.settings, now=this.now())
    except Exception as error:  # one message that nobody foresaw must not stop the others
        log.exception("a message could not be sent", message=parcel.key)
        return SendingOutcome(False, again=True, said=f"{type(error).__name__}: {error}")


def _asks_for_a_pause(outcome: SendingOutcome) -> bool:
    return outcome.status == 429


def _give_back(parcels: list[Parcel], this: SendingRound) -> None:
    if not parcels:
        return
    with writing():
        outbox.give_back([each.id for each in parcels], worker=this.worker)
        db.session.commit()


def _worker() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
