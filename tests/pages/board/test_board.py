"""The board and the wallboard as pages: numbers that lead somewhere, acting in place, links."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets.models import AdminEvent, Complaint, Customer, Person

QUERIES = 32
LINK = re.compile(r'<a class="(?:board-number|tally)[^"]*"[^>]*href="(/complaints/\?board=[^"]+)"')


@pytest.fixture
def numbers(transaction: Transaction, cast: Cast, now: datetime) -> dict[str, str]:
    with transaction():
        sent = given.dispatched(cast, "network", "billing", now=now)
        calm = given.registered(cast, now=now + timedelta(hours=1), by="li")
        answered = given.resolved(cast, now=now)
        north = given.registered(cast, now=now, by="north_desk")
        return {
            "sent": sent.number,
            "calm": calm.number,
            "answered": answered.number,
            "north": north.number,
        }


@pytest.fixture
def manager(sign_in: SignIn, numbers: dict[str, str], clock: Clock) -> FlaskClient:
    clock.pass_(hours=5)
    return sign_in("zheng")


def test_every_number_on_the_board_is_the_total_of_its_list(manager: FlaskClient) -> None:
    """REP-02, PER-03: badge, list, export."""
    page = manager.get("/board/").text
    found = re.findall(r'id="n-[^"]*" href="(/complaints/\?board=[^"]+)">(\d+)</a>', page)
    assert len(found) > 6
    for url, number in found:
        listed = manager.get(unescape(url)).text
        total = re.search(r"(\d+) rows?", listed)
        assert total and total.group(1) == number, url
        export = manager.get(unescape(url).replace("/complaints/?", "/complaints/export.csv?"))
        assert export.text.count("\r\n") >= int(number)


def test_the_oldest_of_each_unit_leads_to_exactly_that_complaint(
    manager: FlaskClient, sign_in: SignIn, numbers: dict[str, str], transaction: Transaction
) -> None:
    """REP-02, S-08."""
    page = manager.get("/board/").text
    found = re.findall(r'id="o-(\w+)" href="([^"]+)"[^>]*><time datetime="([^"]+)"', page)
    assert len(found) >= 3
    for _unit, url, at in found:
        answer = manager.get(unescape(url))
        assert answer.status_code == 302
        number = answer.location.rpartition("/")[2]
        with transaction() as session:
            complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
            assert complaint.registered_at == datetime.fromisoformat(at)
            assert number != numbers["north"]
        assert manager.get(answer.location).status_code == 200
    foreign = sign_in("north_supervisor")
    assert foreign.get(unescape(found[0][1])).status_code == 404
    for nowhere in ("", "?board=nothing", "?board=open&board_unit=x", "?board=arbitration"):
        assert manager.get(f"/complaints/oldest{nowhere}").status_code == 404, nowhere


def test_a_zero_on_the_board_is_no_link(manager: FlaskClient) -> None:
    """Neither in the table nor among the tiles: behind it stands nothing."""
    page = manager.get("/board/").text
    tiles = re.findall(
        r'<(a|div) class="tally[^>]*>\s*<span class="tally-count">(\d+)</span>', page
    )
    assert {tag for tag, number in tiles if number == "0"} == {"div"}
    assert {tag for tag, number in tiles if number != "0"} == {"a"}
    assert not re.search(r'<a class="board-number[^>]*>0</a>', page)


def test_what_runs_out_first_stands_first_and_says_why(
    manager: FlaskClient, numbers: dict[str, str]
) -> None:
    page = manager.get("/board/").text
    rows = re.findall(r'id="row-(\d{12})"', page)
    assert rows and numbers["north"] not in rows, "S-08: another branch's"
    assert "Why?" in page
    why = re.search(r'id="why-\d+" href="([^"]+)"', page)
    assert why and manager.get(unescape(why.group(1))).status_code == 200


def test_what_can_still_be_saved_is_seen_however_much_is_late(
    sign_in: SignIn, cast: Cast, transaction: Transaction, now: datetime, clock: Clock
) -> None:
    with transaction():
        late = [given.registered(cast, now=now - timedelta(days=30)).number for _ in range(20)]
        fresh = given.registered(cast, now=now + timedelta(hours=1)).number
    clock.pass_(hours=1)
    rows = re.findall(r'id="row-(\d{12})"', sign_in("zheng").get("/board/").text)
    assert len(rows) == 7 and set(rows[:6]) <= set(late) and rows[6] == fresh


def test_acting_leads_back_to_the_board(
    manager: FlaskClient, numbers: dict[str, str], transaction: Transaction
) -> None:
    page = manager.get("/board/").text
    url = re.search(rf'href="(/complaints/{numbers["sent"]}/actions/urge\?[^"]+)"', page)
    assert url, "a dispatched complaint can be urged"
    form = manager.get(unescape(url.group(1))).text
    address = re.search(r'<form method="post" action="(/complaints/[^"]+)"', form)
    assert address
    said = dict(re.findall(r'name="(version|seen|event_id)"[^>]*value="([^"]*)"', form))
    assert set(said) == {"version", "seen", "event_id"}
    answer = manager.post(unescape(address.group(1)), data={**said, "text": "Please."})
    assert answer.status_code == 303 and answer.location == "/board/"
    with transaction() as session:
        query = select(Complaint.urges).where(Complaint.number == numbers["sent"])
        assert session.scalar(query) == 1
    assert "urged 1 time" in manager.get("/board/live").text


def test_a_form_does_not_lead_away_from_this_site(
    manager: FlaskClient, numbers: dict[str, str]
) -> None:
    url = f"/complaints/{numbers['sent']}/actions/urge?back=https://elsewhere.example/"
    page = manager.get(url).text
    form = page[page.index('<form method="post" action="/complaints/') :]
    assert "elsewhere" not in form.partition("</form>")[0]


def test_the_moving_part_is_sent_only_when_it_moved(
    manager: FlaskClient, numbers: dict[str, str], transaction: Transaction, cast: Cast
) -> None:
    first = manager.get("/board/live")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert manager.get("/board/live", headers=tag).status_code == 304
    with transaction() as session:
        complaint = session.scalars(
            select(Complaint).where(Complaint.number == numbers["calm"])
        ).one()
        at = complaint.registered_at + timedelta(hours=1)
        given.do("raise_level", complaint, cast.person("zheng"), at, reason="Angry.")
    assert manager.get("/board/live", headers=tag).status_code == 200


@pytest.mark.parametrize("who", ["chen", "zhao", "admin"])
def test_for_whoever_oversees_nothing_there_is_no_board(
    sign_in: SignIn, numbers: dict[str, str], who: str
) -> None:
    browser = sign_in(who)
    assert browser.get("/board/").status_code == 404
    assert browser.get("/board/live").status_code == 404


@pytest.mark.parametrize("address", ["unit=nothing", "unit=00000000000000000000000000000000"])
def test_a_unit_that_is_not_overseen_has_no_board(
    manager: FlaskClient, cast: Cast, address: str
) -> None:
    assert manager.get(f"/board/?{address}").status_code == 404
    assert manager.get(f"/board/?unit={cast.units['north'].hex}").status_code == 404
    assert manager.get(f"/board/?unit={cast.units['branch'].hex}").status_code == 200
    assert manager.get("/complaints/?board=nothing").status_code == 404
    north = cast.units["north"].hex
    assert manager.get(f"/complaints/?board=open&board_unit={north}").status_code == 404


def test_who_only_looks_is_offered_nothing_to_do(sign_in: SignIn, numbers: dict[str, str]) -> None:
    page = sign_in("shen").get("/board/").text
    assert "/actions/" not in page and "row-" in page


def test_the_board_asks_the_same_of_its_database_however_much_is_open(
    app: Flask, manager: FlaskClient, transaction: Transaction, cast: Cast, now: datetime
) -> None:
    with counted(app) as few:
        manager.get("/board/")
    with transaction():
        for each in range(15):
            given.registered(cast, now=now + timedelta(minutes=each))
    with counted(app) as many:
        manager.get("/board/")
    assert len(many) <= len(few) + 1 <= QUERIES


# The wallboard.


@pytest.fixture
def link(manager: FlaskClient, cast: Cast) -> str:
    said = {"title": "Hall", "unit": cast.units["branch"].hex, "language": "en"}
    page = manager.post("/board/walls", data=said).text
    found = re.search(r'href="http://localhost(/wall/[^"]+)" data-wall-link', page)
    assert found
    return found.group(1)


def test_a_wallboard_opens_without_signing_in_and_names_nobody(
    app: Flask, link: str, numbers: dict[str, str], transaction: Transaction
) -> None:
    anybody = app.test_client()
    page = anybody.get(link)
    assert page.status_code == 200 and "Hall" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    with transaction() as session:
        names = {*session.scalars(select(Customer.name)), *session.scalars(select(Person.name))}
    # The link itself is a draw of letters, which may spell anybody.
    shown = (page.text + anybody.get(f"{link}/live").text).replace(link, "")
    assert not [name for name in names if name in shown]
    assert not [number for number in numbers.values() if number in shown]


def test_a_wallboard_asks_again_only_for_what_moved(app: Flask, link: str) -> None:
    anybody = app.test_client()
    first = anybody.get(f"{link}/live")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert anybody.get(f"{link}/live", headers=tag).status_code == 304


def test_a_link_that_was_taken_back_opens_nothing(
    app: Flask, manager: FlaskClient, link: str, transaction: Transaction
) -> None:
    page = manager.get("/board/walls").text
    revoke = re.search(r'action="(/board/walls/[^"]+/revoke)"', page)
    assert revoke and link not in page, "the link is shown once"
    assert manager.get(revoke.group(1)).status_code == 405, "never by GET"
    assert manager.post(revoke.group(1)).status_code == 303
    assert app.test_client().get(link).status_code == 404
    assert app.test_client().get(f"{link}/live").status_code == 404
    with transaction() as session:
        query = select(func.count()).where(AdminEvent.subject == "wallboard")
        assert session.scalar(query) == 2, "made and taken back are on record"


def test_another_branch_cannot_take_a_link_back(
    sign_in: SignIn, manager: FlaskClient, link: str
) -> None:
    page = manager.get("/board/walls").text
    revoke = re.search(r'action="(/board/walls/[^"]+/revoke)"', page)
    assert revoke
    assert sign_in("north_supervisor").post(revoke.group(1)).status_code == 404


def test_a_wallboard_needs_a_title_and_a_unit_that_is_overseen(
    manager: FlaskClient, cast: Cast
) -> None:
    for said in (
        {"title": "", "unit": cast.units["branch"].hex, "language": "en"},
        {"title": "Hall", "unit": cast.units["north"].hex, "language": "en"},
        {"title": "Hall", "unit": "", "language": "xx"},
        {"title": "x" * 121, "unit": cast.units["branch"].hex, "language": "en"},
    ):
        answer = manager.post("/board/walls", data=said)
        assert answer.status_code == 422 and "Please check" in answer.text


def test_guessing_a_link_opens_nothing(app: Flask, link: str) -> None:
    for guess in ("/wall/x", f"{link}x", f"/wall/{'x' * 5000}"):
        assert app.test_client().get(guess).status_code == 404
