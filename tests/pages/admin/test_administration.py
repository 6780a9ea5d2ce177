"""The administration pages (S-12, OWN-02, AUD-02, CON-02, S-29, S-30)."""

import html
import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, PEOPLE, Cast, dispatched, registered
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.models import AdminEvent, Complaint, Membership, Person, Unit
from tickets.policy import policy_now
from workflow.words import Role

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in("admin")


def version_on(page: TestResponse) -> str:
    found = re.search(r'name="version"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def person_page(cast: Cast, login: str, *more: str) -> str:
    return "/".join(["/admin/people", str(cast.people[login]), *more])


def unit_page(cast: Cast, code: str, *more: str) -> str:
    return "/".join(["/admin/units", str(cast.units[code]), *more])


@pytest.mark.both_databases
def test_a_unit_is_renamed_in_three_languages(
    admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    page = admin.get(unit_page(cast, "network"))
    sent = admin.post(
        unit_page(cast, "network"),
        data={
            "version": version_on(page),
            "code": "network",
            "kind": "department",
            "parent": str(cast.units["branch"]),
            "name_zh_Hans": "网络部",
            "name_zh_Hant": "網路部",
            "name_en": "Network",
        },
    )
    assert sent.status_code == 303, sent.text
    with transaction():
        names = cast.unit("network").names
    assert names == {"zh_Hans": "网络部", "zh_Hant": "網路部", "en": "Network"}
    history = admin.get(unit_page(cast, "network")).text
    assert "网络部 · 網路部 · Network" in history


def test_a_taken_code_is_refused_at_its_field_and_the_rest_is_kept(
    admin: FlaskClient, cast: Cast
) -> None:
    answer = admin.post(
        "/admin/units/new",
        data={
            "code": "network",
            "kind": "desk",
            "parent": str(cast.units["branch"]),
            "name_en": "A second one",
        },
    )
    assert answer.status_code == 422
    assert "The code network is taken." in answer.text
    assert 'id="code-error"' in answer.text
    assert 'value="A second one"' in answer.text


def test_a_cycle_is_refused_at_its_field(admin: FlaskClient, cast: Cast) -> None:
    page = admin.get(unit_page(cast, "branch"))
    answer = admin.post(
        unit_page(cast, "branch"),
        data={
            "version": version_on(page),
            "code": "branch",
            "kind": "branch",
            "parent": str(cast.units["network"]),
            "name_en": "Branch",
        },
    )
    assert answer.status_code == 422
    assert 'id="parent-error"' in answer.text


@pytest.mark.both_databases
def test_the_second_of_two_administrators_is_told_and_keeps_what_was_typed(
    admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """CON-02."""
    seen = version_on(admin.get(person_page(cast, "chen")))
    admin.post(person_page(cast, "chen"), data={"version": seen, "name": "Chen Jing"})

    late = admin.post(person_page(cast, "chen"), data={"version": seen, "name": "Chen J."})

    assert late.status_code == 409
    assert "Somebody else changed this meanwhile." in late.text
    assert "Chen Jing" in late.text
    assert 'value="Chen J."' in late.text
    again = admin.post(
        person_page(cast, "chen"), data={"version": version_on(late), "name": "Chen J."}
    )
    assert again.status_code == 303
    with transaction():
        assert cast.chen.name == "Chen J."


def test_retiring_a_unit_says_that_work_orders_are_open(
    admin: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction() as session:
        dispatched(cast, "vendor", now=clock.now)
        session.delete(cast.feng.memberships[0])

    page = admin.get(unit_page(cast, "vendor", "retire"))
    assert "1 open work order is with this unit." in page.text
    said = {"version": version_on(page), "seen": "1"}
    assert admin.post(unit_page(cast, "vendor", "retire"), data=said).status_code == 422
    confirmed = admin.post(unit_page(cast, "vendor", "retire"), data={**said, "confirmed": "y"})
    assert confirmed.status_code == 303
    with transaction():
        assert not cast.unit("vendor").active


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_changed(
    app: Flask, admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    shown = admin.post("/admin/people/new", data={"login": "Xu", "name": "徐佳"})
    found = re.search(r'id="issued-password">([^<]+)<', shown.text)
    assert found, shown.text

    browser = app.test_client()
    signed = browser.post("/login", data={"login": "xu", "password": found[1]})
    assert signed.status_code == 303
    assert urlsplit(browser.get("/admin/").location or "").path == ""  # no role, no page
    with transaction() as session:
        xu = session.scalars(select(Person).where(Person.login == "xu")).one()
        assert xu.password_is_initial
        assert found[1] not in str(session.scalars(select(AdminEvent.after)).all())


def test_an_administrator_cannot_raise_their_own_rights(
    admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """S-12."""
    version = version_on(admin.get(person_page(cast, "admin", "roles", "new")))
    answer = admin.post(
        person_page(cast, "admin", "roles", "new"),
        data={"version": version, "unit": str(cast.units["company"]), "role": "auditor"},
    )
    assert answer.status_code == 422
    assert "Nobody changes their own rights" in answer.text
    with transaction():
        assert cast.admin.roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("login", [login for login in PEOPLE if login != "admin"])
def test_nobody_else_sets_a_password_or_a_role(
    sign_in: SignIn, cast: Cast, transaction: Transaction, login: str
) -> None:
    """S-12."""
    browser = sign_in(login)
    assert browser.post(person_page(cast, "chen", "password")).status_code == 403
    role = {"unit": str(cast.units["company"]), "role": "supervisor"}
    assert browser.post(person_page(cast, login, "roles", "new"), data=role).status_code == 403
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(AdminEvent)) == 0
        assert session.scalar(select(func.count()).select_from(Membership)) == len(PEOPLE)


def test_a_role_of_another_person_is_not_found(
    admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """S-04."""
    with transaction():
        foreign = str(cast.wang.memberships[0].id)
    assert admin.get(person_page(cast, "chen", "roles", foreign)).status_code == 404
    assert admin.post(person_page(cast, "chen", "roles", foreign)).status_code == 404


@pytest.mark.both_databases
def test_closing_an_account_shows_what_hangs_on_it_and_asks_for_a_successor(
    admin: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    """OWN-02."""
    with transaction():
        registered(cast, now=clock.now)
        registered(cast, now=clock.now, severity="serious")

    page = admin.get(person_page(cast, "chen", "disable"))
    assert "Answers for 2 open complaints." in page.text
    refused = admin.post(person_page(cast, "chen", "disable"), data={"version": version_on(page)})
    assert refused.status_code == 422
    assert 'id="successor-error"' in refused.text
    taken = admin.post(
        person_page(cast, "chen", "disable"),
        data={
            "version": version_on(page),
            "successor": str(cast.people["wang"]),
            "reason": "Chen has left.",
        },
    )
    assert taken.status_code == 303, taken.text
    with transaction() as session:
        assert not cast.chen.active
        assert set(session.scalars(select(Complaint.responsible_id))) == {cast.people["wang"]}


def test_taking_the_desk_role_away_asks_for_a_successor(
    admin: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    """OWN-02."""
    with transaction():
        registered(cast, now=clock.now)
        membership = str(cast.chen.memberships[0].id)
    address = person_page(cast, "chen", "roles", membership)
    version = version_on(admin.get(address))
    assert admin.post(address, data={"version": version}).status_code == 422
    with transaction():
        assert cast.chen.roles == {Role.FRONT_DESK}


@pytest.mark.both_databases
def test_people_are_found_and_paged_to_the_end(
    admin: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    """PER-03."""
    with transaction() as session:
        for number in range(120):
            session.add(
                Person(
                    login=f"clerk{number:03}",
                    name=f"Clerk {number}",
                    password_hash="-",
                    password_changed_at=clock.now,
                    created_at=clock.now,
                )
            )
    assert "clerk119" not in admin.get("/admin/people").text
    assert "clerk119" in admin.get("/admin/people?q=clerk&page=3").text
    found = admin.get("/admin/people?q=Clerk 77").text
    assert "clerk077" in found
    assert "clerk078" not in found
    assert "clerk000" not in admin.get("/admin/people?q=%25_%00").text


@pytest.mark.both_databases
def test_a_setting_is_changed_and_its_history_is_on_the_page(
    admin: FlaskClient, transaction: Transaction
) -> None:
    """AUD-02."""
    page = admin.get("/admin/policy")
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    fields.pop("on_the_spot_counts")
    sent = admin.post("/admin/policy", data={**fields, "callback.attempts": "5"})
    assert sent.status_code == 303, sent.text
    with transaction():
        assert policy_now().callback.attempts == 5
        assert policy_now().writer_may_call_back
    assert "<del>3</del> → <ins>5</ins>" in admin.get("/admin/policy").text


def test_a_country_that_is_no_code_is_refused_at_its_field(admin: FlaskClient) -> None:
    answer = admin.post("/admin/policy", data={"region": "China"})
    assert answer.status_code == 422
    assert 'id="region-error"' in answer.text


def test_what_administrators_write_is_escaped(
    admin: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """S-29, S-30."""
    version = version_on(admin.get(person_page(cast, "chen")))
    admin.post(person_page(cast, "chen"), data={"version": version, "name": HOSTILE})
    admin.post(
        "/admin/units/new",
        data={
            "code": "hostile",
            "kind": "desk",
            "parent": str(cast.units["branch"]),
            "name_en": HOSTILE,
        },
    )
    with transaction() as session:
        assert session.scalar(select(Unit.id).where(Unit.code == "hostile")) is not None
    pages = (
        "/admin/people",
        "/admin/units",
        "/admin/changes",
        person_page(cast, "chen"),
        person_page(cast, "chen", "roles", "new"),
        person_page(cast, "wang", "disable"),
    )
    for page in pages:
        answer = admin.get(page)
        assert answer.status_code == 200
        assert "<img src=x" not in answer.text


@pytest.mark.parametrize("name", ["", "   ", "\x00", "x" * 121])
def test_a_name_that_cannot_be_kept_is_refused_at_its_field(
    admin: FlaskClient, cast: Cast, name: str
) -> None:
    version = version_on(admin.get(person_page(cast, "chen")))
    answer = admin.post(person_page(cast, "chen"), data={"version": version, "name": name})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text


def test_administrators_do_not_see_complaints_by_their_role(
    admin: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        registered(cast, now=clock.now, description="Unheard-of zebra on the line")
    for page in ("/admin/", "/admin/changes", person_page(cast, "chen")):
        assert "zebra" not in admin.get(page).text


def test_people_are_added_from_a_shell(
    app: Flask, cast: Cast, client: FlaskClient, transaction: Transaction
) -> None:
    runner = app.test_cli_runner()
    said = ["people", "add", "Xu", "徐佳", "front_desk", "east_hall", "--password-stdin"]
    added = runner.invoke(args=said, input="correct horse battery\n")
    assert added.exit_code == 0, added.output

    signed = client.post("/login", data={"login": "xu", "password": "correct horse battery"})
    assert signed.status_code == 303
    with transaction() as session:
        rules = set(session.scalars(select(AdminEvent.rule)))
    assert rules == {"flask people add"}
    again = runner.invoke(args=said, input="correct horse battery\n")
    assert again.exit_code == 1
    assert "taken" in again.output
    assert PASSWORD not in again.output


def test_orphans_are_told_by_the_nightly_check(
    app: Flask, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    """OWN-02."""
    runner = app.test_cli_runner()
    assert runner.invoke(args=["invariants", "check"]).exit_code == 0
    with transaction():
        registered(cast, now=clock.now)
        cast.chen.active = False
    told = runner.invoke(args=["invariants", "check"])
    assert told.exit_code == 1
    assert "chen" in told.output


@pytest.mark.both_databases
def test_the_first_administrator_founds_the_company_and_nobody_else_does(
    app: Flask, client: FlaskClient, transaction: Transaction
) -> None:
    """An empty production database must be possible to begin with, and only to begin with."""
    runner = app.test_cli_runner()

    def add(login: str, role: str, unit: str) -> int:
        said = ["people", "add", login, "Somebody", role, unit, "--password-stdin"]
        return runner.invoke(args=said, input="correct horse battery\n").exit_code

    assert add("desk", "front_desk", "acme") == 1
    assert add("boss", "administrator", "acme") == 0
    assert add("other", "administrator", "elsewhere") == 1

    signed = client.post("/login", data={"login": "boss", "password": "correct horse battery"})
    assert signed.status_code == 303
    assert "acme" in client.get("/admin/units").text
    with transaction() as session:
        assert session.scalars(select(Unit.code)).all() == ["acme"]
