"""The audit of what is stored: chains, texts and their copies, calls, rows without a complaint.

Finds what somebody with the database's own password did after taking the guards away (AUD-03).
What it cannot find is a complaint that is gone together with everything about it; keep the count
that `flask audit verify` prints.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import String, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import InstrumentedAttribute

from tickets import history
from tickets.changes.recording import COPIES
from tickets.database import db
from tickets.history import Flaw
from tickets.models import Attachment, CallbackAttempt, Complaint, Event, WorkOrder
from tickets.proof.canonical import digest

EMPTY_AT_FIRST: tuple[InstrumentedAttribute[str], ...] = (
    Complaint.wish,
    WorkOrder.answer,
    WorkOrder.return_reason,
)
"""Texts that need not be there; every other one is empty only after it was redacted."""


def how_many() -> tuple[int, int]:
    """Complaints and events."""
    complaints = select(func.count()).select_from(Complaint).scalar_subquery()
    events = select(func.count()).select_from(Event).scalar_subquery()
    row = db.session.execute(select(complaints, events)).one()
    return row[0], row[1]


def complaint_by_complaint() -> Iterator[list[Flaw]]:
    """The flaws of each complaint in turn, an empty list where all is well; flat memory."""
    ids = db.session.scalars(select(Complaint.id).order_by(Complaint.id)).all()
    for complaint_id in ids:
        complaint = db.session.get_one(Complaint, complaint_id)
        yield flaws_of(complaint)
        db.session.expunge_all()


def flaws_of(complaint: Complaint) -> list[Flaw]:
    """Everything wrong with one complaint: its chain, then what its chain speaks of."""
    events = history.events_of(complaint)
    return [
        *history.flaws_in(complaint, events),
        *_standing(complaint, events),
        *_order_statuses(complaint, events),
        *_copies(complaint, events),
        *_calls(complaint, events),
        *_files(complaint, events),
    ]


def events_without_complaint() -> Iterator[Flaw]:
    """Events that outlived the row of their complaint."""
    rows = db.session.execute(
        select(Event.complaint_id, func.min(Event.seq))
        .where(Event.complaint_id.not_in(select(Complaint.id)))
        .group_by(Event.complaint_id)
    )
    for complaint_id, seq in rows:
        yield Flaw(str(complaint_id), seq, "the complaint itself is missing")


def _standing(complaint: Complaint, events: Sequence[Event]) -> Iterator[Flaw]:
    """Status and responsible person are those that the events led to."""
    own = [event for event in events if event.work_order_id is None]
    statuses = [event.data["to_status"] for event in own if event.data.get("to_status")]
    if statuses and statuses[-1] != complaint.status:
        yield Flaw(complaint.number, 0, "complaint.status was changed")
    answering = [
        person
        for event in own
        if (person := event.data.get("to_person") or event.data.get("responsible"))
    ]
    if answering and answering[-1] != str(complaint.responsible_id):
        yield Flaw(complaint.number, 0, "complaint.responsible_id was changed")


def _order_statuses(complaint: Complaint, events: Sequence[Event]) -> Iterator[Flaw]:
    """Every work order stands where its last event left it."""
    led_to = {
        event.work_order_id: event.data["to_status"]
        for event in events
        if event.work_order_id is not None and event.data.get("to_status")
    }
    rows = db.session.execute(
        select(WorkOrder.id, WorkOrder.status).where(WorkOrder.complaint_id == complaint.id)
    )
    for order_id, status in rows:
        if led_to.get(order_id, status) != status:
            yield Flaw(complaint.number, 0, "work_order.status was changed")


def _copies(complaint: Complaint, events: Sequence[Event]) -> Iterator[Flaw]:
    """Texts that also stand in a row of their own must be words that some event speaks of."""
    spoken = {one for event in events for one in event.data.get("texts", {}).values()}
    redacted = any(event.action == "redact" for event in events)
    for where, text, may_be_empty in _copied_texts(complaint.id):
        is_right = digest(text) in spoken if text else may_be_empty or redacted
        if not is_right:
            yield Flaw(complaint.number, 0, f"{where} was changed")


def _copied_texts(complaint_id: UUID) -> Iterator[tuple[str, str, bool]]:
    empty_at_first = {str(column) for column in EMPTY_AT_FIRST}
    parts = [
        select(literal(f"{column.class_.__tablename__}.{column.key}"), type_coerce(column, String))
        .where(belongs == complaint_id)
        .order_by(None)
        for belongs, column in COPIES
    ]
    names = {f"{c.class_.__tablename__}.{c.key}": str(c) in empty_at_first for _, c in COPIES}
    for where, text in db.session.execute(union_all(*parts)):
        yield where, text, names[where]


def _calls(complaint: Complaint, events: Sequence[Event]) -> Iterator[Flaw]:
    """Every attempt an event tells of is there, with that outcome; and no other attempt is."""
    told: dict[str, Event] = {
        event.data["attempt"]: event for event in events if event.action == "record_callback"
    }
    rows = db.session.execute(
        select(CallbackAttempt.id, CallbackAttempt.outcome, CallbackAttempt.cycle).where(
            CallbackAttempt.complaint_id == complaint.id
        )
    )
    for attempt_id, outcome, cycle in rows:
        event = told.pop(str(attempt_id), None)
        if event is None:
            yield Flaw(complaint.number, 0, "a callback attempt was added")
        elif _differs(event.data, outcome, cycle):
            yield Flaw(complaint.number, event.seq, "the callback attempt was changed")
    for event in told.values():
        yield Flaw(complaint.number, event.seq, "the callback attempt is missing")


def _files(complaint: Complaint, events: Sequence[Event]) -> Iterator[Flaw]:
    """Every file is there, and its content is the one that was attached."""
    told = {event.id: event for event in events if event.data.get("sha256")}
    rows = db.session.execute(
        select(Attachment.event_id, Attachment.content).where(
            Attachment.complaint_id == complaint.id
        )
    )
    for event_id, content in rows:
        event = told.pop(event_id, None)
        if event is None:
            yield Flaw(complaint.number, 0, "a file was added")
        elif hashlib.sha256(content).hexdigest() != event.data["sha256"]:
            yield Flaw(complaint.number, event.seq, "the file was changed")
    for event in told.values():
        yield Flaw(complaint.number, event.seq, "the file is missing")


def _differs(data: dict[str, Any], outcome: str, cycle: int) -> bool:
    return data.get("outcome") != outcome or data.get("cycle") != cycle
