"""My work: the queues of one person with their counts and first rows, in a fixed few queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from tickets.database import db
from tickets.models import Callback, Complaint, Person, WorkOrder
from tickets.queues import reading as queues
from tickets.queues.next_action import NEXT_THINGS, NextThing, rank_of_next
from tickets.queues.reading import MODELS, About, Queue

SHOWN = 5
SHOWN_OF_LAST = 10
"""Rows of the one panel that lists everything one answers for."""
LONGER = frozenset({"mine_next", "raised"})


@dataclass(frozen=True)
class QueueLine:
    """One row of a panel or list: the complaint, and the order or callback it is about."""

    complaint: Complaint
    next_thing: NextThing
    order: WorkOrder | None = None
    callback: Callback | None = None


@dataclass(frozen=True)
class Panel:
    queue: Queue
    count: int
    lines: list[QueueLine] = field(default_factory=list)


def panels_of(person: Person, now: datetime) -> list[Panel]:
    """Every queue that concerns this person, most urgent first, the quiet ones without rows.

    Costs at most five queries: counts, first keys, complaints, orders, callbacks.
    """
    mine = queues.queues_of(person)
    counts = queues.counts(mine, person, now)
    shown = [queue for queue in mine if counts[queue.name] and not queue.quiet]
    keys = _first_keys(shown, person, now)
    found = _load(shown, keys, now)
    return [
        Panel(
            queue,
            counts[queue.name],
            [found[queue.about][key] for key in keys.get(queue.name, ())],
        )
        for queue in mine
    ]


def lines_of(about: About, ids: Sequence[UUID], now: datetime) -> list[QueueLine]:
    """The lines of these rows, in the order of their ids; one query for them all."""
    found = _LOADERS[about](ids, now) if ids else {}
    return [found[each] for each in ids if each in found]


def _first_keys(shown: list[Queue], person: Person, now: datetime) -> dict[str, list[UUID]]:
    """The keys of each queue's first rows, in one query."""
    if not shown:
        return {}
    parts = [_first(queue, person, now) for queue in shown]
    rows = db.session.execute(parts[0] if len(parts) == 1 else union_all(*parts))
    keys: dict[str, list[UUID]] = {}
    for name, key, _place in sorted(rows, key=lambda row: row[2]):
        keys.setdefault(name, []).append(key)
    return keys


def _first(queue: Queue, person: Person, now: datetime) -> Select[str, UUID, int]:
    number = SHOWN_OF_LAST if queue.name in LONGER else SHOWN
    model = MODELS[queue.about]
    first = (
        queues.select_rows(queue, person, now).with_only_columns(model.id).limit(number).subquery()
    )
    # The rows come numbered as the query below sorted them.
    return select(literal(queue.name), first.c.id, func.row_number().over())


def _load(
    shown: list[Queue], keys: Mapping[str, list[UUID]], now: datetime
) -> dict[About, dict[UUID, QueueLine]]:
    wanted: dict[About, list[UUID]] = {about: [] for about in About}
    for queue in shown:
        wanted[queue.about] += keys.get(queue.name, ())
    return {about: _LOADERS[about](ids, now) if ids else {} for about, ids in wanted.items()}


def _complaint_lines(ids: Sequence[UUID], now: datetime) -> dict[UUID, QueueLine]:
    rows = db.session.execute(
        select(Complaint, rank_of_next(now)).where(Complaint.id.in_(ids)).options(*_shown())
    )
    return {complaint.id: QueueLine(complaint, NEXT_THINGS[rank]) for complaint, rank in rows}


def _order_lines(ids: Sequence[UUID], now: datetime) -> dict[UUID, QueueLine]:
    rows = db.session.execute(
        select(WorkOrder, rank_of_next(now))
        .join(Complaint, WorkOrder.complaint_id == Complaint.id)
        .where(WorkOrder.id.in_(ids))
        .options(
            joinedload(WorkOrder.complaint).options(*_shown()),
            joinedload(WorkOrder.unit),
            joinedload(WorkOrder.handler).lazyload(Person.memberships),
        )
    )
    return {order.id: QueueLine(order.complaint, NEXT_THINGS[rank], order) for order, rank in rows}


def _callback_lines(ids: Sequence[UUID], now: datetime) -> dict[UUID, QueueLine]:
    rows = db.session.execute(
        select(Callback, rank_of_next(now))
        .join(Complaint, Callback.complaint_id == Complaint.id)
        .where(Callback.id.in_(ids))
        .options(joinedload(Callback.complaint).options(*_shown()))
    )
    return {
        callback.id: QueueLine(callback.complaint, NEXT_THINGS[rank], callback=callback)
        for callback, rank in rows
    }


def _shown() -> tuple[_AbstractLoad, ...]:
    """What a row shows of its complaint, loaded along with it."""
    return (
        joinedload(Complaint.unit),
        joinedload(Complaint.customer),
        joinedload(Complaint.category),
        joinedload(Complaint.responsible).lazyload(Person.memberships),
    )


_LOADERS = {
    About.COMPLAINT: _complaint_lines,
    About.ORDER: _order_lines,
    About.CALLBACK: _callback_lines,
}
