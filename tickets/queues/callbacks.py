"""The callback queue: whom to ring next, and all that the caller needs to know for one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from tickets.actions.callback_facts import as_attempt
from tickets.actions.cases import case_of, pending_approval
from tickets.actions.deciders import request_is_orphaned
from tickets.complaints.evidence import (
    OF_A_CALL,
    CallRecord,
    NoticeRecord,
    call_records,
    notice_records,
    notices_of,
)
from tickets.complaints.merged import Unhappy, unhappy_callbacks
from tickets.database import db
from tickets.models import Answer, Callback, CallbackAttempt, Complaint, Person
from tickets.queues.reading import QUEUES, Queue, select_rows
from workflow import callbacks as rules
from workflow.case import Case
from workflow.closing_rules import without_the_customers_word
from workflow.policy import Policy
from workflow.reasons import Reason
from workflow.words import Party, Status

TO_WORK = ("callbacks_due", "callbacks_shared")
"""The queues one works through, one's own before the shared one."""

CALLING = frozenset(
    {Party.RESPONSIBLE, Party.QUALITY, Party.SUPERVISOR, Party.EXECUTIVE, Party.AUDITOR}
)
"""Parties that may see whom to ring: those who call, and those who oversee the calling."""


@dataclass(frozen=True)
class Call:
    """One callback on the queue: its attempts so far, and when the next one makes sense."""

    callback: Callback
    attempts: tuple[CallbackAttempt, ...]
    next_at: datetime


@dataclass(frozen=True)
class CallSheet:
    """Everything beside the telephone: whom, what about, what was tried, what is missing."""

    complaint: Complaint
    callback: Callback | None
    answer: Answer | None
    notices: tuple[NoticeRecord, ...]
    calls: tuple[CallRecord, ...]
    case: Case
    next_at: datetime
    missing: tuple[Reason, ...]
    unhappy: Sequence[Unhappy] = ()
    """Callbacks of what was merged into it at which the customer was not satisfied."""
    is_orphaned: bool = False
    """Whether a closing is asked for that nobody at all may decide."""

    @property
    def may_be_called(self) -> bool:
        return self.complaint.status is Status.RESOLVED

    @property
    def notice_is_next(self) -> bool:
        """Everything was tried; a notice sent before that would not count."""
        return {reason.code for reason in self.missing} == {"notice"}


def calls_of(ids: Sequence[UUID], now: datetime, policy: Policy) -> list[Call]:
    """These callbacks with their attempts, in the order of the ids."""
    if not ids:
        return []
    found = db.session.scalars(
        select(Callback)
        .where(Callback.id.in_(ids))
        .options(
            joinedload(Callback.complaint).options(
                joinedload(Complaint.unit),
                joinedload(Complaint.customer),
                joinedload(Complaint.category),
                joinedload(Complaint.responsible).lazyload(Person.memberships),
            ),
            selectinload(Callback.attempts).joinedload(CallbackAttempt.confirmation),
        )
    )
    by_id = {callback.id: _call(callback, now, policy) for callback in found}
    return [by_id[each] for each in ids if each in by_id]


def next_to_call(person: Person, now: datetime, *, after: Complaint | None = None) -> str | None:
    """The number of the next complaint to call back about, or None when nobody is left.

    `after` is the one just called: it is not offered again at once.
    """
    for queue in _worked_by(person):
        query = select_rows(queue, person, now).with_only_columns(Complaint.number)
        if after is not None:
            query = query.where(Complaint.id != after.id)
        number: str | None = db.session.scalar(query.limit(1))
        if number is not None:
            return number
    return None


def sheet_of(complaint: Complaint, person: Person, now: datetime, policy: Policy) -> CallSheet:
    """The call sheet of the complaint's present cycle."""
    case = case_of(complaint, actor=person, now=now, policy=policy)
    this_cycle = (Callback.complaint_id == complaint.id, Callback.cycle == complaint.cycle)
    callback = db.session.scalar(
        select(Callback)
        .where(*this_cycle)
        .options(selectinload(Callback.attempts).options(*OF_A_CALL))
    )
    return CallSheet(
        complaint=complaint,
        callback=callback,
        answer=_answer(complaint),
        notices=_notices(complaint, case),
        calls=call_records(callback.attempts if callback else (), case),
        case=case,
        next_at=rules.next_attempt(case.attempts, now, policy),
        missing=_missing(case),
        unhappy=unhappy_callbacks([complaint])[complaint.id] if case.took_in_others else (),
        is_orphaned=case.closing_requested
        and request_is_orphaned(complaint, case, pending_approval(complaint)),
    )


def may_call_or_oversee(case: Case) -> bool:
    """Whether this person has anything to do with the calling; a department has not."""
    return bool(case.parties & CALLING)


def _worked_by(person: Person) -> list[Queue]:
    return [QUEUES[name] for name in TO_WORK if QUEUES[name].roles & person.roles]


def _call(callback: Callback, now: datetime, policy: Policy) -> Call:
    tried = [as_attempt(each, policy.region) for each in callback.attempts]
    proposal = rules.next_attempt(tried, now, policy)
    agreed = callback.scheduled_for
    return Call(callback, tuple(callback.attempts), max(agreed, now) if agreed else proposal)


def _answer(complaint: Complaint) -> Answer | None:
    return db.session.scalar(
        select(Answer)
        .where(Answer.complaint_id == complaint.id, Answer.cycle == complaint.cycle)
        .options(joinedload(Answer.cause), joinedload(Answer.by).lazyload(Person.memberships))
    )


def _notices(complaint: Complaint, case: Case) -> tuple[NoticeRecord, ...]:
    """Those of the cycle that runs now."""
    rows = [each for each in notices_of(complaint) if each.cycle == complaint.cycle]
    return notice_records(rows, complaint, case)


def _missing(case: Case) -> tuple[Reason, ...]:
    """What closing without the customer's word still asks for."""
    return tuple(without_the_customers_word(case))
