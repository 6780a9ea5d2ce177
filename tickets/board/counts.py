"""The board: what is open, by unit, counted in a bounded number of queries.

One way of counting for two kinds of boards: that of a subtree counts complaints where they belong
(`board_cells`), that of a department the work orders that it holds (`order_cells`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, null, or_, select

from tickets.board.cells import COMPLAINTS, BoardSheet, Cell, Moment
from tickets.database import db
from tickets.models import Complaint, Person, Unit
from tickets.queues.conditions import Condition
from tickets.visibility import overseen_paths

Counts = dict[UUID | None, dict[str, int]]
"""By unit, or by None for all of them together."""
Oldest = dict[UUID | None, datetime]


@dataclass(frozen=True)
class BoardLine:
    """One unit, with everything below it where a board is one of a subtree."""

    unit: Unit
    depth: int
    counts: Mapping[str, int]
    oldest: datetime | None
    has_below: bool


@dataclass(frozen=True)
class Board:
    """The whole, and its parts: of a subtree all that hold anything, of departments each."""

    moment: Moment
    whole: Mapping[str, int]
    oldest: datetime | None
    lines: Sequence[BoardLine]


def units_of(person: Person, unit_path: str = "") -> Sequence[Unit]:
    """The units whose complaints the person oversees, within that subtree, from above."""
    paths = overseen_paths(person)
    if not paths:
        return []
    below = or_(*(Unit.path.startswith(path) for path in paths))
    query = select(Unit).where(below, Unit.path.startswith(unit_path)).order_by(Unit.path)
    return db.session.scalars(query).all()


def board_of(units: Sequence[Unit], moment: Moment, sheet: BoardSheet = COMPLAINTS) -> Board:
    """Count every cell of the sheet for these units."""
    within = within_units(units, sheet)
    counts, oldest = _counts(sheet, within, moment)
    if sheet.nested:
        lines = [_subtree(unit, units, sheet, counts, oldest) for unit in units]
        lines = [line for line in lines if line.counts[sheet.whole.name]]
    else:
        lines = [_alone(unit, sheet, counts, oldest) for unit in units]
    return Board(
        moment,
        _whole(units, sheet, counts, moment),
        min(oldest.values(), default=None),
        lines,
    )


def within_units(units: Sequence[Unit], sheet: BoardSheet = COMPLAINTS) -> Condition:
    """The condition that a row of the sheet is one of these units'."""
    found: Condition = sheet.unit.in_(sorted(unit.id for unit in units))
    return found


def behind(
    cell: Cell, units: Sequence[Unit], moment: Moment, sheet: BoardSheet = COMPLAINTS
) -> Condition:
    """The complaints behind one number."""
    belongs = and_(within_units(units, sheet), sheet.condition(cell, moment))
    if sheet is COMPLAINTS:
        return belongs
    return Complaint.id.in_(sheet.rows(select(sheet.complaint)).where(belongs))


def _whole(
    units: Sequence[Unit], sheet: BoardSheet, counts: Counts, moment: Moment
) -> Mapping[str, int]:
    """All units together; what several departments hold is counted once."""
    if sheet.nested or len(units) < 2:
        return _sum(sheet, counts.values())
    once, _oldest = _counts(sheet, within_units(units, sheet), moment, together=True)
    return _sum(sheet, once.values())


def _counts(
    sheet: BoardSheet, within: Condition, moment: Moment, *, together: bool = False
) -> tuple[Counts, Oldest]:
    """Every cell by unit, or of all units together; those that need nothing but the row itself,
    and the oldest, in one query."""
    plain = [cell for cell in sheet.cells if cell.plain]
    counted = [sheet.count().filter(each.condition(moment)).label(each.name) for each in plain]
    columns = [
        func.min(sheet.since).label("oldest"),
        sheet.count().label(sheet.whole.name),
        *counted,
    ]
    counts: Counts = {}
    oldest: Oldest = {}
    for row in _rows(sheet, sheet.whole, within, moment, columns, together):
        counts[row.key] = {cell.name: row._mapping[cell.name] for cell in (sheet.whole, *plain)}
        if row.oldest is not None:
            oldest[row.key] = row.oldest
    for cell in sheet.cells:
        if not cell.plain:
            for row in _rows(sheet, cell, within, moment, [sheet.count().label("of_it")], together):
                counts.setdefault(row.key, {})[cell.name] = row.of_it
    return counts, oldest


def _rows(
    sheet: BoardSheet,
    cell: Cell,
    within: Condition,
    moment: Moment,
    columns: Sequence[ColumnElement[Any]],
    together: bool,
) -> Sequence[Any]:
    key: Any = null() if together else sheet.unit
    query = sheet.rows(select(key.label("key"), *columns))
    query = query.where(within, sheet.condition(cell, moment))
    return db.session.execute(query if together else query.group_by(sheet.unit)).all()


def _alone(unit: Unit, sheet: BoardSheet, counts: Counts, oldest: Oldest) -> BoardLine:
    return BoardLine(unit, 0, _sum(sheet, [counts.get(unit.id, {})]), oldest.get(unit.id), False)


def _subtree(
    unit: Unit, units: Sequence[Unit], sheet: BoardSheet, counts: Counts, oldest: Oldest
) -> BoardLine:
    below = [each for each in units if each.path.startswith(unit.path)]
    shallowest = min(each.path.count("/") for each in units)
    return BoardLine(
        unit,
        unit.path.count("/") - shallowest,
        _sum(sheet, (counts.get(each.id, {}) for each in below)),
        min((oldest[each.id] for each in below if each.id in oldest), default=None),
        len(below) > 1,
    )


def _sum(sheet: BoardSheet, parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = dict.fromkeys(sheet.by_name, 0)
    for part in parts:
        for name, count in part.items():
            total[name] += count
    return total
