"""Counting the tables of a report together: a year of facts is read once, not once for each table.

Tables that count the same facts of the same period share one query. Inside, the facts are grouped
by everything that any of the tables groups by (the cube), which leaves a few thousand rows of
millions; outside, each table folds those rows to its own key. The cube is what costs, and the
database may spread it over its workers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, cast, func, literal, null, select, union_all

from tickets.database import db
from tickets.reports.groupings import Grouping
from tickets.reports.scoped import Within
from tickets.reports.shape import Condition

WHICH, ROW_KEY = "which", "row_key"


@dataclass(frozen=True)
class Aggregate:
    """One counted expression, and how parts of it make a whole."""

    expression: ColumnElement[Any]
    fold: Any


class Countable(Protocol):
    """What the cube needs to know of a table."""

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
        cube = (
            select(
                *(key.label(f"k{place}") for place, key in enumerate(self.keys)),
                *(each.expression.label(f"m{place}") for place, each in enumerate(self.counted)),
            )
            .where(*self.tables[0].belongs(self.within))
            .group_by(*self.keys)
            .cte("cube")
        )
        return union_all(*self._branches(cube.c))

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
