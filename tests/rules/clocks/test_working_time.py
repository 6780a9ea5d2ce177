"""Working time, case by case: what is due when, and which calendars cannot be (design §5)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.calendar_documents import document_of
from workflow.working_time import (
    CLOSED,
    DAY_OFF,
    HOLIDAY,
    OPEN,
    SPECIAL,
    WorkingCalendar,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
SHANGHAI = "Asia/Shanghai"

Hours = list[tuple[str, str]]


def week(*spans: tuple[str, str], days: tuple[str, ...] = WORKDAYS) -> dict[str, Hours]:
    return dict.fromkeys(days, list(spans))


NINE_TO_FIVE = week(("09:00", "17:00"))
TWO_HALVES = week(("08:00", "12:00"), ("13:00", "17:00"))
NIGHTS = week(("20:00", "04:00"))


def at(local: str, zone: str = SHANGHAI, fold: int = 0) -> datetime:
    """A moment on the wall clock of the zone."""
    wall = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return wall.astimezone(UTC)


def day(written: str) -> date:
    return date.fromisoformat(written)


# The table of plain cases. 2026-11-20 is a Friday.


@pytest.mark.parametrize(
    ("weekly", "start", "amount", "due"),
    [
        pytest.param(NINE_TO_FIVE, "2026-11-20 16:30", HOUR, "2026-11-23 09:30", id="SLA-01"),
        pytest.param(
            week(("09:00", "12:00"), ("13:00", "18:00")),
            "2026-11-20 11:30", 2 * HOUR, "2026-11-20 14:30", id="SLA-04",
        ),
        pytest.param(NINE_TO_FIVE, "2026-11-16 09:00", 4 * HOUR, "2026-11-16 13:00", id="C-01"),
        pytest.param(
            week(("08:00", "16:00")), "2026-11-20 15:30", HOUR, "2026-11-23 08:30", id="C-02"
        ),
        pytest.param(NINE_TO_FIVE, "2026-11-21 11:00", HOUR, "2026-11-23 10:00", id="C-03"),
        pytest.param(
            NINE_TO_FIVE, "2026-11-16 17:00", HOUR, "2026-11-17 10:00", id="C-04 at closing"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-16 09:00", HOUR, "2026-11-16 10:00", id="C-04 at opening"
        ),
        pytest.param(NINE_TO_FIVE, "2026-11-16 15:00", 2 * HOUR, "2026-11-16 17:00", id="C-06"),
        pytest.param(TWO_HALVES, "2026-11-20 11:30", 2 * HOUR, "2026-11-20 14:30", id="C-07"),
        pytest.param(
            NIGHTS, "2026-11-16 23:00", 6 * HOUR, "2026-11-17 21:00", id="C-09 over midnight"
        ),
        pytest.param(
            NIGHTS, "2026-11-21 03:00", 2 * HOUR, "2026-11-23 21:00", id="C-09 Saturday morning"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-20 18:00", timedelta(), "2026-11-23 09:00", id="zero, closed"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-20 17:00", timedelta(), "2026-11-23 09:00", id="zero, closing"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-20 16:59", timedelta(), "2026-11-20 16:59", id="zero, open"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-23 09:30", -HOUR, "2026-11-20 16:30", id="SLA-05 back"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-23 10:00", -HOUR, "2026-11-23 09:00", id="back to opening"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-23 09:00", -HOUR, "2026-11-20 16:00", id="back from opening"
        ),
        pytest.param(
            NINE_TO_FIVE, "2026-11-22 12:00", -HOUR, "2026-11-20 16:00", id="back from closed"
        ),
        pytest.param(
            TWO_HALVES, "2026-11-20 13:00", -4 * HOUR, "2026-11-20 08:00", id="back over lunch"
        ),
    ],
)  # fmt: skip
def test_an_amount_of_open_time_is_due_when(
    weekly: dict[str, Hours], start: str, amount: timedelta, due: str
) -> None:
    """SLA-01, SLA-04, SLA-05, C-01, C-02, C-03, C-04, C-06, C-07, C-09."""
    calendar = WorkingCalendar(SHANGHAI, weekly)

    found = calendar.add(at(start), amount)

    assert found == at(due)
    assert found.tzinfo is UTC


def test_around_the_clock_nothing_is_lost_at_midnight() -> None:
    """SLA-03, C-05: for every minute of a week, also over midnight and over the new year."""
    calendar = WorkingCalendar.always(SHANGHAI)
    start = at("2025-12-29 00:00")

    for minute in range(7 * 24 * 60):
        moment = start + minute * MINUTE
        assert calendar.add(moment, HOUR) == moment + HOUR
        assert calendar.add(moment, -HOUR) == moment - HOUR


def test_the_end_of_the_day_is_its_midnight() -> None:
    """SLA-03: 24:00 is exclusive, and the same as 00:00 of the day after."""
    calendar = WorkingCalendar(SHANGHAI, {"mon": [("12:00", "24:00")]})
    midnight = at("2026-11-24 00:00")

    assert calendar.is_open(midnight - timedelta(microseconds=1))
    assert not calendar.is_open(midnight)
    assert calendar.add(at("2026-11-23 23:00"), HOUR) == midnight
    assert calendar == WorkingCalendar(SHANGHAI, {"mon": [(time(12), time(0))]})


def test_whoever_complains_on_a_holiday_night_has_used_nothing_until_opening() -> None:
    """SLA-06, C-03: consumed time is 0 until the next opening and never negative."""
    calendar = WorkingCalendar(SHANGHAI, NINE_TO_FIVE, [day("2026-10-01"), day("2026-10-02")])
    start = at("2026-10-01 23:40")

    assert calendar.add(start, HOUR) == at("2026-10-05 10:00")
    assert calendar.next_opening(start) == at("2026-10-05 09:00")
    for later in (0, 1, 500, 3000):
        asked = min(start + later * MINUTE, at("2026-10-05 09:00"))
        assert calendar.between(start, asked) == timedelta()


def test_a_warning_before_the_deadline_counts_open_minutes_backwards() -> None:
    """SLA-05: 90 open minutes before Monday 10:00 is Friday afternoon, after the creation."""
    calendar = WorkingCalendar(SHANGHAI, NINE_TO_FIVE)
    created = at("2026-11-20 15:00")
    due = calendar.add(created, 3 * HOUR)

    warning = calendar.add(due, -90 * MINUTE)

    assert due == at("2026-11-23 10:00")
    assert warning == at("2026-11-20 16:30")
    assert calendar.add(due, -3 * HOUR) >= created


def test_a_week_may_lie_as_it_likes() -> None:
    """C-08: Friday and Saturday off, working from Sunday to Thursday."""
    calendar = WorkingCalendar(
        "Asia/Riyadh", week(("09:00", "17:00"), days=("sun", "mon", "tue", "wed", "thu"))
    )

    due = calendar.add(at("2026-11-19 16:30", "Asia/Riyadh"), HOUR)

    assert due == at("2026-11-22 09:30", "Asia/Riyadh")


# Nights and holidays.


def test_a_night_shift_runs_into_the_morning_of_a_holiday_and_does_not_begin_on_it() -> None:
    """C-09: the span belongs to the day on which it begins."""
    calendar = WorkingCalendar(SHANGHAI, NIGHTS, [day("2026-10-01")])

    assert calendar.is_open(at("2026-10-01 03:59"))
    assert not calendar.is_open(at("2026-10-01 04:00"))
    assert not calendar.is_open(at("2026-10-01 20:00"))
    assert not calendar.is_open(at("2026-10-02 03:00"))
    assert calendar.add(at("2026-09-30 23:00"), 6 * HOUR) == at("2026-10-02 21:00")


@pytest.mark.parametrize(
    ("holidays", "special", "due"),
    [
        pytest.param(["2026-11-23"], {}, "2026-11-24 09:30", id="one holiday"),
        pytest.param(["2026-11-23", "2026-11-24"], {}, "2026-11-25 09:30", id="two in a row"),
        pytest.param(["2026-11-21"], {}, "2026-11-23 09:30", id="on a Saturday, no double skip"),
        pytest.param([], {"2026-11-23": [("13:00", "17:00")]}, "2026-11-23 13:30", id="half day"),
        pytest.param([], {"2026-11-21": [("10:00", "16:00")]}, "2026-11-21 10:30", id="make-up"),
        pytest.param(
            ["2026-11-21"], {"2026-11-21": [("10:00", "16:00")]}, "2026-11-21 10:30",
            id="special hours win over a holiday",
        ),
        pytest.param([], {"2026-11-23": []}, "2026-11-24 09:30", id="no hours on that date"),
        pytest.param(
            [],
            {f"2026-11-{number}": [("10:00", "15:00")] for number in range(20, 28)},
            "2026-11-21 10:30",
            id="hours of Ramadan",
        ),
    ],
)  # fmt: skip
def test_days_of_their_own(holidays: list[str], special: dict[str, Hours], due: str) -> None:
    """C-10: holidays alone, in a row and on weekends, half days, make-up days, other seasons."""
    calendar = WorkingCalendar(
        SHANGHAI,
        NINE_TO_FIVE,
        [day(each) for each in holidays],
        {day(each): spans for each, spans in special.items()},
    )
    start = at("2026-11-20 14:30") if len(special) > 1 else at("2026-11-20 16:30")

    assert calendar.add(start, HOUR) == at(due)


@pytest.mark.parametrize(
    "zone", ["Pacific/Honolulu", "America/New_York", "UTC", SHANGHAI, "Pacific/Tongatapu"]
)
def test_a_holiday_covers_one_local_date(zone: str) -> None:
    """SLA-09, C-11: in every zone, from UTC-10 to UTC+13."""
    calendar = WorkingCalendar.from_json(
        document_of(WorkingCalendar.always(zone)) | {"holidays": {"2026-10-01": "National Day"}}
    )
    around = (at("2026-09-29 00:00", zone), at("2026-10-04 00:00", zone))

    closed = [each for each in calendar.stretches(*around) if not each.open]

    assert [(each.start, each.end) for each in closed] == [
        (at("2026-10-01 00:00", zone), at("2026-10-02 00:00", zone))
    ]
    assert calendar.between(*around) == 4 * 24 * HOUR


# Stretches.


def test_every_stretch_says_why() -> None:
    """SLA-08: open, outside hours, holidays one by one with their names, days off together."""
    calendar = WorkingCalendar(
        SHANGHAI,
        week(("09:00", "12:00"), ("13:00", "18:00")),
        {day("2026-10-01"): "国庆节", day("2026-10-02"): "国庆节"},
        {day("2026-10-10"): [("09:00", "12:00")]},
        names={day("2026-10-10"): "国庆节调休"},
    )

    told = [
        (each.why, each.open, str(each.day), each.name, each.end - each.start)
        for each in calendar.stretches(at("2026-09-30 11:00"), at("2026-10-05 10:00"))
    ]
    makeup = list(calendar.stretches(at("2026-10-10 08:00"), at("2026-10-11 12:00")))

    assert told == [
        (OPEN, True, "2026-09-30", "", HOUR),
        (CLOSED, False, "2026-09-30", "", HOUR),
        (OPEN, True, "2026-09-30", "", 5 * HOUR),
        (CLOSED, False, "2026-09-30", "", 6 * HOUR),
        (HOLIDAY, False, "2026-10-01", "国庆节", 24 * HOUR),
        (HOLIDAY, False, "2026-10-02", "国庆节", 24 * HOUR),
        (DAY_OFF, False, "2026-10-03", "", 48 * HOUR),
        (CLOSED, False, "2026-10-05", "", 9 * HOUR),
        (OPEN, True, "2026-10-05", "", HOUR),
    ]
    assert [(each.why, each.name) for each in makeup] == [
        (SPECIAL, "国庆节调休"),
        (OPEN, "国庆节调休"),
        (SPECIAL, "国庆节调休"),
        (DAY_OFF, ""),
    ]


def test_around_the_clock_is_one_stretch_over_years() -> None:
    """SLA-08: how the calendar keeps its books shows nowhere."""
    calendar = WorkingCalendar.always(SHANGHAI)
    start, end = at("2025-11-01 00:00"), at("2027-02-01 00:00")

    told = list(calendar.stretches(start, end))

    assert [(each.start, each.end) for each in told] == [(start, end)]
    assert list(calendar.stretches(end, start)) == []


# Working days.


def test_limits_in_working_days_count_dates_with_hours() -> None:
    """SLA-02: holidays and weekends do not count, make-up days do; 24:00 is local."""
    calendar = WorkingCalendar(
        SHANGHAI, NINE_TO_FIVE, [day("2026-10-01")], {day("2026-10-10"): [("09:00", "17:00")]}
    )

    assert calendar.working_date(day("2026-09-30"), 1) == day("2026-10-02")
    assert calendar.working_date(day("2026-10-09"), 1) == day("2026-10-10")
    assert calendar.working_date(day("2026-10-03"), 1) == day("2026-10-05")
    assert calendar.working_date(day("2026-10-03"), 0) == day("2026-10-03")
    assert calendar.working_date(day("2026-01-01"), 250) == day("2026-12-17")
    assert calendar.working_date(day("2026-12-31"), 1) == day("2027-01-01")
    assert calendar.local_end_of(day("2026-10-02")) == at("2026-10-03 00:00")


# What goes in and comes out.


def test_a_calendar_survives_its_document() -> None:
    """SLA-09: spans over midnight, names and dates come back as they were."""
    calendar = WorkingCalendar(
        "Europe/Berlin",
        {"mon": [(time(9), time(12)), (time(22), time(6))], "sun": [("00:00", "24:00")]},
        {day("2026-10-03"): "Tag der Deutschen Einheit", day("2026-12-24"): ""},
        {day("2026-12-24"): [("09:00", "12:00")], day("2026-12-31"): []},
        names={day("2026-12-31"): "Silvester"},
    )

    document = document_of(calendar)

    assert WorkingCalendar.from_json(document) == calendar
    assert hash(WorkingCalendar.from_json(document)) == hash(calendar)
    assert document["weekly"] == {
        "mon": [["09:00", "12:00"], ["22:00", "06:00"]],
        "sun": [["00:00", "24:00"]],
    }
    assert calendar.names == {
        day("2026-10-03"): "Tag der Deutschen Einheit",
        day("2026-12-31"): "Silvester",
    }


def test_a_moment_without_a_zone_is_refused() -> None:
    calendar = WorkingCalendar(SHANGHAI, NINE_TO_FIVE)

    with pytest.raises(ValueError, match="time zone"):
        calendar.add(datetime(2026, 11, 20, 9), HOUR)
