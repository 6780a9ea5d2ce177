"""Faults in clocks that once passed every test: each has its own here."""

from dataclasses import replace
from datetime import timedelta

from tests.stories import (
    HOUR,
    MONTH,
    REGISTERED,
    accepted,
    at,
    did,
    limits,
    not_solved,
    only,
    reopened,
    told,
)
from workflow.clocks import Happening
from workflow.limits import Rule, SpanUnit
from workflow.words import ClockKind, ClockState

K = ClockKind
S = ClockState

LAW = Rule("resolution", K.RESOLUTION, 16, SpanUnit.HOURS, statutory=True)
BEFORE_THE_RULE = replace(
    limits(), rules=tuple(r for r in limits().rules if r.clock is not K.RESOLUTION)
)
WAITS = (
    did("start", "10T09:30"),
    did("ask_customer", "10T10:00", date=at("12T10:00"), why="documents"),
    did("resume", "10T15:00"),
)


def test_a_statutory_limit_that_comes_later_charges_what_was_waited_for() -> None:
    """PAU-01, M-08: waits from before there was a rule are forgiven by operational rules only."""
    law, own = limits(LAW, key="law"), limits(key="own")
    story = (REGISTERED, *WAITS)

    by_law = told(
        *story, Happening(at("10T16:00"), limits=law), now="10T17:00", under=BEFORE_THE_RULE
    )
    by_us = told(
        *story, Happening(at("10T16:00"), limits=own), now="10T17:00", under=BEFORE_THE_RULE
    )

    assert only(by_law, K.RESOLUTION).used == 8 * HOUR
    assert only(by_us, K.RESOLUTION).used == 3 * HOUR


def test_a_merge_does_not_move_the_start_of_a_reopened_cycle() -> None:
    """C-39: the earliest start is kept in the first cycle; a later one began when it began."""
    story = (REGISTERED, did("resolve", "10T12:00"), not_solved("11T09:00"))
    merged = Happening(at("11T10:00"), started_at=at("03T09:00"))

    found = only(told(*story, merged, now="11T11:00"), K.RESOLUTION, cycle=2)

    assert found.starts_at == at("11T09:00")
    assert (found.used, found.state) == (2 * HOUR, S.RUNNING)


def test_a_merge_moves_no_cycle_that_was_reopened_after_its_end() -> None:
    story = (REGISTERED, did("resolve", "10T12:00"), accepted("10T13:00"), reopened("17T09:00"))
    merged = Happening(at("17T10:00"), started_at=at("03T09:00"))

    found = only(told(*story, merged, now="17T11:00"), K.RESOLUTION, cycle=2)

    assert (found.starts_at, found.state) == (at("17T09:00"), S.RUNNING)


def test_an_answer_makes_the_next_report_void_and_not_met() -> None:
    """SLA-14: nobody reported; the report is merely not owed any more."""
    found = told(REGISTERED, did("resolve", "10T12:00"), now=MONTH)

    report = only(found, K.PROGRESS)
    assert report.state is S.VOID
    assert report.breached_at is None
    assert report.used <= timedelta(hours=3)
