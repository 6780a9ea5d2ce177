"""What a report is made of: the question, the tables that answer it, the way to their complaints.

A report knows its scope and answers tables; pages, files and mails show the same tables, so they
cannot differ (REP-02). Every number that counts complaints carries the cell that drills down.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement

from tickets.models import (
    ClockFact,
    ComplaintFact,
    HappenedFact,
    HeldFact,
    PathFact,
    Person,
    QualitySample,
    StayFact,
)

Condition = ColumnElement[bool]
FactTable = (
    type[ComplaintFact]
    | type[ClockFact]
    | type[HeldFact]
    | type[HappenedFact]
    | type[PathFact]
    | type[StayFact]
    | type[QualitySample]
)
"""What reports count; each row repeats what every report can be narrowed to."""
Figure = int | float | str | None
"""One value of a table; None where there is nothing to divide by."""


@dataclass(frozen=True)
class Period:
    """Whole days in the operator's zone, both ends included; `starts` and `ends` are the instants
    (UTC) of the first day's midnight and of the midnight after the last (REP-04)."""

    first: date
    last: date
    zone: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Scope:
    """Whose complaints, of which period: the reader's reach first of all (S-08).

    `unit_path` narrows to one subtree of today's tree. Empty fields mean everything.
    """

    reader: Person
    period: Period
    now: datetime
    unit_path: str = ""
    categories: frozenset[UUID] = frozenset()
    channel: str = ""
    tier: str = ""


class ColumnKind(StrEnum):
    """What a column's values are, and so how they are written and added up."""

    COUNT = "count"
    SHARE = "share"
    """Between 0 and 1, or None where there is nothing to divide by."""
    SPAN = "span"
    """Whole seconds, or None."""
    NUMBER = "number"
    """A quotient that is no share, as attempts for each closing."""
    MONEY = "money"
    TEXT = "text"


@dataclass(frozen=True)
class Column:
    """One column. `of` are the two columns that it divides: parts add up, quotients never."""

    key: str
    title: str | Mapping[str, str]
    kind: ColumnKind = ColumnKind.COUNT
    of: tuple[str, str] | None = None


@dataclass(frozen=True)
class ReportRow:
    """One row. `key` travels in addresses; `title` is a name as stored, names by language, or
    if `says` is given, a code of that kind, which has a label. `cells` are the columns
    whose number drills down to complaints."""

    key: str
    title: str | Mapping[str, str]
    values: Mapping[str, Figure]
    cells: frozenset[str] = frozenset()
    says: type[StrEnum] | None = None
    total: bool = False


@dataclass(frozen=True)
class Table:
    """One table: rows that add up to its total, if it has one."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[ReportRow]
    rows_are: str = ""
    """What the first column names, as a marked sentence."""
    note: str = ""


class Drawing(StrEnum):
    """How a table may be drawn besides."""

    BARS = "bars"
    STACKED = "stacked"
    LINES = "lines"
    PARETO = "pareto"
    MATRIX = "matrix"


@dataclass(frozen=True)
class Chart:
    """A picture of some columns of one table; the table stands behind it."""

    table: str
    drawing: Drawing
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """How one number is counted, in words that stand up to an audit (REP-03)."""

    term: str
    meaning: str


@dataclass(frozen=True)
class Report:
    """One report: who may open it is the edge's; what it counts and how, is here.

    `tables(scope)` answers all tables for the scope's period. `drill(scope, table, row, column)`
    is the condition on `Complaint` of exactly the complaints behind one number, or None for a
    number that has none.
    """

    name: str
    title: str
    question: str
    group: str
    definitions: Sequence[Definition]
    tables: Callable[[Scope], Sequence[Table]]
    drill: Callable[[Scope, str, str, str], Condition | None]
    charts: Sequence[Chart] = field(default=())
    of_the_moment: bool = False
    """Counts what is open at the period's end (or now), not what happened within it."""
    of_departments: bool = False
    """Counts what the departments did that the reader leads, not what belongs to units that the
    reader oversees; a chosen unit is then one of those departments."""
