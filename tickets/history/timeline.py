"""One time line per complaint, newest first, a page at a time however long it is (PER-02)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import joinedload

from tickets.database import db
from tickets.history.data import data_of
from tickets.models import Category, Cause, Complaint, Event, Person, Unit
from workflow.values import Json

PAGE = 30

SHOWS: Mapping[str, frozenset[str] | None] = {
    "all": None,
    "work": frozenset({"status", "work"}),
    "customer": frozenset({"customer"}),
    "callbacks": frozenset({"callback", "approval"}),
    "responsibility": frozenset({"transfer"}),
    "notes": frozenset({"note"}),
}
"""The filters of the time line: which kinds of event each lets through."""


@dataclass(frozen=True)
class TimelinePage:
    """A page of the time line; `older` is the seq before which the next one lies, if any."""

    events: tuple[Event, ...]
    older: int | None


def stretch(complaint: Complaint, *, show: str = "all", before: int | None = None) -> TimelinePage:
    """The newest events, or those before a seq: one query, found by index."""
    query = select(Event).where(Event.complaint_id == complaint.id)
    kinds = SHOWS[show]
    if kinds is not None:
        query = query.where(Event.kind.in_(sorted(kinds)))
    if before is not None:
        query = query.where(Event.seq < before)
    return _newest_first(query)


def since(complaint: Complaint, seen: int) -> TimelinePage:
    """What happened after the event with this seq, newest first."""
    query = select(Event).where(Event.complaint_id == complaint.id, Event.seq > seen)
    return _newest_first(query)


def of_order(order_id: UUID, complaint: Complaint) -> TimelinePage:
    """What happened to one work order, newest first."""
    query = select(Event).where(Event.complaint_id == complaint.id, Event.work_order_id == order_id)
    return _newest_first(query)


def _newest_first(query: Select[Event]) -> TimelinePage:
    """One more than a page is read, so that its end is known without counting."""
    paged = query.order_by(Event.seq.desc()).limit(PAGE + 1)
    loaded = paged.options(joinedload(Event.entries), joinedload(Event.attachments))
    found = list(db.session.scalars(loaded).unique())
    shown = found[:PAGE]
    return TimelinePage(tuple(shown), shown[-1].seq if len(found) > PAGE else None)


@dataclass(frozen=True)
class MentionedNames:
    """Who and what the ids on a page are called: people by name, the rest by language."""

    people: Mapping[str, str] = field(default_factory=dict)
    things: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def names_for(events: Iterable[Event], people: Iterable[UUID | None] = ()) -> MentionedNames:
    """MentionedNames of everybody and everything these events mention, in two queries."""
    mentioned = {each for event in events for each in _ids(data_of(event).stored)}
    mentioned |= {event.actor_id for event in events if event.actor_id is not None}
    asked = mentioned | {each for each in people if each is not None}
    if not asked:
        return MentionedNames()
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(asked)))
    known = {str(row.id): row.name for row in rows}
    return MentionedNames(known, _things(mentioned))


def _things(mentioned: set[UUID]) -> dict[str, Mapping[str, str]]:
    if not mentioned:
        return {}
    query = union_all(
        *(
            select(model.id, model.names).where(model.id.in_(mentioned))
            for model in (Unit, Category, Cause)
        )
    )
    return {str(row.id): row.names for row in db.session.execute(query)}


def _ids(value: Json) -> Iterable[UUID]:
    """Every id in an event's data, however deep."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _ids(each)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each)
    elif isinstance(value, str) and len(value) == len(str(UUID(int=0))):
        try:
            yield UUID(value)
        except ValueError:
            return
