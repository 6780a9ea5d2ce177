"""The file itself, read strictly: what cannot be read for certain is refused with its line."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tickets.importing.mapping import BadMapping, ColumnMapping
from workflow.words import N_

MOST_COLUMNS = 500
"""The widest exports of other systems have some two hundred."""
LONGEST_LINE = 1_000_000
"""Characters; without a bound one line of commas becomes ten million cells."""
NAMED = 30
"""Columns that are named when one is missing."""


class BadFile(Exception):
    """A file that cannot be read for certain: the line (from 1) and what is wrong there."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line


class TooMuch(BadFile):
    """More than is read of one file; the sentence and its values, for whoever translates it."""

    def __init__(self, line: int, sentence: str, **values: int) -> None:
        super().__init__(line, sentence % values)
        self.sentence, self.values = sentence, values


@dataclass(frozen=True)
class SourceRow:
    """One row: the line of the file on which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class SourceSheet:
    """A file that was read to its end once and found sound."""

    path: Path
    header: tuple[str, ...]
    count: int
    mapping: ColumnMapping

    def rows(self) -> Iterator[SourceRow]:
        """Every row again, one at a time; raises BadFile if the file has changed meanwhile."""
        for line, cells in _records(self.path, self.mapping, len(self.header)):
            yield SourceRow(line, dict(zip(self.header, cells, strict=True)))


def checked(path: Path, mapping: ColumnMapping) -> SourceSheet:
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
    return SourceSheet(path, header, count, mapping)


def _wrong_width(found: int, wanted: int) -> str:
    return f"this row has {found} columns, the header has {wanted}"


def _check_header(header: Sequence[str], line: int, mapping: ColumnMapping) -> None:
    if any(not name.strip() for name in header):
        raise BadFile(line, "a column of the header has no name")
    times = Counter(header)
    twice = sorted(name for name, count in times.items() if count > 1)
    if twice:
        raise BadFile(line, f"the header names these columns twice: {_named(twice)}")
    missing = [
        f"{key}: the file has no column “{column}” (line {line}); it has: {_named(header)}"
        for key, column in mapping.columns()
        if column not in times
    ]
    if missing:
        raise BadMapping(missing)


def _named(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - NAMED} more" if len(columns) > NAMED else ""
    return ", ".join(columns[:NAMED]) + more


def _records(
    path: Path, mapping: ColumnMapping, width: int | None
) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells; with `width`, the header left out."""
    with path.open(encoding=mapping.encoding, errors="strict", newline="") as file:
        reader = csv.reader(_sound(file), delimiter=mapping.delimiter, strict=True)
        begins = 1
        skip_header = width is not None
        try:
            for cells in reader:
                line, begins = begins, reader.line_num + 1
                if not cells:
                    continue  # an empty line holds nothing that could be lost
                if len(cells) > MOST_COLUMNS:
                    sentence = N_("At most %(most)s columns; this file has %(found)s.")
                    raise TooMuch(line, sentence, most=MOST_COLUMNS, found=len(cells))
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


def _sound(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            sentence = N_("A line has at most %(most)s characters; this one has %(found)s.")
            raise TooMuch(number, sentence, most=LONGEST_LINE, found=len(line))
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
