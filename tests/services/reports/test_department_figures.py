"""Reports for whoever leads a department: what the events say, of these departments only."""

import os
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered
from tests.figures_compared import count_everything, scope_of, window_of
from tests.histories import histories, swiftly
from tests.plain_departments import department_figures
from tests.plain_stories import stories
from tickets.database import db, new_id
from tickets.facts import months
from tickets.facts.words import Happened
from tickets.models import Complaint, HappenedFact, Membership, Person, StayFact
from tickets.reports.departments import OfDepartments
from tickets.reports.registry import OF_DEPARTMENTS, REPORTS, reports_for
from tickets.reports.shape import Report, Scope
from tickets.visibility import led_departments, visible_to
from workflow.words import CallOutcome, Remedy, Resolution, Role

IN_CI = os.environ.get("CI") == "true"
HISTORIES = {"sqlite": 150 if IN_CI else 40, "postgresql": 25 if IN_CI else 10}
ONE_ROW_EACH = ("department_causes",)
"""Reports whose every number is one of complaints; others may count one several times."""


def leads_too(cast: Cast, name: str, unit: str) -> Person:
    """Somebody gets another department to lead."""
    person = cast.person(name)
    person.memberships.append(
        Membership(id=new_id(), unit_id=cast.units[unit], unit=cast.unit(unit), role=Role.LEAD)
    )
    db.session.flush()
    return person


def led_by(scope: Scope) -> tuple[set[UUID], set[UUID]]:
    """Those that were asked for, and all."""
    led = led_departments(scope.reader)
    return {e.id for e in led if e.path.startswith(scope.unit_path)}, {e.id for e in led}


def assert_all_agree(scope: Scope) -> int:
    plain = department_figures(stories(scope.now), window_of(scope), *led_by(scope))
    compared = 0
    for report in OF_DEPARTMENTS.values():
        for table in report.tables(scope):
            wanted = plain.get((report.name, table.key), {})
            for row in table.rows:
                for column in table.columns:
                    if column.of:
                        continue
                    where = f"{report.name}/{table.key}/{row.key}/{column.key}"
                    own = wanted.get(row.key, {}).get(column.key, 0)
                    assert row.values[column.key] == own, where
                    compared += 1
            missing = {key for key, numbers in wanted.items() if any(numbers.values())}
            assert not missing - {row.key for row in table.rows}, f"{report.name}/{table.key}"
    return compared


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_of_a_department_is_what_the_events_say(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-01, S-08: of one department, of two, and of one of the two."""
    dice = random.Random(200 + seed)
    with swiftly():
        latest = histories(cast, dice, HISTORIES[db.engine.dialect.name], now)
    count_everything()
    asked = latest + timedelta(days=dice.choice((0, 3)))
    first, last = now.date(), latest.date()
    middle = first + timedelta(days=dice.randrange(20))
    both = leads_too(cast, "wu", "vendor")
    for scope in (
        scope_of(cast.person("sun"), first, last, asked),
        scope_of(both, middle, last, asked),
        scope_of(both, first, middle, asked, cast.unit("vendor")),
    ):
        assert assert_all_agree(scope) > 20


@pytest.mark.parametrize("seed", range(2))
def test_every_number_of_a_department_leads_to_complaints_that_its_lead_may_see(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-02, S-08."""
    with swiftly():
        latest = histories(cast, random.Random(300 + seed), 20, now)
    count_everything()
    reader = leads_too(cast, "sun", "billing")
    scope = scope_of(reader, now.date(), latest.date(), latest + timedelta(hours=1))
    seen = 0
    for report in OF_DEPARTMENTS.values():
        for table in report.tables(scope):
            for row in table.rows:
                for column in row.cells:
                    where = f"{report.name}/{table.key}/{row.key}/{column}"
                    total, visible = behind(report, scope, table.key, row.key, column)
                    assert total == visible, where
                    assert 0 < total <= row.values[column], where
                    if report.name in ONE_ROW_EACH:
                        assert total == row.values[column], where
                    seen += 1
    assert seen > 20


def behind(report: Report, scope: Scope, *cell: str) -> tuple[int, int]:
    """How many complaints stand behind a number, and how many of them the reader may see."""
    condition = report.drill(scope, *cell)
    assert condition is not None, cell
    query = select(func.count()).select_from(Complaint).where(condition)
    return (
        db.session.scalar(query) or 0,
        db.session.scalar(query.where(visible_to(scope.reader))) or 0,
    )


def test_nothing_of_another_department_is_told(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-08: neither as a row nor by asking for its number, nor by naming its unit."""
    with swiftly():
        latest = histories(cast, random.Random(17), 25, now)
    count_everything()
    sun, billing = cast.person("sun"), cast.unit("billing")
    scope = scope_of(sun, now.date(), latest.date(), latest + timedelta(hours=1))
    own, others = cast.units["network"].hex, {"-", *(cast.units[e].hex for e in ("billing",))}
    for name, table, column in (
        ("department_limits", "departments", "all"),
        ("department_time", "departments", "segments"),
        ("department_returns", "returned", "returns"),
        ("department_returns", "matrix", "total"),
        ("department_returns", "sent_on", "total"),
        ("department_causes", "liable", "all"),
        ("department_came_back", "departments", "resolved"),
    ):
        report = OF_DEPARTMENTS[name]
        (found,) = (each for each in report.tables(scope) if each.key == table)
        assert {row.key for row in found.rows} <= {own, "total"}, (name, table)
        for other in others:
            assert behind(report, scope, table, other, column) == (0, 0), (name, table)
    narrowed = scope_of(sun, now.date(), latest.date(), scope.now, billing)
    for report in OF_DEPARTMENTS.values():
        assert all(row.total for table in report.tables(narrowed) for row in table.rows)


def test_a_department_is_not_told_what_it_was_called_liable_for_behind_its_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REP-02: nobody there may open the complaint, so no number counts it; once asked, it does."""
    for asked in (False, True):
        complaint = registered(cast, now=now)
        if asked:
            said: dict[str, Any] = {"units": [cast.units["network"]], "question": "Why?"}
            do("dispatch", complaint, cast.chen, now, **said, promised_at=now + timedelta(days=2))
            (order,) = orders(complaint)
            do("recall", order, cast.chen, now, reason="Clear already.")
        blamed(cast, complaint, now)
    count_everything()
    day = now.date()
    scope = scope_of(cast.person("sun"), day, day, now + timedelta(hours=9))
    tables = {e.key: e for e in OF_DEPARTMENTS["department_causes"].tables(scope)}
    assert tables["liable"].rows[-1].values["all"] == 1
    he = scope_of(cast.person("he"), day, day, now + timedelta(hours=9))
    whole = {e.key: e for e in REPORTS["causes"].tables(he)}
    assert whole["liable"].rows[-1].values["all"] == 2, "whoever oversees counts both"


def blamed(cast: Cast, complaint: Complaint, now: datetime) -> None:
    """Answered and closed, with the network department as the liable one."""
    do(
        "resolve",
        complaint,
        cast.chen,
        now,
        answer="It was the network.",
        outcome=Resolution.UPHELD,
        cause=cast.cause,
        remedy=Remedy.REPAIR,
        liable_unit=cast.units["network"],
    )
    call(complaint, CallOutcome.ACCEPTED, now + timedelta(hours=1))


def test_who_leads_has_reports_of_departments_and_who_oversees_those_of_units(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    assert reports_for(cast.person("sun")).keys() == OF_DEPARTMENTS.keys()
    assert not reports_for(cast.person("zheng")).keys() & OF_DEPARTMENTS.keys()
    assert not reports_for(cast.person("zhao")), "who works in a department does not lead it"
    both = leads_too(cast, "zheng", "network")
    assert reports_for(both).keys() >= {*OF_DEPARTMENTS, *REPORTS}
    assert not OF_DEPARTMENTS.keys() & REPORTS.keys()


def test_a_lead_who_left_is_told_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-08: neither after giving the department up, nor after leaving altogether."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("return", order, cast.zhao, now + timedelta(hours=1), reason="Not ours.")
    count_everything()
    sun = cast.person("sun")
    scope = scope_of(sun, now.date(), now.date(), now + timedelta(hours=2))

    def returned() -> int:
        (first, *_others) = OF_DEPARTMENTS["department_returns"].tables(scope)
        return int(first.rows[-1].values["returns"])

    assert returned() == 1
    sun.active = False
    assert not reports_for(sun) and returned() == 0
    sun.active = True
    sun.memberships.clear()
    session.flush()
    assert not reports_for(sun) and returned() == 0


def test_figures_of_somebody_who_leads_and_oversees_do_not_mix(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """The supervisor of the north leads a department of the branch: their department's figures
    are the same as its own lead's, their unit's those of the north."""
    with swiftly():
        latest = histories(cast, random.Random(23), 20, now)
    count_everything()
    both = leads_too(cast, "north_supervisor", "network")
    days = (now.date(), latest.date(), latest + timedelta(hours=1))
    scope, leads = scope_of(both, *days), scope_of(cast.person("sun"), *days)
    for report in OF_DEPARTMENTS.values():
        assert report.tables(scope) == report.tables(leads), report.name
    (units,) = (each for each in REPORTS["limits"].tables(scope) if each.key == "units")
    assert {row.key for row in units.rows} <= {cast.units["north_hall"].hex, "total"}


def test_facts_that_no_department_has_are_an_error_and_no_wider_figure(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    within = OfDepartments(scope_of(cast.person("sun"), now.date(), now.date(), now))
    assert list(within.of(HappenedFact))
    with pytest.raises(KeyError):
        list(within.of(StayFact))


def test_what_a_department_sent_back_names_the_department(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Each return is a fact of whoever returned: the condition of its reports rests on that."""
    with swiftly():
        latest = histories(cast, random.Random(5), 15, now)
    assert latest
    count_everything()
    kinds = [Happened.RETURNED, Happened.SENT_ON, Happened.ARBITRATED]
    rows = db.session.scalars(select(HappenedFact).where(HappenedFact.what.in_(kinds))).all()
    assert rows and all(row.from_id is not None for row in rows)


@pytest.mark.parametrize("seed", range(2))
def test_months_that_are_summed_up_give_a_department_the_same(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    with swiftly():
        latest = histories(cast, random.Random(400 + seed), 25, now)
    count_everything()
    asked = latest + timedelta(days=70)
    while (month := months.next_uncounted(asked)) is not None:
        months.count(month, asked)
    scope = scope_of(leads_too(cast, "wu", "vendor"), now.date(), asked.date(), asked)
    assert OfDepartments(scope).whole_months
    assert assert_all_agree(scope) > 20
