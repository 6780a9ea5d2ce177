"""Webhooks, signed as standardwebhooks.com says, so that receivers can use what exists."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from tickets.config import Config
from tickets.delivery.answers import not_taken
from tickets.delivery.outbound import Unanswered, checked_target, post
from tickets.delivery.parcels import Parcel
from tickets.messages.outbox import SendingOutcome
from workflow.reasons import Refused

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with


def send(parcel: Parcel, settings: Config, *, now: datetime) -> SendingOutcome:
    """Send one event. The address is checked again, and that very machine is called (S-40)."""
    body = parcel.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Shouwen",
        "X-Shouwen-Id": parcel.key,
        **signed(parcel.secret, f"msg_{parcel.id.hex}", now, body),
    }
    try:
        target = checked_target(parcel.url, allowed=allowed_networks(settings))
        reply = post(target, body, headers, timeout=settings.send_timeout)
    except Refused as refused:
        # The name may lead somewhere else tomorrow; until then nothing is sent.
        return SendingOutcome(False, again=True, said=str(refused))
    except Unanswered as unanswered:
        return SendingOutcome(False, again=True, said=str(unanswered))
    if 200 <= reply.status < 300:
        return SendingOutcome(True, status=reply.status, said=reply.text[:500])
    return not_taken(reply, now=now)


def allowed_networks(settings: Config) -> Sequence[str]:
    return settings.webhook_networks


def signed(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers: HMAC-SHA256 over id, time and body, each joined by a dot."""
    stamp = str(int(now.timestamp()))
    signature = hmac.new(_key(secret), f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signature.digest()).decode()}",
    }


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
