"""The board: open complaints of a subtree, by unit, counted in a bounded number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from tickets.board_cells import BY_NAME, CELLS, OPEN, Cell, Moment, condition_of
from tickets.database import db
from tickets.models import Complaint, Person, Unit
from tickets.situations import Condition
from tickets.visibility import overseen_paths


@dataclass(frozen=True)
class Line:
    """One unit with everything below it."""

    unit: Unit
    depth: int
    counts: Mapping[str, int]
    oldest: datetime | None
    has_below: bool


@dataclass(frozen=True)
class Board:
    """The whole subtree, and its parts, one level down or all that hold anything."""

    moment: Moment
    whole: Mapping[str, int]
    oldest: datetime | None
    lines: Sequence[Line]


def units_of(person: Person, unit_path: str = "") -> Sequence[Unit]:
    """The units whose complaints the person oversees, within that subtree, from above."""
    paths = overseen_paths(person)
    if not paths:
        return []
    below = or_(*(Unit.path.startswith(path) for path in paths))
    query = select(Unit).where(below, Unit.path.startswith(unit_path)).order_by(Unit.path)
    return db.session.scalars(query).all()


def board_of(units: Sequence[Unit], moment: Moment) -> Board:
    """Count every cell for these units, each with what lies below it."""
    within = within_units(units)
    counts, oldest = _plain(within, moment)
    for cell in CELLS:
        if not cell.plain:
            for unit_id, count in _counted(cell, within, moment):
                counts.setdefault(unit_id, {})[cell.name] = count
    lines = [line for unit in units if (line := _line(unit, units, counts, oldest)).counts["open"]]
    return Board(
        moment,
        _sum(counts.values()),
        min(oldest.values(), default=None),
        lines,
    )


def within_units(units: Sequence[Unit]) -> Condition:
    """The condition on `Complaint` that it belongs to one of these units."""
    return Complaint.unit_id.in_(sorted(unit.id for unit in units))


def behind(cell: Cell, units: Sequence[Unit], moment: Moment) -> Condition:
    """The complaints behind one number."""
    return and_(within_units(units), condition_of(cell, moment))


def _plain(
    within: Condition, moment: Moment
) -> tuple[dict[UUID, dict[str, int]], dict[UUID, datetime]]:
    """All cells that need nothing but the complaint's row, and the oldest: one query."""
    plain = [cell for cell in (OPEN, *CELLS) if cell.plain]
    counted = [func.count().filter(cell.condition(moment)).label(cell.name) for cell in plain[1:]]
    rows = db.session.execute(
        select(
            Complaint.unit_id,
            func.min(Complaint.registered_at).label("oldest"),
            func.count().label("open"),
            *counted,
        )
        .where(within, condition_of(OPEN, moment))
        .group_by(Complaint.unit_id)
    ).all()
    counts = {row.unit_id: {cell.name: row._mapping[cell.name] for cell in plain} for row in rows}
    return counts, {row.unit_id: row.oldest for row in rows}


def _counted(cell: Cell, within: Condition, moment: Moment) -> Sequence[tuple[UUID, int]]:
    rows = db.session.execute(
        select(Complaint.unit_id, func.count())
        .where(within, condition_of(cell, moment))
        .group_by(Complaint.unit_id)
    )
    return [(row[0], row[1]) for row in rows]


def _line(
    unit: Unit,
    units: Sequence[Unit],
    counts: Mapping[UUID, Mapping[str, int]],
    oldest: Mapping[UUID, datetime],
) -> Line:
    below = [each for each in units if each.path.startswith(unit.path)]
    shallowest = min(each.path.count("/") for each in units)
    return Line(
        unit,
        unit.path.count("/") - shallowest,
        _sum(counts.get(each.id, {}) for each in below),
        min((oldest[each.id] for each in below if each.id in oldest), default=None),
        len(below) > 1,
    )


def _sum(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = dict.fromkeys(BY_NAME, 0)
    for part in parts:
        for name, count in part.items():
            total[name] += count
    return total
