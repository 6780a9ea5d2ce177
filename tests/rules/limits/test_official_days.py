"""Official days: what the package knows, compared with what the authorities published.

China: notices of the General Office of the State Council, as the gazette printed them:
www.gov.cn/gongbao, content_6913823 (2024), content_6989767 (2025), content_7048922 (2026).
"""

from datetime import date, timedelta

import pytest

from tickets.limits.official_days import NoSuchCountry, official_days
from workflow.working_time import WorkingCalendar

# First and last day off, with the festival; the weekends beside them are days off in any case.
DAYS_OFF = {
    2024: {
        "元旦": ("2024-01-01", "2024-01-01"),
        "春节": ("2024-02-10", "2024-02-17"),
        "清明节": ("2024-04-04", "2024-04-06"),
        "劳动节": ("2024-05-01", "2024-05-05"),
        "端午节": ("2024-06-08", "2024-06-10"),
        "中秋节": ("2024-09-15", "2024-09-17"),
        "国庆节": ("2024-10-01", "2024-10-07"),
    },
    2025: {
        "元旦": ("2025-01-01", "2025-01-01"),
        "春节": ("2025-01-28", "2025-02-04"),
        "清明节": ("2025-04-04", "2025-04-06"),
        "劳动节": ("2025-05-01", "2025-05-05"),
        "端午节": ("2025-05-31", "2025-06-02"),
        "国庆节": ("2025-10-01", "2025-10-08"),
    },
    2026: {
        "元旦": ("2026-01-01", "2026-01-03"),
        "春节": ("2026-02-15", "2026-02-23"),
        "清明节": ("2026-04-04", "2026-04-06"),
        "劳动节": ("2026-05-01", "2026-05-05"),
        "端午节": ("2026-06-19", "2026-06-21"),
        "中秋节": ("2026-09-25", "2026-09-27"),
        "国庆节": ("2026-10-01", "2026-10-07"),
    },
}

WORKED = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_days_off_of_china_are_those_that_were_announced(year: int) -> None:
    """C-10: every day of every festival, and no other."""
    found = official_days("CN", year)

    announced = [day for span in DAYS_OFF[year].values() for day in days(*span)]
    assert list(found.holidays) == announced
    assert not found.provisional


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_weekends_worked_in_china_are_those_that_were_announced(year: int) -> None:
    """C-10: 调休."""
    found = official_days("CN", year)

    worked = [date.fromisoformat(f"{year}-{each}") for each in WORKED[year].split()]
    assert list(found.makeup_days) == worked
    assert all(day.weekday() >= 5 for day in worked)
    assert not set(worked) & set(found.holidays)


def test_days_bear_the_name_of_their_festival() -> None:
    """C-10: also days that were exchanged, and workdays made up for it."""
    found = official_days("CN", 2026)

    assert found.holidays[date(2026, 10, 1)] == "国庆节"
    assert found.holidays[date(2026, 10, 7)] == "国庆节"
    assert found.makeup_days[date(2026, 9, 20)] == "国庆节调休"
    assert found.makeup_days[date(2026, 2, 14)] == "春节调休"


def test_a_weekend_worked_for_the_new_year_belongs_to_the_old_one() -> None:
    """C-10: 2011-12-31 was worked for 2012-01-03."""
    assert official_days("CN", 2011).makeup_days[date(2011, 12, 31)] == "元旦调休"
    assert date(2011, 12, 31) not in official_days("CN", 2012).makeup_days


def test_a_year_that_was_not_announced_is_provisional() -> None:
    """C-12: 2027 has its statutory days, no make-up days, and says so. When this fails, the
    package has learned the year: take the next one."""
    found = official_days("CN", 2027)

    assert found.provisional
    assert date(2027, 10, 1) in found.holidays
    assert found.makeup_days == {}
    assert official_days("CN", 1900).provisional


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "name"),
    [
        ("DE", None, "2026-10-03", "Tag der Deutschen Einheit"),
        ("DE", "BY", "2026-01-06", "Heilige Drei Könige"),
        ("GB", "ENG", "2026-12-28", "Boxing Day (observed)"),
        ("AU", "NSW", "2026-01-26", "Australia Day"),
        ("IN", None, "2026-01-26", "Republic Day"),
        ("HK", None, "2026-07-01", "香港特別行政區成立紀念日"),
    ],
)
def test_other_countries_come_from_the_same_package(
    country: str, subdivision: str | None, day: str, name: str
) -> None:
    """C-10: in their own language, whatever that of the machine is."""
    found = official_days(country, 2026, subdivision)

    assert found.holidays[date.fromisoformat(day)] == name
    assert not found.provisional


def test_days_that_only_the_moon_will_tell_are_provisional() -> None:
    """C-12: the package calls them estimated."""
    assert official_days("AE", 2027).provisional


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [("XX", None), ("", None), ("China", None), ("HolidayBase", None), ("DE", "XX")],
)
def test_a_country_nobody_knows_is_refused(country: str, subdivision: str | None) -> None:
    """SLA-10."""
    with pytest.raises(NoSuchCountry):
        official_days(country, 2026, subdivision)


def test_the_official_year_makes_a_calendar() -> None:
    """C-10: two working days after 2026-09-30 are 8 and 9 October, and the 10th is one too."""
    year = official_days("CN", 2026)
    hours = [("09:00", "18:00")]
    calendar = WorkingCalendar(
        "Asia/Shanghai",
        dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours),
        year.holidays,
        dict.fromkeys(year.makeup_days, hours),
        names=year.makeup_days,
    )

    found = [calendar.working_date(date(2026, 9, 30), count).isoformat() for count in (1, 2, 3, 4)]

    assert found == ["2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12"]
