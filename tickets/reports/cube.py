"""Counting the tables of a report together: a year of facts is read once, not once for each table.

Tables that count the same facts of the same period share one query. Inside, the facts are grouped
by everything that any of the tables groups by (the cube), which leaves a few thousand rows of
millions; outside, each table folds those rows to its own key. The cube is what costs, and the
database may spread it over its workers.
"""

import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    Table,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.visitors import replacement_traverse

from tickets.database import db, table_of
from tickets.facts import months
from tickets.models import ClockMonth, HeldMonth
from tickets.reports.groupings import Grouping, Key
from tickets.reports.scoped import Within
from tickets.reports.shape import Condition, FactTable

Found = int | Decimal | datetime | None
"""What the database answers for one measure of one row."""
Expression = SQLColumnExpression[object]
Grouped = Select[*tuple[object, ...]]
Amount = ColumnElement[int] | ColumnElement[int | None] | ColumnElement[datetime]
"""What is counted, or the earliest moment."""
Sums = type[ClockMonth] | type[HeldMonth]


@dataclass(frozen=True)
class Aggregate:
    """One counted expression, and how parts of it make a whole."""

    expression: Amount
    fold: Callable[[Expression], Expression]
    on_months: Callable[[Sums], Amount]
    """The same of a month's sums, given their table."""


class Countable(Protocol):
    """What the cube needs to know of a table."""

    @property
    def fact(self) -> FactTable: ...

    @property
    def by(self) -> Grouping: ...

    def belongs(self, within: Within) -> list[Condition]: ...

    def presence(self) -> Aggregate: ...

    def aggregates(self) -> Sequence[tuple[str, Aggregate]]: ...


def count_together(
    tables: Sequence[Countable], within: Within
) -> Sequence[Mapping[Key, Mapping[str, Found]]]:
    """For each table what was found: the value of its key → each measure by the key of its
    column. All of them count the same facts of the same period."""
    cube = _Cube(tables, within)
    found: list[dict[Key, dict[str, Found]]] = [{} for _table in tables]
    for row in db.session.execute(cube.query()):
        which = _place_in(row[0])
        values = row[1 + len(tables) :]
        names = cube.names[which]
        key = typing.cast(Key, row[1 + which])
        found[which][key] = {
            name: typing.cast(Found, values[place]) for name, place in names.items()
        }
    return found


def _place_in(value: object) -> int:
    """Which table a row belongs to: what the query itself put there."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no place of a table")
    return value


def _clause(asked: Expression) -> ColumnElement[object]:
    """The column behind a mapped attribute; any other expression is one already."""
    if isinstance(asked, QueryableAttribute):
        return asked.expression
    if not isinstance(asked, ColumnElement):
        raise TypeError(f"{asked!r} is no expression")
    return asked


class Missing(LookupError):
    """The sums of months do not hold this column."""


def _onto(sums: Table, facts: Table) -> Callable[[Expression], ColumnElement[object]]:
    """What puts an expression on facts to the months' columns of the same names."""

    def replace(element: object, **_options: object) -> Column[object] | None:
        # By name: what came from a mapped class is a copy of the table's column.
        if not isinstance(element, Column) or element.table.key != facts.key:
            return None
        if element.name not in sums.c:
            raise Missing(element.name)
        return sums.c[element.name]

    return lambda asked: replacement_traverse(_clause(asked), {}, replace)


class _Cube:
    def __init__(self, tables: Sequence[Countable], within: Within) -> None:
        self.tables, self.within = tables, within
        self.keys = [table.by.key(within) for table in tables]
        self.counted: list[Aggregate] = []
        self.present = [self._place_of(table.presence()) for table in tables]
        self.names = [
            {name: self._place_of(each) for name, each in table.aggregates()} for table in tables
        ]

    def _place_of(self, wanted: Aggregate) -> int:
        """Where this is counted; what two tables count is counted once."""
        for place, known in enumerate(self.counted):
            if known.expression.compare(wanted.expression):
                return place
        self.counted.append(wanted)
        return len(self.counted) - 1

    def query(self) -> CompoundSelect[*tuple[object, ...]]:
        summed = self._of_months()
        rest = [self.within] if summed is None else list(self.within.besides_months())
        parts: list[Grouped] = [self._of_facts(each) for each in rest]
        parts += [] if summed is None else [summed]
        whole = union_all(*parts) if len(parts) > 1 else parts[0]
        cube = whole.cte("cube")
        return union_all(*self._branches(cube))

    def _of_facts(self, within: Within) -> Grouped:
        counted = [each.expression for each in self.counted]
        return self._grouped(self.keys, counted, self.tables[0].belongs(within))

    def _of_months(self) -> Grouped | None:
        """The part that whole months give; None where there are no such sums, or they do not
        hold what is asked for."""
        monthly = months.ALL.get(self.tables[0].fact)
        if monthly is None or not self.within.whole_months:
            return None
        within = self.within.of_months(monthly.sums.month.in_(self.within.whole_months))
        put = _onto(table_of(monthly.sums), table_of(monthly.fact))
        try:
            keys = [put(key) for key in self.keys]
            belongs = [typing.cast(Condition, put(each)) for each in self.tables[0].belongs(within)]
            counted = [put(each.on_months(monthly.sums)) for each in self.counted]
        except Missing:
            return None
        return self._grouped(keys, counted, belongs)

    @staticmethod
    def _grouped(
        keys: Sequence[Expression],
        counted: Sequence[Expression],
        belongs: Sequence[Condition],
    ) -> Grouped:
        return (
            select(
                *(key.label(f"k{place}") for place, key in enumerate(keys)),
                *(each.label(f"m{place}") for place, each in enumerate(counted)),
            )
            .where(*belongs)
            .group_by(*keys)
        )

    def _branches(self, cube: CTE) -> Iterator[Grouped]:
        for which, present in enumerate(self.present):
            folded = [each.fold(cube.c[f"m{place}"]) for place, each in enumerate(self.counted)]
            yield (
                select(literal(which), *self._keys_of(which, cube), *folded)
                .group_by(cube.c[f"k{which}"])
                .having(func.sum(cube.c[f"m{present}"]) > 0)
            )

    def _keys_of(self, which: int, cube: CTE) -> Iterator[ColumnElement[object]]:
        """A column for each table's key, empty in the rows of the others: keys differ in type."""
        for place, key in enumerate(self.keys):
            yield cube.c[f"k{place}"] if place == which else cast(null(), _clause(key).type)
