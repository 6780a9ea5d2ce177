"""The clocks of a complaint, from what happened to it: one pure function (design §5).

`clocks(history, now)` is the only place where time limits are reckoned. Lists, pages, alerts,
reports and the API show what it returns, or what was stored of it (SLA-12). Working clocks count
the open time of a calendar and pause where the lifecycle says so; statutory ones run through.

A limit that runs out exactly when the clock stops is met.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow.clock_keeping import Keeper
from workflow.clock_story import (
    NO_REASON,
    ZERO,
    Happening,
    History,
    Id,
    Running,
    Segment,
)
from workflow.limits import DatedCalendar, Facts, Rule, Rung
from workflow.words import ClockKind, ClockState

__all__ = [
    "NO_REASON",
    "Clock",
    "Happening",
    "History",
    "Id",
    "Segment",
    "clocks",
    "next_due",
    "rung_moment",
]


@dataclass(frozen=True)
class Clock:
    """One clock as it stands at `now`. Spans are counted time; `due_at` is empty while paused."""

    id: Id
    state: ClockState
    unit: str
    starts_at: datetime
    target: timedelta
    used: timedelta
    due_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    segments: tuple[Segment, ...]
    now: datetime
    facts: Facts
    cycle_began: datetime

    @property
    def rule(self) -> Rule:
        return self.segments[-1].rule

    @property
    def limits_key(self) -> str:
        return self.segments[-1].limits_key

    @property
    def calendar(self) -> DatedCalendar:
        return self.segments[-1].calendar

    @property
    def is_open(self) -> bool:
        return self.state in (ClockState.RUNNING, ClockState.PAUSED)

    @property
    def remaining(self) -> timedelta:
        """Counted time that is left; negative once it is late."""
        return self.target - self.used

    @property
    def percent(self) -> int:
        """How much of the limit is used, in whole percent, rounded down."""
        return self.used * 100 // self.target if self.target > ZERO else 100

    @property
    def provisional(self) -> bool:
        """Whether the due moment rests on a year whose official days are not published."""
        return self.due_at is not None and self.calendar.is_provisional(self.due_at)


FIRST_BEYOND = timedelta(seconds=1)
"""At the due moment itself a limit is still met; the next counted second is too late."""


def clocks(history: History, now: datetime) -> tuple[Clock, ...]:
    """Every clock of the complaint, in the order in which they began.

    What happened after `now` is left out, so a past moment can be asked for as well.
    """
    keeper = Keeper(history)
    for happening in history.happenings:
        if happening.at <= now:
            keeper.take(happening)
    found = (_as_of(running, now) for running in keeper.begun if running.segments)
    return tuple(found)


def rung_moment(rung: Rung, clock: Clock) -> datetime | None:
    """When a running clock reaches this rung: in counted time, backwards from the due moment or
    forwards beyond it, and never before the stretch that runs now (SLA-05, C-40)."""
    if clock.due_at is None or not clock.segments[-1].counts:
        return None
    if rung.before is not None:
        amount = -rung.before
    elif rung.percent == 100:
        amount = FIRST_BEYOND
    else:
        amount = clock.target * ((rung.percent or 100) - 100) / 100
    moment = clock.calendar.calendar.add(clock.due_at, amount)
    return max(moment, clock.segments[-1].start)


def next_due(found: Iterable[Clock]) -> Clock | None:
    """The running clock that runs out first; silence is no limit that anybody was told of."""
    running = [
        clock
        for clock in found
        if clock.due_at is not None and clock.is_open and clock.id.kind is not ClockKind.STALE
    ]
    return min(running, key=lambda clock: clock.due_at or clock.now, default=None)


def _as_of(running: Running, now: datetime) -> Clock:
    """What a clock shows at `now`."""
    used, breached_at = ZERO, None
    for segment in running.segments:
        # A follow-up date is an appointment with oneself, not a limit: nobody can miss it.
        is_limit = running.id.kind is not ClockKind.FOLLOW_UP
        if is_limit and breached_at is None and segment.counts:
            breached_at = _breach(segment, used, now)
        used += segment.counted(now)
    last = running.segments[-1]
    state = _state(running, breached_at)
    return Clock(
        id=running.id,
        state=state,
        unit=running.facts.units[-1] if running.facts.units else "",
        starts_at=running.starts_at,
        target=last.target,
        used=used,
        due_at=_due(running, used - last.counted(now), state),
        breached_at=breached_at,
        ended_at=running.ended_at,
        segments=tuple(running.segments),
        now=now,
        facts=running.facts,
        cycle_began=running.cycle_began or running.starts_at,
    )


def _breach(segment: Segment, used: timedelta, now: datetime) -> datetime | None:
    """When the limit was passed in this stretch; at its very beginning if a new limit was."""
    end = now if segment.end is None else min(segment.end, now)
    left = segment.target - used
    if left < ZERO:
        return segment.start
    due = segment.calendar.calendar.add(segment.start, left)
    # At the due moment itself it is still in time; outside of open hours nothing more counts.
    return due if segment.calendar.calendar.between(due, end) > ZERO else None


def _due(running: Running, used_before: timedelta, state: ClockState) -> datetime | None:
    last = running.segments[-1]
    if not last.counts or state is ClockState.PAUSED:
        return None
    if running.given_due is not None:
        return running.given_due
    return last.calendar.calendar.add(last.start, last.target - used_before)


def _state(running: Running, breached_at: datetime | None) -> ClockState:
    if running.is_open:
        return ClockState.RUNNING if running.segments[-1].counts else ClockState.PAUSED
    if breached_at is not None:
        return ClockState.MISSED
    return ClockState.MET if running.stopped else ClockState.VOID
