"""Figures as files: CSV, or a workbook with a sheet about them and one for each table.

Text is text, never a formula, and stays harmless where somebody saves a sheet as CSV (S-33).
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter
from flask import Response
from flask_babel import gettext
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tickets.models import FileFormat
from tickets.storage.spreadsheets import MARK, harmless

MEDIA_TYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
About = Iterable[tuple[str, str]]
Cell = str | int | float | None


@dataclass(frozen=True)
class FileSheet:
    """One table: numbers as numbers, None as an empty cell."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def written(about: About, sheets: Iterable[FileSheet], format: FileFormat) -> bytes:
    """A file of this kind, in the language of the moment."""
    return as_csv(about, sheets).encode() if format is FileFormat.CSV else as_xlsx(about, sheets)


def answer(about: About, sheets: Iterable[FileSheet], name: str, format: FileFormat) -> Response:
    """The file as a download of this name."""
    response = Response(written(about, sheets, format), mimetype=MEDIA_TYPES[format])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format.value}"'
    return response


def as_csv(about: About, sheets: Iterable[FileSheet]) -> str:
    """All tables below each other, a blank line between."""
    buffer = io.StringIO()
    buffer.write(MARK)
    writer = csv.writer(buffer)
    for name, value in about:
        writer.writerow([harmless(name), harmless(value)])
    for sheet in sheets:
        writer.writerow([])
        writer.writerow([harmless(sheet.title)])
        writer.writerow([harmless(heading) for heading in sheet.headings])
        for cells in sheet.rows:
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()


def as_xlsx(about: About, sheets: Iterable[FileSheet]) -> bytes:
    """A sheet about the figures, then one for each table."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    first = book.add_worksheet(gettext("About"))
    first.set_column(0, 0, 28)
    first.set_column(1, 1, 90)
    for line, (name, value) in enumerate(about):
        first.write_string(line, 0, harmless(name), bold)
        first.write_string(line, 1, harmless(value), wrapped)
    taken: set[str] = {gettext("About")}
    for sheet in sheets:
        _add(book.add_worksheet(_sheet_name(sheet.title, taken)), sheet, bold)
    book.close()
    return buffer.getvalue()


def _add(page: Worksheet, sheet: FileSheet, bold: Format) -> None:
    page.set_column(0, 0, 32)
    page.set_column(1, len(sheet.headings) - 1, 16)
    page.freeze_panes(1, 1)
    for place, heading in enumerate(sheet.headings):
        page.write_string(0, place, harmless(heading), bold)
    for line, cells in enumerate(sheet.rows, start=1):
        for place, value in enumerate(cells):
            if isinstance(value, str):
                page.write_string(line, place, harmless(value))
            elif value is not None:
                page.write_number(line, place, value)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a workbook takes: short, without its forbidden characters, once."""
    plain = title.translate(NOT_IN_SHEET_NAMES).strip()
    name, number = plain[:LONGEST_SHEET_NAME].strip(), 2
    while name.lower() in {each.lower() for each in taken}:
        ending = f" {number}"
        name, number = plain[: LONGEST_SHEET_NAME - len(ending)].strip() + ending, number + 1
    taken.add(name)
    return name
