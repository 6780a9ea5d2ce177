"""The pages of reports by mail: made by one, read by several, no business of others."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets.models import Person, ReportSchedule, Rhythm

QUERIES = 30


@pytest.fixture
def addresses(transaction: Transaction, cast: Cast) -> None:
    with transaction() as session:
        for name in ("zheng", "he"):
            session.get_one(Person, cast.people[name]).email = f"{name}@example.com"


@pytest.fixture
def zheng(sign_in: SignIn, addresses: None) -> FlaskClient:
    return sign_in("zheng")


def filled(cast: Cast, *recipients: str, **said: Any) -> dict[str, Any]:
    return {
        "report": "limits",
        "period": "last_month",
        "unit": "",
        "category": "",
        "channel": "phone",
        "tier": "",
        "rhythm": "monthly",
        "weekday": "1",
        "month_day": "31",
        "hour": "8",
        "format": "xlsx",
        "recipients": [str(cast.people[each]) for each in recipients],
        **said,
    }


def stored(transaction: Transaction) -> list[ReportSchedule]:
    with transaction() as session:
        rows = list(session.scalars(select(ReportSchedule)))
        for row in rows:
            list(row.recipients)
        session.expunge_all()
        return rows


def test_a_schedule_is_made_shown_changed_paused_and_removed(
    zheng: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """REP-04."""
    answer = zheng.post("/reports/schedules/new", data=filled(cast, "zheng", "he"))
    assert answer.status_code == 303
    (made,) = stored(transaction)
    assert made.scope == {"period": "last_month", "channel": "phone"}
    assert (made.rhythm, made.day, made.hour) == (Rhythm.MONTHLY, 31, 8)
    page = zheng.get("/reports/schedules").text
    assert "Every month on day 31 at 08:00" in page and "2025-03-31 08:00" in page
    assert "He" in page and "Zheng" in page

    url = f"/reports/schedules/{made.id}"
    form = zheng.get(url).text
    assert re.search(r'<option selected value="phone">', form)
    change = filled(cast, "zheng", rhythm="weekly", weekday="2", hour="6")
    assert zheng.post(url, data=change).status_code == 303
    assert "Every week on Tuesday at 06:00" in zheng.get("/reports/schedules").text

    assert zheng.post(f"{url}/pause").status_code == 303
    assert "paused" in zheng.get("/reports/schedules").text
    assert zheng.post(f"{url}/resume").status_code == 303
    assert stored(transaction)[0].active
    assert zheng.post(f"{url}/remove").status_code == 303
    assert stored(transaction) == []


def test_the_form_comes_filled_from_the_report(zheng: FlaskClient) -> None:
    page = zheng.get("/reports/schedules/new?report=callbacks&period=last_quarter&tier=A1").text
    for value in ("callbacks", "last_quarter", "A1"):
        assert f'<option selected value="{value}">' in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"recipients": []}, "Choose who gets it."),
        ({"recipients": ["nonsense"]}, "Choose who gets it."),
        ({"report": "nothing"}, "Not a valid choice"),
        ({"hour": "24"}, "Not a valid choice"),
        ({"period": "days"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    zheng: FlaskClient, cast: Cast, transaction: Transaction, wrong: dict[str, Any], says: str
) -> None:
    answer = zheng.post("/reports/schedules/new", data={**filled(cast, "zheng"), **wrong})
    assert answer.status_code == 422 and says in answer.text
    assert '<option selected value="phone">' in answer.text
    assert stored(transaction) == []


def test_whoever_may_not_see_reports_cannot_be_chosen(
    zheng: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """S-08."""
    with transaction() as session:
        session.get_one(Person, cast.people["chen"]).email = "chen@example.com"
    page = zheng.get("/reports/schedules/new").text
    assert str(cast.people["chen"]) not in page
    answer = zheng.post("/reports/schedules/new", data=filled(cast, "zheng", "chen"))
    assert answer.status_code == 422
    assert "Only people who may see this report" in answer.text


def test_only_its_maker_changes_a_schedule_and_a_reader_may_leave(
    zheng: FlaskClient, sign_in: SignIn, cast: Cast, transaction: Transaction
) -> None:
    zheng.post("/reports/schedules/new", data=filled(cast, "zheng", "he"))
    (made,) = stored(transaction)
    url = f"/reports/schedules/{made.id}"
    he, qian = sign_in("he"), sign_in("qian")
    assert "made by Zheng" in he.get("/reports/schedules").text
    assert "made by Zheng" not in qian.get("/reports/schedules").text
    for other in (he, qian):
        assert other.get(url).status_code == 404
        assert other.post(url, data=filled(cast, "he")).status_code == 404
        for what in ("pause", "resume", "remove"):
            assert other.post(f"{url}/{what}").status_code == 404
    assert qian.post(f"{url}/leave").status_code == 404
    assert he.post(f"{url}/leave").status_code == 303
    assert [each.person_id for each in stored(transaction)[0].recipients] == [cast.people["zheng"]]


@pytest.mark.parametrize("who", ["chen", "zhao", "admin"])
def test_for_others_there_are_no_schedules(sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get("/reports/schedules").status_code == 404


def test_the_list_asks_a_bounded_number_of_queries(
    app: Flask, zheng: FlaskClient, cast: Cast, clock: Clock, transaction: Transaction
) -> None:
    for each in range(3):
        zheng.post("/reports/schedules/new", data=filled(cast, "zheng", hour=str(each)))
    clock.pass_(hours=1)
    with counted(app) as few:
        zheng.get("/reports/schedules")
    for each in range(6):
        zheng.post("/reports/schedules/new", data=filled(cast, "zheng", "he", hour=str(each)))
    clock.pass_(hours=1)
    with counted(app) as many:
        zheng.get("/reports/schedules")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ReportSchedule)) == 9
    assert len(many) == len(few) <= QUERIES
