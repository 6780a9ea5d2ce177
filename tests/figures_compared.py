"""Comparing every number of every report, and the list behind it, with the plain reckoning."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tests.cast import Cast
from tests.plain_figures import Figures, Window, counts
from tests.plain_stories import Story
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts import building
from tickets.models import Category, Complaint, Person, Unit
from tickets.reports.period import between
from tickets.reports.registry import REPORTS
from tickets.reports.regulator import returns
from tickets.reports.shape import Report, ReportRow, Scope, Table
from tickets.visibility import visible_to

OVERSEES = {"he": "company", "zheng": "branch", "north_supervisor": "north"}
ALL_REPORTS = {**REPORTS, **returns.REPORTS}
Cell = tuple[str, str, str, str]
"""Report, table, row, column."""


def count_everything() -> None:
    while ids := building.next_behind():
        building.count(ids)
    db.session.expire_all()


def scope_of(
    reader: Person, first: date, last: date, now: datetime, unit: Unit | None = None
) -> Scope:
    period = between(first, last, operators_zone().key)
    return Scope(reader, period, now, unit_path=unit.path if unit else "")


def window_of(scope: Scope) -> Window:
    period = scope.period
    return Window(period.first, period.last, ZoneInfo(period.zone), scope.now)


def within(scope: Scope, cast: Cast, told: list[Story]) -> Iterator[Story]:
    """The stories that are counted: of the units that the reader oversees, so narrowed."""
    reach = cast.unit(OVERSEES[scope.reader.login]).path
    for story in told:
        about = story.complaint
        if not about.unit.path.startswith(reach) or not about.unit.path.startswith(scope.unit_path):
            continue
        if scope.categories and not scope.categories & set(lineage(about.category)):
            continue
        if scope.channel in ("", about.channel.value) and scope.tier in ("", about.tier):
            yield story


def lineage(category: Category | None) -> Iterator[object]:
    while category is not None:
        yield category.id
        parent = category.parent_id
        category = db.session.get_one(Category, parent) if parent else None


@dataclass
class Comparison:
    """Compares scope after scope, and remembers which columns there are and which said anything."""

    cast: Cast
    told: list[Story]
    dice: random.Random
    compared: int = 0
    lists: int = 0
    columns: set[tuple[str, str, str]] = field(default_factory=set)
    spoke: set[tuple[str, str, str]] = field(default_factory=set)
    drilled: set[tuple[str, str, str]] = field(default_factory=set)
    rows: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def compare(self, scope: Scope, window: Window | None = None, lists: int = 0) -> None:
        """Every number, and that many lists besides one for each column not yet looked into."""
        plain = Figures(within(scope, self.cast, self.told), window or window_of(scope))
        cells: list[Cell] = []
        for report in ALL_REPORTS.values():
            for table in report.tables(scope):
                self.agree(report, table, plain)
                cells += [
                    (report.name, table.key, row.key, column)
                    for row in table.rows
                    for column in sorted(row.cells)
                ]
        if lists:
            for cell in self.chosen(cells, lists):
                self.agree_on_list(scope, cell, plain)

    def agree(self, report: Report, table: Table, plain: Figures) -> None:
        wanted = plain.table(report.name, table.key)
        where = f"{report.name}/{table.key}"
        assert {row.key for row in table.rows} == {*wanted, "total"}, where
        known = {column.key for column in table.columns}
        assert {column for row in wanted.values() for column in row} <= known, where
        for row in table.rows:
            self.agree_on_row(report, table, row, wanted.get(row.key, {}))

    def agree_on_row(
        self, report: Report, table: Table, row: ReportRow, wanted: dict[str, float | None]
    ) -> None:
        self.rows[report.name, table.key, row.key] += 1
        for column in table.columns:
            nothing = None if column.of else 0
            value, own = row.values[column.key], wanted.get(column.key, nothing)
            assert value == own, f"{report.name}/{table.key}/{row.key}/{column.key}"
            self.compared += 1
            if table.rows_are != "" or report.name != "returns":
                self.columns.add((report.name, table.key, column.key))
            if value:
                self.spoke.add((report.name, table.key, column.key))
        leading = {
            column for column, number in wanted.items() if number and counts(report.name, column)
        }
        quotients = {column.key for column in table.columns if column.of}
        assert row.cells == leading - quotients, f"{report.name}/{table.key}/{row.key} leads on"

    def chosen(self, cells: list[Cell], lists: int) -> list[Cell]:
        """One of each column that was not looked into yet, and some more."""
        self.dice.shuffle(cells)
        new = {column_of(cell): cell for cell in cells if column_of(cell) not in self.drilled}
        self.drilled |= set(new)
        return [*new.values(), *cells[:lists]]

    def agree_on_list(self, scope: Scope, cell: Cell, plain: Figures) -> None:
        """The list behind a number holds exactly its complaints, each once, all visible."""
        report, table, row, column = cell
        condition = ALL_REPORTS[report].drill(scope, table, row, column)
        assert condition is not None, cell
        seen = visible_to(scope.reader)
        query = select(Complaint.id).where(condition, seen)
        found = list(db.session.scalars(query))
        assert len(found) == len(set(found)), f"{cell}: a complaint is listed twice"
        assert set(found) == plain.complaints(report, table, row, column), cell
        self.lists += 1

    def silent(self) -> set[tuple[str, str, str]]:
        """The columns that were nought in every row of every period."""
        return self.columns - self.spoke


def column_of(cell: Cell) -> tuple[str, str, str]:
    return cell[0], cell[1], cell[3]


DAY = timedelta(days=1)
