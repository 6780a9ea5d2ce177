"""Attempts and notices as the rules see them: what was dialled, what left, what came back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets.customers.contact_points import normal_point
from tickets.database import db
from tickets.models import CallbackAttempt, Complaint, Message, Notice
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


@dataclass(frozen=True)
class Evidence:
    """The rows of the cycle that runs now, for whoever has loaded them already with their fate."""

    attempts: Sequence[CallbackAttempt]
    notices: Sequence[Notice]

    def attempts_for_rules(self, region: str) -> tuple[Attempt, ...]:
        """In the order in which they were made."""
        by_time = sorted(self.attempts, key=lambda each: each.at)
        return tuple(as_attempt(each, region) for each in by_time)

    def notices_for_rules(self) -> tuple[WrittenNotice, ...]:
        return tuple(as_notice(each) for each in self.notices)


ANEW = {"populate_existing": True}
"""What was confirmed or came back since a row was read counts."""


def evidence_of(complaint: Complaint) -> Evidence:
    """The callback attempts and written notices of the cycle that runs now: two queries."""
    attempts = db.session.scalars(
        select(CallbackAttempt)
        .where(
            CallbackAttempt.complaint_id == complaint.id,
            CallbackAttempt.cycle == complaint.cycle,
        )
        .options(joinedload(CallbackAttempt.confirmation))
        .order_by(CallbackAttempt.at)
        .execution_options(**ANEW)
    )
    notices = db.session.scalars(
        select(Notice)
        .where(Notice.complaint_id == complaint.id, Notice.cycle == complaint.cycle)
        .options(*WITH_ITS_FATE)
        .execution_options(**ANEW)
    )
    return Evidence(attempts.all(), notices.all())


def as_attempt(row: CallbackAttempt, region: str) -> Attempt:
    """An attempt as the rules see it; what is older than the rule counts as it did."""
    return Attempt(
        row.at,
        row.outcome,
        normal_point(row.number, region) if row.number else "",
        known=None if row.before_rule else row.number_known,
        entered_at=None if row.before_rule else row.recorded_at,
        confirmed=row.confirmation is not None,
    )


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
