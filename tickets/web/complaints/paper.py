"""The print view: what may be handed to the customer, field by field (S-09, S-10).

Nothing is left out here; what may be on the paper is put in. Notes, work orders, departments'
answers, reasons and the names of colleagues other than the responsible person never are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from tickets import numbers
from tickets.clock import now
from tickets.clocks.display import Reading, of_kind, readings
from tickets.complaints.details import withdrawal_of
from tickets.complaints.evidence import NoticeState, notices_of, state_of
from tickets.customers.veil import CLEAR, Veil, veils_over
from tickets.database import db
from tickets.history.data import data_of
from tickets.models import Answer, CallbackAttempt, Complaint, Entry, Event
from tickets.visibility import visible_complaint
from tickets.web.shell.labels import label_of, name_in
from tickets.web.shell.viewer import reader
from workflow.words import (
    Audience,
    CallOutcome,
    ClockKind,
    ClockState,
    NoticeChannel,
)


@dataclass(frozen=True)
class PrintedText:
    """One text to or from the customer, and when."""

    at: datetime
    text: str
    field: str


@dataclass(frozen=True)
class Called:
    """One call of ours: when it was made and put down, and what came of it. No number."""

    at: datetime
    entered_at: datetime
    outcome: CallOutcome


@dataclass(frozen=True)
class Written:
    """One written notice: by which way, what became of it and since when. No address."""

    channel: NoticeChannel
    state: NoticeState
    at: datetime


@dataclass(frozen=True)
class WithdrawalOnPaper:
    """Who took the complaint back, how and when."""

    at: datetime | None
    said_by: str
    channel: str


@dataclass(frozen=True)
class Paper:
    """Everything the print view may show."""

    number: str
    status: str
    customer: str
    category: str
    channel: str
    unit: str
    responsible: str
    registered_at: datetime
    promised_at: datetime | None
    answer_due_at: datetime | None
    answer_due_provisional: bool
    waits_for_customer: bool
    closed_at: datetime | None
    withdrawal: WithdrawalOnPaper | None
    compensation: int
    """All that was granted, in minor units."""
    said: tuple[PrintedText, ...]
    calls: tuple[Called, ...]
    notices: tuple[Written, ...]
    printed_at: datetime


def printed(number: str) -> ResponseReturnValue:
    person, moment = reader(), now()
    complaint = visible_complaint(number, person)
    found = readings([complaint], person, moment)[complaint.id]
    veil = veils_over([complaint], person)[complaint.id]
    paper = paper_of(complaint, of_kind(found, ClockKind.RESOLUTION), moment, veil)
    return render_template("complaints/print.html", paper=paper)


def paper_of(
    complaint: Complaint, resolution: Sequence[Reading], moment: datetime, veil: Veil = CLEAR
) -> Paper:
    """Of all clocks only the one the customer was told of; the others are the house's own."""
    running = next((each for each in resolution if each.due_at is not None), None)
    return Paper(
        number=numbers.spoken(complaint.number),
        status=label_of(complaint.status),
        customer=veil(complaint.customer.name),
        category=name_in(complaint.category.names),
        channel=label_of(complaint.channel),
        unit=name_in(complaint.unit.names),
        responsible=complaint.responsible.name,
        registered_at=complaint.registered_at,
        promised_at=complaint.promised_at,
        answer_due_at=running.due_at if running else None,
        answer_due_provisional=running.provisional if running else False,
        waits_for_customer=any(each.state is ClockState.PAUSED for each in resolution),
        closed_at=complaint.closed_at,
        withdrawal=_withdrawal(complaint),
        compensation=_compensation(complaint.id),
        said=tuple(replace(each, text=veil(each.text)) for each in _said(complaint.id)),
        calls=tuple(_calls(complaint.id)),
        notices=tuple(_notices(complaint)),
        printed_at=moment,
    )


def _calls(complaint_id: UUID) -> Iterator[Called]:
    """All calls, of every cycle: whoever reads the paper knows when their telephone rang."""
    rows = db.session.execute(
        select(CallbackAttempt.at, CallbackAttempt.recorded_at, CallbackAttempt.outcome)
        .where(CallbackAttempt.complaint_id == complaint_id)
        .order_by(CallbackAttempt.at)
    )
    yield from (Called(*row) for row in rows)


def _notices(complaint: Complaint) -> Iterator[Written]:
    for row in notices_of(complaint):
        state, at = state_of(row)
        yield Written(row.channel, state, at)


def _withdrawal(complaint: Complaint) -> WithdrawalOnPaper | None:
    event = withdrawal_of(complaint)
    if event is None:
        return None
    data = data_of(event)
    return WithdrawalOnPaper(
        data.at or complaint.withdrawn_at,
        _label(data.withdrawn_by),
        _label(data.withdrawn_through),
    )


def _label(code: StrEnum | None) -> str:
    """Events from before the rule do not say who it was."""
    return label_of(code) if code is not None else ""


def _compensation(complaint_id: UUID) -> int:
    granted = select(func.sum(Answer.compensation_minor)).where(Answer.complaint_id == complaint_id)
    return int(db.session.scalar(granted) or 0)


def _said(complaint_id: UUID) -> list[PrintedText]:
    rows = db.session.execute(
        select(Event.at, Entry.text, Entry.field)
        .join(Event, Entry.event_id == Event.id)
        .where(
            Entry.complaint_id == complaint_id,
            Entry.audience == Audience.CUSTOMER,
            Entry.redacted_at.is_(None),
        )
        .order_by(Event.seq, Entry.id)
    )
    return [PrintedText(*row) for row in rows]
