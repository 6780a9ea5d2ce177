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
from tickets.reports.shape import Scope
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
            answer(cast, complaint, later, dice.choice(list(Resolution)))


def answer(cast: Cast, complaint: Complaint, at: datetime, outcome: Resolution) -> None:
    said = {"answer": "Mended.", "outcome": outcome, "cause": cast.cause, "remedy": "repair"}
    do("resolve", complaint, complaint.responsible, at, **said)
    call(complaint, CallOutcome.ACCEPTED, at + timedelta(minutes=1))


def plainly(session: Db, scope: Scope, pack: str, path: str) -> dict[str, Counter[str]]:
    """The totals of every table, from the complaints themselves."""
    period, zone = scope.period, operators_zone()
    found: dict[str, Counter[str]] = {
        key: Counter() for key in ("start", "opened", "closed", "end")
    }
    for each in session.scalars(select(Complaint)):
        if not each.unit.path.startswith(path):
            continue
        opened, ended = each.registered_at, each.closed_at
        found["start"]["open"] += opened < period.starts and not (ended and ended < period.starts)
        found["end"]["open"] += opened < period.ends and not (ended and ended < period.ends)
        if period.starts <= opened < period.ends:
            found["opened"]["opened"] += 1
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
            outcome = session.scalars(
                select(Answer.outcome).where(Answer.complaint_id == each.id)
            ).one()
            found["closed"][outcome.value] += 1
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
        if table.key == "channels":
            continue
        for column in table.columns:
            wanted = plain[table.key][column.key]
            assert total.values[column.key] == wanted, (table.key, column.key)
            condition = REPORTS[row.name].drill(scope, table.key, total.key, column.key)
            assert condition is not None
            behind = session.scalar(select(func.count(Complaint.id)).where(condition))
            assert behind == wanted, "the list behind a number holds exactly its complaints"
    assert plain["closed"]["closed"] > 5


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
