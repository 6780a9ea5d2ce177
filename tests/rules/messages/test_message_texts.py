"""Texts with fields: whatever is typed is refused, or becomes plain final words (UX-02, S-34)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.messages import texts
from tickets.messages.topics import FIELDS, TOPICS, Reader, Shape, fields_of, topic_of
from workflow.reasons import Refused
from workflow.words import ClockKind, Level, MessageChannel

WARNING = topic_of(Reader.PERSON, "limit_warning")
ZONE = ZoneInfo("Asia/Shanghai")
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["{number}", "{due}", "{link}", "{answer}", "{", "}", "{{", "}}", "{number.x}", "{0}"]
        ),
        st.sampled_from(["{number!r}", "{due:%Y}", "{}", "{ number }", "%(number)s", "$number"]),
        st.text(max_size=5),
    ),
    max_size=8,
).map("".join)


@given(PIECES)
def test_a_text_is_refused_or_can_be_filled_in(text: str) -> None:
    values = texts.example_values(WARNING, "en", ZONE)
    if list(texts.objections(text, fields_of(WARNING), "body")):
        with pytest.raises(texts.Unresolved):
            texts.filled(text, values)
        return
    final = texts.filled(text, values)
    assert "{" not in final and "}" not in final


@given(st.text())
def test_what_is_filled_in_is_not_looked_through_again(value: str) -> None:
    """A customer whose words are `{link}` reads their own words."""
    hostile = {"number": value + "{link}{number}", "link": "SECRET"}
    assert texts.filled("{number}", hostile) == value + "{link}{number}"


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), st.just(""), max_size=3))
def test_a_field_without_a_value_stops_the_text(values: dict[str, str]) -> None:
    with pytest.raises(texts.Unresolved) as stopped:
        texts.filled("{number} {due}", values)
    assert stopped.value.fields == ("due", "number")


def test_a_text_says_everything_that_is_wrong_with_it() -> None:
    with pytest.raises(Refused) as refused:
        texts.refuse_unfit(WARNING, MessageChannel.EMAIL, "a\nb {x}", "{y} {")
    assert [(each.code, each.field) for each in refused.value.reasons] == [
        ("unknown_field", "subject"),
        ("unknown_field", "body"),
        ("stray_brace", "body"),
        ("lines", "subject"),
    ]


def test_every_field_of_every_topic_can_be_previewed() -> None:
    for topic in TOPICS.values():
        for language in texts.LANGUAGES:
            values = texts.example_values(topic, language, ZONE)
            assert set(values) == set(fields_of(topic)), topic
            assert all(values.values()), topic


def test_fields_of_customers_and_of_people_are_not_the_same() -> None:
    """NOT-05: what a customer's text may name is written for customers, or a number or a date."""
    named = {
        field
        for topic in TOPICS.values()
        if topic.reader is Reader.CUSTOMER
        for field in fields_of(topic)
    }
    assert named == {
        *("number", "due", "until", "text", "answer"),
        *("at", "days", "who", "way"),
    }
    others = {
        field
        for topic in TOPICS.values()
        if topic.reader is not Reader.CUSTOMER
        for field in topic.fields
    }
    assert not {"text", "answer", "who", "way"} & others


@pytest.mark.parametrize("code", [*ClockKind, *(str(level.value) for level in Level)])
def test_every_code_that_a_text_may_name_has_its_words(code: str) -> None:
    assert texts.CODES[code]


def test_moments_are_read_on_the_local_clock() -> None:
    """NOT-07: midnight is on the right day, and so is the weekday."""
    moment = datetime.fromisoformat("2025-03-10T16:00:00+00:00")
    assert texts.moment_in_words(moment, "en", ZONE) == "Tue 11 Mar 2025, 00:00"
    assert texts.moment_in_words(moment, "zh_Hans", ZONE) == "2025年3月11日(周二) 00:00"
    assert texts.moment_in_words(moment, "zh_Hant", ZONE) == "2025年3月11日(週二) 00:00"
    assert FIELDS["due"].shape is Shape.MOMENT
