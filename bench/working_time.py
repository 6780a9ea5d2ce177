"""What an answer of the working calendar costs: `python -m bench.working_time`.

Beside each figure stands the least that Python can do for the same answer: the same conversion of
the moment, and one bisection of a list made beforehand that covers exactly the years needed.
"""

import time
import timeit
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from workflow.working_time import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 20, 16, 30, tzinfo=ZONE).astimezone(UTC)
HOUR = timedelta(hours=1)
WORKING_DAY = 8 * HOUR
AMOUNTS = {"1 h": HOUR, "15 days": 15 * WORKING_DAY, "250 working days": 250 * WORKING_DAY}

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

TIMES = 5_000
ROUNDS = 25


def a_calendar() -> WorkingCalendar:
    hours = [("09:00", "12:00"), ("13:00", "18:00")]
    return WorkingCalendar(ZONE, dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours))


@dataclass(frozen=True)
class Least:
    """One list of open intervals, and nothing else: no other years, no zero, no backwards."""

    starts: list[int]
    before: list[int]
    ends: list[int]

    @classmethod
    def of(cls, calendar: WorkingCalendar) -> "Least":
        until = START + timedelta(days=800)
        told = [each for each in calendar.stretches(START - timedelta(days=30), until) if each.open]
        starts = [(each.start - EPOCH) // MICROSECOND for each in told]
        ends = [(each.end - EPOCH) // MICROSECOND for each in told]
        lengths = [end - start for start, end in zip(starts, ends, strict=True)]
        return cls(starts, list(accumulate(lengths, initial=0))[:-1], ends)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        needed = self._until((start - EPOCH) // MICROSECOND) + amount // MICROSECOND
        place = bisect_left(self.before, needed) - 1
        return EPOCH + timedelta(microseconds=self.starts[place] + needed - self.before[place])

    def between(self, a: datetime, b: datetime) -> timedelta:
        first, last = (a - EPOCH) // MICROSECOND, (b - EPOCH) // MICROSECOND
        return (self._until(last) - self._until(first)) * MICROSECOND

    def _until(self, at: int) -> int:
        place = bisect_right(self.starts, at) - 1
        return self.before[place] + min(at, self.ends[place]) - self.starts[place]


def microseconds(*asked: Callable[[], object]) -> list[float]:
    """Per call, each in its quickest of many rounds; they take turns, and only our own work is
    counted, so that a busy machine troubles all of them alike."""
    timers = [timeit.Timer(ask, timer=time.process_time) for ask in asked]
    rounds = [[timer.timeit(TIMES) for timer in timers] for _ in range(ROUNDS)]
    return [min(spent) / TIMES * 1_000_000 for spent in zip(*rounds, strict=True)]


def cold(amount: timedelta) -> float:
    """The first answer of a calendar that has reckoned nothing yet, in milliseconds."""
    spent = []
    for calendar in [a_calendar() for _ in range(5)]:
        began = time.process_time()
        calendar.add(START, amount)
        spent.append(time.process_time() - began)
    return min(spent) * 1000


def report() -> None:
    calendar = a_calendar()
    least = Least.of(calendar)
    print("\n## Working time, µs a call (least: one bisection of a list made for it)")
    print(f"{'':28}{'ours':>8}{'least':>8}{'times':>8}{'first, ms':>12}")
    for name, amount in AMOUNTS.items():
        due = calendar.add(START, amount)
        if (least.add(START, amount), least.between(START, due)) != (due, amount):
            raise RuntimeError(f"{name}: the two do not agree")
        asked = {
            f"add {name}": (
                lambda amount=amount: calendar.add(START, amount),
                lambda amount=amount: least.add(START, amount),
            ),
            f"between, {name} apart": (
                lambda due=due: calendar.between(START, due),
                lambda due=due: least.between(START, due),
            ),
        }
        for label, (ours, theirs) in asked.items():
            spent, bound = microseconds(ours, theirs)
            first = f"{cold(amount):12.1f}" if label.startswith("add") else ""
            print(f"{label:28}{spent:8.2f}{bound:8.2f}{spent / bound:8.2f}{first}")


if __name__ == "__main__":
    report()
