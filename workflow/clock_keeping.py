"""What became of each clock as things happened: begun, paused, aimed anew, stopped.

The lifecycle's effects say when; the limits say how long. `workflow.clocks` reads the result.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflow.clock_story import (
    NO_REASON,
    ZERO,
    Happening,
    History,
    Id,
    Running,
    Segment,
)
from workflow.effects import (
    Effect,
    NewCycle,
    Pause,
    ReckonAgain,
    ReportAgain,
    Resume,
    RunOn,
    Start,
    Stop,
    StopAll,
)
from workflow.limits import DatedCalendar, Rule, SpanUnit, runs_out
from workflow.words import IN_PERSON, ClockKind
from workflow.working_time import WorkingCalendar

K = ClockKind

PAUSED_WHILE_WAITING = (K.RESOLUTION, K.PROGRESS, K.ACKNOWLEDGE, K.STALE)
"""What waits while the customer owes something (PAU-01); work orders cannot be open then."""

NOT_WITH_DEPARTMENT = "not_with_department"
"""Between an answer or a return and the moment the department has it again."""


def _used(running: Running, at: datetime) -> timedelta:
    return sum((segment.counted(at) for segment in running.segments), ZERO)


@lru_cache
def around_the_clock(zone: ZoneInfo) -> DatedCalendar:
    """What dates that people gave count on; made once a zone, because a year of it takes time."""
    return DatedCalendar("always", WorkingCalendar.always(zone))


class Keeper:
    """Follows the history and keeps every clock that began."""

    def __init__(self, history: History) -> None:
        self.facts, self.limits = history.facts, history.limits
        self.order_units = history.order_units
        self.always = around_the_clock(history.zone)
        self.cycle = 1
        self.received_at: datetime | None = None
        self.cycle_began: datetime | None = None
        self.waits_because = NO_REASON
        self.begun: list[Running] = []
        self.before_the_end: list[Running] | None = None

    def take(self, happening: Happening) -> None:
        if self.received_at is None:
            self.received_at = happening.received_at or happening.at
            self.cycle_began = happening.at
        if happening.limits is not None or happening.facts is not None:
            self.limits = happening.limits or self.limits
            self.facts = happening.facts or self.facts
            self._retarget(happening.at)
        if happening.started_at is not None:
            self._move_start(happening.started_at)
        if StopAll() in happening.effects:
            self.before_the_end = [each.copy() for each in self.begun]
        for effect in happening.effects:
            if effect.moves_time:
                EXECUTORS[type(effect)](self, effect, happening)
        if any(effect != ReckonAgain() for effect in happening.effects):
            self._something_happened(happening.at)

    def _something_happened(self, at: datetime) -> None:
        """While it is being worked on, silence is timed from the last thing that was done
        (PAU-09). Notes do not count: any comment would buy time (M-02)."""
        last = self._latest(K.STALE, "")
        if last is not None and last.is_open:
            late = last.segments and _used(last, at) > last.segments[-1].target
            last.end(at, stopped=True)
            if not late:
                self.begun.remove(last)  # nobody was ever told of it
        if self._open(K.RESOLUTION):
            self._aim(self._begin(K.STALE, at), at)

    def start(self, kind: ClockKind, happening: Happening) -> None:
        """Start a clock, or let it go on. Acceptance is timed for each order that was sent; the
        law counts from receipt."""
        if kind is K.PROMISE:
            self._promise(happening)
        elif kind is K.ACCEPT:
            for order in happening.sent:
                self._start(kind, happening.at, order)
        else:
            since = happening.received_at if kind is K.REGULATOR else None
            self._start(kind, since or happening.at, happening.order if kind is K.ANSWER else "")

    def _promise(self, happening: Happening) -> None:
        """A date given by a person. A later dispatch repeats it; only another date replaces it."""
        at, date = happening.at, happening.date
        last = self._latest(K.PROMISE, "")
        if date is None or (last is not None and last.is_open and last.given_due == date):
            return
        if last is not None:
            last.end(at, stopped=False)
        self._aim(self._begin(K.PROMISE, at, due=date), at)

    def report_again(self, happening: Happening) -> None:
        """The customer was told something: the next report is due from here (SLA-14)."""
        self._restart_progress(happening.at)

    def new_cycle(self, happening: Happening) -> None:
        """From now on clocks belong to another cycle; those of the one before stay as they are."""
        self.cycle += 1
        self.cycle_began = happening.at

    def stop_all(self, happening: Happening) -> None:
        """An end: whatever still runs is neither met nor missed (ESC-06)."""
        for running in self.begun:
            running.end(happening.at, stopped=False)

    def run_on(self, _happening: Happening) -> None:
        """The end was undone: every clock goes on as if it had never been stopped."""
        if self.before_the_end is not None:
            self.begun, self.before_the_end = self.before_the_end, None

    def _start(self, kind: ClockKind, at: datetime, subject: str = "") -> None:
        stopped = self._latest(kind, subject)
        if stopped is not None and stopped.is_open:
            return
        if kind is K.ANSWER and stopped is not None:
            stopped.reopen(at, NOT_WITH_DEPARTMENT)
            self._aim_anew(stopped, at)
            return
        running = self._begin(kind, at, subject)
        self._aim(running, at)
        if kind is K.RESOLUTION:
            self._restart_progress(at)
        if kind is K.ACKNOWLEDGE and self.facts.channel in IN_PERSON:
            running.end(at, stopped=True)

    def _begin(
        self, kind: ClockKind, at: datetime, subject: str = "", due: datetime | None = None
    ) -> Running:
        same = [each for each in self.begun if each.id[:3] == (kind, self.cycle, subject)]
        units = self.order_units.get(subject, self.facts.units)
        facts = replace(self.facts, units=units)
        name = Id(kind, self.cycle, subject, len(same) + 1)
        running = Running(name, at, facts, due, cycle_began=self.cycle_began, origin=at)
        self.begun.append(running)
        return running

    def _restart_progress(self, at: datetime) -> None:
        """The customer was told something: the next report is due from here."""
        last = self._latest(K.PROGRESS, "")
        if last is not None:
            last.end(at, stopped=True)
        resolution = self._latest(K.RESOLUTION, "")
        if resolution is not None and resolution.is_open:
            self._aim(self._begin(K.PROGRESS, at), at)

    def pause(self, happening: Happening) -> None:
        """Wait for the customer until the date that was set (PAU-01)."""
        self.waits_because = happening.why or "waiting"
        for running in self._open(*PAUSED_WHILE_WAITING):
            self._set_going(running, happening.at)
        if happening.date is not None:
            self._aim(self._begin(K.FOLLOW_UP, happening.at, due=happening.date), happening.at)

    def resume(self, happening: Happening) -> None:
        """What rested goes on; the follow-up is met."""
        at = happening.at
        self.waits_because = NO_REASON
        self.stop(K.FOLLOW_UP, happening)
        for running in self._open(*PAUSED_WHILE_WAITING):
            self._set_going(running, at)

    def _set_going(self, running: Running, at: datetime) -> None:
        statutory = bool(running.segments) and running.segments[-1].rule.statutory
        waits = running.id.kind in PAUSED_WHILE_WAITING and not statutory
        running.go_on(at, self.waits_because if waits else NO_REASON)

    def stop(self, kind: ClockKind, happening: Happening) -> None:
        """End a clock: met if in time. Progress reports end with the resolution, void."""
        of_order = kind in (K.ACCEPT, K.ANSWER)
        running = self._latest(kind, happening.order if of_order else "")
        if running is None:
            return
        running.end(happening.at, stopped=not happening.taken_back)
        if kind is K.RESOLUTION:
            for progress in self._open(K.PROGRESS):
                progress.end(happening.at, stopped=False)

    def _latest(self, kind: ClockKind, subject: str) -> Running | None:
        of_kind = (each for each in reversed(self.begun) if each.id.kind is kind)
        return next((each for each in of_kind if each.id.subject == subject), None)

    def _open(self, *kinds: ClockKind) -> list[Running]:
        return [each for each in self.begun if each.is_open and each.id.kind in kinds]

    def _aim(self, running: Running, at: datetime) -> None:
        """Give a clock the limit that holds now; without a rule it does not run."""
        aimed = self._limit(running)
        if aimed is None:
            running.close_segment(at)
            return
        first = not running.segments
        start = running.starts_at if first else at
        running.close_segment(at)
        why = NO_REASON if first else running.segments[-1].why
        running.segments.append(replace(aimed, start=start, why=why))
        for since, waits in running.waits if first and not aimed.rule.statutory else ():
            running.go_on(since, waits)
        self._set_going(running, at)

    def _limit(self, running: Running) -> Segment | None:
        """The limit that holds for this clock now, as the stretch that would begin."""
        at = running.starts_at
        if running.given_due is not None:
            span = running.given_due - at
            return Segment(at, None, NO_REASON, span, self.always, GIVEN_DATE, self.limits.key)
        match = self.limits.match(running.id.kind, running.facts)
        if match is None:
            return None
        rule = match.rule
        calendar = self.limits.calendar_for(rule, running.facts)
        limit = runs_out(rule, calendar.calendar, at, running.id.cycle)
        if isinstance(limit, timedelta):
            return Segment(at, None, NO_REASON, limit, calendar, rule, self.limits.key)
        by_date = replace(calendar, calendar=self.always.calendar)
        return Segment(at, None, NO_REASON, limit - at, by_date, rule, self.limits.key)

    def _retarget(self, at: datetime) -> None:
        """Other facts or other limits: what was used stays used (PAU-04)."""
        for running in self.begun:
            if running.is_open:
                self._aim_anew(running, at)

    def _aim_anew(self, running: Running, at: datetime) -> None:
        """Another stretch if another limit, or another version's ladder, holds by now."""
        running.facts = replace(
            self.facts, units=self.order_units.get(running.id.subject, self.facts.units)
        )
        aimed = self._limit(running)
        if aimed is None and running.segments:
            running.end(at, stopped=False)
        elif aimed is not None and not (running.segments and aimed.same_as(running.segments[-1])):
            self._aim(running, at)

    def _move_start(self, start: datetime) -> None:
        """A merge keeps the earliest start; undoing it gives the later one back (C-39). What
        came in later than this complaint itself moves nothing."""
        for running in (*self.begun, *(self.before_the_end or ())):
            moves = running.is_open and running.id.kind in (K.RESOLUTION, K.REGULATOR)
            if not moves or running.id.cycle > 1 or not running.segments:
                continue
            earlier = self.received_at is not None and start < self.received_at
            running.starts_at = start if earlier else running.origin or start
            running.segments[0] = replace(running.segments[0], start=running.starts_at)
            aimed = self._limit(running)
            # Limits in days end on a date that depends on the start.
            running.segments = [
                replace(each, target=aimed.target) if aimed and each.rule == aimed.rule else each
                for each in running.segments
            ]


GIVEN_DATE = Rule("given", K.PROMISE, 1, SpanUnit.DAYS)
"""Stands where a person set the date: no rule made it, and none moves it (PAU-03)."""


def _start(keeper: Keeper, effect: Effect, happening: Happening) -> None:
    if isinstance(effect, Start):
        keeper.start(effect.clock, happening)


def _stop(keeper: Keeper, effect: Effect, happening: Happening) -> None:
    if isinstance(effect, Stop):
        keeper.stop(effect.clock, happening)


EXECUTORS: Mapping[type[Effect], Callable[[Keeper, Effect, Happening], None]] = {
    Start: _start,
    Stop: _stop,
    ReportAgain: lambda keeper, _effect, happening: keeper.report_again(happening),
    Pause: lambda keeper, _effect, happening: keeper.pause(happening),
    Resume: lambda keeper, _effect, happening: keeper.resume(happening),
    NewCycle: lambda keeper, _effect, happening: keeper.new_cycle(happening),
    StopAll: lambda keeper, _effect, happening: keeper.stop_all(happening),
    RunOn: lambda keeper, _effect, happening: keeper.run_on(happening),
    # Other facts and limits are taken from the happening itself, before its effects.
    ReckonAgain: lambda _keeper, _effect, _happening: None,
}
"""What each effect that moves time does to the clocks."""
