"""A reckoner of working time that nobody could get wrong: it watches a wall clock, minute by
minute, with a list of opening hours in its hand. It knows nothing of the product.

A clock that is put back shows an hour for the second time; whoever has passed a mark on the wall
has passed it, so what counts is the latest wall time seen so far. A clock that is put forward
jumps over marks, and passes all of them at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Written = Sequence[tuple[str, str]]
"""Opening hours of one day: (("09:00", "12:00"), …)."""


@lru_cache(maxsize=64)
def watched(zone: str, first: datetime, last: datetime) -> list[int]:
    """For every minute of UTC in a range: the latest wall time that was seen until then."""
    tz, minute, seen, marks = ZoneInfo(zone), first - 2 * DAY, 0, []
    while minute < last:
        wall = minute.astimezone(tz)
        seen = max(seen, mark(wall.date(), f"{wall.hour:02}:{wall.minute:02}"))
        if minute >= first:
            marks.append(seen)
        minute += MINUTE
    return marks


def mark(day: date, wall: str) -> int:
    """A wall time as the number of its minute, as if no clock had ever been changed."""
    hours, minutes = wall.split(":")
    return (day.toordinal() * 24 + int(hours)) * 60 + int(minutes)


@dataclass(frozen=True)
class SlowCalendar:
    """Opening hours, watched from `first` to `last` (whole minutes of UTC)."""

    zone: str
    weekly: Mapping[str, Written]
    first: datetime
    last: datetime
    holidays: frozenset[date] = frozenset()
    special: Mapping[date, Written] = field(default_factory=dict)

    @cached_property
    def minutes(self) -> list[bool]:
        """For every minute that was watched, whether somebody served."""
        served: set[int] = set()
        day = self.first.date() - 3 * DAY
        while day <= self.last.date() + DAY:
            for begin, end in self._hours(day):
                closing_day = day + DAY if end <= begin else day
                served.update(range(mark(day, begin), mark(closing_day, end)))
            day += DAY
        return [each in served for each in watched(self.zone, self.first, self.last)]

    def _hours(self, day: date) -> Written:
        if day in self.special:
            return self.special[day]
        if day in self.holidays:
            return ()
        return self.weekly.get(NAMES[day.weekday()], ())

    def _place(self, at: datetime) -> int:
        return (at.astimezone(UTC) - self.first) // MINUTE

    def open_minutes(self, a: datetime, b: datetime) -> int:
        """How many open minutes lie from one moment to a later one."""
        return sum(self.minutes[self._place(a) : self._place(b)])

    def add(self, start: datetime, amount: int) -> datetime | None:
        """When so many open minutes have passed; None when that is beyond what was watched."""
        place = self._place(start)
        if amount < 0:
            return self._back(place, -amount)
        if amount == 0:
            while place < len(self.minutes) and not self.minutes[place]:
                place += 1
            return self._at(place)
        while amount and place < len(self.minutes):
            amount -= self.minutes[place]
            place += 1
        return None if amount else self._at(place)

    def _back(self, place: int, amount: int) -> datetime | None:
        while amount and place > 0:
            place -= 1
            amount -= self.minutes[place]
        return None if amount else self.first + place * MINUTE

    def _at(self, place: int) -> datetime | None:
        return self.first + place * MINUTE if place < len(self.minutes) else None
