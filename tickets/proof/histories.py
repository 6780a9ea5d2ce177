"""Whole histories read in batches: plain rows, a handful of queries for hundreds of complaints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.models import Baseline, Complaint, Entry, Event
from tickets.proof.said import Rows
from tickets.proof.states import COMPLAINT, baselines, stored, told
from workflow.values import Json

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
    data: Mapping[str, Json]
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


_COLUMNS = tuple(getattr(Event, each.name) for each in fields(ChainedEvent)[:-1])
"""All that a chained event holds but its texts."""


def _events(ids: list[UUID]) -> dict[UUID, list[ChainedEvent]]:
    found: dict[UUID, list[ChainedEvent]] = {each: [] for each in ids}
    by_key: dict[UUID, ChainedEvent] = {}
    query = select(*_COLUMNS).where(Event.complaint_id.in_(ids))
    for row in db.session.execute(query.order_by(Event.complaint_id, Event.seq)):
        event = ChainedEvent(*row)
        by_key[event.id] = event
        found[event.complaint_id].append(event)
    _add_texts(by_key, ids)
    return found


def _add_texts(events: Mapping[UUID, ChainedEvent], ids: list[UUID]) -> None:
    """To each event those that belong to it."""
    rows = db.session.execute(
        select(
            Entry.event_id,
            Entry.id,
            Entry.complaint_id,
            Entry.field,
            Entry.text,
            Entry.redacted_at,
        )
        .join(Event, Entry.event_id == Event.id)
        .where(Event.complaint_id.in_(ids))
        .order_by(Entry.id)
    )
    for event_id, key, whose, name, text, redacted_at in rows:
        events[event_id].entries.append(EntryText(key, whose, name, text, redacted_at))
