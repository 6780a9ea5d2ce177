"""Which days a report is about, and how they are named in an address (REP-04)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tickets.facts.months import midnight
from tickets.reports.shape import Period
from workflow.reasons import Reason
from workflow.words import N_


class Span(StrEnum):
    """The periods that have a name."""

    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"
    TWELVE_MONTHS = "twelve_months"
    DAYS = "days"
    """From one day to another."""


DEFAULT = Span.THIS_MONTH
LONGEST = timedelta(days=366 * 5)
EARLIEST = date(1990, 1, 1)


class BadPeriod(ValueError):
    """The days do not make a period; `reasons` say at which field and why."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*(str(each) for each in reasons))
        self.reasons = reasons


def between(first: date, last: date, zone: str) -> Period:
    """The days from the first to the last, both included; a day may have 23 or 25 hours."""
    return Period(
        first, last, zone, midnight(first, zone), midnight(last + timedelta(days=1), zone)
    )


def named(span: Span, today: date, zone: str) -> Period:
    """A period by its name, as of today."""
    return between(*_days(span, today), zone)


def _days(span: Span, today: date) -> tuple[date, date]:
    week = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    quarter = month.replace(month=3 * ((today.month - 1) // 3) + 1)
    year = today.replace(month=1, day=1)
    day = timedelta(days=1)
    starts = {
        Span.THIS_WEEK: (week, week + 6 * day),
        Span.LAST_WEEK: (week - 7 * day, week - day),
        Span.THIS_MONTH: (month, _later(month, 1) - day),
        Span.LAST_MONTH: (_later(month, -1), month - day),
        Span.THIS_QUARTER: (quarter, _later(quarter, 3) - day),
        Span.LAST_QUARTER: (_later(quarter, -3), quarter - day),
        Span.THIS_YEAR: (year, _later(year, 12) - day),
        Span.LAST_YEAR: (_later(year, -12), year - day),
        Span.TWELVE_MONTHS: (_later(month, -12), month - day),
    }
    return starts[span]


def _later(first_of_month: date, months: int) -> date:
    """The first of the month so many months later."""
    count = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def before(period: Period) -> Period:
    """The period before: as many whole months if it is whole months, else as many days."""
    after_last = period.last + timedelta(days=1)
    if period.first.day == 1 and after_last.day == 1:
        months = (after_last.year - period.first.year) * 12 + after_last.month - period.first.month
        first = _later(period.first, -months)
    else:
        first = period.first - (after_last - period.first)
    return between(first, period.first - timedelta(days=1), period.zone)


def read(given: Mapping[str, str], now: datetime, zone: str) -> Period:
    """The period that an address asks for; raises BadPeriod with every reason."""
    today = now.astimezone(ZoneInfo(zone)).date()
    written = given.get("period") or (Span.DAYS if given.get("from") else DEFAULT)
    try:
        span = Span(written)
    except ValueError:
        raise BadPeriod(Reason("period", N_("There is no such period."))) from None
    if span is not Span.DAYS:
        return named(span, today, zone)
    first, last = _day(given, "from"), _day(given, "to")
    reasons = [each for each in (first, last) if isinstance(each, Reason)]
    if reasons or isinstance(first, Reason) or isinstance(last, Reason):
        raise BadPeriod(*reasons)
    wrong = list(_objections(first, last, today))
    if wrong:
        raise BadPeriod(*wrong)
    return between(first, last, zone)


def _day(given: Mapping[str, str], name: str) -> date | Reason:
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        return Reason("not_a_date", N_("This is not a date, such as 2026-03-31."), field=name)


def _objections(first: date, last: date, today: date) -> list[Reason]:
    if last < first:
        return [Reason("reversed", N_("The period ends before it begins."), field="to")]
    if first > today:
        return [Reason("future", N_("The period has not begun yet."), field="from")]
    if first < EARLIEST or last - first > LONGEST:
        return [Reason("too_long", N_("At most five years, from 1990 on."), field="from")]
    return []
