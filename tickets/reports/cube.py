"""Counting the tables of a report together: a year of facts is read once, not once for each table.

Tables that count the same facts of the same period share one query. Inside, the facts are grouped
by everything that any of the tables groups by (the cube), which leaves a few thousand rows of
millions; outside, each table folds those rows to its own key. The cube is what costs, and the
database may spread it over its workers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.sql.visitors import replacement_traverse

from tickets.database import db, table_of
from tickets.facts import months
from tickets.reports.groupings import Grouping
from tickets.reports.scoped import Within
from tickets.reports.shape import Condition

WHICH, ROW_KEY = "which", "row_key"


@dataclass(frozen=True)
class Aggregate:
    """One counted expression, and how parts of it make a whole."""

    expression: ColumnElement[Any]
    fold: Any
    on_months: Callable[[Any], ColumnElement[Any]]
    """The same of a month's sums, given their table."""


class Countable(Protocol):
    """What the cube needs to know of a table."""

    @property
    def fact(self) -> Any: ...

    @property
    def by(self) -> Grouping: ...

    def belongs(self, within: Within) -> list[Condition]: ...

    def presence(self) -> Aggregate: ...

    def aggregates(self) -> Sequence[tuple[str, Aggregate]]: ...


def count_together(
    tables: Sequence[Countable], within: Within
) -> Sequence[Mapping[Any, Mapping[str, Any]]]:
    """For each table what was found: the value of its key → each measure by the key of its
    column. All of them count the same facts of the same period."""
    cube = _Cube(tables, within)
    found: list[dict[Any, dict[str, Any]]] = [{} for _table in tables]
    for row in db.session.execute(cube.query()):
        which = row[0]
        values = row[1 + len(tables) :]
        names = cube.names[which]
        found[which][row[1 + which]] = {name: values[place] for name, place in names.items()}
    return found


class Missing(LookupError):
    """The sums of months do not hold this column."""


def _onto(sums: Table, facts: Table) -> Callable[[Any], Any]:
    """What puts an expression on facts to the months' columns of the same names."""

    def replace(element: Any, **_options: Any) -> Any:
        # By name: what came from a mapped class is a copy of the table's column.
        if not isinstance(element, Column) or element.table.key != facts.key:
            return None
        if element.name not in sums.c:
            raise Missing(element.name)
        return sums.c[element.name]

    return lambda asked: replacement_traverse(asked.expression, {}, replace)


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

    def query(self) -> Any:
        summed = self._of_months()
        rest = [self.within] if summed is None else list(self.within.besides_months())
        parts: list[Any] = [self._of_facts(each) for each in rest]
        parts += [] if summed is None else [summed]
        cube: Any = union_all(*parts) if len(parts) > 1 else parts[0]
        cube = cube.cte("cube")
        return union_all(*self._branches(cube.c))

    def _of_facts(self, within: Within) -> Any:
        counted = [each.expression for each in self.counted]
        return self._grouped(self.keys, counted, self.tables[0].belongs(within))

    def _of_months(self) -> Any:
        """The part that whole months give; None where there are no such sums, or they do not
        hold what is asked for."""
        monthly = months.ALL.get(self.tables[0].fact)
        if monthly is None or not self.within.whole_months:
            return None
        within = self.within.of_months(monthly.sums.month.in_(self.within.whole_months))
        put = _onto(table_of(monthly.sums), table_of(monthly.fact))
        try:
            keys = [put(key) for key in self.keys]
            belongs = [put(each) for each in self.tables[0].belongs(within)]
            counted = [put(each.on_months(monthly.sums)) for each in self.counted]
        except Missing:
            return None
        return self._grouped(keys, counted, belongs)

    @staticmethod
    def _grouped(keys: Sequence[Any], counted: Sequence[Any], belongs: Sequence[Any]) -> Any:
        return (
            select(
                *(key.label(f"k{place}") for place, key in enumerate(keys)),
                *(each.label(f"m{place}") for place, each in enumerate(counted)),
            )
            .where(*belongs)
            .group_by(*keys)
        )

    def _branches(self, cube: Any) -> Iterator[Any]:
        for which, present in enumerate(self.present):
            folded = [each.fold(cube[f"m{place}"]) for place, each in enumerate(self.counted)]
            yield (
                select(literal(which), *self._keys_of(which, cube), *folded)
                .group_by(cube[f"k{which}"])
                .having(func.sum(cube[f"m{present}"]) > 0)
            )

    def _keys_of(self, which: int, cube: Any) -> Iterator[ColumnElement[Any]]:
        """A column for each table's key, empty in the rows of the others: keys differ in type."""
        for place, key in enumerate(self.keys):
            yield cube[f"k{place}"] if place == which else cast(null(), key.type)
