"""What reports group by: an expression on facts, the names of its values, and their order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import SQLColumnExpression, select

from tickets.database import db
from tickets.models import Category, Cause, Person, Unit
from tickets.reports.scoped import Within
from tickets.reports.shape import Condition
from workflow.words import N_

Title = str | Mapping[str, str]
Key = UUID | str | None
"""What rows are grouped by: the key of something stored, a code, or nothing."""
NOBODY = "-"
"""How an empty key is written in addresses; no code is, while a remedy can be “none”."""


class UnknownRow(LookupError):
    """An address names a row that cannot be."""


@dataclass(frozen=True)
class Grouping:
    """`key(within)` is the expression, `names(keys)` what its values are called. `says` is the
    kind of code that the value is, for its label; none when names are stored. `fixed` is the
    order of codes; otherwise rows stand by name."""

    title: str
    key: Callable[[Within], SQLColumnExpression[object]]
    read: Callable[[str], UUID | str]
    names: Callable[[Collection[Key]], Mapping[Key, Title]] | None = None
    says: type[StrEnum] | None = None
    fixed: Sequence[str] = ()
    most_first: str = ""
    """A counted column: the row that has most of it stands first, as in a Pareto chart."""

    def written(self, value: Key) -> str:
        """The row's key as it travels in addresses."""
        if value is None:
            return NOBODY
        return value.hex if isinstance(value, UUID) else str(getattr(value, "value", value))

    def is_row(self, within: Within, written: str) -> Condition:
        """The condition of the row with this key; UnknownRow when no row can have it."""
        if written == NOBODY:
            return self.key(within).is_(None)
        try:
            return self.key(within) == self.read(written)
        except ValueError:
            raise UnknownRow(written) from None

    def in_order(self, counted: Mapping[Key, Mapping[str, int]]) -> Iterator[tuple[Key, Title]]:
        """Each row's value and title, in the order in which they stand."""
        names = self.names(counted) if self.names else {}
        for value in sorted(counted, key=lambda each: self._rank(each, names, counted)):
            title: Title = names.get(value, "") if self.names else self.written(value)
            yield value, title

    def _rank(
        self, value: Key, names: Mapping[Key, Title], counted: Mapping[Key, Mapping[str, int]]
    ) -> tuple[bool, int, int, str]:
        title = names.get(value, self.written(value))
        name = title if isinstance(title, str) else title.get("zh_Hans") or str(title)
        most = -counted[value][self.most_first] if self.most_first else 0
        place = list[object](self.fixed).index(value) if value in self.fixed else len(self.fixed)
        return value is None, most, place, name


def unit_names(keys: Collection[Key]) -> Mapping[Key, Title]:
    known = [each for each in keys if each is not None]
    rows = db.session.execute(select(Unit.id, Unit.names).where(Unit.id.in_(known)))
    return {row.id: row.names for row in rows}


def category_names(keys: Collection[Key]) -> Mapping[Key, Title]:
    rows = db.session.execute(select(Category.id, Category.names))
    return {row.id: row.names for row in rows if row.id in keys}


def cause_names(keys: Collection[Key]) -> Mapping[Key, Title]:
    rows = db.session.execute(select(Cause.id, Cause.names))
    return {row.id: row.names for row in rows if row.id in keys}


def person_names(keys: Collection[Key]) -> Mapping[Key, Title]:
    known = [each for each in keys if each is not None]
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(known)))
    return {row.id: row.name for row in rows}


Keys = SQLColumnExpression[UUID | None]
Codes = SQLColumnExpression[str | None]


def by_unit(column: Keys, title: str = N_("Unit")) -> Grouping:
    return Grouping(title, lambda _within: column, UUID, unit_names)


def by_person(column: Keys, title: str) -> Grouping:
    return Grouping(title, lambda _within: column, UUID, person_names)


def by_category(column: Keys) -> Grouping:
    return Grouping(N_("Category"), lambda _within: column, UUID, category_names)


def by_code(column: Codes, title: str, says: type[StrEnum], *, most_first: str = "") -> Grouping:
    """By a code whose label is that of `says`."""
    return Grouping(
        title,
        lambda _within: column,
        lambda written: says(written).value,
        says=says,
        fixed=tuple(each.value for each in says),
        most_first=most_first,
    )


def by_cause(column: Keys, *, most_first: str = "") -> Grouping:
    title = N_("Root cause")
    return Grouping(title, lambda _within: column, UUID, cause_names, most_first=most_first)
