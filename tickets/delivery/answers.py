"""What an answer by HTTP means for the message: arrived, later, or never."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from tickets.delivery.outbound import Reply
from tickets.messages.outbox import SendingOutcome

LATER = frozenset({408, 425, 429})


def is_for_later(status: int) -> bool:
    """Time-out, too many, trouble over there; a redirect is nobody's answer either."""
    return status in LATER or status >= 500 or status < 400


def not_taken(reply: Reply, *, now: datetime, again: bool | None = None) -> SendingOutcome:
    """The outcome of an answer that is no success."""
    later = is_for_later(reply.status) if again is None else again
    said = f"{reply.status} {reply.text}".strip()
    return SendingOutcome(
        False, later, reply.status, said, _asked_wait(reply, now) if later else None
    )


def _asked_wait(reply: Reply, now: datetime) -> timedelta | None:
    """Retry-After: seconds, or a date."""
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal():
        return timedelta(seconds=min(int(asked[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(moment - now, timedelta(0))
