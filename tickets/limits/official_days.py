"""The official days of a country: holidays, and the weekends on which people work instead (调休).

The data are those of the package `holidays`. What it does not know for certain is marked
provisional: a year for which China has not announced its make-up workdays yet, and days that the
package itself calls estimated.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays import HolidayBase, country_holidays

DAY = timedelta(days=1)

ANNOUNCED_YEAR_BY_YEAR = frozenset({"CN"})
"""Countries whose year is official only with its announcement; it also covers the weekends that
adjoin a holiday."""

MAKE_UP_NAMES = {"CN": "%s调休"}
"""What people call the workday that is made up for a festival."""


COUNTRY_CODE = re.compile("[A-Z]{2}")
"""ISO 3166; the package would take names of its own classes too."""


class NoSuchCountry(LookupError):
    """A country, or a part of it, of which no official days are known."""


@dataclass(frozen=True)
class OfficialYear:
    """Local dates with their names, in the country's own language.

    `makeup_days` are weekend days on which people work. `provisional`: the authorities have not
    said so yet, or not for certain.
    """

    country: str
    year: int
    holidays: Mapping[date, str]
    makeup_days: Mapping[date, str]
    provisional: bool


@lru_cache(maxsize=256)
def official_days(country: str, year: int, subdivision: str | None = None) -> OfficialYear:
    """The official days of one year; raises NoSuchCountry."""
    # The year after may give back a weekend of this one.
    known = _entity(country, subdivision, year, year + 1)
    exchanged = {
        off: worked for each in (year, year + 1) for off, worked in _exchanged(known, each)
    }
    free = _names(known, _entity(country, subdivision, year, year + 1, observed=False), exchanged)
    worked = {
        day: MAKE_UP_NAMES.get(country, "%s") % _festival(free, exchanged, day)
        for day in sorted(known.weekend_workdays)
        if day.year == year
    }
    of_this_year = {day: free[day] for day in sorted(free) if day.year == year}
    if country in ANNOUNCED_YEAR_BY_YEAR:
        of_this_year = _with_weekends(of_this_year, worked, known)
    return OfficialYear(country, year, of_this_year, worked, _provisional(known, year, free))


def _entity(
    country: str, subdivision: str | None, *years: int, observed: bool = True
) -> HolidayBase:
    """Always in the language of the country: else the package asks the machine's settings."""
    if not COUNTRY_CODE.fullmatch(country):
        raise NoSuchCountry(country)
    try:
        language = country_holidays(country, subdiv=subdivision).default_language
        return country_holidays(
            country, subdiv=subdivision, years=years, language=language, observed=observed
        )
    except NotImplementedError as error:
        raise NoSuchCountry(str(error)) from error


def _exchanged(known: HolidayBase, year: int) -> Iterator[tuple[date, date]]:
    """Days off with the weekend days that are worked for them, as a year's announcement pairs
    them: (month, day, month worked, day worked[, year worked])."""
    rows = getattr(known, "special_public_holidays", {}).get(year, ())
    for row in rows if rows and isinstance(rows[0], tuple) else (rows,):
        if len(row) > 3:
            month, day, month_worked, day_worked, *other = row
            yield (
                date(year, month, day),
                date(other[0] if other else year, month_worked, day_worked),
            )


def _names(
    known: HolidayBase, statutory: HolidayBase, exchanged: Mapping[date, date]
) -> dict[date, str]:
    """The festival's name also for the days off that were exchanged for it."""
    festivals = {day: name for day, name in statutory.items() if day not in exchanged}
    return {
        day: _nearest(festivals, day) or name if day in exchanged else name
        for day, name in known.items()
    }


def _nearest(festivals: Mapping[date, str], to: date) -> str:
    near = min(festivals, key=lambda day: (abs(day - to), day), default=None)
    return festivals[near] if near else ""


def _festival(free: Mapping[date, str], exchanged: Mapping[date, date], worked: date) -> str:
    """For which festival a weekend day is worked."""
    off = next((off for off, each in exchanged.items() if each == worked), worked)
    return free.get(off) or _nearest(free, worked)


def _with_weekends(
    free: Mapping[date, str], worked: Mapping[date, str], known: HolidayBase
) -> dict[date, str]:
    """The holidays with the weekend days beside and between them, which bear their name."""
    whole = dict(free)
    for step in (-DAY, DAY):
        for start in free:
            day = start + step
            while day not in whole and _rests(day, start.year, worked, known):
                whole[day] = whole[start].removesuffix("（补假）")
                day += step
    return dict(sorted(whole.items()))


def _rests(day: date, year: int, worked: Mapping[date, str], known: HolidayBase) -> bool:
    return day.year == year and day.weekday() in known.weekend and day not in worked


def _provisional(known: HolidayBase, year: int, free: Mapping[date, str]) -> bool:
    if not known.start_year <= year <= known.end_year:
        return True
    if known.country in ANNOUNCED_YEAR_BY_YEAR and not any(_exchanged(known, year)):
        return True
    mark = (getattr(known, "estimated_label", None) or "").replace("%s", "").strip()
    return bool(mark) and any(mark in name for day, name in free.items() if day.year == year)
