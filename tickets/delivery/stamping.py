"""Time stamps of an RFC 3161 server: outside of us, that something was there at a moment."""

import base64

from rfc3161_client import HashAlgorithm, PKIStatus, TimestampRequestBuilder
from rfc3161_client import decode_timestamp_response as decoded

from tickets.config import Config
from tickets.delivery.hooks import allowed_networks
from tickets.delivery.outbound import Unanswered, checked_target, post
from workflow.reasons import Refused

GRANTED = (PKIStatus.GRANTED.value, PKIStatus.GRANTED_WITH_MODS.value)


class NotStamped(RuntimeError):
    """No time stamp could be had; the anchor goes without."""


def stamped(text: str, settings: Config) -> str:
    """The server's answer for this text, in base64, checked to be about it; raises NotStamped.

    Who signed it is checked by whoever trusts that authority: `openssl ts -verify`.
    """
    asked = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    request = asked.build()
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": "Shouwen"}
    try:
        target = checked_target(settings.audit_tsa_url, allowed=allowed_networks(settings))
        reply = post(target, request.as_bytes(), headers, timeout=settings.send_timeout)
    except (Refused, Unanswered) as trouble:
        raise NotStamped(str(trouble)) from trouble
    if reply.status != 200:
        raise NotStamped(f"the server answers {reply.status}")
    _check(reply.content, request.message_imprint.message, request.nonce)
    return base64.b64encode(reply.content).decode()


def _check(content: bytes, imprint: bytes, nonce: int | None) -> None:
    try:
        answer = decoded(content)
        status = answer.status
        told = answer.tst_info if status in GRANTED else None
    except ValueError as error:
        raise NotStamped(f"this is no time stamp: {error}") from error
    if told is None:
        raise NotStamped(f"the server refuses: {status} {answer.status_string}")
    if told.message_imprint.message != imprint or told.nonce != nonce:
        raise NotStamped("the time stamp is about something else")
