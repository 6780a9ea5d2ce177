"""What if as pages: asking, the answer and its lists, for whoever decides and nobody else."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets import customers
from tickets.database import db
from tickets.limits import ensure_limits
from tickets.models import LimitsVersion, WhatIf, WhatIfChange

QUERIES = 14


@pytest.fixture
def desk(transaction: Transaction, cast: Cast, clock: Clock) -> None:
    """Complaints of two branches, answered after five hours by mail."""
    with transaction():
        ensure_limits(clock.now)
        for _each in range(3):
            complaint = given.registered(cast, now=clock.now)
            given.resolve(cast, complaint, clock.now + timedelta(hours=5))
        customer = customers.add(name="Somebody", contacts=[], now=clock.now)
        db.session.flush()
        own = Cast(cast.units, cast.people, cast.category, cast.cause, customer.id)
        given.registered(own, now=clock.now, by="north_desk")
    clock.pass_(days=2)


def fields_of(page: str) -> dict[str, str]:
    """What the form would send if nobody touched it."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', page, re.S
    ):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def asked(browser: FlaskClient, **typed: str) -> Any:
    page = browser.get("/what-if/new?first_month=2025-03&last_month=2025-03").text
    form = page[page.index('<form method="post" action="/what-if/new"') :]
    return browser.post("/what-if/new", data={**fields_of(form), **typed})


def place_of(name: str, transaction: Transaction) -> str:
    with transaction():
        document = db.session.scalars(select(LimitsVersion.document)).one()
        return f"rules.{[row['id'] for row in document['rules']].index(name)}"


def shorter(transaction: Transaction) -> dict[str, str]:
    """The limits of the resolution, as short as one hour."""
    with transaction():
        document = db.session.scalars(select(LimitsVersion.document)).one()
        return {
            f"rules.{place}.{field}": value
            for place, row in enumerate(document["rules"])
            if row["clock"] == "resolution"
            for field, value in (("amount", "1"), ("unit", "hours"))
        }


def test_untouched_limits_change_nothing(sign_in: SignIn, desk: None) -> None:
    answer = asked(sign_in("he"))
    assert answer.status_code == 303, answer.text
    page = sign_in("he").get(answer.location).text
    assert "4 complaints reckoned, all of the period" in page
    assert "Nothing: " in page
    assert "wi_clock" not in page, "a number leads to a list although nothing changed"
    sums = re.findall(r"= (\d+) clocks", page)
    assert len(sums) == 2 and sums[0] == sums[1] != "0"


def test_numbers_lead_to_exactly_the_complaints_that_change(
    sign_in: SignIn, desk: None, transaction: Transaction
) -> None:
    """REP-02, S-08: and a supervisor's question is about the branch only."""
    manager = sign_in("zheng")
    answer = asked(manager, **shorter(transaction))
    page = manager.get(answer.location).text
    assert "3 complaints reckoned" in page
    assert "How long: " in page and "<del>" in page

    links = [
        (unescape(url), int(number))
        for url, number in re.findall(r'<a href="(/complaints/\?[^"]*)"[^>]*>(\d+)</a>', page)
    ]
    newly_missed = [(url, number) for url, number in links if "wi_after=missed" in url]
    assert newly_missed and {number for _url, number in newly_missed} == {3}
    for url, number in links:
        listed = manager.get(url)
        assert listed.status_code == 200
        assert re.search(rf"\b{number} rows?\b", listed.text), url
    with transaction():
        changed = db.session.scalar(
            select(func.count(WhatIfChange.complaint_id.distinct())).select_from(WhatIfChange)
        )
        assert changed == 3


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("rules.0.amount", "0", "A limit is a whole number above zero."),
        ("rules.0.amount", "many", "Not a valid integer value."),
        ("calendars.office.weekly.mon", "18:00-09:00-10:00", ""),
        ("calendars.office.holidays", "yesterday", "is not a date like"),
        ("last_month", "2025-02", "The period ends before it begins."),
        ("first_month", "1999-01", "Not a valid choice."),
        ("default_calendar", "nowhere", "Not a valid choice."),
        ("name", "", "This field is required."),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    sign_in: SignIn, desk: None, transaction: Transaction, name: str, typed: str, sentence: str
) -> None:
    answer = asked(sign_in("he"), **{name: typed, "rules.1.amount": "77"})
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert f'id="{name}-error"' in page
    assert sentence in page
    assert 'value="77"' in page, "what was typed beside it is lost"
    with transaction():
        assert db.session.scalar(select(func.count()).select_from(WhatIf)) == 0


def test_days_that_are_past_may_be_other_days(
    sign_in: SignIn, desk: None, transaction: Transaction
) -> None:
    """The calendar is asked about as it might have been."""
    answer = asked(sign_in("he"), **{"calendars.office.holidays": "2025-03-11 Storm"})
    assert answer.status_code == 303, answer.text
    page = sign_in("he").get(answer.location).text
    assert "Storm" in page


def rows_of_page(page: str) -> list[list[str]]:
    """Each line of the figures as it stands there: name, then the numbers."""
    table = page[page.index("what-if-figures") :]
    rows = re.findall(
        r"<tr[^>]*>\s*<th scope=\"row\".*?</tr>", table[: table.index("</table>")], re.S
    )
    return [
        [
            unescape(re.sub("<[^>]*>", "", cell)).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        for row in rows
    ]


def test_files_hold_the_rows_of_the_page_and_what_was_changed(
    sign_in: SignIn, desk: None, transaction: Transaction
) -> None:
    """S-33, REP-02, REP-03: number by number; definitions and changed limits stand in the file."""
    manager = sign_in("zheng")
    address = asked(manager, **shorter(transaction)).location
    page = manager.get(address).text
    assert f"{address}.csv" in page and f"{address}.xlsx" in page
    lines = list(csv.reader(io.StringIO(manager.get(f"{address}.csv").text.lstrip("\ufeff"))))
    first, second = [place for place, line in enumerate(lines) if not line]
    figures, changes = lines[first + 3 : second], lines[second + 3 :]
    wanted = rows_of_page(page)
    assert len(figures) == len(wanted) > 3
    for line, row in zip(figures, wanted, strict=True):
        assert row[0] == (line[1] or line[0])
        assert row[1:6] + row[7:] == line[2:7] + line[9:]
        shares = [f"{share} %" if share else "–" for share in line[7:9]]
        assert row[6] == " → ".join(shares)
    assert any(line[-2] == "3" for line in figures), "three come out newly missed"
    assert changes and all(line[3] != line[4] for line in changes)
    assert {"How long"} <= {line[2] for line in changes}
    terms = {line[0] for line in lines[:first]}
    assert {"As it was", "Would have been", "Which clocks", "Begin with"} <= terms
    book = zipfile.ZipFile(io.BytesIO(manager.get(f"{address}.xlsx").data))
    words = unescape(book.read("xl/sharedStrings.xml").decode())
    assert all(row[0] in words for row in wanted) and "How long" in words
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3


def test_a_name_that_looks_like_a_formula_is_harmless_in_the_files_of_a_run(
    sign_in: SignIn, desk: None
) -> None:
    """S-33."""
    manager = sign_in("zheng")
    address = asked(manager, name="=cmd|' /C calc'!A0").location
    text = manager.get(f"{address}.csv").text
    assert "'=cmd" in text and ",=cmd" not in text
    book = zipfile.ZipFile(io.BytesIO(manager.get(f"{address}.xlsx").data))
    assert not any(b"<f>" in book.read(name) for name in book.namelist())
    assert "'=cmd" in unescape(book.read("xl/sharedStrings.xml").decode())


def test_half_a_run_is_no_file(sign_in: SignIn, desk: None, transaction: Transaction) -> None:
    """Its figures would be taken for the whole."""
    manager = sign_in("zheng")
    address = asked(manager).location
    with transaction() as session:
        session.scalars(select(WhatIf)).one().finished_at = None
    assert f"{address}.csv" not in manager.get(address).text
    assert manager.get(f"{address}.csv").status_code == 404
    assert manager.get(f"{address}.xlsx").status_code == 404


def test_a_run_belongs_to_whoever_asked(
    sign_in: SignIn, desk: None, transaction: Transaction
) -> None:
    """S-08: unknown and foreign look alike."""
    address = asked(sign_in("he"), **shorter(transaction)).location
    foreign = sign_in("zheng")
    assert foreign.get(address).status_code == 404
    assert foreign.get(f"{address}.csv").status_code == 404
    assert foreign.get(f"{address}.xlsx").status_code == 404
    assert foreign.post(f"{address}/remove").status_code == 404
    assert foreign.post(f"{address}/name", data={"name": "Mine"}).status_code == 404
    run = address.rpartition("/")[2]
    assert foreign.get(f"/complaints/?what_if={run}").status_code == 404
    assert address not in foreign.get("/what-if/").text
    assert sign_in("he").get("/complaints/?what_if=nonsense").status_code == 404
    assert sign_in("he").get(f"/complaints/?what_if={run}&wi_unit=x").status_code == 404


@pytest.mark.parametrize("who", ["chen", "zhao", "qian", "shen", "admin"])
def test_whoever_does_not_decide_finds_no_such_page(sign_in: SignIn, desk: None, who: str) -> None:
    browser = sign_in(who)
    assert browser.get("/what-if/").status_code == 404
    assert browser.get("/what-if/new").status_code == 404


def test_a_run_is_named_shown_again_and_removed(
    sign_in: SignIn, desk: None, transaction: Transaction
) -> None:
    manager = sign_in("zheng")
    address = asked(manager, **shorter(transaction)).location
    assert manager.post(f"{address}/name", data={"name": "One hour"}).status_code == 303
    assert "One hour" in manager.get("/what-if/").text
    assert manager.post(f"{address}/remove").status_code == 303
    assert manager.get(address).status_code == 404
    assert "One hour" not in manager.get("/what-if/").text


def test_another_pack_can_be_begun_with(sign_in: SignIn, desk: None) -> None:
    manager = sign_in("he")
    page = manager.get(
        "/what-if/new?base=pack:uk-ofcom&first_month=2025-03&last_month=2025-03"
    ).text
    form = page[page.index('<form method="post" action="/what-if/new"') :]
    answer = manager.post("/what-if/new", data=fields_of(form))
    assert answer.status_code == 303, answer.text
    assert "4 complaints reckoned" in manager.get(answer.location).text
    assert manager.get("/what-if/new?base=pack:nowhere").status_code == 404
    assert manager.get("/what-if/new?base=version:nothing").status_code == 404


def test_the_answer_costs_few_queries(
    app: Flask, sign_in: SignIn, desk: None, transaction: Transaction
) -> None:
    manager = sign_in("zheng")
    address = asked(manager, **shorter(transaction)).location
    with counted(app) as statements:
        assert manager.get(address).status_code == 200
    assert len(statements) <= QUERIES, len(statements)
