"""Reading the parts of a calendar, with every reason why one cannot be used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflow.reasons import Reason
from workflow.words import N_

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_OF_DAY = 24 * 60

Span = tuple[int, int]
"""Minutes from the midnight at which its day begins; an end beyond 1,440 lies on the next day."""

Spans = tuple[Span, ...]


class CalendarRefused(ValueError):
    """A calendar that cannot be; `reasons` holds every reason with its field."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(f"{each.field}: {each}" for each in self.reasons))


@dataclass(frozen=True)
class Read:
    tz: ZoneInfo
    weekly: dict[str, Spans]
    holidays: frozenset[date]
    special: dict[date, Spans]


def read_calendar(
    tz: Any, weekly: Mapping[str, Any], holidays: Iterable[Any], special: Mapping[Any, Any]
) -> Read:
    """The parts of a calendar, or CalendarRefused."""
    reasons: list[Reason] = []
    zone = _zone(tz, reasons)
    week = _week(weekly, reasons)
    free = _dates(holidays, reasons)
    days = _special(special, reasons)
    if not reasons and not any(week.values()):
        reasons.append(Reason("never_open", N_("This calendar is never open."), {}, "weekly"))
    if reasons or zone is None:
        raise CalendarRefused(reasons)
    return Read(zone, week, free, days)


def read_spans(given: Iterable[Any], field: str) -> Spans:
    """Spans of one day in their order, or CalendarRefused."""
    reasons: list[Reason] = []
    spans = _spans(given, field, reasons)
    if reasons:
        raise CalendarRefused(reasons)
    return spans


def shown_spans(spans: Spans) -> list[list[str]]:
    """Spans as wall times: [["09:00", "12:00"], …]."""
    return [
        [_shown(start), _shown(end if end <= MINUTES_OF_DAY else end - MINUTES_OF_DAY)]
        for start, end in spans
    ]


def _shown(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _zone(given: Any, reasons: list[Reason]) -> ZoneInfo | None:
    if isinstance(given, ZoneInfo):
        return given
    try:
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        sentence = N_("There is no time zone “%(name)s”.")
        reasons.append(Reason("no_such_zone", sentence, {"name": str(given)}, "tz"))
        return None


def _week(given: Mapping[str, Any], reasons: list[Reason]) -> dict[str, Spans]:
    for day in set(given) - set(DAYS):
        sentence = N_("“%(code)s” is not known.")
        reasons.append(Reason("unknown", sentence, {"code": day}, f"weekly.{day}"))
    week = {day: _spans(given.get(day) or (), f"weekly.{day}", reasons) for day in DAYS}
    for place, day in enumerate(DAYS):
        following = DAYS[(place + 1) % 7]
        if week[day] and week[following]:
            runs_into = week[day][-1][1] - MINUTES_OF_DAY
            if runs_into > week[following][0][0]:
                reasons.append(_overlap(f"weekly.{following}"))
    return week


def _special(given: Mapping[Any, Any], reasons: list[Reason]) -> dict[date, Spans]:
    found = {}
    for written, spans in given.items():
        day = _date(written, "special_hours", reasons)
        if day is not None:
            found[day] = _spans(spans, f"special_hours.{day}", reasons)
    return found


def _dates(given: Iterable[Any], reasons: list[Reason]) -> frozenset[date]:
    days = [_date(each, "holidays", reasons) for each in given]
    known = [day for day in days if day is not None]
    for day in (
        {each for each in known if known.count(each) > 1} if len(set(known)) < len(known) else ()
    ):
        sentence = N_("%(day)s is there twice.")
        reasons.append(Reason("twice", sentence, {"day": day.isoformat()}, "holidays"))
    return frozenset(known)


def _date(given: Any, field: str, reasons: list[Reason]) -> date | None:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (ValueError, TypeError):
        sentence = N_("“%(written)s” is not a date.")
        reasons.append(Reason("not_a_date", sentence, {"written": str(given)}, field))
        return None


def _spans(given: Iterable[Any], field: str, reasons: list[Reason]) -> Spans:
    found = []
    for each in given:
        span = _span(each, field, reasons)
        if span is not None:
            found.append(span)
    found.sort()
    if any(end > start for (_, end), (start, _) in zip(found, found[1:], strict=False)):
        reasons.append(_overlap(field))
    if found and found[-1][1] - MINUTES_OF_DAY > found[0][0] + MINUTES_OF_DAY:
        reasons.append(_overlap(field))
    return tuple(found)


def _span(given: Any, field: str, reasons: list[Reason]) -> Span | None:
    try:
        start, end = (_minutes(each) for each in given)
    except (ValueError, TypeError):
        sentence = N_("“%(written)s” is not a span of two times like 09:00–12:00.")
        reasons.append(Reason("not_a_span", sentence, {"written": str(given)}, field))
        return None
    if start in {end, MINUTES_OF_DAY}:
        sentence = N_("A span needs a beginning before its end.")
        reasons.append(Reason("empty_span", sentence, {}, field))
        return None
    return (start, end) if end > start else (start, end + MINUTES_OF_DAY)


def _minutes(given: Any) -> int:
    if isinstance(given, time):
        return given.hour * 60 + given.minute
    hours, minutes = str(given).strip().split(":")
    if not (len(hours) in (1, 2) and len(minutes) == 2 and hours.isdigit() and minutes.isdigit()):
        raise ValueError(given)
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > MINUTES_OF_DAY:
        raise ValueError(given)
    return found


def _overlap(field: str) -> Reason:
    return Reason("overlap", N_("These spans overlap."), {}, field)
