"""The map of paths as a page: who may open it, where its numbers lead, and its files."""

import json
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets.facts import building
from workflow.words import CallOutcome

QUERIES = 20
ADDRESSES = ("/paths/", "/paths/log.xes", "/paths/log.jsonocel")


@pytest.fixture
def desk(transaction: Transaction, cast: Cast, now: datetime) -> None:
    """Complaints of the desk that ended, one of them on its second round; one of another branch;
    one that waits."""
    hour = timedelta(hours=1)
    with transaction():
        for each in range(4):
            complaint = given.registered(cast, now=now + each * hour)
            given.resolve(cast, complaint, now + (each + 1) * hour)
            if each == 3:
                given.call(complaint, CallOutcome.NOT_SOLVED, now + (each + 2) * hour)
                given.resolve(cast, complaint, now + (each + 3) * hour)
            given.call(complaint, CallOutcome.ACCEPTED, now + (each + 4) * hour)
        north = given.registered(cast, now=now, by="north_desk")
        given.resolve(cast, north, now + hour)
        given.call(north, CallOutcome.ACCEPTED, now + 2 * hour)
        given.registered(cast, now=now)
    with transaction():
        while ids := building.next_behind():
            building.count(ids)


@pytest.fixture
def manager(sign_in: SignIn, desk: None, clock: Clock) -> FlaskClient:
    clock.pass_(days=2)
    return sign_in("zheng")


def links(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'<a href="(/complaints/\?way=[^"]+)">([\d,]+)</a>', page)
    return [(unescape(url), int(number.replace(",", ""))) for url, number in found]


def total_of_list(page: str) -> int:
    found = re.search(r"(\d+) rows?", page)
    assert found, "the list tells no total"
    return int(found.group(1))


def read(browser: FlaskClient, url: str) -> str:
    """A file to its end; then its stream is closed."""
    with browser.get(url) as answer:
        assert answer.status_code == 200
        return answer.text


def test_every_number_is_the_total_of_its_list(manager: FlaskClient) -> None:
    """REP-01, REP-02."""
    found = links(manager.get("/paths/").text)
    kinds = {re.split("[:&%]", url.split("way=")[1])[0] for url, _number in found}
    assert kinds == {"all", "loops", "step", "move", "variant"}
    for url, number in found:
        assert total_of_list(manager.get(url).text) == number, url


def test_a_loop_is_said_in_words(manager: FlaskClient) -> None:
    """UX-05: colour is never the only sign."""
    page = manager.get("/paths/").text
    assert re.search(r"\d+ back\b", page)
    assert '<span class="path-again">again</span>' in page


def test_moves_that_are_too_rare_are_counted_and_stay_in_the_table(manager: FlaskClient) -> None:
    page = unescape(manager.get("/paths/?rare=20&period=this_month").text)
    everything = unescape(manager.get("/paths/?rare=0").text)
    assert "is not drawn" not in everything and "are not drawn" not in everything
    assert page.count("way=move") == everything.count("way=move")
    assert manager.get("/paths/?rare=nonsense").status_code == 200


def test_narrowing_the_list_stays_behind_its_number(manager: FlaskClient) -> None:
    url, _number = links(manager.get("/paths/").text)[0]
    assert '<input type="hidden" name="way"' in manager.get(url).text


def test_a_supervisor_sees_the_paths_of_the_own_branch(
    manager: FlaskClient, sign_in: SignIn
) -> None:
    """S-08: the map and both files."""

    def ended(browser: FlaskClient) -> int:
        return links(browser.get("/paths/").text)[0][1]

    def logged(browser: FlaskClient) -> int:
        objects = json.loads(read(browser, "/paths/log.jsonocel"))["objects"]
        return sum(each["type"] == "complaint" for each in objects)

    for who, number in (("zheng", 4), ("north_supervisor", 1), ("he", 5)):
        browser = sign_in(who)
        assert ended(browser) == logged(browser) == number
        assert read(browser, "/paths/log.xes").count("<trace>") == number


@pytest.mark.parametrize("who", ["chen", "zhao", "sun", "admin"])
def test_for_whoever_oversees_nothing_there_is_no_map(
    sign_in: SignIn, desk: None, who: str
) -> None:
    browser = sign_in(who)
    for url in ADDRESSES:
        assert browser.get(url).status_code == 404, url
    assert browser.get("/complaints/?way=all").status_code in (403, 404)


@pytest.mark.parametrize("way", ["nothing", "step:nowhere", "move:closed", "variant:%27", "step:"])
def test_a_way_that_leads_nowhere_is_not_found(manager: FlaskClient, way: str) -> None:
    assert manager.get(f"/complaints/?way={way}").status_code == 404


def test_days_that_make_no_period_are_said_and_no_file_is_made_of_them(
    manager: FlaskClient,
) -> None:
    days = "from=2025-02-10&to=2025-02-01"
    page = manager.get(f"/paths/?{days}")
    assert "The period ends before it begins." in page.text
    assert manager.get(f"/paths/log.xes?{days}").status_code == 400
    assert (
        manager.get("/complaints/?way=all&in_from=2025-02-10&in_to=2025-02-01").status_code == 404
    )


def test_a_period_in_which_nothing_ended_says_so(manager: FlaskClient) -> None:
    page = manager.get("/paths/?from=2024-01-01&to=2024-01-31").text
    assert "No complaint ended in this period." in page
    assert "<trace>" not in read(manager, "/paths/log.xes?from=2024-01-01&to=2024-01-31")


def test_the_map_costs_as_many_queries_for_many_complaints(
    app: Flask, manager: FlaskClient
) -> None:
    manager.get("/paths/")
    with counted(app) as statements:
        manager.get("/paths/")
    assert len(statements) <= QUERIES, "\n".join(statements)
