"""Limits in whole days: the conditions by which an ended complaint kept one.

Days are those of the facts: ordinals in the operator's zone. The day of receipt is day 0, so that
a complaint of Monday that ends on Wednesday took two days; DISP 1.5 counts the same way, from the
business day after receipt.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache

from sqlalchemy import and_, case, or_

from tickets.models import ComplaintFact as Fact
from tickets.reports.regulator import packs
from tickets.reports.shape import Condition

DAYS_OF_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def within_days(days: int) -> Condition:
    """Ended at most so many calendar days after the day of receipt."""
    return Fact.ended_day - Fact.registered_day <= days


def within_working_days(pack: str, days: int) -> Condition:
    """Ended on or before the so-manieth working day after the day of receipt, by the pack's own
    calendar. In years whose calendar the pack does not have, only the week counts."""
    usual, otherwise = allowances(pack, days)
    took = Fact.ended_day - Fact.registered_day
    exceptional = [day for unusual in otherwise.values() for day in unusual]
    weekday = (Fact.registered_day + 6) % 7  # 0 is Monday: date(1, 1, 1), ordinal 1, was one
    by_week = case(*((weekday == day, length) for day, length in enumerate(usual)))
    near_holidays = [
        and_(Fact.registered_day.in_(unusual), took <= length)
        for length, unusual in otherwise.items()
    ]
    return or_(and_(Fact.registered_day.not_in(exceptional), took <= by_week), *near_holidays)


@cache
def allowances(pack: str, days: int) -> tuple[tuple[int, ...], Mapping[int, tuple[int, ...]]]:
    """How many calendar days the limit gives: to a complaint of each weekday, and, by length, to
    those received on days near holidays."""
    calendar = packs.calendar_of(pack)
    usual = tuple(
        _length(date(2024, 1, 1) + timedelta(days=day), days, calendar.opens_by_week)
        for day in range(7)
    )
    otherwise: dict[int, list[int]] = {}
    for year in calendar.years:
        day = date(year, 1, 1)
        while day.year == year:
            length = _length(day, days, calendar.opens)
            if length != usual[day.weekday()]:
                otherwise.setdefault(length, []).append(day.toordinal())
            day += timedelta(days=1)
    return usual, {length: tuple(found) for length, found in otherwise.items()}


def _length(received: date, days: int, opens: Callable[[date], bool]) -> int:
    day, left = received, days
    while left:
        day += timedelta(days=1)
        left -= opens(day)
    return (day - received).days
