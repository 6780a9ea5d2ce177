"""What clocks are made of: what happened, and the stretches of each clock's life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workflow.effects import Effect
from workflow.limits import DatedCalendar, Facts, Limits, Rule
from workflow.words import ClockKind

ZERO = timedelta()
NO_REASON = ""


@dataclass(frozen=True)
class Happening:
    """One thing that happened, reduced to what time depends on.

    `order` is the work order it is about, `sent` those that wait for acceptance from now on,
    `date` the moment a person promised or set, `why` the reason of a pause. `facts` and `limits`
    hold from here on when given; `started_at` moves the start, as a merge does. The law
    counts from `received_at` when that was before we entered it. What is `taken_back` was neither
    done in time nor missed.
    """

    at: datetime
    effects: tuple[Effect, ...] = ()
    order: str = ""
    sent: tuple[str, ...] = ()
    date: datetime | None = None
    why: str = NO_REASON
    facts: Facts | None = None
    limits: Limits | None = None
    started_at: datetime | None = None
    received_at: datetime | None = None
    taken_back: bool = False


@dataclass(frozen=True)
class History:
    """All that clocks are made of: where it began, under which limits, and what happened."""

    facts: Facts
    limits: Limits
    happenings: Sequence[Happening]
    order_units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Segment:
    """A stretch of one clock's life. Counted unless `why` says why not; `target` is the limit
    that held in it, counted on `calendar`."""

    start: datetime
    end: datetime | None
    why: str
    target: timedelta
    calendar: DatedCalendar
    rule: Rule
    limits_key: str

    @property
    def counts(self) -> bool:
        return self.why == NO_REASON

    def same_as(self, other: "Segment") -> bool:
        """Whether both run under the same limit of the same version: the ladder hangs on it."""
        mine = (self.target, self.rule, self.calendar, self.limits_key)
        return mine == (other.target, other.rule, other.calendar, other.limits_key)

    def counted(self, now: datetime) -> timedelta:
        """Counted time up to its end, or up to now."""
        end = now if self.end is None else min(self.end, now)
        if not self.counts or end <= self.start:
            return ZERO
        return self.calendar.calendar.between(self.start, end)


class Id(NamedTuple):
    """What a clock is, within its complaint."""

    kind: ClockKind
    cycle: int
    subject: str
    turn: int


@dataclass
class Running:
    """One clock while it is being followed.

    `origin` is where it began by itself, whatever a merge makes of `starts_at`. What paused while
    no rule made it run is in `waits`: a rule that comes later must not charge it (M-08).
    """

    id: Id
    starts_at: datetime
    facts: Facts
    given_due: datetime | None = None
    cycle_began: datetime | None = None
    origin: datetime | None = None
    segments: list[Segment] = field(default_factory=list)
    waits: list[tuple[datetime, str]] = field(default_factory=list)
    ended_at: datetime | None = None
    stopped: bool = False

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def copy(self) -> "Running":
        return replace(self, segments=list(self.segments), waits=list(self.waits))

    def close_segment(self, at: datetime) -> None:
        if self.segments and self.segments[-1].end is None:
            self.segments[-1] = replace(self.segments[-1], end=at)

    def go_on(self, at: datetime, why: str) -> None:
        """A new stretch under the same limit, counted or not."""
        if not self.segments:
            self.waits.append((at, why))
        if self.segments and self.is_open and self.segments[-1].why != why:
            last = self.segments[-1]
            self.close_segment(at)
            self.segments.append(replace(last, start=at, end=None, why=why))

    def end(self, at: datetime, *, stopped: bool) -> None:
        """Stopped by what it waited for, or void because nothing waits any more."""
        if self.is_open:
            self.close_segment(at)
            self.ended_at, self.stopped = at, stopped

    def reopen(self, at: datetime, why: str) -> None:
        """What it waited for turned out not to have happened; the time between does not count."""
        ended_at, self.ended_at, self.stopped = self.ended_at, None, False
        if self.segments and ended_at is not None:
            last = self.segments[-1]
            self.segments.append(replace(last, start=ended_at, end=at, why=why))
            self.segments.append(replace(last, start=at, end=None, why=NO_REASON))
