"""The history of a complaint: events chained by hash, with the texts that belong to them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tickets.actors import Actor, System
from tickets.database import db, new_id
from tickets.history.data import data_of
from tickets.history.vocabulary import DataKey, EventName, known
from tickets.models import (
    Answer,
    Approval,
    Complaint,
    Entry,
    Event,
    InterimMeasure,
    Transfer,
    WorkOrder,
)
from tickets.proof import said
from tickets.proof.canonical import digest
from workflow.values import Json
from workflow.words import Audience

COPIES = (
    (Complaint.id, Complaint.description),
    (Complaint.id, Complaint.wish),
    (Answer.complaint_id, Answer.text),
    (Approval.complaint_id, Approval.reason),
    (InterimMeasure.complaint_id, InterimMeasure.text),
    (Transfer.complaint_id, Transfer.reason),
    (WorkOrder.complaint_id, WorkOrder.question),
    (WorkOrder.complaint_id, WorkOrder.answer),
    (WorkOrder.complaint_id, WorkOrder.return_reason),
)
"""Where a text of a complaint stands besides its entry: what ties the row to it, and the column."""


@dataclass(frozen=True)
class Text:
    """One text of an action: from which field, for whom."""

    field: str
    text: str
    audience: Audience = Audience.INTERNAL


def append(
    complaint: Complaint,
    action: str,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Json],
    texts: Iterable[Text] = (),
    event_id: UUID | None = None,
    work_order_id: UUID | None = None,
) -> Event:
    """Add the next event of this complaint, and its texts, to the session. It says besides what
    changed in the complaint's rows since the event before (`tickets.proof.said`). ValueError for a
    name that neither the lifecycle nor the vocabulary has."""
    name, texts = known(action), tuple(texts)
    event = Event(
        id=event_id or new_id(),
        complaint_id=complaint.id,
        seq=complaint.event_count + 1,
        at=now,
        action=name,
        kind=kind,
        actor_id=actor.id,
        rule=actor.rule if isinstance(actor, System) else None,
        work_order_id=work_order_id,
        data=_with_rows_and_texts(data, said.take(complaint.id), texts),
        previous=complaint.chain_head,
        entries=[_entry(complaint.id, each) for each in texts],
    )
    return _chained(event, complaint)


def _chained(event: Event, complaint: Complaint) -> Event:
    event.hash = link(event)
    complaint.event_count, complaint.chain_head = event.seq, event.hash
    db.session.add(event)
    return event


def _with_rows_and_texts(
    data: Mapping[str, Json], rows: said.Rows, texts: Iterable[Text]
) -> dict[str, Json]:
    return {
        **data,
        **({DataKey.ROWS: rows} if rows else {}),
        DataKey.TEXTS: {each.field: digest(each.text) for each in texts},
    }


def _entry(complaint_id: UUID, text: Text) -> Entry:
    return Entry(
        id=new_id(),
        complaint_id=complaint_id,
        audience=text.audience,
        field=text.field,
        text=text.text,
    )


def link(event: "Linked") -> str:
    """The hash that ties this event to the one before it: SHA-256 over everything it says."""
    told = [
        str(event.complaint_id),
        str(event.id),
        event.seq,
        event.at.astimezone(UTC).isoformat(),
        event.action,
        event.kind,
        str(event.actor_id),
        event.rule,
        str(event.work_order_id),
        event.data,
        event.previous,
    ]
    return digest(json.dumps(told, sort_keys=True, ensure_ascii=False))


@dataclass(frozen=True)
class Flaw:
    """One thing that does not fit in a complaint's history."""

    number: str
    seq: int
    what: str


class Linked(Protocol):
    """What the hash of an event covers: its row, or what was read of it."""

    @property
    def complaint_id(self) -> UUID: ...
    @property
    def id(self) -> UUID: ...
    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | None: ...
    @property
    def rule(self) -> str | None: ...
    @property
    def work_order_id(self) -> UUID | None: ...
    @property
    def data(self) -> Mapping[str, Json]: ...
    @property
    def previous(self) -> str: ...


class KeptText(Protocol):
    """One text of an event, as it is kept."""

    @property
    def id(self) -> UUID: ...
    @property
    def complaint_id(self) -> UUID: ...
    @property
    def field(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def redacted_at(self) -> datetime | None: ...


class KeptEvent(Linked, Protocol):
    """One event of a history that is checked, with its texts."""

    @property
    def hash(self) -> str: ...
    @property
    def entries(self) -> Sequence[KeptText]: ...


class Chained(Protocol):
    """Whatever has a history: a complaint's row, or what was read of it."""

    @property
    def id(self) -> UUID: ...
    @property
    def number(self) -> str: ...
    @property
    def event_count(self) -> int: ...
    @property
    def chain_head(self) -> str: ...


def flaws(complaint: Complaint) -> Iterator[Flaw]:
    """Everything wrong with this complaint's chain: changed, missing or added rows and texts."""
    yield from flaws_in(complaint, events_of(complaint))


def flaws_in(complaint: Chained, events: Sequence["KeptEvent"]) -> Iterator[Flaw]:
    """The same for somebody who has the whole history already, in its order."""
    previous, expected = "", 0
    redacted = {data_of(each).redacted for each in events if each.action == EventName.REDACT}
    for event in events:
        expected += 1
        if event.seq != expected:
            yield Flaw(complaint.number, expected, "missing")
            expected = event.seq
        if event.previous != previous or event.hash != link(event):
            yield Flaw(complaint.number, event.seq, "changed")
        yield from _text_flaws(complaint, event, redacted)
        previous = event.hash
    if complaint.event_count != expected or complaint.chain_head != previous:
        yield Flaw(complaint.number, complaint.event_count, "missing at the end")


def events_of(complaint: Complaint) -> list[Event]:
    """The whole history in its order, with its texts: two queries."""
    return list(
        db.session.scalars(
            select(Event)
            .where(Event.complaint_id == complaint.id)
            .order_by(Event.seq)
            .options(selectinload(Event.entries))
        )
    )


Redactions = set[tuple[str | None, str | None]]
"""Of the texts that went by the door: the entry's id and the digest of its words."""


def _text_flaws(complaint: Chained, event: "KeptEvent", redacted: Redactions) -> Iterator[Flaw]:
    told = data_of(event).texts
    for entry in event.entries:
        expected = told.pop(entry.field, None)
        if expected is None or entry.complaint_id != complaint.id:
            yield Flaw(complaint.number, event.seq, f"text “{entry.field}” was added")
        elif entry.redacted_at is not None:
            if (str(entry.id), expected) not in redacted or entry.text:
                yield Flaw(complaint.number, event.seq, f"text “{entry.field}” was taken away")
        elif digest(entry.text) != expected:
            yield Flaw(complaint.number, event.seq, f"text “{entry.field}” was changed")
    for name in told:
        yield Flaw(complaint.number, event.seq, f"text “{name}” is missing")
