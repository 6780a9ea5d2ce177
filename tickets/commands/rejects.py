"""The file of rows that were rejected or are doubtful: line, reasons, and the row as it was."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tickets.importing.rejects import rejects_rows
from tickets.importing.run import RowOutcome
from tickets.storage.spreadsheets import harmless


class RejectsReport(Protocol):
    def add(self, outcome: RowOutcome) -> None: ...


class Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


@contextmanager
def rejects_file(path: Path, header: Sequence[str]) -> Iterator[RejectsReport]:
    """Write anew on every run: each run reads the whole file and finds every reject again."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "verdict", "reasons", *map(harmless, header)])
        yield _Rows(writer, header)


class _Rows:
    def __init__(self, writer: Writer, header: Sequence[str]) -> None:
        self.writer = writer
        self.header = header

    def add(self, outcome: RowOutcome) -> None:
        for row in rejects_rows([outcome], self.header):
            self.writer.writerow(row)
