"""Calendars of a document with other official days: a whole year taken over, or days of a file."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from tickets.limits.comparison import calendar_fields, only_different
from tickets.limits.official_days import OfficialYear
from workflow.spans import DAYS

Row = dict[str, Any]
Hours = list[list[str]]


def with_official_year(dated: Mapping[str, Any], official: OfficialYear) -> Row:
    """The calendar with the official days of one year instead of those it had.

    Hours of their own that somebody gave to ordinary workdays, such as half days, stay.
    """
    return with_days(
        dated,
        official.year,
        official.holidays,
        {day: (name, None) for day, name in official.makeup_days.items()},
        provisional=official.provisional,
    )


def with_days(
    dated: Mapping[str, Any],
    year: int,
    holidays: Mapping[date, str],
    worked: Mapping[date, tuple[str, Hours | None]],
    *,
    provisional: bool,
) -> Row:
    """The calendar with these days as those of one year. What is worked without hours of its own
    has those of an ordinary workday."""
    row = deepcopy(dict(dated))
    calendar = row["calendar"]
    usual = usual_hours(dated)
    stay = {
        day: name for day, name in (calendar.get("holidays") or {}).items() if not _of(day, year)
    }
    free = {day.isoformat(): name for day, name in holidays.items()}
    kept = {
        day: hours
        for day, hours in (calendar.get("special_hours") or {}).items()
        if not _of(day, year) or (_is_workday(dated, day) and day not in free)
    }
    made_up = {
        day.isoformat(): {"name": name, "spans": hours if hours is not None else usual}
        for day, (name, hours) in worked.items()
    }
    calendar["holidays"] = dict(sorted({**stay, **free}.items()))
    calendar["special_hours"] = dict(sorted({**kept, **made_up}.items()))
    for name in ("official_years", "provisional_years"):
        row[name] = sorted(set(row.get(name) or ()) - {year})
    years = row["provisional_years" if provisional else "official_years"]
    years.append(year)
    years.sort()
    return row


def with_more_days(
    dated: Mapping[str, Any], holidays: Mapping[str, str], special_hours: Mapping[str, Row]
) -> Row:
    """The calendar with these days besides those it has; where both say something, these hold."""
    row = deepcopy(dict(dated))
    calendar = row["calendar"]
    had = {
        day: hours
        for day, hours in (calendar.get("special_hours") or {}).items()
        if day not in holidays
    }
    calendar["holidays"] = dict(sorted({**(calendar.get("holidays") or {}), **holidays}.items()))
    calendar["special_hours"] = dict(sorted({**had, **special_hours}.items()))
    return row


def usual_hours(dated: Mapping[str, Any]) -> Hours:
    """The hours of the first weekday that has any."""
    weekly: Mapping[str, Hours] = dated["calendar"].get("weekly") or {}
    return next((weekly[day] for day in DAYS if weekly.get(day)), [])


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs between two calendars: the field or day, what it was, what it becomes."""
    old, new = calendar_fields(before), calendar_fields(after)
    was, is_now = only_different(old, new) or {}, only_different(new, old) or {}
    return [(name, was.get(name, ""), is_now.get(name, "")) for name in sorted({**was, **is_now})]


def _of(day: str, year: int) -> bool:
    return date.fromisoformat(day).year == year


def _is_workday(dated: Mapping[str, Any], day: str) -> bool:
    weekday = DAYS[date.fromisoformat(day).weekday()]
    return bool((dated["calendar"].get("weekly") or {}).get(weekday))
