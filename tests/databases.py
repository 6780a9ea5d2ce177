"""A fresh, migrated database for every test, on SQLite and on PostgreSQL.

Migrating takes seconds, so it is done once per run into a template; a test gets a copy of that, or
what the last one used, when all that it left behind are rows. Nothing here survives a power cut,
and nothing waits for a disk.
"""

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Hashable
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import event, make_url
from werkzeug.test import TestResponse

from app import create_app
from tests.broom import Broom
from tickets.database import db

SERVER = os.environ.get("TEST_DATABASE_URL") or "postgresql+psycopg://postgres@127.0.0.1/postgres"

ROOM = 256 * 1024 * 1024
"""What the databases of one process of tests may take in memory."""


class Browser(FlaskClient):
    """Takes the whole answer, as a browser does. What streams and is left half-read keeps its
    connection, and would close it, and the next test's journal along with it, when collected.
    What was sent is let go as well: if it is long, it lies in a file."""

    def open(self, *args: Any, buffered: bool = True, **more: Any) -> TestResponse:
        answer = super().open(*args, buffered=buffered, **more)
        for each in (*answer.history, answer):
            each.request.environ["wsgi.input"].close()
        return answer


class Database(ABC):
    """One application and the database beneath it."""

    url: str
    app: Flask
    untouched = False
    """Whether the last test stored nothing; a new copy costs more than most tests."""
    holds: tuple[Hashable, ...] | None = None
    """The scenes in it (tests/kept.py), none in a new copy; None when something else was stored."""

    def make(self) -> None:
        """Migrate once; every later `fresh()` copies the result."""
        self.app = create_app(
            {
                "SHOUWEN_ENV": "testing",
                "SECRET_KEY": "of the tests",
                "DATABASE_URL": self.url,
                "WTF_CSRF_ENABLED": False,
            }
        )
        self.app.test_client_class = Browser
        with self.app.app_context():
            upgrade()
            event.listen(db.engine, "commit", self.touch)
        self.close()
        self.keep_as_template()

    def touch(self, *_connection: Any) -> None:
        self.untouched, self.holds = False, None

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    def leaked_connections(self) -> int:
        with self.app.app_context():
            pool: Any = db.engine.pool
            return pool.checkedout()

    @abstractmethod
    def keep_as_template(self) -> None: ...

    @abstractmethod
    def fresh(self) -> None: ...

    @abstractmethod
    def drop(self) -> None: ...


class SQLiteDatabase(Database):
    def __init__(self, folder: Path) -> None:
        self.path = folder / "test.db"
        self.template = folder / "template.db"
        self.url = f"sqlite:///{self.path}"
        self.scenes: dict[tuple[Hashable, ...], tuple[object, Path]] = {}
        self.numbers = count()

    def keep_as_template(self) -> None:
        shutil.move(self.path, self.template)

    def fresh(self) -> None:
        self.put(self.template)
        self.holds = ()

    def put(self, file: Path) -> None:
        """What lies in that file is what is stored from now on."""
        self.close()
        self.untouched, self.holds = False, None
        for left_over in self.path.parent.glob("test.db-*"):
            left_over.unlink()
        shutil.copyfile(file, self.path)

    def put_aside(self) -> Path:
        self.close()
        file = self.path.with_name(f"scene{next(self.numbers)}.db")
        shutil.copyfile(self.path, file)
        return file

    def drop(self) -> None:
        self.close()


class PostgreSQLDatabase(Database):
    USES = 50
    """After so many tests a new copy: rows that went leave their space behind."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.template = f"{name}_template"
        self.url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        self.broom: Broom | None = None
        self.uses = 0
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        administer("CREATE DATABASE {}", name)

    def keep_as_template(self) -> None:
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.template)
        administer("ALTER DATABASE {} RENAME TO {}", self.name, self.template)

    def fresh(self) -> None:
        self.close()
        self.uses += 1
        if self.broom and self.uses < self.USES and self.broom.swept():
            return
        self._copy()

    def _copy(self) -> None:
        self._put_away_the_broom()
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
        administer("CREATE DATABASE {} TEMPLATE {}", self.name, self.template)
        administer("ALTER DATABASE {} SET synchronous_commit = off", self.name)
        self.broom, self.uses = Broom.of(_server(self.name)), 0

    def _put_away_the_broom(self) -> None:
        if self.broom:
            self.broom.connection.close()
            self.broom = None

    def drop(self) -> None:
        self.close()
        self._put_away_the_broom()
        for name in (self.name, self.template):
            administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def quick_folder() -> Path | None:
    """A folder in memory, where one has room: SQLite waits for the disk at each commit."""
    memory = Path("/dev/shm")
    with suppress(OSError):
        if shutil.disk_usage(memory).free > ROOM:
            return Path(tempfile.mkdtemp(prefix="shouwen_test_", dir=memory))
    return None


def administer(statement: Any, *names: str) -> None:
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@cache
def why_no_postgresql() -> str:
    """Empty when a server answers."""
    try:
        psycopg.connect(_server(), connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL at {make_url(SERVER)!r}: {error}".strip().replace("\n", " ")
    return ""


def _server(database: str = "") -> str:
    url = make_url(SERVER).set(drivername="postgresql")
    if database:
        url = url.set(database=database)
    return url.render_as_string(hide_password=False)
