"""Which time a clock counts: the open time of a calendar, or all of it."""

from datetime import datetime, timedelta

from workflow.clocks import Clock
from workflow.limits import Facts, Limits, SpanUnit
from workflow.spans import MINUTES_OF_DAY
from workflow.working_time import WorkingCalendar

BY_THE_CALENDAR = frozenset({SpanUnit.MINUTES, SpanUnit.HOURS})
"""Limits that count open time; those stated in days are ends of dates and count all time."""


def counts_open_time(clock: Clock) -> bool:
    return not never_closes(clock.calendar.calendar)


def calendar_of(name: str, limits: Limits, units: tuple[str, ...]) -> WorkingCalendar | None:
    """The calendar whose open time a rule counts; None where all time counts, as it does up to a
    date that somebody gave."""
    rule = next((each for each in limits.rules if each.id == name), None)
    if rule is None or rule.unit not in BY_THE_CALENDAR:
        return None
    calendar = limits.calendar_for(rule, Facts(units=units)).calendar
    return None if never_closes(calendar) else calendar


WHOLE_DAY = ((0, MINUTES_OF_DAY),)


def never_closes(calendar: WorkingCalendar) -> bool:
    """Around the clock, every day."""
    exceptions = calendar.holidays or calendar.special_hours
    return not exceptions and all(spans == WHOLE_DAY for spans in calendar.weekly.values())


def left(calendar: WorkingCalendar | None, due_at: datetime, now: datetime) -> timedelta:
    """Counted time until the due moment, negative after it."""
    return due_at - now if calendar is None else calendar.between(now, due_at)
