"""The rows of an import that were rejected or are doubtful, each with its reasons."""

from collections.abc import Iterable, Iterator, Sequence

from tickets.importing.run import RowOutcome
from tickets.storage.spreadsheets import harmless


def rejects_rows(outcomes: Iterable[RowOutcome], header: Sequence[str]) -> Iterator[list[str]]:
    """The lines of the rows that were rejected or are doubtful."""
    for outcome in outcomes:
        why = [*outcome.reasons, *outcome.doubts]
        if not why:
            continue
        verdict = f"{outcome.verdict}, doubtful" if outcome.doubts else outcome.verdict
        cells = [outcome.row.cells[column] for column in header]
        # Spreadsheets are where such a file is opened: nothing in it may run there (S-33).
        row = [str(outcome.row.line), verdict, "; ".join(why), *cells]
        yield [harmless(cell) for cell in row]
