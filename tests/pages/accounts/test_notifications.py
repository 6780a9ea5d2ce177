"""The bell and the page behind it, and how people choose to be told."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets import messages
from tickets.messages.topics import FOR_PEOPLE
from tickets.models import Notification, Person, Preference, QuietHours, SignInSession


@pytest.fixture
def chen(sign_in: SignIn) -> FlaskClient:
    browser = sign_in("chen")
    browser.post("/language", data={"value": "en"})
    return browser


def told(
    transaction: Transaction, cast: Cast, now: datetime, *, count: int = 1, who: str = "chen"
) -> list[str]:
    """Notifications of one complaint; their keys."""
    with transaction() as session:
        complaint = registered(cast, now=now)
        for index in range(count):
            messages.tell(
                cast.people[who],
                "answered",
                now=now,
                once=f"{complaint.number}.{index}",
                complaint=complaint,
                values={"unit": {"en": "Network", "zh_Hans": "网络部"}},
            )
        rows = session.scalars(
            select(Notification).where(Notification.complaint_id == complaint.id)
        )
        return [str(row.id) for row in rows]


def test_the_bell_counts_what_is_unread(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    assert "bi-bell-fill" not in chen.get("/account").text
    told(transaction, cast, now, count=3)
    page = chen.get("/account").text
    assert "bi-bell-fill" in page
    assert "data-bell-count>3<" in page


def test_the_bell_costs_one_query(app: Flask, chen: FlaskClient) -> None:
    with counted(app) as statements:
        chen.get("/account")
    assert len([each for each in statements if "notification" in each]) == 1


def test_news_arrives_by_a_question_that_mostly_answers_nothing_new(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    first = chen.get("/notifications/unread")
    assert first.get_json() == {"count": 0, "shown": "0", "newest": ""}
    again = chen.get("/notifications/unread", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    told(transaction, cast, now)
    news = chen.get("/notifications/unread", headers={"If-None-Match": first.headers["ETag"]})
    assert news.status_code == 200
    assert "Network has answered." in news.get_json()["newest"]


def test_the_question_keeps_nobody_signed_in(
    transaction: Transaction, cast: Cast, chen: FlaskClient, clock: Clock
) -> None:
    """S-21: a forgotten page asks for ever; the session ends all the same."""
    clock.pass_(minutes=70)
    with transaction() as session:
        before = session.scalars(select(SignInSession.seen_at)).all()
    assert chen.get("/notifications/unread").status_code == 200
    with transaction() as session:
        assert session.scalars(select(SignInSession.seen_at)).all() == before
    clock.pass_(minutes=70)
    assert chen.get("/notifications/unread").status_code == 303


def test_opening_one_marks_it_read_and_leads_to_the_complaint(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    (key,) = told(transaction, cast, now)
    page = chen.get("/notifications").text
    assert "Network has answered." in page
    answer = chen.post(f"/notifications/{key}/open")
    assert answer.status_code == 303
    assert chen.get(answer.location).status_code == 200
    assert "Network has answered." not in chen.get("/notifications").text
    assert "Network has answered." in chen.get("/notifications?all=1").text


def test_nobody_opens_what_another_was_told(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    (key,) = told(transaction, cast, now, who="wang")
    assert chen.post(f"/notifications/{key}/open").status_code == 404
    assert key not in chen.get("/notifications?all=1").text


def test_marking_all_leaves_what_came_since(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    told(transaction, cast, now, count=2)
    seen = now + timedelta(minutes=1)
    told(transaction, cast, now + timedelta(minutes=2))
    assert chen.post("/notifications/read", data={"until": seen.isoformat()}).status_code == 303
    assert chen.get("/notifications/unread").get_json()["count"] == 1
    assert chen.post("/notifications/read", data={"until": "soon"}).status_code == 400


def test_every_notification_can_be_reached(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    keys = told(transaction, cast, now, count=120)
    seen = "".join(chen.get(f"/notifications?page={page}").text for page in (1, 2, 3))
    assert all(key in seen for key in keys)
    assert "99+" in seen


def test_a_notification_is_read_in_the_readers_language(
    transaction: Transaction, cast: Cast, now: datetime, chen: FlaskClient
) -> None:
    told(transaction, cast, now)
    chen.post("/language", data={"value": "zh_Hans"})
    assert "网络部" in chen.get("/notifications").text


def wishes(**changes: str) -> dict[str, str]:
    form = {"email": "chen@example.com", "mobile": "139 0000 0001", "everything": "digest"}
    return {**form, **{f"topic_{topic.code}": "as_above" for topic in FOR_PEOPLE}, **changes}


def test_people_say_how_they_want_to_be_told(
    transaction: Transaction, cast: Cast, chen: FlaskClient
) -> None:
    answer = chen.post(
        "/account/messages",
        data=wishes(topic_urged="both", quiet_from="22:00", quiet_until="07:00", digest_at="09:00"),
    )
    assert answer.status_code == 303, answer.text
    with transaction() as session:
        person = session.get_one(Person, cast.people["chen"])
        assert (person.email, person.mobile) == ("chen@example.com", "+8613900000001")
        rows = {row.topic: row for row in session.scalars(select(Preference))}
        assert set(rows) == {"", "urged"}
        assert (rows["urged"].email, rows["urged"].sms) == (True, True)
        assert rows[""].digest
        assert session.get_one(QuietHours, person.id).quiet_from is not None
    page = chen.get("/account/messages").text
    assert 'value="22:00"' in page
    assert chen.post("/account/messages", data=wishes()).status_code == 303
    with transaction() as session:
        assert [row.topic for row in session.scalars(select(Preference))] == [""]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("email", "chen at work", "not an e-mail address"),
        ("email", "a@example.com\nBcc: b@example.com", "not an e-mail address"),
        ("mobile", "010 6552 9988", "not the number of a mobile"),
        ("mobile", "12", "not the number of a mobile"),
        ("quiet_until", "", "Give both ends"),
        ("quiet_until", "22:00", "whole day or nothing"),
        ("quiet_until", "25:00", "Not a valid time"),
        ("everything", "pigeon", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_stays(
    chen: FlaskClient, field: str, typed: str, words: str
) -> None:
    form = wishes(quiet_from="22:00", quiet_until="07:00")
    answer = chen.post("/account/messages", data={**form, field: typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'value="22:00"' in answer.text
