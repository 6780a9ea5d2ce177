"""Nothing typed is lost when a session or a form token has expired (CON-07)."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets.models import Cause, Draft

FORM = "/admin/causes/new"
TYPED = {"code": "cable_cut", "name_en": "Cable <cut>", "name_zh_Hans": "光缆被挖断", "active": "y"}
NOTHING_SAVED = "Nothing was saved yet. Check what you typed and send it again."


def carried_on(page: TestResponse) -> str:
    found = re.search(r'name="carried"[^>]*value="([^"]*)"', page.text)
    assert found, page.text
    return unescape(found[1])


def causes(transaction: Transaction) -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Cause.code)))


def shows_what_was_typed(page: TestResponse) -> bool:
    return all(
        sign in page.text
        for sign in ('value="cable_cut"', "Cable &lt;cut&gt;", "光缆被挖断", NOTHING_SAVED)
    )


@pytest.mark.both_databases
def test_an_expired_session_returns_the_filled_form_after_signing_in(
    sign_in: SignIn, clock: Clock, transaction: Transaction
) -> None:
    browser = sign_in("admin")
    clock.pass_(hours=13)

    asked = browser.post(FORM, data=TYPED)
    assert "What you typed is kept." in asked.text
    again = browser.post(
        "/login",
        data={"login": "admin", "password": PASSWORD, "carried": carried_on(asked)},
        follow_redirects=True,
    )

    assert again.request.path == FORM
    assert shows_what_was_typed(again)
    assert "cable_cut" not in causes(transaction)


def test_a_mistyped_password_does_not_lose_it(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("admin")
    clock.pass_(hours=13)
    asked = browser.post(FORM, data=TYPED)

    carried = carried_on(asked)
    wrong = browser.post(
        "/login", data={"login": "admin", "password": "not this one", "carried": carried}
    )

    assert carried_on(wrong) == carried


def test_an_expired_form_token_returns_the_filled_form(
    app: Flask, sign_in: SignIn, transaction: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in("admin")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    again = browser.post(FORM, data=TYPED | {"csrf_token": "of yesterday"}, follow_redirects=True)

    assert again.request.path == FORM
    assert shows_what_was_typed(again)
    assert "cable_cut" not in causes(transaction)


def test_what_was_sent_at_last_is_no_draft_any_more(
    sign_in: SignIn, clock: Clock, transaction: Transaction
) -> None:
    browser = sign_in("admin")
    clock.pass_(hours=13)
    asked = browser.post(FORM, data=TYPED)
    browser.post(
        "/login", data={"login": "admin", "password": PASSWORD, "carried": carried_on(asked)}
    )

    sent = browser.post(f"{FORM}?draft=1", data=TYPED)

    assert sent.status_code == 303
    assert "cable_cut" in causes(transaction)
    with transaction() as session:
        assert session.scalars(select(Draft)).all() == []


def test_what_one_typed_is_not_shown_to_the_next_one_at_the_counter(
    sign_in: SignIn, clock: Clock, transaction: Transaction
) -> None:
    browser = sign_in("admin")
    clock.pass_(hours=13)
    asked = browser.post(FORM, data=TYPED)

    browser.post(
        "/login", data={"login": "chen", "password": PASSWORD, "carried": carried_on(asked)}
    )

    with transaction() as session:
        assert session.scalars(select(Draft)).all() == []


def test_a_forged_draft_is_nothing(client: FlaskClient, cast: Cast) -> None:
    signed = client.post(
        "/login", data={"login": "chen", "password": PASSWORD, "carried": "eyJhIjoxfQ.forged.x"}
    )
    assert signed.location == "/"


def test_what_another_site_sends_is_not_kept(client: FlaskClient, cast: Cast) -> None:
    answer = client.post(
        FORM, data=TYPED, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    )
    assert answer.status_code == 303
    assert "carried" not in answer.text


def test_passwords_are_never_kept(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("chen")
    clock.pass_(hours=13)
    asked = browser.post("/account/password", data={"current_password": PASSWORD})
    assert asked.status_code == 303


def test_files_cannot_be_kept_and_that_is_said(sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("admin")
    clock.pass_(hours=13)
    file = FileStorage(filename="photo.jpg")
    asked = browser.post(FORM, data=TYPED | {"photo": file}, content_type="multipart/form-data")
    assert "Files could not be kept. Attach them again." in asked.text
