"""Who stands in for whom: through several people, round no circle, and only for a time (OWN-06)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workflow.absence import Away, present_for, stood_in_for

NOW = datetime(2025, 3, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def away(person: str, substitute: str, begins: int = -1, ends: int = 1) -> Away[str]:
    """Absent from so many days to so many days after now."""
    return Away(person, substitute, NOW + begins * DAY, NOW + ends * DAY)


def test_whoever_is_there_acts_for_themselves() -> None:
    assert present_for("chen", [], NOW) == "chen"
    assert present_for("chen", [away("wang", "chen")], NOW) == "chen"


def test_the_substitute_of_a_substitute_stands_in() -> None:
    """OWN-06: transitive."""
    absences = [away("chen", "wang"), away("wang", "li"), away("li", "zhao")]

    assert present_for("chen", absences, NOW) == "zhao"
    assert stood_in_for("zhao", absences, NOW) == {"chen", "wang", "li"}
    assert stood_in_for("wang", absences, NOW) == frozenset()


def test_a_circle_of_absent_people_has_nobody() -> None:
    """OWN-06: cycle-safe, from inside the circle and from outside."""
    circle = [away("chen", "wang"), away("wang", "li"), away("li", "wang")]

    assert [present_for(each, circle, NOW) for each in ("chen", "wang", "li")] == [None] * 3
    assert stood_in_for("li", circle, NOW) == frozenset()


def test_who_stands_in_for_themselves_is_away() -> None:
    """The table refuses it; should it be there, nobody waits for ever."""
    assert present_for("chen", [away("chen", "chen")], NOW) is None


def test_accountability_moves_with_the_moment_and_returns() -> None:
    """OWN-06: bounded; the end is the first moment back."""
    absence = away("chen", "wang", 0, 2)

    at = [NOW - SECOND, NOW, NOW + 2 * DAY - SECOND, NOW + 2 * DAY]

    assert [present_for("chen", [absence], each) for each in at] == [
        "chen",
        "wang",
        "wang",
        "chen",
    ]


def test_of_absences_that_overlap_the_one_that_began_last_holds() -> None:
    absences = [away("chen", "li", -1, 3), away("chen", "wang", -5, 5)]

    assert present_for("chen", absences, NOW) == "li"
    assert present_for("chen", absences, NOW + 4 * DAY) == "wang"


def test_a_chain_is_only_as_long_as_each_of_its_absences() -> None:
    absences = [away("chen", "wang", -1, 5), away("wang", "li", 1, 2)]

    days = [present_for("chen", absences, NOW + days * DAY) for days in (0, 1, 2, 5)]
    assert days == ["wang", "li", "wang", "chen"]


people = st.sampled_from("abcdefg")
absences_of_few = st.lists(
    st.builds(away, people, people, st.integers(-4, 4), st.integers(-4, 9)), max_size=12
)


@given(absences_of_few, people)
def test_whoever_acts_is_there(absences: list[Away[str]], person: str) -> None:
    """OWN-06: never an absent one, and never without an end."""
    there = present_for(person, absences, NOW)

    gone = {each.person for each in absences if each.covers(NOW)}
    assert there is None or there not in gone
    assert there == person or person in gone


@given(absences_of_few, people)
def test_standing_in_is_the_same_from_both_sides(absences: list[Away[str]], person: str) -> None:
    stood_in = stood_in_for(person, absences, NOW)

    assert all(present_for(each, absences, NOW) == person for each in stood_in)
    assert person not in stood_in or present_for(person, absences, NOW) == person
    others = {each.person for each in absences} - stood_in - {person}
    assert all(present_for(each, absences, NOW) != person for each in others)
