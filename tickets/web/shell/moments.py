"""Moments as people read them: in the operator's zone, and how long from now."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from babel.units import format_unit
from flask_babel import get_locale, get_timezone, gettext

# The same digits in every language: columns align, and nobody mixes up day and month. So no
# locale is needed, and a list of fifty rows does not spend half its time on dates.
PATTERNS = {
    "minute": "%Y-%m-%d %H:%M",
    "day": "%Y-%m-%d",
    "short": "%m-%d %H:%M",
    "exact": "%Y-%m-%d %H:%M:%S GMT%z",
}


def stamp(moment: datetime, pattern: str = "minute") -> str:
    """The moment on the operator's clock; patterns: minute, day, short, exact."""
    return moment.astimezone(get_timezone()).strftime(PATTERNS[pattern])


def machine_stamp(moment: datetime) -> str:
    """The moment for the datetime attribute of <time>."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def remaining(due: datetime, now: datetime) -> str:
    """How long until or since the moment, in words: its two largest units."""
    length = length_of_time(abs(due - now))
    if due < now:
        return gettext("%(length)s late", length=length)
    return gettext("%(length)s left", length=length)


def length_of_time(length: timedelta, *, in_days: bool = True) -> str:
    """Days and hours, hours and minutes, or minutes; rounded down."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24) if in_days else (0, hours)
    amounts = (("day", days), ("hour", hours), ("minute", minutes))
    first = next((index for index, (_unit, amount) in enumerate(amounts) if amount), 2)
    shown = [pair for pair in amounts[first : first + 2] if pair[1]] or [("minute", 0)]
    return " ".join(_amount(amount, unit, str(get_locale())) for unit, amount in shown)


@lru_cache(maxsize=2048)
def _amount(amount: int, unit: str, language: str) -> str:
    return format_unit(amount, f"duration-{unit}", length="short", locale=language)


def is_past(due: datetime, now: datetime) -> bool:
    return due < now
