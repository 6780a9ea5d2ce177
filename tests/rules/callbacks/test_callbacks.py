"""The callback's rules: what an attempt proves, and when the next one makes sense (design §3)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import callbacks
from workflow.callbacks import (
    Attempt,
    WrittenNotice,
    after_quiet,
    counted,
    day_part,
    missing_attempts,
    missing_notice,
    next_attempt,
    quiet,
    trusted,
    untried,
)
from workflow.policy import DEFAULT, CallbackPolicy, DayPart, Policy
from workflow.words import CallOutcome

NO_ANSWER = CallOutcome.NO_ANSWER
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# With and without daylight saving, whole and odd hours from UTC, on both sides of it.
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)

zones = st.sampled_from(ZONES).map(ZoneInfo)
policies = zones.map(lambda zone: replace(DEFAULT, zone=zone))
moments = st.datetimes(
    min_value=datetime(2024, 1, 1), max_value=datetime(2026, 12, 31), timezones=st.just(UTC)
)
outcomes = st.sampled_from(sorted(CallOutcome))


@st.composite
def attempts(draw: st.DrawFn, outcome: st.SearchStrategy[CallOutcome] = outcomes) -> list[Attempt]:
    """Some days of calling: close together and far apart, by day and by night."""
    first = draw(moments)
    minutes = draw(st.lists(st.integers(0, 5 * 24 * 60), max_size=12))
    return [Attempt(first + each * MINUTE, draw(outcome)) for each in minutes]


def at(local: str, zone: str = "Asia/Shanghai") -> datetime:
    """A moment on the wall clock of the zone."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))


def tries(*locals_: str, outcome: CallOutcome = NO_ANSWER) -> list[Attempt]:
    return [Attempt(at(each), outcome) for each in locals_]


def codes(attempts_: list[Attempt], policy: Policy = DEFAULT) -> set[str]:
    return {reason.code for reason in missing_attempts(attempts_, policy)}


# What follows from each outcome.


def test_every_outcome_closes_reopens_counts_or_sets_a_time_and_only_one_of_these() -> None:
    kinds = (
        callbacks.CLOSING,
        callbacks.REOPENING,
        callbacks.FRUITLESS,
        frozenset({CallOutcome.CALL_LATER}),
    )

    assert frozenset().union(*kinds) == frozenset(CallOutcome)
    assert sum(len(kind) for kind in kinds) == len(CallOutcome)


# The unreachable rule.


def test_three_attempts_on_two_days_in_two_parts_of_the_day_are_enough() -> None:
    assert codes(tries("2025-03-11T10:00", "2025-03-11T19:00", "2025-03-12T10:00")) == set()


@pytest.mark.parametrize(
    ("when", "missing"),
    [
        ((), {"attempts", "attempt_days", "attempt_day_parts"}),
        (("2025-03-11T10:00", "2025-03-12T19:00"), {"attempts"}),
        (("2025-03-11T09:00", "2025-03-11T13:00", "2025-03-11T19:00"), {"attempt_days"}),
        (("2025-03-11T09:00", "2025-03-12T09:00", "2025-03-13T09:00"), {"attempt_day_parts"}),
        (("2025-03-11T09:00", "2025-03-11T10:59", "2025-03-12T19:00"), {"attempts"}),
        (("2025-03-11T22:00", "2025-03-12T09:00", "2025-03-13T19:00"), {"attempts"}),
    ],
)
def test_what_is_missing_is_named(when: tuple[str, ...], missing: set[str]) -> None:
    assert codes(tries(*when)) == missing


def test_a_call_that_reached_the_customer_is_no_failed_attempt() -> None:
    reached = tries("2025-03-11T10:00", "2025-03-11T19:00", "2025-03-12T10:00")

    for outcome in callbacks.REACHED | {CallOutcome.CALL_LATER}:
        assert counted([replace(each, outcome=outcome) for each in reached], DEFAULT) == []


@given(attempts(), policies, st.randoms(use_true_random=False))
def test_the_order_in_which_attempts_are_listed_does_not_matter(
    made: list[Attempt], policy: Policy, random: object
) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    # Two calls at one instant are one try, whichever of them is named first.
    assert [each.at for each in counted(made, policy)] == [
        each.at for each in counted(shuffled, policy)
    ]
    assert missing_attempts(made, policy) == missing_attempts(shuffled, policy)


@given(attempts(), policies)
def test_nothing_counts_that_was_made_in_quiet_hours(made: list[Attempt], policy: Policy) -> None:
    assert not any(quiet(each.at, policy) for each in counted(made, policy))


@given(attempts(), policies)
def test_attempts_that_count_keep_their_distance(made: list[Attempt], policy: Policy) -> None:
    kept = [each.at for each in counted(made, policy)]

    assert all(
        later - before >= policy.callback.gap for before, later in zip(kept, kept[1:], strict=False)
    )


@given(attempts(), policies)
def test_adding_quiet_calls_changes_nothing(made: list[Attempt], policy: Policy) -> None:
    by_day = [each for each in made if not quiet(each.at, policy)]

    assert missing_attempts(made, policy) == missing_attempts(by_day, policy)


@given(attempts(), policies)
def test_what_counts_was_made_and_is_not_changed(made: list[Attempt], policy: Policy) -> None:
    assert set(counted(made, policy)) <= set(made)


# The written notice.


def test_a_notice_counts_only_after_the_last_needed_attempt() -> None:
    made = tries("2025-03-11T10:00", "2025-03-11T19:00", "2025-03-12T10:00")
    now = at("2025-03-20T10:00")

    early = missing_notice(made, [WrittenNotice(at("2025-03-12T09:59"))], now, DEFAULT)
    good = missing_notice(made, [WrittenNotice(at("2025-03-12T10:00"))], now, DEFAULT)

    assert [reason.code for reason in early] == ["notice"]
    assert good == []


def test_the_customer_has_the_waiting_period_to_react() -> None:
    made = tries("2025-03-11T10:00", "2025-03-11T19:00", "2025-03-12T10:00")
    sent = at("2025-03-12T11:00")
    until = sent + DEFAULT.callback.wait_after_notice

    (waits,) = missing_notice(made, [WrittenNotice(sent)], until - MINUTE, DEFAULT)

    assert (waits.code, waits.values["until"]) == ("notice_wait", until)
    assert missing_notice(made, [WrittenNotice(sent)], until, DEFAULT) == []


@given(attempts(st.just(NO_ANSWER)), policies, moments, st.integers(0, 20))
def test_a_notice_that_was_waited_for_stays_waited_for(
    made: list[Attempt], policy: Policy, now: datetime, days: int
) -> None:
    notices = [WrittenNotice(now - 4 * DAY)]
    if missing_notice(made, notices, now, policy):
        return

    assert missing_notice(made, notices, now + days * DAY, policy) == []


# When to try again.


@given(attempts(), policies, moments)
def test_the_next_attempt_is_never_in_quiet_hours_and_never_in_the_past(
    made: list[Attempt], policy: Policy, now: datetime
) -> None:
    proposed = next_attempt(made, now, policy)

    assert proposed >= now
    assert not quiet(proposed, policy)


@given(attempts(st.just(NO_ANSWER)), policies)
def test_the_next_attempt_counts_when_it_is_made(made: list[Attempt], policy: Policy) -> None:
    now = max((each.at for each in made), default=datetime(2025, 3, 11, 2, tzinfo=UTC))

    proposed = next_attempt(made, now, policy)

    assert any(
        each.at == proposed for each in counted([*made, Attempt(proposed, NO_ANSWER)], policy)
    )


@given(policies, moments)
def test_following_the_proposals_satisfies_the_rule(policy: Policy, now: datetime) -> None:
    """Whoever calls when the page proposes it needs no call more than the rule asks for."""
    made: list[Attempt] = []
    for _ in range(DEFAULT.callback.attempts):
        if not missing_attempts(made, policy):
            break
        now = next_attempt(made, now, policy)
        made.append(Attempt(now, NO_ANSWER))

    assert missing_attempts(made, policy) == []


def test_the_second_try_is_in_another_part_of_the_day() -> None:
    made = tries("2025-03-11T08:30")

    assert next_attempt(made, at("2025-03-11T08:30"), DEFAULT) == at("2025-03-11T12:00")


def test_the_last_try_is_on_another_day() -> None:
    made = tries("2025-03-11T08:30", "2025-03-11T12:00")

    assert next_attempt(made, at("2025-03-11T12:00"), DEFAULT) == at("2025-03-12T08:00")


def test_a_last_try_may_have_to_be_both_later_and_on_another_day() -> None:
    made = tries("2025-03-11T08:30", "2025-03-11T11:00")

    assert next_attempt(made, at("2025-03-11T11:00"), DEFAULT) == at("2025-03-12T12:00")


def test_in_the_evening_the_next_try_is_tomorrow_morning() -> None:
    made = tries("2025-03-11T20:00")

    assert next_attempt(made, at("2025-03-11T20:00"), DEFAULT) == at("2025-03-12T08:00")


# What counts at all: in time, to a known number, or confirmed by somebody else; notices that left.


@pytest.mark.parametrize(
    ("minutes", "known", "confirmed", "counts"),
    [
        (30, True, False, True),
        (31, True, False, False),
        (31, True, True, True),
        (0, False, False, False),
        (0, False, True, True),
        (31, None, False, False),
        (30, None, False, True),
    ],
)
def test_an_attempt_counts_in_time_and_to_a_known_number_or_when_confirmed(
    minutes: int, known: bool | None, confirmed: bool, counts: bool
) -> None:
    when = at("2025-03-11T09:00")
    entered = when + minutes * MINUTE
    attempt = Attempt(when, CallOutcome.NO_ANSWER, "+86139", known, entered, confirmed)

    assert (counted([attempt], DEFAULT) == [attempt]) is counts
    assert trusted(attempt, DEFAULT) is counts


def test_three_attempts_typed_within_a_second_do_not_make_a_customer_unreachable() -> None:
    typed = at("2025-03-12T10:00")
    times = ("2025-03-11T09:00", "2025-03-11T14:00", "2025-03-12T09:00")
    made = [Attempt(at(each), CallOutcome.NO_ANSWER, entered_at=typed) for each in times]

    assert {reason.code for reason in missing_attempts(made, DEFAULT)} >= {"attempts"}


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=6))
def test_each_known_number_must_have_been_tried(dialled: list[str]) -> None:
    when = at("2025-03-11T09:00")
    made = [Attempt(when, CallOutcome.BUSY, number, True, when) for number in dialled]

    assert untried(made, ("a", "b"), DEFAULT) == [n for n in ("a", "b") if n not in dialled]


def test_a_number_is_not_tried_by_calls_that_do_not_count() -> None:
    night, day = at("2025-03-11T23:00"), at("2025-03-11T09:00")
    made = [
        Attempt(night, CallOutcome.BUSY, "a", True, night),
        Attempt(day, CallOutcome.BUSY, "a", True, day + HOUR),
        Attempt(day, CallOutcome.CALL_LATER, "a", True, day),
    ]

    assert untried(made, ("a",), DEFAULT) == ["a"]


def test_a_notice_that_has_not_left_or_came_back_is_none() -> None:
    now = at("2025-03-20T10:00")
    waits = WrittenNotice(None)
    back = WrittenNotice(at("2025-03-11T10:00"), failed=True)

    assert [each.code for each in missing_notice([], [waits], now, DEFAULT)] == ["notice_waits"]
    assert [each.code for each in missing_notice([], [back], now, DEFAULT)] == ["notice"]
    assert [each.code for each in missing_notice([], [back, waits], now, DEFAULT)] == [
        "notice_waits"
    ]


# Quiet hours and the parts of the day, on the customer's clock.


@pytest.mark.parametrize(
    ("local", "is_quiet"),
    [("20:59", False), ("21:00", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_quiet_hours_run_over_midnight(local: str, is_quiet: bool) -> None:
    for zone in ZONES:
        policy = replace(DEFAULT, zone=ZoneInfo(zone))
        assert quiet(at(f"2025-03-11T{local}", zone), policy) is is_quiet


def test_quiet_hours_may_also_lie_within_one_day() -> None:
    noon = replace(DEFAULT.callback, quiet_from=time(12), quiet_until=time(14))
    policy = replace(DEFAULT, callback=noon)

    assert quiet(at("2025-03-11T13:00"), policy)
    assert not quiet(at("2025-03-11T23:00"), policy)
    assert after_quiet(at("2025-03-11T13:00"), policy) == at("2025-03-11T14:00")


@given(moments, policies)
def test_after_quiet_is_the_first_moment_outside(now: datetime, policy: Policy) -> None:
    ends = after_quiet(now, policy)

    assert not quiet(ends, policy)
    assert now <= ends <= now + 12 * HOUR
    assert ends == now or quiet(ends - MINUTE, policy)


@given(moments, policies)
def test_every_moment_outside_quiet_hours_is_in_exactly_one_part_of_the_day(
    now: datetime, policy: Policy
) -> None:
    assert (day_part(now, policy) is None) is quiet(now, policy)


def test_the_same_instant_is_another_part_of_the_day_elsewhere() -> None:
    now = datetime(2025, 3, 11, 2, tzinfo=UTC)

    assert day_part(now, DEFAULT) == "morning"
    assert day_part(now, replace(DEFAULT, zone=ZoneInfo("Europe/Berlin"))) is None
    assert day_part(now, replace(DEFAULT, zone=ZoneInfo("America/New_York"))) is None


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", "2025-03-29T23:00"),
        ("Europe/Berlin", "2025-10-25T23:00"),
        ("America/New_York", "2025-03-08T23:00"),
        ("America/New_York", "2025-11-01T23:00"),
        ("Australia/Lord_Howe", "2025-10-04T23:00"),
    ],
)
def test_quiet_hours_end_at_eight_also_when_the_clocks_change(zone: str, night: str) -> None:
    policy = replace(DEFAULT, zone=ZoneInfo(zone))

    morning = after_quiet(at(night, zone), policy).astimezone(ZoneInfo(zone))

    assert (morning.hour, morning.minute) == (8, 0)
    assert morning.date() == at(night, zone).date() + DAY


def test_days_are_counted_on_the_customers_calendar() -> None:
    """Two calls one hour of UTC apart lie on two days in Shanghai when midnight is between."""
    policy = replace(
        DEFAULT,
        callback=CallbackPolicy(
            attempts=2,
            day_parts=1,
            gap=HOUR,
            quiet_from=time(3),
            quiet_until=time(4),
            parts=(DayPart("all", time(0), time(23, 59)),),
        ),
    )
    made = tries("2025-03-11T23:30", "2025-03-12T00:30")

    assert codes(made, policy) == set()
