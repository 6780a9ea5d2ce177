"""Whatever happens to a complaint, its clocks agree with somebody who counts minute by minute.

`SHOUWEN_LONG=1` tells a thousand stories to every test.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import slow_clock
from tests.slow_clock import Deed, Hours, SlowClock, moment
from tests.stories import SECOND, did
from workflow.clocks import Clock, Happening, History, clocks
from workflow.ledger import ledger
from workflow.limits import DatedCalendar, Facts, Limits, Rule, SpanUnit
from workflow.words import Channel, ClockKind, ClockState, Severity, Status
from workflow.working_time import WorkingCalendar

LONG = bool(os.environ.get("SHOUWEN_LONG"))

OFFICE_WEEK = {
    day: [("09:00", "12:00"), ("13:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")
}
SHOP_WEEK = {**OFFICE_WEEK, "sat": [("10:00", "14:00")], "wed": [("00:00", "24:00")]}
ALWAYS_WEEK = {day: [("00:00", "24:00")] for day in slow_clock.DAYS}
HOLIDAYS = [date(2025, 3, 20), date(2025, 4, 4), date(2025, 4, 7)]
ZONES = ("Asia/Shanghai", "Europe/Berlin")
"""The second one sets its clocks forward on 30 March, in the midst of most stories."""

# (minutes of a normal complaint, reopened, of a major one, reopened, week)
VERSIONS = {
    "usual": (16 * 60, 4 * 60, 4 * 60, 2 * 60, "office"),
    "strict": (10 * 60, 3 * 60, 60, 30, "office"),
    "always": (48 * 60, 24 * 60, 8 * 60, 4 * 60, "always"),
    "odd": (1234, 567, 89, 1, "shop"),
}
WEEKS = {"office": OFFICE_WEEK, "shop": SHOP_WEEK, "always": ALWAYS_WEEK}
MAJOR = frozenset({Severity.MAJOR})


def product_limits(version: str, zone: str) -> Limits:
    normal, reopened, major, major_reopened, week = VERSIONS[version]
    free = [] if week == "always" else HOLIDAYS
    calendar = DatedCalendar(week, WorkingCalendar(zone, WEEKS[week], free))
    unit = SpanUnit.MINUTES
    return Limits(
        key=version,
        number=1,
        calendars={week: calendar},
        default_calendar=week,
        ladder=(),
        rules=(
            Rule("normal", ClockKind.RESOLUTION, normal, unit, reopened=reopened),
            Rule(
                "major",
                ClockKind.RESOLUTION,
                major,
                unit,
                reopened=major_reopened,
                severities=MAJOR,
            ),
            Rule("progress", ClockKind.PROGRESS, 600, unit),
            Rule("acknowledge", ClockKind.ACKNOWLEDGE, 30, unit),
            Rule("callback", ClockKind.CALLBACK, 480, unit),
            Rule("law", ClockKind.REGULATOR, 15, SpanUnit.DAYS, statutory=True),
        ),
    )


LIMITS = {(version, zone): product_limits(version, zone) for version in VERSIONS for zone in ZONES}
HOURS = {
    (week, zone): Hours.of(zone, weekly, () if week == "always" else HOLIDAYS)
    for week, weekly in WEEKS.items()
    for zone in ZONES
}


@dataclass
class Story:
    """One complaint, told to both: as happenings, and as deeds for the patient."""

    zone: str
    version: str
    severity: Severity = Severity.NORMAL
    cycle: int = 1
    minute: int = 0
    status: Status = Status.IN_PROGRESS
    happenings: list[Happening] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    @property
    def limit(self) -> tuple[int, Hours]:
        normal, reopened, major, major_reopened, week = VERSIONS[self.version]
        first, later = (
            (major, major_reopened) if self.severity is Severity.MAJOR else (normal, reopened)
        )
        return (first if self.cycle == 1 else later), HOURS[week, self.zone]

    @property
    def history(self) -> History:
        begins = LIMITS[self.first_version, self.zone]
        return History(
            Facts(channel=Channel.EMAIL), begins, self.happenings, zone=ZoneInfo(self.zone)
        )

    def __post_init__(self) -> None:
        self.first_version = self.version

    def tell(self, name: str, to: Status | None = None, **said: object) -> None:
        self.happenings.append(did(name, moment(self.minute), to=to, **said))

    def note(self, what: str) -> None:
        self.deeds.append(Deed(self.minute, what, self.limit))

    def register(self) -> None:
        self.tell("register")
        self.note("begin")

    def ask(self) -> None:
        self.tell("ask_customer", why="documents", date=moment(self.minute + 5000))
        self.note("pause")
        self.status = Status.WAITING_CUSTOMER

    def resume(self) -> None:
        self.tell("resume")
        self.note("resume")
        self.status = Status.IN_PROGRESS

    def resolve(self) -> None:
        self.tell("resolve")
        self.note("end")
        self.status = Status.RESOLVED

    def not_solved(self) -> None:
        self.tell("record_callback", Status.IN_PROGRESS)
        self._again()

    def close(self) -> None:
        self.tell("record_callback", Status.CLOSED)
        self.status = Status.CLOSED

    def reopen(self) -> None:
        self.tell("reopen")
        self._again()

    def undo(self) -> None:
        self.tell("undo_closing")
        self.status = Status.RESOLVED

    def _again(self) -> None:
        self.cycle += 1
        self.note("begin")
        self.status = Status.IN_PROGRESS

    def inform(self) -> None:
        self.tell("inform")

    def write(self) -> None:
        self.tell("note")

    def grade(self, severity: Severity) -> None:
        self.severity = severity
        self.tell("correct", facts=Facts(severity, channel=Channel.EMAIL))
        self.note("limit")

    def adopt(self, version: str) -> None:
        self.version = version
        self.happenings.append(Happening(moment(self.minute), limits=LIMITS[version, self.zone]))
        self.note("limit")


ALWAYS_POSSIBLE = ("grade", "adopt", "inform", "write")
POSSIBLE = {
    Status.IN_PROGRESS: ("ask", "resolve", *ALWAYS_POSSIBLE),
    Status.WAITING_CUSTOMER: ("resume", "resume", *ALWAYS_POSSIBLE),
    Status.RESOLVED: ("not_solved", "close", "write", "grade"),
    Status.CLOSED: ("reopen", "undo", "write"),
}
GAPS = st.one_of(
    st.just(0),
    st.integers(0, 90),
    st.sampled_from((180, 240, 480, 540, 960, 1440, 2880, 4320)),
    st.integers(0, 4000),
)
FIRST_MINUTES = st.integers(7 * 1440, 21 * 1440)


@st.composite
def stories(draw: Callable[..., object]) -> Story:
    story = Story(draw(st.sampled_from(ZONES)), draw(st.sampled_from(sorted(VERSIONS))))
    story.minute = draw(FIRST_MINUTES)
    story.register()
    for _ in range(draw(st.integers(0, 9))):
        story.minute += draw(GAPS)
        name = draw(st.sampled_from(POSSIBLE[story.status]))
        if name == "grade":
            story.grade(draw(st.sampled_from(Severity)))
        elif name == "adopt":
            story.adopt(draw(st.sampled_from(sorted(VERSIONS))))
        else:
            getattr(story, name)()
    story.minute += draw(GAPS)
    return story


def cycles(found: tuple[Clock, ...]) -> list[Clock]:
    return [clock for clock in found if clock.id.kind is ClockKind.RESOLUTION]


@settings(max_examples=1000 if LONG else 200, deadline=None)
@given(stories())
def test_the_clock_agrees_with_somebody_who_counts_minutes(story: Story) -> None:
    """SLA-07, SLA-12, PAU-04, PAU-05, C-22, C-24, C-25, C-26, C-38."""
    fast = cycles(clocks(story.history, moment(story.minute)))
    slow = slow_clock.reckoned(story.deeds, story.minute)

    assert [as_told(each) for each in fast] == [as_counted(each) for each in slow]


def as_told(clock: Clock) -> tuple[object, ...]:
    running = clock.state is ClockState.RUNNING
    return (
        clock.starts_at,
        clock.used,
        clock.target,
        clock.breached_at,
        clock.state,
        clock.due_at if running else None,
    )


def as_counted(clock: SlowClock) -> tuple[object, ...]:
    if clock.ended:
        state = ClockState.MET if clock.missed is None else ClockState.MISSED
    else:
        state = ClockState.PAUSED if clock.paused else ClockState.RUNNING
    return (
        moment(clock.begun),
        clock.used * slow_clock.MINUTE,
        clock.target * slow_clock.MINUTE,
        None if clock.missed is None else moment(clock.missed),
        state,
        moment(clock.due()) if state is ClockState.RUNNING else None,
    )


@settings(max_examples=1000 if LONG else 50, deadline=None)
@given(stories(), st.lists(st.integers(0, 20_000), min_size=2, max_size=6))
def test_what_was_used_never_becomes_less(story: Story, later: list[int]) -> None:
    """PAU-02: and a share of a limit is never below nothing; what was missed stays missed."""
    before: dict[object, Clock] = {}
    for minutes in sorted(later):
        now = moment(story.minute) + minutes * slow_clock.MINUTE
        for clock in clocks(story.history, now):
            last = before.get(clock.id, clock)
            assert clock.used >= last.used >= timedelta()
            assert clock.percent >= last.percent >= 0
            assert last.breached_at in (None, clock.breached_at)
            before[clock.id] = clock


@settings(max_examples=1000 if LONG else 50, deadline=None)
@given(stories())
def test_the_ledger_has_no_gap_and_adds_up(story: Story) -> None:
    """SLA-08: every second from the start is accounted for, counted or not, and why."""
    now = moment(story.minute)
    for clock in clocks(story.history, now):
        lines, end = ledger(clock), clock.ended_at or now
        assert sum((line.amount for line in lines), timedelta()) == clock.used
        assert not lines or lines[-1].total == clock.used
        edges = [clock.starts_at, *(line.end for line in lines)]
        assert [line.start for line in lines] == edges[:-1]
        assert edges[-1] == end
        assert all(line.amount in (timedelta(), line.end - line.start) for line in lines)
        assert all(line.counts is (line.amount > timedelta()) for line in lines)


@settings(max_examples=1000 if LONG else 50, deadline=None)
@given(stories())
def test_up_to_the_due_moment_it_is_in_time_and_a_counted_second_later_it_is_not(
    story: Story,
) -> None:
    """Whatever runs: due is exactly when the amount has run out."""
    now = moment(story.minute)
    for clock in clocks(story.history, now):
        if clock.state is not ClockState.RUNNING or clock.due_at is None:
            continue
        if clock.id.kind is ClockKind.FOLLOW_UP:
            continue  # an appointment with oneself, which nobody can miss
        if clock.breached_at is not None or clock.due_at < now:
            continue  # late already, or would be if the office had not closed
        in_time = same(clocks(story.history, clock.due_at), clock)
        too_late = same(
            clocks(story.history, clock.calendar.calendar.add(clock.due_at, SECOND)), clock
        )
        assert (in_time.used, in_time.breached_at) == (clock.target, None)
        assert too_late.used == clock.target + SECOND
        assert too_late.breached_at == clock.due_at


def same(found: tuple[Clock, ...], wanted: Clock) -> Clock:
    return next(clock for clock in found if clock.id == wanted.id)


@settings(max_examples=1000 if LONG else 50, deadline=None)
@given(stories(), st.integers(0, 40_000))
def test_the_law_counts_days_whatever_happens(story: Story, later: int) -> None:
    """Statutory clocks never pause, and no version of ours moves them."""
    now = moment(story.minute) + later * slow_clock.MINUTE
    (law,) = [each for each in clocks(story.history, now) if each.id.kind is ClockKind.REGULATOR]
    end = min(law.ended_at or now, now)

    assert law.used == end - law.starts_at
    local = law.starts_at.astimezone(ZoneInfo(story.zone)).date()
    if law.due_at is not None:
        last = local + timedelta(days=15)
        assert law.due_at == LIMITS["usual", story.zone].calendars["office"].calendar.local_end_of(
            last
        )


@settings(max_examples=1000 if LONG else 50, deadline=None)
@given(stories())
def test_notes_buy_nothing(story: Story) -> None:
    """M-02: leave out every note, and every clock is the same."""
    bare = [each for each in story.happenings if each.effects != did("note", each.at).effects]
    now = moment(story.minute)

    assert clocks(story.history, now) == clocks(replace(story.history, happenings=bare), now)


@pytest.mark.parametrize("zone", ZONES)
def test_the_patient_count_knows_the_week(zone: str) -> None:
    """The slow clock itself, by figures that anybody can check."""
    flags = slow_clock.open_minutes(HOURS["office", zone])
    first_week = sum(flags[7 * 1440 : 14 * 1440])

    assert first_week == 40 * 60
    assert sum(slow_clock.open_minutes(HOURS["always", zone])) == slow_clock.MINUTES
