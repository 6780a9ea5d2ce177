"""What a closing without the customer's word rests on, as people read it: each call with when it
was entered and whether its number was known, each written notice with what became of it, and what
the reader may confirm of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tickets.actions.callback_facts import FAILED, as_attempt
from tickets.actions.resolving import signed_attempt, signed_letter
from tickets.customers.contact_points import normal_point
from tickets.database import db
from tickets.models import (
    AttemptConfirmation,
    CallbackAttempt,
    Complaint,
    Message,
    Notice,
    NoticePosting,
    NoticeReturn,
    Person,
)
from workflow.callbacks import FRUITLESS, entered_late, untried
from workflow.case import Case
from workflow.lifecycle import ACTIONS
from workflow.machine import objections
from workflow.words import MessageState, NoticeChannel


class NoticeState(StrEnum):
    """What became of a written notice."""

    WAITING = "waiting"
    SENT = "sent"
    HELD = "held"
    FAILED = "failed"
    RETURNED = "returned"
    UNPOSTED = "unposted"
    POSTED = "posted"
    BEFORE_RULE = "before_rule"


@dataclass(frozen=True)
class CallRecord:
    """One call: whether it was entered late or went to an unknown number, and whether the reader
    may let it count."""

    row: CallbackAttempt
    late: bool
    unknown: bool
    may_be_confirmed: bool = False

    @property
    def confirmation(self) -> AttemptConfirmation | None:
        return self.row.confirmation

    @property
    def waits(self) -> bool:
        """Whether it counts only once somebody else says so, and nobody has yet."""
        doubtful = (self.late or self.unknown) and self.row.outcome in FRUITLESS
        return doubtful and self.row.confirmation is None


@dataclass(frozen=True)
class NoticeRecord:
    """One written notice: its state since when, how long the customer has, and what the reader may
    say of it."""

    row: Notice
    state: NoticeState
    at: datetime
    until: datetime | None = None
    because: str = ""
    may_be_confirmed: bool = False
    may_come_back: bool = False


@dataclass(frozen=True)
class KnownNumber:
    """A number that must have been tried, as it is dialled."""

    number: str
    tried: bool


def _named(
    attribute: InstrumentedAttribute[Person] | InstrumentedAttribute[Person | None],
) -> _AbstractLoad:
    """The person's name and nothing else of them."""
    return joinedload(attribute).load_only(Person.name).lazyload(Person.memberships)


OF_A_CALL: tuple[_AbstractLoad, ...] = (
    _named(CallbackAttempt.by),
    joinedload(CallbackAttempt.confirmation).options(_named(AttemptConfirmation.by)),
)
"""What a query for attempts loads with them, so that they can be shown without another."""

OF_A_NOTICE: tuple[_AbstractLoad, ...] = (
    _named(Notice.by),
    joinedload(Notice.message).load_only(Message.state, Message.sent_at, Message.last_error),
    joinedload(Notice.posting).options(_named(NoticePosting.by)),
    joinedload(Notice.returned).options(_named(NoticeReturn.by)),
)
"""The same for written notices."""


def notices_of(complaint: Complaint) -> Sequence[Notice]:
    """All written notices of a complaint, with what is shown of them: one query."""
    return db.session.scalars(
        select(Notice)
        .where(Notice.complaint_id == complaint.id)
        .options(*OF_A_NOTICE)
        .order_by(Notice.sent_at)
    ).all()


def call_records(rows: Sequence[CallbackAttempt], case: Case) -> tuple[CallRecord, ...]:
    """The calls of a complaint as the reader of this case sees them."""
    return tuple(_call_record(row, case) for row in rows)


def notice_records(
    rows: Sequence[Notice], complaint: Complaint, case: Case
) -> tuple[NoticeRecord, ...]:
    """Its written notices, likewise."""
    return tuple(_notice_record(row, complaint, case) for row in rows)


def known_numbers(complaint: Complaint, case: Case) -> tuple[KnownNumber, ...]:
    """The numbers that must each have been tried, the complaint's own first and as it was typed."""
    own = complaint.callback_number
    left = set(untried(case.attempts, case.numbers, case.policy))
    is_own = normal_point(own, case.policy.region) if own else ""
    return tuple(
        KnownNumber(own if each == is_own else each, each not in left) for each in case.numbers
    )


def _call_record(row: CallbackAttempt, case: Case) -> CallRecord:
    policy = case.policy
    attempt = as_attempt(row, policy.region)
    record = CallRecord(row, entered_late(attempt, policy), attempt.known is False)
    if not record.waits:
        return record
    signed = replace(case, inputs={"attempt": signed_attempt(row, policy)})
    return replace(record, may_be_confirmed=not objections(ACTIONS["confirm_attempt"], signed))


def _notice_record(row: Notice, complaint: Complaint, case: Case) -> NoticeRecord:
    state, at = state_of(row)
    goes_on = row.cycle == complaint.cycle and row.returned is None
    signed = replace(case, inputs={"notice": signed_letter(row, complaint)})
    counts = goes_on and state in COUNTING
    return NoticeRecord(
        row,
        state,
        at,
        until=at + _wait(case) if counts else None,
        because=row.message.last_error if row.message and state is NoticeState.HELD else "",
        may_be_confirmed=state is NoticeState.UNPOSTED
        and not objections(ACTIONS["confirm_posting"], signed),
        may_come_back=goes_on and not objections(ACTIONS["notice_returned"], signed),
    )


COUNTING = frozenset({NoticeState.SENT, NoticeState.POSTED, NoticeState.BEFORE_RULE})
"""States in which the customer's time to react runs."""

STATES = {
    MessageState.SENT: NoticeState.SENT,
    MessageState.HELD: NoticeState.HELD,
    **dict.fromkeys(FAILED, NoticeState.FAILED),
}


def _wait(case: Case) -> timedelta:
    return case.policy.callback.wait_after_notice


def state_of(row: Notice) -> tuple[NoticeState, datetime]:
    """What became of it, and since when."""
    if row.returned is not None:
        return NoticeState.RETURNED, row.returned.at
    if row.before_rule:
        return NoticeState.BEFORE_RULE, row.sent_at
    if row.channel is NoticeChannel.LETTER:
        if row.posting is None:
            return NoticeState.UNPOSTED, row.sent_at
        return NoticeState.POSTED, row.posting.posted_at
    message = row.message
    if message is None:
        return NoticeState.FAILED, row.sent_at
    return STATES.get(message.state, NoticeState.WAITING), message.sent_at or row.sent_at
