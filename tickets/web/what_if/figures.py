"""The figures of a run as its page shows them: clock by clock, department by department."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from tickets.what_if import ComparedCell, Result
from tickets.what_if.runs import Tally
from workflow.words import ClockKind


@dataclass(frozen=True)
class ResultLine:
    """One row: of a department, of a clock as a whole without a unit, or the whole."""

    kind: ClockKind | None
    unit_id: UUID | None
    tally: Tally

    def before(self, *results: str) -> int:
        return sum(many for cell, many in self.tally.items() if cell.before in results)

    def after(self, *results: str) -> int:
        return sum(many for cell, many in self.tally.items() if cell.after in results)

    def newly(self, result: str) -> int:
        """How many clocks came to this result that had another before."""
        return sum(
            many
            for cell, many in self.tally.items()
            if cell.after == result and cell.before is not cell.after
        )

    @property
    def clocks(self) -> int:
        return sum(self.tally.values())

    @property
    def changed(self) -> int:
        return sum(many for cell, many in self.tally.items() if cell.before is not cell.after)

    def share(self, met: int, missed: int) -> int | None:
        """Met in whole percent of what is decided, rounded down: 100 means all."""
        return met * 100 // (met + missed) if met + missed else None

    @property
    def share_before(self) -> int | None:
        return self.share(self.before(Result.MET), self.before(Result.MISSED))

    @property
    def share_after(self) -> int | None:
        return self.share(self.after(Result.MET), self.after(Result.MISSED))


def lines(tally: Tally, names: Mapping[UUID, str]) -> list[ResultLine]:
    """Every clock as a whole, and below it its departments by name; the whole comes last."""
    found = []
    for kind in ClockKind:
        of_clock = _only(tally, (cell for cell in tally if cell.kind is kind))
        if not of_clock:
            continue
        units = sorted({cell.unit_id for cell in of_clock}, key=lambda each: names.get(each, ""))
        found.append(ResultLine(kind, None, of_clock))
        found += [
            ResultLine(
                kind, unit, _only(of_clock, (cell for cell in of_clock if cell.unit_id == unit))
            )
            for unit in units
        ]
    return [*found, ResultLine(None, None, tally)]


def _only(tally: Tally, cells: Iterable[ComparedCell]) -> Tally:
    return Counter({cell: tally[cell] for cell in cells})
