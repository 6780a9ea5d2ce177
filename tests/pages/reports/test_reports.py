"""Reports as pages and files: who may open them, what they say, where their numbers lead."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from html import unescape
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.kept import Kept
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets import customers
from tickets.facts import building
from tickets.models import Person
from tickets.reports.registry import REPORTS
from workflow.words import CallOutcome, Channel

QUERIES = 45
"""Of the longest report: two periods, up to seven tables, their names."""


@pytest.fixture
def desk(kept: Kept, transaction: Transaction, cast: Cast, now: datetime) -> None:
    """Some complaints that ended, some that wait, counted."""
    kept(lambda: counted_desk(transaction, cast, now))


def counted_desk(transaction: Transaction, cast: Cast, now: datetime) -> None:
    with transaction():
        for each in range(6):
            at = now + timedelta(hours=each)
            complaint = given.registered(cast, now=at, channel=Channel.PHONE)
            if each % 2:
                given.resolve(cast, complaint, at + timedelta(hours=1))
                given.call(complaint, CallOutcome.ACCEPTED, at + timedelta(hours=2))
        given.dispatched(cast, "network", now=now)
        given.registered(cast, now=now, by="north_desk")
    with transaction():
        while ids := building.next_behind():
            building.count(ids)


@pytest.fixture
def manager(sign_in: SignIn, desk: None, clock: Clock) -> FlaskClient:
    clock.pass_(days=2)
    return sign_in("zheng")


def total_of_list(page: str) -> int:
    found = re.search(r"(\d+) rows?", page)
    assert found, "the list tells no total"
    return int(found.group(1))


def links(page: str) -> list[tuple[str, int]]:
    """Every number that is a link to a list, with its address."""
    found = re.findall(r'<a href="(/complaints/\?report=[^"]+)">([\d,]+)</a>', page)
    return [(unescape(url), int(number.replace(",", ""))) for url, number in found]


def test_the_list_of_reports_asks_a_managers_questions(manager: FlaskClient) -> None:
    page = manager.get("/reports/").text
    assert all(f'href="/reports/{name}"' in page for name in REPORTS)


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_says_how_it_counts(manager: FlaskClient, name: str) -> None:
    """REP-03, REP-04: definitions and the zone stand on the page."""
    page = manager.get(f"/reports/{name}").text
    for each in REPORTS[name].definitions:
        assert each.term in unescape(page) and each.meaning in unescape(page)
    assert "How it is counted" in page
    assert "Asia/Shanghai" in page


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_number_is_the_total_of_its_list_and_of_the_file(manager: FlaskClient, name: str) -> None:
    """REP-01, REP-02: badge, list and export."""
    for url, number in links(manager.get(f"/reports/{name}").text):
        page = manager.get(url)
        assert page.status_code == 200
        listed = total_of_list(page.text)
        assert 0 < listed <= number, url
        export = manager.get(url.replace("/complaints/?", "/complaints/export.csv?")).text
        assert len(list(csv.reader(io.StringIO(export)))) == listed + 1, url


def test_complaints_counted_once_are_all_in_the_list(manager: FlaskClient) -> None:
    found = links(manager.get("/reports/flow").text)
    assert found
    assert all(total_of_list(manager.get(url).text) == number for url, number in found)


def test_filtering_a_list_behind_a_number_stays_behind_it(manager: FlaskClient) -> None:
    url, _number = links(manager.get("/reports/flow").text)[0]
    page = manager.get(url).text
    carried = re.findall(r'<input type="hidden" name="([\w]+)" value="([^"]*)">', page)
    assert {"report", "table", "row", "column"} <= {name for name, _value in carried}


def test_a_supervisor_counts_the_own_branch_only(manager: FlaskClient, sign_in: SignIn) -> None:
    """S-08."""

    def came(browser: FlaskClient) -> int:
        rows = list(csv.reader(io.StringIO(browser.get("/reports/flow.csv").text)))
        return next(int(row[1]) for row in rows if row and row[0] == "Total")

    assert came(manager) == 7
    assert came(sign_in("north_supervisor")) == 1
    assert came(sign_in("he")) == 8


@pytest.mark.parametrize("who", ["chen", "zhao", "admin"])
def test_for_whoever_oversees_nothing_there_are_no_reports(
    sign_in: SignIn, desk: None, who: str
) -> None:
    browser = sign_in(who)
    for url in ("/reports/", "/reports/flow", "/reports/flow.csv", "/reports/flow.xlsx"):
        assert browser.get(url).status_code == 404, url
    hidden = browser.get("/complaints/?report=flow&table=flow&row=total&column=came")
    assert hidden.status_code in (403, 404)


@pytest.mark.parametrize(
    "address",
    [
        "report=nothing&table=flow&row=total&column=came",
        "report=flow&table=nothing&row=total&column=came",
        "report=flow&table=flow&row=2025-13-01&column=came",
        "report=flow&table=flow&row=total&column=nothing",
        "report=limits&table=units&row=nothing&column=missed",
        "report=limits&table=kinds&row=nothing&column=missed",
        "report=flow&table=flow&row=total&column=came&in_period=nothing",
        "report=flow&table=flow&row=total&column=came&in_from=2025-05-02&in_to=2025-05-01",
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(manager: FlaskClient, address: str) -> None:
    assert manager.get(f"/complaints/?{address}").status_code == 404


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ("from=2025-02-10&to=2025-02-01", "The period ends before it begins."),
        ("from=2035-01-01&to=2035-02-01", "The period has not begun yet."),
        ("from=yesterday&to=2025-02-01", "This is not a date"),
        ("from=2025-02-30&to=2025-03-01", "This is not a date"),
        ("from=1890-01-01&to=2025-02-01", "At most five years"),
        ("period=never", "There is no such period."),
    ],
)
def test_days_that_make_no_period_are_said_at_their_field(
    manager: FlaskClient, days: str, says: str
) -> None:
    page = manager.get(f"/reports/flow?{days}")
    assert page.status_code == 200 and says in page.text
    for name, value in (pair.split("=") for pair in days.split("&")):
        if name != "period":
            assert f'value="{value}"' in page.text, "what was typed is kept"
    assert manager.get(f"/reports/flow.csv?{days}").status_code == 400
    assert manager.get(f"/reports/flow.xlsx?{days}").status_code == 400


def test_what_the_lists_do_not_know_narrows_nothing(manager: FlaskClient) -> None:
    whole = manager.get("/reports/flow").text
    odd = manager.get("/reports/flow?unit=x&category=y&channel=z&tier=q").text
    assert [number for _url, number in links(odd)] == [number for _url, number in links(whole)]


def test_files_hold_the_rows_of_the_page(manager: FlaskClient) -> None:
    """S-33, REP-02, REP-04: the same rows; the file says its days and its zone."""
    page = manager.get("/reports/limits").text
    text = manager.get("/reports/limits.csv").text
    rows = list(csv.reader(io.StringIO(text)))
    assert ["Time zone", "Asia/Shanghai"] in rows
    titles = [unescape(each) for each in re.findall(r'<th scope="row">([^<]+)</th>', page)]
    assert titles and all(any(row and row[0] == title for row in rows) for title in titles)
    book = zipfile.ZipFile(io.BytesIO(manager.get("/reports/limits.xlsx").data))
    words = book.read("xl/sharedStrings.xml").decode()
    assert all(title in unescape(words) for title in titles) and "Asia/Shanghai" in words
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 1 + page.count('class="card report-table')


def test_a_name_that_looks_like_a_formula_is_harmless_in_files(
    manager: FlaskClient, transaction: Transaction, cast: Cast
) -> None:
    """S-33."""
    with transaction() as session:
        session.get_one(Person, cast.people["chen"]).name = "=cmd|' /C calc'!A0"
    rows = list(csv.reader(io.StringIO(manager.get("/reports/load.csv").text)))
    assert any(row and row[0].startswith("'=cmd") for row in rows)
    book = zipfile.ZipFile(io.BytesIO(manager.get("/reports/load.xlsx").data))
    for name in book.namelist():
        assert b"<f>" not in book.read(name)
    assert "'=cmd" in unescape(book.read("xl/sharedStrings.xml").decode())


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_report_asks_a_bounded_number_of_queries(
    app: Flask, manager: FlaskClient, transaction: Transaction, cast: Cast, now: datetime, name: str
) -> None:
    with counted(app) as few:
        manager.get(f"/reports/{name}")
    with transaction():
        for each in range(12):
            customer = customers.add(name=f"Customer {each}", contacts=[], now=now).id
            own = Cast(cast.units, cast.people, cast.category, cast.cause, customer)
            given.registered(own, now=now + timedelta(minutes=each))
    with transaction():
        building.count(building.next_behind())
    with counted(app) as many:
        manager.get(f"/reports/{name}")
    assert len(many) == len(few) <= QUERIES


def before_and_change(page: str) -> tuple[str, str]:
    """What stands beside the total of what came."""
    total = page[page.index('<tr class="total">') :]
    found = re.search(r'class="before"[^>]*>(\S+) <span class="change">(\S+)</span>', total)
    assert found, "nothing stands beside the total"
    return found.group(1), found.group(2)


def test_the_period_before_and_the_change_stand_beside(
    manager: FlaskClient, clock: Clock, sign_in: SignIn
) -> None:
    clock.pass_(days=31)
    page = sign_in("zheng").get("/reports/flow?period=this_month").text
    assert before_and_change(page) == ("7", "−7")


def test_a_period_that_runs_is_compared_up_to_the_same_point(
    manager: FlaskClient, clock: Clock, sign_in: SignIn
) -> None:
    """On 5 April, March counts up to its 5th: what came on the 11th is no decline yet."""
    clock.pass_(days=23)
    page = sign_in("zheng").get("/reports/flow?period=this_month").text
    assert before_and_change(page) == ("0", "±0")


def figures_of(page: str) -> list[list[str]]:
    """Every row of the page's tables: its name, then for each column the figure, the one before
    and the change, as they are written there."""
    rows = []
    for name, rest in re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', page, re.S):
        found = [unescape(name)]
        for cell in re.findall(r'<td class="amount"[^>]*>(.*?)</td>', rest, re.S):
            figure, _small, beside = cell.partition("<small")
            was = re.search(r">([^<]*)", beside)
            change = re.search(r'class="change">([^<]*)<', beside)
            plain = re.sub("<[^>]*>", "", figure)
            found += [
                plain.strip(),
                was.group(1).strip() if was else "",
                change.group(1) if change else "",
            ]
        rows.append(found)
    return rows


def tables_of(lines: list[list[str]]) -> list[list[list[str]]]:
    """The tables of a CSV file: title, headings, rows; what stands above them is left out."""
    blank = [place for place, line in enumerate(lines) if not line]
    return [lines[a + 1 : b] for a, b in pairwise([*blank, len(lines)])]


def says_the_same(cell: str, page: str) -> bool:
    """Whether a cell of a file is the number that the page writes: −7, +12.5 points, 80.0%."""
    if not cell:
        return page in ("", "–")
    written = re.sub(r"[+−±%,]| points|CN¥", "", page)
    assert (page[0] == "−") == (float(cell) < 0)
    return abs(abs(float(cell)) - float(written)) < 0.06


@pytest.mark.parametrize("name", ["flow", "limits", "first_contact", "causes"])
def test_files_carry_the_period_before_and_the_change_as_the_page_does(
    desk: None, transaction: Transaction, clock: Clock, cast: Cast, sign_in: SignIn, name: str
) -> None:
    """S-33, REP-02: cell by cell what stands on the page."""
    clock.pass_(days=33)
    with transaction():
        for hours in range(3):
            given.registered(cast, now=clock.now - timedelta(hours=30 - hours))
        came = given.registered(cast, now=clock.now - timedelta(hours=20))
        given.resolve(cast, came, clock.now - timedelta(hours=19))
        given.call(came, CallOutcome.ACCEPTED, clock.now - timedelta(hours=18))
    with transaction():
        while ids := building.next_behind():
            building.count(ids)
    browser, days = sign_in("zheng"), "from=2025-04-01&to=2025-04-30"
    wanted = figures_of(browser.get(f"/reports/{name}?{days}").text)
    assert any(change not in ("", "±0") for row in wanted for change in row[3::3])
    text = browser.get(f"/reports/{name}.csv?{days}").text
    lines = list(csv.reader(io.StringIO(text)))
    assert ["The period before", "2025-03-01 – 2025-03-31"] in lines
    rows = [line for table in tables_of(lines) for line in table[2:] if len(table) > 3]
    assert len(rows) == len(wanted) > 3
    for line, row in zip(rows, wanted, strict=True):
        assert line[0] == row[0] and len(line) == len(row)
        for cell, page in zip(line[1:], row[1:], strict=True):
            assert says_the_same(cell, page), (row[0], cell, page)


def test_the_workbook_holds_the_figures_of_the_csv(manager: FlaskClient) -> None:
    """S-33: both are written from the same cells."""
    lines = list(csv.reader(io.StringIO(manager.get("/reports/limits.csv").text)))
    numbers = sorted(
        float(cell)
        for line in lines[lines.index([]) :]
        for cell in line[1:]
        if re.fullmatch(r"-?\d+(\.\d+)?", cell)
    )
    book = zipfile.ZipFile(io.BytesIO(manager.get("/reports/limits.xlsx").data))
    found = sorted(
        float(value)
        for name in book.namelist()
        if name.startswith("xl/worksheets/sheet")
        for value in re.findall(r'<c r="\w+"(?: s="\d+")?><v>([^<]+)</v>', book.read(name).decode())
    )
    assert numbers and found == numbers


def test_paper_says_what_the_figures_were_narrowed_to(manager: FlaskClient, cast: Cast) -> None:
    """REP-04: the form is not printed, so the sheet says it in words."""
    unit = cast.units["east_hall"]
    page = manager.get(f"/reports/flow?unit={unit}&channel=phone").text
    paper = " ".join(re.findall(r'<p class="only-print">(.*?)</p>', page, re.S))
    for name, value in (("Unit and below", "east_hall"), ("Channel", "Phone")):
        assert f"{name}: {value}" in paper
    assert "Print or save as PDF" in page


def test_a_kept_link_to_a_list_stays_with_its_days(
    manager: FlaskClient, clock: Clock, sign_in: SignIn
) -> None:
    """REP-02: “this month” is another month later; the list behind its number is not."""
    url, number = links(manager.get("/reports/flow?period=this_month").text)[-1]
    assert "in_from=2025-03-01" in url and "in_to=2025-03-31" in url
    clock.pass_(days=31)
    assert total_of_list(sign_in("zheng").get(url).text) == number


def test_files_say_what_they_were_narrowed_to(manager: FlaskClient, cast: Cast) -> None:
    """REP-04."""
    unit = cast.units["east_hall"]
    text = manager.get(f"/reports/flow.csv?unit={unit}&channel=phone").text
    rows = list(csv.reader(io.StringIO(text)))
    assert ["Unit and below", "east_hall"] in rows
    assert ["Channel", "Phone"] in rows and ["Tier", "Everything"] in rows
