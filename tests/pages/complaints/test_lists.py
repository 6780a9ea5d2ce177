"""Lists: what they hold, how they are narrowed, paged to their end and taken along as a file."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.kept import Kept
from tests.pages.conftest import SignIn
from tests.pages.queries import counted
from tickets import numbers
from tickets.complaints import lists
from tickets.models import Complaint, Person
from tickets.queues import QUEUES, About, select_count
from tickets.web.complaints.sheet import harmless
from workflow.words import CallOutcome, Severity

PAGE = 8
"""Instead of fifty: the ends of pages are the same, and storing so many is all that takes time."""
MANY = 2 * PAGE + 7


@pytest.fixture
def many(
    kept: Kept,
    transaction: Transaction,
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """More complaints than two pages hold, newest first; several at the same moment."""
    monkeypatch.setattr(lists, "PAGE", PAGE)
    return kept(lambda: more_than_two_pages(transaction, cast, now))


def more_than_two_pages(transaction: Transaction, cast: Cast, now: datetime) -> list[str]:
    found = []
    with transaction():
        for each in range(MANY):
            at = now + timedelta(minutes=each // 3)
            complaint = given.registered(cast, now=at, severity=list(Severity)[each % 3])
            complaint.promised_at = at if each % 2 else None
            found.append((complaint.registered_at, complaint.id, complaint.number))
    return [number for _at, _id, number in sorted(found, reverse=True)]


def shown(page: str) -> list[str]:
    return re.findall(r'href="/complaints/(\d{12})" data-row-link', page)


def total(page: str) -> int:
    found = re.search(r"(\d+) rows?", page)
    assert found, "the list tells no total"
    return int(found.group(1))


def turned(browser: FlaskClient, url: str, rel: str) -> list[str]:
    """All rows from here on, following the pages' own links."""
    rows: list[str] = []
    following: str | None = url
    while following:
        page = browser.get(following).text
        rows = rows + shown(page) if rel == "next" else shown(page) + rows
        link = re.search(rf'href="([^"]+)" rel="{rel}"', page)
        following = link.group(1).replace("&amp;", "&") if link else None
    return rows


def exported(browser: FlaskClient, query: str = "") -> list[list[str]]:
    answer = browser.get(f"/complaints/export.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.both_databases
def test_a_list_is_paged_to_its_end_and_back(many: list[str], sign_in: SignIn) -> None:
    """By every order: storing them all costs more than turning their pages."""
    browser = sign_in("zheng")
    for sort in (*lists.SORTS, *(f"-{name}" for name in lists.SORTS)):
        forwards = turned(browser, f"/complaints/?sort={sort}", "next")
        backwards = turned(browser, f"/complaints/?sort={sort}&before=end", "prev")

        assert sorted(forwards) == sorted(many), sort
        assert backwards == forwards, sort
        if sort == "-registered":
            assert forwards == many


def test_the_file_holds_exactly_what_the_list_shows(many: list[str], sign_in: SignIn) -> None:
    """REP-02, S-33."""
    browser = sign_in("zheng")
    for query in ("?state=all", "?severity=major&sort=promised", "?queue=registered", "?q=dead"):
        if "queue" in query and query.partition("=")[2] not in QUEUES:
            continue
        page = browser.get(f"/complaints/{query}").text
        rows = turned(browser, f"/complaints/{query}", "next")
        file = exported(browser, query)

        assert total(page) == len(rows) == len(file) - 1
        assert [numbers.plain(row[0]) for row in file[1:]] == rows
        assert "Registered (Asia/Shanghai)" in file[0]


def test_the_count_of_a_queue_is_the_total_of_its_list(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """REP-02."""
    with transaction():
        given.registered(cast, now=now)
        given.dispatched(cast, "network", now=now)
        given.call(given.resolved(cast, now=now), CallOutcome.NOT_SOLVED, now)
    for name in ("chen", "zheng", "sun"):
        browser = sign_in(name)
        for queue in QUEUES.values():
            answer = browser.get(f"/complaints/?queue={queue.name}")
            if queue.about is not About.COMPLAINT:
                assert answer.status_code == 404
                continue
            with transaction() as session:
                person = session.get_one(Person, cast.people[name])
                expected = session.scalar(select_count(queue, person, now))
            assert (total(answer.text) if expected else 0) == expected, queue.name
            assert len(exported(browser, f"?queue={queue.name}")) - 1 == expected


def test_the_list_costs_twelve_queries_at_most(
    app: Flask, many: list[str], sign_in: SignIn
) -> None:
    """PER-01."""
    for name in ("chen", "zheng", "zhao"):
        browser = sign_in(name)
        for query in ("", "?state=all&sort=level", "?q=139", "?before=end", "?category=x&level=1"):
            with counted(app) as statements:
                assert browser.get(f"/complaints/{query}").status_code == 200
            assert len(statements) <= 12, query


@pytest.fixture
def mixed(kept: Kept, transaction: Transaction, cast: Cast, now: datetime) -> dict[str, str]:
    return kept(lambda: of_each_kind(transaction, cast, now))


def of_each_kind(transaction: Transaction, cast: Cast, now: datetime) -> dict[str, str]:
    with transaction() as session:
        made = {
            "mine": given.registered(cast, now=now, description="Slow as a snail"),
            "colleague": given.registered(cast, now=now, by="wang", severity=Severity.MAJOR),
            "closed": given.resolved(cast, now=now),
            "foreign": given.registered(
                cast, now=now, by="north_desk", description="Unique-foreign-word"
            ),
        }
        given.call(made["closed"], CallOutcome.ACCEPTED, now + timedelta(minutes=1))
        made["mine"].tier, made["mine"].registered_at = "A1", now - timedelta(days=3)
        session.flush()
        return {name: complaint.number for name, complaint in made.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"mine", "colleague"}),
        ("?state=ended", {"closed"}),
        ("?state=all", {"mine", "colleague", "closed"}),
        ("?status=closed&status=registered", {"mine", "colleague", "closed"}),
        ("?severity=major", {"colleague"}),
        ("?level=0&channel=phone", {"mine", "colleague"}),
        ("?channel=letter", set()),
        ("?tier=A1", {"mine"}),
        ("?from=2025-03-11&to=2025-03-11", {"colleague"}),
        ("?to=2025-03-08", {"mine"}),
        ("?q=snail", {"mine"}),
        ("?q=100%25", set()),
        ("?q=139-1234-5678", {"mine", "colleague", "closed"}),
        ("?q=5678&state=open", {"mine", "colleague"}),
        ("?q=Unique-foreign-word", set()),
        ("?severity=nonsense&level=9&sort=password&after=x~y&unit=x", {"mine", "colleague"}),
    ],
)
def test_the_list_is_narrowed(
    query: str, expected: set[str], mixed: dict[str, str], sign_in: SignIn
) -> None:
    page = sign_in("zheng").get(f"/complaints/{query}").text

    assert set(shown(page)) == {mixed[name] for name in expected}


def test_the_desk_may_ask_for_its_own(mixed: dict[str, str], sign_in: SignIn) -> None:
    page = sign_in("wang").get("/complaints/?responsible=me&state=all").text

    assert shown(page) == [mixed["colleague"]]


def test_category_and_unit_hold_what_lies_below_them(
    mixed: dict[str, str], cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in("he")
    for query in (f"?category={cast.category}", f"?unit={cast.units['company']}"):
        assert len(shown(browser.get(f"/complaints/{query}").text)) == 3
    assert len(shown(browser.get(f"/complaints/?unit={cast.units['branch']}").text)) == 2
    assert shown(browser.get(f"/complaints/?unit={cast.units['north_hall']}").text) == [
        mixed["foreign"]
    ]


def test_nobody_finds_what_they_may_not_see(mixed: dict[str, str], sign_in: SignIn) -> None:
    """SEE-01, S-08: lists, totals, search and files tell nothing of a foreign complaint."""
    for name in ("chen", "zhao", "zheng", "qian", "shen"):
        browser = sign_in(name)
        for query in ("?state=all", "?q=Unique-foreign-word", f"?q={mixed['foreign']}", "?q=139"):
            for page in (f"/complaints/{query}", f"/complaints/export.csv{query}"):
                answer = browser.get(page)
                assert answer.status_code == 200
                assert "Unique-foreign-word</span>" not in answer.text
                assert f"/complaints/{mixed['foreign']}" not in answer.text
                assert numbers.spoken(mixed["foreign"]) not in answer.text


@pytest.mark.parametrize("written", ["{0}", "{1}", " {1} "])
def test_a_number_in_the_search_opens_its_complaint(
    written: str, mixed: dict[str, str], sign_in: SignIn
) -> None:
    number = mixed["mine"]
    typed = written.format(number, numbers.spoken(number))

    answer = sign_in("chen").get("/complaints/", query_string={"q": typed})

    assert answer.status_code == 302
    assert answer.location == f"/complaints/{number}"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u3000=1"])
def test_no_cell_is_a_command(cell: str) -> None:
    """S-33."""
    assert harmless(cell) == f"'{cell}"


def test_commands_in_any_text_leave_as_text(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    with transaction():
        complaint = given.registered(cast, now=now, description="=HYPERLINK(1)")
        complaint.customer.name = "+cmd|' /C calc'!A0"
        complaint.responsible.name = "@SUM(1)"

    row = exported(sign_in("zheng"))[1]

    assert "'=HYPERLINK(1)" in row and "'+cmd|' /C calc'!A0" in row and "'@SUM(1)" in row


def test_what_is_new_between_two_pages_moves_nothing(
    many: list[str], transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    browser = sign_in("zheng")
    first = browser.get("/complaints/?sort=-registered").text
    link = re.search(r'href="([^"]+)" rel="next"', first)
    assert link

    with transaction():
        given.registered(cast, now=now + timedelta(days=1))
    second = browser.get(link.group(1).replace("&amp;", "&")).text

    assert shown(second) == many[PAGE : 2 * PAGE]


def test_every_row_has_what_the_page_sorts_by(transaction: Transaction, many: list[str]) -> None:
    with transaction() as session:
        row: Any = session.scalar(select(Complaint).limit(1))
        for name in lists.SORTS:
            assert lists.key_of(row, name)
