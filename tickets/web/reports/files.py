"""A report as CSV and as a workbook: the same rows, what they are about, and how they count."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from flask_babel import gettext

from tickets.models import FileFormat
from tickets.reports.shape import Kind, Report, Scope, Table
from tickets.web.complaints.sheet import MARK, harmless
from tickets.web.moments import stamp
from tickets.web.reports.words import (
    raw,
    scope_lines,
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


def about(report: Report, scope: Scope) -> Iterator[tuple[str, str]]:
    """What the figures are of: name, days, zone, when they were counted, how (REP-03, REP-04)."""
    period = scope.period
    yield gettext("Report"), gettext(report.title)
    yield gettext("Period"), f"{period.first} – {period.last}"
    yield gettext("Time zone"), period.zone
    yield from scope_lines(scope, report)
    yield gettext("Counted at"), stamp(scope.now, "exact")
    yield gettext("Counted for"), scope.reader.name
    for each in report.definitions:
        yield gettext(each.term), gettext(each.meaning)


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
    for table in report.tables(scope):
        writer.writerow([])
        writer.writerow([harmless(gettext(table.title))])
        writer.writerow([harmless(each) for each in headings(table)])
        for cells in rows(table):
            writer.writerow([harmless(each) if isinstance(each, str) else each for each in cells])
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
    for table in report.tables(scope):
        _add_sheet(book, table, bold, taken)
    book.close()
    return buffer.getvalue()


def _add_sheet(book: Any, table: Table, bold: Any, taken: set[str]) -> None:
    sheet = book.add_worksheet(_sheet_name(gettext(table.title), taken))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(table.columns), 16)
    sheet.freeze_panes(1, 1)
    for place, heading in enumerate(headings(table)):
        sheet.write_string(0, place, harmless(heading), bold)
    for line, cells in enumerate(rows(table), start=1):
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
    """The first line; a column whose figures have a unit says which."""
    units = [unit_of(column) for column in table.columns]
    titles = [title_of_column(column) for column in table.columns]
    named = [
        f"{title} ({unit})" if unit else title for title, unit in zip(titles, units, strict=True)
    ]
    return [gettext(table.rows_are) if table.rows_are else "", *named]


def rows(table: Table) -> Iterator[list[Any]]:
    """The lines below it, exactly those of the page; figures as numbers."""
    for row in table.rows:
        figures = [
            raw(column, row.values.get(column.key))
            if column.kind is not Kind.TEXT
            else str(row.values.get(column.key) or "")
            for column in table.columns
        ]
        yield [title_of_row(row), *figures]
