"""Who oversees is decided by two administrators, where there are two (S-12, P11)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.two_administrators import (
    OVERSEERS,
    admin,
    decide,
    grant,
    make_administrator,
    person_page,
    requests,
    roles_of,
    second,
    told,
    version_on,
)
from tickets.models import (
    AdminEvent,
    Membership,
    Person,
)
from workflow.words import Role

OVERSIGHT = ("supervisor", "executive", "quality", "auditor", "administrator")

__all__ = ["admin", "second"]  # fixtures of this module


@pytest.mark.both_databases
@pytest.mark.parametrize("role", OVERSIGHT)
def test_a_role_that_oversees_is_given_when_the_other_approves(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction, role: str
) -> None:
    asked = grant(admin, cast, "wang", role)
    assert asked.status_code == 303
    page = admin.get(person_page(cast, "wang"))
    assert "a second administrator must approve it" in page.text
    assert "Waits for a second administrator" in page.text
    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK}
    assert told(transaction, "rights_asked") == {"li"}

    (request_id,) = requests(transaction)
    assert "Give a role" in second.get("/admin/rights").text
    assert "Wang" in second.get(f"/admin/rights/{request_id}").text
    assert decide(second, request_id).status_code == 303

    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK, Role(role)}
    assert told(transaction, "rights_decided") == {"admin"}
    assert told(transaction, "rights_changed") == set()


@pytest.mark.both_databases
def test_everything_is_on_record_with_both_names(
    admin: FlaskClient,
    second: FlaskClient,
    cast: Cast,
    transaction: Transaction,
    clock: Clock,
) -> None:
    grant(admin, cast, "wang", "auditor")
    clock.pass_(hours=1)
    decide(second, requests(transaction)[0])

    with transaction() as session:
        about = AdminEvent.subject_id == str(cast.people["wang"])
        events = list(session.scalars(select(AdminEvent).where(about).order_by(AdminEvent.at)))
        found = {each.action: (each.actor_id, each.after or {}) for each in events}
    assert set(found) == {"asked", "role_granted", "approved"}
    assert found["asked"][0] == found["role_granted"][0] == cast.people["admin"]
    by, said = found["approved"]
    assert by == cast.people["li"]
    assert (said["asked_by"], said["decided_by"], said["role"]) == ("Admin", "Li", "auditor")
    assert "Approved by a second administrator" in admin.get("/admin/changes").text


@pytest.mark.parametrize("role", ["front_desk", "agent", "lead"])
def test_other_roles_are_given_by_one(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction, role: str
) -> None:
    grant(admin, cast, "wang", role)
    assert Role(role) in roles_of(cast, transaction, "wang")
    assert requests(transaction) == []


def test_nobody_approves_their_own_request_not_even_in_another_tab(
    admin: FlaskClient, second: FlaskClient, sign_in: SignIn, cast: Cast, transaction: Transaction
) -> None:
    grant(admin, cast, "wang", "auditor")
    (request_id,) = requests(transaction)
    assert "Nobody decides on what they asked for" in admin.get(f"/admin/rights/{request_id}").text
    other_tab = sign_in("admin")
    for browser in (admin, other_tab):
        for decision in ("approve", "decline"):
            refused = decide(browser, request_id, decision, "because")
            assert refused.status_code == 422
            assert "Nobody decides on what they asked for" in refused.text
    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK}


def test_the_same_form_sent_twice_is_one_request(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    grant(admin, cast, "wang", "auditor")
    again = grant(admin, cast, "wang", "auditor")
    assert again.status_code == 422
    assert "waits for a second administrator already" in again.text
    assert len(requests(transaction)) == 1


@pytest.mark.both_databases
def test_whoever_gains_does_not_decide(
    admin: FlaskClient,
    second: FlaskClient,
    sign_in: SignIn,
    cast: Cast,
    transaction: Transaction,
) -> None:
    make_administrator(cast, transaction, "wang")
    grant(admin, cast, "wang", "auditor")
    (request_id,) = requests(transaction)
    assert told(transaction, "rights_asked") == {"li"}

    refused = decide(sign_in("wang"), request_id)
    assert refused.status_code == 422
    assert "would gain by" in refused.text
    assert decide(second, request_id).status_code == 303


def test_what_nobody_else_could_decide_is_not_asked_for(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """There are two, and one of them would gain."""
    refused = grant(admin, cast, "li", "auditor")
    assert refused.status_code == 422
    assert "it takes a third administrator" in refused.text
    assert requests(transaction) == []


def test_nobody_asks_for_a_role_of_their_own(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    refused = grant(admin, cast, "admin", "auditor")
    assert refused.status_code == 422
    assert "Nobody changes their own rights" in refused.text
    assert requests(transaction) == []


def test_one_does_not_make_a_second_administrator_to_approve_with(
    app: Flask, admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """The account is easily made; the role that approves takes two."""
    shown = admin.post("/admin/people/new", data={"login": "Puppet", "name": "Puppet"})
    found = re.search(r'id="issued-password">([^<]+)<', shown.text)
    assert found
    with transaction() as session:
        puppet = session.scalars(select(Person.id).where(Person.login == "puppet")).one()
    cast.people["puppet"] = puppet
    grant(admin, cast, "puppet", "administrator")
    grant(admin, cast, "wang", "supervisor")

    strings = app.test_client()
    strings.post("/login", data={"login": "puppet", "password": found[1]})
    new = "battery staple river"
    change = {"current_password": found[1], "new_password": new, "again_password": new}
    assert strings.post("/account/password", data=change).status_code == 303
    for request_id in requests(transaction):
        assert decide(strings, request_id).status_code == 403
    assert roles_of(cast, transaction, "puppet") == set()
    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK}
    assert (
        "an administrator issued"
        not in second.get(f"/admin/rights/{requests(transaction)[0]}").text
    )


def test_an_issued_password_that_still_holds_is_shown_to_who_decides(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    admin.post(person_page(cast, "wang", "password"))
    grant(admin, cast, "wang", "supervisor")
    page = second.get(f"/admin/rights/{requests(transaction)[0]}").text
    assert "whoever issued it could sign in as this person" in page


@pytest.mark.both_databases
def test_the_only_administrator_does_it_at_once_and_every_overseer_is_told(
    admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    assert grant(admin, cast, "wang", "administrator").status_code == 303
    assert roles_of(cast, transaction, "wang") == {Role.FRONT_DESK, Role.ADMINISTRATOR}
    assert requests(transaction) == []
    assert told(transaction, "rights_changed") == OVERSEERS | {"wang"}

    grant(admin, cast, "chen", "supervisor")
    assert roles_of(cast, transaction, "chen") == {Role.FRONT_DESK}, "from then on it takes two"


def test_an_account_that_is_closed_is_no_second_administrator(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    with transaction():
        cast.li.active = False
    grant(admin, cast, "wang", "auditor")
    assert Role.AUDITOR in roles_of(cast, transaction, "wang")
    assert "zheng" in told(transaction, "rights_changed")


@pytest.mark.both_databases
def test_an_overseers_password_is_issued_when_the_other_approves(
    app: Flask, admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    asked = admin.post(person_page(cast, "zheng", "password"))
    assert asked.status_code == 303
    assert "issued-password" not in asked.text
    still = app.test_client().post("/login", data={"login": "zheng", "password": PASSWORD})
    assert still.status_code == 303

    shown = decide(second, requests(transaction)[0])
    found = re.search(r'id="issued-password">([^<]+)<', shown.text)
    assert found, shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    login = {"login": "zheng", "password": found[1]}
    assert app.test_client().post("/login", data=login).status_code == 303
    assert found[1] not in admin.get("/admin/changes").text


def test_everybody_elses_password_is_issued_by_one(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    assert "issued-password" in admin.post(person_page(cast, "chen", "password")).text
    assert "issued-password" in admin.post(person_page(cast, "sun", "password")).text
    assert requests(transaction) == []


def test_an_overseer_whose_account_was_closed_comes_back_by_two(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    with transaction():
        cast.zheng.active = cast.wang.active = False
    admin.post(person_page(cast, "zheng", "enable"))
    admin.post(person_page(cast, "wang", "enable"))
    with transaction():
        assert (cast.zheng.active, cast.wang.active) == (False, True)
    decide(second, requests(transaction)[0])
    with transaction():
        assert cast.zheng.active


@pytest.mark.both_databases
def test_one_administrator_does_not_take_the_other_out_to_be_alone(
    admin: FlaskClient, second: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    disable = person_page(cast, "li", "disable")
    said = {"version": version_on(admin.get(disable))}
    assert admin.post(disable, data=said).status_code == 303
    with transaction() as session:
        role = Membership.role == Role.ADMINISTRATOR
        held = session.scalars(
            select(Membership.id).where(Membership.person_id == cast.people["li"], role)
        ).one()
    take = person_page(cast, "li", "roles", str(held))
    assert admin.post(take, data={"version": version_on(admin.get(take))}).status_code == 303

    with transaction():
        assert cast.li.active
        assert Role.ADMINISTRATOR in cast.li.roles
    first, other = requests(transaction)
    assert decide(second, other).status_code == 303, "who loses by it may agree"
    assert roles_of(cast, transaction, "li") == {Role.FRONT_DESK}
