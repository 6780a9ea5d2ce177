"""The events of complaints as they are counted: by facts, clocks and the event log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.history.data import EventData
from tickets.models import Event


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event: what happened, when, who did it, on which work order, and what it says."""

    id: UUID
    at: datetime
    action: str
    actor: UUID | None
    order: UUID | None
    data: EventData


def past_events(
    ids: Collection[UUID], named: Collection[str] | None = None
) -> Mapping[UUID, Sequence[PastEvent]]:
    """The events of each of these complaints in their order, or those so `named`: one query."""
    query = (
        select(
            Event.complaint_id,
            Event.id,
            Event.at,
            Event.action,
            Event.actor_id,
            Event.work_order_id,
            Event.data,
        )
        .where(Event.complaint_id.in_(ids))
        .order_by(Event.complaint_id, Event.seq)
    )
    if named is not None:
        query = query.where(Event.action.in_(named))
    found: dict[UUID, list[PastEvent]] = {each: [] for each in ids}
    for whose, key, at, action, actor, order, data in db.session.execute(query):
        found[whose].append(PastEvent(key, at, action, actor, order, EventData(data)))
    return found
