"""The board of whoever leads a department: its orders, what to do with them, nobody else's."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.desk import hidden
from tests.pages.queries import counted
from tickets.database import new_id
from tickets.models import Membership, Person, WorkOrder
from workflow.words import Role

QUERIES = 14
"""Of the page, besides those of signing in that every page has."""
NUMBER = re.compile(
    r'id="[nt]-[^"]*" href="(/complaints/\?board=[^"]+)"[^>]*>(?:\s*<span[^>]*>)?(\d+)<'
)


@pytest.fixture
def numbers(transaction: Transaction, cast: Cast, now: datetime) -> dict[str, str]:
    """One order of the network department in each state, one of another, one of both."""
    with transaction():
        sent = given.dispatched(cast, "network", now=now)
        accepted = given.dispatched(cast, "network", now=now + timedelta(minutes=10))
        given.do("accept", given.orders(accepted)[0], cast.zhao, now + timedelta(minutes=11))
        both = given.dispatched(cast, "network", "billing", now=now + timedelta(minutes=20))
        given.do("urge", both, cast.chen, now + timedelta(minutes=21), text="Please.")
        back = given.dispatched(cast, "network", now=now + timedelta(minutes=30))
        (order,) = given.orders(back)
        given.do("return", order, cast.zhao, now + timedelta(minutes=31), reason="Not ours.")
        foreign = given.dispatched(cast, "billing", now=now + timedelta(minutes=40))
        made = {"sent": sent, "accepted": accepted, "both": both, "back": back, "foreign": foreign}
        return {name: complaint.number for name, complaint in made.items()}


@pytest.fixture
def lead(sign_in: SignIn, numbers: dict[str, str], clock: Clock) -> FlaskClient:
    clock.pass_(hours=5)
    return sign_in("sun")


def leads_too(transaction: Transaction, cast: Cast, name: str, unit: str) -> None:
    with transaction() as session:
        session.add(
            Membership(
                id=new_id(),
                person_id=cast.people[name],
                unit_id=cast.units[unit],
                role=Role.LEAD,
            )
        )


def order_of(transaction: Transaction, cast: Cast, unit: str, number: str) -> WorkOrder:
    with transaction() as session:
        query = session.query(WorkOrder).filter(WorkOrder.unit_id == cast.units[unit])
        found: WorkOrder = query.filter(WorkOrder.complaint.has(number=number)).one()
        session.expunge_all()
        return found


def total_of(page: str) -> int:
    found = re.search(r"(\d+) rows?", page)
    return int(found.group(1)) if found else 0


def test_every_number_of_a_department_is_the_total_of_its_list_and_of_its_file(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    """REP-02, S-33: of one department, and of two, where both together count a complaint once."""
    for more in ((), ("billing",)):
        for unit in more:
            leads_too(transaction, cast, "sun", unit)
        found = NUMBER.findall(lead.get("/board/").text)
        assert len(found) > 8
        for url, number in found:
            listed = lead.get(unescape(url)).text
            assert total_of(listed) == int(number), url
            export = lead.get(unescape(url).replace("/complaints/?", "/complaints/export.csv?"))
            assert export.text.count("\r\n") == int(number) + 1, url


def test_a_lead_sees_the_own_departments_orders_and_what_runs_out_first(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    page = lead.get("/board/").text
    assert "network" in page and "billing" not in page
    own = {
        order_of(transaction, cast, "network", numbers[name]).id.hex
        for name in ("sent", "accepted", "both")
    }
    assert set(re.findall(r'id="row-([0-9a-f]{32})"', page)) == own
    assert re.search(r'id="n-open-[0-9a-f]+"[^>]*>3<', page)
    assert re.search(r'id="n-returned-[0-9a-f]+"[^>]*>1<', page)
    assert re.search(r'id="n-urged-[0-9a-f]+"[^>]*>1<', page)
    why = re.search(r'id="why-[0-9a-f]+" href="([^"]+)"', page)
    assert why and lead.get(unescape(why.group(1))).status_code == 200


def test_the_clock_of_a_row_is_that_of_its_order(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    """Not the complaint's own, which is none of the department's business."""
    rows = lead.get("/board/").text.partition('id="first"')[2]
    assert rows.count('class="clock-kind">Accept') == 2
    assert rows.count('class="clock-kind">Answer') == 1
    assert "Resolution" not in rows


def test_naming_a_handler_leads_back_to_the_board_and_changes_it(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    order = order_of(transaction, cast, "network", numbers["sent"])
    page = lead.get("/board/").text
    before = lead.get("/board/live").headers["ETag"]
    url = re.search(rf'href="(/work-orders/{order.id}/actions/assign\?[^"]+)"', page)
    assert url, "a lead assigns inside the department"
    form = lead.get(unescape(url.group(1))).text
    address = re.search(r'<form method="post" action="(/work-orders/[^"]+)"', form)
    assert address
    said = dict(re.findall(r'name="(version|seen|event_id)"[^>]*value="([^"]*)"', form))
    answer = lead.post(
        unescape(address.group(1)), data={**said, "handler": str(cast.people["zhao"])}
    )
    assert answer.status_code == 303 and answer.location.startswith("/board/")
    moved = lead.get("/board/live", headers={"If-None-Match": before})
    assert moved.status_code == 200 and "Zhao" in moved.text
    same = lead.get("/board/live", headers={"If-None-Match": moved.headers["ETag"]})
    assert same.status_code == 304


def test_what_may_be_done_with_a_row_fits_its_state(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    page = lead.get("/board/").text
    for name, fits in (
        ("sent", {"accept", "assign", "return"}),
        ("accepted", {"assign", "answer", "return", "interim"}),
    ):
        order = order_of(transaction, cast, "network", numbers[name])
        offered = re.findall(rf'href="/work-orders/{order.id}/actions/(\w+)\?', page)
        assert set(offered) == fits, name
    assert "/complaints/" + numbers["sent"] + "/actions/" not in page


def test_accepting_from_the_board_is_done_once(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    order = order_of(transaction, cast, "network", numbers["sent"])
    form = lead.get(f"/work-orders/{order.id}/actions/accept").text
    said = {"version": hidden(form, "version"), "event_id": hidden(form, "event_id")}
    assert lead.post(f"/work-orders/{order.id}/actions/accept", data=said).status_code == 303
    assert order_of(transaction, cast, "network", numbers["sent"]).status == "accepted"


@pytest.mark.parametrize("address", ["/board/", "/board/live"])
def test_a_department_that_is_not_led_has_no_board(
    lead: FlaskClient, cast: Cast, address: str
) -> None:
    """S-08: neither the department's, nor that of a unit; unknown and foreign look alike."""
    own, foreign = cast.units["network"].hex, cast.units["billing"].hex
    assert lead.get(f"{address}?department={own}").status_code == 200
    for asked in (
        f"department={foreign}",
        "department=nothing",
        f"department={'0' * 32}",
        f"unit={cast.units['branch'].hex}",
        f"unit={own}",
        f"unit={own}&department={own}",
    ):
        assert lead.get(f"{address}?{asked}").status_code == 404, asked


@pytest.mark.parametrize("who", ["chen", "zhao", "zheng", "he", "admin"])
def test_whoever_leads_nothing_has_no_board_of_a_department(
    sign_in: SignIn, numbers: dict[str, str], cast: Cast, who: str
) -> None:
    """Also not the supervisor above it, who has the board of the branch."""
    browser = sign_in(who)
    for asked in ("all", cast.units["network"].hex):
        assert browser.get(f"/board/?department={asked}").status_code == 404
        listed = browser.get(f"/complaints/?board=open&board_department={asked}")
        assert listed.status_code in (403, 404)


def test_a_foreign_number_is_not_found(lead: FlaskClient, cast: Cast) -> None:
    """S-08."""
    own, foreign = cast.units["network"].hex, cast.units["billing"].hex
    assert lead.get(f"/complaints/?board=open&board_department={own}").status_code == 200
    for asked in (
        f"board=open&board_department={foreign}",
        "board=open&board_department=nothing",
        f"board=nothing&board_department={own}",
        f"board=callbacks_due&board_department={own}",
        "board=open",
        f"board=open&board_unit={own}",
    ):
        assert lead.get(f"/complaints/?{asked}").status_code == 404, asked
        assert lead.get(f"/complaints/export.csv?{asked}").status_code == 404, asked


def test_a_lead_of_two_departments_chooses_between_them(
    lead: FlaskClient, transaction: Transaction, cast: Cast, numbers: dict[str, str]
) -> None:
    leads_too(transaction, cast, "sun", "billing")
    whole = lead.get("/board/").text
    assert re.search(r'id="n-open"[^>]*>4<', whole), "one that both hold is counted once"
    opened = re.findall(r'id="n-open-[0-9a-f]+"[^>]*>(\d)<', whole)
    assert sorted(opened) == ["2", "3"]
    places = re.findall(r'<li><a href="(/board/\?department=[^"]+)"', whole)
    assert len(places) == 3
    billing = lead.get(f"/board/?department={cast.units['billing'].hex}").text
    assert re.search(r'id="n-open-[0-9a-f]+"[^>]*>2<', billing)
    live = re.search(r'data-board="([^"]+)"', billing)
    assert live and cast.units["billing"].hex in live.group(1), "it stays there while it lives"


def test_who_leads_and_oversees_has_both_boards(
    sign_in: SignIn, transaction: Transaction, cast: Cast, numbers: dict[str, str], clock: Clock
) -> None:
    leads_too(transaction, cast, "zheng", "network")
    clock.pass_(hours=5)
    zheng = sign_in("zheng")
    branch = zheng.get("/board/").text
    assert "Everything that I oversee" in branch and numbers["foreign"] in branch
    place = f"/board/?department={cast.units['network'].hex}"
    assert f'href="{place}"' in branch
    own = zheng.get(place).text
    assert re.search(r'id="n-open-[0-9a-f]+"[^>]*>3<', own)
    assert 'href="/board/"' in own, "and the way back"


def test_a_lead_who_left_has_no_board(
    lead: FlaskClient, transaction: Transaction, cast: Cast
) -> None:
    url = f"/complaints/?board=open&board_department={cast.units['network'].hex}"
    assert lead.get("/board/").status_code == 200 and lead.get(url).status_code == 200
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.person_id == cast.people["sun"]))
    assert lead.get("/board/").status_code == 404
    assert lead.get("/board/live").status_code == 404
    assert lead.get(url).status_code in (403, 404)
    with transaction() as session:
        session.get_one(Person, cast.people["sun"]).active = False
    assert lead.get("/board/").status_code == 303, "signed out"


def test_walls_and_maps_stay_with_those_who_oversee(lead: FlaskClient) -> None:
    assert lead.get("/board/walls").status_code == 403
    assert lead.get("/paths/").status_code == 404
    assert "/board/walls" not in lead.get("/board/").text
    assert "/paths/" not in lead.get("/reports/").text


def test_the_page_says_what_each_number_counts(lead: FlaskClient) -> None:
    page = unescape(lead.get("/board/").text)
    assert "The limit for accepting or answering has passed." in page
    assert "Callbacks" not in page.partition("<main")[2].partition("</main")[0]


def test_the_board_of_a_department_asks_the_same_however_much_it_holds(
    app: Flask, lead: FlaskClient, transaction: Transaction, cast: Cast, now: datetime
) -> None:
    with counted(app) as other:
        lead.get("/reports/")
    with counted(app) as few:
        lead.get("/board/")
    with transaction():
        for each in range(15):
            given.dispatched(cast, "network", now=now + timedelta(minutes=each))
    with counted(app) as many:
        lead.get("/board/")
    assert len(many) <= len(few) + 1
    assert len(many) - len(other) <= QUERIES
