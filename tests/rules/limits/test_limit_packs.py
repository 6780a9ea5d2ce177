"""The shipped limits: readable, sourced, and as the published texts say (SLA-11, C-09…C-12)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app import create_app
from tests.conftest import SHARED
from tickets.commands import limits as document
from tickets.limits import DEFAULT_PACK, pack, pack_names
from tools.limit_pack_tables import PACKS
from workflow.limits import Facts, Limits, SpanUnit
from workflow.limits_document import objections, read
from workflow.words import ClockKind, Level, Severity

PUBLISHED = SHARED / "policies" / "published_limits.json"
GIVEN_BY_PEOPLE = {ClockKind.PROMISE, ClockKind.FOLLOW_UP}
UNITS = {
    "hour": SpanUnit.HOURS,
    "day": SpanUnit.DAYS,
    "week": SpanUnit.WEEKS,
    "working_day": SpanUnit.WORKING_DAYS,
    "business_day": SpanUnit.WORKING_DAYS,
}
NAMES = ("au-acma", "cn-telecom", "in-trai", "uk-fca", "uk-ofcom")
every_pack = pytest.mark.parametrize("name", NAMES)


def limits_of(name: str) -> Limits:
    return read(pack(name), key=name, number=1)


def rule_of(name: str, clock: ClockKind, **facts: Any) -> Any:
    match = limits_of(name).match(clock, Facts(**facts))
    assert match is not None
    return match.rule


def test_these_packs_are_shipped() -> None:
    assert tuple(pack_names()) == NAMES
    assert set(PACKS) == set(NAMES)
    assert DEFAULT_PACK in NAMES


@every_pack
def test_a_pack_is_readable(name: str) -> None:
    assert objections(pack(name)) == []
    assert set(pack(name)["titles"]) == {"zh_Hans", "zh_Hant", "en"}
    assert pack(name)["pack"] == name


@every_pack
def test_every_figure_says_where_it_is_from(name: str) -> None:
    """A published figure names its text; what is our own default says so."""
    for row in pack(name)["rules"]:
        assert row["source"]["text"], row["id"]
        assert bool(row["source"].get("id")) or row["own"], row["id"]
        assert "verified" in row["source"] or "id" not in row["source"], row["id"]


@every_pack
def test_every_clock_has_a_limit_for_everybody(name: str) -> None:
    limits = limits_of(name)
    for clock in set(ClockKind) - GIVEN_BY_PEOPLE:
        assert limits.match(clock, Facts()) is not None, clock
    for clock in GIVEN_BY_PEOPLE:
        assert limits.match(clock, Facts()) is None, clock


@every_pack
@pytest.mark.parametrize("severity", Severity)
def test_somebody_is_told_of_every_missed_limit(name: str, severity: Severity) -> None:
    """ESC-01: exactly one rung of each ladder is the breach itself. A follow-up date is no limit:
    when it comes, the complaint goes on."""
    limits = limits_of(name)
    for clock in set(ClockKind) - {ClockKind.FOLLOW_UP}:
        breaches = [rung for rung in limits.rungs(clock, severity) if rung.percent == 100]
        assert len(breaches) == 1, clock
        assert breaches[0].tell, clock


@every_pack
def test_the_ladder_of_the_resolution_rises_to_the_executive(name: str) -> None:
    rungs = limits_of(name).rungs(ClockKind.RESOLUTION, Severity.MAJOR)
    assert [rung.percent for rung in rungs] == [50, 75, 90, 100, 150]
    assert [rung.raise_to for rung in rungs] == [
        None,
        None,
        None,
        Level.SUPERVISOR,
        Level.EXECUTIVE,
    ]
    assert [rung.critical for rung in rungs] == [False, False, False, True, False]
    told = [set(rung.tell) for rung in rungs]
    assert all(fewer <= more for fewer, more in zip(told, told[1:], strict=False)), "never removed"


@every_pack
@pytest.mark.shared
def test_published_figures_are_those_of_the_texts(name: str) -> None:
    published = {row["id"]: row for row in json.loads(PUBLISHED.read_text(encoding="utf-8"))}
    compared = 0
    for row in pack(name)["rules"]:
        key = row["source"].get("id")
        if key is None:
            continue
        limit = published[key]
        assert limit.get("actor", "operator") == "operator", key
        assert row["amount"] == limit["limit"], key
        assert row["unit"] == UNITS[limit["unit"]], key
        assert row["source"]["text"] == limit["source"], key
        assert row["source"]["verified"] == limit["verified"], key
        compared += 1
    assert compared


@pytest.mark.parametrize(
    ("clock", "facts", "amount", "unit", "calendar"),
    [
        (ClockKind.ACKNOWLEDGE, {}, 30, SpanUnit.MINUTES, "unit"),
        (ClockKind.ACKNOWLEDGE, {"severity": Severity.MAJOR}, 10, SpanUnit.MINUTES, "always"),
        (ClockKind.ACCEPT, {}, 2, SpanUnit.HOURS, "unit"),
        (ClockKind.ACCEPT, {"severity": Severity.MAJOR}, 15, SpanUnit.MINUTES, "always"),
        (ClockKind.ANSWER, {}, 24, SpanUnit.HOURS, "unit"),
        (ClockKind.ANSWER, {"severity": Severity.MAJOR}, 4, SpanUnit.HOURS, "always"),
        (ClockKind.PROGRESS, {}, 48, SpanUnit.HOURS, "unit"),
        (ClockKind.PROGRESS, {"severity": Severity.MAJOR}, 2, SpanUnit.HOURS, "always"),
        (ClockKind.RESOLUTION, {}, 48, SpanUnit.HOURS, "unit"),
        (ClockKind.RESOLUTION, {"tier": "A1"}, 24, SpanUnit.HOURS, "unit"),
        (ClockKind.RESOLUTION, {"tier": "diamond"}, 24, SpanUnit.HOURS, "unit"),
        (ClockKind.RESOLUTION, {"tier": "B1"}, 48, SpanUnit.HOURS, "unit"),
        (ClockKind.RESOLUTION, {"tier": "A1", "severity": "major"}, 8, SpanUnit.HOURS, "always"),
        (ClockKind.CALLBACK, {}, 24, SpanUnit.HOURS, "unit"),
        (ClockKind.REGULATOR, {}, 15, SpanUnit.DAYS, "always"),
    ],
)
def test_the_default_limits_are_those_of_the_design(
    clock: ClockKind, facts: dict[str, Any], amount: int, unit: SpanUnit, calendar: str
) -> None:
    """SLA-01: the table of design §5."""
    rule = rule_of("cn-telecom", clock, **facts)
    assert (rule.amount, rule.unit, rule.calendar) == (amount, unit, calendar)
    assert rule.statutory is (clock is ClockKind.REGULATOR)


@every_pack
def test_the_second_cycle_is_not_longer_than_the_first(name: str) -> None:
    for rule in limits_of(name).rules:
        assert rule.reopened is None or rule.reopened < rule.amount, rule.id


def test_the_official_days_of_china_come_with_their_make_up_workdays() -> None:
    """C-10: National Day 2025 is free, the Saturday after it is worked; 2027 is provisional."""
    office = limits_of("cn-telecom").calendars["office"]
    assert not office.calendar.is_open(datetime(2025, 10, 7, 2, tzinfo=UTC))
    assert office.calendar.is_open(datetime(2025, 10, 11, 2, tzinfo=UTC))
    assert not office.calendar.is_open(datetime(2025, 10, 11, 4, 30, tzinfo=UTC))
    assert not office.is_provisional(datetime(2026, 12, 31, 15, tzinfo=UTC))
    assert office.is_provisional(datetime(2026, 12, 31, 16, tzinfo=UTC)), "2027 has begun there"


@every_pack
def test_around_the_clock_is_never_provisional(name: str) -> None:
    always = limits_of(name).calendars["always"]
    assert always.calendar.is_open(datetime(2027, 1, 1, 3, tzinfo=UTC))
    assert not always.is_provisional(datetime(2030, 1, 1, tzinfo=UTC))


def test_the_document_shows_the_packs_as_they_are() -> None:
    text = document.DOCUMENT.read_text(encoding="utf-8")
    app = create_app({"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests"})
    with app.app_context():
        assert document.document(text) == text, "run: make docs"
    assert all(f"## `{name}`" in text for name in NAMES)
