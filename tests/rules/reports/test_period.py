"""Periods of reports: whole days in the operator's zone, and the period before them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.reports.backlog import stretches
from tickets.reports.period import BadPeriod, Span, before, between, named, read

ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe")
DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(DAYS, st.integers(0, 400), st.sampled_from(ZONES))
def test_a_period_and_the_one_before_meet_without_a_gap(
    first: date, length: int, zone: str
) -> None:
    period = between(first, first + timedelta(days=length), zone)
    assert before(period).ends == period.starts
    assert before(period).last == first - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Shanghai", date(2026, 3, 29), 24),
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        # The clocks went forward at midnight: the day began at one.
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
    ],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_was(
    zone: str, day: date, hours: float
) -> None:
    """REP-04, C-17."""
    period = between(day, day, zone)
    assert (period.ends - period.starts) == timedelta(hours=hours)


@given(DAYS, st.integers(0, 400), st.sampled_from(ZONES))
def test_every_moment_of_its_days_is_in_the_period_and_no_other(
    first: date, length: int, zone: str
) -> None:
    """REP-04: 23:30 on the last day belongs to it, 00:00 on the next one does not."""
    last = first + timedelta(days=length)
    period, here = between(first, last, zone), ZoneInfo(zone)
    late = datetime.combine(last, time(23, 30), tzinfo=here)
    midnight = datetime.combine(last + timedelta(days=1), time(), tzinfo=here)
    before_it = datetime.combine(first - timedelta(days=1), time(23, 30), tzinfo=here)
    assert period.starts <= late.astimezone(UTC) < period.ends
    assert midnight.astimezone(UTC) >= period.ends
    assert before_it.astimezone(UTC) < period.starts


@given(DAYS, st.sampled_from([each for each in Span if each is not Span.DAYS]))
def test_a_named_period_is_whole_and_those_before_fit(today: date, span: Span) -> None:
    period = named(span, today, "Asia/Shanghai")
    assert period.first <= period.last
    if span.value.startswith("this_"):
        assert period.first <= today <= period.last
        last = named(Span(span.value.replace("this_", "last_")), today, "Asia/Shanghai")
        assert last.last == period.first - timedelta(days=1)
        if span is not Span.THIS_WEEK:
            assert (before(period).first, before(period).last) == (last.first, last.last)
    elif span is Span.TWELVE_MONTHS:
        assert period.last < today and period.first.day == 1


@given(DAYS, st.integers(0, 800))
def test_stretches_cover_every_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = list(stretches(first, last))
    days = [
        each.first + timedelta(days=n)
        for each in found
        for n in range((each.last - each.first).days + 1)
    ]
    assert days == [first + timedelta(days=n) for n in range(length + 1)]
    assert len(found) <= 60


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "2026-05-02", "to": "2026-05-01"}, "to"),
        ({"from": "2027-05-02", "to": "2027-05-03"}, "from"),
        ({"period": "days", "from": "", "to": "2026-05-01"}, "from"),
        ({"from": "2026-05-01", "to": ""}, "to"),
        ({"from": "2010-05-01", "to": "2026-01-01"}, "from"),
    ],
)
def test_days_that_make_no_period_are_refused_at_their_field(
    given: dict[str, str], field: str
) -> None:
    with pytest.raises(BadPeriod) as refused:
        read(given, NOW, "Asia/Shanghai")
    assert field in [reason.field for reason in refused.value.reasons]


def test_both_days_that_are_wrong_are_said() -> None:
    with pytest.raises(BadPeriod) as refused:
        read({"from": "x", "to": "y"}, NOW, "Asia/Shanghai")
    assert [reason.field for reason in refused.value.reasons] == ["from", "to"]


def test_a_period_that_runs_into_the_future_is_allowed() -> None:
    period = read({"from": "2026-11-01", "to": "2026-12-24"}, NOW, "Asia/Shanghai")
    assert period.last == date(2026, 12, 24)


def test_today_is_todays_in_the_zone_not_in_utc() -> None:
    late = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 1 November, 00:30 in Shanghai
    assert read({"period": "this_month"}, late, "Asia/Shanghai").first == date(2026, 11, 1)
    assert read({"period": "this_month"}, late, "Europe/London").first == date(2026, 10, 1)
