"""PostgreSQL restarts, or ends our connections: readers need not know, writers lose nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, make_url, select

from tests.bare import Bare
from tests.cast import PASSWORD, Cast, registered
from tests.conftest import Transaction
from tests.databases import PostgreSQLDatabase
from tests.pages.conftest import Clock, SignIn
from tests.shown_forms import forms_of
from tickets import database as waits
from tickets.config import read_config
from tickets.database import db, new_id
from tickets.models import Cause

pytestmark = pytest.mark.postgres

FORM = "/admin/causes/new"
TYPED = {"code": "cable_cut", "name_en": "Cable cut", "name_zh_Hans": "光缆被挖断", "active": "y"}
GONE = "The database cannot be reached at this moment."
UNCERTAIN = "It is not certain whether this was saved."


def end_connections(database: PostgreSQLDatabase) -> int:
    """What a restart of the server does to everybody who is connected, the broom aside."""
    url = make_url(database.url).set(drivername="postgresql")
    broom = database.broom.connection.info.backend_pid if database.broom else 0
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = %s AND pid NOT IN (pg_backend_pid(), %s)",
            (database.name, broom),
        )
        return len(ended.fetchall())


@contextmanager
def breaking(
    database: PostgreSQLDatabase, moment: str, when: Callable[..., bool], times: int = 1
) -> Iterator[list[int]]:
    """End all connections just before the engine does this, so many times."""
    ended: list[int] = []

    def end(*said: Any) -> None:
        if len(ended) < times and when(*said):
            ended.append(end_connections(database))

    with database.app.app_context():
        engine = db.engine
    event.listen(engine, moment, end)
    try:
        yield ended
    finally:
        event.remove(engine, moment, end)


def asks_for_causes(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> bool:
    return "FROM cause" in statement or "INTO cause" in statement


def broken_at_causes(
    database: PostgreSQLDatabase, times: int = 1
) -> AbstractContextManager[list[int]]:
    return breaking(database, "before_cursor_execute", asks_for_causes, times)


@contextmanager
def server_away(database: PostgreSQLDatabase) -> Iterator[list[int]]:
    """Nobody listens where the server was; yields how often each request tried to connect."""
    asked: list[int] = []

    def refuse(*_said: Any) -> None:
        asked[-1] += 1
        raise psycopg.OperationalError("connection refused")

    def begin() -> None:
        asked.append(0)

    app = database.app
    with app.app_context():
        engine = db.engine
    engine.dispose()
    event.listen(engine, "do_connect", refuse)
    app.before_request_funcs[None].insert(0, begin)
    try:
        yield asked
    finally:
        app.before_request_funcs[None].remove(begin)
        event.remove(engine, "do_connect", refuse)


def said_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.msg["event"] for each in caplog.records if isinstance(each.msg, dict)]


def any_moment(*_said: Any) -> bool:
    return True


def causes(transaction: Transaction) -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Cause.code)))


def test_after_a_restart_no_page_fails(database: PostgreSQLDatabase, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    with database.app.app_context():
        held = [db.engine.connect() for _ in range(3)]
        for connection in held:
            connection.close()
    assert end_connections(database) >= 3

    statuses = [browser.get("/admin/causes").status_code for _ in range(4)]
    end_connections(database)
    sent = browser.post(FORM, data=TYPED)

    assert statuses == [200] * 4
    assert sent.status_code == 303


def test_a_page_whose_connection_breaks_is_read_once_more(
    database: PostgreSQLDatabase, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    browser = sign_in("admin")
    with broken_at_causes(database) as ended:
        page = browser.get("/admin/causes")
    assert len(ended) == 1
    assert page.status_code == 200
    assert "admin" in page.text, "it is read as the same person"
    assert "database connection lost, reading again" in said_in(caplog)


def test_it_is_read_once_more_and_no_more(
    database: PostgreSQLDatabase, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    browser = sign_in("admin")
    with broken_at_causes(database, times=5) as ended:
        page = browser.get("/admin/causes?x=1")
    assert len(ended) == 2
    assert page.status_code == 503
    assert GONE in page.text
    assert int(page.headers["Retry-After"]) > 0
    assert page.headers["Content-Security-Policy"]
    assert 'href="/admin/causes?x=1"' in page.text, "trying again is one click"
    assert said_in(caplog)[-2:] == ["database lost", "request"]


def test_what_was_typed_is_kept_when_the_connection_breaks(
    database: PostgreSQLDatabase, sign_in: SignIn, transaction: Transaction
) -> None:
    browser = sign_in("admin")
    with broken_at_causes(database):
        told = browser.post(FORM, data=TYPED)

    assert told.status_code == 503
    assert GONE in told.text
    assert "Nothing was changed." in told.text
    assert "cable_cut" not in causes(transaction)

    form = forms_of(told)["again"]
    assert browser.post(form.action, data=form.data).status_code == 303
    assert "cable_cut" in causes(transaction)


def test_nothing_is_promised_when_it_breaks_while_saving(
    database: PostgreSQLDatabase, sign_in: SignIn
) -> None:
    browser = sign_in("admin")
    with breaking(database, "commit", any_moment):
        told = browser.post(FORM, data=TYPED)
    assert told.status_code == 503
    assert UNCERTAIN in told.text
    assert "Nothing was changed" not in told.text
    assert forms_of(told)["again"].data["code"] == ["cable_cut"]


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", GONE), ("zh-CN", '<html lang="zh-Hans"')]
)
def test_a_server_that_is_away_is_asked_once_and_our_page_says_so(
    database: PostgreSQLDatabase, sign_in: SignIn, language: str, sentence: str
) -> None:
    browser = sign_in("admin")
    with server_away(database) as asked:
        told = browser.post(FORM, data=TYPED, headers={"Accept-Language": language})
        read = browser.get("/admin/causes", headers={"Accept-Language": language})
        signed_out = database.app.test_client().get("/login", headers={"Accept-Language": language})
    for page in (told, read, signed_out):
        assert page.status_code == 503
        assert sentence in page.text
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
    assert forms_of(told)["again"].data["code"] == ["cable_cut"]
    assert asked == [1, 1, 1], "the page asked the database again"


def test_what_is_wrong_with_a_request_is_told_though_nobody_knows_who_sent_it(
    database: PostgreSQLDatabase, client: FlaskClient, form_tokens: None
) -> None:
    """The form's token is looked for first, so too large a form is found before its sender."""
    largest = database.app.config["MAX_CONTENT_LENGTH"]
    with client.session_transaction() as session:
        session["_user_id"] = "of somebody"
    with server_away(database):
        told = client.post(FORM, data={"text": "x" * (largest + 1)})
    assert told.status_code == 413
    assert "That is too large." in told.text


def test_signing_in_while_the_server_is_away_loses_no_login(
    database: PostgreSQLDatabase, client: FlaskClient, cast: Cast
) -> None:
    with server_away(database):
        told = client.post("/login", data={"login": "chen", "password": PASSWORD})
    form = forms_of(told)["again"]
    assert (form.data["login"], form.asked) == (["chen"], ["password"])
    assert PASSWORD not in told.text


def test_health_says_503_while_the_server_is_away(
    database: PostgreSQLDatabase, client: FlaskClient
) -> None:
    with server_away(database):
        told = client.get("/healthz")
    assert told.status_code == 503
    assert told.get_json() == {"status": "unavailable"}, "a stranger learns no more"


def test_a_server_that_does_not_answer_is_not_waited_for_long() -> None:
    said = {
        "SHOUWEN_ENV": "production",
        "SECRET_KEY": "x" * 40,
        "BASE_URL": "https://complaints.example.com",
    }
    usual = read_config({**said, "DATABASE_URL": "postgresql+psycopg://db/name"}).for_flask()
    own = read_config(
        {**said, "DATABASE_URL": "postgresql+psycopg://db/name?connect_timeout=2"}
    ).for_flask()

    assert usual["SQLALCHEMY_ENGINE_OPTIONS"]["pool_pre_ping"]
    assert usual["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"] == {"connect_timeout": 5}
    assert "connect_args" not in own["SQLALCHEMY_ENGINE_OPTIONS"]


def test_a_row_that_somebody_else_holds_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
    cast: Cast,
    transaction: Transaction,
    sign_in: SignIn,
    clock: Clock,
    database: PostgreSQLDatabase,
) -> None:
    """An open shell with the row in its hands: our page with what was typed, after seconds."""
    monkeypatch.setattr(waits, "REQUEST_WAITS_SECONDS", 0.3)
    with transaction():
        number = registered(cast, now=clock.now).number
    browser = sign_in("chen")
    form = {"version": "1", "event_id": str(new_id()), "text": "He rang again: 断网。"}
    with Bare(database).connection() as shell:
        shell.execute(f"SELECT id FROM complaint WHERE number = '{number}' FOR UPDATE")

        answer = browser.post(f"/complaints/{number}/actions/note", data=form)

        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "He rang again: 断网。" in answer.text
        shell.rollback()
    assert browser.post(f"/complaints/{number}/actions/note", data=form).status_code == 303
