"""Cycles, merges and work orders: every clock has a result of its own (see `tests.stories`)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stories import (
    HOUR,
    MONTH,
    REGISTERED,
    accepted,
    asked,
    at,
    did,
    limits,
    not_solved,
    only,
    reopened,
    resolution,
    sent,
    severe,
    told,
)
from workflow.clocks import Clock, Happening, next_due
from workflow.limits import Rule, SpanUnit
from workflow.words import ClockKind, ClockState, Severity

K = ClockKind
S = ClockState


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
