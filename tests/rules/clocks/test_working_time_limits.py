"""Calendars that cannot be, limits that cannot be reached, and many who ask (design §5)."""

import sys
import threading
import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from workflow.working_time import CalendarRefused, WorkingCalendar

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
SHANGHAI = "Asia/Shanghai"
NINE_TO_FIVE = dict.fromkeys(WORKDAYS, [("09:00", "17:00")])
NIGHTS = dict.fromkeys(WORKDAYS, [("20:00", "04:00")])
FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
"""Half past four in the afternoon in Shanghai."""


@pytest.mark.parametrize(
    ("parts", "field", "code"),
    [
        ({"weekly": {}}, "weekly", "never_open"),
        ({"weekly": {"mon": []}}, "weekly", "never_open"),
        ({"weekly": []}, "weekly", "malformed"),
        ({"weekly": {"Monday": []}}, "weekly.Monday", "unknown"),
        ({"weekly": {"mon": "09:00-17:00"}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": 9}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("09:00", "25:00")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("09:60", "12:00")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("-9:00", "12:00")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("24:01", "12:00")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("٠٩:٠٠", "12:00")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("nine", "five")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [(None, "12:00")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("09:00", "12:00", "x")]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [(time(9, 0, 30), time(12))]}}, "weekly.mon", "not_a_span"),
        ({"weekly": {"mon": [("09:00", "09:00")]}}, "weekly.mon", "empty_span"),
        ({"weekly": {"mon": [("24:00", "09:00")]}}, "weekly.mon", "empty_span"),
        ({"weekly": {"mon": [("09:00", "12:00"), ("11:00", "15:00")]}}, "weekly.mon", "overlap"),
        ({"weekly": {"mon": [("09:00", "12:00")] * 2}}, "weekly.mon", "overlap"),
        (
            {"weekly": {"mon": [("22:00", "06:00")], "tue": [("05:00", "09:00")]}},
            "weekly.tue",
            "overlap",
        ),
        (
            {"weekly": {"sun": [("22:00", "06:00")], "mon": [("05:00", "09:00")]}},
            "weekly.mon",
            "overlap",
        ),
        ({"tz": "Mars/Olympus"}, "tz", "no_such_zone"),
        ({"tz": ""}, "tz", "no_such_zone"),
        ({"tz": None}, "tz", "no_such_zone"),
        ({"tz": "../../etc/passwd"}, "tz", "no_such_zone"),
        ({"holidays": [date(2026, 10, 1), date(2026, 10, 1)]}, "holidays", "twice"),
        ({"holidays": [date(2026, 10, 1), "2026-10-01"]}, "holidays", "twice"),
        ({"holidays": ["2026-02-30"]}, "holidays", "not_a_date"),
        ({"holidays": ["20261001"]}, "holidays", "not_a_date"),
        ({"holidays": "2026/10/01"}, "holidays", "not_a_date"),
        ({"holidays": [datetime(2026, 10, 1, 8)]}, "holidays", "not_a_date"),
        ({"special_hours": {"tomorrow": []}}, "special_hours", "not_a_date"),
        (
            {"special_hours": {date(2026, 10, 10): [], "2026-10-10": []}},
            "special_hours",
            "twice",
        ),
        (
            {"special_hours": {date(2026, 10, 10): [("09:00", "09:00")]}},
            "special_hours.2026-10-10",
            "empty_span",
        ),
        ({"special_hours": {date(2026, 10, 10): None}}, "special_hours.2026-10-10", "not_a_span"),
        (
            {"special_hours": {date(2026, 10, 11): [("20:00", "10:00")]}},
            "special_hours.2026-10-11",
            "overlap",
        ),
        (
            {
                "weekly": NIGHTS,
                "special_hours": {date(2026, 10, 9): [("00:00", "24:00")]},
            },
            "special_hours.2026-10-09",
            "overlap",
        ),
    ],
)
def test_an_impossible_calendar_is_refused_at_its_field(
    parts: dict[str, Any], field: str, code: str
) -> None:
    """SLA-10, C-12, and the bad input of the issue."""
    given: dict[str, Any] = {"tz": SHANGHAI, "weekly": NINE_TO_FIVE} | parts

    with pytest.raises(CalendarRefused) as refused:
        WorkingCalendar(**given)

    assert [(each.field, each.code) for each in refused.value.reasons] == [(field, code)]
    assert str(refused.value.reasons[0])


def test_every_reason_is_given_at_once() -> None:
    """SLA-10: whoever mends one thing is not sent back for the next."""
    with pytest.raises(CalendarRefused) as refused:
        WorkingCalendar("Nowhere", {"mon": [("9", "17")], "tue": [("09:00", "09:00")]})

    assert {each.field for each in refused.value.reasons} == {"tz", "weekly.mon", "weekly.tue"}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "office",
        {},
        {"tz": SHANGHAI},
        {"tz": 8, "weekly": NINE_TO_FIVE},
        {"tz": SHANGHAI, "weekly": "always"},
        {"tz": SHANGHAI, "weekly": NINE_TO_FIVE, "holidays": ["2026-10-01"]},
        {"tz": SHANGHAI, "weekly": NINE_TO_FIVE, "special_hours": {"2026-10-10": []}},
        {"tz": SHANGHAI, "weekly": NINE_TO_FIVE, "special_hours": {"2026-10-10": {"name": "x"}}},
        {"tz": SHANGHAI, "weekly": NINE_TO_FIVE, "special_hours": [1]},
    ],
)
def test_a_document_that_is_no_calendar_is_refused(document: Any) -> None:
    """SLA-10, C-12: an answer with reasons, never an error of the program."""
    with pytest.raises(CalendarRefused) as refused:
        WorkingCalendar.from_json(document)

    assert all(each.field for each in refused.value.reasons)


# Long and many.


def test_long_limits_are_as_quick_as_short_ones() -> None:
    """C-13: one minute and 250 working days from a new calendar, each within 10 ms of work."""
    spent = {}
    for amount in (MINUTE, 250 * 8 * HOUR):
        calendars = [WorkingCalendar(SHANGHAI, NINE_TO_FIVE) for _ in range(5)]
        times = []
        for calendar in calendars:
            began = stopwatch.process_time()
            calendar.add(FRIDAY, amount)
            times.append(stopwatch.process_time() - began)
        spent[amount] = min(times)

    limit = 0.01 if sys.gettrace() is None else 0.1
    assert max(spent.values()) < limit


@pytest.mark.parametrize(
    ("start", "amount"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=365_000)),
        (datetime(2026, 1, 1, tzinfo=UTC), -timedelta(days=365_000)),
        (datetime(2026, 1, 1, tzinfo=UTC), timedelta.max),
        (datetime(2026, 1, 1, tzinfo=UTC), timedelta.min),
        (datetime.max.replace(tzinfo=UTC), HOUR),
        (datetime.min.replace(tzinfo=UTC), HOUR),
        (datetime(9998, 12, 31, 23, tzinfo=UTC), 100 * HOUR),
        (datetime(2, 1, 1, 1, tzinfo=UTC), -100 * HOUR),
    ],
)
def test_what_lies_beyond_all_calendars_is_an_error_and_no_endless_search(
    start: datetime, amount: timedelta
) -> None:
    """SLA-10, C-13: a thousand years, and both ends of the calendar."""
    calendar = WorkingCalendar("UTC", {"mon": [("09:00", "10:00")]})

    began = stopwatch.perf_counter()
    with pytest.raises(OverflowError):
        calendar.add(start, amount)

    assert stopwatch.perf_counter() - began < 5


def test_a_span_of_time_beyond_all_calendars_is_an_error_too() -> None:
    """SLA-10: also for what was used, and for dates."""
    calendar = WorkingCalendar.always("UTC")

    with pytest.raises(OverflowError):
        calendar.between(datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC))
    with pytest.raises(OverflowError):
        calendar.working_date(date(2026, 1, 1), 365_000)
    with pytest.raises(OverflowError):
        calendar.working_date(date(9998, 12, 31), 1)
    assert calendar.add(datetime(9998, 1, 1, tzinfo=UTC), HOUR).hour == 1


def test_several_threads_may_ask_one_calendar() -> None:
    """C-13: years are made when first needed, also by several at once."""
    calendar = WorkingCalendar(SHANGHAI, NINE_TO_FIVE)
    start = FRIDAY
    found: list[list[datetime]] = []

    def ask() -> None:
        found.append([calendar.add(start, hours * HOUR) for hours in range(0, 20_000, 500)])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    alone = WorkingCalendar(SHANGHAI, NINE_TO_FIVE)
    assert found == 4 * [[alone.add(start, hours * HOUR) for hours in range(0, 20_000, 500)]]
