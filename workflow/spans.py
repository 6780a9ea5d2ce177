"""Reading the parts of a calendar, with every reason why one cannot be used."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workflow.reasons import Reason
from workflow.words import N_

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_OF_DAY = 24 * 60
DAY = timedelta(days=1)

Span = tuple[int, int]
"""Minutes from the midnight at which its day begins; an end beyond 1,440 lies on the next day."""

Spans = tuple[Span, ...]


class CalendarRefused(ValueError):
    """A calendar that cannot be; `reasons` holds every reason with its field: "tz", "weekly.mon",
    "holidays", "special_hours.2026-10-10"."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(f"{each.field}: {each}" for each in self.reasons))


@dataclass(frozen=True)
class Read:
    """The parts of a calendar as they can be reckoned with."""

    tz: ZoneInfo
    weekly: dict[str, Spans]
    holidays: frozenset[date]
    special: dict[date, Spans]
    names: dict[date, str]


def read_calendar(
    tz: object, weekly: object, holidays: object, special: object, names: object
) -> Read:
    """The parts of a calendar, or CalendarRefused."""
    reasons: list[Reason] = []
    zone = _zone(tz, reasons)
    week = _week(_mapping(weekly, "weekly", reasons), reasons)
    free = _dates(holidays, reasons)
    days = _special(_mapping(special, "special_hours", reasons), reasons)
    if not reasons:
        reasons += _runs_into_the_next_day(week, free, days)
    if not reasons and not any(week.values()):
        reasons.append(Reason("never_open", N_("This calendar is never open."), {}, "weekly"))
    called = {
        **(holidays if isinstance(holidays, Mapping) else {}),
        **(names if isinstance(names, Mapping) else {}),
    }
    named = {_date(day, "holidays", reasons): str(name) for day, name in called.items() if name}
    if reasons or zone is None:
        raise CalendarRefused(reasons)
    kept = {day: name for day, name in named.items() if day and (day in free or day in days)}
    return Read(zone, week, free, days, kept)


def read_document(given: object) -> dict[str, object]:
    """The parts of a calendar's JSON as the calendar takes them, or CalendarRefused."""
    reasons: list[Reason] = []
    document = _mapping(given, "calendar", reasons)
    holidays = _mapping(document.get("holidays") or {}, "holidays", reasons)
    special = _mapping(document.get("special_hours") or {}, "special_hours", reasons)
    rows = {
        day: _mapping(row, f"special_hours.{day}", reasons, "spans") for day, row in special.items()
    }
    if reasons:
        raise CalendarRefused(reasons)
    return {
        "tz": document.get("tz"),
        "weekly": document.get("weekly") or {},
        "holidays": holidays,
        "special_hours": {day: row["spans"] for day, row in rows.items()},
        "names": {day: row.get("name", "") for day, row in rows.items() if row.get("name")},
    }


def read_spans(given: Iterable[object], field: str) -> Spans:
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


def _mapping(
    given: object, field: str, reasons: list[Reason], *needed: str
) -> Mapping[object, object]:
    if isinstance(given, Mapping) and all(each in given for each in needed):
        return given
    reasons.append(Reason("malformed", N_("This is not a calendar."), {}, field))
    return dict.fromkeys(needed, ())


def _zone(given: object, reasons: list[Reason]) -> ZoneInfo | None:
    if isinstance(given, ZoneInfo) and given.key:
        return given
    try:
        return ZoneInfo(given if isinstance(given, str) else "")
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
        sentence = N_("There is no time zone “%(name)s”.")
        reasons.append(Reason("no_such_zone", sentence, {"name": str(given or "")}, "tz"))
        return None


def _week(given: Mapping[object, object], reasons: list[Reason]) -> dict[str, Spans]:
    for day in given:
        if day not in DAYS:
            sentence = N_("“%(code)s” is not known.")
            reasons.append(Reason("unknown", sentence, {"code": str(day)}, f"weekly.{day}"))
    week = {day: _spans(given.get(day) or (), f"weekly.{day}", reasons) for day in DAYS}
    for place, day in enumerate(DAYS):
        following = DAYS[(place + 1) % len(DAYS)]
        if _collide(week[day], week[following]):
            reasons.append(_overlap(f"weekly.{following}"))
    return week


def _special(given: Mapping[object, object], reasons: list[Reason]) -> dict[date, Spans]:
    found: dict[date, Spans] = {}
    for written, spans in given.items():
        day = _date(written, "special_hours", reasons)
        if day in found:
            reasons.append(_twice(day, "special_hours"))
        elif day is not None:
            found[day] = _spans(spans, f"special_hours.{day}", reasons)
    return found


def _runs_into_the_next_day(
    week: Mapping[str, Spans], free: frozenset[date], special: Mapping[date, Spans]
) -> Iterable[Reason]:
    """Special hours that meet those of the night before or of the morning after."""

    def hours(day: date) -> Spans:
        return special.get(day, () if day in free else week[DAYS[day.weekday()]])

    for day in special:
        # At the ends of the calendar there is no neighbour.
        eve = hours(day - DAY) if day > date.min else ()
        morrow = hours(day + DAY) if day < date.max else ()
        if _collide(eve, special[day]) or _collide(special[day], morrow):
            yield _overlap(f"special_hours.{day}")


def _collide(spans: Spans, of_the_next_day: Spans) -> bool:
    return bool(spans and of_the_next_day and spans[-1][1] - MINUTES_OF_DAY > of_the_next_day[0][0])


def _dates(given: object, reasons: list[Reason]) -> frozenset[date]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        given = [given]
    found = Counter(_date(each, "holidays", reasons) for each in given)
    reasons += [_twice(day, "holidays") for day, times in found.items() if day and times > 1]
    return frozenset(day for day in found if day is not None)


def _date(given: object, field: str, reasons: list[Reason]) -> date | None:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    try:
        found = date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is not None and found.isoformat() == given:
        return found
    sentence = N_("“%(written)s” is not a date.")
    reasons.append(Reason("not_a_date", sentence, {"written": str(given)}, field))
    return None


def _spans(given: object, field: str, reasons: list[Reason]) -> Spans:
    if isinstance(given, str) or not isinstance(given, Iterable):
        given = [given]
    read = (_span(each, field, reasons) for each in given)
    found = sorted(each for each in read if each is not None)
    if any(end > start for (_, end), (start, _) in zip(found, found[1:], strict=False)):
        reasons.append(_overlap(field))
    return tuple(found)


def _span(given: object, field: str, reasons: list[Reason]) -> Span | None:
    try:
        start, end = map(_minutes, given if isinstance(given, Iterable) else [given])
    except (ValueError, TypeError):
        sentence = N_("“%(written)s” is not a span of two times like 09:00–12:00.")
        reasons.append(Reason("not_a_span", sentence, {"written": str(given)}, field))
        return None
    if start in {end, MINUTES_OF_DAY}:
        sentence = N_("A span needs a beginning before its end.")
        reasons.append(Reason("empty_span", sentence, {}, field))
        return None
    return (start, end) if end > start else (start, end + MINUTES_OF_DAY)


def _minutes(given: object) -> int:
    if isinstance(given, time):
        if given.second or given.microsecond or given.tzinfo is not None:
            raise ValueError(given)
        return given.hour * 60 + given.minute
    hours, minutes = str(given).strip().split(":")
    if not (
        len(hours) in (1, 2)
        and len(minutes) == 2
        and f"{hours}{minutes}".isascii()
        and hours.isdigit()
        and minutes.isdigit()
    ):
        raise ValueError(given)
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > MINUTES_OF_DAY:
        raise ValueError(given)
    return found


def _twice(day: date, field: str) -> Reason:
    return Reason("twice", N_("%(day)s is there twice."), {"day": day.isoformat()}, field)


def _overlap(field: str) -> Reason:
    return Reason("overlap", N_("These spans overlap."), {}, field)
