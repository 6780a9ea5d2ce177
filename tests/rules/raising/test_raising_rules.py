"""When a complaint rises by rule, and when the writer of an answer may not call (design §5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import raising
from workflow.callbacks import may_call
from workflow.policy import Policy
from workflow.system_rules import SystemRule
from workflow.words import Channel, Level, Origin

POLICY = Policy()
levels = st.integers(0, max(Level))


@given(st.integers(0, 20))
def test_the_third_contact_raises_and_every_one_after_it(contacts: int) -> None:
    """REO-05."""
    because = raising.by_contacts(contacts, POLICY)

    assert (because is not None) == (contacts >= 3)
    if because is not None:
        assert because.rule is SystemRule.SEVERAL_COMPLAINTS
        assert because.values == {"contacts": contacts, "days": 30}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("origin", Origin)
def test_only_a_live_appeal_to_the_regulator_raises(channel: Channel, origin: Origin) -> None:
    because = raising.by_appeal(channel, origin)

    assert (because is not None) == (channel is Channel.REGULATOR and origin is Origin.LIVE)


@given(st.integers(0, 10))
def test_the_return_that_brings_arbitration_raises_once(returns: int) -> None:
    because = raising.by_returns(returns, POLICY)

    assert (because is not None) == (returns == POLICY.returns_before_arbitration)


@given(levels, levels)
def test_a_survivor_rises_to_the_level_of_what_lives_on_in_it(
    duplicate: int, survivor: int
) -> None:
    risen = survivor + len(raising.by_merge(duplicate, survivor))

    assert risen == max(duplicate, survivor)


@given(levels, st.integers(0, 5), st.one_of(st.none(), st.integers(1, 200)))
def test_a_rung_raises_step_by_step_to_its_level_and_never_above_the_top(
    level: int, raise_to: int, percent: int | None
) -> None:
    steps = 0
    while because := raising.by_limit(level + steps, raise_to, "resolution", percent):
        assert because.values == {"clock": "resolution", "percent": percent or ""}
        steps += 1

    assert level + steps == max(level, min(raise_to, max(Level)))


@pytest.mark.parametrize(
    ("allowed", "caller", "may"), [(True, "a", True), (False, "a", False), (False, "b", True)]
)
def test_whoever_wrote_the_answer_calls_only_where_the_policy_lets_them(
    allowed: bool, caller: str, may: bool
) -> None:
    """CLO-09."""
    policy = Policy(writer_may_call_back=allowed)

    assert may_call(caller, "a", policy) is may
