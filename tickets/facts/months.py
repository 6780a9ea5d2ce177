"""Whole months of facts summed up, and kept true when a fact of the past changes.

A month is summed once, when it is over. From then on whoever remakes the facts of a complaint
says what went and what came instead, and the sums of that month change by the difference, in the
same transaction. Both take one lock, so that neither misses the other.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Column, bindparam, delete, func, insert, select, update

from tickets.config import operators_zone
from tickets.database import Model, db, table_of
from tickets.models import ClockFact, ClockMonth, CountedMonth, HeldFact, HeldMonth


def midnight(day: date, zone: str) -> datetime:
    """The instant at which this day begins in the zone, in UTC."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


LOCK = 0
"""The month that never was: its row is there to be locked."""
AT_ONCE = 1_000
"""Sums that are written by one statement."""
TOLD = ("unit_id", "category_id", "channel", "tier")
UNTOUCHED = {"synchronize_session": False}


@dataclass(frozen=True)
class Monthly:
    """Which facts are summed, in which table, by which moment, apart by what; `totals` are added
    up besides their number."""

    fact: type[ClockFact] | type[HeldFact]
    sums: type[ClockMonth] | type[HeldMonth]
    at: str
    by: tuple[str, ...]
    totals: tuple[str, ...] = ()

    @property
    def moment(self) -> Column[datetime]:
        return table_of(self.fact).c[self.at]

    @property
    def columns(self) -> tuple[Column[object], ...]:
        """What of a fact goes into the sums: its moment, what it is about, what is added up."""
        return tuple(table_of(self.fact).c[name] for name in (self.at, *self.by, *self.totals))


ALL: Mapping[type[Model], Monthly] = {
    each.fact: each
    for each in (
        Monthly(ClockFact, ClockMonth, "certain_at", ("kind", "met", "department_id", *TOLD)),
        Monthly(HeldFact, HeldMonth, "ended_at", ("holder", "holder_id", *TOLD), ("seconds",)),
    )
}


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def begins(month: int, zone: str) -> datetime:
    """The instant at which the month begins in the zone, in UTC."""
    return midnight(first_day(month), zone)


def counted(zone: str) -> frozenset[int]:
    """The months whose sums are there for this zone."""
    return frozenset(
        db.session.scalars(select(CountedMonth.month).where(CountedMonth.zone == zone))
    )


def lock() -> None:
    """From here on until the commit nobody else changes sums."""
    db.session.execute(
        select(CountedMonth.month).where(CountedMonth.month == LOCK).with_for_update()
    )


def forget() -> None:
    """All sums go; they come back month by month. The caller commits."""
    lock()
    for each in ALL.values():
        db.session.execute(delete(each.sums), execution_options=UNTOUCHED)
    db.session.execute(
        delete(CountedMonth).where(CountedMonth.month != LOCK), execution_options=UNTOUCHED
    )


def next_uncounted(now: datetime) -> int | None:
    """The latest month that is over and not summed; None when all are that have facts."""
    zone = operators_zone()
    known, month = counted(zone.key), month_of(now.astimezone(zone).date()) - 1
    earliest = [db.session.scalar(select(func.min(each.moment))) for each in ALL.values()]
    first = min((month_of(each.astimezone(zone).date()) for each in earliest if each), default=None)
    while first is not None and month >= first:
        if month not in known:
            return month
        month -= 1
    return None


def count(month: int, now: datetime) -> None:
    """Sum one month up from its facts; the caller commits."""
    lock()
    zone = operators_zone().key
    starts, ends = begins(month, zone), begins(month + 1, zone)
    for each in ALL.values():
        db.session.execute(
            delete(each.sums).where(each.sums.month == month), execution_options=UNTOUCHED
        )
        by = [getattr(each.fact, name) for name in each.by]
        totals = [func.sum(getattr(each.fact, name)) for name in each.totals]
        found = db.session.execute(
            select(func.count(), *totals, *by)
            .where(each.moment >= starts, each.moment < ends)
            .group_by(*by)
        )
        amounts = 1 + len(each.totals)
        rows = [
            _row(each, (month, *row[amounts:]), [int(value or 0) for value in row[:amounts]])
            for row in found
        ]
        for some in _in_parts(rows):
            db.session.execute(insert(each.sums), some)
    db.session.merge(CountedMonth(month=month, zone=zone, counted_at=now))


class Changes:
    """What a batch of remade facts changes in months that were summed already."""

    def __init__(self) -> None:
        self._zone: ZoneInfo = operators_zone()
        self._known = counted(self._zone.key)
        self._changed: dict[Monthly, dict[tuple[object, ...], Counter[str]]] = {
            each: defaultdict(Counter) for each in ALL.values()
        }

    def went(self, monthly: Monthly, rows: Iterable[Mapping[str, object]]) -> None:
        self._add(monthly, rows, -1)

    def came(self, monthly: Monthly, rows: Iterable[Mapping[str, object]]) -> None:
        self._add(monthly, rows, 1)

    def _add(self, monthly: Monthly, rows: Iterable[Mapping[str, object]], sign: int) -> None:
        for row in rows:
            at = row[monthly.at]
            if not isinstance(at, datetime):
                continue  # not certain yet
            month = month_of(at.astimezone(self._zone).date())
            if month not in self._known:
                continue
            amounts = self._changed[monthly][(month, *(row[name] for name in monthly.by))]
            amounts["n"] += sign
            for name in monthly.totals:
                amount = row[name]
                amounts[name] += sign * (amount if isinstance(amount, int) else 0)

    def store(self) -> None:
        """Change the sums by the difference; the caller holds the lock and commits."""
        for monthly, changed in self._changed.items():
            rows = [
                _row(monthly, about, [amounts[name] for name in ("n", *monthly.totals)])
                for about, amounts in changed.items()
                if any(amounts.values())
            ]
            for some in _in_parts(rows):
                _change(monthly, some)


def _change(monthly: Monthly, rows: Sequence[dict[str, object]]) -> None:
    table, names = table_of(monthly.sums), ("n", *monthly.totals)
    keys = [row["id"] for row in rows]
    there = set(db.session.scalars(select(table.c.id).where(table.c.id.in_(keys))))
    more = [{f"key_{key}": value for key, value in row.items()} for row in rows]
    connection = db.session.connection()
    if there:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("key_id"))
            .values({name: table.c[name] + bindparam(f"key_{name}") for name in names}),
            [
                {f"key_{name}": row[f"key_{name}"] for name in ("id", *names)}
                for row in more
                if row["key_id"] in there
            ],
        )
    if new := [row for row in rows if row["id"] not in there]:
        connection.execute(insert(table), new)
    connection.execute(delete(table).where(table.c.id.in_(keys), table.c.n == 0))


def _row(monthly: Monthly, about: tuple[object, ...], amounts: Sequence[int]) -> dict[str, object]:
    """A sum as it is stored. `about` is its month and what it is apart by."""
    written = "|".join(str(getattr(each, "value", each)) for each in about)
    digest = hashlib.sha256(written.encode()).digest()
    return {
        "id": UUID(bytes=digest[:16]),
        **dict(zip(("month", *monthly.by), about, strict=True)),
        **dict(zip(("n", *monthly.totals), amounts, strict=True)),
    }


def _in_parts(rows: Sequence[dict[str, object]]) -> Iterator[Sequence[dict[str, object]]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
