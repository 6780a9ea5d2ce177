"""Working time: what of a stretch of time counts, and when an amount of it has run out.

The calendar has several spans a day, also over midnight, holidays, and dates with hours of their
own (make-up workdays 调休, half days). Special hours win over holidays, both over the week. Time is
real time: spans are walls of the local day turned into instants through the zone.

Conventions (design §5). An amount that runs out exactly at closing is due at closing. Nothing to
add rolls forward to the next opening. Backwards it is mirrored: what runs out exactly at opening is
due at opening. A span over midnight belongs to the day on which it begins: on the eve of a holiday
it runs into the holiday's morning, and on the holiday it does not begin. A wall time that a clock
change skips means the moment of the change, so a span inside the skipped hour is empty; of an hour
that comes twice, the first one is meant: a door that opens or closes at such a time does so once.

Built to be asked often: open intervals stand in blocks of one UTC year, made when first needed,
with the open time before each summed up. An amount is found by bisection, however long it is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from zoneinfo import ZoneInfo

from workflow.spans import (
    DAYS,
    MINUTES_OF_DAY,
    CalendarRefused,
    Read,
    Spans,
    read_calendar,
    read_document,
)

__all__ = ["CalendarRefused", "Stretch", "WorkingCalendar"]
__all__ += ["CLOSED", "DAY_OFF", "HOLIDAY", "OPEN", "SPECIAL"]

OPEN = "open"
CLOSED = "closed"
"""Outside the hours of a weekday that has some."""
HOLIDAY = "holiday"
DAY_OFF = "day_off"
"""A weekday without hours."""
SPECIAL = "special"
"""Outside the hours that this date has of its own."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
MINUTE = 60_000_000
FIRST_YEAR, LAST_YEAR = 2, 9998
"""A day of every zone on either side of these can still be written down."""
MOST_YEARS = 100
"""No reckoning reaches further: an amount that needs more is an error somewhere else."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of time that is open, or closed and why.

    `day` is the local date on which it begins, `name` that of a holiday or of special hours.
    """

    start: datetime
    end: datetime
    open: bool
    why: str
    day: date | None = None
    name: str = ""


@dataclass(frozen=True)
class _Year:
    """The open intervals of one UTC year, in microseconds since 1970, cut at both its ends, and
    how much open time of the year lies before each."""

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

    `weekly` maps "mon" … "sun" to spans of wall times, ("09:00", "12:00") or datetime.time; an end
    of "24:00" is the midnight after, an end at or before the beginning lies on the next day.
    `holidays` are dates or a mapping to their names, `special_hours` map dates to the spans that
    replace that day's, `names` names any of those dates. It is never changed after it is made.
    """

    def __init__(
        self,
        tz: str | ZoneInfo,
        weekly: Mapping[str, Iterable[tuple[object, object]]],
        holidays: Iterable[date] | Mapping[date, str] = (),
        special_hours: Mapping[date, Iterable[tuple[object, object]]] | None = None,
        *,
        names: Mapping[date, str] | None = None,
    ) -> None:
        self._keep(read_calendar(tz, weekly, holidays, special_hours or {}, names or {}))

    def _keep(self, read: Read) -> None:
        self.tz = read.tz
        self.weekly, self.holidays, self.special_hours = read.weekly, read.holidays, read.special
        self.names = read.names
        # Filled when asked: each entry is complete before it is put there, so threads at worst
        # reckon the same year twice.
        self._years: dict[int, _Year] = {}
        self._days: dict[int, list[int]] = {}

    @classmethod
    def always(cls, tz: str | ZoneInfo) -> "WorkingCalendar":
        """Every hour of every day."""
        return cls(tz, {day: [("00:00", "24:00")] for day in DAYS})

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> "WorkingCalendar":
        """The calendar as the document of limits has it; raises CalendarRefused."""
        calendar = cls.__new__(cls)
        said = read_document(given)
        names = ("tz", "weekly", "holidays", "special_hours", "names")
        calendar._keep(read_calendar(*(said[name] for name in names)))
        return calendar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkingCalendar) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((self.tz.key, self.holidays))

    def _parts(self) -> tuple[object, ...]:
        return (self.tz.key, self.weekly, self.holidays, self.special_hours, self.names)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """When so much open time after `start` (before it, if negative) has passed.

        Raises OverflowError when that is more than a hundred years away.
        """
        at, year = _number_and_year(start)
        amount = duration // MICROSECOND
        if amount == 0:
            return _moment(max(at, self._next_interval(at, year)[0]))
        return _moment(
            self._ahead(at, year, amount) if amount > 0 else self._back(at, year, amount)
        )

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from `a` to `b`; negative when `b` is earlier."""
        # Python would compare two moments of one zone by their walls, and miss the hour that comes
        # twice.
        (start, first), (end, last) = _number_and_year(a), _number_and_year(b)
        if end < start:
            return -self.between(b, a)
        if last - first > MOST_YEARS:
            raise OverflowError("these moments are more than a hundred years apart")
        total = self._block(last).open_until(end) - self._block(first).open_until(start)
        total += sum(self._block(year).total for year in range(first, last))
        return total * MICROSECOND

    def is_open(self, at: datetime) -> bool:
        """Whether this moment counts; the closing second itself does not."""
        number, year = _number_and_year(at)
        block = self._block(year)
        place = bisect_right(block.starts, number) - 1
        return place >= 0 and number < block.ends[place]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself if it is open then, else the next moment that is."""
        return self.add(at, timedelta())

    def working_date(self, day: date, count: int) -> date:
        """The `count`-th local date after `day` on which hours of its own begin; 0 is `day`."""
        if count <= 0:
            return day
        year = day.year
        place = bisect_right(self._working_days(year), day.toordinal()) + count - 1
        for _ in range(MOST_YEARS):
            days = self._working_days(year)
            if place < len(days):
                return date.fromordinal(days[place])
            place -= len(days)
            year += 1
        raise OverflowError("this many working days do not come")

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
        for each in self._pieces(_number_and_year(a)[0], _number_and_year(b)[0]):
            if pending is not None and _alike(pending, each):
                pending = replace(pending, end=each.end)
                continue
            if pending is not None:
                yield pending
            pending = each
        if pending is not None:
            yield pending

    # Inside, moments are microseconds since 1970.

    def _ahead(self, at: int, year: int, amount: int) -> int:
        needed = self._block(year).open_until(at) + amount
        for _ in range(MOST_YEARS):
            block = self._block(year)
            if needed <= block.total:
                return block.reaches(needed)
            needed -= block.total
            year += 1
        raise OverflowError("this much open time does not come in a hundred years")

    def _back(self, at: int, year: int, amount: int) -> int:
        left = self._block(year).open_until(at) + amount
        for _ in range(MOST_YEARS):
            if left >= 0:
                return self._block(year).reached_backwards(left)
            year -= 1
            left += self._block(year).total
        raise OverflowError("this much open time has not been in a hundred years")

    def _next_interval(self, at: int, year: int) -> tuple[int, int]:
        """The open interval that `at` lies in, or the next one; cut where its UTC year ends."""
        for _ in range(MOST_YEARS):
            block = self._block(year)
            place = bisect_right(block.ends, at)
            if place < len(block.ends):
                return block.starts[place], block.ends[place]
            year += 1
        raise OverflowError("this calendar does not open again in a hundred years")

    def _block(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._build(year)
        return found

    def _build(self, year: int) -> _Year:
        first, last = _year_begins(year), _year_begins(year + 1)
        starts: list[int] = []
        ends: list[int] = []
        # Spans of days before the year may run into it, from far zones even after two midnights.
        day, stop = date(year, 1, 1) - 3 * DAY, date(year + 1, 1, 1) + DAY
        while day <= stop:
            for begins, stops in self._intervals(day):
                start, end = max(begins, first), min(stops, last)
                if start >= end:
                    continue
                if ends and start == ends[-1]:
                    ends[-1] = end
                else:
                    starts.append(start)
                    ends.append(end)
            day += DAY
        before, total = [], 0
        for start, end in zip(starts, ends, strict=True):
            before.append(total)
            total += end - start
        return _Year(starts, ends, before, total)

    def _intervals(self, day: date) -> list[tuple[int, int]]:
        """The spans that begin on a date, as moments; one look at the zone does for most dates."""
        midnight = datetime.combine(day, day_time(), UTC)
        offset = midnight.replace(tzinfo=self.tz).utcoffset()
        if offset is None or offset != (midnight + 2 * DAY).replace(tzinfo=self.tz).utcoffset():
            walls = self.spans_of(day)
            return [(self._instant(day, begin), self._instant(day, end)) for begin, end in walls]
        start = (midnight - EPOCH - offset) // MICROSECOND
        return [(start + begin * MINUTE, start + end * MINUTE) for begin, end in self.spans_of(day)]

    def _working_days(self, year: int) -> list[int]:
        """The ordinals of the dates of a year on which hours begin."""
        found = self._days.get(year)
        if found is None:
            _year_begins(year)
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = range(first, last + 1)
            found = self._days[year] = [day for day in days if self._works(date.fromordinal(day))]
        return found

    def _works(self, day: date) -> bool:
        """Whether hours begin on a date; not on one that the zone skipped."""
        return any(
            self._instant(day, begins) < self._instant(day, min(stops, MINUTES_OF_DAY))
            for begins, stops in self.spans_of(day)
        )

    def _instant(self, day: date, minutes: int) -> int:
        """A wall time of a local date, counted in minutes from its midnight."""
        days, minute = divmod(minutes, MINUTES_OF_DAY)
        wall = datetime.combine(day + days * DAY, day_time(minute // 60, minute % 60))
        moment = wall.replace(tzinfo=self.tz).astimezone(UTC)
        if moment.astimezone(self.tz).replace(tzinfo=None) == wall:
            return (moment - EPOCH) // MICROSECOND
        return self._change_before(moment)

    def _change_before(self, moment: datetime) -> int:
        """The clock change that skipped a wall time: it lies in the two days before `moment`,
        which the offset from before the change made of that wall time."""
        late = (moment - EPOCH) // timedelta(seconds=1)
        early = late - 2 * 24 * 60 * 60
        after = moment.astimezone(self.tz).utcoffset()
        while late - early > 1:
            middle = (late + early) // 2
            there = (EPOCH + timedelta(seconds=middle)).astimezone(self.tz).utcoffset()
            early, late = (early, middle) if there == after else (middle, late)
        return late * 1_000_000

    def _pieces(self, at: int, until: int) -> Iterator[Stretch]:
        while at < until:
            start, end = self._next_interval(at, _moment(at).year)
            if start > at:
                yield from self._closed(at, min(start, until))
            begins = max(start, at)
            if begins < until:
                day = self._local_date(begins)
                name = self.names.get(day, "") if day in self.special_hours else ""
                yield Stretch(_moment(begins), _moment(min(end, until)), True, OPEN, day, name)
            at = end

    def _closed(self, at: int, until: int) -> Iterator[Stretch]:
        """Closed time, one stretch for every local date."""
        day = self._local_date(at)
        while at < until:
            end = min(self._instant(day, MINUTES_OF_DAY), until)
            if end > at:  # else the zone skipped this date, or midnight came twice
                why = self._why_closed(day)
                name = self.names.get(day, "") if why in (HOLIDAY, SPECIAL) else ""
                yield Stretch(_moment(at), _moment(end), False, why, day, name)
                at = end
            day += DAY

    def _why_closed(self, day: date) -> str:
        if day in self.special_hours:
            return SPECIAL
        if day in self.holidays:
            return HOLIDAY
        return CLOSED if self.weekly[DAYS[day.weekday()]] else DAY_OFF

    def _local_date(self, at: int) -> date:
        return _moment(at).astimezone(self.tz).date()


def _alike(one: Stretch, other: Stretch) -> bool:
    if one.open or other.open:
        return one.open and other.open
    return one.why == other.why and one.why not in (HOLIDAY, SPECIAL)


def _number_and_year(at: datetime) -> tuple[int, int]:
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at.isoformat()}: say which time zone is meant")
    moment = at.astimezone(UTC)
    return (moment - EPOCH) // MICROSECOND, moment.year


def _year_begins(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR + 1:
        raise OverflowError(f"no calendar reaches the year {year}")
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND


def _moment(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)
