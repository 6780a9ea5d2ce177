"""The ledger 时间账: which stretches of time a clock counted, which it did not, and why (SLA-08).

It tells in lines what `workflow.clocks` reckoned, so that a supervisor can read to a customer why
something is late, or why it is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from workflow.clocks import Clock, Segment

COUNTED = "counted"


@dataclass(frozen=True)
class LedgerLine:
    """One stretch: counted, or not for the reason `why`; `amount` is the counted time in it and
    `total` what was counted up to its end. `name` is the holiday's, `day` the day's own date."""

    start: datetime
    end: datetime
    why: str
    amount: timedelta
    total: timedelta
    target: timedelta
    rule: str
    day: date | None = None
    name: str = ""

    @property
    def counts(self) -> bool:
        return self.why == COUNTED


def ledger(clock: Clock) -> list[LedgerLine]:
    """The lines of one clock from its start to its end, or to the moment it was asked for.

    They follow each other without gaps, and their amounts add up to `clock.used`.
    """
    lines: list[LedgerLine] = []
    total = timedelta()
    end = clock.ended_at or clock.now
    for segment in clock.segments:
        for line in _lines(segment, min(segment.end or end, end)):
            total += line.amount
            lines.append(replace(line, total=total))
    return lines


def _lines(segment: Segment, end: datetime) -> Iterator[LedgerLine]:
    if end <= segment.start:
        return
    if not segment.counts:
        yield _line(segment, segment.start, end, segment.why)
        return
    for stretch in segment.calendar.calendar.stretches(segment.start, end):
        line = _line(segment, stretch.start, stretch.end, COUNTED if stretch.open else stretch.why)
        amount = stretch.end - stretch.start if stretch.open else timedelta()
        yield replace(line, amount=amount, day=stretch.day, name=stretch.name)


def _line(segment: Segment, start: datetime, end: datetime, why: str) -> LedgerLine:
    return LedgerLine(start, end, why, timedelta(), timedelta(), segment.target, segment.rule.id)
