"""What moves a clock and what does not: other facts, other limits, people's dates, entries.

Stories are in `tests.stories`.
"""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.stories import (
    ALWAYS,
    HOUR,
    LIMITS,
    MONTH,
    OFFICE,
    REGISTERED,
    RULES,
    SECOND,
    ZONE,
    accepted,
    action_of,
    asked,
    at,
    did,
    effects,
    limits,
    only,
    resolution,
    sent,
    severe,
    told,
)
from tickets.clocks.history import concerns_time
from workflow.clocks import Happening
from workflow.effects import (
    Effect,
    NewCycle,
    Pause,
    ReportAgain,
    Resume,
    RunOn,
    Start,
    Stop,
    StopAll,
    TellStaff,
    Whom,
)
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.limits import Rule, SpanUnit
from workflow.words import ClockKind, ClockState, Severity

K = ClockKind
S = ClockState


# Other facts, other limits.


def test_a_raised_priority_keeps_what_was_used() -> None:
    """PAU-04: 2 h work, 1 h pause, 1 h work, then major: 3 h under the new 4 h."""
    story = (REGISTERED, asked("10T11:00"), did("resume", "10T12:00"), severe("10T13:00"))

    clock = resolution(*story, now="10T13:00")

    assert (clock.used, clock.target) == (3 * HOUR, 4 * HOUR)
    assert (clock.due_at, clock.breached_at) == (at("10T14:00"), None)


def test_a_raised_priority_may_miss_the_limit_at_once_but_only_once() -> None:
    """C-25: more was used than the new limit gives: missed at the change, not before."""
    story = (REGISTERED, severe("10T15:00"))

    before = resolution(*story, now=at("10T15:00") - SECOND)
    after = resolution(*story, severe("10T16:00", Severity.SERIOUS), severe("11T10:00"), now=MONTH)

    assert before.breached_at is None
    assert after.breached_at == at("10T15:00")


def test_the_new_due_moment_may_lie_in_the_past() -> None:
    """C-25: start + new target + pause in open time."""
    story = (REGISTERED, asked("10T11:00"), did("resume", "10T12:00"), severe("10T16:00"))

    clock = resolution(*story, now="10T16:00")

    assert (clock.due_at, clock.used) == (at("10T14:00"), 6 * HOUR)
    assert clock.breached_at == at("10T16:00")


def test_a_lowered_priority_does_not_undo_a_miss() -> None:
    """C-26: it is late for good, though the new limit would give more."""
    story = (REGISTERED, severe("10T09:00"), severe("10T15:00", Severity.NORMAL))

    open_one = resolution(*story, now="10T16:00")
    ended = resolution(*story, did("resolve", "10T16:30"), now=MONTH)

    assert (open_one.state, open_one.breached_at) == (S.RUNNING, at("10T13:00"))
    assert open_one.due_at == at("11T17:00")
    assert (ended.state, ended.breached_at) == (S.MISSED, at("10T13:00"))


def test_a_priority_raised_in_a_pause_is_missed_when_work_goes_on() -> None:
    """C-23, C-25: nothing fires while paused."""
    story = (REGISTERED, asked("10T15:00"), severe("10T16:00"))

    waiting = resolution(*story, now="12T12:00")
    going_on = resolution(*story, did("resume", "13T10:00"), now="13T10:00")

    assert (waiting.state, waiting.breached_at, waiting.used) == (S.PAUSED, None, 6 * HOUR)
    assert going_on.breached_at == at("13T10:00")


def test_new_limits_leave_what_was_used() -> None:
    """C-28, M-08: adopted in mid-run, inside a second pause even."""
    new = limits(Rule("resolution", K.RESOLUTION, 10, SpanUnit.HOURS), key="second")
    story = (
        REGISTERED,
        asked("10T11:00"),
        did("resume", "10T12:00"),
        asked("10T13:00"),
        Happening(at("10T15:00"), limits=new),
        did("resume", "11T09:00"),
    )

    clock = resolution(*story, now="11T10:00")

    assert (clock.used, clock.target) == (4 * HOUR, 10 * HOUR)
    assert clock.due_at == at("11T16:00")
    assert [segment.limits_key for segment in clock.segments][-1] == "second"


def test_new_limits_on_another_calendar_count_on_it_from_then_on() -> None:
    """C-28, SLA-11: what was counted was counted on the calendar of its time."""
    rule = Rule("resolution", K.RESOLUTION, 24, SpanUnit.HOURS, calendar="always")
    story = (REGISTERED, Happening(at("10T17:00"), limits=limits(rule, key="second")))

    clock = resolution(*story, now="10T19:00")

    assert (clock.used, clock.due_at) == (10 * HOUR, at("11T09:00"))


def test_the_ladder_that_was_replaced_is_climbed_no_longer() -> None:
    """M-09, C-28: also where the figures stayed the same, and for dates that people set."""
    same = limits(key="second", ladder=())
    story = (
        did("register", "10T09:00", date=at("14T17:00")),
        Happening(at("10T12:00"), limits=same),
    )

    found = told(*story, now="10T13:00")

    assert {clock.limits_key for clock in found if clock.is_open} == {"second"}
    assert only(found, K.PROMISE).due_at == at("14T17:00")
    assert only(found, K.RESOLUTION).due_at == at("11T17:00")


def test_a_limit_that_is_dropped_leaves_no_live_clock() -> None:
    """C-28, M-09: the clock ends without a result."""
    none = replace(LIMITS, key="second", rules=tuple(r for r in RULES if r.clock is K.ACCEPT))

    found = told(REGISTERED, Happening(at("10T12:00"), limits=none), now="11T12:00")

    assert [clock for clock in found if clock.is_open] == []
    assert only(found, K.RESOLUTION).state is S.VOID


def test_a_limit_that_comes_later_does_not_charge_the_pauses_before_it() -> None:
    """M-08: without a rule the clock did not run, but waiting for the customer was waiting."""
    bare = replace(LIMITS, rules=tuple(r for r in RULES if r.clock is not K.RESOLUTION))
    story = (REGISTERED, asked("10T10:00"), did("resume", "10T15:00"))
    given = Happening(at("10T16:00"), limits=limits(key="second"))

    clock = resolution(*story, given, now="10T16:00", under=bare)

    assert clock.used == 2 * HOUR
    paused = resolution(REGISTERED, asked("10T10:00"), given, now="10T17:00", under=bare)
    assert (paused.state, paused.used) == (S.PAUSED, HOUR)


# Dates given by people.

AFTERWARDS = {
    "a pause": (asked("10T12:00"), did("resume", "12T09:00")),
    "a raised priority": (severe("10T12:00"),),
    "other limits": (Happening(at("10T12:00"), limits=limits(key="second")),),
    "another dispatch with the same date": (sent("10T12:00", "b"),),
    "a department that sends it back": (did("order_return", "10T12:00", order="a"),),
    "a merge": (Happening(at("10T12:00"), started_at=at("06T09:00")),),
    "a resolution": (did("resolve", "10T12:00"),),
}


@pytest.mark.parametrize("happened", AFTERWARDS.values(), ids=AFTERWARDS)
def test_a_date_promised_by_a_person_never_moves_by_itself(happened: tuple[Happening]) -> None:
    """PAU-03, C-27, PAU-06."""
    found = told(REGISTERED, sent("10T10:00", "a"), *happened, now="12T10:00")

    promise = only(found, K.PROMISE)
    assert (promise.due_at, promise.state) == (at("14T17:00"), S.RUNNING)


def test_a_date_that_a_supervisor_changes_ends_the_first_without_a_result() -> None:
    """PAU-07: both stay visible."""
    override = did("override_deadline", "11T10:00", date=at("18T12:00"))

    found = told(REGISTERED, sent("10T10:00", "a"), override, now="12T10:00")

    first, second = only(found, K.PROMISE, turn=1), only(found, K.PROMISE, turn=2)
    assert (first.state, first.ended_at) == (S.VOID, at("11T10:00"))
    assert first.starts_at + first.target == at("14T17:00")
    assert (second.state, second.due_at) == (S.RUNNING, at("18T12:00"))


def test_a_date_that_had_passed_before_it_was_changed_stays_missed() -> None:
    """PAU-07, C-26."""
    override = did("override_deadline", "17T10:00", date=at("18T12:00"))

    found = told(REGISTERED, sent("10T10:00", "a"), override, now="17T11:00")

    assert only(found, K.PROMISE, turn=1).state is S.MISSED


@pytest.mark.parametrize(
    ("reached", "state"), [("14T17:00", S.MET), ("14T17:01", S.MISSED), ("15T12:00", S.MISSED)]
)
def test_a_promise_is_kept_when_the_customer_is_told(reached: str, state: ClockState) -> None:
    """A promise runs on the calendar of everybody: on a Saturday too."""
    story = (REGISTERED, sent("10T10:00", "a"), did("resolve", "12T10:00"), accepted(reached))

    assert only(told(*story, now=MONTH), K.PROMISE).state is state


def test_a_date_in_the_past_is_late_and_shows_no_share_below_nothing() -> None:
    """An import may bring a promise that had passed before it was entered."""
    found = told(did("register", "10T09:00", date=at("07T09:00")), now="10T10:00")

    promise = only(found, K.PROMISE)
    assert promise.breached_at == at("10T09:00")
    assert promise.percent >= 100
    assert promise.due_at == at("07T09:00")


# What touches which clock (SLA-14, C-33).

A = "acknowledge"
TOUCHED: dict[str, set[str]] = {
    "register": {"acknowledge", "resolution", "regulator", "promise"},
    "dispatch": {"accept", "promise"},
    "ask_customer": {"resolution", "acknowledge", "progress"},
    "resume": {"resolution"},
    "resolve": {"resolution", "callback"},
    "record_callback": {
        "acknowledge",
        "callback",
        "regulator",
        "promise",
        "resolution",
        "all",
        "cycle",
    },
    "notice_sent": {"regulator"},
    "confirm_posting": {"regulator"},
    "close_unreached": {"callback", "regulator", "promise", "all"},
    "reopen": {"cycle", "resolution"},
    "undo_closing": {"all"},
    "withdraw": {"all"},
    "merge": {"all"},
    "unmerge": {"all"},
    "override_deadline": {"promise"},
    "inform": {"acknowledge", "progress"},
    "share_progress": {"progress"},
    "order_accept": {"accept", "answer"},
    "order_answer": {"answer"},
    "order_return": {"accept", "answer"},
    "order_reject_answer": {"answer"},
    "order_recall": {"accept", "answer"},
    "order_arbitrate": {"accept"},
    "correct": {"facts"},
}
"""Every other action leaves every clock alone."""


def clock_of(effect: Effect) -> str:
    """Which clock an effect touches, as the table above calls it; "" if none."""
    match effect:
        case Start() | Stop():
            return effect.clock.value
        case ReportAgain():
            return "progress"
        case Pause() | Resume():
            return "resolution"
        case StopAll() | RunOn():
            return "all"
        case NewCycle():
            return "cycle"
    return ""


NAMES = sorted({*ACTIONS, *(f"order_{name}" for name in ORDER_ACTIONS)})


@pytest.mark.parametrize("name", NAMES)
def test_each_action_touches_the_clocks_it_is_meant_to(name: str) -> None:
    """SLA-13, SLA-14, C-33: a new action must be entered here, or touch nothing."""
    action = action_of(name)
    touched = {touches for effect in action.effects() if (touches := clock_of(effect))}
    if name == "correct":
        touched |= {"facts"}

    assert touched == TOUCHED.get(name, set())
    assert concerns_time(name) is bool(touched)


ENTRIES = {
    "an internal note by anybody": "note",
    "a file": "attach",
    "what the customer wrote or said, on any channel": "contact",
    "a call attempt in vain": "record_callback",
    "a visit of a watcher": "watch",
    "a department's measure": "order_interim",
    "a name for the order": "order_assign",
    "urging": "urge",
    "a superior added": "raise_level",
    "responsibility handed over": "accept_transfer",
    "a callback agreed on": "schedule_callback",
    "a look at the customer's number": "reveal_customer",
    "a redaction": "redact",
}


@pytest.mark.parametrize("name", ENTRIES.values(), ids=ENTRIES)
@pytest.mark.parametrize("when", ["10T09:05", "10T12:00", "12T12:00"])
def test_no_entry_buys_time(name: str, when: str) -> None:
    """M-02, SLA-14, C-33: nobody's note, whoever writes it, moves any clock."""
    story = [REGISTERED, sent("10T09:01", "a"), did("order_accept", "10T09:02", order="a")]

    with_entry = told(*story, did(name, when, order="a"), now="13T12:00")

    assert with_entry == told(*story, now="13T12:00")


def test_telling_the_customer_is_the_first_response_and_the_report() -> None:
    """SLA-14: what the desk tells the customer does count, once."""
    found = told(REGISTERED, did("inform", "10T09:20"), did("inform", "11T09:00"), now="11T10:00")

    assert only(found, K.ACKNOWLEDGE).state is S.MET
    reports = [each for each in found if each.id.kind is K.PROGRESS]
    assert [each.state for each in reports] == [S.MET, S.MET, S.RUNNING]
    assert reports[-1].due_at == at("12T17:00")
    assert only(found, K.RESOLUTION).used == 9 * HOUR


def test_the_calendars_of_these_stories_are_what_they_say() -> None:
    assert OFFICE.calendar.between(at("10T00:00"), at("17T00:00")) == 40 * HOUR
    assert ALWAYS.calendar.between(at("10T00:00"), at("11T00:00")) == 24 * HOUR
    assert effects("note") == (TellStaff(Whom.WATCHERS, "note_added"),)
    assert datetime(2025, 3, 10, tzinfo=ZONE).weekday() == 0
