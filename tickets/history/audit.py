"""The audit of what is stored: chains, texts and their copies, rows, guards, administration.

Finds what somebody with the database's own password did after taking the guards away (AUD-03).
What was rewritten with all its hashes, or is gone with everything about it, is found against the
anchors that lie outside: `tickets.proof.anchored`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, func, literal, select, type_coerce, union_all

from tickets.database import db
from tickets.history.data import data_of
from tickets.history.events import COPIES, Flaw, flaws_in
from tickets.history.vocabulary import EventName
from tickets.models import Attachment, Complaint, Event
from tickets.proof import administration, guarding
from tickets.proof import anchored as proven
from tickets.proof.anchored import Anchored
from tickets.proof.anchors import AnchorLine
from tickets.proof.canonical import digest
from tickets.proof.histories import KeptHistory, all_ids, histories
from tickets.proof.reconciling import differences, not_covered

EMPTY_AT_FIRST = frozenset({"complaint.wish", "work_order.answer", "work_order.return_reason"})
"""Texts that need not be there; every other one is empty only after it was redacted."""

SPOKEN_AS = {
    "complaint.description": "description",
    "complaint.wish": "wish",
    "answer.text": "answer",
    "approval.reason": "reason",
    "interim_measure.text": "text",
    "transfer.reason": "reason",
    "work_order.question": "question",
    "work_order.answer": "answer",
    "work_order.return_reason": "reason",
}
"""Under which name an event speaks of a text that also stands in a row of its own."""


@dataclass(frozen=True)
class Audited:
    """One complaint: its flaws, and how many columns no event and no baseline speaks of."""

    flaws: list[Flaw]
    not_covered: int


def begin() -> None:
    """Look at one moment, however long it takes: what is saved meanwhile must not look forged."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        connection = db.session.connection()
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def how_many() -> tuple[int, int]:
    """Complaints and events."""
    complaints = select(func.count()).select_from(Complaint).scalar_subquery()
    events = select(func.count()).select_from(Event).scalar_subquery()
    row = db.session.execute(select(complaints, events)).one()
    return row[0], row[1]


def anchored(outside: Sequence[AnchorLine] = ()) -> Anchored:
    """The anchors to check against: those from outside, and the database's own besides."""
    return proven.trusted(outside)


def complaint_by_complaint(by: Anchored | None = None) -> Iterator[Audited]:
    """Each complaint in turn, read in batches; flat memory."""
    by = by or anchored()
    for ids in all_ids():
        yield from audited(ids, by)
        db.session.expunge_all()


def audited(ids: Sequence[UUID], by: Anchored | None = None) -> Iterator[Audited]:
    """These complaints, each with everything that is wrong with it. What cannot even be read, a
    moment that is none, costs its neighbours nothing."""
    by = by or anchored()
    try:
        found = list(histories(ids))
        leaves = proven.leaves_of(ids)
        beside = _Beside(_copied_texts(ids), _attached(ids))
    except (ValueError, LookupError, TypeError) as error:
        if len(ids) == 1:
            what = f"it cannot be read: {type(error).__name__}: {error}"
            yield Audited([Flaw(str(ids[0]), 0, what)], 0)
            return
        for each_id in ids:
            yield from audited([each_id], by)
        return
    for each in found:
        told = each.told
        flaws = [
            *flaws_in(each, each.events),
            *_standing(each),
            *_order_statuses(each),
            *_copies(each, beside.texts[each.id]),
            *_calls(each),
            *_files(each, beside.files[each.id]),
            *_baseline(each),
            *(Flaw(each.number, 0, what) for what in differences(told, each.stored)),
            *(Flaw(*flaw) for flaw in proven.flaws_of_history(each, leaves[each.id], by)),
        ]
        yield Audited(flaws, not_covered(told, each.stored))


@dataclass(frozen=True)
class _Beside:
    """What stands beside the rows that are compared column by column."""

    texts: dict[UUID, list[tuple[str, str]]]
    files: dict[UUID, list[tuple[UUID, str, str]]]


def flaws_besides(outside: Sequence[AnchorLine] = (), keys: Collection[str] = ()) -> Iterator[Flaw]:
    """What is wrong beside complaints: guards, administration, anchors, complaints that are gone.
    `keys` are the public ones that anchors may be signed with; any, when there is none."""
    for name, what in guarding.flaws(db.session.connection()):
        yield Flaw(name, 0, what)
    for subject, seq, what in administration.flaws():
        yield Flaw(subject, seq, what)
    for flaw in (
        *proven.flaws_of_anchors(outside, keys),
        *proven.flaws_of_administration(),
        *proven.gone(),
    ):
        yield Flaw(*flaw)
    yield from _events_without_complaint()


def _events_without_complaint() -> Iterator[Flaw]:
    """Events that outlived the row of their complaint."""
    rows = db.session.execute(
        select(Event.complaint_id, func.min(Event.seq))
        .where(Event.complaint_id.not_in(select(Complaint.id)))
        .group_by(Event.complaint_id)
    )
    for complaint_id, seq in rows:
        yield Flaw(str(complaint_id), seq, "the complaint itself is missing")


def _baseline(kept: KeptHistory) -> Iterator[Flaw]:
    """Events that say what they changed are younger than any baseline."""
    if kept.baseline is None:
        return
    if any(data_of(event).rows for event in kept.events if event.seq <= kept.baseline.seq):
        yield Flaw(kept.number, kept.baseline.seq, "its baseline is younger than the upgrade")


def _standing(kept: KeptHistory) -> Iterator[Flaw]:
    """Status and responsible person are those that the events led to."""
    row = kept.stored["complaint"][kept.id.hex]
    own = [event for event in kept.events if event.work_order_id is None]
    statuses = [status for event in own if (status := data_of(event).to_status)]
    if statuses and statuses[-1] != row["status"]:
        yield Flaw(kept.number, 0, "complaint.status was changed")
    answering = [
        person
        for event in own
        if (person := data_of(event).to_person or data_of(event).responsible)
    ]
    if answering and answering[-1].hex != row["responsible_id"]:
        yield Flaw(kept.number, 0, "complaint.responsible_id was changed")


def _order_statuses(kept: KeptHistory) -> Iterator[Flaw]:
    """Every work order stands where its last event left it."""
    led_to = {
        event.work_order_id.hex: status
        for event in kept.events
        if event.work_order_id is not None and (status := data_of(event).to_status)
    }
    for order_id, row in kept.stored.get("work_order", {}).items():
        if led_to.get(order_id, row["status"]) != row["status"]:
            yield Flaw(kept.number, 0, "work_order.status was changed")


def _copies(kept: KeptHistory, texts: Sequence[tuple[str, str]]) -> Iterator[Flaw]:
    """Texts that also stand in a row of their own must be words that an event speaks of."""
    spoken: dict[str, set[str]] = defaultdict(set)
    for event in kept.events:
        for name, said in data_of(event).texts.items():
            spoken[name].add(said)
    redacted = any(event.action == EventName.REDACT for event in kept.events)
    # The system hands a complaint over for a reason that is a code, and leaves no words.
    by_rule = any(data_of(event).reason is not None for event in kept.events)
    empty_at_first = EMPTY_AT_FIRST | {"transfer.reason"} if by_rule else EMPTY_AT_FIRST
    for where, text in texts:
        may_be_empty = where in empty_at_first or redacted
        if digest(text) not in spoken[SPOKEN_AS[where]] if text else not may_be_empty:
            yield Flaw(kept.number, 0, f"{where} was changed")


def _copied_texts(ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    parts = [
        select(
            belongs.label("whose"),
            literal(f"{column.class_.__tablename__}.{column.key}"),
            type_coerce(column, String),
        ).where(belongs.in_(ids))
        for belongs, column in COPIES
    ]
    found: dict[UUID, list[tuple[str, str]]] = {each: [] for each in ids}
    for whose, where, text in db.session.execute(union_all(*parts)):
        found[whose].append((where, text))
    return found


def _calls(kept: KeptHistory) -> Iterator[Flaw]:
    """Every attempt an event tells of is there, with that outcome; and no other attempt is."""
    told = {
        attempt.hex: event
        for event in kept.events
        if event.action == EventName.RECORD_CALLBACK and (attempt := data_of(event).attempt)
    }
    for attempt_id, row in kept.stored.get("callback_attempt", {}).items():
        event = told.pop(attempt_id, None)
        if event is None:
            yield Flaw(kept.number, 0, "a callback attempt was added")
        elif (data_of(event).outcome, data_of(event).cycle) != (row["outcome"], row["cycle"]):
            yield Flaw(kept.number, event.seq, "the callback attempt was changed")
    for event in told.values():
        yield Flaw(kept.number, event.seq, "the callback attempt is missing")


def _attached(ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str, str]]]:
    """Of every file its event, its name, and the digest of what is in it; one in memory at once."""
    found: dict[UUID, list[tuple[UUID, str, str]]] = {each: [] for each in ids}
    query = select(
        Attachment.complaint_id, Attachment.event_id, Attachment.name, Attachment.content
    ).where(Attachment.complaint_id.in_(ids))
    for whose, event_id, name, content in db.session.execute(
        query, execution_options={"yield_per": 1}
    ):
        found[whose].append((event_id, name, hashlib.sha256(content).hexdigest()))
    return found


def _files(kept: KeptHistory, files: Sequence[tuple[UUID, str, str]]) -> Iterator[Flaw]:
    """Every file is there, under its name, and its content is the one that was attached."""
    told = {event.id: event for event in kept.events if data_of(event).sha256}
    for event_id, name, sha256 in files:
        event = told.pop(event_id, None)
        if event is None:
            yield Flaw(kept.number, 0, "a file was added")
        elif (sha256, name) != (data_of(event).sha256, data_of(event).file):
            yield Flaw(kept.number, event.seq, "the file was changed")
    for event in told.values():
        yield Flaw(kept.number, event.seq, "the file is missing")
