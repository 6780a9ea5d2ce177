"""The event log of complaints, read in batches: what the files for mining tools are written from.

Codes, moments and ids only. Customers, their numbers and addresses, and everything that anybody
typed stay out: of an event's data only statuses and ids of complaints' own objects are read.
People are pseudonyms: keyed digests, the same in every file of one installation, of no use to
anybody without its key.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.facts.telling import life_of
from tickets.history.reading import CountedEvent, counted_events
from tickets.models import Callback, Category, Complaint, Unit, WorkOrder
from tickets.paths.counting import complaints_of
from tickets.reports.shape import Condition, Scope
from tickets.visibility import visible_to
from workflow.words import Channel, Severity, Status

BATCH = 200
"""Complaints that are held at a time, however long the log is."""


@dataclass(frozen=True)
class LoggedEvent:
    """One event. `entered` says that with it the complaint came to `step`."""

    told: CountedEvent
    step: str
    entered: bool


class LoggedOrder(NamedTuple):
    """One work order: the department's unit, and when it was sent."""

    id: UUID
    unit_id: UUID
    sent_at: datetime


class LoggedCallback(NamedTuple):
    """The callback of one cycle."""

    id: UUID
    cycle: int


@dataclass(frozen=True)
class LoggedComplaint:
    """One complaint with what the files say of it; codes, no words."""

    id: UUID
    number: str
    unit: UUID
    category: str
    channel: str
    tier: str
    severity: str
    status: str
    responsible: UUID
    merged_into: UUID | None
    """Only when that complaint is part of the log as well."""
    registered_at: datetime
    events: Sequence[LoggedEvent]
    orders: Sequence[LoggedOrder]
    callbacks: Sequence[LoggedCallback]


@dataclass(frozen=True)
class Pseudonyms:
    """Names for people that say nothing about them."""

    key: bytes

    def of(self, person: UUID) -> str:
        digest = hmac.new(self.key, b"event log" + person.bytes, hashlib.sha256)
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class LogCodes:
    """Units and categories by their codes, looked up once for a whole file."""

    units: Mapping[UUID, str]
    categories: Mapping[UUID, str]

    def step(self, key: str) -> str:
        """A status as its code; a department by the code of its unit."""
        try:
            return f"department:{self.units[UUID(key)]}"
        except (ValueError, KeyError):
            return key


def names() -> LogCodes:
    units = db.session.execute(select(Unit.id, Unit.code)).all()
    categories = db.session.execute(select(Category.id, Category.code)).all()
    return LogCodes({row.id: row.code for row in units}, {row.id: row.code for row in categories})


def cases(scope: Scope, known: LogCodes) -> Iterator[LoggedComplaint]:
    """Every complaint of the map's scope that its reader may see, batch by batch by id."""
    belongs = (complaints_of(scope), visible_to(scope.reader))
    last: UUID | None = None
    while True:
        beyond = () if last is None else (Complaint.id > last,)
        query = select(*_COLUMNS).where(*belongs, *beyond).order_by(Complaint.id).limit(BATCH)
        rows = [_Row._make(row) for row in db.session.execute(query)]
        if not rows:
            return
        yield from _told(rows, known, belongs)
        last = rows[-1].id


class _Row(NamedTuple):
    """What of a complaint stands in its own row."""

    id: UUID
    number: str
    unit_id: UUID
    category_id: UUID
    channel: Channel
    tier: str
    severity: Severity
    status: Status
    responsible_id: UUID
    merged_into_id: UUID | None
    registered_at: datetime


_COLUMNS = tuple(getattr(Complaint, name) for name in _Row._fields)


def _told(
    rows: Sequence[_Row], known: LogCodes, belongs: Sequence[Condition]
) -> Iterator[LoggedComplaint]:
    ids = [row.id for row in rows]
    events, orders, callbacks = counted_events(ids), _orders(ids), _callbacks(ids)
    inside = _inside({row.merged_into_id for row in rows if row.merged_into_id}, belongs)
    for row in rows:
        yield LoggedComplaint(
            id=row.id,
            number=row.number,
            unit=row.unit_id,
            category=known.categories[row.category_id],
            channel=row.channel.value,
            tier=row.tier,
            severity=row.severity.value,
            status=row.status.value,
            responsible=row.responsible_id,
            merged_into=row.merged_into_id if row.merged_into_id in inside else None,
            registered_at=row.registered_at,
            events=_with_steps(row, events[row.id]),
            orders=orders[row.id],
            callbacks=callbacks[row.id],
        )


def _orders(ids: Sequence[UUID]) -> Mapping[UUID, Sequence[LoggedOrder]]:
    """The work orders of each complaint, as they were sent."""
    rows = db.session.execute(
        select(WorkOrder.complaint_id, WorkOrder.id, WorkOrder.unit_id, WorkOrder.sent_at)
        .where(WorkOrder.complaint_id.in_(ids))
        .order_by(WorkOrder.complaint_id, WorkOrder.sent_at, WorkOrder.id)
    )
    found: dict[UUID, list[LoggedOrder]] = {each: [] for each in ids}
    for whose, key, unit, sent_at in rows:
        found[whose].append(LoggedOrder(key, unit, sent_at))
    return found


def _callbacks(ids: Sequence[UUID]) -> Mapping[UUID, Sequence[LoggedCallback]]:
    """The callback of each cycle of each complaint."""
    rows = db.session.execute(
        select(Callback.complaint_id, Callback.id, Callback.cycle)
        .where(Callback.complaint_id.in_(ids))
        .order_by(Callback.complaint_id, Callback.cycle)
    )
    found: dict[UUID, list[LoggedCallback]] = {each: [] for each in ids}
    for whose, key, cycle in rows:
        found[whose].append(LoggedCallback(key, cycle))
    return found


def _inside(ids: set[UUID], belongs: Sequence[Condition]) -> frozenset[UUID]:
    if not ids:
        return frozenset()
    query = select(Complaint.id).where(Complaint.id.in_(sorted(ids)), *belongs)
    return frozenset(db.session.scalars(query))


def _with_steps(row: _Row, events: Sequence[CountedEvent]) -> list[LoggedEvent]:
    life = life_of(
        events, unit=row.unit_id, responsible=row.responsible_id, began=row.registered_at
    )
    entered = {stay.place: stay.step for stay in life.stays}
    logged, step = [], ""
    for place, each in enumerate(events):
        step = entered.get(place, step)
        logged.append(LoggedEvent(each, step, place in entered))
    return logged
