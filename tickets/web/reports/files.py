"""A report as CSV and as a workbook: the same rows, what they are about, and how they count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from tickets.models import FileFormat
from tickets.reports.shape import Column, ColumnKind, Report, ReportRow, Scope, Table
from tickets.web.files import books
from tickets.web.files.books import MEDIA_TYPES
from tickets.web.reports.asked import earlier
from tickets.web.reports.words import (
    by_row,
    difference,
    raw,
    scope_lines,
    standing,
    title_of_column,
    title_of_row,
    unit_of,
)
from tickets.web.shell.moments import stamp

__all__ = ["MEDIA_TYPES", "about", "sheets", "written"]


@dataclass(frozen=True)
class ComparedTable:
    """A table and, for each of its rows, the same row of the period before, if there was one."""

    table: Table
    before: Sequence[ReportRow | None]


def compared(report: Report, scope: Scope) -> Iterator[ComparedTable]:
    """The tables of the page, with what stands there in small beside the figures."""
    before = by_row(report.tables(earlier(scope)))
    for table in report.tables(scope):
        yield ComparedTable(table, [before.get((table.key, row.key)) for row in table.rows])


def about(report: Report, scope: Scope) -> Iterator[tuple[str, str]]:
    """What the figures are of: name, days, zone, when they were counted, how (REP-03, REP-04)."""
    period, past = scope.period, earlier(scope)
    yield gettext("Report"), gettext(report.title)
    yield gettext("Period"), f"{period.first} – {period.last}"
    yield gettext("The period before"), f"{past.period.first} – {past.period.last}"
    yield gettext("Time zone"), period.zone
    yield from scope_lines(scope, report)
    yield gettext("Counted at"), stamp(scope.now, "exact")
    yield gettext("Counted for"), scope.reader.name
    for each in report.definitions:
        yield gettext(each.term), gettext(each.meaning)
    yield from standing(report)


def sheets(report: Report, scope: Scope) -> Iterator[books.FileSheet]:
    """The tables of the page, each with its lines."""
    for each in compared(report, scope):
        yield books.FileSheet(gettext(each.table.title), headings(each.table), rows(each))


def written(report: Report, scope: Scope, format: FileFormat) -> bytes:
    """The report as a file of this kind, in the language of the moment."""
    return books.written(about(report, scope), sheets(report, scope), format)


def headings(table: Table) -> list[str]:
    """The first line; a column whose figures have a unit says which. Each figure is followed by
    that of the period before and by the change, as on the page."""
    first = gettext(table.rows_are) if table.rows_are else ""
    return [first, *(name for column in table.columns for name in _headings_of(column))]


def _headings_of(column: Column) -> Iterator[str]:
    title, unit = title_of_column(column), unit_of(column)
    yield f"{title} ({unit})" if unit else title
    if column.kind is ColumnKind.TEXT:
        return
    yield gettext("%(figure)s: the period before", figure=title)
    yield gettext("%(figure)s: change", figure=title)


def rows(what: ComparedTable) -> Iterator[list[books.Cell]]:
    """The lines below it, exactly those of the page; figures as numbers."""
    for row, before in zip(what.table.rows, what.before, strict=True):
        cells = (cell for column in what.table.columns for cell in _cells(column, row, before))
        yield [title_of_row(row), *cells]


def _cells(column: Column, row: ReportRow, before: ReportRow | None) -> Iterator[books.Cell]:
    value = row.values.get(column.key)
    if column.kind is ColumnKind.TEXT:
        yield str(value or "")
        return
    was = before.values.get(column.key) if before else None
    yield raw(column, value)
    yield raw(column, was)
    yield raw(column, difference(value, was))
