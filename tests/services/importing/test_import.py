"""Complaints from another system's file: the same rules, nothing lost, nothing closed."""

import csv
import os
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.bare import Bare
from tests.conftest import Transaction
from tests.databases import Database
from tests.importing.desk import FILE, MAPPING, ImportDesk, set_up
from tickets import history
from tickets.database import db
from tickets.history.audit import complaint_by_complaint
from tickets.models import Answer, Callback, Entry, Event, Message, Notification
from workflow.words import Audience, Level, Origin, Status

GOOD, TWICE, BAD = 15, 1, 10


@pytest.fixture
def desk(app: Flask, transaction: Transaction, now: datetime, password_hash: str) -> ImportDesk:
    return set_up(app, transaction, now, password_hash, MAPPING)


def test_every_row_is_accounted_for(desk: ImportDesk, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"

    result = desk.run(FILE, MAPPING, "--rejects", str(rejects))

    assert result.exit_code == 1, "something was rejected"
    assert f"26 read = {GOOD} imported + {TWICE} already there + {BAD} rejected" in result.output
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["line"]: row for row in csv.DictReader(file)}
    assert {row["verdict"] for row in rows.values()} == {"rejected"}
    why = {row["受理编号"]: row["reasons"] for row in rows.values()}
    assert "imported before with other content" in why["A-1015"]
    assert "传真" in why["A-2001"]
    assert "三月九日" in why["A-2002"]
    assert why["A-2003"] == "callback_number: Please fill this in."
    assert "has not come yet" in why["A-2004"]
    assert why["A-2005"] == "answer: Please fill this in."
    assert why["A-2006"] == "town: At most 120 characters; these are 150."
    assert why["A-2007"] == "description: Please fill this in."
    assert "moon_phase" in why["A-2008"]
    assert why[""].count(";") == 2, "number, severity and status: every reason, not the first"
    assert rows["19"]["受理编号"] == "A-1015", "a row with two lines of text counts both"


def test_rows_arrive_as_far_as_they_had_come_and_never_closed(desk: ImportDesk) -> None:
    desk.run(FILE)

    with desk.transaction():
        complaints = desk.complaints()
        assert Counter(each.status for each in complaints.values()) == {
            Status.REGISTERED: 8,
            Status.IN_PROGRESS: 2,
            Status.RESOLVED: 5,
        }
        shut = complaints["A-1013"]
        callback = db.session.scalars(
            select(Callback).where(Callback.complaint_id == shut.id)
        ).one()
        assert callback.due_since is not None
        assert callback.done_at is None
        assert callback.caller_id == shut.responsible_id


def test_the_history_says_who_did_it_and_puts_no_words_into_a_persons_mouth(
    desk: ImportDesk,
) -> None:
    desk.run(FILE)

    with desk.transaction():
        complaint = desk.complaints()["A-1002"]
        events = db.session.scalars(
            select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq)
        ).all()
        answer = db.session.scalars(select(Answer).where(Answer.complaint_id == complaint.id)).one()
        assert [(each.action, each.rule, each.actor_id) for each in events] == [
            ("register", "import:old desk", None),
            ("resolve", "import:old desk", None),
        ]
        assert answer.by_id is None
        assert events[0].data["import"]["id"] == "A-1002"
        assert events[0].data["import"]["line"] == 3
        assert complaint.registered_at == datetime(2025, 3, 1, 2, 2, tzinfo=UTC)
        assert [flaw for each in desk.complaints().values() for flaw in history.flaws(each)] == []


def test_nothing_that_was_imported_counts_as_done_now(desk: ImportDesk) -> None:
    """Said in the events of registering, starting and resolving alike; and nobody is told."""
    desk.run(FILE)

    with desk.transaction():
        rows = db.session.execute(select(Event.action, Event.data)).all()
        said = {(action, data.get("origin")) for action, data in rows}
        topics = set(db.session.scalars(select(Notification.topic)))
        assert said == {
            ("register", Origin.IMPORTED),
            ("start", Origin.IMPORTED),
            ("resolve", Origin.IMPORTED),
            ("raise_level", None),
        }
        assert topics == {"level_raised"}
        assert db.session.scalars(select(Message)).all() == []


def test_what_has_no_field_is_kept_for_colleagues(desk: ImportDesk) -> None:
    desk.run(FILE)

    with desk.transaction():
        complaint = desk.complaints()["A-1003"]
        kept = db.session.scalars(
            select(Entry).where(Entry.complaint_id == complaint.id, Entry.field == "source_row")
        ).one()
        assert "备注: Speaks English only" in kept.text
        assert kept.audience is Audience.INTERNAL


def test_odd_text_is_kept_as_written(desk: ImportDesk) -> None:
    desk.run(FILE)

    with desk.transaction():
        complaints = desk.complaints()
        assert "😱" in complaints["A-1004"].description
        assert complaints["A-1007"].customer.name == "שרה לוי"
        assert complaints["A-1008"].description.startswith("=1+1")
        assert complaints["A-1009"].description == "<script>alert(1)</script> stays text."
        assert complaints["A-1010"].description == "专线中断 40 分钟，\n码头闸口停摆。"


def test_formulas_do_not_run_in_the_rejects_file(desk: ImportDesk, tmp_path: Path) -> None:
    file, rejects = tmp_path / "formula.csv", tmp_path / "rejects.csv"
    lines = FILE.read_text(encoding="utf-8").splitlines()
    formula = [line for line in lines if line.startswith("A-1008")]
    file.write_text("\n".join([lines[0], formula[0].replace("网站", "传真")]), encoding="utf-8")

    desk.run(file, MAPPING, "--rejects", str(rejects))

    with rejects.open(encoding="utf-8-sig", newline="") as written:
        row = next(csv.DictReader(written))
    assert row["备注"] == "'@SUM(A1)"
    assert row["客户姓名"].startswith("'=")


def test_customers_are_recognised_and_their_third_complaint_is_raised(desk: ImportDesk) -> None:
    """REO-05 holds for an import as for the desk."""
    desk.run(FILE)

    with desk.transaction():
        complaints = desk.complaints()
        hers = [complaints[name] for name in ("A-1001", "A-1011", "A-1012")]
        assert len({each.customer_id for each in hers}) == 1
        assert [each.level for each in hers] == [Level.DESK, Level.DESK, Level.LEAD]
        assert complaints["A-1006"].refuses_contact
        assert complaints["A-1004"].customer.name == "", "nobody gets a name they did not give"


def test_the_people_of_the_desk_take_turns(desk: ImportDesk) -> None:
    desk.run(FILE)

    with desk.transaction():
        turns = Counter(each.responsible.login for each in desk.complaints().values())
        assert set(turns) == {"chen", "wang"}
        assert abs(turns["chen"] - turns["wang"]) <= 3


def test_one_person_may_answer_for_all_of_them(desk: ImportDesk) -> None:
    result = desk.run(FILE, MAPPING, "--as", "li")

    assert "15 imported" in result.output
    with desk.transaction():
        complaints = desk.complaints().values()
        assert {each.responsible.login for each in complaints} == {"li"}
        assert {each.unit.code for each in complaints} == {"group_desk"}


def test_the_second_run_imports_nothing(desk: ImportDesk, database: Database) -> None:
    desk.run(FILE)
    tables = ("complaint", "event", "customer", "entry", "callback")
    before = Bare(database).state(*tables)

    result = desk.run(FILE)

    assert f"26 read = 0 imported + {GOOD + TWICE} already there + {BAD} rejected" in result.output
    assert Bare(database).state(*tables) == before


def test_a_killed_import_goes_on_where_it_was(
    desk: ImportDesk, database: Database, tmp_path: Path
) -> None:
    count = 250
    file = _many(tmp_path / "many.csv", count)
    bare = Bare(database)

    process = _started(file, database)
    _wait_for_a_row(process, bare)
    process.kill()
    process.communicate()
    killed = _stored(bare)
    result = desk.run(file)

    assert 0 < killed < count
    assert result.exit_code == 0
    assert f"{count} read = {count - killed} imported + {killed} already there" in result.output
    assert _stored(bare) == count
    with desk.transaction():
        assert [flaw for each in complaint_by_complaint() for flaw in each.flaws] == []


def test_two_imports_at_once_import_every_row_once(
    desk: ImportDesk, database: Database, tmp_path: Path
) -> None:
    file = _many(tmp_path / "many.csv", 120)

    both = [_started(file, database) for _ in range(2)]
    said = [process.communicate()[0] for process in both]

    imported = [int(re.search(r"(\d+) imported", each)[1]) for each in said]  # type: ignore[index]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(imported) == 120
    assert _stored(Bare(database)) == 120


def _many(file: Path, count: int) -> Path:
    """So many rows of customers who cannot be told from one another."""
    header, first = FILE.read_text(encoding="utf-8").splitlines()[:2]
    nobody = first.replace("13912345678", "").replace(",否,", ",是,")
    rows = [nobody.replace("A-1001", f"K-{number}") for number in range(count)]
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    return file


def _started(file: Path, database: Database) -> "subprocess.Popen[str]":
    """The command as a process of its own."""
    args = [sys.executable, "-m", "flask", "--app", "app.py", "complaints", "import", str(file)]
    settings = {"DATABASE_URL": database.url, "SECRET_KEY": "tests", "SHOUWEN_ENV": "testing"}
    return subprocess.Popen(
        [*args, "--mapping", str(MAPPING), "--desk", "east_hall"],
        env={**os.environ, **settings},
        cwd=Path(__file__).resolve().parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait_for_a_row(process: "subprocess.Popen[str]", bare: Bare) -> None:
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until and not _stored(bare):
        time.sleep(0.02)


def _stored(bare: Bare) -> int:
    return int(bare.rows("SELECT count(*) FROM complaint")[0][0])
