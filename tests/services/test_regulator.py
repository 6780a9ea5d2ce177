"""The working days that regulators' limits are counted in, and who may open their figures.

The figures themselves are compared with random histories in `test_report_figures`.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast
from tests.plain_returns import took
from tickets.regulator.returns import REPORTS
from tickets.regulator.working_days import allowances
from tickets.reports.registry import reports_for

Db = scoped_session[Session]
DAY = timedelta(days=1)


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
