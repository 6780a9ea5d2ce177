"""Every figure of every report in a period, added up from the stories of its complaints.

Each figure is kept as the complaints behind it, so that lists are compared as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.plain_returns import ASK_FOR_REDRESS, LIMITS, kept_limit
from tests.plain_stories import Story, written

DAY = timedelta(days=1)
AGES = (("day", 1), ("three_days", 3), ("week", 7), ("two_weeks", 15), ("month", 30))
MET, KEPT = {"share": ("met", "all")}, {"share": ("kept", "all")}
AVERAGE, BACK = {"average": ("time", "segments")}, {"share": ("back", "resolved")}
AT_ONCE, POINTS = {"share": ("at_once", "all")}, {"average": ("sum", "all")}
QUOTIENTS: Mapping[tuple[str, str], Mapping[str, tuple[str, str]]] = {
    **{("limits", table): MET for table in ("kinds", "units", "departments", "categories")},
    **{("time", table): AVERAGE for table in ("holders", "departments", "units")},
    **{("promises", table): KEPT for table in ("units", "people")},
    **{("promises", table): {"later_each": ("later", "put_off")} for table in ("moves", "movers")},
    ("promises", "both"): {**KEPT, "share_first": ("kept_first", "all")},
    **{("first_contact", table): AT_ONCE for table in ("units", "categories", "channels")},
    **{("came_back", table): BACK for table in ("categories", "departments", "people")},
    **{("quality", table): POINTS for table in ("units", "people")},
    ("came_back", "repeats"): {"share": ("repeated", "all")},
    ("callbacks", "in_time"): MET,
    ("callbacks", "closings"): {
        "per_close": ("calls", "closed"),
        "by_word": ("on_callback", "closed"),
    },
    ("callbacks", "attempts"): {
        "share": ("reached", "attempts"),
        "accepted_share": ("accepted", "firsts"),
    },
    ("pauses", "reasons"): {"average": ("time", "over")},
    ("ends", "units"): {"share": ("withdrawn", "ends")},
    ("ends", "people"): {
        "share": ("withdrawn", "ends"),
        "unit_share": ("unit_withdrawn", "unit_ends"),
    },
}
SPANS = {("time", "average"), ("pauses", "average"), ("promises", "later_each")}
"""Quotients in whole seconds."""
SUMS = frozenset({"time", "calls", "compensation", "redress", "sum", "oldest"})
"""Columns that are no number of complaints or of what happened to them: no list is behind them."""
MOVED_BY = {("promises", "later"), ("promises", "earlier")}
"""The same, though regulators' returns have a column of such a name that is a number."""


def counts(report: str, column: str) -> bool:
    return not (column in SUMS or column.startswith("sum_") or (report, column) in MOVED_BY)


@dataclass(frozen=True)
class Window:
    """Whole days, both included, and the moment at which it is asked."""

    first: date
    last: date
    zone: ZoneInfo
    now: datetime

    def begins(self, day: date) -> datetime:
        # In UTC: two moments of one zone would be compared by what the clock on the wall says.
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    @cached_property
    def starts(self) -> datetime:
        return self.begins(self.first)

    @cached_property
    def moment(self) -> datetime:
        return min(self.begins(self.last + DAY), self.now)

    def has(self, at: datetime | None) -> bool:
        return at is not None and self.starts <= at < self.moment

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def stretches(self) -> Iterator[tuple[date, date]]:
        """Days of a short period, weeks from Monday of a longer one, months of a long one."""
        first, days = self.first, (self.last - self.first).days + 1
        while first <= self.last and self.begins(first) < self.now:
            last = first
            while days > 45 and last < self.last and not self.turns(last, days):
                last += DAY
            yield first, last
            first = last + DAY

    def turns(self, day: date, days: int) -> bool:
        """Whether the day is the last of its week, or of its month."""
        return day.weekday() == 6 if days <= 200 else (day + DAY).day == 1


def quotient(part: int, whole: int) -> float | None:
    return part / whole if whole else None


class Figures:
    """Numbers by report and table, row and column, with the complaints behind each."""

    def __init__(self, told: Iterable[Story], window: Window) -> None:
        self.window = window
        self.parts = [
            (first.isoformat(), Window(first, last, window.zone, window.now))
            for first, last in window.stretches()
        ]
        self.behind: Any = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        self.oldest: Any = defaultdict(dict)
        self.ended: Any = defaultdict(lambda: defaultdict(lambda: {"ends": 0, "withdrawn": 0}))
        for row, _part in self.parts:
            self.behind["flow", "flow"][row]["came"] = []
        for story in told:
            self.one(story)

    def add(self, report: str, table: str, row: Any, column: str, key: UUID, number: int) -> None:
        if number:
            for each in (written(row), "total"):
                self.behind[report, table][each][column].append((key, number))

    def one(self, story: Story) -> None:
        key = story.complaint.id
        for mark in story.marks:
            if self.window.has(mark.at):
                self.add(mark.report, mark.table, mark.row, mark.column, key, mark.number)
                if (mark.report, mark.table) == ("ends", "people"):
                    by_person = self.ended[story.complaint.unit_id][mark.row]
                    by_person[mark.column] = by_person.get(mark.column, 0) + mark.number
        self.flow(story)
        if self.open_at(story, self.window.moment):
            self.still_open(story)
        self.returns(story)

    def open_at(self, story: Story, moment: datetime) -> bool:
        ended = story.ended_at
        return story.complaint.registered_at < moment and (ended is None or ended >= moment)

    def flow(self, story: Story) -> None:
        came = story.complaint.registered_at
        for row, part in (*self.parts, ("total", self.window)):
            counted = {
                "came": part.has(came),
                "went": part.has(story.ended_at),
                "left": self.open_at(story, part.moment),
            }
            for column in (name for name, is_one in counted.items() if is_one):
                self.behind["flow", "flow"][row][column].append((story.complaint.id, 1))

    def still_open(self, story: Story) -> None:
        about = story.complaint
        age = self.window.moment - about.registered_at
        named = next((name for name, days in AGES if age < days * DAY), "older")
        counted = {"open": 1, "serious": about.severity != "normal", "raised": about.level >= 1}
        for report, table, row in (
            ("ageing", "ages", named),
            ("ageing", "units", about.unit_id),
            ("ageing", "categories", about.category_id),
            ("load", "people", about.responsible_id),
        ):
            more = {"again": story.again} if report == "load" else {}
            for column, number in (counted | more).items():
                self.add(report, table, row, column, about.id, number)
            oldest = self.oldest[report, table]
            for each in (written(row), "total"):
                oldest[each] = max(oldest.get(each, 0), round(age.total_seconds()))

    def returns(self, story: Story) -> None:
        """The regulators' figures: each closed complaint in the shortest limit that it kept."""
        window, about, ended = self.window, story.complaint, story.ended_at
        closed = story.ended_as == "closed"
        for pack in LIMITS:
            counted: dict[tuple[str, Any], dict[str, int]] = {}
            by_category = about.category_id
            counted["start", by_category] = {"open": self.open_at(story, window.starts)}
            counted["end", by_category] = {"open": self.open_at(story, window.moment)}
            if window.has(about.registered_at):
                referred = about.channel.value == "regulator"
                counted["opened", by_category] = {"opened": 1, "referred": referred}
                counted["channels", about.channel.value] = {"opened": 1}
            if ended is not None and window.has(ended):
                days = window.day(about.registered_at), window.day(ended)
                answered = self.answered(pack, story) if closed else {"otherwise": 1}
                in_time = {kept_limit(pack, *days): 1} if closed else {}
                counted["closed", by_category] = answered | in_time
                if closed and pack in ASK_FOR_REDRESS:
                    counted["causes", UUID(story.said["cause"])] = answered
            for (table, row), columns in counted.items():
                for column, number in columns.items():
                    self.add(f"regulator-{pack}", table, row, column, about.id, number)

    def answered(self, pack: str, story: Story) -> dict[str, int]:
        """How it was closed, and what was granted, where the regulator asks for it."""
        granted = int(story.said.get("compensation") or 0)
        redress = {"redressed": granted > 0, "redress": granted}
        how = {"closed": 1, story.said["outcome"]: 1}
        return how | redress if pack in ASK_FOR_REDRESS else how

    def table(self, report: str, table: str) -> dict[str, dict[str, Any]]:
        """Each row's values, quotients included; a column without one is nought."""
        found: dict[str, dict[str, Any]] = {}
        for row, columns in self.behind[report, table].items():
            values: dict[str, Any] = {
                column: sum(number for _, number in behind) for column, behind in columns.items()
            }
            for name, (part, whole) in QUOTIENTS.get((report, table), {}).items():
                number = quotient(values.get(part, 0), values.get(whole, 0))
                is_span = (report, name) in SPANS and number is not None
                values[name] = round(number) if is_span else number
            if row in self.oldest[report, table]:
                values["oldest"] = self.oldest[report, table][row]
            if (report, table) == ("ends", "people"):
                values["unit_share"] = self.unit_share(row)
            found[row] = values
        return found

    def unit_share(self, person: str) -> float | None:
        """Withdrawals among all ends of the units where this person ended anything."""
        ended, units = self.ended.values(), []
        units = [of_unit for of_unit in ended if person in of_unit and of_unit[person]["ends"]]
        everybody = [columns for of_unit in units for columns in of_unit.values()]
        return quotient(
            sum(each["withdrawn"] for each in everybody), sum(each["ends"] for each in everybody)
        )

    def complaints(self, report: str, table: str, row: str, column: str) -> set[UUID]:
        """Those behind one number."""
        return {key for key, _ in self.behind[report, table][row][column]}
