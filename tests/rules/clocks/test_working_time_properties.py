"""Working time holds for every calendar, and agrees with somebody who watches the clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.calendar_documents import document_of
from tests.slow_time import DAY, MINUTE, NAMES, SlowCalendar, Written
from workflow.working_time import WorkingCalendar

# Zones with the local dates around which something happens to their clocks.
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Asia/Shanghai", date(2025, 12, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a date that never was
    ("Africa/Cairo", date(2026, 4, 24)),  # midnight is skipped
    ("America/Havana", date(2026, 11, 1)),  # the hour after midnight comes twice
    ("America/St_Johns", date(2010, 11, 7)),  # midnight itself comes twice
    ("UTC", date(2027, 1, 1)),
]
WATCHED = 5  # days on either side

SLOWLY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICKLY = settings(max_examples=60, deadline=None)


def written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def hours_of_a_day(draw: Callable[[Any], Any]) -> Written:
    """Spans that keep clear of the night: 05:00 to 24:00, the last one perhaps until 04:00."""
    marks = sorted(draw(st.sets(st.integers(5 * 12, 24 * 12), max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    spans = [(written(start * 5), written(end * 5)) for start, end in pairs]
    if draw(st.booleans()):
        latest = pairs[-1][1] if pairs else 12 * 12
        if latest < 24 * 12:
            until = draw(st.sampled_from(["00:00", "01:30", "02:30", "03:00", "04:59"]))
            spans.append((written(latest * 5), until))
    return tuple(spans)


NIGHT_HOURS: list[Written] = [
    (),
    (("00:00", "24:00"),),
    (("00:00", "02:30"), ("02:30", "06:00")),
    (("02:15", "02:45"),),
    (("01:30", "03:30"), ("23:15", "23:45")),
    (("00:00", "00:30"), ("00:30", "01:15"), ("01:45", "24:00")),
    (("23:30", "24:00"),),
]

weeks = st.one_of(
    st.fixed_dictionaries({name: hours_of_a_day() for name in NAMES}),
    st.fixed_dictionaries({name: st.sampled_from(NIGHT_HOURS) for name in NAMES}),
).filter(lambda week: any(week.values()))


@st.composite
def calendars(draw: Callable[[Any], Any]) -> tuple[WorkingCalendar, SlowCalendar]:
    """The same hours, once for the product and once for the patient one."""
    zone, change = draw(st.sampled_from(CHANGES))
    weekly = draw(weeks)
    near = st.integers(-WATCHED, WATCHED).map(lambda days: change + days * DAY)
    # Special hours are those of some weekday, so that they fit beside their neighbours.
    special = draw(st.dictionaries(near, st.sampled_from(list(weekly.values())), max_size=3))
    holidays = draw(st.frozensets(near, max_size=3))
    noon = datetime(change.year, change.month, change.day, 12, tzinfo=UTC)
    slow = SlowCalendar(zone, weekly, noon - WATCHED * DAY, noon + WATCHED * DAY, holidays, special)
    return WorkingCalendar(zone, weekly, holidays, special), slow


def moment(slow: SlowCalendar, minute: int) -> datetime:
    return slow.first + minute * MINUTE


minutes = st.integers(0, 2 * WATCHED * 24 * 60 - 1)
amounts = st.integers(-4000, 4000)


# Against the reckoner that watches the wall.


@SLOWLY
@given(both=calendars(), start=minutes, asked=st.lists(amounts, min_size=1, max_size=8))
def test_it_is_due_when_somebody_who_watches_the_clock_says(
    both: tuple[WorkingCalendar, SlowCalendar], start: int, asked: list[int]
) -> None:
    """SLA-03, SLA-04, SLA-05, C-09, C-10, C-14, C-15, C-16: positive, zero and negative."""
    calendar, slow = both

    for amount in [0, 1, -1, *asked]:
        due = slow.add(moment(slow, start), amount)
        if due is not None:
            assert calendar.add(moment(slow, start), amount * MINUTE) == due


@SLOWLY
@given(both=calendars(), places=st.lists(minutes, min_size=2, max_size=8))
def test_as_much_is_open_as_somebody_who_watches_the_clock_counts(
    both: tuple[WorkingCalendar, SlowCalendar], places: list[int]
) -> None:
    """SLA-06, C-09, C-10, C-14, C-15, C-16."""
    calendar, slow = both

    for first, second in pairwise(sorted(places)):
        a, b = moment(slow, first), moment(slow, second)
        assert calendar.between(a, b) == slow.open_minutes(a, b) * MINUTE
        assert calendar.is_open(a) == slow.minutes[first]


# Laws.

ZONES = sorted({zone for zone, _ in CHANGES} | {"Asia/Kolkata", "Pacific/Tongatapu"})
# Samoa skipped a date, and midnight came twice in St John's.
moments = st.datetimes(datetime(2010, 9, 1), datetime(2012, 4, 30), timezones=st.just(UTC))
durations = st.timedeltas(timedelta(days=-90), timedelta(days=90))


@st.composite
def any_calendar(draw: Callable[[Any], Any]) -> WorkingCalendar:
    weekly = draw(weeks)
    dates = st.dates(date(2010, 9, 1), date(2012, 4, 30))
    special = draw(st.dictionaries(dates, st.sampled_from(list(weekly.values())), max_size=3))
    holidays = draw(st.frozensets(dates, max_size=5))
    return WorkingCalendar(draw(st.sampled_from(ZONES)), weekly, holidays, special)


@QUICKLY
@given(calendar=any_calendar(), start=moments, amount=durations)
def test_what_was_added_lies_between(
    calendar: WorkingCalendar, start: datetime, amount: timedelta
) -> None:
    """SLA-02, SLA-05, SLA-07: to the microsecond, forwards and backwards."""
    due = calendar.add(start, amount)

    assert calendar.between(start, due) == amount
    assert due.tzinfo is UTC
    assert calendar.between(due, start) == -amount


@QUICKLY
@given(calendar=any_calendar(), start=moments, amount=durations)
def test_the_due_moment_is_the_first_one_and_backwards_the_last(
    calendar: WorkingCalendar, start: datetime, amount: timedelta
) -> None:
    """C-06: what runs out at closing is due at closing, and mirrored."""
    tick = timedelta(microseconds=1)
    due = calendar.add(start, amount)

    if amount > timedelta():
        assert calendar.between(start, due - tick) == amount - tick
    elif amount < timedelta():
        assert calendar.between(start, due + tick) == amount + tick
    else:
        assert calendar.is_open(due)
        assert calendar.between(start, due) == timedelta()


@QUICKLY
@given(calendar=any_calendar(), start=moments, first=durations, second=durations)
def test_amounts_add_up(
    calendar: WorkingCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    """SLA-07: two amounts one after the other are their sum."""
    first, second = abs(first), abs(second) + MINUTE

    assert calendar.add(calendar.add(start, first), second) == calendar.add(start, first + second)
    assert calendar.add(calendar.add(start, -first), -second) == calendar.add(
        start, -first - second
    )


@QUICKLY
@given(calendar=any_calendar(), three=st.tuples(moments, moments, moments))
def test_open_time_adds_up_and_never_exceeds_real_time(
    calendar: WorkingCalendar, three: tuple[datetime, datetime, datetime]
) -> None:
    """SLA-06, SLA-07: between is additive, grows, and is never negative forwards."""
    a, b, c = sorted(three)

    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert timedelta() <= calendar.between(a, b) <= b - a
    assert calendar.between(b, a) == -calendar.between(a, b)


@QUICKLY
@given(
    calendar=any_calendar(),
    starts=st.tuples(moments, moments),
    both=st.tuples(durations, durations),
)
def test_later_is_never_due_earlier(
    calendar: WorkingCalendar,
    starts: tuple[datetime, datetime],
    both: tuple[timedelta, timedelta],
) -> None:
    """SLA-03: neither a later start nor a longer limit brings the due moment forward.

    Nothing to add rolls forward, so an amount of zero is kept apart from negative ones.
    """
    early, late = sorted(starts)
    short, long = sorted(both)

    assert calendar.add(early, short) <= calendar.add(late, short)
    if short > timedelta() or long < timedelta():
        assert calendar.add(early, short) <= calendar.add(early, long)


@QUICKLY
@given(calendar=any_calendar(), start=moments, days=st.integers(0, 30))
def test_stretches_leave_no_gap_and_add_up(
    calendar: WorkingCalendar, start: datetime, days: int
) -> None:
    """SLA-08: the ledger says what the reckoning did."""
    end = start + days * DAY + MINUTE
    told = list(calendar.stretches(start, end))

    assert (told[0].start, told[-1].end) == (start, end)
    assert all(one.end == other.start for one, other in pairwise(told))
    assert all(each.start < each.end and each.day is not None for each in told)
    counted = sum((each.end - each.start for each in told if each.open), timedelta())
    assert counted == calendar.between(start, end)
    for each in told:
        assert calendar.is_open(each.start) == each.open == (each.why == "open")
        assert each.why != "holiday" or each.day in calendar.holidays


@QUICKLY
@given(calendar=any_calendar())
def test_every_calendar_survives_its_document(calendar: WorkingCalendar) -> None:
    """SLA-09: `from_json` makes the same calendar of what was written of it."""
    assert WorkingCalendar.from_json(document_of(calendar)) == calendar


@QUICKLY
@given(
    weekly=st.fixed_dictionaries({name: hours_of_a_day() for name in NAMES}),
    holidays=st.frozensets(st.dates(date(2011, 1, 1), date(2012, 12, 31)), max_size=5),
    start=st.dates(date(2011, 1, 1), date(2012, 12, 31)),
    count=st.integers(1, 300),
)
def test_working_days_are_counted_one_by_one(
    weekly: dict[str, Written], holidays: frozenset[date], start: date, count: int
) -> None:
    """SLA-02: the n-th working date has n dates with hours up to it; one never was in Samoa."""
    assume(any(weekly.values()))
    calendar = WorkingCalendar("Pacific/Apia", weekly, holidays)

    found = calendar.working_date(start, count)

    days = [start + number * DAY for number in range(1, (found - start).days + 1)]
    closed = holidays | {date(2011, 12, 30)}
    having = [each for each in days if weekly[NAMES[each.weekday()]] and each not in closed]
    assert len(having) == count
    assert having[-1] == found


# The 127 weeks.


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_every_subset_of_the_week_counts_exactly(zone: str) -> None:
    """SLA-02, C-08: for each of the 127 non-empty sets of weekdays, open minutes from the start
    to the due moment, counted one by one, are the target."""
    first = datetime(2026, 2, 27, 12, tzinfo=UTC)
    spans: Written = (("09:00", "12:00"), ("13:00", "17:00"))
    start = datetime(2026, 3, 1, 16, 10, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    for chosen in range(1, 128):
        weekly = {name: spans for place, name in enumerate(NAMES) if chosen >> place & 1}
        calendar = WorkingCalendar(zone, weekly)
        slow = SlowCalendar(zone, weekly, first, first + 22 * DAY)
        for target in (1, 60, 420, 421, 900):
            due = calendar.add(start, target * MINUTE)
            if due < slow.last:
                assert slow.open_minutes(start, due) == target
                assert due == slow.add(start, target)
            assert calendar.between(start, due) == target * MINUTE
