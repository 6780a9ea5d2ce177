"""When a row says that the customer complained."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tickets.importing.mapping import Dates, Keywords
from tickets.importing.moments import Unreadable, received
from tickets.importing.template import Template

NEW_YORK = ZoneInfo("America/New_York")
DATES = Dates(
    ("short", "long"),
    ("%d-%m-%y", "%d-%b-%y"),
    "time",
    ("%I:%M:%S %p",),
    date(2015, 4, 1),
    date(2015, 6, 30),
)
NOW = datetime(2025, 3, 11, tzinfo=UTC)


def at(short: str, long: str, time: str = "1:15:00 AM") -> datetime:
    cells = {"short": short, "long": long, "time": time}
    return received(DATES, NEW_YORK, cells, NOW).at


def test_the_formats_are_tried_in_order_and_columns_that_agree_are_one() -> None:
    assert at("22-04-15", "22-Apr-15") == datetime(2015, 4, 22, 5, 15, tzinfo=UTC)


def test_columns_that_contradict_each_other_are_unreadable() -> None:
    with pytest.raises(Unreadable, match="contradict each other: short says 2015-04-22"):
        at("22-04-15", "23-Apr-15")


def test_everything_unreadable_is_said_at_once() -> None:
    with pytest.raises(Unreadable) as unreadable:
        at("yesterday", "", "noon")

    assert len(unreadable.value.reasons) == 3


def test_a_time_that_the_clock_skipped_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="does not exist in America/New_York"):
        at("08-03-15", "08-Mar-15", "2:30:00 AM")


def test_of_an_hour_that_came_twice_the_first_is_meant() -> None:
    assert at("01-11-15", "01-Nov-15", "1:30:00 AM") == datetime(2015, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("short", "doubts"),
    [
        ("22-04-15", 0),
        ("04-08-15", 1),
        ("13-08-15", 1),
    ],
)
def test_a_date_outside_the_expected_stretch_is_read_and_doubted(short: str, doubts: int) -> None:
    dates = Dates(("short",), ("%d-%m-%y",), None, (), DATES.earliest, DATES.latest)

    found = received(dates, NEW_YORK, {"short": short}, NOW)

    assert len(found.doubts) == doubts
    exchanged = [each for each in found.doubts if "day and month exchanged" in each]
    assert bool(exchanged) is (short == "04-08-15")


def test_a_moment_that_says_its_own_offset_needs_no_zone() -> None:
    dates = Dates(("at",), ("%Y-%m-%dT%H:%M%z",), None, (), None, None)

    found = received(dates, NEW_YORK, {"at": "2015-04-22T09:00+08:00"}, NOW)

    assert found.at == datetime(2015, 4, 22, 1, 0, tzinfo=UTC)


def test_a_latin_word_begins_where_a_word_begins_and_a_chinese_one_anywhere() -> None:
    rule = Keywords("charges", ("bill", "账单"))

    assert rule.fit("billing trouble")
    assert rule.fit("三月账单不对")
    assert not rule.fit("mobility, possibilities, pillbox")


def test_a_text_of_empty_columns_is_empty() -> None:
    assert Template("{City}, {State}").filled({"City": " ", "State": ""}) == ""
    assert Template("via ticket {No}").filled({"No": "7"}) == "via ticket 7"
