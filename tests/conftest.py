"""The fixtures of all tests.

`session`       for tests of verbs: a database session in an application context, allowed to write.
`client`        for tests of pages: Flask's test client.
`transaction`   for tests of pages that must store or look something up between two requests:
                `with transaction() as session: …`, committed at its end.
`kept`          sets up once what many tests begin with (tests/kept.py).
`now`           the moment the test takes place; time is handed in, never patched.

What is in tests/services, or marked `both_databases`, runs on SQLite and on PostgreSQL; what is
marked `postgres` on PostgreSQL alone; the rest on SQLite. A test never holds `session` while it
uses `client`: both would share one application context, and on SQLite the second writer would wait
for the first.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from tests.cast import PASSWORD, Cast, add_cast
from tests.databases import (
    Database,
    PostgreSQLDatabase,
    SQLiteDatabase,
    quick_folder,
    why_no_postgresql,
)
from tests.kept import Kept
from tickets.accounts import passwords
from tickets.database import db, writing

SHARED = Path(__file__).resolve().parents[2] / "shared"
ON_BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

PAST_THE_ENGINE = {"database", "app", "client", "transaction"}

Transaction = Callable[[], AbstractContextManager[scoped_session[Session]]]


def pytest_sessionstart() -> None:
    """Thousands of objects of pytest and SQLAlchemy stay to the end; looking through them for
    garbage every 700 allocations is a good part of what a run costs."""
    gc.set_threshold(50_000, 20, 20)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" not in metafunc.fixturenames:
        return
    metafunc.parametrize("database", _databases_of(metafunc.definition), indirect=True)


def _databases_of(test: pytest.Item) -> tuple[Any, ...]:
    if test.get_closest_marker("postgres"):
        return ("postgresql",)
    both = "services" in test.path.parts or test.get_closest_marker("both_databases")
    return ON_BOTH if both else ("sqlite",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is long comes first: at the end it would run while the other processors are idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("shared") and not SHARED.exists():
        absent(f"{SHARED} is not here")
    if item.get_closest_marker("postgres") and why_no_postgresql():
        absent(why_no_postgresql())


def absent(what: str) -> None:
    """Skip visibly on a developer's machine; where CI=true, what is missing is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    in_memory = quick_folder()
    yield from _made(SQLiteDatabase(in_memory or tmp_path_factory.mktemp("sqlite")))
    if in_memory:
        shutil.rmtree(in_memory)


@pytest.fixture(scope="session")
def postgresql(worker_id: str) -> Iterator[Database]:
    yield from _made(PostgreSQLDatabase(f"shouwen_test_{worker_id}_{os.getpid()}"))


def _made(database: Database) -> Iterator[Database]:
    database.make()
    yield database
    database.drop()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The empty, migrated database of this test; nothing may be left open on it."""
    database: Database = request.getfixturevalue(request.param)
    if not database.untouched:
        database.fresh()
    # What is given the database itself may write past the engine, from another process even.
    database.untouched = not PAST_THE_ENGINE & set(request.node._fixtureinfo.argnames)
    yield database
    assert database.leaked_connections() == 0, "this test left a database connection open"


@pytest.fixture
def app(database: Database) -> Flask:
    return database.app


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    with app.app_context(), writing():
        yield db.session
        db.session.rollback()


@pytest.fixture
def transaction(app: Flask) -> Transaction:
    @contextmanager
    def begin() -> Iterator[scoped_session[Session]]:
        with app.app_context(), writing():
            yield db.session
            db.session.commit()

    return begin


@pytest.fixture
def kept(database: Database, now: datetime) -> Kept:
    return Kept(database, now)


@pytest.fixture
def client(app: Flask, request: pytest.FixtureRequest) -> FlaskClient:
    assert "session" not in request.fixturenames, "use `transaction` beside `client`"
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """A Tuesday, 10:00 in Shanghai: a working day, outside quiet hours."""
    return datetime(2025, 3, 11, 2, 0, tzinfo=UTC)


class Remembering(PasswordHasher):
    """Knows the right passwords it has seen: hashing is meant to be slow, and everybody of the
    cast signs in hundreds of times."""

    def __init__(self) -> None:
        real = passwords.HASHER
        super().__init__(real.time_cost, real.memory_cost, real.parallelism, type=real.type)
        self.right: set[tuple[str | bytes, str | bytes]] = set()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        if (hash, password) not in self.right:
            super().verify(hash, password)
            self.right.add((hash, password))
        return True


@pytest.fixture(scope="session", autouse=True)
def _signing_in_is_quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", Remembering())
        yield


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of `cast.PASSWORD`, made once: hashing is meant to be slow."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def cast(session: scoped_session[Session], now: datetime, password_hash: str) -> Cast:
    """The people of the tests, in the session of a test of verbs."""
    return add_cast(now - timedelta(days=30), password_hash)
