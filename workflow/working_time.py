"""Working time: what of a stretch of time counts, and when an amount of it has run out.

The calendar has several spans a day, also over midnight, holidays, and dates with hours of their
own (make-up workdays 调休, half days). Special hours win over holidays, both over the week. Time is
real time: spans are walls of the local day turned into instants through the zone.

Conventions (design §5). An amount that runs out exactly at closing is due at closing. Nothing to
add rolls forward to the next opening. Backwards it is mirrored: what runs out exactly at opening is
due at opening. A span over midnight belongs to the day on which it begins: on the eve of a holiday
it runs into the holiday's morning, and on the holiday it does not begin. A wall time that a clock
change skips means the moment of the change, so a span inside the skipped hour is empty; of an hour
that comes twice, the first one is meant.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from typing import Any
from zoneinfo import ZoneInfo

from workflow.spans import (
    DAYS,
    MINUTES_OF_DAY,
    CalendarRefused,
    Spans,
    read_calendar,
    shown_spans,
)

__all__ = ["CalendarRefused", "Stretch", "WorkingCalendar"]

OPEN, CLOSED, HOLIDAY, DAY_OFF, SPECIAL = "open", "closed", "holiday", "day_off", "special"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
YEARS_WITHOUT_WORK = 100
"""After so many years without open time the search ends: the calendar has run dry."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of time that is open, or closed and why; `name` is that of a holiday."""

    start: datetime
    end: datetime
    open: bool
    why: str
    day: date | None = None
    name: str = ""


@dataclass(frozen=True)
class _Year:
    """The open intervals that begin on the local dates of one year, in microseconds since 1970,
    and how much open time lies before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def open_until(self, at: int) -> int:
        """Open time of this year before a moment."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return 0
        return self.before[place] + min(at, self.ends[place]) - self.starts[place]

    def reaches(self, amount: int) -> int:
        """The first moment at which so much (more than nothing) of it has passed."""
        place = bisect_left(self.before, amount) - 1
        return self.starts[place] + amount - self.before[place]

    def reached_backwards(self, amount: int) -> int:
        """The last moment before which so much (less than all) of it lies."""
        place = bisect_right(self.before, amount) - 1
        return self.starts[place] + amount - self.before[place]


class WorkingCalendar:
    """When it is open. Aware datetimes in, UTC out; raises CalendarRefused for what cannot be.

    `weekly` maps "mon" … "sun" to spans of wall times, `holidays` are dates (or a mapping to their
    names), `special_hours` map dates to the spans that replace that day's.
    """

    def __init__(
        self,
        tz: str | ZoneInfo,
        weekly: Mapping[str, Iterable[tuple[Any, Any]]],
        holidays: Iterable[date] | Mapping[date, str] = (),
        special_hours: Mapping[date, Iterable[tuple[Any, Any]]] | None = None,
        *,
        names: Mapping[date, str] | None = None,
    ) -> None:
        read = read_calendar(tz, weekly, holidays, special_hours or {})
        self.tz = read.tz
        self.weekly, self.holidays, self.special_hours = read.weekly, read.holidays, read.special
        named = dict(holidays) if isinstance(holidays, Mapping) else {}
        self.names: dict[date, str] = {**named, **(names or {})}
        self._years: dict[int, _Year] = {}

    @classmethod
    def always(cls, tz: str | ZoneInfo) -> "WorkingCalendar":
        """Every hour of every day."""
        return cls(tz, {day: [("00:00", "24:00")] for day in DAYS})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkingCalendar) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((self.tz.key, frozenset(self.holidays)))

    def _parts(self) -> tuple[Any, ...]:
        return (self.tz.key, self.weekly, self.holidays, self.special_hours, self.names)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """When so much open time after `start` (before it, if negative) has passed."""
        at, amount = _number(start), duration // MICROSECOND
        if amount == 0:
            return self.next_opening(start)
        year = self._year_of(start)
        return _moment(
            self._ahead(year, at, amount) if amount > 0 else self._back(year, at, amount)
        )

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from `a` to `b`; negative when `b` is earlier."""
        if b < a:
            return -self.between(b, a)
        first, last = self._year_of(a), self._year_of(b)
        total = self._block(last).open_until(_number(b)) - self._block(first).open_until(_number(a))
        total += sum(self._block(year).total for year in range(first, last))
        return total * MICROSECOND

    def is_open(self, at: datetime) -> bool:
        """Whether this moment counts; the closing second itself does not."""
        block, number = self._block(self._year_of(at)), _number(at)
        place = bisect_right(block.starts, number) - 1
        return place >= 0 and number < block.ends[place]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself if it is open then, else the next moment that is."""
        start, _end = self._next_interval(at)
        return max(at.astimezone(UTC), start)

    def working_date(self, day: date, count: int) -> date:
        """The `count`-th local date with open time after `day`."""
        last = day + timedelta(days=366 * YEARS_WITHOUT_WORK)
        while count > 0:
            day += timedelta(days=1)
            count -= bool(self.spans_of(day))
            if day > last:
                raise OverflowError("this calendar has no such working day")
        return day

    def local_end_of(self, day: date) -> datetime:
        """24:00 of a local date."""
        return _moment(self._instant(day, MINUTES_OF_DAY))

    def spans_of(self, day: date) -> Spans:
        """The spans that begin on a local date, in minutes of that day."""
        special = self.special_hours.get(day)
        if special is not None:
            return special
        return () if day in self.holidays else self.weekly[DAYS[day.weekday()]]

    def stretches(self, a: datetime, b: datetime) -> Iterator[Stretch]:
        """Everything from `a` to `b`, open and closed, without gaps; neighbours of one kind are
        one, but every holiday stands for itself."""
        pending: Stretch | None = None
        for each in self._pieces(a.astimezone(UTC), b.astimezone(UTC)):
            if pending is not None and _alike(pending, each):
                pending = Stretch(
                    pending.start, each.end, each.open, each.why, pending.day, pending.name
                )
                continue
            if pending is not None:
                yield pending
            pending = each
        if pending is not None:
            yield pending

    def to_json(self) -> dict[str, Any]:
        """As plain JSON; `from_json` makes the same calendar of it."""
        return {
            "tz": self.tz.key,
            "weekly": {day: shown_spans(spans) for day, spans in self.weekly.items() if spans},
            "holidays": {day.isoformat(): self.names.get(day, "") for day in sorted(self.holidays)},
            "special_hours": {
                day.isoformat(): {"name": self.names.get(day, ""), "spans": shown_spans(spans)}
                for day, spans in sorted(self.special_hours.items())
            },
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> "WorkingCalendar":
        """The calendar of a document; raises CalendarRefused."""
        holidays = given.get("holidays") or {}
        special = given.get("special_hours") or {}
        names = dict(holidays) if isinstance(holidays, Mapping) else {}
        names |= {day: row.get("name", "") for day, row in special.items()}
        calendar = cls(
            given.get("tz", ""),
            given.get("weekly") or {},
            tuple(holidays),
            {day: row.get("spans", ()) for day, row in special.items()},
        )
        calendar.names = {date.fromisoformat(day): name for day, name in names.items() if name}
        return calendar

    # Inside.

    def _ahead(self, year: int, at: int, amount: int) -> int:
        done = self._block(year).open_until(at)
        for _ in range(YEARS_WITHOUT_WORK):
            block = self._block(year)
            if done + amount <= block.total:
                return block.reaches(done + amount)
            amount -= block.total - done
            year, done = year + 1, 0
        raise OverflowError("this much open time does not come")

    def _back(self, year: int, at: int, amount: int) -> int:
        left = self._block(year).open_until(at) + amount
        for _ in range(YEARS_WITHOUT_WORK):
            if left >= 0:
                return self._block(year).reached_backwards(left)
            year -= 1
            left += self._block(year).total
        raise OverflowError("this much open time has never been")

    def _year_of(self, at: datetime) -> int:
        """The year whose intervals a moment lies among: in the first hours of a year those of the
        old one may still run."""
        local = at.astimezone(self.tz)
        if local.month == 1 and local.day == 1:
            before = self._block(local.year - 1)
            if before.ends and _number(at) < before.ends[-1]:
                return local.year - 1
        return local.year

    def _block(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._build(year)
        return found

    def _build(self, year: int) -> _Year:
        starts: list[int] = []
        ends: list[int] = []
        day = date(year, 1, 1)
        while day.year == year:
            for begins, stops in self.spans_of(day):
                start, end = self._instant(day, begins), self._instant(day, stops)
                if ends and start <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                elif start < end:
                    starts.append(start)
                    ends.append(end)
            day += timedelta(days=1)
        before, total = [], 0
        for start, end in zip(starts, ends, strict=True):
            before.append(total)
            total += end - start
        return _Year(starts, ends, before, total)

    def _instant(self, day: date, minutes: int) -> int:
        """A wall time of a local date, counted in minutes from its midnight."""
        days, minute = divmod(minutes, MINUTES_OF_DAY)
        wall = datetime.combine(day + timedelta(days=days), day_time(minute // 60, minute % 60))
        local = wall.replace(tzinfo=self.tz)
        moment = local.astimezone(UTC)
        if moment.astimezone(self.tz).replace(tzinfo=None) == wall:
            return _number(moment)
        return self._change_before(moment)

    def _change_before(self, moment: datetime) -> int:
        """The clock change that skipped a wall time: it lies in the two days before."""
        late, early = _number(moment) // 1_000_000, _number(moment) // 1_000_000 - 172_800
        after = moment.astimezone(self.tz).utcoffset()
        while late - early > 1:
            middle = (late + early) // 2
            there = (EPOCH + timedelta(seconds=middle)).astimezone(self.tz).utcoffset()
            early, late = (early, middle) if there == after else (middle, late)
        return late * 1_000_000

    def _next_interval(self, at: datetime) -> tuple[datetime, datetime]:
        """The open interval that `at` lies in, or the next one."""
        year, number = self._year_of(at), _number(at)
        for _ in range(YEARS_WITHOUT_WORK):
            block = self._block(year)
            place = bisect_right(block.ends, number)
            if place < len(block.ends):
                return _moment(block.starts[place]), _moment(block.ends[place])
            year += 1
        raise OverflowError("this calendar does not open again")

    def _pieces(self, at: datetime, until: datetime) -> Iterator[Stretch]:
        while at < until:
            start, end = self._next_interval(at)
            if start > at:
                yield from self._closed(at, min(start, until))
            if start < until:
                begins = max(start, at)
                day = begins.astimezone(self.tz).date()
                yield Stretch(begins, min(end, until), True, OPEN, day, self.names.get(day, ""))
            at = end

    def _closed(self, at: datetime, until: datetime) -> Iterator[Stretch]:
        while at < until:
            day = at.astimezone(self.tz).date()
            end = min(self.local_end_of(day), until)
            if end <= at:  # a date that the zone skipped
                end = until
            why = self._why_closed(day)
            name = self.names.get(day, "") if why in (HOLIDAY, SPECIAL) else ""
            yield Stretch(at, end, False, why, day, name)
            at = end

    def _why_closed(self, day: date) -> str:
        if day in self.special_hours:
            return SPECIAL
        if day in self.holidays:
            return HOLIDAY
        return CLOSED if self.weekly[DAYS[day.weekday()]] else DAY_OFF


def _alike(one: Stretch, other: Stretch) -> bool:
    if one.open or other.open:
        return one.open and other.open
    return one.why == other.why and one.why not in (HOLIDAY, SPECIAL)


def _number(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at.isoformat()}: say which time zone is meant")
    return (at - EPOCH) // MICROSECOND


def _moment(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)
