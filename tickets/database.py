"""The database: one schema on SQLite and PostgreSQL, and who may write when.

SQLite knows one writer at a time. A transaction that begins as a read and then writes fails at
once with "database is locked" whatever the busy timeout, so each transaction says at its beginning
what it is: `BEGIN` for reads, `BEGIN IMMEDIATE` behind a first-come-first-served lock for writes.
A request says it by its method, everything else by `with writing():`. On PostgreSQL all of this is
without effect.

Nobody waits for that lock for ever: a web request nine seconds in all, jobs and commands thirty for
each transaction. Then DatabaseBusy is raised, whether this process or another one holds the lock.
"""

import sqlite3
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from flask import Flask, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, Table, TypeDecorator, Uuid, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry
from uuid_utils.compat import uuid7

# Named constraints, because SQLite's batch migrations silently drop a constraint that has no name.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_TIMEOUT_SECONDS = 30
"""How long a job or a command waits for its turn to write, for each transaction."""
REQUEST_WAITS_SECONDS = 9
"""How long a web request waits for its turns to write, all of them together: the page that says
that it was in vain stands before ten are over."""
PRIMARY_CODE = 0xFF
"""The lowest byte of SQLite's error codes; what stands above it are details."""
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def new_id() -> uuid.UUID:
    """A key that sorts by its time of creation and can be made before the row exists."""
    return uuid7()


UuidKey = Uuid
"""The column type of keys: `mapped_column(UuidKey, primary_key=True, default=new_id)`."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in, aware UTC out. A naive datetime is refused, because it has no meaning."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value.isoformat()}: say which time zone is meant")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={uuid.UUID: UuidKey(), datetime: UtcDateTime()},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base  # db.Model is made at run time, where a type checker cannot follow
else:
    Model = db.Model


def table_of(model: type[Model]) -> Table:
    """The table of a model, for statements that go past the session."""
    return Model.metadata.tables[model.__tablename__]


class DatabaseBusy(RuntimeError):
    """The write lock could not be had; nothing was changed."""


class WriteLock:
    """First come, first served, within one process.

    SQLite's own waiting is by sleeping and trying again, which starves whoever is unlucky. May be
    released from another thread than took it, because a connection may be returned by any thread.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    def acquire(self, timeout: float) -> None:
        """Wait up to `timeout` seconds, then raise DatabaseBusy."""
        me = threading.get_ident()
        with self._guard:
            if self._holder is None:
                self._holder = me
                return
            if self._holder == me:
                raise DatabaseBusy(
                    "this thread already has a write transaction open on another connection;"
                    " commit or roll it back first"
                )
            turn = threading.Event()
            self._waiting.append(turn)
        self._await(turn, me, timeout)

    def _await(self, turn: threading.Event, me: int, timeout: float) -> None:
        came = turn.wait(timeout)
        with self._guard:
            # The turn may have come between the end of the wait and here; then it is ours to use.
            if came or turn.is_set():
                self._holder = me
                return
            self._waiting.remove(turn)
        raise DatabaseBusy(f"no turn to write within {timeout:.3g} s")

    def release(self) -> None:
        with self._guard:
            if not self._waiting:
                self._holder = None
                return
            self._holder = 0  # taken: whoever comes now queues behind the one who is woken
            self._waiting.popleft().set()


_writes: ContextVar[bool] = ContextVar("writes", default=False)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions that begin inside may write; enter it before the first query."""
    token = _writes.set(True)
    try:
        yield
    finally:
        _writes.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """A transaction of its own in which the database refuses to write, on either engine.

    What stood unsaved before is an error: it would be lost. Rows that were loaded are read anew
    afterwards.
    """
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("save or undo what was changed before reading apart from it")
    db.session.rollback()
    token = _writes.set(False)
    try:
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET TRANSACTION READ ONLY"))
        yield
    finally:
        db.session.rollback()
        _writes.reset(token)


@dataclass
class Patience:
    """Seconds that may still be spent waiting for a turn to write; waiting uses them up."""

    left: float


_patience: ContextVar[Patience | None] = ContextVar("patience", default=None)


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Transactions that begin inside wait no longer than this for their turns, taken together."""
    before = _patience.get()
    token = _patience.set(Patience(seconds if before is None else min(seconds, before.left)))
    try:
        yield
    finally:
        _patience.reset(token)


def begin_for(method: str) -> bool:
    """Whether a request of this method begins its transactions as writes."""
    return method not in READING_METHODS


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        _listen(db.engine)
    app.before_request(_say_what_the_request_may)
    app.teardown_request(_forget_what_the_request_might)


def _say_what_the_request_may() -> None:
    g.writes_token = _writes.set(begin_for(request.method))
    g.patience_token = _patience.set(Patience(REQUEST_WAITS_SECONDS))


def _forget_what_the_request_might(_error: BaseException | None) -> None:
    token = g.pop("writes_token", None)
    if token is not None:
        _writes.reset(token)
    patience = g.pop("patience_token", None)
    if patience is not None:
        _patience.reset(patience)


def _listen(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _leave_uncompiled)
        event.listen(engine, "commit", _note_commit)
        event.listen(engine, "begin", _bound_waiting)
        return
    lock = WriteLock()

    def begin(connection: Connection) -> None:
        _begin(connection, lock)

    def give_back(_connection: object, record: ConnectionPoolEntry | None, *_error: object) -> None:
        if record is not None and record.info.pop("writes", False):
            lock.release()

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", begin)
    for moment in ("checkin", "invalidate", "close", "detach"):
        event.listen(engine, moment, give_back)


def _leave_uncompiled(connection: psycopg.Connection, _record: ConnectionPoolEntry) -> None:
    """PostgreSQL compiles what it deems expensive: a third of a second on every page that counts
    a year, more than it saves."""
    connection.autocommit = True  # a transaction that is rolled back would take the setting along
    connection.execute("SET jit = off")
    connection.autocommit = False


def _bound_waiting(connection: Connection) -> None:
    """A request that writes waits for rows that others hold no longer than for SQLite's lock;
    jobs and commands wait on. Straight on the driver: it is no query of the page's."""
    patience = _patience.get()
    if patience is None or not _writes.get():
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"SET LOCAL lock_timeout = {max(round(patience.left * 1000), 1)}")
    cursor.close()


def _note_commit(_connection: Connection) -> None:
    """When the connection breaks from here on, nobody knows whether the change was kept."""
    if has_request_context():
        g.commit_begun = True


def _prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin does
    waits = (_patience.get() or Patience(BUSY_TIMEOUT_SECONDS)).left
    connection.execute(f"PRAGMA busy_timeout={round(waits * 1000)}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection, lock: WriteLock) -> None:
    writes = _writes.get()
    patience = _patience.get() or Patience(BUSY_TIMEOUT_SECONDS)
    until = time.monotonic() + patience.left
    try:
        if writes and not connection.connection.info.get("writes"):
            lock.acquire(patience.left)
            connection.connection.info["writes"] = True
        # The same seconds for both locks: waiting for one and then the other adds up.
        _wait_for_others(connection, max(until - time.monotonic(), 0))
        # A read that writes would fail under load only; query_only lets it fail in the first test.
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    except OperationalError as error:
        if not is_locked(error):
            raise
        raise DatabaseBusy(f"another process is writing: {error.orig}") from error
    finally:
        patience.left = max(until - time.monotonic(), 0)


def _wait_for_others(connection: Connection, seconds: float) -> None:
    """How long SQLite itself waits for other processes in the transaction that begins."""
    milliseconds, info = round(seconds * 1000), connection.connection.info
    if info.get("waits") != milliseconds:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
        info["waits"] = milliseconds


def is_locked(error: BaseException | None) -> bool:
    """Whether SQLite gave up waiting for a lock that somebody else holds."""
    if isinstance(error, OperationalError):
        error = error.orig
    code = getattr(error, "sqlite_errorcode", 0)
    return code & PRIMARY_CODE in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
