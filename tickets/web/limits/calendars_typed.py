"""Calendars as people type them: spans of a weekday on one line, days one a line."""

import re
from collections.abc import Collection, Iterator
from datetime import date

from tickets.limits.comparison import spans_as_text
from tickets.limits.editing import Row
from workflow.reasons import Reason
from workflow.spans import CalendarRefused, read_spans
from workflow.words import N_

Spans = list[list[str]]

BETWEEN_SPANS = re.compile(r"[,，;；、]")
BETWEEN_TIMES = re.compile(r"\s*[-–—~至]\s*")
SPANS_THEN_NAME = re.compile(
    r"(?P<spans>\d{1,2}:\d{2}\s*[-–—~至]\s*\d{1,2}:\d{2}"
    r"(?:\s*[,，;；、]\s*\d{1,2}:\d{2}\s*[-–—~至]\s*\d{1,2}:\d{2})*)\s*(?P<name>.*)"
)
LONGEST_LINE = 300

HOURS_NEEDED = N_("%(day)s: hours like 09:00-12:00 are needed after the date.")
REFUSED = {
    "overlap": N_("%(day)s: these spans overlap."),
    "empty_span": N_("%(day)s: a span needs a beginning before its end."),
}


def spans_of(text: str) -> Spans:
    """“09:00-12:00, 13:00-18:00” as spans; what is no span is left for its reader to refuse."""
    parts = [each.strip() for each in BETWEEN_SPANS.split(text)]
    return [BETWEEN_TIMES.split(each) for each in parts if each]


def week_as_text(weekly: Row, day: str) -> str:
    return spans_as_text(weekly.get(day) or ())


def holidays_as_text(holidays: Row) -> str:
    return "\n".join(f"{day} {name}".strip() for day, name in sorted(holidays.items()))


def special_as_text(special: Row) -> str:
    return "\n".join(
        " ".join(filter(None, (day, spans_as_text(row["spans"]), row.get("name", ""))))
        for day, row in sorted(special.items())
    )


def years_as_text(years: Collection[int]) -> str:
    return ", ".join(str(year) for year in sorted(years))


class Days:
    """Reads days typed one a line, and remembers every reason why a line cannot be used.

    `known` is what the calendar had: only what is new or different may not lie in the past.
    """

    def __init__(self, field: str, known: Row, today: date) -> None:
        self.field, self.known, self.today = field, known, today
        self.reasons: list[Reason] = []

    def holidays(self, text: str) -> dict[str, str]:
        found = {day.isoformat(): name for day, name in self._lines(text)}
        self._refuse_past(found)
        return found

    def special(self, text: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for day, rest in self._lines(text):
            match = SPANS_THEN_NAME.fullmatch(rest)
            if match is None:
                self._refuse("not_a_span", HOURS_NEEDED, day=day.isoformat())
                continue
            spans = spans_of(match["spans"])
            self._check(day, spans)
            found[day.isoformat()] = {"name": match["name"].strip(), "spans": spans}
        self._refuse_past(found)
        return found

    def _lines(self, text: str) -> Iterator[tuple[date, str]]:
        seen: set[date] = set()
        for number, line in enumerate(text.splitlines(), 1):
            written, _, rest = line.strip().partition(" ")
            if not written:
                continue
            try:
                day = date.fromisoformat(written.strip())
            except ValueError:
                sentence = N_("Line %(line)s: “%(written)s” is not a date like 2026-10-01.")
                self._refuse("not_a_date", sentence, line=number, written=written[:40])
                continue
            if day in seen:
                self._refuse("twice", N_("%(day)s is there twice."), day=day.isoformat())
                continue
            if len(rest.strip()) > LONGEST_LINE:
                sentence = N_("Line %(line)s is too long for the name of a day.")
                self._refuse("too_long", sentence, line=number)
                continue
            seen.add(day)
            yield day, rest.strip()

    def _check(self, day: date, spans: Spans) -> None:
        try:
            read_spans(spans, self.field)
        except CalendarRefused as refused:
            for code in {each.code for each in refused.reasons}:
                self._refuse(code, REFUSED.get(code, HOURS_NEEDED), day=day.isoformat())

    def _refuse_past(self, found: Row) -> None:
        past = sorted(
            day
            for day, value in found.items()
            if date.fromisoformat(day) < self.today and self.known.get(day) != value
        )
        if past:
            sentence = N_("These days are past and can no longer be changed: %(days)s.")
            self._refuse("past", sentence, days=past)

    def _refuse(self, code: str, sentence: str, /, **values: object) -> None:
        self.reasons.append(Reason(code, sentence, values, self.field))


def years_of(text: str, field: str) -> tuple[list[int], list[Reason]]:
    """“2025, 2026” as years, and why something else is none."""
    years, reasons = set(), []
    for written in filter(None, re.split(r"[\s,，;；、]+", text)):
        if re.fullmatch(r"(19|20|21)\d\d", written):
            years.add(int(written))
            continue
        sentence = N_("“%(written)s” is not a year.")
        reasons.append(Reason("not_a_year", sentence, {"written": written[:40]}, field))
    return sorted(years), reasons
