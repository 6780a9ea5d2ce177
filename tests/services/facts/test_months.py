"""Months that are over are counted from their sums, and the sums stay what the facts say."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, do
from tests.histories import histories, swiftly
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts import building, months
from tickets.models import ClockFact, ClockMonth, Complaint, CountedMonth, HeldMonth
from tickets.reports.period import between
from tickets.reports.registry import REPORTS
from tickets.reports.shape import Scope, Table
from workflow.words import Status

N = 0
"""Where the number stands in a row of `sums`."""
MONTHLY = ("limits", "time", "promises", "callbacks")


@pytest.fixture
def months_later(session: scoped_session[Session], cast: Cast, now: datetime) -> datetime:
    """Thirty random histories, told, and a moment at which their months are over."""
    with swiftly():
        histories(cast, random.Random(5), 30, now)
    count_facts()
    return now + timedelta(days=200)


def count_facts() -> None:
    while ids := building.next_behind():
        building.count(ids)
    db.session.expire_all()


def sum_up(now: datetime) -> list[int]:
    found = []
    while (month := months.next_uncounted(now)) is not None:
        months.count(month, now)
        found.append(month)
    db.session.expire_all()
    return found


def scope(cast: Cast, now: datetime, first: date, last: date, **narrowed: Any) -> Scope:
    period = between(first, last, operators_zone().key)
    return Scope(cast.person("he"), period, now, **narrowed)


def tables(of: Scope) -> dict[str, list[Table]]:
    return {name: list(REPORTS[name].tables(of)) for name in MONTHLY}


def scopes(cast: Cast, now: datetime) -> Iterator[Scope]:
    """Whole months, and periods that begin and end in the middle of one."""
    ends = now.astimezone(operators_zone()).date()
    for first, last in (
        (date(2025, 1, 1), date(2025, 5, 31)),
        (date(2025, 2, 11), date(2025, 4, 3)),
        (date(2025, 3, 5), date(2025, 3, 20)),
        (date(2025, 2, 1), ends),
    ):
        yield scope(cast, now, first, last)
        yield scope(cast, now, first, last, unit_path=cast.unit("east_hall").path)
        yield scope(cast, now, first, last, channel="phone")
    category = db.session.scalars(select(ClockFact.category_id).limit(1)).one()
    yield scope(cast, now, date(2025, 2, 1), ends, categories=frozenset({category}))


def test_reports_are_the_same_before_and_after_summing(cast: Cast, months_later: datetime) -> None:
    before = [tables(each) for each in scopes(cast, months_later)]
    assert any(row.values["all"] for row in before[0]["limits"][0].rows)

    assert sum_up(months_later), "months were summed"

    assert [tables(each) for each in scopes(cast, months_later)] == before


def test_whole_months_are_counted_from_sums_and_not_from_facts(
    cast: Cast, months_later: datetime
) -> None:
    sum_up(months_later)
    asked: list[str] = []
    listeners.listen(
        db.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_more: asked.append(statement),
    )

    REPORTS["time"].tables(scope(cast, months_later, date(2025, 3, 1), date(2025, 4, 30)))
    assert not any("held_fact" in each for each in asked)
    asked.clear()

    REPORTS["time"].tables(scope(cast, months_later, date(2025, 3, 11), date(2025, 4, 30)))
    assert any("held_fact" in each and "held_month" in each for each in asked)


def test_a_month_is_summed_when_it_is_over_in_the_operators_zone(
    cast: Cast, months_later: datetime
) -> None:
    zone = operators_zone()
    may = months.month_of(date(2025, 5, 1))
    first_of_june = months.begins(may + 1, zone.key)

    assert months.next_uncounted(first_of_june - timedelta(minutes=1)) == may - 1
    assert months.next_uncounted(first_of_june) == may


def test_sums_follow_when_the_past_changes(
    cast: Cast, months_later: datetime, session: scoped_session[Session]
) -> None:
    """What was closed in a month that was summed already comes back: it has not ended then."""
    counted = sum_up(months_later)
    before = sums()
    closed = session.scalars(select(Complaint).where(Complaint.status == Status.CLOSED)).all()
    assert closed
    for complaint in closed:
        do("reopen", complaint, cast.person("he"), months_later, reason="A court says so.")
    session.flush()

    count_facts()

    after = sums()
    fewer = sum(row[N] for row in after["held_month"])
    assert fewer < sum(row[N] for row in before["held_month"])
    assert_sums_are_the_facts(counted, months_later)


def test_every_complaint_remade_leaves_the_sums_as_they_were(
    cast: Cast, months_later: datetime, session: scoped_session[Session]
) -> None:
    sum_up(months_later)
    before = sums()
    for complaint_id in session.scalars(select(Complaint.id)).all():
        building.mark_behind(complaint_id)

    count_facts()

    assert sums() == before


def test_forgetting_the_facts_forgets_the_sums(
    cast: Cast, months_later: datetime, session: scoped_session[Session]
) -> None:
    counted = sum_up(months_later)

    building.forget()

    assert session.scalar(select(func.count()).select_from(ClockMonth)) == 0
    count_facts()
    assert sum_up(months_later) == counted
    assert_sums_are_the_facts(counted, months_later)


def test_sums_of_another_zone_are_not_used(
    cast: Cast, months_later: datetime, session: scoped_session[Session]
) -> None:
    counted = sum_up(months_later)
    for row in session.scalars(select(CountedMonth).where(CountedMonth.month != months.LOCK)):
        row.zone = "Pacific/Auckland"
    session.flush()

    assert not months.counted(operators_zone().key)
    assert sum_up(months_later) == counted


def sums() -> dict[str, set[tuple[Any, ...]]]:
    return {
        name: {tuple(row) for row in db.session.execute(select(table.n, *table.__table__.c))}
        for name, table in (("clock_month", ClockMonth), ("held_month", HeldMonth))
    }


def assert_sums_are_the_facts(counted: list[int], now: datetime) -> None:
    """Summing up again changes nothing."""
    kept = sums()
    for month in counted:
        months.count(month, now)
    assert sums() == kept
