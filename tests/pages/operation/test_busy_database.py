"""Somebody else holds SQLite's write lock: the desk is told, and nothing typed is lost."""

import io
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.databases import SQLiteDatabase
from tests.pages.conftest import Clock, SignIn
from tests.shown_forms import ShownForm, forms_of
from tickets import database as waits
from tickets.database import db, writing
from tickets.models import Cause, StoredFile

FORM = "/admin/causes/new"
TYPED = {
    "code": "cable_cut",
    "name_en": 'Cable <cut> & "quoted"',
    "name_zh_Hans": "光缆被挖断",
    "name_zh_Hant": "\n  two\nlines",
    "active": "y",
}
HTML = {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "en": "en"}
BUSY = "Too busy at this moment."
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    """A backup, a shell, a second server: whatever writes to the same file."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
        process.communicate()


@contextmanager
def held_by_another_thread(app: Flask) -> Iterator[None]:
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), writing():
            db.session.execute(select(Cause.code))
            held.set()
            let_go.wait(20)
            db.session.rollback()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(5)
    try:
        yield
    finally:
        let_go.set()
        thread.join()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "REQUEST_WAITS_SECONDS", 0.3)


def send_again(browser: FlaskClient, page: TestResponse, **more: Any) -> TestResponse:
    form: ShownForm = forms_of(page)["again"]
    return browser.post(form.action, data={**form.data, **more})


def causes(transaction: Transaction) -> dict[str, dict[str, str]]:
    with transaction() as session:
        return {cause.code: cause.names for cause in session.scalars(select(Cause))}


def sign_in_with_token(sign_in: SignIn, login: str, app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    browser = sign_in(login)
    app.config["WTF_CSRF_ENABLED"] = True
    return browser


def token_in(page: TestResponse) -> str:
    _, _, after = page.text.partition('name="csrf-token" content="')
    assert after
    return after.partition('"')[0]


def test_ten_seconds_for_requests_thirty_for_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert 5 < waits.REQUEST_WAITS_SECONDS < 10
    assert waits.BUSY_TIMEOUT_SECONDS == 30


def test_what_was_typed_comes_back_as_a_form_and_is_taken_when_sent_again(
    database: SQLiteDatabase, sign_in: SignIn, transaction: Transaction, form_tokens: None
) -> None:
    browser = sign_in_with_token(sign_in, "admin", database.app)
    token = token_in(browser.get(FORM))

    with held_by_another_process(database.path):
        told = browser.post(FORM, data=TYPED | {"csrf_token": token})

    assert told.status_code == 503
    assert int(told.headers["Retry-After"]) > 0
    assert BUSY in told.text
    assert "光缆被挖断" in told.text
    assert "cable_cut" not in causes(transaction)
    kept = forms_of(told)["again"].data
    assert {name: values[0] for name, values in kept.items() if name != "csrf_token"} == TYPED

    taken = send_again(browser, told)

    assert taken.status_code == 303
    assert causes(transaction)["cable_cut"]["zh_Hans"] == "光缆被挖断"


def test_another_thread_of_the_server_is_waited_for_no_longer(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    with held_by_another_thread(app):
        told = browser.post(FORM, data=TYPED)
    assert told.status_code == 503
    assert forms_of(told)["again"].data["code"] == ["cable_cut"]


def test_both_locks_are_waited_for_within_the_same_seconds(
    database: SQLiteDatabase, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in("admin")
    monkeypatch.setattr(waits, "REQUEST_WAITS_SECONDS", 1.5)
    with held_by_another_process(database.path):
        began = time.monotonic()
        first = threading.Thread(target=browser.post, args=(FORM,), kwargs={"data": TYPED})
        first.start()
        time.sleep(0.2)
        told = database.app.test_client().post("/login", data={"login": "chen", "password": "x"})
        waited = time.monotonic() - began
        first.join()
    assert told.status_code == 503
    assert waited < 2.5, "the wait for the thread and the wait for the process add up"


def test_several_turns_of_one_request_share_its_seconds(
    database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = database.app
    with held_by_another_process(database.path), app.app_context(), writing():
        began = time.monotonic()
        with waits.waiting_at_most(0.5):
            for _turn in range(3):
                with pytest.raises(waits.DatabaseBusy):
                    db.session.execute(select(Cause.code))
                db.session.rollback()
        assert time.monotonic() - began < 1.2


def test_signing_in_asks_for_the_password_again_and_shows_it_to_nobody(
    database: SQLiteDatabase, client: FlaskClient, cast: Cast
) -> None:
    with held_by_another_process(database.path):
        told = client.post("/login", data={"login": "chen", "password": PASSWORD})

    assert told.status_code == 503
    assert PASSWORD not in told.text
    assert forms_of(told)["again"].asked == ["password"]
    assert send_again(client, told, password=PASSWORD).location == "/"


def test_what_an_ended_session_carried_is_kept_too(
    database: SQLiteDatabase, sign_in: SignIn, clock: Clock
) -> None:
    browser = sign_in("admin")
    clock.pass_(hours=13)
    asked = browser.post(FORM, data=TYPED)
    carried = forms_of(asked)["sign-in"].data["carried"][0]

    with held_by_another_process(database.path):
        told = browser.post(
            "/login", data={"login": "admin", "password": PASSWORD, "carried": carried}
        )

    assert send_again(browser, told, password=PASSWORD).location == f"{FORM}?draft=1"


def test_files_are_asked_for_again(database: SQLiteDatabase, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    files = {"file": (io.BytesIO(b"a,b"), "complaints.csv"), "login": "chen"}
    with held_by_another_process(database.path):
        told = browser.post("/admin/imports", data=files, content_type="multipart/form-data")

    assert told.status_code == 503
    assert "Files could not be kept. Attach them again." in told.text
    assert forms_of(told)["again"].asked == ["file"]


def test_pages_are_still_read(database: SQLiteDatabase, sign_in: SignIn, clock: Clock) -> None:
    """Also when the last use of the session is to be noted, which has to wait and is left."""
    browser = sign_in("chen")
    clock.pass_(minutes=10)
    with held_by_another_process(database.path):
        assert browser.get("/complaints/").status_code == 200


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize(
    ("language", "sentence"), [("zh-CN", "系统正忙。"), ("en", BUSY), ("zh-TW", "系統")]
)
def test_it_is_our_page_in_the_readers_language_with_every_header(
    database: SQLiteDatabase, sign_in: SignIn, signed_in: bool, language: str, sentence: str
) -> None:
    browser = sign_in("admin") if signed_in else database.app.test_client()
    spoken = {"Accept-Language": language}
    address = FORM if signed_in else "/login"
    with held_by_another_process(database.path):
        told = browser.post(address, data=TYPED, headers=spoken)

    assert told.status_code == 503
    assert sentence in told.text
    assert f'lang="{HTML[language]}"' in told.text
    assert told.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["X-Request-ID"] in told.text


def test_another_sites_fields_get_no_form_of_ours(
    database: SQLiteDatabase, sign_in: SignIn
) -> None:
    """Our token in a form that another site filled in would be a trap with our name on it."""
    browser = sign_in("admin")
    with held_by_another_process(database.path):
        told = browser.post(FORM, data=TYPED, headers={"Origin": "https://evil.example"})
    assert told.status_code == 503
    assert "again" not in forms_of(told)


def test_a_script_gets_a_part_of_a_page(database: SQLiteDatabase, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    with held_by_another_process(database.path):
        told = browser.post(FORM, data=TYPED, headers={"HX-Request": "true"})
    assert told.status_code == 503
    assert "<html" not in told.text
    assert forms_of(told)["again"].data["code"] == ["cable_cut"]


def test_the_log_says_what_happened(
    database: SQLiteDatabase, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    browser = sign_in("admin")
    caplog.set_level(logging.INFO)
    with held_by_another_process(database.path):
        browser.post(FORM, data=TYPED)
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    (busy,) = [each for each in said if each["event"] == "database busy"]
    assert "locked" in busy["error"]
    assert "光缆" not in str(said)


def test_no_draft_of_a_file_is_left(
    database: SQLiteDatabase, sign_in: SignIn, transaction: Transaction
) -> None:
    browser = sign_in("admin")
    with held_by_another_process(database.path):
        browser.post("/admin/imports", data={"file": (io.BytesIO(b"a"), "a.csv")})
    with transaction() as session:
        assert session.scalars(select(StoredFile)).all() == []
