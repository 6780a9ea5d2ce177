"""Whole histories read in batches: plain rows, a handful of queries for hundreds of complaints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.models import Baseline, Complaint, Entry, Event
from tickets.proof.said import Rows
from tickets.proof.states import COMPLAINT, baselines, stored, told

BATCH = 500


@dataclass(frozen=True, slots=True)
class EntryText:
    """One text of an event."""

    id: UUID
    complaint_id: UUID
    field: str
    text: str
    redacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """One event, with its texts."""

    id: UUID
    complaint_id: UUID
    seq: int
    at: datetime
    action: str
    kind: str
    actor_id: UUID | None
    rule: str | None
    work_order_id: UUID | None
    data: dict[str, Any]
    previous: str
    hash: str
    entries: list[EntryText] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KeptHistory:
    """One complaint: what its row says of its chain, its events, its rows and what is told of
    them."""

    id: UUID
    number: str
    event_count: int
    chain_head: str
    anchored_events: int
    events: list[ChainedEvent]
    stored: Rows
    baseline: Baseline | None

    @property
    def told(self) -> Rows:
        return told(self.baseline, self.events)


def all_ids() -> Iterator[list[UUID]]:
    """The keys of all complaints, a batch at a time; flat memory."""
    last: UUID | None = None
    while True:
        query = select(Complaint.id).order_by(Complaint.id).limit(BATCH)
        if last is not None:
            query = query.where(Complaint.id > last)
        ids = list(db.session.scalars(query))
        if not ids:
            return
        last = ids[-1]
        yield ids


def histories(ids: Sequence[UUID]) -> Iterator[KeptHistory]:
    """The histories of these complaints, in the order given."""
    for begin in range(0, len(ids), BATCH):
        yield from _histories(list(ids[begin : begin + BATCH]))


def _histories(ids: list[UUID]) -> Iterator[KeptHistory]:
    heads = {
        row.id: row
        for row in db.session.execute(
            select(
                Complaint.id,
                Complaint.number,
                Complaint.event_count,
                Complaint.chain_head,
                Complaint.anchored_events,
            ).where(Complaint.id.in_(ids))
        )
    }
    events = _events(ids)
    rows = stored(ids)
    begun = baselines(COMPLAINT, [each.hex for each in ids])
    for each in ids:
        if each in heads:
            yield KeptHistory(*heads[each], events[each], rows[each], begun.get(each.hex))


def _events(ids: list[UUID]) -> dict[UUID, list[ChainedEvent]]:
    found: dict[UUID, list[ChainedEvent]] = {each: [] for each in ids}
    by_key: dict[UUID, ChainedEvent] = {}
    query = select(
        Event.id,
        Event.complaint_id,
        Event.seq,
        Event.at,
        Event.action,
        Event.kind,
        Event.actor_id,
        Event.rule,
        Event.work_order_id,
        Event.data,
        Event.previous,
        Event.hash,
    )
    where = Event.complaint_id.in_(ids)
    for row in db.session.execute(query.where(where).order_by(Event.complaint_id, Event.seq)):
        event = ChainedEvent(*row)
        by_key[event.id] = event
        found[event.complaint_id].append(event)
    texts = select(Entry.event_id, Entry.id, Entry.complaint_id, Entry.field, Entry.text)
    texts = texts.add_columns(Entry.redacted_at).join(Event, Entry.event_id == Event.id)
    for row in db.session.execute(texts.where(where).order_by(Entry.id)):
        words = EntryText(row.id, row.complaint_id, row.field, row.text, row.redacted_at)
        by_key[row.event_id].entries.append(words)
    return found
