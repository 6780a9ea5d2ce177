"""Attempts and notices as the rules see them: what was dialled, what left, what came back."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets.contact_points import normal_point
from tickets.database import db
from tickets.models import AttemptConfirmation, CallbackAttempt, Complaint, Message, Notice
from workflow.callbacks import Attempt, WrittenNotice
from workflow.words import MessageState, NoticeChannel

FAILED = (MessageState.DEAD, MessageState.CANCELLED)
"""States of a message that will not arrive any more."""

WITH_ITS_FATE = (
    joinedload(Notice.message).load_only(Message.state, Message.sent_at),
    joinedload(Notice.posting),
    joinedload(Notice.returned),
)
"""What a query for notices loads with them: whether they left, and whether they came back."""


def attempts_of(complaint: Complaint, region: str) -> tuple[Attempt, ...]:
    """The callback attempts of the cycle that runs now."""
    rows = db.session.execute(
        select(CallbackAttempt, AttemptConfirmation.id)
        .outerjoin(AttemptConfirmation, AttemptConfirmation.attempt_id == CallbackAttempt.id)
        .where(
            CallbackAttempt.complaint_id == complaint.id,
            CallbackAttempt.cycle == complaint.cycle,
        )
        .order_by(CallbackAttempt.at)
    )
    return tuple(as_attempt(row, region, confirmed=key is not None) for row, key in rows)


def as_attempt(row: CallbackAttempt, region: str, *, confirmed: bool) -> Attempt:
    """An attempt as the rules see it; what is older than the rule counts as it did."""
    return Attempt(
        row.at,
        row.outcome,
        normal_point(row.number, region) if row.number else "",
        known=None if row.before_rule else row.number_known,
        entered_at=None if row.before_rule else row.recorded_at,
        confirmed=confirmed,
    )


def notices_of(complaint: Complaint) -> tuple[WrittenNotice, ...]:
    """The written notices of the cycle that runs now, with what became of them."""
    rows = db.session.scalars(
        select(Notice)
        .where(Notice.complaint_id == complaint.id, Notice.cycle == complaint.cycle)
        .options(*WITH_ITS_FATE)
    )
    return tuple(as_notice(row) for row in rows)


def as_notice(row: Notice) -> WrittenNotice:
    """A notice as the rules see it: a message counts from when it was sent, a letter from the
    posting that somebody else confirmed (decision P6)."""
    if row.before_rule:
        return WrittenNotice(row.sent_at, failed=row.returned is not None)
    if row.channel is NoticeChannel.LETTER:
        left_at = row.posting.posted_at if row.posting else None
        return WrittenNotice(left_at, failed=row.returned is not None)
    message = row.message
    failed = row.returned is not None or message is None or message.state in FAILED
    sent = message is not None and message.state is MessageState.SENT
    return WrittenNotice(message.sent_at if message and sent else None, failed=failed)
