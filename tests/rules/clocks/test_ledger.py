"""The ledger 时间账: every stretch of a clock's life, counted or not, and why (SLA-08)."""

from datetime import date, timedelta

from tests.stories import (
    HOLIDAY,
    HOUR,
    MAJOR,
    OFFICE,
    ZONE,
    at,
    did,
    limits,
    only,
    resolution,
    severe,
    told,
)
from workflow.clocks import Happening
from workflow.ledger import LedgerLine, ledger
from workflow.limits import DatedCalendar, Rule, SpanUnit
from workflow.words import ClockKind
from workflow.working_time import WorkingCalendar

REGISTERED = did("register", "10T15:00")


def shown(lines: list[LedgerLine]) -> list[tuple[str, str, str, timedelta]]:
    """As a person reads it: from, to, why, and how much of it counted."""
    return [
        (
            f"{line.start.astimezone(ZONE):%dT%H:%M}",
            f"{line.end.astimezone(ZONE):%dT%H:%M}",
            line.why,
            line.amount,
        )
        for line in lines
    ]


def test_a_supervisor_can_read_why_something_is_late() -> None:
    """SLA-08: hours, nights, a wait with its reason, and the sum after each line."""
    story = (
        REGISTERED,
        did("ask_customer", "11T10:00", why="documents", date=at("14T09:00")),
        did("resume", "12T16:00"),
    )

    lines = ledger(resolution(*story, now="13T10:00"))

    nothing = timedelta()
    assert shown(lines) == [
        ("10T15:00", "10T17:00", "counted", 2 * HOUR),
        ("10T17:00", "11T09:00", "closed", nothing),
        ("11T09:00", "11T10:00", "counted", HOUR),
        ("11T10:00", "12T16:00", "documents", nothing),
        ("12T16:00", "12T17:00", "counted", HOUR),
        ("12T17:00", "13T09:00", "closed", nothing),
        ("13T09:00", "13T10:00", "counted", HOUR),
    ]
    assert [line.total // HOUR for line in lines] == [2, 2, 3, 3, 4, 4, 5]


def test_a_holiday_is_a_line_of_its_own_with_its_name() -> None:
    """SLA-08, SLA-09: one local date, and which."""
    week = {day: [("09:00", "17:00")] for day in ("wed", "thu", "fri")}
    spring = DatedCalendar("office", WorkingCalendar("Asia/Shanghai", week, {HOLIDAY: "春分"}))
    under = limits(calendars={"office": spring, "always": spring})

    lines = ledger(resolution(did("register", "19T16:00"), now="21T10:00", under=under))

    assert [(line.why, line.name, line.day) for line in lines if line.why == "holiday"] == [
        ("holiday", "春分", date(2025, 3, 20))
    ]
    assert lines[-1].total == 2 * HOUR


def test_a_weekend_is_told_from_a_night() -> None:
    """SLA-08."""
    lines = ledger(resolution(did("register", "14T16:00"), now="17T10:00"))

    assert [line.why for line in lines] == ["counted", "closed", "day_off", "closed", "counted"]


def test_what_is_asked_before_the_office_opens_has_counted_nothing() -> None:
    """SLA-06."""
    lines = ledger(resolution(did("register", "10T07:00"), now="10T08:00"))

    assert shown(lines) == [("10T07:00", "10T08:00", "closed", timedelta())]


def test_a_clock_that_has_just_begun_has_no_lines() -> None:
    assert ledger(resolution(REGISTERED, now="10T15:00")) == []


def test_a_changed_limit_is_shown_from_where_it_held() -> None:
    """SLA-08, C-25: which limit, of which rule, in each stretch."""
    strict = Rule("strict", ClockKind.RESOLUTION, 3, SpanUnit.HOURS, severities=MAJOR, place=1)
    other = limits(strict, key="second")
    story = (REGISTERED, severe("10T16:00"), Happening(at("10T16:30"), limits=other))

    lines = ledger(resolution(*story, now="10T17:00"))

    assert [(line.rule, line.target) for line in lines] == [
        ("resolution", 16 * HOUR),
        ("resolution-major", 4 * HOUR),
        ("strict", 3 * HOUR),
    ]


def test_nothing_is_told_of_after_the_end() -> None:
    """SLA-16: the ledger of an ended clock stays as it was."""
    story = (REGISTERED, did("resolve", "11T10:00"))

    soon, late = (ledger(resolution(*story, now=now)) for now in ("11T10:00", "28T10:00"))

    assert soon == late
    assert soon[-1].end == at("11T10:00")


def test_the_time_at_the_desk_is_not_the_departments() -> None:
    """C-32: between an answer and its rejection."""
    story = (
        REGISTERED,
        did("order_accept", "11T09:00", order="a"),
        did("order_answer", "11T10:00", order="a"),
        did("order_reject_answer", "11T14:00", order="a"),
    )

    lines = ledger(only(told(*story, now="11T15:00"), ClockKind.ANSWER))

    assert shown(lines) == [
        ("11T09:00", "11T10:00", "counted", HOUR),
        ("11T10:00", "11T14:00", "not_with_department", timedelta()),
        ("11T14:00", "11T15:00", "counted", HOUR),
    ]


def test_the_law_counts_every_hour() -> None:
    """Statutory clocks have one line: from the start without a break."""
    lines = ledger(only(told(REGISTERED, now="17T15:00"), ClockKind.REGULATOR))

    assert shown(lines) == [("10T15:00", "17T15:00", "counted", 168 * HOUR)]
    assert not OFFICE.calendar.is_open(at("16T12:00"))


def test_a_merge_makes_the_ledger_begin_where_the_duplicate_began() -> None:
    """C-39, SLA-08."""
    story = (REGISTERED, Happening(at("10T16:00"), started_at=at("07T16:00")))

    lines = ledger(resolution(*story, now="10T16:00"))

    assert shown(lines)[0] == ("07T16:00", "07T17:00", "counted", HOUR)
    assert lines[-1].total == 8 * HOUR
