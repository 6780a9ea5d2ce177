"""The working days that regulators' limits are counted in, the lines that a source asks for, and
who may open their figures.

The figures themselves are compared with random histories in `test_report_figures`.
"""

import random
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered
from tests.figures_compared import count_everything, scope_of
from tests.plain_returns import took
from tickets.reports.registry import reports_for
from tickets.reports.regulator.returns import REPORTS
from tickets.reports.regulator.working_days import allowances
from tickets.reports.shape import ColumnKind
from workflow.words import CallOutcome, Resolution

Db = scoped_session[Session]
DAY = timedelta(days=1)


def closed_ones(cast: Cast, now: datetime) -> None:
    """Answered after anything up to ten weeks, some with compensation."""
    dice = random.Random(7)
    for days in (0, 1, 2, 3, 4, 14, 28, 43, 56, 57, 70):
        complaint = registered(cast, now=now, by=dice.choice(("chen", "wang")))
        at, granted = now + days * DAY, dice.choice((None, 5_000, 120_050))
        said = {"answer": "Mended.", "outcome": dice.choice(list(Resolution)), "remedy": "repair"}
        do(
            "resolve",
            complaint,
            complaint.responsible,
            at,
            **said,
            cause=cast.cause,
            compensation=granted,
        )
        call(complaint, CallOutcome.ACCEPTED, at + timedelta(minutes=1))


def test_the_uks_return_has_every_line_of_its_source(
    session: Db, cast: Cast, now: datetime
) -> None:
    """DISP 1.10.1R as published: open at the start, opened, closed in three spans, upheld,
    redress, by product and cause."""
    closed_ones(cast, now)
    count_everything()
    first = now.date()
    scope = scope_of(cast.zheng, first, first + 120 * DAY, now + 200 * DAY)
    fca = REPORTS["regulator-uk-fca"]
    found = {table.key: table for table in fca.tables(scope)}
    spans = ("closed", "days_3", "weeks_8", "later", "upheld", "redress")
    assert {column.key for column in found["closed"].columns} >= set(spans)
    assert {column.key for column in found["causes"].columns} >= {"closed", "upheld", "redress"}
    assert {"start", "opened", "end"} <= set(found)
    total = found["closed"].rows[-1].values
    assert total["days_3"] + total["weeks_8"] + total["later"] == total["closed"] == 11
    by_cause = {row.key: row.values for row in found["causes"].rows}
    assert by_cause[cast.cause.hex]["redress"] == by_cause["total"]["redress"] == total["redress"]
    assert total["redress"] > 0
    assert all(fca.drill(scope, key, "total", "redress") is None for key in ("closed", "causes"))
    for name in REPORTS.keys() - {"regulator-uk-fca"}:
        assert not any(
            column.kind is ColumnKind.MONEY
            for table in REPORTS[name].tables(scope)
            for column in table.columns
        ), "no other source asks for amounts"


@pytest.mark.parametrize(("pack", "days"), [("uk-fca", 3), ("au-acma", 2), ("au-acma", 10)])
def test_working_days_are_those_of_the_packs_calendar(pack: str, days: int) -> None:
    """Counted day by day over two years, with their holidays."""
    usual, otherwise = allowances(pack, days)
    lengths = {day: length for length, found in otherwise.items() for day in found}
    day = date(2025, 1, 1)
    while day.year < 2027:
        length = lengths.get(day.toordinal(), usual[day.weekday()])
        assert took(pack, "working", day, day + length * DAY) == days
        assert took(pack, "working", day, day + (length - 1) * DAY) == days - 1
        day += DAY


def test_only_who_answers_or_audits_opens_them(session: Db, cast: Cast) -> None:
    """S-08."""
    opens = {name for name in cast.people if set(REPORTS) <= set(reports_for(cast.person(name)))}
    assert opens == {"zheng", "he", "shen", "north_supervisor"}
