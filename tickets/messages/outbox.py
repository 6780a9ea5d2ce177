"""The outbox: what waits to leave, who is sending it, and what came of it (NOT-01, NOT-02).

A row is claimed with a lease, sent outside of any transaction, and marked in another one. A worker
that dies in between leaves a lease that runs out, and the row is sent again under the same key.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from tickets.database import db, new_id
from tickets.messages.ways import setting_of
from tickets.models import Delivery, Message
from workflow.words import N_, MessageChannel, MessageState

DUE = (MessageState.QUEUED, MessageState.RETRYING)
STOPPED = (MessageState.HELD, MessageState.DEAD)
HOUR = timedelta(hours=1)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ASKED = timedelta(hours=24)
"""A gateway may ask for a longer pause, but not for ever."""
JITTER = 0.2

SWITCHED_OFF = N_("This channel is switched off.")
NOT_SET_UP = N_("This channel is not set up.")
HOOK_OFF = N_("This webhook is switched off.")
TOO_MANY = N_("Too many messages to this address within an hour.")


@dataclass(frozen=True)
class Lane:
    """What shares one way out: a channel, or one webhook. One that is blocked blocks no other."""

    channel: MessageChannel
    webhook_id: UUID | None


@dataclass(frozen=True)
class SendingOutcome:
    """What came of one try. `again` is whether it may succeed later, `wait` what was asked for."""

    ok: bool
    again: bool = False
    status: int | None = None
    said: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True)
class Waiting:
    """How the outbox stands: for the health page and its alarms (NOT-01)."""

    waiting: int
    oldest: datetime | None
    held: int
    dead: int


def lanes_with_due(now: datetime) -> list[Lane]:
    """Every lane in which something waits; those that have not failed yet come first."""
    rows = db.session.execute(
        select(Message.channel, Message.webhook_id)
        .where(*_is_due(now))
        .group_by(Message.channel, Message.webhook_id)
        .order_by(func.min(Message.attempts), Message.channel)
    )
    return [Lane(row.channel, row.webhook_id) for row in rows]


def claim(
    lane: Lane, *, now: datetime, worker: str, lease: timedelta, limit: int
) -> Sequence[Message]:
    """Take some due messages of one lane, for this worker alone until the lease ends."""
    ids = db.session.scalars(
        select(Message.id)
        .where(*_is_due(now), *_in(lane))
        .order_by(Message.critical.desc(), Message.attempts, Message.send_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return []
    # Counted before it is tried: a message that kills its worker runs out of tries as well.
    db.session.execute(
        update(Message)
        .where(Message.id.in_(ids))
        .values(lease_by=worker, lease_until=now + lease, attempts=Message.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    found = {row.id: row for row in db.session.scalars(select(Message).where(Message.id.in_(ids)))}
    return [found[each] for each in ids]


def why_held(message: Message, *, now: datetime, leaving: int = 0) -> str:
    """Why this message must not leave now, though it is due; empty when it may. `leaving` counts
    those to the same address that are about to."""
    setting = setting_of(message.channel)
    if not setting.active:
        return SWITCHED_OFF
    if message.critical or not setting.per_hour:
        return ""
    sent = db.session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.address == message.address,
            Message.sent_at > now - HOUR,
            Message.channel == message.channel,
        )
    )
    return TOO_MANY if (sent or 0) + leaving >= setting.per_hour else ""


def hold(message: Message, because: str) -> None:
    """Set a message aside until a person decides; it was not tried."""
    message.state, message.last_error = MessageState.HELD, because
    message.attempts -= 1
    _let_go(message)


def give_back(ids: Sequence[UUID], *, worker: str) -> None:
    """Leave claimed messages to the next round, untried."""
    db.session.execute(
        update(Message)
        .where(Message.id.in_(ids), Message.lease_by == worker)
        .values(lease_by=None, lease_until=None, attempts=Message.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def note(
    message_id: UUID,
    outcome: SendingOutcome,
    *,
    worker: str,
    now: datetime,
    seconds: float,
    tries: int,
) -> None:
    """Keep what came of one try. A worker whose lease went to another changes no state."""
    db.session.add(
        Delivery(
            id=new_id(),
            message_id=message_id,
            at=now,
            ok=outcome.ok,
            status=outcome.status,
            said=outcome.said[:2000].replace("\x00", ""),
            seconds=seconds,
        )
    )
    message = db.session.scalar(
        select(Message).where(Message.id == message_id).with_for_update(of=Message)
    )
    if message is None:
        return
    if outcome.ok and message.state is not MessageState.SENT:
        # It has left, whoever holds the lease by now.
        message.state, message.sent_at, message.last_error = MessageState.SENT, now, ""
        _let_go(message)
        return
    if message.lease_by != worker:
        return
    message.last_error = outcome.said[:2000].replace("\x00", "")
    _let_go(message)
    if not outcome.again or message.attempts >= tries:
        message.state = MessageState.DEAD
        return
    message.state = MessageState.RETRYING
    message.send_at = now + wait_after(message.attempts, outcome.wait)


def wait_after(attempts: int, asked: timedelta | None = None) -> timedelta:
    """Twice as long each time, a little at random so that not all come back together; never
    shorter than the other side asked for."""
    doubled = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    spread = 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 - no secret
    own: timedelta = min(doubled, LONGEST_WAIT) * spread
    return max(own, min(asked, LONGEST_ASKED)) if asked else own


def send_again(message: Message, *, now: datetime) -> bool:
    """Queue a message once more under the same key; False when it is on its way anyway, or has
    a hole in it that no sending mends."""
    if message.state in DUE or _has_a_hole(message):
        return False
    message.state, message.send_at = MessageState.QUEUED, now
    message.attempts, message.last_error = 0, ""
    _let_go(message)
    return True


def cancel(message: Message, *, now: datetime) -> bool:
    """False when it has left, or is leaving just now."""
    leaving = message.lease_until is not None and message.lease_until > now
    if leaving or message.state in (MessageState.SENT, MessageState.CANCELLED):
        return False
    message.state = MessageState.CANCELLED
    _let_go(message)
    return True


def waiting(now: datetime) -> Waiting:
    """How much waits, and since when the oldest of what is due does."""
    due = [Message.state.in_(DUE), Message.send_at <= now]
    retried = select(func.min(Message.created_at)).where(Message.state == MessageState.RETRYING)
    first = select(func.min(Message.send_at)).where(*due)
    moments = [each for each in (db.session.scalar(first), db.session.scalar(retried)) if each]
    counts = {
        row.state: row.rows
        for row in db.session.execute(
            select(Message.state, func.count().label("rows"))
            .where(Message.state.in_((*DUE, *STOPPED)))
            .group_by(Message.state)
        )
    }
    return Waiting(
        waiting=sum(counts.get(each, 0) for each in DUE),
        oldest=min(moments, default=None),
        held=counts.get(MessageState.HELD, 0),
        dead=counts.get(MessageState.DEAD, 0),
    )


def _is_due(now: datetime) -> list[ColumnElement[bool]]:
    return [
        Message.state.in_(DUE),
        Message.send_at <= now,
        or_(Message.lease_until.is_(None), Message.lease_until <= now),
    ]


def _in(lane: Lane) -> list[ColumnElement[bool]]:
    same_hook = (
        Message.webhook_id == lane.webhook_id if lane.webhook_id else Message.webhook_id.is_(None)
    )
    return [Message.channel == lane.channel, same_hook]


def _let_go(message: Message) -> None:
    message.lease_by, message.lease_until = None, None


def _has_a_hole(message: Message) -> bool:
    """Dead from the beginning: it was never tried, and nothing held it."""
    return message.state is MessageState.DEAD and not message.deliveries and not message.attempts
