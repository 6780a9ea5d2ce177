"""Official days and days of files, taken over into a draft's calendar (SLA-11, C-10, C-11)."""

import html
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.models import LimitsVersion

ICAL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20251001
DTEND;VALUE=DATE:20251003
SUMMARY:National Day
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20251011
DTEND;VALUE=DATE:20251012
SUMMARY:Make-up
CATEGORIES:WORKDAY
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in("admin")


@pytest.fixture
def draft(admin: FlaskClient) -> str:
    answer = admin.post("/admin/limits/new", data={"source": "pack:cn-telecom", "title": "Our own"})
    assert answer.status_code == 303, answer.text
    return answer.location


def office_of(transaction: Transaction, draft: str) -> Mapping[str, Any]:
    with transaction() as session:
        rows = session.scalars(select(LimitsVersion)).all()
        row = next(each for each in rows if draft.endswith(str(each.id)))
        office: Mapping[str, Any] = row.document["calendars"]["office"]
        return office


def send_file(admin: FlaskClient, draft: str, content: str, name: str, **more: str) -> TestResponse:
    data = {"file": (BytesIO(content.encode()), name), **more}
    return admin.post(
        f"{draft}/calendars/office/import", data=data, content_type="multipart/form-data"
    )


def hidden_of(page: TestResponse) -> dict[str, str]:
    return {
        attribute(tag, "name"): attribute(tag, "value")
        for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    }


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def test_the_official_days_of_a_year_are_shown_before_they_are_kept(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    """SLA-11: nothing changes by looking; kept, the effect on open complaints comes next."""
    page = admin.get(f"{draft}/calendars/office/official?year=2024")
    assert "2024-10-01" in page.text
    assert "2024-10-12" in page.text, "the make-up workday"
    assert "provisional" not in page.text
    assert 2024 not in office_of(transaction, draft)["official_years"]

    kept = admin.post(f"{draft}/calendars/office/official", data={**hidden_of(page), "year": 2024})
    assert kept.status_code == 303, kept.text
    assert kept.location == f"{draft}/effect"
    office = office_of(transaction, draft)
    assert office["official_years"] == [2024, 2025, 2026]
    assert office["calendar"]["holidays"]["2024-10-01"] == "国庆节"
    assert office["calendar"]["special_hours"]["2024-10-12"]["spans"] == [
        ["09:00", "12:00"],
        ["13:00", "18:00"],
    ]
    again = admin.get(f"{draft}/calendars/office/official?year=2024").text
    assert "Nothing would change." in again


def test_a_year_that_is_not_announced_is_marked_as_provisional(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    page = admin.get(f"{draft}/calendars/office/official?year=2028")
    assert "2028 is provisional" in page.text
    admin.post(f"{draft}/calendars/office/official", data={**hidden_of(page), "year": 2028})
    assert office_of(transaction, draft)["provisional_years"] == [2027, 2028]
    assert "2028 provisional" in admin.get(draft).text


@pytest.mark.parametrize("year", ["soon", "0", "99999", ""])
def test_what_is_no_year_is_refused_at_its_field(admin: FlaskClient, draft: str, year: str) -> None:
    page = admin.get(f"{draft}/calendars/office/official", query_string={"year": year})
    assert 'id="year-error"' in page.text
    sent = admin.post(f"{draft}/calendars/office/official", data={"year": year})
    assert sent.status_code == 422


def test_a_calendar_without_country_has_no_official_days(admin: FlaskClient, draft: str) -> None:
    page = admin.get(f"{draft}/calendars/always/official?year=2026").text
    assert "No official days are known" in page


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (ICAL, "days.ics"),
        (
            "date,name,kind\n2025-10-01,National Day,holiday\n2025-10-02,National Day,holiday\n"
            "2025-10-11,Make-up,workday\n",
            "days.csv",
        ),
    ],
)
def test_a_file_is_shown_then_kept(
    admin: FlaskClient, draft: str, transaction: Transaction, content: str, name: str
) -> None:
    """SLA-11, C-11: whole days are local dates, and the year is official from then on."""
    before = office_of(transaction, draft)
    seen = send_file(admin, draft, content, name, official="y")
    assert seen.status_code == 200, seen.text
    assert "2025-05-01" in seen.text, "what the file leaves out is shown as leaving"
    assert office_of(transaction, draft) == before

    kept = admin.post(f"{draft}/calendars/office/keep", data=hidden_of(seen))
    assert kept.status_code == 303, kept.text
    assert kept.location == f"{draft}/effect"
    calendar = office_of(transaction, draft)["calendar"]
    this_year = {day: n for day, n in calendar["holidays"].items() if day.startswith("2025")}
    assert this_year == {"2025-10-01": "National Day", "2025-10-02": "National Day"}
    assert calendar["special_hours"]["2025-10-11"] == {
        "name": "Make-up",
        "spans": [["09:00", "12:00"], ["13:00", "18:00"]],
    }
    assert calendar["holidays"]["2026-10-01"], "other years stay"


def test_days_of_a_file_can_be_added_to_what_is_there(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    content = "\n".join(
        (
            "date,name,kind,from,to",
            "2027-07-01,Anniversary,holiday,,",
            "2027-07-02,Half,workday,09:00,12:00",
        )
    )
    seen = send_file(admin, draft, content, "more.csv")
    admin.post(f"{draft}/calendars/office/keep", data=hidden_of(seen))

    office = office_of(transaction, draft)
    assert office["provisional_years"] == [2027]
    assert office["calendar"]["holidays"]["2027-07-01"] == "Anniversary"
    assert office["calendar"]["holidays"]["2027-10-01"]
    assert office["calendar"]["special_hours"]["2027-07-02"]["spans"] == [["09:00", "12:00"]]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("date,name\n2027-13-01,Never\n", "days.csv", "Line 2"),
        ("date,name\n2027-10-01,a\n2027-10-01,a\n", "days.csv", "Line 3"),
        ("", "days.csv", "file-error"),
        ("hello", "days.ics", "This is not an iCalendar file."),
        ("date,name\n2024-10-01,Past\n", "days.csv", "All days of this file are past."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_lines(
    admin: FlaskClient, draft: str, content: str, name: str, says: str
) -> None:
    answer = send_file(admin, draft, content, name)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert says in answer.text


def test_without_a_file_the_form_says_so(admin: FlaskClient, draft: str) -> None:
    answer = admin.post(f"{draft}/calendars/office/import", data={})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_what_was_read_and_tampered_with_is_refused(
    admin: FlaskClient, draft: str, transaction: Transaction
) -> None:
    seen = send_file(admin, draft, ICAL, "days.ics")
    forged = {**hidden_of(seen), "holidays": "yesterday", "special_hours": "2025-01-01 soon"}
    answer = admin.post(f"{draft}/calendars/office/keep", data=forged)
    assert answer.status_code == 422


def test_a_calendar_of_what_was_in_force_takes_no_days(
    admin: FlaskClient, cast: Cast, draft: str, transaction: Transaction, clock: Clock
) -> None:
    """C-28."""
    with transaction():
        given.registered(cast, now=clock.now)
    page = admin.get("/admin/limits").text
    in_force = re.findall(r'href="(/admin/limits/[0-9a-f-]{36})"', page)[-1]
    seen = send_file(admin, in_force, ICAL, "days.ics")
    answer = admin.post(f"{in_force}/calendars/office/keep", data=hidden_of(seen))
    assert answer.status_code == 422
    assert "never changes" in answer.text
