"""The file itself, read strictly: what cannot be read for certain is refused with its line."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tickets.importing.mapping import BadMapping, ColumnMapping


class BadFile(Exception):
    """A file that cannot be read for certain: the line (from 1) and what is wrong there."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line


@dataclass(frozen=True)
class Row:
    """One row: the line of the file on which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file that was read to its end once and found sound."""

    path: Path
    header: tuple[str, ...]
    count: int
    mapping: ColumnMapping

    def rows(self) -> Iterator[Row]:
        """Every row again, one at a time; raises BadFile if the file has changed meanwhile."""
        for line, cells in _records(self.path, self.mapping, len(self.header)):
            yield Row(line, dict(zip(self.header, cells, strict=True)))


def checked(path: Path, mapping: ColumnMapping) -> Sheet:
    """Read the whole file before anything is written; raises BadFile or BadMapping."""
    header: tuple[str, ...] = ()
    count = 0
    for line, cells in _records(path, mapping, None):
        if not header:
            header = tuple(cells)
            _check_header(header, line, mapping)
            continue
        if len(cells) != len(header):
            raise BadFile(line, _wrong_width(len(cells), len(header)))
        count += 1
    if not header:
        raise BadFile(1, "the file is empty; its first line must name the columns")
    return Sheet(path, header, count, mapping)


def _wrong_width(found: int, wanted: int) -> str:
    return f"this row has {found} columns, the header has {wanted}"


def _check_header(header: Sequence[str], line: int, mapping: ColumnMapping) -> None:
    if any(not name.strip() for name in header):
        raise BadFile(line, "a column of the header has no name")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadFile(line, f"the header names these columns twice: {', '.join(twice)}")
    missing = [
        f"{key}: the file has no column “{column}” (line {line}); it has: {', '.join(header)}"
        for key, column in mapping.columns()
        if column not in header
    ]
    if missing:
        raise BadMapping(missing)


def _records(
    path: Path, mapping: ColumnMapping, width: int | None
) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells; with `width`, the header left out."""
    with path.open(encoding=mapping.encoding, errors="strict", newline="") as file:
        reader = csv.reader(_without_nul(file), delimiter=mapping.delimiter, strict=True)
        begins = 1
        skip_header = width is not None
        try:
            for cells in reader:
                line, begins = begins, reader.line_num + 1
                if not cells:
                    continue  # an empty line holds nothing that could be lost
                if skip_header:
                    skip_header = False
                    continue
                if width is not None and len(cells) != width:
                    raise BadFile(line, _wrong_width(len(cells), width))
                yield line, cells
        except csv.Error as error:
            raise BadFile(begins, f"{error} (in the row that begins here)") from error
        except UnicodeError as error:
            line = _undecodable(path, mapping.encoding)
            raise BadFile(line, f"this is not {mapping.encoding}: {error}") from error


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\x00" in line:
            raise BadFile(number, "a NUL character; the file is damaged or has another encoding")
        yield line


def _undecodable(path: Path, encoding: str) -> int:
    """The line of the first bytes that are not of this encoding. Text is decoded in chunks, so
    that the error by itself only says where the chunk lies."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with path.open("rb") as file:
        for raw in file:
            try:
                line += decoder.decode(raw).count("\n")
            except UnicodeError:
                break
    return line
