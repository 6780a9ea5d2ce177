"""Working time while clocks change, and dates that never were (C-14, C-15, C-16, C-18)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflow.working_time import CLOSED, DAY_OFF, WorkingCalendar

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
SHANGHAI = "Asia/Shanghai"

Hours = list[tuple[str, str]]


def week(*spans: tuple[str, str], days: tuple[str, ...] = WORKDAYS) -> dict[str, Hours]:
    return dict.fromkeys(days, list(spans))


NINE_TO_FIVE = week(("09:00", "17:00"))


def at(local: str, zone: str = SHANGHAI, fold: int = 0) -> datetime:
    """A moment on the wall clock of the zone."""
    wall = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return wall.astimezone(UTC)


def day(written: str) -> date:
    return date.fromisoformat(written)


@pytest.mark.parametrize("zone", ["America/New_York", "America/Toronto"])
def test_four_hours_are_four_hours_while_the_clock_springs_forward(zone: str) -> None:
    """C-14: on 2026-03-08 02:00 becomes 03:00."""
    calendar = WorkingCalendar.always(zone)
    start = at("2026-03-08 00:30", zone)

    due = calendar.add(start, 4 * HOUR)

    assert due == at("2026-03-08 05:30", zone)
    assert calendar.between(at("2026-03-08 00:00", zone), at("2026-03-09 00:00", zone)) == 23 * HOUR


def test_the_hour_that_comes_twice_counts_twice() -> None:
    """C-15: on 2026-11-01 02:00 becomes 01:00; opening at 08:00 on the wall stays there."""
    zone = "America/New_York"
    calendar = WorkingCalendar.always(zone)
    office = WorkingCalendar(zone, week(("08:00", "16:00"), days=("sat", "sun")))

    assert calendar.add(at("2026-11-01 00:30", zone), 4 * HOUR) == at("2026-11-01 03:30", zone)
    assert calendar.between(at("2026-11-01 00:00", zone), at("2026-11-02 00:00", zone)) == 25 * HOUR
    assert office.next_opening(at("2026-10-31 20:00", zone)) == at("2026-11-01 08:00", zone)
    assert office.between(at("2026-10-31 20:00", zone), at("2026-11-01 09:00", zone)) == HOUR


def test_an_opening_that_does_not_exist_is_the_moment_of_the_change() -> None:
    """C-16: 02:30 is skipped, so who opens then opens at 03:00; 02:15 to 02:45 is empty."""
    zone = "America/New_York"
    early = WorkingCalendar(zone, week(("02:30", "06:00"), days=("sat", "sun", "mon")))
    inside = WorkingCalendar(zone, week(("02:15", "02:45"), days=("sat", "sun", "mon")))
    eve = at("2026-03-07 12:00", zone)

    assert early.next_opening(eve) == at("2026-03-08 03:00", zone)
    assert early.between(eve, at("2026-03-08 12:00", zone)) == 3 * HOUR
    assert inside.next_opening(eve) == at("2026-03-09 02:15", zone)


def test_a_door_opens_once_although_the_hour_comes_twice() -> None:
    """C-15, C-16: opening and closing in a repeated hour mean its first time."""
    zone = "Europe/Berlin"
    opens = WorkingCalendar(zone, week(("02:30", "06:00"), days=("sun",)))
    closes = WorkingCalendar(zone, week(("00:00", "02:30"), days=("sun",)))
    eve, noon = at("2026-10-25 00:00", zone), at("2026-10-25 12:00", zone)

    assert opens.next_opening(eve) == at("2026-10-25 02:30", zone)
    assert opens.between(eve, noon) == timedelta(hours=4, minutes=30)
    assert closes.between(eve, noon) == timedelta(hours=2, minutes=30)
    assert not closes.is_open(at("2026-10-25 02:15", zone, fold=1))


def test_moments_of_the_repeated_hour_are_told_apart() -> None:
    """C-15: from the first 01:50 to the second 01:10 it is 20 minutes, whoever writes them how."""
    zone = ZoneInfo("America/New_York")
    calendar = WorkingCalendar.always(zone)
    first = datetime(2026, 11, 1, 1, 50, tzinfo=zone)
    second = datetime(2026, 11, 1, 1, 10, tzinfo=zone, fold=1)

    assert calendar.between(first, second) == 20 * MINUTE
    assert calendar.between(second, first) == -20 * MINUTE
    assert calendar.add(first, 20 * MINUTE) == second.astimezone(UTC)
    assert (
        sum((each.end - each.start for each in calendar.stretches(first, second)), timedelta())
        == 20 * MINUTE
    )


def test_a_date_that_a_zone_skipped_has_no_hours() -> None:
    """C-16: Samoa had no 30 December 2011, a Friday."""
    zone = "Pacific/Apia"
    calendar = WorkingCalendar(zone, NINE_TO_FIVE)
    thursday, monday = at("2011-12-29 09:00", zone), at("2012-01-02 17:00", zone)

    assert calendar.between(thursday, monday) == 16 * HOUR
    assert calendar.add(thursday, 9 * HOUR) == at("2012-01-02 10:00", zone)
    assert calendar.working_date(day("2011-12-29"), 1) == day("2012-01-02")
    told = list(calendar.stretches(thursday, monday))
    assert [each.day for each in told if each.why == DAY_OFF] == [day("2011-12-31")]


def test_midnight_that_comes_twice_does_not_confuse_the_days() -> None:
    """C-15: in St John's the clock went from 00:01 on Sunday back to 23:01 on Saturday."""
    zone = "America/St_Johns"
    calendar = WorkingCalendar(zone, NINE_TO_FIVE)
    friday, monday = at("2010-11-05 17:00", zone), at("2010-11-08 09:00", zone)

    told = list(calendar.stretches(friday, monday))

    assert calendar.between(friday, monday) == timedelta()
    assert [each.why for each in told] == [CLOSED, DAY_OFF, CLOSED]
    assert told[-1].end == monday


def test_the_zone_of_the_calendar_decides_wherever_one_asks_from() -> None:
    """C-18: the same moments, written in another zone, give the same answer."""
    calendar = WorkingCalendar("America/New_York", NINE_TO_FIVE)
    start = at("2026-11-20 16:30", "America/New_York")

    due = calendar.add(start.astimezone(ZoneInfo(SHANGHAI)), HOUR)

    assert due == at("2026-11-23 09:30", "America/New_York")
    assert calendar.add(start.astimezone(UTC), HOUR) == due
