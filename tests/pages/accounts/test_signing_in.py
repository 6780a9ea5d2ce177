"""Signing in and out in a browser (S-19…S-23, S-27, FLK-03…FLK-05)."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.accounts import sessions
from tickets.administration.people import Successor, disable, grant_role, take_role
from tickets.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from tickets.models import Installation, Person, SignInSession
from workflow.words import Role

NEW_PASSWORD = "battery staple"


def attempt(
    browser: FlaskClient, login: str, password: str = PASSWORD, **more: str
) -> TestResponse:
    return browser.post("/login", data={"login": login, "password": password, **more})


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def where(answer: TestResponse) -> str:
    return urlsplit(answer.location).path


def token_on(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def test_a_page_asks_for_signing_in_and_leads_back(client: FlaskClient, cast: Cast) -> None:
    asked = client.get("/account?tab=keys")
    assert (asked.status_code, where(asked)) == (303, "/login")

    page = client.get(asked.location)
    assert 'value="/account?tab=keys"' in page.text
    signed = attempt(client, "chen", next="/account?tab=keys")
    assert (signed.status_code, signed.location) == (303, "/account?tab=keys")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "////evil.example",
        "\\\\\\evil.example",
        "/\\evil.example",
        "%2F%2Fevil.example",
        "/%2Fevil.example",
        "javascript:alert(1)",
        "/\tevil",
    ],
)
def test_next_leads_nowhere_else(client: FlaskClient, cast: Cast, target: str) -> None:
    """FLK-05, S-27."""
    signed = attempt(client, "chen", next=target)
    assert signed.location == "/"


FORM_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{20,}")
"""Signed with the second it was made in, so it differs whenever a second passes in between."""


def test_unknown_disabled_and_wrong_look_alike(
    client: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    """S-19."""
    with transaction():
        cast.wang.active = False

    answers = [
        attempt(client, "nobody"),
        attempt(client, "wang"),
        attempt(client, "chen", "not this one"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert (
        len(
            {
                FORM_TOKEN.sub("", answer.text).replace(login, "")
                for answer, login in zip(answers, ("nobody", "wang", "chen"), strict=True)
            }
        )
        == 1
    )
    assert PASSWORD not in answers[1].text


def test_headers_of_the_caller_do_not_reset_the_count(client: FlaskClient, cast: Cast) -> None:
    """S-20, S-25."""
    for number in range(sessions.FAILURES_PER_ACCOUNT):
        client.post(
            "/login",
            data={"login": "chen", "password": "not this one"},
            headers={"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"10.0.0.{number}"},
        )
    refused = client.post(
        "/login",
        data={"login": "chen", "password": PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.99"},
    )
    assert refused.status_code == 429
    assert "Wait 15 minutes" in refused.text


def test_the_cookie_is_for_this_site_and_out_of_reach_of_scripts(
    client: FlaskClient, cast: Cast
) -> None:
    """S-23."""
    signed = attempt(client, "chen")
    cookie = signed.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_production_cookies_travel_encrypted_only(app: Flask, cast: Cast) -> None:
    """S-23."""
    app.config["SESSION_COOKIE_SECURE"] = True
    try:
        signed = attempt(app.test_client(), "chen")
    finally:
        app.config["SESSION_COOKIE_SECURE"] = False
    assert "Secure" in signed.headers["Set-Cookie"]


def test_the_session_token_is_on_no_page(sign_in: SignIn) -> None:
    """S-23."""
    browser = sign_in("chen")
    with browser.session_transaction() as kept:
        token = kept["_user_id"]
    assert token not in browser.get("/account").text


def test_nothing_from_before_signing_in_is_left_after_it(client: FlaskClient, cast: Cast) -> None:
    """FLK-03, S-21: a cookie that somebody else set before is useless after."""
    with client.session_transaction() as planted:
        planted["planted"] = "by somebody else"
        planted["csrf_token"] = "known to somebody else"
    before = client.get_cookie("session")
    attempt(client, "chen")

    with client.session_transaction() as kept:
        assert "planted" not in kept
        assert kept.get("csrf_token") != "known to somebody else"
    assert before is not None
    client.set_cookie("session", before.value)
    assert not is_signed_in(client)


def test_the_form_secret_changes_at_signing_in_and_out(
    client: FlaskClient, cast: Cast, form_tokens: None
) -> None:
    """FLK-03."""
    secrets = []
    page = client.get("/login")
    secrets.append(secret(client))
    attempt(client, "chen", csrf_token=token_on(page))
    page = client.get("/account")
    secrets.append(secret(client))
    client.post("/logout", data={"csrf_token": token_on(page)})
    client.get("/login")
    secrets.append(secret(client))
    assert len(set(secrets)) == 3


def secret(browser: FlaskClient) -> str:
    with browser.session_transaction() as kept:
        return str(kept["csrf_token"])


def test_a_session_ends_on_the_server_when_one_signs_out(sign_in: SignIn) -> None:
    """FLK-04: the cookie, kept by somebody, opens nothing any more."""
    browser = sign_in("chen")
    stolen = browser.get_cookie("session")
    assert stolen is not None

    assert where(browser.post("/logout")) == "/login"

    browser.set_cookie("session", stolen.value)
    assert not is_signed_in(browser)


def test_signing_out_is_not_a_link(sign_in: SignIn) -> None:
    """S-14."""
    browser = sign_in("chen")
    assert browser.get("/logout").status_code == 405
    assert is_signed_in(browser)


def test_a_new_password_signs_out_the_other_browsers_and_keeps_this_one(sign_in: SignIn) -> None:
    """S-22, FLK-04."""
    here, elsewhere = sign_in("chen"), sign_in("chen")
    with here.session_transaction() as kept:
        old_token = kept["_user_id"]

    changed = here.post(
        "/account/password",
        data={
            "current_password": PASSWORD,
            "new_password": NEW_PASSWORD,
            "again_password": NEW_PASSWORD,
        },
    )

    assert changed.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    with here.session_transaction() as kept:
        assert kept["_user_id"] != old_token


def test_a_wrong_present_password_changes_nothing(sign_in: SignIn, client: FlaskClient) -> None:
    browser = sign_in("chen")
    refused = browser.post(
        "/account/password",
        data={
            "current_password": "not this one",
            "new_password": NEW_PASSWORD,
            "again_password": NEW_PASSWORD,
        },
    )
    assert refused.status_code == 422
    assert "This is not your present password." in refused.text
    assert attempt(client, "chen").status_code == 303


def test_signing_out_everywhere_ends_every_browser(sign_in: SignIn) -> None:
    """S-22, FLK-04."""
    here, elsewhere = sign_in("chen"), sign_in("chen")
    here.post("/account/sign-out-everywhere")
    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize("change", ["grant", "take", "disable"])
def test_a_change_of_rights_signs_out_on_the_next_request(
    sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock, change: str
) -> None:
    """S-21, S-22, FLK-04."""
    browser = sign_in("chen")
    nobody = Successor(None, "")
    with transaction():
        chen, admin = cast.chen, cast.admin
        if change == "grant":
            grant_role(chen, cast.unit("billing"), Role.AGENT, actor=admin, now=clock.now)
        if change == "take":
            take_role(chen.memberships[0], nobody, actor=admin, now=clock.now)
        if change == "disable":
            disable(chen, nobody, actor=admin, now=clock.now)
    assert not is_signed_in(browser)


def test_a_session_left_alone_ends(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("chen")
    clock.pass_(hours=3)
    asked = browser.get("/account", follow_redirects=True)
    assert "Your session has ended. Sign in again." in asked.text


def test_a_session_in_use_goes_on_until_its_longest(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("chen")
    for _ in range(11):
        clock.pass_(hours=1)
        assert is_signed_in(browser)
    clock.pass_(hours=1)
    assert not is_signed_in(browser)


def test_the_last_use_is_written_now_and_then_only(
    sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    browser = sign_in("chen")
    began = clock.now

    def seen() -> list[object]:
        with transaction() as session:
            return list(session.scalars(select(SignInSession.seen_at)))

    clock.pass_(minutes=4)
    is_signed_in(browser)
    assert seen() == [began]
    clock.pass_(minutes=1)
    is_signed_in(browser)
    assert seen() == [clock.now]


def test_an_issued_password_must_be_changed_first(
    client: FlaskClient, cast: Cast, transaction: Transaction
) -> None:
    with transaction():
        cast.admin.password_is_initial = True

    attempt(client, "admin")

    assert where(client.get("/admin/units")) == "/account"
    client.post(
        "/account/password",
        data={
            "current_password": PASSWORD,
            "new_password": NEW_PASSWORD,
            "again_password": NEW_PASSWORD,
        },
    )
    assert client.get("/admin/units").status_code == 200


def test_preferences_are_kept_per_person(
    sign_in: SignIn, cast: Cast, transaction: Transaction
) -> None:
    browser = sign_in("chen")
    browser.post("/account/preferences", data={"language": "zh_Hant", "theme": "dark"})
    with transaction() as session:
        chen = session.get_one(Person, cast.people["chen"])
        assert (chen.language, chen.theme, chen.shortcuts) == ("zh_Hant", "dark", False)


def test_demo_accounts_are_listed_in_a_demo_only(
    client: FlaskClient, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    assert DEMO_PASSWORD not in client.get("/login").text
    with transaction() as session:
        session.merge(Installation(id=1, is_demo=True, created_at=clock.now))

    page = client.get("/login").text
    assert all(account.name in page for account in DEMO_ACCOUNTS)
    filled = client.post("/login", data={"as": "chen"}).text
    assert 'value="chen"' in filled
    assert f'value="{DEMO_PASSWORD}"' in filled


@pytest.mark.parametrize(
    "login", ["\x00", "chen\x00", "😀", "\u202enehc", "<img src=x onerror=alert(1)>"]
)
def test_an_odd_login_is_just_wrong(client: FlaskClient, cast: Cast, login: str) -> None:
    answer = attempt(client, login, "not this one")
    assert answer.status_code == 401
    assert "<img src=x" not in answer.text
