"""Lists of complaints: one condition feeds the rows, the total, the pages and the export (REP-02).

Pages are found by key, never by counting rows over: the last page costs what the first one does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from tickets.actors import HANDLING
from tickets.customers.veil import veils_over
from tickets.database import db
from tickets.models import Complaint, Person, Unit
from tickets.visibility import visible_to, ways_to_see, ways_to_see_in_clear
from workflow.words import ENDED, OPEN, Channel, Severity, Status

Selected = TypeVarTuple("Selected")

PAGE = 50
BATCH = 500
"""Rows that an export holds at a time."""
READ_THROUGH = 500
"""Complaints, the latest first, that are read for a department's search for a number."""

STATES: Mapping[str, frozenset[Status]] = {
    "open": OPEN,
    "ended": ENDED,
    "all": frozenset(Status),
}


SortColumn = (
    ColumnElement[datetime]
    | InstrumentedAttribute[datetime]
    | InstrumentedAttribute[int]
    | InstrumentedAttribute[str]
)


@dataclass(frozen=True)
class Sort:
    """A column to sort by, and how its value travels in an address."""

    column: SortColumn
    read: Callable[[str], datetime | int | str]


NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where complaints without a promise, or without a running clock, stand: after all others."""


def _or_never(column: InstrumentedAttribute[datetime | None]) -> ColumnElement[datetime]:
    return func.coalesce(column, literal(NEVER, column.type))


SORTS: Mapping[str, Sort] = {
    "registered": Sort(Complaint.registered_at, datetime.fromisoformat),
    "due": Sort(_or_never(Complaint.due_at), datetime.fromisoformat),
    "promised": Sort(_or_never(Complaint.promised_at), datetime.fromisoformat),
    "level": Sort(Complaint.level, int),
    "tier": Sort(Complaint.tier_rank, int),
    "number": Sort(Complaint.number, str),
}
"""What a list may be sorted by (S-35); a leading minus in the address turns it round."""

DEFAULT_SORT = "-registered"
DEFAULT_SORTS: Mapping[str, str] = {"open": "due"}
"""Open complaints stand by what runs out next; what has ended, by when it came."""


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; everything empty means all that the person may see."""

    statuses: frozenset[Status] = frozenset()
    state: str = "open"
    level: int | None = None
    severity: Severity | None = None
    channel: Channel | None = None
    categories: frozenset[UUID] = frozenset()
    unit_path: str = ""
    responsible_id: UUID | None = None
    tier: str = ""
    since: datetime | None = None
    until: datetime | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    customer_id: UUID | None = None
    words: str = ""
    customers: frozenset[UUID] = frozenset()
    """Customers whom the words name; their complaints are found besides the texts."""
    by_name: frozenset[UUID] = frozenset()
    """Those of them who are called so: a department finds by names, never by numbers (S-08)."""
    read_in: frozenset[UUID] = frozenset()
    """Complaints in which a department reads these words, where they could be of a number."""
    queue: ColumnElement[bool] | None = None


def conditions(filters: Filters, person: Person) -> ColumnElement[bool]:
    """Everything a row of the list fulfils, being visible to the person first of all."""
    return and_(visible_to(person), *_narrowings(filters, person))


def _narrowings(filters: Filters, person: Person) -> Iterator[ColumnElement[bool]]:
    if filters.queue is not None:
        yield filters.queue
    wanted = filters.statuses or STATES[filters.state]
    if wanted != frozenset(Status):
        yield Complaint.status.in_(sorted(wanted))
    for column, value in (
        (Complaint.level, filters.level),
        (Complaint.severity, filters.severity),
        (Complaint.channel, filters.channel),
        (Complaint.responsible_id, filters.responsible_id),
        (Complaint.tier, filters.tier or None),
        (Complaint.customer_id, filters.customer_id),
    ):
        if value is not None:
            yield column == value
    if filters.categories:
        yield Complaint.category_id.in_(filters.categories)
    if filters.unit_path:
        below = select(Unit.id).where(Unit.path.startswith(filters.unit_path))
        yield Complaint.unit_id.in_(below)
    yield from _times(filters)
    if filters.words:
        yield _said(filters, person)


def _times(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.since is not None:
        yield Complaint.registered_at >= filters.since
    if filters.until is not None:
        yield Complaint.registered_at < filters.until
    if filters.due_from is not None:
        yield Complaint.due_at >= filters.due_from
    if filters.due_until is not None:
        yield Complaint.due_at < filters.due_until


def _said(filters: Filters, person: Person) -> ColumnElement[bool]:
    """What the words are found in: the texts and customers that this person may read."""
    text: ColumnElement[bool] = Complaint.description.icontains(filters.words, autoescape=True)
    everything = or_(text, _of_customers(filters.customers))
    if not person.roles & set(HANDLING):
        return everything
    read = Complaint.id.in_(filters.read_in) if may_be_of_a_number(filters.words) else text
    in_clear = or_(*ways_to_see_in_clear(person))
    return or_(and_(in_clear, everything), read, _of_customers(filters.by_name))


def _of_customers(ids: frozenset[UUID]) -> ColumnElement[bool]:
    return Complaint.customer_id.in_(ids) if ids else false()


def may_be_of_a_number(words: str) -> bool:
    """Whether a hit for these words could tell what stands behind a masked number."""
    return "@" in words or any(sign.isdecimal() for sign in words)


def read_as_department(words: str, person: Person) -> frozenset[UUID]:
    """Complaints of this person's departments in whose description they read these words. A hit
    behind a mask is none: else one digit after the other would be found out by searching."""
    if not may_be_of_a_number(words) or not person.roles & set(HANDLING):
        return frozenset()
    rows = db.session.scalars(
        select(Complaint)
        .where(
            visible_to(person),
            not_(or_(*ways_to_see_in_clear(person))),
            Complaint.description.icontains(words, autoescape=True),
        )
        .options(joinedload(Complaint.unit))
        .order_by(Complaint.registered_at.desc(), Complaint.id.desc())
        .limit(READ_THROUGH)
    ).all()
    veils = veils_over(rows, person)
    wanted = words.casefold()
    return frozenset(
        each.id for each in rows if wanted in veils[each.id](each.description).casefold()
    )


@dataclass(frozen=True)
class Turn:
    """Where in the list a page begins: after or before a row's key, or at the end."""

    after: str = ""
    before: str = ""
    last: bool = False

    @property
    def backwards(self) -> bool:
        return bool(self.before) or self.last


@dataclass(frozen=True)
class Page:
    """Some rows of a list, how many there are in all, and the keys of the pages beside it."""

    rows: Sequence[Complaint]
    total: int
    previous: str | None
    next: str | None


def page_of(filters: Filters, person: Person, *, sort: str, turn: Turn) -> Page:
    """One page in three queries at most: the rows, their total, nothing that grows with depth."""
    total = count_of(filters, person)
    rows, more = _rows(filters, person, sort, turn)
    keys = [key_of(row, sort) for row in (rows[:1] + rows[-1:])]
    came_from_before = bool(turn.after) or (turn.backwards and more)
    goes_on = more if not turn.backwards else bool(turn.before)
    return Page(
        rows,
        total,
        previous=keys[0] if keys and came_from_before else None,
        next=keys[-1] if keys and goes_on else None,
    )


def count_of(filters: Filters, person: Person) -> int:
    """How many rows the list has in all: one query.

    Counted way by way, each without what an earlier way has counted: so every count stays within
    one index, while their alternative would read every row of the table.
    """
    narrowed = list(_narrowings(filters, person))
    counts: list[ColumnElement[int]] = []
    counted_already: list[ColumnElement[bool]] = []
    for way in ways_to_see(person):
        new = [way, *(not_(each) for each in counted_already)]
        counts.append(_count(*new, *narrowed))
        counted_already.append(way)
    return db.session.scalar(select(sum(counts[1:], start=counts[0]))) or 0


def _count(*belongs: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(Complaint).where(*belongs).scalar_subquery()


def every_row(filters: Filters, person: Person, *, sort: str) -> Iterator[Complaint]:
    """All pages in the same order, a batch at a time: what an export writes."""
    query = _ordered(_with_names(conditions(filters, person)), sort, backwards=False)
    yield from db.session.scalars(query.execution_options(yield_per=BATCH))


def rows_after(
    filters: Filters, person: Person, *, sort: str, key: str, size: int = BATCH
) -> list[Complaint]:
    """The next rows of `every_row` behind the one with this key, from the first for an empty one:
    what an export that was interrupted goes on with."""
    query = _with_names(conditions(filters, person))
    bound = _bound(key, sort, backwards=False)
    if bound is not None:
        query = query.where(bound)
    return list(db.session.scalars(_ordered(query, sort, backwards=False).limit(size)))


def _rows(filters: Filters, person: Person, sort: str, turn: Turn) -> tuple[list[Complaint], bool]:
    """The rows in the list's order, and whether there are more beyond them."""
    of_page = _keys(filters, person, sort, turn)
    query = _with_names(Complaint.id.in_(of_page))
    found = list(db.session.scalars(_ordered(query, sort, backwards=turn.backwards)))
    rows, more = found[:PAGE], len(found) > PAGE
    return (rows[::-1] if turn.backwards else rows), more


def _keys(filters: Filters, person: Person, sort: str, turn: Turn) -> Select[UUID]:
    """The ids of the page's rows and of one more.

    Each way of seeing brings its own first rows, found in its own index; the first of those are
    the page. Asked for all ways at once, PostgreSQL reads the whole list to find somebody's few.
    Only the rows of the page are then read in full and joined.
    """
    column = SORTS[sort.removeprefix("-")].column
    bound = _bound(turn.after or turn.before, sort, backwards=turn.backwards)
    narrowed = [*_narrowings(filters, person), *([bound] if bound is not None else [])]
    firsts = (
        _ordered(
            select(Complaint.id.label("id"), column.label("key")).where(way, *narrowed),
            sort,
            backwards=turn.backwards,
        ).limit(PAGE + 1)
        for way in ways_to_see(person)
    )
    of_any = union(*(select(first.subquery()) for first in firsts)).subquery()
    by = (of_any.c.key, of_any.c.id)
    falling = sort.startswith("-") != turn.backwards
    in_order = select(of_any.c.id).order_by(*(each.desc() if falling else each for each in by))
    return in_order.limit(PAGE + 1)


def _with_names(belongs: ColumnElement[bool]) -> Select[Complaint]:
    return (
        select(Complaint)
        .where(belongs)
        .options(
            joinedload(Complaint.unit),
            joinedload(Complaint.responsible).lazyload(Person.memberships),
            joinedload(Complaint.customer),
            joinedload(Complaint.category),
        )
    )


def _ordered(query: Select[*Selected], sort: str, *, backwards: bool) -> Select[*Selected]:
    column = SORTS[sort.removeprefix("-")].column
    falling = sort.startswith("-") != backwards
    if falling:
        return query.order_by(column.desc(), Complaint.id.desc())
    return query.order_by(column, Complaint.id)


def _bound(key: str, sort: str, *, backwards: bool) -> ColumnElement[bool] | None:
    read = _read_key(key, sort)
    if read is None:
        return None
    column = SORTS[sort.removeprefix("-")].column
    here = tuple_(column, Complaint.id)
    there = tuple_(literal(read[0], column.type), literal(read[1], Complaint.id.type))
    falling = sort.startswith("-") != backwards
    return here < there if falling else here > there


def key_of(row: Complaint, sort: str) -> str:
    """Where this row stands in the order, as it travels in an address."""
    value = _value(row, sort.removeprefix("-"))
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"{text}~{row.id.hex}"


def _value(row: Complaint, name: str) -> datetime | int | str:
    values: Mapping[str, datetime | int | str] = {
        "registered": row.registered_at,
        "due": row.due_at or NEVER,
        "promised": row.promised_at or NEVER,
        "level": row.level,
        "tier": row.tier_rank,
        "number": row.number,
    }
    return values[name]


def _read_key(key: str, sort: str) -> tuple[object, UUID] | None:
    """What the key says; what nobody here wrote says nothing."""
    text, _, row_id = key.partition("~")
    try:
        return SORTS[sort.removeprefix("-")].read(text), UUID(row_id)
    except ValueError:
        return None
