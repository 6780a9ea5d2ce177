"""Events as others read them: what happened, to what, and what it said, each with its type.

Whoever counts, times or shows events reads them here; the keys stand in `vocabulary`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.history.vocabulary import DataKey, EventName, row_of
from tickets.models import Event
from workflow.values import Json, Origin, Sets


class EventData(dict[str, Json]):
    """What one event says. Every reading answers None, empty or 0 for what it does not say."""

    def text(self, key: str) -> str:
        """A code or a word; "" if it is not there."""
        value = self.get(key)
        return "" if value is None else str(value)

    def number(self, key: str) -> int | None:
        value = self.get(key)
        return int(value) if isinstance(value, int | float | str) and value != "" else None

    def flag(self, key: str) -> bool:
        return bool(self.get(key))

    def moment(self, key: str) -> datetime | None:
        """An aware instant, stored as ISO 8601."""
        value = self.get(key)
        return datetime.fromisoformat(value) if isinstance(value, str) and value else None

    def identity(self, key: str) -> UUID | None:
        value = self.get(key)
        return UUID(value) if isinstance(value, str) and value else None

    def identities(self, key: str) -> list[UUID]:
        """Ids in the order in which they were said."""
        value = self.get(key)
        return [UUID(str(each)) for each in value] if isinstance(value, list | tuple) else []

    def mapping(self, key: str) -> Mapping[str, Json]:
        value = self.get(key)
        return value if isinstance(value, Mapping) else {}

    @property
    def from_status(self) -> str | None:
        return self.text(DataKey.FROM_STATUS) or None

    @property
    def to_status(self) -> str | None:
        return self.text(DataKey.TO_STATUS) or None

    @property
    def moved(self) -> bool:
        """Whether it led to another status than before."""
        return self.get(DataKey.TO_STATUS) != self.get(DataKey.FROM_STATUS)

    @property
    def promise(self) -> datetime | None:
        """By when the customer was promised an answer, as it holds from this event on."""
        return self.moment(DataKey.PROMISE) or self.moment(DataKey.PROMISED_AT)

    @property
    def orders(self) -> list[UUID]:
        """The work orders that it sent or urged."""
        return self.identities(DataKey.ORDERS)

    @property
    def before(self) -> "EventData":
        """What stood there before a correction."""
        return EventData(self.mapping(DataKey.BEFORE))

    def set_by(self, event: str, *meanings: Sets) -> str | None:
        """What it set with the first of these meanings, whatever the field is called."""
        row = row_of(event)
        for meaning in meanings if row is not None else ():
            field = row.field_that_sets(meaning) if row is not None else None
            if field is not None and self.get(field):
                return self.text(field)
        return None


@dataclass(frozen=True)
class Told:
    """One event as others read it. `order` is the work order that it is about."""

    at: datetime
    action: str
    actor: UUID | None
    order: UUID | None
    data: EventData
    key: UUID = UUID(int=0)
    """The event's own id."""


def told_of(ids: Collection[UUID], names: Collection[str] = ()) -> Mapping[UUID, Sequence[Told]]:
    """The events of these complaints in their order, all or those of some names: one query."""
    query = select(
        Event.complaint_id,
        Event.at,
        Event.action,
        Event.actor_id,
        Event.work_order_id,
        Event.data,
        Event.id,
    ).where(Event.complaint_id.in_(ids))
    if names:
        query = query.where(Event.action.in_(names))
    found: dict[UUID, list[Told]] = defaultdict(list)
    for complaint_id, at, action, actor, order, data, key in db.session.execute(
        query.order_by(Event.complaint_id, Event.seq)
    ):
        found[complaint_id].append(Told(at, action, actor, order, EventData(data), key))
    return found


def origin_of(complaint_id: UUID) -> Origin:
    """Where the complaint came from, as its first event says: one query."""
    query = select(Event.data).where(
        Event.complaint_id == complaint_id, Event.action == EventName.REGISTER
    )
    data = EventData(db.session.scalar(query) or {})
    if DataKey.ORIGIN in data:
        return Origin(data.text(DataKey.ORIGIN))
    # Before it was said, only an import told which file it came from.
    return Origin.IMPORTED if DataKey.IMPORT in data else Origin.LIVE
