"""What the database promises to everything above it."""

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError, StatementError

from tickets import database
from tickets.database import DatabaseBusy, WriteLock, begin_for, db, new_id, writing
from tickets.models.installation import Installation

SHANGHAI = timezone(timedelta(hours=8))
PROCESSES, WRITES = 8, 200
T = TypeVar("T")


@pytest.fixture
def file_app(tmp_path: Path) -> Flask:
    """Flask and the database layer alone, for tests that add routes or need one small table."""
    return small_app(tmp_path / "own.db")


def small_app(path: Path) -> Flask:
    app = Flask("small")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{path}"
    database.init_app(app)
    with app.app_context(), writing(), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY)")
    return app


def add_lines(path: Path, count: int, errors: "multiprocessing.Queue[str]") -> None:
    app = small_app(path)
    for _ in range(count):
        try:
            with app.app_context(), writing():
                db.session.execute(sa.text("SELECT count(*) FROM line"))
                db.session.execute(sa.text("INSERT INTO line DEFAULT VALUES"))
                db.session.commit()
        except OperationalError as error:
            errors.put(str(error))


def test_a_moment_comes_back_in_utc(session: sa.orm.scoped_session[sa.orm.Session]) -> None:
    opened = datetime(2025, 3, 11, 10, 0, tzinfo=SHANGHAI)
    session.add(Installation(created_at=opened))
    session.commit()

    stored = session.scalars(sa.select(Installation)).one().created_at

    assert stored == opened
    assert stored.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused(
    session: sa.orm.scoped_session[sa.orm.Session],
) -> None:
    session.add(Installation(created_at=datetime(2025, 3, 11, 10, 0)))

    with pytest.raises(StatementError, match="naive datetime"):
        session.flush()


def test_keys_sort_by_the_time_they_were_made() -> None:
    keys = []
    for _ in range(3):
        keys.append(new_id())
        time.sleep(0.002)

    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}


def test_the_database_itself_admits_one_installation_row(
    session: sa.orm.scoped_session[sa.orm.Session], now: datetime
) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.insert(Installation).values(id=2, is_demo=False, created_at=now))


def test_sqlite_checks_references_and_syncs_every_commit(file_app: Flask) -> None:
    with file_app.app_context(), db.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "journal_mode", "busy_timeout")
        }

    full_sync = 2
    assert pragmas == {
        "foreign_keys": 1,
        "synchronous": full_sync,
        "journal_mode": "wal",
        "busy_timeout": 30_000,
    }


def test_a_read_that_writes_is_refused_at_once_not_under_load_only(file_app: Flask) -> None:
    with file_app.app_context(), pytest.raises(OperationalError, match="readonly"):
        db.session.execute(sa.text("INSERT INTO line DEFAULT VALUES"))


@pytest.mark.parametrize(
    ("method", "writes"),
    [("GET", False), ("HEAD", False), ("OPTIONS", False)]
    + [(method, True) for method in ("POST", "PUT", "PATCH", "DELETE")],
)
def test_a_request_says_by_its_method_whether_it_writes(method: str, writes: bool) -> None:
    assert begin_for(method) is writes


def test_a_reader_does_not_wait_for_a_writer(file_app: Flask) -> None:
    with file_app.app_context(), writing():
        db.session.execute(sa.text("INSERT INTO line DEFAULT VALUES"))

        seen = in_a_thread(lambda: count_lines(file_app))

        db.session.commit()
    assert seen == [0]
    assert count_lines(file_app) == 1


def test_writers_take_turns_in_the_order_they_came() -> None:
    lock, order, threads = WriteLock(), [], []
    lock.acquire(1)

    def take_a_turn(number: int) -> None:
        lock.acquire(10)
        order.append(number)
        lock.release()

    for number in range(5):
        threads.append(threading.Thread(target=take_a_turn, args=(number,)))
        threads[-1].start()
        time.sleep(0.02)
    lock.release()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


def test_whoever_waits_too_long_is_told_and_leaves_the_queue() -> None:
    lock = WriteLock()
    in_a_thread(lambda: lock.acquire(1))

    with pytest.raises(DatabaseBusy):
        lock.acquire(0.05)

    lock.release()
    lock.acquire(0.05)


def test_a_thread_that_would_wait_for_itself_is_told_at_once() -> None:
    lock = WriteLock()
    lock.acquire(1)

    with pytest.raises(DatabaseBusy, match="this thread"):
        lock.acquire(1)


def test_a_lost_connection_gives_its_turn_back(file_app: Flask) -> None:
    with file_app.app_context(), writing():
        db.session.execute(sa.text("INSERT INTO line DEFAULT VALUES"))
        db.session.connection().invalidate()
        db.session.rollback()

    def write() -> None:
        with file_app.app_context(), writing():
            db.session.execute(sa.text("INSERT INTO line DEFAULT VALUES"))
            db.session.commit()

    in_a_thread(write)
    assert count_lines(file_app) == 1


def test_a_thousand_requests_leave_no_connection_open(file_app: Flask) -> None:
    """FLK-06: every tenth raises after it has written."""

    def write(number: int) -> str:
        db.session.execute(sa.text("INSERT INTO line DEFAULT VALUES"))
        if number % 10 == 0:
            raise ZeroDivisionError
        db.session.commit()
        return "written"

    file_app.add_url_rule("/write/<int:number>", view_func=write, methods=["POST"])
    file_app.config["PROPAGATE_EXCEPTIONS"] = False
    client = file_app.test_client()

    statuses = [client.post(f"/write/{number}").status_code for number in range(1000)]

    with file_app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert statuses.count(500) == 100
    assert statuses.count(200) == 900
    assert count_lines(file_app) == 900


def test_eight_processes_writing_never_meet_a_locked_database(tmp_path: Path) -> None:
    """FLK-07."""
    path = tmp_path / "shared.db"
    small_app(path)
    context = multiprocessing.get_context("spawn")
    errors: multiprocessing.Queue[str] = context.Queue()

    processes = [
        context.Process(target=add_lines, args=(path, WRITES, errors)) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=300)

    assert errors.empty()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM line").fetchone() == (PROCESSES * WRITES,)


def test_both_databases_start_migrated_and_empty(app: Flask) -> None:
    with app.app_context():
        tables = sa.inspect(db.engine).get_table_names()

        assert set(db.metadata.tables) <= set(tables)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Installation)) == 0


def in_a_thread(work: Callable[[], T]) -> list[T]:
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
    return results


def count_lines(app: Flask) -> int:
    with app.app_context():
        return db.session.execute(sa.text("SELECT count(*) FROM line")).scalar_one()
