"""The draw: its share, its certainties, and that it comes out the same again (CLO-14)."""

from dataclasses import replace
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from workflow.sampling import CERTAIN, Closed, SamplingRule, Why, drawn

SPACE = UUID(int=7)


def closings(spec: list[tuple[int, int, bool]]) -> list[Closed]:
    return [
        Closed(uuid5(SPACE, str(place)), uuid5(SPACE, f"person {person}"), level, exception)
        for place, (person, level, exception) in enumerate(spec)
    ]


SPECS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans()), max_size=60)
RULES = st.builds(
    SamplingRule, st.integers(0, 100), st.integers(0, 3), st.integers(1, 3), st.booleans()
)


@given(SPECS, RULES)
def test_everybody_gives_their_share_and_nobody_more_than_they_closed(
    spec: list[tuple[int, int, bool]], rule: SamplingRule
) -> None:
    everything = closings(spec)
    sample = drawn(everything, rule, "2025-03-10")
    for person in {each.person for each in everything}:
        theirs = [each for each in everything if each.person == person]
        taken = [each for each in theirs if each.id in sample]
        assert len(taken) * 100 >= len(theirs) * rule.share
        assert len(taken) >= min(rule.least, len(theirs))
        by_share = [each for each in taken if sample[each.id] is Why.SHARE]
        assert len(by_share) <= max(-(-len(theirs) * rule.share // 100), rule.least)


@given(SPECS, RULES)
def test_what_is_raised_or_an_exception_is_always_drawn(
    spec: list[tuple[int, int, bool]], rule: SamplingRule
) -> None:
    everything = closings(spec)
    sample = drawn(everything, rule, "2025-03-10")
    for each in everything:
        if each.level >= rule.level or (each.by_exception and rule.exceptions):
            assert each.id in sample
            assert sample[each.id] is not Why.SHARE


@given(SPECS, RULES, st.randoms())
def test_the_draw_comes_out_the_same_in_whatever_order(
    spec: list[tuple[int, int, bool]], rule: SamplingRule, dice: object
) -> None:
    everything = closings(spec)
    shuffled = sorted(everything, key=lambda _each: dice.random())  # type: ignore[attr-defined]
    assert drawn(everything, rule, "2025-03-10") == drawn(shuffled, rule, "2025-03-10")


@given(SPECS, RULES, st.data())
def test_what_is_certain_is_drawn_whatever_the_policy_says(
    spec: list[tuple[int, int, bool]], rule: SamplingRule, data: st.DataObject
) -> None:
    """P6, P7: the strongest reason is kept, and withdrawals are no part of anybody's share."""
    plain = closings(spec)
    some = st.sets(st.sampled_from(CERTAIN), max_size=3)
    everything = [replace(each, certain=frozenset(data.draw(some))) for each in plain]
    sample = drawn(everything, rule, "2025-03-10")
    for each in everything:
        if each.certain:
            assert sample[each.id] is min(each.certain, key=CERTAIN.index)
    closed = [each for each in everything if each.is_closing]
    by_share = [key for key, why in sample.items() if why is Why.SHARE]
    assert set(by_share) <= {each.id for each in closed}
    for person in {each.person for each in closed}:
        theirs = [each for each in closed if each.person == person]
        taken = sum(each.id in sample for each in theirs)
        assert taken * 100 >= len(theirs) * rule.share


def test_another_week_draws_others() -> None:
    everything = closings([(0, 0, False)] * 200)
    rule = SamplingRule(share=10)
    weeks = [set(drawn(everything, rule, f"2025-03-{day:02}")) for day in (3, 10, 17, 24)]
    assert all(len(week) == 20 for week in weeks)
    assert len(set.union(*weeks)) > 50, "not the same ones every week"
