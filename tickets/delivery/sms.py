"""SMS by a gateway over HTTP; docs/messages.md has the contract."""

import json
from datetime import datetime

from tickets.config import Config
from tickets.delivery.answers import not_taken
from tickets.delivery.outbound import Unanswered, post, trusted_target
from tickets.delivery.parcels import Parcel
from tickets.messages.outbox import SendingOutcome
from workflow.reasons import Refused

ABOUT_US = frozenset({401, 403, 404, 405})
"""The gateway refuses us, not the message: the configuration can be mended."""


def send(parcel: Parcel, settings: Config, *, now: datetime) -> SendingOutcome:
    """Hand one SMS to the gateway."""
    said = {"id": parcel.key, "to": parcel.address, "text": parcel.body}
    headers = {"Content-Type": "application/json", "X-Shouwen-Id": parcel.key}
    if settings.sms_gateway_token:
        headers["Authorization"] = f"Bearer {settings.sms_gateway_token}"
    try:
        target = trusted_target(settings.sms_gateway_url)
        body = json.dumps(said, ensure_ascii=False).encode()
        reply = post(target, body, headers, timeout=settings.send_timeout)
    except Refused as refused:
        return SendingOutcome(False, again=True, said=str(refused))
    except Unanswered as unanswered:
        return SendingOutcome(False, again=True, said=str(unanswered))
    if not 200 <= reply.status < 300:
        return not_taken(reply, now=now, again=True if reply.status in ABOUT_US else None)
    if not _is_accepted(reply.text):
        nonsense = f"{reply.status} without the word that it was accepted: {reply.text[:500]}"
        return SendingOutcome(False, again=True, status=reply.status, said=nonsense)
    return SendingOutcome(True, status=reply.status, said=reply.text)


def _is_accepted(text: str) -> bool:
    """Only a gateway that says so has taken it: a login page answers 200 as well."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("accepted") is True
