"""Absences: entered by whoever may, refused at their fields, ended early, shown as a banner."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tickets.database import db
from tickets.models import Absence, AdminEvent
from tickets.people import absences

DAY = timedelta(days=1)


def typed(cast: Cast, away: str, standing: str, **other: str) -> dict[str, str]:
    return {
        "person": str(cast.people[away]),
        "substitute": str(cast.people[standing]),
        "starts_at": "2025-03-11T10:00",
        "ends_at": "2025-03-15T09:00",
        "note": "On leave.",
        **other,
    }


def away(cast: Cast, person: str, substitute: str, now: datetime, **spans: Any) -> Absence:
    return absences.enter(
        cast.person(person),
        cast.person(substitute),
        spans.get("starts_at", now),
        spans.get("ends_at", now + 3 * DAY),
        actor=cast.person(person),
        now=now,
    )


def test_one_enters_ones_own_absence_and_it_is_on_record(
    transaction: Transaction, cast: Cast, sign_in: SignIn
) -> None:
    """OWN-06."""
    assert 'href="/absences/"' in sign_in("chen").get("/account").text
    assert sign_in("chen").post("/absences/", data=typed(cast, "chen", "li")).status_code == 303
    page = sign_in("chen").get("/absences/").text
    assert "Li" in page
    assert "On leave." in page
    with transaction() as session:
        row = session.scalars(select(Absence)).one()
        assert row.ends_at == datetime.fromisoformat("2025-03-15T01:00+00:00")
        assert "absent" in set(session.scalars(select(AdminEvent.action)))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"substitute": ""}, "This field is required."),
        ({"ends_at": "2025-03-10T10:00"}, "The end must come after the beginning."),
        ({"ends_at": "2027-03-10T10:00"}, "An absence is at most a year long."),
        ({"ends_at": "soon"}, "Please give date and time like 2026-01-31 08:30."),
        ({"note": "x" * 201}, "200"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, sign_in: SignIn, other: dict[str, str], said: str
) -> None:
    """Everything typed is kept."""
    answer = sign_in("chen").post("/absences/", data=typed(cast, "chen", "li", **other))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert other.get("note", "On leave.") in answer.text


@pytest.mark.parametrize("substitute", ["chen", "zhao"])
def test_nobody_stands_in_who_cannot_answer(
    cast: Cast, sign_in: SignIn, transaction: Transaction, substitute: str
) -> None:
    answer = sign_in("chen").post("/absences/", data=typed(cast, "chen", substitute))
    assert answer.status_code == 422
    with transaction() as session:
        assert session.scalars(select(Absence)).all() == []


@pytest.mark.parametrize(
    ("who", "person", "status"),
    [
        ("zheng", "chen", 303),
        ("admin", "north_desk", 303),
        ("he", "north_desk", 303),
        ("zheng", "north_desk", 422),
        ("chen", "wang", 422),
        ("zhao", "zhao", 303),
    ],
)
def test_supervisors_enter_for_people_below_them_and_administrators_for_all(
    cast: Cast, sign_in: SignIn, who: str, person: str, status: int
) -> None:
    form = typed(cast, person, "li")
    assert sign_in(who).post("/absences/", data=form).status_code == status


def test_somebody_is_back_early(
    cast: Cast, sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        key = away(cast, "chen", "li", clock.now).id
    clock.pass_(hours=3)
    address = f"/absences/{key}/end"
    for stranger in ("li", "wang", "north_supervisor"):
        assert sign_in(stranger).post(address).status_code == 404
    assert sign_in("chen").get(address).status_code == 405
    assert sign_in("zheng").post(address).status_code == 303
    with transaction() as session:
        assert session.get_one(Absence, key).ends_at == clock.now
    assert sign_in("zheng").post(address).status_code == 404


def test_whoever_stands_in_is_told_on_every_page(
    app: Flask, cast: Cast, sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    """OWN-06: the substitute of a substitute as well; for everybody else no query more."""
    with transaction():
        given.registered(cast, now=clock.now)
        away(cast, "chen", "wang", clock.now)
        away(cast, "wang", "li", clock.now)
        db.session.flush()
    li, wang = sign_in("li"), sign_in("wang")
    for address in ("/", "/complaints/", "/account"):
        page = li.get(address).text
        assert "You stand in for Chen until 2025-03-14 10:00." in page
        assert "You stand in for Wang" in page
        with counted(app) as statements:
            assert "You stand in" not in wang.get(address).text
        assert sum("FROM absence" in each for each in statements) == 1
    clock.pass_(days=4)
    assert "You stand in" not in sign_in("li").get("/").text


def test_a_circle_of_people_away_is_said_where_it_can_be_mended(
    cast: Cast, sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    """OWN-06: cycle-safe."""
    with transaction():
        away(cast, "chen", "li", clock.now)
        away(cast, "li", "chen", clock.now)
    assert "nobody acts" in sign_in("zheng").get("/absences/").text
