"""The regulators' figures as pages and files."""

import csv
import io
from datetime import date, datetime
from html import unescape

import pytest

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.reports.test_reports import links, total_of_list
from tickets.facts import building
from tickets.reports.regulator.returns import REPORTS, ReturnRhythm
from tickets.web.reports.regulator import last_period
from workflow.words import CallOutcome


@pytest.fixture
def desk(transaction: Transaction, cast: Cast, now: datetime, clock: Clock) -> None:
    with transaction():
        done = given.resolved(cast, now=now)
        given.call(done, CallOutcome.ACCEPTED, now)
        given.registered(cast, now=now)
        given.registered(cast, now=now, by="north_desk")
    with transaction():
        while ids := building.next_behind():
            building.count(ids)
    clock.pass_(days=1)


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_return_says_its_source_and_its_numbers_lead_to_lists(
    desk: None, sign_in: SignIn, name: str
) -> None:
    """REP-03, S-08."""
    browser = sign_in("zheng")
    page = browser.get(f"/reports/{name}").text
    for each in REPORTS[name].definitions:
        assert each.meaning in unescape(page)
    found = links(page)
    assert found
    for url, number in found:
        assert total_of_list(browser.get(url).text) == number, url


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_return_is_written_as_files(desk: None, sign_in: SignIn, name: str) -> None:
    """S-33, REP-04: the zone and the source stand in the file."""
    browser = sign_in("he")
    answer = browser.get(f"/reports/{name}.csv")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert ["Time zone", "Asia/Shanghai"] in rows
    assert any(row and row[0] == "Source" for row in rows)
    assert browser.get(f"/reports/{name}.xlsx").data.startswith(b"PK")


def test_the_list_is_for_who_answers_or_audits(sign_in: SignIn) -> None:
    for name, status in {"zheng": 200, "he": 200, "shen": 200, "qian": 404, "chen": 404}.items():
        browser = sign_in(name)
        assert browser.get("/reports/regulator/").status_code == status, name
        assert browser.get(f"/reports/{next(iter(REPORTS))}").status_code == status, name


def test_the_last_period_is_over() -> None:
    """REP-04."""
    day = date(2025, 3, 31)
    assert last_period(ReturnRhythm.MONTH, day) == (date(2025, 2, 1), date(2025, 2, 28))
    assert last_period(ReturnRhythm.QUARTER, day) == (date(2024, 10, 1), date(2024, 12, 31))
    assert last_period(ReturnRhythm.HALF_YEAR, day) == (date(2024, 7, 1), date(2024, 12, 31))
    assert last_period(ReturnRhythm.HALF_YEAR, date(2025, 7, 1))[0] == date(2025, 1, 1)
