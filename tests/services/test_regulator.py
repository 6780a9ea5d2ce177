"""The regulators' figures, reckoned again plainly, one complaint after the other."""

import json
import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered
from tests.services.test_report_figures import count_everything, scope_of
from tickets.config import operators_zone
from tickets.models import Answer, Complaint
from tickets.regulator.returns import REPORTS, RETURNS
from tickets.regulator.working_days import allowances
from tickets.reports.registry import reports_for
from tickets.reports.shape import Kind, Report, Scope, Table
from workflow.words import CallOutcome, Channel, Resolution, Status

Db = scoped_session[Session]
DAY = timedelta(days=1)
PACKS = Path(__file__).parents[2] / "tickets" / "limits_packs"
LIMITS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "cn-telecom": (("days_15", "days", 15),),
    "uk-ofcom": (("weeks_6", "days", 42), ("weeks_8", "days", 56)),
    "uk-fca": (("days_3", "working", 3), ("weeks_8", "days", 56)),
    "au-acma": (("days_2", "working", 2), ("days_10", "working", 10)),
    "in-trai": (("days_3", "days", 3), ("weeks_4", "days", 28)),
}
"""The published limits, typed anew."""


def works(pack: str, day: date) -> bool:
    document = json.loads((PACKS / f"{pack}.json").read_text(encoding="utf-8"))
    calendar = document["calendars"]["office"]["calendar"]
    if day.isoformat() in calendar["special_hours"]:
        return bool(calendar["special_hours"][day.isoformat()])
    return day.weekday() < 5 and day.isoformat() not in calendar["holidays"]


def took(pack: str, kind: str, received: date, ended: date) -> int:
    """Days of this kind after the day of receipt, the last one included."""
    days = [received + number * DAY for number in range(1, (ended - received).days + 1)]
    return len(days) if kind == "days" else sum(works(pack, day) for day in days)


def some_complaints(cast: Cast, now: datetime) -> None:
    """Registered over some months, answered or withdrawn after anything up to ten weeks."""
    dice = random.Random(7)
    for _ in range(40):
        at = now + timedelta(days=dice.randrange(90), hours=dice.randrange(8))
        by = dice.choice(("chen", "wang", "north_desk"))
        channel = dice.choice((Channel.PHONE, Channel.REGULATOR))
        complaint = registered(cast, now=at, by=by, channel=channel)
        later = at + timedelta(days=dice.choice((0, 1, 2, 3, 4, 14, 15, 16, 28, 42, 43, 56, 70)))
        if dice.random() < 0.8:
            outcome, granted = dice.choice(list(Resolution)), dice.choice((None, 5_000, 120_050))
            answer(cast, complaint, later, outcome, granted)


def answer(
    cast: Cast, complaint: Complaint, at: datetime, outcome: Resolution, granted: int | None = None
) -> None:
    said = {"answer": "Mended.", "outcome": outcome, "cause": cast.cause, "remedy": "repair"}
    said["compensation"] = granted
    do("resolve", complaint, complaint.responsible, at, **said)
    call(complaint, CallOutcome.ACCEPTED, at + timedelta(minutes=1))


def plainly(session: Db, scope: Scope, pack: str, path: str) -> dict[str, Counter[str]]:
    """The totals of every table, from the complaints themselves."""
    period, zone = scope.period, operators_zone()
    found: dict[str, Counter[str]] = {
        key: Counter() for key in ("start", "opened", "closed", "causes", "end", "channels")
    }
    for each in session.scalars(select(Complaint)):
        if not each.unit.path.startswith(path):
            continue
        opened, ended = each.registered_at, each.closed_at
        found["start"]["open"] += opened < period.starts and not (ended and ended < period.starts)
        found["end"]["open"] += opened < period.ends and not (ended and ended < period.ends)
        if period.starts <= opened < period.ends:
            found["opened"]["opened"] += 1
            found["channels"]["opened"] += 1
            found["opened"]["referred"] += each.channel is Channel.REGULATOR
        if ended and period.starts <= ended < period.ends:
            assert each.status is Status.CLOSED
            found["closed"]["closed"] += 1
            received, last = opened.astimezone(zone).date(), ended.astimezone(zone).date()
            kept = (
                key
                for key, kind, days in LIMITS[pack]
                if took(pack, kind, received, last - DAY) < days
            )
            found["closed"][next(kept, "later")] += 1
            last_answer = session.scalars(
                select(Answer).where(Answer.complaint_id == each.id)
            ).one()
            granted = last_answer.compensation_minor or 0
            found["closed"][last_answer.outcome.value] += 1
            found["closed"]["redressed"] += granted > 0
            found["closed"]["redress"] += granted
    found["causes"] = found["closed"]
    return found


@pytest.mark.parametrize("row", RETURNS, ids=lambda row: row.pack)
def test_every_figure_is_what_the_complaints_say(
    session: Db, cast: Cast, now: datetime, row: Any
) -> None:
    """REP-03, REP-04, S-08: in the reader's branch only, edges in the operator's zone."""
    some_complaints(cast, now)
    count_everything()
    first = now.date() + 20 * DAY
    scope = scope_of(cast.zheng, first, first + 60 * DAY, now + 200 * DAY)

    plain = plainly(session, scope, row.pack, cast.unit("branch").path)

    for table in REPORTS[row.name].tables(scope):
        total = table.rows[-1]
        for column in table.columns:
            wanted = plain[table.key][column.key]
            assert total.values[column.key] == wanted, (table.key, column.key)
        lists_are_exact(session, REPORTS[row.name], scope, table)
    assert plain["closed"]["closed"] > 5 and plain["closed"]["redress"] > 0


def lists_are_exact(session: Db, report: Report, scope: Scope, table: Table) -> None:
    """Behind every number of every row stand as many complaints; behind an amount none do."""
    for line in table.rows:
        for column in table.columns:
            condition = report.drill(scope, table.key, line.key, column.key)
            if column.kind is Kind.MONEY:
                assert condition is None and column.key not in line.cells
                continue
            assert condition is not None
            behind = session.scalar(select(func.count(Complaint.id)).where(condition))
            assert behind == line.values[column.key], (table.key, line.key, column.key)
            assert (column.key in line.cells) == (behind > 0), "a zero leads nowhere"


def test_the_uks_return_has_every_line_of_its_source(
    session: Db, cast: Cast, now: datetime
) -> None:
    """DISP 1.10.1R as published: open at the start, opened, closed in three spans, upheld,
    redress, by product and cause."""
    some_complaints(cast, now)
    count_everything()
    first = now.date()
    scope = scope_of(cast.zheng, first, first + 120 * DAY, now + 200 * DAY)
    found = {table.key: table for table in REPORTS["regulator-uk-fca"].tables(scope)}
    spans = ("closed", "days_3", "weeks_8", "later", "upheld", "redress")
    assert {column.key for column in found["closed"].columns} >= set(spans)
    assert {column.key for column in found["causes"].columns} >= {"closed", "upheld", "redress"}
    assert {"start", "opened", "end"} <= set(found)
    total = found["closed"].rows[-1].values
    assert total["days_3"] + total["weeks_8"] + total["later"] == total["closed"] > 0
    by_cause = {row.key: row.values for row in found["causes"].rows}
    assert by_cause[cast.cause.hex]["redress"] == by_cause["total"]["redress"] == total["redress"]
    for name in REPORTS.keys() - {"regulator-uk-fca"}:
        assert not any(
            column.kind is Kind.MONEY
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
