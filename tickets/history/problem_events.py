"""The vocabulary of problems' histories, and how their data are read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from tickets.history.data import SaysData
from tickets.history.stored_data import StoredData


class ProblemEventName(StrEnum):
    """What happens to a problem."""

    OPENED = "opened"
    CHANGED = "changed"
    PROGRESS = "progress"
    CLOSED = "closed"


class ProblemDataKey(StrEnum):
    """What events of problems say; a changed one holds each changed column by its name."""

    TEXT = "text"
    EXPECTED_AT = "expected_at"
    EFFECT = "effect"


def problem_data_of(event: SaysData) -> "ProblemEventData":
    """What this event of a problem says."""
    return ProblemEventData(event.data)


class ProblemEventData(StoredData):
    """The data of one event of a problem, by what they mean."""

    __slots__ = ()

    @property
    def progress(self) -> str:
        """How it stands, as its customers are told."""
        return self.text(ProblemDataKey.TEXT) or ""

    @property
    def effect(self) -> str:
        """What was achieved, said when it was closed."""
        return self.text(ProblemDataKey.EFFECT) or ""

    @property
    def expected_at(self) -> datetime | None:
        """By when it will be solved."""
        return self.moment(ProblemDataKey.EXPECTED_AT)

    @property
    def changes(self) -> Iterator[tuple[str, str | None, str | None]]:
        """Of a changed one: each column with its value before and after."""
        for name, pair in self.stored.items():
            if isinstance(pair, Sequence) and not isinstance(pair, str):
                before, after = (str(each) if each is not None else None for each in pair)
                yield name, before, after
