"""What the demo's stories write to customers leaves at the moment it falls due, as if a worker had
carried it to the demo's own sinks: by the outbox's claims and notes, within the one transaction."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tickets.complaints import notices
from tickets.database import db, new_id
from tickets.messages import outbox
from tickets.models import Message, SinkMessage

WORKER = "demo"
LEASE = timedelta(minutes=5)
AT_ONCE = 200
TOOK = 0.02
"""Seconds that a sink on the same machine takes."""


def deliver_until(now: datetime) -> int:
    """Everything that is due until then, each at its own moment; how many were sent.

    A notice counts from when it left, so stories must not go on before their messages do.
    """
    return sum(_deliver(due) for due in _moments(now))


def _moments(now: datetime) -> Iterator[datetime]:
    """When something is due next, again and again until nothing is; what a channel holds back is
    not due any more."""
    while True:
        first = db.session.scalar(
            select(func.min(Message.send_at)).where(
                Message.state.in_(outbox.DUE), Message.send_at <= now
            )
        )
        if first is None:
            return
        yield first


def _deliver(due: datetime) -> int:
    sent = 0
    for lane in outbox.lanes_with_due(due):
        for message in outbox.claim(lane, now=due, worker=WORKER, lease=LEASE, limit=AT_ONCE):
            because = outbox.why_held(message, now=due)
            if because:
                outbox.hold(message, because)
                continue
            _send(message, due)
            sent += 1
    return sent


def _send(message: Message, due: datetime) -> None:
    """Into the sink, where an administrator can read it, and on record as sent."""
    db.session.add(
        SinkMessage(
            id=new_id(),
            at=due,
            channel=message.channel,
            address=message.address,
            subject=message.subject,
            body=message.body,
            once=message.once,
        )
    )
    arrived = outbox.SendingOutcome(True, status=200)
    outbox.note(message.id, arrived, worker=WORKER, now=due, seconds=TOOK, tries=1)
    notices.note_sent(message.id, due)
