"""Lists written and files read in the background: killed, they go on, and they are whole."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from tests.cast import PASSWORD, Cast, add_cast, registered
from tests.conftest import Transaction
from tests.databases import Database
from tests.importing.desk import FILE, MAPPING, ImportDesk, set_up
from tickets.complaints import lists
from tickets.config import ROOT
from tickets.database import db, new_id
from tickets.jobs.registry import MAIN
from tickets.models import (
    Complaint,
    FileKind,
    FilePiece,
    FileState,
    Job,
    Membership,
    StoredFile,
)
from tickets.storage import chunks
from tickets.workers import files as carrier
from tickets.workers.running import run_one
from workflow.words import JobState

LATER = timedelta(minutes=11)


class Killed(BaseException):
    """Stands for a process that is gone: nothing after it happens."""


@pytest.fixture
def cast(transaction: Transaction, now: datetime, password_hash: str) -> Cast:
    with transaction():
        return add_cast(now - timedelta(days=30), password_hash)


def ask(transaction: Transaction, cast: Cast, now: datetime, **address: str) -> Any:
    with transaction():
        file = chunks.ask_for_export(
            cast.person("zheng"), {key: [value] for key, value in address.items()}, "en", now
        )
        return file.id


def run_everything(app: Flask) -> None:
    while run_one(app, MAIN, "a worker"):
        pass


def content(app: Flask, file_id: Any) -> bytes:
    with app.app_context():
        return b"".join(chunks.pieces(file_id))


def state(app: Flask, file_id: Any) -> FileState:
    with app.app_context():
        return db.session.get_one(StoredFile, file_id).state


def streamed(app: Flask, now: datetime, query: str = "") -> bytes:
    """The same list as the page's own file gives it."""
    app.extensions["clock"] = lambda: now
    try:
        browser = app.test_client()
        browser.post("/login", data={"login": "zheng", "password": PASSWORD})
        return browser.get(f"/complaints/export.csv{query}", headers={"Accept-Language": "en"}).data
    finally:
        del app.extensions["clock"]


def some(transaction: Transaction, cast: Cast, now: datetime, count: int) -> None:
    with transaction():
        for each in range(count):
            registered(cast, now=now + timedelta(minutes=each))


def copies(transaction: Transaction, count: int) -> None:
    """Many more of the same, without telling each one's story."""
    with transaction() as session:
        table: Any = Complaint.__table__
        model = dict(session.execute(select(table)).mappings().first() or {})
        dice = random.Random(1)
        session.execute(
            insert(table),
            [
                {**model, "id": new_id(), "number": f"{dice.randrange(10**11, 10**12)}"}
                for _ in range(count)
            ],
        )


def test_a_list_written_in_the_background_is_the_one_of_the_page(
    app: Flask, transaction: Transaction, cast: Cast, now: datetime
) -> None:
    """REP-02, S-33."""
    some(transaction, cast, now, 7)
    moment = now + timedelta(hours=1)
    file_id = ask(transaction, cast, moment)
    run_everything(app)
    assert state(app, file_id) is FileState.READY
    assert content(app, file_id) == streamed(app, moment)
    assert content(app, file_id).count(b"\r\n") == 8


@pytest.mark.parametrize("sort", ["-registered", "due", "number"])
def test_a_list_that_was_interrupted_goes_on_behind_its_last_row(
    app: Flask,
    transaction: Transaction,
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
) -> None:
    """Every batch may be the last of a process: the file is the same, byte by byte."""
    some(transaction, cast, now, 11)
    moment = now + timedelta(hours=1)
    monkeypatch.setattr(lists, "BATCH", 3)
    monkeypatch.setattr(lists.rows_after, "__kwdefaults__", {"size": 3})
    file_id = ask(transaction, cast, moment, sort=sort)
    add, crashes = chunks.add_piece, iter([False, True, False, True, True])

    def fragile(*given: Any) -> None:
        add(*given)
        if next(crashes, False):
            raise Killed

    monkeypatch.setattr(chunks, "add_piece", fragile)
    for n in range(8):
        app.extensions["clock"] = lambda n=n: moment + n * LATER
        try:
            run_everything(app)
        except Killed:
            continue
        finally:
            del app.extensions["clock"]
    assert state(app, file_id) is FileState.READY
    assert content(app, file_id) == streamed(app, moment, f"?sort={sort}")


@contextmanager
def worker(database: Database, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "FLASK_APP": str(ROOT / "app.py"),
        "SHOUWEN_ENV": "testing",
        "SECRET_KEY": "of the tests",
        "DATABASE_URL": database.url,
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker", "--queue", "main"],
            env=environment,
            stdout=out,
            stderr=out,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def kill_when_begun(
    app: Flask, database: Database, tmp_path: Path, name: str, begun: int
) -> Job | None:
    """Let a real worker begin, and kill it in the middle of it."""
    with worker(database, tmp_path / "worker.log") as process:
        for _ in range(3000):
            with app.app_context():
                row = db.session.scalar(select(Job).where(Job.name == name))
                done = row is not None and (row.done >= begun or row.state is JobState.DONE)
            if done:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with app.app_context():
        return db.session.scalar(select(Job).where(Job.name == name))


def go_on(app: Flask, now: datetime) -> None:
    """Another worker, after the lease of the one before has run out."""
    app.extensions["clock"] = lambda: now + LATER
    try:
        run_everything(app)
    finally:
        del app.extensions["clock"]


def test_a_killed_export_is_finished_by_another_worker(
    app: Flask, database: Database, transaction: Transaction, cast: Cast, tmp_path: Path
) -> None:
    """JOB-01: SIGKILL in the middle; the bytes are those of a list that nobody interrupted."""
    now = datetime.now(UTC)
    some(transaction, cast, now - timedelta(hours=3), 1)
    copies(transaction, 4_000)
    file_id = ask(transaction, cast, now)
    row = kill_when_begun(app, database, tmp_path, chunks.EXPORT_JOB, lists.BATCH)
    assert row is not None and row.done >= lists.BATCH, (tmp_path / "worker.log").read_text()
    go_on(app, now)
    assert state(app, file_id) is FileState.READY
    assert content(app, file_id) == streamed(app, now)


def test_a_person_who_left_gets_nothing(
    app: Flask, transaction: Transaction, cast: Cast, now: datetime
) -> None:
    some(transaction, cast, now, 2)
    file_id = ask(transaction, cast, now)
    with transaction():
        cast.person("zheng").active = False
    run_everything(app)
    assert state(app, file_id) is FileState.REFUSED
    assert content(app, file_id) == b""


def test_what_somebody_may_see_is_decided_when_it_is_written(
    app: Flask, transaction: Transaction, cast: Cast, now: datetime
) -> None:
    """S-08."""
    some(transaction, cast, now, 2)
    file_id = ask(transaction, cast, now + timedelta(hours=1))
    with transaction() as session:
        role = session.scalars(
            select(Membership).where(Membership.person_id == cast.people["zheng"])
        ).one()
        role.unit_id = cast.units["north"]
    run_everything(app)
    assert content(app, file_id).count(b"\r\n") == 1, "the heading alone"


def test_old_files_go(app: Flask, transaction: Transaction, cast: Cast, now: datetime) -> None:
    some(transaction, cast, now, 1)
    ask(transaction, cast, now)
    run_everything(app)
    with transaction() as session:
        for file in chunks.expired(now + timedelta(days=6)):
            chunks.remove(file)
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1
        for file in chunks.expired(now + timedelta(days=7)):
            chunks.remove(file)
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
        assert session.scalar(select(func.count()).select_from(FilePiece)) == 0


# Imports.


@pytest.fixture
def desk(app: Flask, transaction: Transaction, now: datetime, password_hash: str) -> ImportDesk:
    return set_up(app, transaction, now, password_hash, MAPPING)


def upload(transaction: Transaction, cast: Cast, now: datetime, data: bytes, **asked: str) -> Any:
    with transaction():
        said = {"shipped": "", "mapping": "", "desk": "east_hall", "login": "", **asked}
        file = chunks.keep_upload(cast.person("admin"), "complaints.csv", data, said, now)
        chunks.begin_import(file, now)
        return file.id


def sums(app: Flask, file_id: Any) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.get_one(StoredFile, file_id).sums)


def test_an_import_accounts_for_every_row_and_forgets_the_file(
    app: Flask, desk: ImportDesk, transaction: Transaction, now: datetime
) -> None:
    file_id = upload(
        transaction, desk.cast, now, FILE.read_bytes(), mapping=MAPPING.read_text("utf-8")
    )
    run_everything(app)
    found = sums(app, file_id)
    assert state(app, file_id) is FileState.READY
    assert found["read"] == 26 == found["imported"] + found["already_there"] + found["rejected"]
    assert content(app, file_id) == b"", "what was read is kept nowhere"
    with app.app_context():
        rejects = chunks.existing_rejects(file_id)
        assert rejects is not None and rejects.state is FileState.READY
        text = b"".join(chunks.pieces(rejects.id)).decode("utf-8-sig")
    assert text.count("\n") >= found["rejected"] and "moon_phase" in text


def test_a_killed_import_makes_every_complaint_once(
    app: Flask,
    database: Database,
    transaction: Transaction,
    password_hash: str,
    tmp_path: Path,
) -> None:
    """JOB-01: SIGKILL in the middle of a real worker."""
    now = datetime.now(UTC)
    desk = set_up(app, transaction, now - timedelta(days=1), password_hash, MAPPING)
    lines = FILE.read_text("utf-8").splitlines()
    good = next(line for line in lines[1:] if line.startswith("A-1001"))
    rows = [good.replace("A-1001", f"B-{n:04}", 1) for n in range(300)]
    data = "\n".join([lines[0], *rows, ""]).encode()
    file_id = upload(transaction, desk.cast, now, data, mapping=MAPPING.read_text("utf-8"))
    row = kill_when_begun(app, database, tmp_path, chunks.IMPORT_JOB, 50)
    assert row is not None and row.done >= 50, (tmp_path / "worker.log").read_text()
    go_on(app, now)
    assert state(app, file_id) is FileState.READY
    found = sums(app, file_id)
    assert (found["read"], found["imported"] + found["already_there"]) == (300, 300)
    with app.app_context():
        ids = db.session.scalars(select(Complaint.external_id)).all()
    assert sorted(ids) == sorted(f"B-{n:04}" for n in range(300))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        ("受理编号\nA-1\n".encode(), "has no column"),
        (b"\xff\xfe\x00", "line"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    app: Flask,
    desk: ImportDesk,
    transaction: Transaction,
    now: datetime,
    data: bytes,
    says: str,
) -> None:
    file_id = upload(transaction, desk.cast, now, data, mapping=MAPPING.read_text("utf-8"))
    run_everything(app)
    with app.app_context():
        file = db.session.get_one(StoredFile, file_id)
        assert file.state is FileState.REFUSED and says in file.trouble
        assert db.session.scalar(select(func.count()).select_from(Complaint)) == 0


def test_every_kind_of_file_is_kept_for_a_stated_time() -> None:
    assert set(chunks.KEPT) == set(FileKind)
    assert timedelta(minutes=1) <= carrier.LEASE
