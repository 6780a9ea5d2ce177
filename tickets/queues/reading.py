"""The queues: everything that waits for somebody, each by name and with exactly its rows.

A queue's count, its panel and its list all come from the same condition, so a number on a page is
always the number of rows behind it (REP-02). Conditions say what belongs; who may see it is added
by `rows_of`, which carries the one visibility condition (SEE-01).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, and_, func, or_, select

from tickets.actors import HANDLING
from tickets.database import db
from tickets.models import Callback, Complaint, Person, WorkOrder
from tickets.queues.conditions import held_by_departments_of
from tickets.queues.shape import MODELS, About, Condition, Queue
from tickets.queues.table import ROWS
from tickets.visibility import visible_to

__all__ = [
    "MODELS",
    "QUEUES",
    "About",
    "Queue",
    "counts",
    "queues_of",
    "rows_of",
    "select_count",
    "select_rows",
]

Queued = Complaint | WorkOrder | Callback
Selected = TypeVar("Selected")

QUEUES = {queue.name: queue for queue in ROWS}
"""Every queue by its name, most urgent first: the order of the panels on My work."""


def rows_of(queue: Queue, person: Person, now: datetime) -> Condition:
    """What belongs to the queue and may be seen; for queries in which `Complaint` is joined."""
    return and_(queue.condition(person, now), _visible(queue, person))


def _visible(queue: Queue, person: Person) -> Condition:
    """The one condition; for orders after the shortest of its ways, which needs no other rows.

    Without that, every count of a department would gather all complaints it ever had.
    """
    if queue.about is not About.ORDER or not person.active:
        return visible_to(person)
    return or_(held_by_departments_of(person), visible_to(person))


def select_rows(queue: Queue, person: Person, now: datetime) -> Select[Queued]:
    """The queue's rows in its own order, joined with their complaints."""
    rows: Select[Queued] = select(MODELS[queue.about])
    return _joined(rows, queue).where(rows_of(queue, person, now)).order_by(*queue.order_by(now))


def select_count(queue: Queue, person: Person, now: datetime) -> Select[int]:
    """How many rows the queue has for this person."""
    counting = select(func.count()).select_from(MODELS[queue.about])
    if queue.about is About.ORDER and queue.roles <= frozenset(HANDLING):
        # A department's orders are seen by being its own, the shortest way of `visible_to`; the
        # other ways would let PostgreSQL read every complaint for the few that are counted.
        return counting.where(queue.condition(person, now), held_by_departments_of(person))
    return _joined(counting, queue).where(rows_of(queue, person, now))


def queues_of(person: Person) -> list[Queue]:
    """The queues that concern this person by any of their roles, most urgent first."""
    return [queue for queue in QUEUES.values() if queue.roles & person.roles]


def counts(queues: Sequence[Queue], person: Person, now: datetime) -> dict[str, int]:
    """The number of rows of each queue, by name: one query for all."""
    if not queues:
        return {}
    columns = [
        select_count(queue, person, now).scalar_subquery().label(queue.name) for queue in queues
    ]
    return dict(db.session.execute(select(*columns)).one()._mapping)


def _joined(query: Select[Selected], queue: Queue) -> Select[Selected]:
    model = MODELS[queue.about]
    if issubclass(model, Complaint):
        return query
    return query.join(Complaint, model.complaint_id == Complaint.id)
