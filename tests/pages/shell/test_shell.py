"""Languages, looks, keys and errors: what surrounds every page."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages.conftest import SignIn
from tickets.web.shell.languages import known_language, negotiated


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("zh-CN", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-SG", "zh_Hans"),
        ("zh-Hans-HK", "zh_Hans"),
        ("zh-TW", "zh_Hant"),
        ("zh-HK", "zh_Hant"),
        ("zh-MO", "zh_Hant"),
        ("zh-Hant-CN", "zh_Hant"),
        ("ZH_tw", "zh_Hant"),
        ("en-GB", "en"),
        ("fr", None),
        ("zhx", None),
    ],
)
def test_a_browser_asks_by_region_and_is_answered_by_script(tag: str, code: str | None) -> None:
    assert known_language(tag) == code


def test_the_first_language_that_we_speak_is_taken() -> None:
    assert negotiated(["fr", "zh-HK", "en"]) == "zh_Hant"
    assert negotiated([]) == "en"


@pytest.mark.parametrize(
    ("asked", "tag"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"), ("zh-TW,zh;q=0.9", "zh-Hant"), ("de", "en")],
)
def test_the_page_says_in_which_language_it_is(client: FlaskClient, asked: str, tag: str) -> None:
    page = client.get("/login", headers={"Accept-Language": asked}).text

    assert f'<html lang="{tag}"' in page


@pytest.mark.parametrize(("asked", "words"), [("zh-CN", "跳到正文"), ("zh-HK", "淺色或深色")])
def test_the_page_is_written_in_the_language_it_names(
    client: FlaskClient, asked: str, words: str
) -> None:
    assert words in client.get("/login", headers={"Accept-Language": asked}).text


def test_a_chosen_language_wins_over_the_browser(client: FlaskClient) -> None:
    answer = _choose(client, "/language", "zh_Hant", "/login?next=/callbacks/")

    assert answer.status_code == 303
    assert answer.location == "/login?next=/callbacks/"
    page = client.get("/login", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-Hant"' in page


def test_a_chosen_theme_is_kept_in_this_browser(client: FlaskClient) -> None:
    _choose(client, "/theme", "dark", "/login")

    assert 'data-bs-theme="dark"' in client.get("/login").text


@pytest.mark.parametrize("path", ["/language", "/theme"])
def test_an_unknown_choice_is_refused(client: FlaskClient, path: str) -> None:
    assert _choose(client, path, "klingon", "/login").status_code == 400


def test_a_choice_leads_nowhere_else(client: FlaskClient) -> None:
    assert _choose(client, "/language", "en", "//evil.example").location == "/"


def test_a_persons_choices_follow_them_to_another_browser(sign_in: SignIn) -> None:
    browser = sign_in("chen")
    for path, value in (("/language", "zh_Hans"), ("/theme", "dark"), ("/keys", "off")):
        browser.post(path, data={"value": value, "next": "/account"})

    page = sign_in("chen").get("/account", headers={"Accept-Language": "en"}).text

    assert '<html lang="zh-Hans"' in page
    assert 'data-bs-theme="dark"' in page
    assert 'data-shortcuts="off"' in page


def test_whoever_is_not_signed_in_has_no_shortcuts_to_switch(client: FlaskClient) -> None:
    page = _choose(client, "/keys", "off", "/").text

    assert 'action="/login' in page or 'name="login"' in page


def test_the_navigation_shows_what_the_person_may_open(sign_in: SignIn) -> None:
    desk, administrator = (sign_in(login).get("/account").text for login in ("chen", "admin"))

    assert 'data-key="g m"' not in desk
    assert 'data-key="g m"' in administrator


def test_a_missing_page_says_so_calmly_and_with_a_number(client: FlaskClient) -> None:
    answer = client.get("/nothing-here", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert "There is nothing here." in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.get("/theme")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def _choose(client: FlaskClient, path: str, value: str, then: str) -> TestResponse:
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/login").text)
    assert token is not None
    fields = {"value": value, "next": then, "csrf_token": token[1]}
    return client.post(path, data=fields)
