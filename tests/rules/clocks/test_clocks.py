"""What a clock shows: over pauses, at its end, on its ladder.

Stories are in `tests.stories`; the office is open Monday to Friday, 09:00 to 17:00, and 10 March
2025 is a Monday.
"""

from datetime import timedelta

import pytest

from tests.stories import (
    HOUR,
    LIMITS,
    MINUTE,
    MONTH,
    OFFICE,
    REGISTERED,
    SECOND,
    asked,
    at,
    did,
    limits,
    only,
    resolution,
    severe,
    told,
)
from workflow.clocks import Happening, next_due, rung_moment
from workflow.limits import Facts, Rule, Rung, SpanUnit
from workflow.words import Channel, ClockKind, ClockState

K = ClockKind
S = ClockState


# Pauses.


def test_time_used_before_a_pause_is_still_used_after_it() -> None:
    """PAU-04, C-22: 2 h work, 3 days pause, 1 h work is 3 h."""
    story = (REGISTERED, asked("10T11:00"), did("resume", "13T11:00"))

    clock = resolution(*story, now="13T12:00")

    assert (clock.used, clock.state) == (3 * HOUR, S.RUNNING)
    assert clock.due_at == at("14T17:00")  # 13 h from Thursday noon


@pytest.mark.parametrize("now", ["10T11:00", "10T16:00", "12T12:00", "15T12:00", "28T08:59"])
def test_while_the_customer_is_waited_for_nothing_moves(now: str) -> None:
    """PAU-02, C-23: the percentage is constant, nothing is due, no rung can be reached."""
    clock = resolution(REGISTERED, asked("10T13:00"), now="10T13:00")
    later = resolution(REGISTERED, asked("10T13:00"), now=max(at(now), at("10T13:00")))

    assert (later.percent, later.used) == (clock.percent, clock.used) == (25, 4 * HOUR)
    assert (later.state, later.due_at) == (S.PAUSED, None)
    assert [rung_moment(rung, later) for rung in LIMITS.ladder] == [None] * len(LIMITS.ladder)


PAUSES = {
    "begun after closing": ("10T19:00", "11T10:00", 1 * HOUR),
    "ended after closing": ("10T16:00", "10T20:00", 1 * HOUR),
    "outside of open hours altogether": ("10T18:00", "11T08:00", timedelta()),
    "over a weekend": ("14T16:00", "17T10:00", 2 * HOUR),
    "across a holiday": ("19T16:00", "21T10:00", 2 * HOUR),
    "no time at all": ("10T12:00", "10T12:00", timedelta()),
}


@pytest.mark.parametrize(("begins", "ends", "open_time"), PAUSES.values(), ids=PAUSES)
def test_a_pause_moves_the_end_by_its_open_time_only(
    begins: str, ends: str, open_time: timedelta
) -> None:
    """C-24, SLA-07."""
    long = limits(Rule("resolution", K.RESOLUTION, 100, SpanUnit.HOURS))
    story = (REGISTERED, asked(begins), did("resume", ends))

    clock = resolution(*story, now=ends, under=long)

    assert clock.due_at == OFFICE.calendar.add(at("10T09:00"), 100 * HOUR + open_time)


def test_a_pause_at_the_very_moment_the_limit_ends_is_in_time() -> None:
    """C-24: 16 h used up exactly, then waited, then one second too much."""
    story = (REGISTERED, asked("11T17:00"), did("resume", "13T09:00"))

    met = resolution(*story, did("resolve", "13T09:00"), now=MONTH)
    missed = resolution(*story, did("resolve", at("13T09:00") + SECOND), now=MONTH)

    assert (met.state, met.used, met.breached_at) == (S.MET, 16 * HOUR, None)
    assert (missed.state, missed.used) == (S.MISSED, 16 * HOUR + SECOND)


def test_one_reason_after_another_is_told_apart() -> None:
    """PAU-01, C-24: every pause has its own reason."""
    story = (
        REGISTERED,
        asked("10T10:00", why="documents"),
        did("resume", "10T12:00"),
        asked("10T13:00", why="access"),
    )

    clock = resolution(*story, now="10T16:00")

    whys = [(segment.why, segment.start, segment.end) for segment in clock.segments]
    assert whys == [
        ("", at("10T09:00"), at("10T10:00")),
        ("documents", at("10T10:00"), at("10T12:00")),
        ("", at("10T12:00"), at("10T13:00")),
        ("access", at("10T13:00"), None),
    ]
    assert clock.used == 2 * HOUR


def test_what_begins_while_the_customer_is_waited_for_waits_too() -> None:
    """M-08: asking tells the customer something, so a new report is due, but not while we wait."""
    found = told(REGISTERED, asked("10T10:00"), now="12T10:00")

    new = only(found, K.PROGRESS, turn=2)
    assert (new.state, new.used) == (S.PAUSED, timedelta())
    resumed = told(REGISTERED, asked("10T10:00"), did("resume", "12T09:00"), now="12T10:00")
    assert only(resumed, K.PROGRESS, turn=2).used == HOUR


def test_the_follow_up_runs_while_the_resolution_waits() -> None:
    """PAU-08: one clock waits, another makes sure that it does not wait for ever."""
    found = told(REGISTERED, asked("10T10:00", until="12T09:00"), now="11T10:00")

    follow_up = only(found, K.FOLLOW_UP)
    assert (follow_up.state, follow_up.due_at) == (S.RUNNING, at("12T09:00"))
    assert next_due(found) in (follow_up, only(found, K.REGULATOR))


def test_the_follow_up_ends_when_the_customer_has_answered() -> None:
    """PAU-08."""
    story = (REGISTERED, asked("10T10:00", until="12T09:00"), did("resume", "11T09:00"))

    assert only(told(*story, now=MONTH), K.FOLLOW_UP).state is S.MET


def test_a_second_question_has_a_follow_up_of_its_own() -> None:
    """PAU-08, M-06."""
    story = (
        REGISTERED,
        asked("10T10:00", until="12T09:00"),
        did("resume", "11T09:00"),
        asked("11T10:00", until="14T09:00"),
    )

    found = told(*story, now="11T12:00")

    assert only(found, K.FOLLOW_UP, turn=1).state is S.MET
    assert only(found, K.FOLLOW_UP, turn=2).due_at == at("14T09:00")


def test_no_date_in_the_far_future_means_paused() -> None:
    """M-11: a paused clock has no due date at all."""
    found = told(REGISTERED, asked("10T10:00"), now="10T12:00")

    assert [clock.due_at for clock in found if clock.state is S.PAUSED] == [None, None]


# The first response.


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        (Channel.PHONE, True),
        (Channel.COUNTER, True),
        (Channel.ACCOUNT_MANAGER, True),
        (Channel.EMAIL, False),
        (Channel.WEB, False),
        (Channel.LETTER, False),
        (Channel.REGULATOR, False),
        (Channel.SOCIAL, False),
        (Channel.OTHER, False),
    ],
)
def test_a_first_response_is_given_by_registering_only_in_person(
    channel: Channel, given: bool
) -> None:
    """M-07."""
    found = told(REGISTERED, now="10T09:10", facts=Facts(channel=channel))

    assert only(found, K.ACKNOWLEDGE).state is (S.MET if given else S.RUNNING)


SILENT = ("start", "note", "attach", "contact", "resolve", "watch", "raise_level", "dispatch")


@pytest.mark.parametrize("name", SILENT)
def test_what_tells_the_customer_nothing_is_no_first_response(name: str) -> None:
    """M-07."""
    found = told(REGISTERED, did(name, "10T09:10"), now="10T09:20")

    assert only(found, K.ACKNOWLEDGE).state is S.RUNNING


def test_a_late_first_response_stays_a_miss() -> None:
    """C-34."""
    found = told(REGISTERED, did("inform", "10T10:00"), now=MONTH)

    clock = only(found, K.ACKNOWLEDGE)
    assert (clock.state, clock.breached_at) == (S.MISSED, at("10T09:30"))
    assert (clock.used, clock.percent) == (HOUR, 200)


# Statutory limits.


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        ("10T00:00", "26T00:00"),
        ("10T23:59", "26T00:00"),
        ("15T12:00", "31T00:00"),
        ("2025-02-28T12:00", "16T00:00"),
    ],
)
def test_the_days_of_the_law_end_with_the_last_of_them(received: str, ends: str) -> None:
    """The day of the event is not counted; weekends and holidays are."""
    story = did("register", "15T13:00", received_at=at(received))

    law = only(told(story, now="15T14:00"), K.REGULATOR)

    assert (law.due_at, law.starts_at) == (at(ends), at(received))


def test_the_law_does_not_wait_for_the_customer() -> None:
    """Statutory clocks never pause, whatever happens."""
    story = (REGISTERED, asked("10T10:00"), severe("11T10:00"), did("resume", "12T10:00"))
    new = Happening(at("13T10:00"), limits=limits(key="second"))

    law = only(told(*story, new, now="14T09:00"), K.REGULATOR)

    assert (law.state, law.used, law.due_at) == (S.RUNNING, 96 * HOUR, at("26T00:00"))
    assert all(segment.counts for segment in law.segments)


def test_a_limit_in_working_days_ends_with_the_last_of_them() -> None:
    """SLA-06, SLA-09: three working days from the 18th, over the holiday of the 20th."""
    rule = Rule("resolution", K.RESOLUTION, 3, SpanUnit.WORKING_DAYS, statutory=True)

    clock = resolution(did("register", "18T10:00"), now="19T10:00", under=limits(rule))

    assert clock.due_at == at("25T00:00")


# The rungs of the ladder.

RUNGS = {
    "an hour before, in the afternoon": (
        "10T09:00",
        Rung("", K.RESOLUTION, before=HOUR),
        "11T16:00",
    ),
    "three hours before, over the night": (
        "10T11:00",
        Rung("", K.RESOLUTION, before=3 * HOUR),
        "11T16:00",
    ),
    "an hour before, not at midnight": (
        "10T10:00",
        Rung("", K.RESOLUTION, before=2 * HOUR),
        "11T16:00",
    ),
    "never before it began": ("10T09:00", Rung("", K.RESOLUTION, before=40 * HOUR), "10T09:00"),
    "three quarters": ("10T09:00", Rung("", K.RESOLUTION, percent=75), "11T13:00"),
    "the second after the last": ("10T10:00", Rung("", K.RESOLUTION, percent=100), "12T10:00:01"),
    "the second after closing is at the next opening": (
        "10T09:00",
        Rung("", K.RESOLUTION, percent=100),
        "12T09:00:01",
    ),
    "half as much again": ("10T09:00", Rung("", K.RESOLUTION, percent=150), "12T17:00"),
}


@pytest.mark.parametrize(("start", "rung", "moment"), RUNGS.values(), ids=RUNGS)
def test_rungs_are_reached_in_open_time(start: str, rung: Rung, moment: str) -> None:
    """SLA-05, C-40."""
    clock = resolution(did("register", start), now=start)

    assert rung_moment(rung, clock) == at(moment)


def test_no_rung_lies_before_the_stretch_that_runs_now() -> None:
    """C-25: what a raised priority makes late is told at the change, not in the past."""
    clock = resolution(REGISTERED, severe("10T15:00"), now="10T15:00")

    assert {rung_moment(rung, clock) for rung in LIMITS.ladder if rung.percent != 150} == {
        at("10T15:00")
    }


# Shares.


def test_the_share_is_rounded_down_and_exact() -> None:
    """PAU-02: 29 of 100 minutes are 29 %, which floating point would call 28."""
    rule = Rule("resolution", K.RESOLUTION, 100, SpanUnit.MINUTES)
    start = at("10T09:00")

    shares = [
        resolution(REGISTERED, now=start + minute * MINUTE, under=limits(rule)).percent
        for minute in range(201)
    ]

    assert shares == list(range(201))


def test_before_the_office_opens_nothing_is_used() -> None:
    """SLA-06: registered at 23:40 on a holiday."""
    story = did("register", "20T23:40")

    before = resolution(story, now="21T08:59")
    after = resolution(story, now="21T10:00")

    assert (before.used, before.percent, before.due_at) == (timedelta(), 0, at("24T17:00"))
    assert after.used == HOUR


def test_a_miss_is_dated_when_the_limit_ran_out_also_outside_of_open_hours() -> None:
    """C-24: nothing left at the end of a pause that ends on a Saturday."""
    story = (REGISTERED, asked("11T17:00"), did("resume", "15T12:00"))

    running = resolution(*story, now="15T13:00")
    late = resolution(*story, now="17T10:00")

    assert running.due_at == late.due_at == late.breached_at == at("17T09:00")
    assert late.used == 17 * HOUR


def test_a_moment_in_the_past_can_be_asked_for() -> None:
    """What happened since is left out."""
    story = (REGISTERED, asked("10T10:00"), did("resume", "10T12:00"), did("resolve", "10T13:00"))

    assert told(*story, now="10T11:00") == told(*story[:2], now="10T11:00")
