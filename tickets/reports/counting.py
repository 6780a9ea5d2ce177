"""Counting by a table of specifications: what is counted, by what, and so where it drills to.

A number and the list behind it come from the same conditions, so they cannot differ (REP-02).
Tables of a report that count the same facts of the same period are read together, see `cube`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, Function, SQLColumnExpression, and_, func, select, true

from tickets.models import Complaint
from tickets.reports.cube import Aggregate, Found, count_together
from tickets.reports.groupings import Grouping, Key
from tickets.reports.scoped import Within
from tickets.reports.shape import (
    Column,
    ColumnKind,
    Condition,
    FactTable,
    Figure,
    ReportRow,
    Scope,
    Table,
)

TOTAL = "total"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Measure:
    """One counted column: the rows that fulfil `where`, or the sum of `value` over them, or how
    long ago the earliest `since` lies."""

    column: Column
    where: SQLColumnExpression[bool] | None = None
    value: SQLColumnExpression[int | None] | None = None
    since: SQLColumnExpression[datetime] | None = None

    @property
    def counts(self) -> bool:
        """Whether its number is one of rows, behind which complaints stand."""
        return self.value is None and self.since is None

    def condition(self) -> SQLColumnExpression[bool]:
        return self.where if self.where is not None else true()

    def aggregate(self, only: Condition | None) -> Aggregate:
        """What is counted of the table's rows, and how parts of it make a whole."""
        conditions = [each for each in (self.where, only) if each is not None]

        def those(counted: Function[Value]) -> ColumnElement[Value]:
            return counted.filter(and_(*conditions)) if conditions else counted

        if self.value is not None:
            total = those(func.sum(self.value))
            return Aggregate(total, func.sum, lambda _sums: total)
        if self.since is not None:
            earliest = those(func.min(self.since))
            return Aggregate(earliest, func.min, lambda _sums: earliest)
        return Aggregate(those(func.count()), func.sum, lambda sums: those(func.sum(sums.n)))

    def read(self, found: Found, moment: datetime) -> int:
        """What the database answered, as a whole number."""
        if isinstance(found, datetime):
            return round((moment - found).total_seconds())
        return int(found or 0)

    def fold(self, values: Iterable[int]) -> int:
        """The total over rows: a sum, or the longest time."""
        return max(values, default=0) if self.since is not None else sum(values)


PRESENCE = Measure(Column("present", ""))


@dataclass(frozen=True)
class Counted:
    """One table: rows of one kind of facts, grouped. `during` says which rows belong to the
    period; `only` narrows them further, apart from it so that tables with the same `during` can
    be read together; `derived` are columns that divide two counted ones."""

    key: str
    title: str
    fact: FactTable
    during: Callable[[Within], Sequence[Condition]]
    by: Grouping
    measures: tuple[Measure, ...]
    derived: tuple[Column, ...] = ()
    note: str = ""
    only: Condition | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*(each.column for each in self.measures), *self.derived)

    def table(self, within: Within) -> Table:
        """The rows in the grouping's order, and a total that they sum to."""
        return self.of(count_together([self], within)[0], within)

    def of(self, found: Mapping[Key, Mapping[str, Found]], within: Within) -> Table:
        """The table of what was found for each key."""
        counts = {key: self._counts(row, within.moment) for key, row in found.items()}
        rows = [
            ReportRow(self.by.written(key), title, *self._values(counts[key]), says=self.by.says)
            for key, title in self.by.in_order(counts)
        ]
        total = ReportRow(TOTAL, "", *self._values(self._sums(counts.values())), total=True)
        return Table(self.key, self.title, self.columns, [*rows, total], self.by.title, self.note)

    def drill(self, within: Within, row: str, column: str) -> Condition | None:
        """The complaints behind one number; None for a number that counts none."""
        measure = next((each for each in self.measures if each.column.key == column), None)
        if measure is None or not measure.counts:
            return None
        belongs = [*self.belongs(within), measure.condition()]
        belongs += [self.only] if self.only is not None else []
        if row != TOTAL:
            belongs.append(self.by.is_row(within, row))
        return Complaint.id.in_(select(self.fact.complaint_id).where(and_(*belongs)))

    def belongs(self, within: Within) -> list[Condition]:
        return [*within.of(self.fact), *self.during(within)]

    def presence(self) -> Aggregate:
        """How many facts a row stands for; a row without any is none."""
        return PRESENCE.aggregate(self.only)

    def aggregates(self) -> Sequence[tuple[str, Aggregate]]:
        return [(each.column.key, each.aggregate(self.only)) for each in self.measures]

    def _counts(self, found: Mapping[str, Found], moment: datetime) -> dict[str, int]:
        return {
            each.column.key: each.read(found[each.column.key], moment) for each in self.measures
        }

    def _sums(self, counts: Collection[Mapping[str, int]]) -> dict[str, int]:
        return {
            each.column.key: each.fold(row[each.column.key] for row in counts)
            for each in self.measures
        }

    def _values(self, counts: Mapping[str, int]) -> tuple[dict[str, Figure], frozenset[str]]:
        """The row's values, those that divide others included, and which of them drill down."""
        values: dict[str, Figure] = {**counts, **dict(self._divided(counts))}
        keys = (each.column.key for each in self.measures if each.counts)
        return values, frozenset(key for key in keys if counts[key])

    def _divided(self, counts: Mapping[str, int]) -> Iterator[tuple[str, float | int | None]]:
        for column in self.derived:
            if column.of is not None:
                part, whole = column.of
                yield column.key, quotient(column, counts[part], counts[whole])


def quotient(column: Column, part: int, whole: int) -> float | int | None:
    """A share, an average span in whole seconds, or a plain number; None without a divisor."""
    if not whole:
        return None
    return round(part / whole) if column.kind is ColumnKind.SPAN else part / whole


class Specified(Protocol):
    """A table that can be counted, and whose numbers drill down."""

    @property
    def key(self) -> str: ...

    def table(self, within: Within) -> Table: ...

    def drill(self, within: Within, row: str, column: str) -> Condition | None: ...


def tables(
    specifications: Sequence[Specified], reach: type[Within] = Within
) -> Callable[[Scope], Sequence[Table]]:
    """What a report of such tables answers for a scope; `reach` says of what a reader is told."""

    def answer(scope: Scope) -> Sequence[Table]:
        within = reach(scope)
        together = _counted_together(specifications, within)
        return [together.get(each.key) or each.table(within) for each in specifications]

    return answer


def _counted_together(specifications: Sequence[Specified], within: Within) -> Mapping[str, Table]:
    """The tables that share their facts and their period with others, each group read once."""
    groups: dict[tuple[FactTable, object], list[Counted]] = {}
    for each in specifications:
        if isinstance(each, Counted):
            groups.setdefault((each.fact, each.during), []).append(each)
    return {
        each.key: each.of(found, within)
        for group in groups.values()
        for each, found in zip(group, count_together(group, within), strict=True)
    }


def drill(
    specifications: Sequence[Specified], reach: type[Within] = Within
) -> Callable[[Scope, str, str, str], Condition | None]:
    """The way from a number of such a report to its complaints."""
    by_key = {each.key: each for each in specifications}

    def condition(scope: Scope, table: str, row: str, column: str) -> Condition | None:
        found = by_key.get(table)
        return found.drill(reach(scope), row, column) if found else None

    return condition
