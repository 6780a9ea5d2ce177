"""What reports say is what the events say, and every number leads to exactly its complaints."""

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from tests.cast import (
    Cast,
    ask_to_close,
    call,
    dispatched,
    do,
    orders,
    registered,
    resolve,
    resolved,
)
from tests.figures_compared import Comparison, count_everything, scope_of
from tests.histories import Tree, histories, plant, second_calls, swiftly
from tests.plain_figures import QUOTIENTS, Window, counts
from tests.plain_stories import stories
from tests.teller import CHANNELS
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts import months
from tickets.facts.words import Age, Holder
from tickets.models import Unit, Verdict
from tickets.reports.period import before, between
from tickets.reports.registry import REPORTS, reports_for
from tickets.reports.scoped import Within
from tickets.reports.shape import Scope
from tickets.web.reports.asked import earlier
from workflow.sampling import Why
from workflow.words import CallOutcome, Card, GroupTier, Remedy, WaitReason


@dataclass(frozen=True)
class Setting:
    """Where and when a desk works, and on which day something is odd about its clocks."""

    zone: str
    since: datetime
    odd_day: date


SETTINGS = (
    Setting("Asia/Shanghai", datetime(2025, 3, 11, 2, tzinfo=UTC), date(2025, 4, 1)),
    Setting("Europe/London", datetime(2025, 3, 11, 9, tzinfo=UTC), date(2025, 3, 30)),
    Setting("Europe/London", datetime(2025, 10, 7, 9, tzinfo=UTC), date(2025, 10, 26)),
    Setting("Asia/Shanghai", datetime(2025, 12, 16, 2, tzinfo=UTC), date(2026, 1, 1)),
)
DESKS = range(len(SETTINGS) if os.environ.get("CI") == "true" else 1)
HISTORIES = {"sqlite": 250, "postgresql": 25}
"""For each desk: in CI 1,000 on SQLite and 100 on PostgreSQL."""
LISTS = {"sqlite": 200, "postgresql": 40}
DAY = timedelta(days=1)
CODES: Mapping[tuple[str, str], type[StrEnum]] = {
    ("ageing", "ages"): Age,
    ("time", "holders"): Holder,
    ("callbacks", "outcomes"): CallOutcome,
    ("pauses", "reasons"): WaitReason,
    ("causes", "remedies"): Remedy,
    ("quality", "verdicts"): Verdict,
    ("quality", "reasons"): Why,
}
"""Tables whose rows are codes: each of them occurs. Rulings are too rare for every desk."""
TOO_RARE = {Why.MERGED}
"""What is merged seldom comes from an unhappy customer and lives on in what ends soon."""

CAUSES = ("regulator-uk-fca", "causes")


def scopes(
    cast: Cast, tree: Tree, dice: random.Random, setting: Setting, asked: datetime
) -> Iterator[Scope]:
    """Periods of every length, readers of every reach, narrowed by everything there is."""
    he, zheng = cast.person("he"), cast.person("zheng")
    first = setting.since.date()
    some_day = first + dice.randrange(20) * DAY
    yield scope_of(zheng, some_day, some_day + 6 * DAY, asked)
    yield scope_of(cast.person("north_supervisor"), first, first + 60 * DAY, asked)
    yield scope_of(he, setting.odd_day, setting.odd_day, asked)
    yield scope_of(he, setting.odd_day - DAY, setting.odd_day + 30 * DAY, asked)
    yield scope_of(he, some_day, some_day + 300 * DAY, asked, cast.unit("east_hall"))
    yield scope_of(zheng, first, first + 44 * DAY, asked, cast.unit("branch"))
    wide = scope_of(he, first, first + 120 * DAY, asked)
    yield replace(wide, categories=frozenset({tree.internet}))
    yield replace(wide, categories=frozenset({tree.all[1], tree.bills}))
    yield replace(wide, channel=dice.choice(CHANNELS).value)
    yield replace(wide, tier=dice.choice((GroupTier.A1, Card.GOLD)).value)
    narrow = scope_of(zheng, some_day, some_day + 40 * DAY, asked, cast.unit("group_desk"))
    yield replace(narrow, categories=frozenset({tree.internet}), channel="phone")


@pytest.mark.parametrize("number", DESKS)
def test_every_figure_and_every_list_is_what_the_events_say(
    app: Flask,
    session: scoped_session[Session],
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    """REP-01, REP-02, REP-04, REP-05, PAU-06, S-08: reckoned anew, plainly, over random histories
    of a desk: numbers, quotients, the period before, and exactly the complaints behind them."""
    setting, on_sqlite = SETTINGS[number], db.engine.dialect.name == "sqlite"
    monkeypatch.setitem(app.config, "BABEL_DEFAULT_TIMEZONE", setting.zone)
    dice = random.Random(number)
    with swiftly():
        tree = plant(cast)
        latest = histories(cast, dice, HISTORIES[db.engine.dialect.name], setting.since, tree)
        second_calls(cast, dice, setting.since, latest)
    count_everything()
    # Never while the months are running that are compared as whole ones.
    asked = max(latest, setting.since + 90 * DAY) + dice.choice((1, 3)) * DAY
    comparison = Comparison(cast, stories(asked), dice)

    whole = scope_of(cast.person("he"), setting.since.date() - 3 * DAY, latest.date(), asked)
    comparison.compare(whole, lists=LISTS[db.engine.dialect.name])
    narrowed = list(scopes(cast, tree, dice, setting, asked))
    for scope in narrowed if on_sqlite else dice.sample(narrowed, 3):
        comparison.compare(scope, lists=LISTS[db.engine.dialect.name] // 8)
    compare_with_periods_before(comparison, setting, asked)
    if on_sqlite:
        assert_nothing_was_silent(comparison)
    if number == 0:
        sum_months_up(asked)
        assert Within(whole).whole_months
        for scope in (whole, *narrowed):
            comparison.compare(scope)

    cast.unit("group_desk").place_under(cast.unit("north"))
    cast.unit("network").place_under(cast.unit("east_hall"))
    session.flush()
    for reader in ("zheng", "north_supervisor", "he"):
        scope = scope_of(cast.person(reader), *two_months(setting), asked)
        comparison.compare(scope, lists=10)
    north = scope_of(cast.person("he"), *two_months(setting), asked, cast.unit("north"))
    comparison.compare(north, lists=10)


def sum_months_up(now: datetime) -> None:
    """From here on whole months are counted from their sums."""
    while (month := months.next_uncounted(now)) is not None:
        months.count(month, now)
    db.session.expire_all()


def two_months(setting: Setting) -> tuple[date, date]:
    return setting.since.date(), setting.since.date() + 60 * DAY


def compare_with_periods_before(comparison: Comparison, setting: Setting, asked: datetime) -> None:
    """What stands beside the figures: as many days before, the whole month before a whole one,
    and of a month that still runs the one before up to the same point."""
    he, zone = comparison.cast.person("he"), operators_zone()
    start = setting.since.date() + 31 * DAY
    scope = scope_of(he, start, start + 9 * DAY, asked)
    comparison.compare(earlier(scope), Window(start - 10 * DAY, start - DAY, zone, asked))

    month = (start + 31 * DAY).replace(day=1)
    last = (month + 31 * DAY).replace(day=1) - DAY
    before = Window((month - DAY).replace(day=1), month - DAY, zone, asked)
    comparison.compare(earlier(scope_of(he, month, last, asked)), before)

    now = before.begins(month) + timedelta(days=11, hours=7)
    as_far = replace(before, now=before.starts + timedelta(days=11, hours=7))
    running = replace(scope_of(he, month, last, asked), now=now)
    comparison.compare(running)
    comparison.compare(earlier(running), as_far)


def assert_nothing_was_silent(comparison: Comparison) -> None:
    """A column that is nought everywhere would agree with anything."""
    assert_promises_were_moved(comparison)
    assert comparison.silent() == set()
    undrilled = {each for each in comparison.spoke if counts(each[0], each[2])} - comparison.drilled
    assert {each for each in undrilled if each[2] not in QUOTIENTS.get(each[:2], ())} == set()
    for (report, table), codes in CODES.items():
        rows = {row for name, key, row in comparison.rows if (name, key) == (report, table)}
        assert rows >= {each.value for each in set(codes) - TOO_RARE}, f"{report}/{table}"
    causes = {row for name, key, row in comparison.rows if (name, key) == CAUSES}
    assert len(causes) == 3, "two causes and the total"


def assert_promises_were_moved(comparison: Comparison) -> None:
    """To later and earlier times, while they could still be kept and after they had passed."""
    moves = set()
    for event in (event for story in comparison.told for event in story.events):
        if event.action == "override_deadline" and event.data["before"]:
            before, after = (
                datetime.fromisoformat(event.data[name]) for name in ("before", "promised_at")
            )
            moves.add((before > event.at, "later" if after > before else "earlier"))
    assert moves >= {(True, "later"), (True, "earlier"), (False, "later")}


def test_segments_follow_each_other_and_sum_to_the_whole(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """PAU-06: transfers and dispatches divide the time and lose none of it."""
    complaint = dispatched(cast, "network", now=now)
    do("transfer", complaint, cast.person("he"), now, to=cast.people["wang"], reason="Load.")
    do("accept_transfer", complaint, cast.person("wang"), now + timedelta(hours=1))
    order = orders(complaint)[0]
    do("recall", order, cast.person("wang"), now + timedelta(hours=5), reason="Found it.")
    resolve(cast, complaint, now + timedelta(hours=7))
    call(complaint, CallOutcome.ACCEPTED, now + timedelta(hours=9))
    count_everything()
    day = now.date()
    scope = scope_of(cast.person("he"), day, day, now + timedelta(days=1))

    (holders,) = (t for t in REPORTS["time"].tables(scope) if t.key == "holders")
    seconds = {row.key: row.values["time"] for row in holders.rows}
    assert seconds["department"] == 5 * 3600
    assert seconds["desk"] == 2 * 3600
    assert seconds["callback"] == 2 * 3600
    assert seconds["total"] == 9 * 3600


def test_an_exception_counts_by_what_its_approval_rests_on(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """The ground on which it was granted, not one that was denied before: the customer refused."""
    for denied in (False, True):
        complaint = resolved(cast, now=now)
        call(complaint, CallOutcome.REFUSED, now)
        if denied:
            ask_to_close(complaint, complaint.responsible, now, "unreachable")
            do("deny_closing", complaint, cast.person("he"), now, reason="They refused.")
        ask_to_close(complaint, complaint.responsible, now, "refuses_contact")
        do("close_unreached", complaint, cast.person("he"), now, reason="As they wish.")
    count_everything()
    scope = scope_of(cast.person("he"), now.date(), now.date(), now + timedelta(hours=1))
    (closings,) = (t for t in REPORTS["callbacks"].tables(scope) if t.key == "closings")
    assert closings.rows[-1].values["refused"] == 2
    assert closings.rows[-1].values["unreachable"] == 0


def test_the_edges_of_a_month_are_those_of_the_operators_zone(
    session: scoped_session[Session], cast: Cast
) -> None:
    """REP-04, C-21: closed on 31 March at 23:30 local, so it is March's."""
    zone = operators_zone()
    late = datetime(2025, 3, 31, 23, 30, tzinfo=zone)
    complaint = resolved(cast, now=late - timedelta(hours=9))
    call(complaint, CallOutcome.ACCEPTED, late)
    count_everything()
    later = datetime(2025, 6, 1, tzinfo=UTC)
    he = cast.person("he")

    def closed(first: date, last: date) -> int:
        tables = REPORTS["flow"].tables(scope_of(he, first, last, later))
        return int(tables[1].rows[-1].values["closed"])

    assert closed(date(2025, 3, 1), date(2025, 3, 31)) == 1
    assert closed(date(2025, 4, 1), date(2025, 4, 30)) == 0


def test_a_day_on_which_clocks_change_is_whole(
    app: Flask, session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    for zone, day, hours in (
        ("Europe/London", date(2025, 3, 30), 23),
        ("Europe/London", date(2025, 10, 26), 25),
        ("Asia/Shanghai", date(2025, 3, 30), 24),
    ):
        period = between(day, day, zone)
        assert period.ends - period.starts == timedelta(hours=hours)
        earlier = before(period)
        assert earlier.last == day - timedelta(days=1) and earlier.ends == period.starts


def test_open_before_and_came_minus_ended_is_open_after(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Also with complaints that were reopened, withdrawn and merged."""
    with swiftly():
        latest = histories(cast, random.Random(7), 30, now)
    count_everything()
    he = cast.person("he")
    middle = now.date() + timedelta(days=20)
    begins = now.date() - 3 * DAY  # letters were received before they were entered
    whole = scope_of(he, begins, latest.date() + timedelta(days=1), latest + timedelta(days=2))
    first = scope_of(he, begins, middle, whole.now)
    second = scope_of(he, middle + timedelta(days=1), whole.period.last, whole.now)

    def flow(scope: Scope) -> dict[str, int]:
        return dict(REPORTS["flow"].tables(scope)[0].rows[-1].values)

    assert flow(first)["left"] == flow(first)["came"] - flow(first)["went"]
    assert flow(second)["left"] == flow(first)["left"] + flow(second)["came"] - flow(second)["went"]
    assert flow(whole)["left"] == flow(second)["left"]


def test_a_unit_that_moved_counts_where_it_is_today(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    registered(cast, now=now)
    count_everything()
    day = now.date()
    he = cast.person("he")
    hall, north = cast.unit("east_hall"), cast.unit("north")

    def came(unit: Unit) -> int:
        scope = scope_of(he, day, day, now + timedelta(hours=1), unit)
        return int(REPORTS["flow"].tables(scope)[0].rows[-1].values["came"])

    assert (came(cast.unit("branch")), came(north)) == (1, 0)
    hall.place_under(north)
    session.flush()
    assert (came(cast.unit("branch")), came(north)) == (0, 1)


def test_a_person_who_oversees_nothing_has_no_reports(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-08: nor does anything count for somebody who was disabled."""
    assert not reports_for(cast.person("chen")) and not reports_for(cast.person("zhao"))
    assert reports_for(cast.person("zheng"))
    registered(cast, now=now)
    count_everything()
    zheng = cast.person("zheng")
    scope = scope_of(zheng, now.date(), now.date(), now + timedelta(hours=1))
    assert REPORTS["flow"].tables(scope)[0].rows[-1].values["came"] == 1
    zheng.active = False
    assert REPORTS["flow"].tables(scope)[0].rows[-1].values["came"] == 0
