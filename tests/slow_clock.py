"""A clock reckoned as a person with a wall calendar and a lot of patience would: minute by minute.

It knows opening hours, holidays and what happened, and nothing of how the product counts: no
intervals, no sums of years, no arithmetic with due moments. It is for comparing, not for speed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
BEGINNING = datetime(2025, 2, 24, tzinfo=UTC)
MINUTES = 100 * 24 * 60
"""How far the patience goes: a hundred days."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Hours:
    """Opening hours on the wall: for each weekday spans "09:00"–"17:00", and days off."""

    zone: str
    weekly: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(
        cls,
        zone: str,
        weekly: Mapping[str, Iterable[tuple[str, str]]],
        holidays: Iterable[date] = (),
    ) -> "Hours":
        spans = tuple((day, tuple(spans)) for day, spans in weekly.items())
        return cls(zone, spans, frozenset(holidays))

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(ZoneInfo(self.zone))
        if local.date() in self.holidays:
            return False
        wall = f"{local:%H:%M}"
        spans = dict(self.weekly).get(DAYS[local.weekday()], ())
        return any(begins <= wall < ends for begins, ends in spans)


@lru_cache
def open_minutes(hours: Hours) -> tuple[bool, ...]:
    """For every minute of the hundred days whether it is open."""
    return tuple(hours.is_open(BEGINNING + place * MINUTE) for place in range(MINUTES))


def _is_open(hours: Hours, minute: int) -> bool:
    inside = 0 <= minute < MINUTES
    return open_minutes(hours)[minute] if inside else hours.is_open(moment(minute))


@dataclass(frozen=True)
class Deed:
    """What happened to the clock at a minute: begin, pause, resume, limit, end."""

    at: int
    what: str
    limit: tuple[int, Hours] | None = None


@dataclass
class SlowClock:
    """One cycle: counts the minutes that are open, one after the other."""

    target: int
    hours: Hours
    since: int
    begun: int
    used: int = 0
    used_before: int = 0
    paused: bool = False
    reached: int | None = None
    missed: int | None = None
    ended: bool = False

    def stretch(self, minute: int) -> None:
        """A new stretch begins: under another limit, or after a pause."""
        self.since, self.used_before, self.reached = minute, self.used, None
        if not self.paused and self.used > self.target and self.missed is None:
            self.missed = minute

    def count(self, minute: int) -> None:
        if self.ended or self.paused or not open_minutes(self.hours)[minute]:
            return
        if self.used >= self.target and self.missed is None:
            self.missed = minute if self.reached is None else self.reached
        self.used += 1
        if self.used == self.target:
            self.reached = minute + 1

    def due(self) -> int:
        """Forwards or backwards from where the stretch began, one minute at a time."""
        minute, left = self.since, self.target - self.used_before
        while left < 0:
            minute -= 1
            left += _is_open(self.hours, minute)
        while left == 0 and self.used_before == self.target and not _is_open(self.hours, minute):
            minute += 1
        while left > 0:
            left -= _is_open(self.hours, minute)
            minute += 1
        return minute


def _follow(cycles: list[SlowClock], deed: Deed) -> None:
    if deed.what == "begin" and deed.limit is not None:
        cycles.append(SlowClock(*deed.limit, since=deed.at, begun=deed.at))
        return
    clock = cycles[-1]
    if clock.ended:
        return
    if deed.what == "end":
        clock.ended = True
    elif deed.what in ("pause", "resume"):
        clock.paused = deed.what == "pause"
        clock.stretch(deed.at)
    elif deed.limit is not None and deed.limit != (clock.target, clock.hours):
        clock.target, clock.hours = deed.limit
        clock.stretch(deed.at)


def reckoned(deeds: Sequence[Deed], now: int) -> list[SlowClock]:
    """Every cycle as it stands at a minute."""
    waiting = [deed for deed in deeds if deed.at <= now]
    cycles: list[SlowClock] = []
    for minute in range(waiting[0].at, now + 1):
        while waiting and waiting[0].at == minute:
            _follow(cycles, waiting.pop(0))
        if minute < now:
            cycles[-1].count(minute)
    return cycles


def moment(minute: int) -> datetime:
    return BEGINNING + minute * MINUTE
