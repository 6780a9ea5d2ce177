"""Reports of whoever leads a department, as pages, files and lists."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.kept import Kept
from tests.pages.board.test_department_board import leads_too
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tests.pages.reports.test_report_schedules import filled, stored
from tests.pages.reports.test_reports import links, total_of_list
from tickets.facts import building
from tickets.models import Membership, Person, ReportSchedule
from tickets.reports.registry import OF_DEPARTMENTS, REPORTS
from workflow.words import CallOutcome, Remedy, Resolution

QUERIES = 45


@pytest.fixture
def desk(kept: Kept, transaction: Transaction, cast: Cast, now: datetime) -> None:
    """What each department did of everything that is counted, and once more by billing."""
    kept(lambda: counted_desk(transaction, cast, now))


def counted_desk(transaction: Transaction, cast: Cast, now: datetime) -> None:
    with transaction():
        for unit, agent in (("network", cast.zhao), ("billing", cast.zhou), ("billing", cast.zhou)):
            complaint = given.dispatched(cast, unit, now=now)
            (order,) = given.orders(complaint)
            given.do("return", order, agent, now + timedelta(hours=1), reason="Not ours.")
            at = now + timedelta(hours=2)
            given.do(
                "dispatch",
                complaint,
                cast.chen,
                at,
                units=[cast.units[unit]],
                question="Look again.",
                promised_at=at + timedelta(days=2),
            )
            order = given.orders(complaint)[-1]
            ruling = {"ruling": "bind_this", "reason": "It is yours."}
            given.do("arbitrate", order, cast.zheng, at, **ruling)
            given.do("accept", order, agent, at + timedelta(hours=1))
            given.do("answer", order, agent, at + timedelta(hours=2), answer="It was the cable.")
            given.do(
                "resolve",
                complaint,
                cast.chen,
                at + timedelta(hours=3),
                answer="Mended.",
                outcome=Resolution.UPHELD,
                cause=cast.cause,
                remedy=Remedy.REPAIR,
                liable_unit=cast.units[unit],
            )
            given.call(complaint, CallOutcome.ACCEPTED, at + timedelta(hours=4))
    with transaction():
        while ids := building.next_behind():
            building.count(ids)


@pytest.fixture
def lead(sign_in: SignIn, desk: None, clock: Clock) -> FlaskClient:
    clock.pass_(days=2)
    return sign_in("sun")


def test_a_lead_is_offered_the_reports_of_departments_only(lead: FlaskClient) -> None:
    page = lead.get("/reports/").text
    assert all(f'href="/reports/{name}"' in page for name in OF_DEPARTMENTS)
    assert not [name for name in REPORTS if f'href="/reports/{name}"' in page]


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_report_of_units_is_not_found_for_a_lead(lead: FlaskClient, name: str) -> None:
    for ending in ("", ".csv", ".xlsx"):
        assert lead.get(f"/reports/{name}{ending}").status_code == 404
    url = f"/complaints/?report={name}&table=units&row=total&column=all"
    assert lead.get(url).status_code == 404


@pytest.mark.parametrize("name", list(OF_DEPARTMENTS))
@pytest.mark.parametrize("who", ["zheng", "he", "shen", "zhao", "chen"])
def test_a_report_of_departments_is_not_found_for_whoever_leads_none(
    sign_in: SignIn, desk: None, name: str, who: str
) -> None:
    browser = sign_in(who)
    assert browser.get(f"/reports/{name}").status_code == 404
    assert browser.get(f"/reports/{name}.csv").status_code == 404


@pytest.mark.parametrize("name", list(OF_DEPARTMENTS))
def test_a_number_of_a_department_is_the_total_of_its_list_and_of_the_file(
    lead: FlaskClient, name: str
) -> None:
    """REP-01, REP-02, REP-03."""
    page = lead.get(f"/reports/{name}").text
    for each in OF_DEPARTMENTS[name].definitions:
        assert each.term in unescape(page) and each.meaning in unescape(page)
    found = links(page)
    assert found and "billing" not in page
    for url, number in found:
        listed = total_of_list(lead.get(url).text)
        assert 0 < listed <= number, url
        export = lead.get(url.replace("/complaints/?", "/complaints/export.csv?")).text
        assert len(list(csv.reader(io.StringIO(export)))) == listed + 1, url


def total(browser: FlaskClient, address: str) -> int:
    """The total of the first table."""
    rows = list(csv.reader(io.StringIO(browser.get(address).text)))
    return next(int(row[1]) for row in rows if row and row[0] == "Total")


@pytest.mark.parametrize("name", ["department_returns", "department_causes"])
def test_each_lead_counts_the_own_department(
    lead: FlaskClient, sign_in: SignIn, transaction: Transaction, cast: Cast, name: str
) -> None:
    """S-08; who leads two counts both, and may narrow to one of them, never beyond."""
    address = f"/reports/{name}.csv"
    assert total(lead, address) == 1
    assert total(sign_in("wu"), address) == 2
    leads_too(transaction, cast, "sun", "billing")
    assert total(lead, address) == 3
    assert total(lead, f"{address}?unit={cast.units['billing']}") == 2
    assert total(sign_in("wu"), f"{address}?unit={cast.units['network']}") == 2, "not theirs"


def test_a_foreign_departments_number_is_empty_or_not_found(lead: FlaskClient, cast: Cast) -> None:
    """S-08: whatever is asked for, the list holds nothing of another department."""
    foreign, own = cast.units["billing"].hex, cast.units["network"].hex
    at = "in_period=days&in_from=2025-03-01&in_to=2025-03-31"
    url = f"/complaints/?report=department_returns&table=returned&column=returns&{at}"
    assert total_of_list(lead.get(f"{url}&row={own}").text) == 1
    assert "Zhang" not in lead.get(f"{url}&row={foreign}").text
    assert lead.get(f"{url}&row=nothing").status_code == 404
    assert lead.get(f"/complaints/?report=returns&table=returned&row={own}").status_code == 404


def test_the_page_and_the_file_say_whose_figures_they_are(lead: FlaskClient, cast: Cast) -> None:
    """REP-03, REP-04."""
    page = unescape(lead.get("/reports/department_limits").text)
    assert "What the departments did that you lead" in page
    assert "All that you oversee" not in page and "Unit and below" not in page
    rows = list(csv.reader(io.StringIO(lead.get("/reports/department_limits.csv").text)))
    assert ["Department", "All that you lead"] in rows
    unit = cast.units["network"]
    text = lead.get(f"/reports/department_limits.csv?unit={unit}").text
    assert ["Department", "network"] in list(csv.reader(io.StringIO(text)))


def test_who_leads_and_oversees_has_both_kinds(
    sign_in: SignIn, desk: None, transaction: Transaction, cast: Cast, clock: Clock
) -> None:
    leads_too(transaction, cast, "zheng", "network")
    clock.pass_(days=2)
    zheng = sign_in("zheng")
    page = zheng.get("/reports/").text
    assert all(f'href="/reports/{name}"' in page for name in (*REPORTS, *OF_DEPARTMENTS))
    assert total(zheng, "/reports/returns.csv") == 3
    assert total(zheng, "/reports/department_returns.csv") == 1


def test_a_lead_who_left_has_no_reports(
    lead: FlaskClient, transaction: Transaction, cast: Cast
) -> None:
    assert lead.get("/reports/department_limits").status_code == 200
    with transaction() as session:
        session.execute(delete(Membership).where(Membership.person_id == cast.people["sun"]))
    for address in ("/reports/", "/reports/department_limits", "/reports/schedules"):
        assert lead.get(address).status_code == 404, address


@pytest.mark.parametrize("name", list(OF_DEPARTMENTS))
def test_a_report_of_departments_asks_a_bounded_number_of_queries(
    app: Flask, lead: FlaskClient, transaction: Transaction, cast: Cast, now: datetime, name: str
) -> None:
    with counted(app) as few:
        lead.get(f"/reports/{name}")
    with transaction():
        for each in range(6):
            given.dispatched(cast, "network", now=now + timedelta(minutes=each))
    with transaction():
        building.count(building.next_behind())
    with counted(app) as many:
        lead.get(f"/reports/{name}")
    assert len(many) == len(few) <= QUERIES


# By mail.


@pytest.fixture
def addresses(transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        for name in ("sun", "wu", "zheng"):
            session.get_one(Person, cast.people[name]).email = f"{name}@example.com"


def test_a_lead_sends_reports_to_leads_only(
    lead: FlaskClient, addresses: None, cast: Cast, transaction: Transaction
) -> None:
    """S-08: each with the figures of their own; a supervisor has no such report."""
    page = lead.get("/reports/schedules/new").text
    assert str(cast.people["wu"]) in page and str(cast.people["zheng"]) not in page
    said = {"report": "department_returns", "unit": str(cast.units["network"])}
    refused = lead.post("/reports/schedules/new", data=filled(cast, "zheng", **said))
    assert refused.status_code == 422 and "may see this report" in refused.text
    answer = lead.post("/reports/schedules/new", data=filled(cast, "sun", "wu", **said))
    assert answer.status_code == 303
    (made,) = stored(transaction)
    assert made.report == "department_returns"
    assert "What departments sent back" in lead.get("/reports/schedules").text


def test_a_lead_cannot_have_a_report_of_units_sent(
    lead: FlaskClient, addresses: None, cast: Cast, transaction: Transaction
) -> None:
    answer = lead.post("/reports/schedules/new", data=filled(cast, "sun", report="flow"))
    assert answer.status_code == 422
    with transaction() as session:
        assert session.scalar(select(ReportSchedule)) is None


def test_a_unit_that_does_not_go_with_the_report_is_refused_at_its_field(
    sign_in: SignIn, addresses: None, transaction: Transaction, cast: Cast
) -> None:
    leads_too(transaction, cast, "zheng", "network")
    zheng = sign_in("zheng")
    for report, unit, status in (
        ("limits", "network", 422),
        ("department_limits", "east_hall", 422),
        ("limits", "east_hall", 303),
        ("department_limits", "network", 303),
    ):
        said = filled(cast, "zheng", report=report, unit=str(cast.units[unit]))
        answer = zheng.post("/reports/schedules/new", data=said)
        assert answer.status_code == status, (report, unit)
        if status == 422:
            assert "This report does not count by this unit." in answer.text
            assert re.search(r'id="unit"[^>]*is-invalid|is-invalid[^>]*id="unit"', answer.text)
