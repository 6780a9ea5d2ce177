"""What another site sends in somebody's name: refused on every route, by a page of ours (S-26)."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.pages.conftest import SignIn
from tests.pages.shell.test_every_route import changing_routes, filled
from tickets.database import db

EVIL = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
NOT_UNDERSTOOD = {"en": "This request could not be understood.", "zh-CN": "无法理解此请求。"}
LANGUAGE_TAGS = {"en": "en", "zh-CN": "zh-Hans"}


@pytest.fixture(autouse=True)
def _as_in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is a page, and not an error of the test."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)


@pytest.fixture
def browsers(app: Flask, sign_in: SignIn) -> dict[str, FlaskClient]:
    """Signed in, signed out, and with form tokens from now on."""
    found = {"admin": sign_in("admin"), "chen": sign_in("chen"), "nobody": app.test_client()}
    app.config["WTF_CSRF_ENABLED"] = True
    return found


@pytest.fixture(autouse=True)
def _tokens_off_again(app: Flask) -> Iterator[None]:
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    for rule, method in changing_routes(app):
        known = {"number": "25-0314-7K", "action": "resolve", "code": "x"}
        yield filled(app, rule, known, UUID(int=1)), method
    yield from (("/login", "POST"), ("/logout", "POST"), ("/account/password", "POST"))


@pytest.mark.parametrize("who", ["admin", "chen", "nobody"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_route_refuses_it_with_our_page_and_asks_the_database_nothing(
    app: Flask,
    browsers: dict[str, FlaskClient],
    caplog: pytest.LogCaptureFixture,
    who: str,
    language: str,
) -> None:
    browser, asked = browsers[who], []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *said: asked.append(said[2]))
    headers = {**EVIL, "Accept-Language": language}
    try:
        answers = {
            (address, method): browser.open(
                address, method=method, data={"text": "typed elsewhere"}, headers=headers
            )
            for address, method in addresses(app)
        }
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert len(answers) > 90
    assert {answer.status_code for answer in answers.values()} == {400}
    for answer in answers.values():
        assert f'lang="{LANGUAGE_TAGS[language]}"' in answer.text
        assert NOT_UNDERSTOOD[language] in answer.text
        assert "typed elsewhere" not in answer.text
        assert answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert asked == []
    refusals = [each for each in caplog.records if "form token refused" in str(each.msg)]
    assert len(refusals) == len(answers)
    assert [each for each in caplog.records if each.exc_info] == []


@pytest.mark.parametrize("who", ["admin", "nobody"])
def test_a_form_without_its_token_is_never_a_failure(
    app: Flask, browsers: dict[str, FlaskClient], who: str
) -> None:
    """Of ours as it seems, but the page was old: what was typed is kept, or asked for again."""
    statuses = {
        browsers[who].open(address, method=method, data={"text": "typed"}).status_code
        for address, method in addresses(app)
    }
    assert statuses <= {200, 303}


@pytest.mark.parametrize("headers", [EVIL, {}, {"HX-Request": "true"}])
@pytest.mark.parametrize("address", ["/login", "/complaints/new", "/admin/imports", "/nowhere"])
def test_too_large_a_form_is_told_as_that(
    app: Flask, browsers: dict[str, FlaskClient], address: str, headers: dict[str, str]
) -> None:
    largest = app.config["MAX_CONTENT_LENGTH"]
    for browser in browsers.values():
        answer = browser.post(address, data={"text": "x" * (largest + 1)}, headers=headers)
        assert answer.status_code == (404 if address == "/nowhere" else 413)
        assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""),
        (b"{" * 10_000, "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"\xff\xfe=%", "application/x-www-form-urlencoded"),
        (b"a=1&" * 2_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
    ],
)
def test_no_body_however_odd_is_a_failure(
    app: Flask, browsers: dict[str, FlaskClient], body: bytes, kind: str
) -> None:
    for browser in browsers.values():
        for address in ("/login", "/complaints/new", "/admin/imports", "/language"):
            answer = browser.post(address, data=body, content_type=kind, headers=EVIL)
            assert answer.status_code in (400, 404, 405, 413), (address, answer.status_code)
