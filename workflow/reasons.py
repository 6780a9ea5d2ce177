"""Why something may not be done now: a sentence somebody can act on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reason:
    """One reason: a code for programs, a translatable sentence, its values, and the input at
    which it belongs (None when no input can mend it)."""

    code: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    field: str | None = None

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


def unless(holds: bool, reason: Reason) -> list[Reason]:
    """The reason, unless the condition holds."""
    return [] if holds else [reason]


class Refused(Exception):
    """An action that may not be done; `reasons` holds every reason, never only the first."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(str(reason) for reason in self.reasons))
