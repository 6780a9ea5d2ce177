"""What reports say is what the events say, and every number leads to exactly its complaints."""

import os
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event as listeners
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve, resolved
from tests.histories import histories
from tests.plain_figures import Window, figures
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts import building
from tickets.models import Complaint, ComplaintFact, Person, Unit
from tickets.reports.period import before, between
from tickets.reports.registry import REPORTS, reports_for
from tickets.reports.shape import Kind, Scope
from tickets.visibility import overseen_paths, visible_to
from workflow.words import CallOutcome

IN_CI = os.environ.get("CI") == "true"
SEEDS = range(4)
HISTORIES = {"sqlite": 250 if IN_CI else 40, "postgresql": 25 if IN_CI else 10}
"""With the seeds, 1,000 in CI on SQLite."""
ONE_ROW_EACH = ("flow", "ageing", "load", "first_contact", "causes")
"""Reports whose every number is one of complaints; others may count one several times."""


def count_everything() -> None:
    while ids := building.next_behind():
        building.count(ids)
    db.session.expire_all()


def scope_of(
    reader: Person, first: date, last: date, now: datetime, unit: Unit | None = None
) -> Scope:
    period = between(first, last, operators_zone().key)
    return Scope(reader, period, now, unit_path=unit.path if unit else "")


def seen_by(scope: Scope) -> list[Complaint]:
    """The complaints that are counted: of the units that the reader oversees, so narrowed."""
    return [
        each
        for each in db.session.scalars(select(Complaint))
        if any(each.unit.path.startswith(path) for path in overseen_paths(scope.reader))
        and each.unit.path.startswith(scope.unit_path)
    ]


def window_of(scope: Scope) -> Window:
    period = scope.period
    zone = ZoneInfo(period.zone)
    return Window(period.starts, period.ends, period.first, period.last, zone, scope.now)


def assert_all_agree(scope: Scope) -> int:
    """Every number of every report; returns how many were compared."""
    plain = figures(seen_by(scope), window_of(scope))
    compared = 0
    for report in REPORTS.values():
        for table in report.tables(scope):
            wanted = plain.get((report.name, table.key), {})
            for row in table.rows:
                if (report.name, table.key, row.total) == ("flow", "flow", True):
                    continue
                for column in table.columns:
                    if column.of or column.key == "oldest":
                        continue
                    where = f"{report.name}/{table.key}/{row.key}/{column.key}"
                    own = wanted.get(row.key, {}).get(column.key, 0)
                    assert row.values[column.key] == own, where
                    compared += 1
            rows = {row.key for row in table.rows}
            missing = {key for key, numbers in wanted.items() if any(numbers.values())} - rows
            assert not missing, f"{report.name}/{table.key}: {missing}"
    return compared


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_what_the_events_say(
    app: Flask, session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-01, REP-05, PAU-06: reckoned anew, plainly, over random histories of a desk."""
    dice = random.Random(seed)
    count = HISTORIES[db.engine.dialect.name]
    latest = histories(cast, dice, count, now)
    count_everything()
    asked = latest + timedelta(days=dice.choice((0, 3)))
    first = now.date() + timedelta(days=dice.randrange(20))
    he, zheng = cast.person("he"), cast.person("zheng")
    for scope in (
        scope_of(he, now.date() - timedelta(days=2), latest.date(), asked),
        scope_of(zheng, first, first + timedelta(days=dice.choice((0, 6, 30))), asked),
        scope_of(he, first, latest.date() + timedelta(days=9), asked, cast.unit("east_hall")),
    ):
        assert assert_all_agree(scope) > 30


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_every_number_leads_to_exactly_its_complaints(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-01, REP-02, S-08: the list behind a number holds as many complaints, all visible."""
    latest = histories(cast, random.Random(100 + seed), 20, now)
    count_everything()
    reader = cast.person("zheng")
    scope = scope_of(reader, now.date(), latest.date(), latest + timedelta(hours=1))
    for report in REPORTS.values():
        for table in report.tables(scope):
            for row in table.rows:
                for column in row.cells:
                    where = f"{report.name}/{table.key}/{row.key}/{column}"
                    condition = report.drill(scope, table.key, row.key, column)
                    assert condition is not None, where
                    query = select(func.count()).select_from(Complaint).where(condition)
                    behind = db.session.scalar(query) or 0
                    seen = db.session.scalar(query.where(visible_to(reader)))
                    assert behind == seen, where
                    if report.name in ONE_ROW_EACH:
                        assert behind == row.values[column], where
                    assert 0 < behind <= row.values[column], where


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
    latest = histories(cast, random.Random(7), 30, now)
    count_everything()
    he = cast.person("he")
    middle = now.date() + timedelta(days=20)
    whole = scope_of(he, now.date(), latest.date() + timedelta(days=1), latest + timedelta(days=2))
    first = scope_of(he, now.date(), middle, whole.now)
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


def test_saving_a_complaint_counts_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """PER-01: facts are made behind it, never in the request that saves."""
    written: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        written.append(statement.lower())

    listeners.listen(db.engine, "before_cursor_execute", look)
    try:
        complaint = resolved(cast, now=now)
        call(complaint, CallOutcome.ACCEPTED, now + timedelta(hours=1))
        session.flush()
    finally:
        listeners.remove(db.engine, "before_cursor_execute", look)

    assert written and not [each for each in written if "_fact" in each]
    assert building.behind() == 1
    version = complaint.version
    count_everything()
    assert building.behind() == 0
    assert session.get_one(Complaint, complaint.id).version == version, "forms stay good"


def test_counting_again_from_the_first_event_changes_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    histories(cast, random.Random(3), 6, now)
    count_everything()
    first = facts()
    building.forget()
    count_everything()
    assert facts() == first


def facts() -> list[object]:
    return [
        tuple(row)
        for table in building.TABLES
        for row in db.session.execute(
            select(*table.__table__.columns).order_by(*table.__table__.primary_key.columns)
        )
    ]


def test_shares_divide_what_stands_beside_them(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    latest = histories(cast, random.Random(11), 20, now)
    count_everything()
    scope = scope_of(cast.person("he"), now.date(), latest.date(), latest + timedelta(hours=1))
    seen = 0
    for report in REPORTS.values():
        for table in report.tables(replace(scope)):
            for row in table.rows:
                for column in table.columns:
                    if column.of is None:
                        continue
                    part, whole = (row.values[each] for each in column.of)
                    value = row.values[column.key]
                    assert (value is None) == (whole == 0)
                    if value is not None and column.kind is Kind.SHARE:
                        assert value == pytest.approx(part / whole) and 0 <= value <= 1
                    seen += 1
    assert seen > 20


def test_the_number_of_facts_is_that_of_complaints(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    histories(cast, random.Random(5), 10, now)
    count_everything()
    assert session.scalar(select(func.count()).select_from(ComplaintFact)) == 10
