"""Who to whom: rows and columns are units, and every cell drills down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from tickets.database import db
from tickets.models import Complaint
from tickets.reports.counting import TOTAL
from tickets.reports.groupings import NOBODY, Key, Title, UnknownRow, unit_names
from tickets.reports.scoped import Within
from tickets.reports.shape import Column, Condition, FactTable, ReportRow, Table
from workflow.words import N_

WHOLE = Column(TOTAL, N_("Total"))


@dataclass(frozen=True)
class Matrix:
    """How often something went from one unit to another in the period."""

    key: str
    title: str
    rows_are: str
    fact: FactTable
    during: Callable[[Within], Sequence[Condition]]
    source: InstrumentedAttribute[UUID | None]
    target: InstrumentedAttribute[UUID | None]
    note: str = ""

    def table(self, within: Within) -> Table:
        pairs = {(row[0], row[1]): row[2] for row in db.session.execute(self._counts(within))}
        names = unit_names({each for pair in pairs for each in pair})
        sources = _in_order({source for source, _ in pairs}, names)
        targets = _in_order({target for _, target in pairs}, names)
        columns = [Column(_written(each), names.get(each, "")) for each in targets]
        rows = [
            _row(
                _written(source),
                names.get(source, ""),
                {_written(to): pairs.get((source, to), 0) for to in targets},
            )
            for source in sources
        ]
        sums = {
            _written(to): sum(pairs.get((source, to), 0) for source in sources) for to in targets
        }
        total = _row(TOTAL, "", sums, total=True)
        return Table(
            self.key, self.title, [*columns, WHOLE], [*rows, total], self.rows_are, self.note
        )

    def drill(self, within: Within, row: str, column: str) -> Condition | None:
        belongs = self._belongs(within)
        if row != TOTAL:
            belongs.append(_is(self.source, row))
        if column != TOTAL:
            belongs.append(_is(self.target, column))
        return Complaint.id.in_(select(self.fact.complaint_id).where(*belongs))

    def _counts(self, within: Within) -> Select[UUID | None, UUID | None, int]:
        counted = select(self.source, self.target, func.count()).where(*self._belongs(within))
        return counted.group_by(self.source, self.target)

    def _belongs(self, within: Within) -> list[Condition]:
        return [*within.of(self.fact), *self.during(within)]


def _in_order(units: set[UUID | None], names: Mapping[Key, Title]) -> list[UUID | None]:
    return sorted(units, key=lambda each: (each is None, str(names.get(each, ""))))


def _row(key: str, title: Title, values: dict[str, int], *, total: bool = False) -> ReportRow:
    whole = {**values, TOTAL: sum(values.values())}
    cells = frozenset(name for name, value in whole.items() if value)
    return ReportRow(key, title, whole, cells, total=total)


def _written(unit: UUID | None) -> str:
    return unit.hex if unit is not None else NOBODY


def _is(column: InstrumentedAttribute[UUID | None], written: str) -> Condition:
    if written == NOBODY:
        return column.is_(None)
    try:
        return column == UUID(written)
    except ValueError:
        raise UnknownRow(written) from None
