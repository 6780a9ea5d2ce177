"""Days of a calendar from a file: iCalendar (RFC 5545) or CSV with the columns
date, name, kind (holiday or workday), from, to.

A whole-day event covers exactly its local dates, whatever zone it is read in; the end of an event
is exclusive. Every line that cannot be used is refused with its number; nothing is guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from tickets.limits.day_rows import Collected, DayRow, DaysRead, rows_of_csv
from workflow.reasons import Reason
from workflow.words import N_

__all__ = ["LARGEST_FILE", "DaysRead", "read_days"]

LARGEST_FILE = 1_000_000
"""Bytes; a country's year has about ten thousand."""

MOST_EVENTS = 2_000
LONGEST_EVENT = 62
"""Days; a longer one is a season, not a holiday."""

DAY = timedelta(days=1)

WORKED_CATEGORY = "WORKDAY"
WORKED_BY_APPLE = "ALTERNATE-WORKDAY"
WORKED_WORDS = ("补班", "上班", "（班）", "(班)", "調休上班", "補班")
"""How calendars of make-up workdays call them in their summaries."""


def read_days(
    content: bytes, filename: str, zone: ZoneInfo, workday_hours: Sequence[tuple[str, str]]
) -> DaysRead:
    """The days in a file, with a reason for every line that cannot be used.

    `zone` is that of the calendar, `workday_hours` the hours of a make-up workday for which the
    file states none.
    """
    collected = Collected(tuple(workday_hours))
    if len(content) > LARGEST_FILE:
        sentence = N_("The file is larger than %(most)s bytes.")
        collected.reasons.append(Reason("too_large", sentence, {"most": LARGEST_FILE}, "file"))
    elif content.lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCALENDAR"):
        _Events(collected, zone).read(content)
    elif filename.lower().endswith((".ics", ".ical")):
        _no_calendar(collected)
    else:
        rows_of_csv(content, collected)
    return collected.days()


def _no_calendar(collected: Collected) -> None:
    sentence = N_("This is not an iCalendar file.")
    collected.reasons.append(Reason("not_icalendar", sentence, {}, "file"))


@dataclass
class _Events:
    """Turns events into rows."""

    collected: Collected
    zone: ZoneInfo
    lines: list[int] = field(default_factory=list)

    def read(self, content: bytes) -> None:
        text = content.decode("utf-8-sig", errors="replace")
        self.lines = [
            number
            for number, line in enumerate(text.split("\n"), 1)
            if line.strip().upper() == "BEGIN:VEVENT"
        ]
        if len(self.lines) > MOST_EVENTS:
            self.collected.refuse(
                self.lines[MOST_EVENTS], "date", "too_many", N_("There are too many lines.")
            )
            return
        try:
            calendars = Calendar.from_ical(text, multiple=True)
            events = [event for each in calendars for event in each.walk("VEVENT")]
        except (ValueError, IndexError, KeyError, TypeError, AttributeError):
            _no_calendar(self.collected)
            return
        for number, event in zip(self.lines, events, strict=False):
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                self._event(number, event)
        if not events:
            self.collected.nothing_found()

    def _event(self, line: int, event: Component) -> None:
        if any(event.get(name) for name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")):
            sentence = N_("Repeating events cannot be read: write every date down.")
            self.collected.refuse(line, "date", "repeats", sentence)
            return
        span = self._span(event)
        if span is None:
            self.collected.refuse(
                line, "date", "not_a_date", N_("This event has no dates that can be read.")
            )
            return
        start, end = span
        name, worked = str(event.get("SUMMARY", "")).strip(), _is_worked(event)
        if not isinstance(start, datetime) and not isinstance(end, datetime):
            self._whole_days(line, start, end, name, worked)
        elif isinstance(start, datetime) and isinstance(end, datetime) and worked:
            self._hours(line, start, end, name)
        else:
            sentence = N_("A holiday is a whole day; this event has hours.")
            self.collected.refuse(line, "date", "has_hours", sentence)

    def _whole_days(self, line: int, start: date, end: date, name: str, worked: bool) -> None:
        if not start < end <= start + LONGEST_EVENT * DAY:
            sentence = N_("An event ends after it begins, at most %(most)s days later.")
            self.collected.refuse(line, "date", "bad_length", sentence, most=LONGEST_EVENT)
            return
        for day in _dates(start, end):
            self.collected.add(DayRow(line, day, name, worked))

    def _hours(self, line: int, start: datetime, end: datetime, name: str) -> None:
        first, last = (each.astimezone(self.zone) if each.tzinfo else each for each in (start, end))
        if not timedelta() < last.replace(tzinfo=None) - first.replace(tzinfo=None) <= DAY:
            sentence = N_("A span needs a beginning before its end.")
            self.collected.refuse(line, "from", "empty_span", sentence)
            return
        span = (f"{first:%H:%M}", f"{last:%H:%M}")
        self.collected.add(DayRow(line, first.date(), name, True, span))

    def _span(self, event: Component) -> tuple[date, date] | None:
        """Where an event begins and ends: dates, or datetimes when it is none of whole days."""
        try:
            start = event.decoded("DTSTART")
            end = event.decoded("DTEND") if "DTEND" in event else None
            length = event.decoded("DURATION") if "DURATION" in event else None
            if end is None:
                end = start + (length if length is not None else DAY)
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
            return None
        if not isinstance(start, date) or not isinstance(end, date):
            return None
        if isinstance(start, datetime) and isinstance(end, datetime):
            return self._from_midnight_to_midnight(start, end) or (start, end)
        # Some programs write the same date twice for an event of one day.
        return (start, start + DAY) if start == end else (start, end)

    def _from_midnight_to_midnight(
        self, start: datetime, end: datetime
    ) -> tuple[date, date] | None:
        """The dates of an event that some program wrote with hours: in its own zone, or in that
        of the calendar."""
        inside = [(start, end)]
        if start.tzinfo and end.tzinfo:
            inside.append((start.astimezone(self.zone), end.astimezone(self.zone)))
        for first, last in inside:
            if not any(
                (each.hour, each.minute, each.second) != (0, 0, 0) for each in (first, last)
            ):
                return first.date(), last.date()
        return None


def _is_worked(event: Component) -> bool:
    categories = event.get("CATEGORIES")
    written = categories.to_ical().decode() if hasattr(categories, "to_ical") else ""
    summary = str(event.get("SUMMARY", ""))
    return (
        WORKED_CATEGORY in written.upper().split(",")
        or str(event.get("X-APPLE-SPECIAL-DAY", "")).upper() == WORKED_BY_APPLE
        or any(word in summary for word in WORKED_WORDS)
    )


def _dates(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start += DAY
