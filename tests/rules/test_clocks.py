"""What each clock shows for what happened: pauses, cycles, orders, merges, changed limits.

Stories are in `tests.stories`; the office is open Monday to Friday, 09:00 to 17:00, and 10 March
2025 is a Monday.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.stories import (
    ALWAYS,
    HOUR,
    LIMITS,
    MINUTE,
    OFFICE,
    RULES,
    SECOND,
    ZONE,
    action_of,
    at,
    did,
    effects,
    limits,
    only,
    resolution,
    severe,
    told,
)
from tickets.clock_history import CONCERNS
from workflow.clocks import Clock, Happening, next_due, rung_moment
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.limits import Facts, Rule, Rung, SpanUnit
from workflow.words import Channel, ClockKind, ClockState, Effect, Severity, Status

K = ClockKind
S = ClockState

REGISTERED = did("register", "10T09:00")
MONTH = "2025-04-10T12:00"


def asked(when: str, until: str = "28T09:00", why: str = "documents") -> Happening:
    return did("ask_customer", when, why=why, date=at(until))


def reopened(when: str) -> Happening:
    return did("reopen", when)


def not_solved(when: str) -> Happening:
    return did("record_callback", when, to=Status.IN_PROGRESS)


def accepted(when: str) -> Happening:
    return did("record_callback", when, to=Status.CLOSED)


def sent(when: str, *orders: str) -> Happening:
    return did("dispatch", when, sent=orders, date=at("14T17:00"))


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


# Cycles.


def test_each_cycle_keeps_its_own_result() -> None:
    """PAU-05, C-37, C-38, SLA-16: reopened thrice, the waits between are charged to nobody."""
    story = (
        REGISTERED,
        did("resolve", "11T16:00"),  # 15 h of 16
        not_solved("12T09:00"),
        did("resolve", "12T14:00"),  # 5 h of 4
        accepted("12T15:00"),
        reopened("19T09:00"),
        did("resolve", "19T12:00"),  # 3 h of 4
        accepted("19T13:00"),
    )

    found = [each for each in told(*story, now=MONTH) if each.id.kind is K.RESOLUTION]

    assert [(each.id.cycle, each.target, each.used, each.state) for each in found] == [
        (1, 16 * HOUR, 15 * HOUR, S.MET),
        (2, 4 * HOUR, 5 * HOUR, S.MISSED),
        (3, 4 * HOUR, 3 * HOUR, S.MET),
    ]
    assert [each.starts_at for each in found] == [at("10T09:00"), at("12T09:00"), at("19T09:00")]
    assert [each.remaining for each in found] == [HOUR, -HOUR, HOUR]


def test_what_happens_later_leaves_the_results_of_earlier_cycles_alone() -> None:
    """PAU-05: neither a raised priority nor other limits reach what is over."""
    story = (REGISTERED, did("resolve", "11T16:00"), not_solved("12T09:00"))
    later = (
        severe("12T10:00"),
        Happening(at("12T11:00"), limits=limits(key="second", ladder=())),
        asked("12T12:00"),
        Happening(at("12T13:00"), started_at=at("03T09:00")),
    )

    def first(found: tuple[Clock, ...]) -> list[Clock]:
        return [
            replace(each, now=at(MONTH))
            for each in found
            if each.id.cycle == 1 and each.id.kind in (K.RESOLUTION, K.PROGRESS, K.CALLBACK)
        ]

    before = first(told(*story, now="12T09:30"))
    assert len(before) == 3
    assert before == first(told(*story, *later, now=MONTH))


def test_a_reopened_complaint_starts_where_it_was_reopened() -> None:
    """C-38, PAU-05: at 23:00 on a Friday, on every calendar."""
    story = (REGISTERED, did("resolve", "10T10:00"), accepted("10T11:00"), reopened("14T23:00"))

    clock = resolution(*story, now="15T12:00")
    rule = Rule("resolution", K.RESOLUTION, 16, SpanUnit.HOURS, calendar="always", reopened=4)
    always = resolution(*story, now="15T02:00", under=limits(rule))

    assert (clock.used, clock.due_at) == (timedelta(), at("17T13:00"))
    assert (always.used, always.due_at) == (3 * HOUR, at("15T03:00"))


def test_every_clock_knows_when_its_cycle_began() -> None:
    """PAU-05: the time of grace counts from the reopening, not from each new order."""
    story = (
        REGISTERED,
        did("resolve", "10T10:00"),
        not_solved("11T09:00"),
        sent("11T14:00", "a"),
    )

    found = told(*story, now="11T15:00")

    assert only(found, K.ACCEPT).cycle_began == at("11T09:00")
    assert only(found, K.RESOLUTION, cycle=1).cycle_began == at("10T09:00")


def test_a_message_after_the_resolution_starts_nothing() -> None:
    """SLA-13, C-35: "thanks" is no new complaint."""
    story = (REGISTERED, did("resolve", "10T10:00"))

    before = told(*story, now="12T10:00")
    after = told(*story, did("contact", "11T10:00"), now="12T10:00")

    assert before == after


def test_while_the_callback_is_due_the_resolution_is_over() -> None:
    """C-36: and goes on being tried, without a new clock for every attempt."""
    tries = [did("record_callback", f"11T1{hour}:00") for hour in (0, 1, 2)]

    found = told(REGISTERED, did("resolve", "10T10:00"), *tries, now="11T13:00")

    assert only(found, K.RESOLUTION).state is S.MET
    callback = only(found, K.CALLBACK)
    assert (callback.state, callback.used, callback.due_at) == (
        S.RUNNING,
        11 * HOUR,
        at("11T10:00"),
    )


def test_undoing_a_closing_lets_every_clock_run_on_as_if_never_stopped() -> None:
    """CLO-13: the slip of the hand bought no time."""
    story = (REGISTERED, did("resolve", "10T10:00"))
    slip = (accepted("10T11:00"), did("undo_closing", "10T12:00"))

    assert told(*story, *slip, now="11T12:00") == told(*story, now="11T12:00")


@pytest.mark.parametrize("end", ["withdraw", "merge"])
def test_what_has_ended_has_no_live_clock(end: str) -> None:
    """ESC-06, C-39: nothing is left running, and what was in time was not missed."""
    found = told(REGISTERED, sent("10T09:05", "a"), did(end, "10T09:10"), now=MONTH)

    assert {clock.state for clock in found} == {S.VOID}
    assert next_due(found) is None


def test_what_was_missed_stays_missed_in_the_end() -> None:
    """ESC-06, C-26."""
    found = told(REGISTERED, did("withdraw", "10T12:00"), now=MONTH)

    assert only(found, K.ACKNOWLEDGE).state is S.MISSED


# Merging.


def merged_in(when: str, start: str) -> Happening:
    return Happening(at(when), started_at=at(start))


def test_a_merge_keeps_the_earliest_start() -> None:
    """C-39, REO-07: for the limit of the law as well, to the end of the local day."""
    found = told(REGISTERED, merged_in("10T12:00", "06T15:00"), now="10T12:00")

    clock, law = only(found, K.RESOLUTION), only(found, K.REGULATOR)
    assert (clock.starts_at, clock.used) == (at("06T15:00"), 13 * HOUR)
    assert (law.starts_at, law.due_at) == (at("06T15:00"), at("22T00:00"))


def test_undoing_a_merge_gives_the_later_start_back() -> None:
    """C-39."""
    story = (REGISTERED, merged_in("10T12:00", "06T15:00"), merged_in("10T13:00", "10T09:00"))

    assert told(*story, now="10T14:00") == told(REGISTERED, now="10T14:00")


def test_a_merge_keeps_pauses_and_raised_priorities() -> None:
    """C-39, M-08."""
    story = (REGISTERED, asked("10T10:00"), did("resume", "10T11:00"), severe("10T12:00"))

    clock = resolution(*story, merged_in("10T13:00", "07T16:00"), now="10T13:00")

    assert (clock.used, clock.target) == (4 * HOUR, 4 * HOUR)


def test_a_later_duplicate_moves_no_start() -> None:
    """C-39: a letter received on the 3rd, entered on the 10th, with a duplicate of the 11th."""
    letter = did("register", "10T09:00", received_at=at("03T10:00"))

    before = told(letter, now="12T10:00")
    merged = told(letter, merged_in("11T10:00", "03T10:00"), now="12T10:00")

    assert merged == before
    assert only(merged, K.REGULATOR).due_at == at("19T00:00")
    assert only(merged, K.RESOLUTION).starts_at == at("10T09:00")


def test_an_earlier_duplicate_never_moves_the_limit_of_the_law_back() -> None:
    """C-39: entered earlier than we entered the letter, but later than we received it."""
    letter = did("register", "10T09:00", received_at=at("03T10:00"))

    found = told(letter, merged_in("11T10:00", "02T10:00"), now="12T10:00")

    assert only(found, K.REGULATOR).due_at == at("18T00:00")
    assert only(found, K.RESOLUTION).starts_at == at("02T10:00")


def test_the_duplicate_runs_on_when_the_merge_was_a_mistake() -> None:
    """C-39: as if it had never been merged."""
    story = (REGISTERED, did("merge", "10T11:00"), did("unmerge", "11T11:00"))

    assert told(*story, now="11T12:00") == told(REGISTERED, now="11T12:00")
    assert {each.state for each in told(*story, now="10T12:00")} == {S.VOID, S.MISSED}


# Work orders.


def test_each_order_has_clocks_of_its_own() -> None:
    """C-29, PAU-06: and the customer's date stays where it was."""
    story = (
        REGISTERED,
        sent("10T09:00", "a", "b"),
        did("order_accept", "10T10:00", order="a"),
        did("order_answer", "10T14:00", order="a"),
        did("order_accept", "10T12:00", order="b"),
    )

    found = told(*story, now="11T12:00")

    assert only(found, K.ACCEPT, subject="a").state is S.MET
    assert only(found, K.ANSWER, subject="a").used == 4 * HOUR
    late = only(found, K.ACCEPT, subject="b")
    assert (late.state, late.breached_at, late.used) == (S.MISSED, at("10T11:00"), 3 * HOUR)
    assert only(found, K.ANSWER, subject="b").used == 8 * HOUR
    assert only(found, K.RESOLUTION).due_at == at("11T17:00")


@pytest.mark.parametrize(("name", "state"), [("return", S.MET), ("recall", S.VOID)])
def test_an_order_that_ends_leaves_no_clock_of_the_department(name: str, state: ClockState) -> None:
    """C-30, PAU-06: returned in time is in time; recalled was neither done nor missed."""
    end = did(f"order_{name}", "10T10:00", order="a", taken_back=name == "recall")

    found = told(REGISTERED, sent("10T09:00", "a"), end, now=MONTH)
    worked = told(
        REGISTERED,
        sent("10T09:00", "a"),
        did("order_accept", "10T09:30", order="a"),
        end,
        now=MONTH,
    )

    assert only(found, K.ACCEPT).state is state
    assert only(worked, K.ANSWER).state is state


def test_back_and_forth_between_departments_leaves_the_customers_date() -> None:
    """C-29: A, B, A again; each order has its own limit, the complaint's stays."""
    story = (
        REGISTERED,
        sent("10T09:00", "a1"),
        did("order_return", "10T10:00", order="a1"),
        sent("10T11:00", "b"),
        did("order_return", "10T12:00", order="b"),
        sent("10T13:00", "a2"),
    )

    found = told(*story, now="10T14:00")

    accept = [each for each in found if each.id.kind is K.ACCEPT]
    assert [(each.id.subject, each.used) for each in accept] == [
        ("a1", HOUR),
        ("b", HOUR),
        ("a2", HOUR),
    ]
    resolving = only(found, K.RESOLUTION)
    assert (resolving.due_at, resolving.used) == (at("11T17:00"), 5 * HOUR)


def test_a_rejected_answer_gives_the_department_only_what_is_left() -> None:
    """C-32: what it used stays used; the time at the desk is not charged."""
    story = (
        REGISTERED,
        sent("10T09:00", "a"),
        did("order_accept", "10T09:00", order="a"),
        did("order_answer", "10T12:00", order="a"),
        did("order_reject_answer", "11T10:00", order="a"),
    )

    clock = only(told(*story, now="11T11:00"), K.ANSWER)

    assert (clock.state, clock.used) == (S.RUNNING, 4 * HOUR)
    assert clock.due_at == at("11T15:00")
    assert [segment.why for segment in clock.segments] == ["", "not_with_department", ""]


def test_a_rejected_answer_runs_under_the_limit_that_holds_by_then() -> None:
    """C-25: the priority was raised while the answer lay on the desk."""
    strict = limits(
        Rule("answer-major", K.ANSWER, 5, SpanUnit.HOURS, severities=frozenset({Severity.MAJOR}))
    )
    story = (
        REGISTERED,
        sent("10T09:00", "a"),
        did("order_accept", "10T09:00", order="a"),
        did("order_answer", "10T12:00", order="a"),
        severe("10T13:00"),
        did("order_reject_answer", "11T10:00", order="a"),
    )

    clock = only(told(*story, now="11T11:00", under=strict), K.ANSWER)

    assert (clock.used, clock.target, clock.due_at) == (4 * HOUR, 5 * HOUR, at("11T12:00"))


def test_arbitration_is_charged_to_no_department() -> None:
    """C-30, C-32: while a supervisor decides neither clock runs; bound, it must accept anew."""
    story = (
        REGISTERED,
        sent("10T09:00", "a"),
        did("order_accept", "10T10:00", order="a"),
        did("order_return", "10T11:00", order="a", to="arbitration"),
    )
    bound = (
        did("order_arbitrate", "10T14:00", order="a", sent=("a",), to="sent"),
        did("order_accept", "10T15:00", order="a"),
    )

    waits = told(*story, now="10T13:00")
    goes_on = told(*story, *bound, now="10T16:00")

    assert [each for each in waits if each.is_open and each.id.subject] == []
    assert only(goes_on, K.ACCEPT, turn=2).used == HOUR
    assert only(goes_on, K.ANSWER).used == 2 * HOUR


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
    "send_notice": {"regulator"},
    "close_unreached": {"callback", "regulator", "promise", "all"},
    "reopen": {"cycle", "resolution"},
    "undo_closing": {"all", "callback"},
    "withdraw": {"all"},
    "merge": {"all"},
    "unmerge": {"all"},
    "override_deadline": {"promise"},
    "inform": {"acknowledge", "progress"},
    "order_accept": {"accept", "answer"},
    "order_answer": {"answer"},
    "order_return": {"accept", "answer"},
    "order_reject_answer": {"answer"},
    "order_recall": {"accept", "answer"},
    "order_arbitrate": {"accept"},
    "correct": {"facts"},
}
"""Every other action leaves every clock alone."""

MEANS = {
    **{effect: effect.value.split("_")[1] for effect in Effect if effect.value.endswith("_clock")},
    Effect.STOP_ALL_CLOCKS: "all",
    Effect.RUN_CLOCKS_ON: "all",
    Effect.NEW_CYCLE: "cycle",
}
NAMES = sorted({*ACTIONS, *(f"order_{name}" for name in ORDER_ACTIONS)})


@pytest.mark.parametrize("name", NAMES)
def test_each_action_touches_the_clocks_it_is_meant_to(name: str) -> None:
    """SLA-13, SLA-14, C-33: a new action must be entered here, or touch nothing."""
    action = action_of(name)
    every = [*action.effects, *(effect for move in action.moves for effect in move.effects)]
    touched = {MEANS[effect] for effect in every if effect in MEANS}
    if name == "correct":
        touched |= {"facts"}

    assert touched == TOUCHED.get(name, set())
    assert (name in CONCERNS) is bool(touched)


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
    assert effects("note") == (Effect.TELL_WATCHERS,)
    assert datetime(2025, 3, 10, tzinfo=ZONE).weekday() == 0
