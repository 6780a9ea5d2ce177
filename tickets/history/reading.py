"""The events of complaints as clocks, facts and the event log read them: in sets, without rows.

Keys cost as much to read as all else of an event together, so each reading takes only those that
it needs.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, select, type_coerce

from tickets.database import db
from tickets.history.data import EventData
from tickets.models import Event


class PastEvent(NamedTuple):
    """One event: when, what happened, on which work order, and what it says."""

    at: datetime
    action: str
    order: UUID | None
    data: EventData


class CountedEvent(NamedTuple):
    """The same, with its key and who did it."""

    key: UUID | str
    """As the database gives it: whoever counts never asks for it."""
    at: datetime
    action: str
    actor: UUID | None
    order: UUID | None
    data: EventData

    @property
    def id(self) -> UUID:
        return self.key if isinstance(self.key, UUID) else UUID(self.key)


_TIMED = (Event.at, Event.action, Event.work_order_id, Event.data)


def past_events(complaint_id: UUID, named: Collection[str]) -> Sequence[PastEvent]:
    """The events of these names of one complaint, in their order: one query."""
    rows = db.session.execute(
        select(*_TIMED)
        .where(Event.complaint_id == complaint_id, Event.action.in_(named))
        .order_by(Event.seq)
    )
    return [PastEvent(at, action, order, EventData(data)) for at, action, order, data in rows]


def past_events_of_many(
    ids: Collection[UUID], named: Collection[str]
) -> Mapping[UUID, Sequence[PastEvent]]:
    """The same of each of these complaints."""
    rows = db.session.execute(
        select(Event.complaint_id, *_TIMED)
        .where(Event.complaint_id.in_(ids), Event.action.in_(named))
        .order_by(Event.complaint_id, Event.seq)
    )
    found: dict[UUID, list[PastEvent]] = {each: [] for each in ids}
    for whose, at, action, order, data in rows:
        found[whose].append(PastEvent(at, action, order, EventData(data)))
    return found


def counted_events(ids: Collection[UUID]) -> Mapping[UUID, Sequence[CountedEvent]]:
    """All events of each of these complaints, in their order: one query."""
    query = (
        select(
            Event.complaint_id,
            type_coerce(Event.id, String),
            Event.at,
            Event.action,
            Event.actor_id,
            Event.work_order_id,
            Event.data,
        )
        .where(Event.complaint_id.in_(ids))
        .order_by(Event.complaint_id, Event.seq)
    )
    found: dict[UUID, list[CountedEvent]] = {each: [] for each in ids}
    for whose, key, at, action, actor, order, data in db.session.execute(query):
        found[whose].append(CountedEvent(key, at, action, actor, order, EventData(data)))
    return found
