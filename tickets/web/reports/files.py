"""A report as CSV and as a workbook: the same rows, what they are about, and how they count."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from flask_babel import gettext

from tickets.models import FileFormat
from tickets.reports.shape import Column, Kind, Report, Row, Scope, Table
from tickets.web.complaints.sheet import MARK, harmless
from tickets.web.moments import stamp
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

MEDIA_TYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True)
class Compared:
    """A table and, for each of its rows, the same row of the period before, if there was one."""

    table: Table
    before: Sequence[Row | None]


def compared(report: Report, scope: Scope) -> Iterator[Compared]:
    """The tables of the page, with what stands there in small beside the figures."""
    before = by_row(report.tables(earlier(scope)))
    for table in report.tables(scope):
        yield Compared(table, [before.get((table.key, row.key)) for row in table.rows])


def about(report: Report, scope: Scope) -> Iterator[tuple[str, str]]:
    """What the figures are of: name, days, zone, when they were counted, how (REP-03, REP-04)."""
    period, past = scope.period, earlier(scope)
    yield gettext("Report"), gettext(report.title)
    yield gettext("Period"), f"{period.first} – {period.last}"
    yield gettext("The period before"), f"{past.period.first} – {past.period.last}"
    yield gettext("Time zone"), period.zone
    yield from scope_lines(scope)
    yield gettext("Counted at"), stamp(scope.now, "exact")
    yield gettext("Counted for"), scope.reader.name
    for each in report.definitions:
        yield gettext(each.term), gettext(each.meaning)
    yield from standing()


def written(report: Report, scope: Scope, format: FileFormat) -> bytes:
    """The report as a file of this kind, in the language of the moment."""
    if format is FileFormat.CSV:
        return as_csv(report, scope).encode()
    return as_xlsx(report, scope)


def as_csv(report: Report, scope: Scope) -> str:
    """All tables below each other, a blank line between."""
    buffer = io.StringIO()
    buffer.write(MARK)
    writer = csv.writer(buffer)
    for name, value in about(report, scope):
        writer.writerow([harmless(name), harmless(value)])
    for each in compared(report, scope):
        writer.writerow([])
        writer.writerow([harmless(gettext(each.table.title))])
        writer.writerow([harmless(heading) for heading in headings(each.table)])
        for cells in rows(each):
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()


def as_xlsx(report: Report, scope: Scope) -> bytes:
    """A sheet about the figures, then one for each table; text is text, never a formula, and
    stays harmless where somebody saves the sheet as CSV (S-33)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet = book.add_worksheet(gettext("About"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    for line, (name, value) in enumerate(about(report, scope)):
        sheet.write_string(line, 0, harmless(name), bold)
        sheet.write_string(line, 1, harmless(value), wrapped)
    taken: set[str] = {gettext("About")}
    for each in compared(report, scope):
        _add_sheet(book, each, bold, taken)
    book.close()
    return buffer.getvalue()


def _add_sheet(book: Any, what: Compared, bold: Any, taken: set[str]) -> None:
    names = headings(what.table)
    sheet = book.add_worksheet(_sheet_name(gettext(what.table.title), taken))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(names) - 1, 16)
    sheet.freeze_panes(1, 1)
    for place, heading in enumerate(names):
        sheet.write_string(0, place, harmless(heading), bold)
    for line, cells in enumerate(rows(what), start=1):
        for place, value in enumerate(cells):
            if isinstance(value, str):
                sheet.write_string(line, place, harmless(value))
            elif value is not None:
                sheet.write_number(line, place, value)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a workbook takes: short, without its forbidden characters, once."""
    plain = title.translate(NOT_IN_SHEET_NAMES).strip()
    name, number = plain[:LONGEST_SHEET_NAME].strip(), 2
    while name.lower() in {each.lower() for each in taken}:
        ending = f" {number}"
        name, number = plain[: LONGEST_SHEET_NAME - len(ending)].strip() + ending, number + 1
    taken.add(name)
    return name


def headings(table: Table) -> list[str]:
    """The first line; a column whose figures have a unit says which. Each figure is followed by
    that of the period before and by the change, as on the page."""
    first = gettext(table.rows_are) if table.rows_are else ""
    return [first, *(name for column in table.columns for name in _headings_of(column))]


def _headings_of(column: Column) -> Iterator[str]:
    title, unit = title_of_column(column), unit_of(column)
    yield f"{title} ({unit})" if unit else title
    if column.kind is Kind.TEXT:
        return
    yield gettext("%(figure)s: the period before", figure=title)
    yield gettext("%(figure)s: change", figure=title)


def rows(what: Compared) -> Iterator[list[Any]]:
    """The lines below it, exactly those of the page; figures as numbers."""
    for row, before in zip(what.table.rows, what.before, strict=True):
        cells = (cell for column in what.table.columns for cell in _cells(column, row, before))
        yield [title_of_row(row), *cells]


def _cells(column: Column, row: Row, before: Row | None) -> Iterator[Any]:
    value = row.values.get(column.key)
    if column.kind is Kind.TEXT:
        yield str(value or "")
        return
    was = before.values.get(column.key) if before else None
    yield raw(column, value)
    yield raw(column, was)
    yield raw(column, difference(value, was))
