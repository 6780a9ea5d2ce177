"""Every page has a declared permission, and is denied to everybody else (S-01, SEE-02)."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule, UUIDConverter

from tests.cast import PEOPLE, Cast
from tests.pages.conftest import SignIn
from tickets.web.shell.permissions import PUBLIC, TABLE, Permission
from workflow.words import Role

# One person for each role; two people of one role would prove the same twice.
HOLDERS = {
    Role.FRONT_DESK: "chen",
    Role.AGENT: "zhao",
    Role.LEAD: "sun",
    Role.SUPERVISOR: "zheng",
    Role.EXECUTIVE: "he",
    Role.QUALITY: "qian",
    Role.AUDITOR: "shen",
    Role.ADMINISTRATOR: "admin",
}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ENDS_THE_SESSION = frozenset({"auth.logout", "auth.sign_out_everywhere"})


def address_of(app: Flask, rule: Rule) -> str:
    """The rule's address with ids that belong to nothing."""
    values = {name: _foreign(rule, name) for name in rule.arguments}
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values, method=_method(rule))


def _foreign(rule: Rule, name: str) -> object:
    converter = type(rule._converters[name])
    return {UUIDConverter: uuid4(), IntegerConverter: 999_999}.get(converter, "nothing")


def _method(rule: Rule) -> str:
    methods = rule.methods or set()
    return "GET" if "GET" in methods else next(each for each in UNSAFE if each in methods)


def guarded(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if TABLE[rule.endpoint] is not PUBLIC]


def may(permission: Permission, role: Role) -> bool:
    return permission.roles is None or role in permission.roles


def test_every_address_has_a_permission(app: Flask) -> None:
    """S-01: an address that is not in the table fails the build."""
    declared = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert declared - set(TABLE) == set()


def test_the_table_names_nothing_that_is_gone(app: Flask) -> None:
    declared = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(TABLE) - declared == set()


def test_every_role_has_somebody_in_this_test() -> None:
    assert set(HOLDERS) == set(Role)
    assert all(PEOPLE[login][0][1] is role for role, login in HOLDERS.items())


def test_a_page_that_is_not_declared_is_denied_to_everybody(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TABLE, "auth.account")
    for login in HOLDERS.values():
        assert sign_in(login).get("/account").status_code == 403


def test_nobody_signed_out_reaches_a_guarded_page(app: Flask, client: FlaskClient) -> None:
    """SEE-02: reading leads to the sign-in page, and so does sending."""
    for rule in guarded(app):
        answer = client.open(address_of(app, rule), method=_method(rule))
        assert answer.status_code == 303, rule
        assert answer.location.startswith("/login"), rule


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_its_own_pages_only(
    app: Flask, cast: Cast, sign_in: SignIn, role: Role
) -> None:
    """SEE-02, S-02: every address, called with ids that belong to nothing."""
    browser = sign_in(HOLDERS[role])
    for rule in guarded(app):
        if rule.endpoint in ENDS_THE_SESSION:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = browser.open(address_of(app, rule), method=method)
            permission = TABLE[rule.endpoint]
            if not may(permission, role):
                assert answer.status_code == (404 if permission.hidden else 403), (rule, method)
                continue
            assert answer.status_code != 403, (rule, method)
            assert answer.status_code < 500, (rule, method)
            if "uuid" in rule.rule:
                assert answer.status_code == 404, (rule, method)


def test_an_address_that_does_not_exist_is_not_found_for_everybody(
    client: FlaskClient, sign_in: SignIn
) -> None:
    assert client.get("/nothing/here").status_code == 404
    assert sign_in("chen").get("/nothing/here").status_code == 404


def test_no_address_takes_the_name_of_a_table(app: Flask) -> None:
    """S-07: an address names one kind of thing; none asks which table an id is meant for."""
    suspicious = {"table", "model", "type", "kind", "object", "object_id", "item", "item_id", "id"}
    for rule in app.url_map.iter_rules():
        assert not suspicious & rule.arguments, rule
        assert len(rule.arguments) <= 2, rule
