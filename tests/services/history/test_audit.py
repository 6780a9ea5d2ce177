"""What somebody does to the database with their own hands is refused, or found (AUD-01, AUD-03)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.bare import REFUSED, Bare
from tests.cast import add_cast, call, do, orders, registered, resolve
from tests.databases import Database
from tests.on_record import put_on_record
from tests.services.history.flaws import flaws_of
from tickets.database import db, writing
from tickets.models import Complaint, Entry, Event, Person
from tickets.proof.canonical import digest
from tickets.storage.attachments import Upload
from workflow.words import CallOutcome, Status

HOUR = timedelta(hours=1)
SECRET = "My neighbour Mr Blank steals my line."


@dataclass(frozen=True)
class Kept:
    """One complaint with a whole life, and its keys as SQL literals."""

    id: UUID
    number: str
    last: int

    @property
    def key(self) -> str:
        return f"'{self.id.hex}'"


@pytest.fixture
def bare(database: Database) -> Bare:
    return Bare(database)


@pytest.fixture
def kept(database: Database, now: datetime) -> Iterator[Kept]:
    with database.app.app_context(), writing():
        complaint = _whole_life(now)
        put_on_record(now)
        made = Kept(complaint.id, complaint.number, complaint.event_count)
        db.session.commit()
    yield made


def _whole_life(now: datetime) -> Complaint:
    cast = add_cast(now - timedelta(days=30), "no password")
    complaint = registered(cast, now=now, description=SECRET, wish="Give it back.")
    do(
        "dispatch",
        complaint,
        cast.chen,
        now,
        units=[cast.units["network"]],
        question="Who uses the line?",
        promised_at=now + timedelta(days=2),
    )
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now + HOUR)
    do("answer", order, cast.zhao, now + 2 * HOUR, answer="Nobody else.")
    resolve(cast, complaint, now + 3 * HOUR)
    do("attach", complaint, cast.chen, now + 3 * HOUR, file=Upload("line.txt", b"a drawing"))
    call(complaint, CallOutcome.ACCEPTED, now + 4 * HOUR)
    return complaint


def unguarded(bare: Bare, statement: str) -> None:
    """Run the statement as somebody who first takes the guards away, which takes an owner."""
    with bare.connection() as connection:
        cursor = connection.cursor()
        for switch in _off(bare, cursor):
            cursor.execute(switch)
        cursor.execute(statement)
        assert cursor.rowcount > 0, "nothing was forged"
        connection.commit()


def _off(bare: Bare, cursor: Any) -> list[str]:
    if not bare.is_sqlite:
        return ["SET session_replication_role = replica"]
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return [f"DROP TRIGGER {name}" for (name,) in cursor.fetchall()]


def found(database: Database, kept: Kept) -> list[tuple[int, str]]:
    with database.app.app_context():
        complaint = db.session.get_one(Complaint, kept.id)
        return [(flaw.seq, flaw.what) for flaw in flaws_of(complaint)]


def test_an_honest_history_has_no_flaw(database: Database, kept: Kept) -> None:
    assert found(database, kept) == []

    result = database.app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 0
    assert f"Complaints verified: 1, events: {kept.last}, flaws: 0" in result.output


FORGERIES: dict[str, tuple[Callable[[Kept], str], str]] = {
    "a changed event": (
        lambda kept: f"UPDATE event SET rule = 'x' WHERE complaint_id = {kept.key} AND seq = 2",
        "changed",
    ),
    "an event at another time": (
        lambda kept: (
            f"UPDATE event SET at = '2025-01-01' WHERE complaint_id = {kept.key} AND seq = 3"
        ),
        "changed",
    ),
    "an event missing in the middle": (
        lambda kept: f"DELETE FROM event WHERE complaint_id = {kept.key} AND seq = 4",
        "missing",
    ),
    "an event missing at the end": (
        lambda kept: f"DELETE FROM event WHERE complaint_id = {kept.key} AND seq = {kept.last}",
        "missing at the end",
    ),
    "a changed text": (
        lambda kept: (
            f"UPDATE entry SET text = 'All is well.' WHERE complaint_id = {kept.key}"
            " AND field = 'description'"
        ),
        "text “description” was changed",
    ),
    "a missing text": (
        lambda kept: f"DELETE FROM entry WHERE complaint_id = {kept.key} AND field = 'wish'",
        "text “wish” is missing",
    ),
    "a text taken away without saying so": (
        lambda kept: (
            f"UPDATE entry SET text = '', redacted_at = '2025-01-01'"
            f" WHERE complaint_id = {kept.key} AND field = 'description'"
        ),
        "text “description” was taken away",
    ),
    "a changed copy of a text": (
        lambda kept: f"UPDATE complaint SET description = 'All is well.' WHERE id = {kept.key}",
        "complaint.description was changed",
    ),
    "an emptied answer": (
        lambda kept: f"UPDATE answer SET text = '' WHERE complaint_id = {kept.key}",
        "answer.text was changed",
    ),
    "another outcome of the call": (
        lambda kept: (
            f"UPDATE callback_attempt SET outcome = 'understood' WHERE complaint_id = {kept.key}"
        ),
        "the callback attempt was changed",
    ),
    "a call that never was": (
        lambda kept: f"DELETE FROM callback_attempt WHERE complaint_id = {kept.key}",
        "the callback attempt is missing",
    ),
    "another file": (
        lambda kept: (
            f"UPDATE attachment SET content = CAST('forged' AS BYTEA)"
            f" WHERE complaint_id = {kept.key}"
        ),
        "the file was changed",
    ),
    "a status put by hand": (
        lambda kept: (
            "UPDATE complaint SET status = 'in_progress', closing_attempt_id = NULL,"
            f" closing_holds = NULL WHERE id = {kept.key}"
        ),
        "complaint.status was changed",
    ),
    "another responsible person": (
        lambda kept: (
            "UPDATE complaint SET responsible_id ="
            f" (SELECT id FROM person WHERE login = 'wang') WHERE id = {kept.key}"
        ),
        "complaint.responsible_id was changed",
    ),
    "another state of a work order": (
        lambda kept: f"UPDATE work_order SET status = 'sent' WHERE complaint_id = {kept.key}",
        "work_order.status was changed",
    ),
}


def _spelled(statement: str, bare: Bare) -> str:
    """The two databases name bytes differently."""
    return statement.replace("BYTEA", "BLOB") if bare.is_sqlite else statement


@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_forged_is_found(what: str, database: Database, kept: Kept, bare: Bare) -> None:
    forge, expected = FORGERIES[what]

    unguarded(bare, _spelled(forge(kept), bare))

    assert expected in {flaw for _seq, flaw in found(database, kept)}
    result = database.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert expected in result.output


@pytest.mark.parametrize(
    ("table", "where", "instead", "expected"),
    [
        ("event", "seq = 3", {"seq": "99"}, "missing"),
        ("entry", "field = 'wish'", {"field": "'answer'"}, "text “answer” was added"),
        ("callback_attempt", "1 = 1", {}, "a callback attempt was added"),
    ],
)
def test_an_added_row_is_found(
    table: str,
    where: str,
    instead: dict[str, str],
    expected: str,
    database: Database,
    kept: Kept,
    bare: Bare,
) -> None:
    new_key = "'0197d000000070008000000000000001'"

    unguarded(bare, f"INSERT {bare.copy_of(table, where, id=new_key, **instead)}")

    assert expected in {flaw for _seq, flaw in found(database, kept)}


def test_a_complaint_taken_out_leaves_its_events_behind(
    database: Database, kept: Kept, bare: Bare
) -> None:
    unguarded(bare, f"DELETE FROM complaint WHERE id = {kept.key}")

    result = database.app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 1
    assert "the complaint itself is missing" in result.output


@pytest.mark.parametrize("table", ["event", "callback_attempt", "admin_event"])
def test_what_happened_cannot_be_changed_taken_out_or_replaced(
    table: str, database: Database, kept: Kept, bare: Bare, now: datetime
) -> None:
    if table == "admin_event":
        bare.run(_admin_event())
    before = bare.state(table)
    statements = [
        f"UPDATE {table} SET at = '2020-01-01 00:00:00'",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE 1 = 1",
    ]
    one = f"id = (SELECT min(id) FROM {table})" if bare.is_sqlite else "1 = 1"
    if bare.is_sqlite:
        statements.append(f"INSERT OR REPLACE {bare.copy_of(table, one)}")
        statements.append(f"REPLACE {bare.copy_of(table, one)}")
        statements.append(f"UPDATE OR REPLACE {table} SET at = '2020-01-01 00:00:00'")
    else:
        statements.append(f"TRUNCATE {table} CASCADE")
        statements.append(
            f"INSERT {bare.copy_of(table, one)} ON CONFLICT (id) DO UPDATE SET at = now()"
        )

    for statement in statements:
        with pytest.raises(REFUSED):
            bare.run(statement)

    assert bare.state(table) == before


def _admin_event() -> str:
    return (
        "INSERT INTO admin_event (id, at, subject, subject_id, action, seq, previous, hash)"
        " VALUES ('0197d000000070008000000000000002', '2025-03-11 02:00:00', 'unit', 'x', 'added',"
        " 1, '', '')"
    )


def test_complaints_cannot_be_deleted(database: Database, kept: Kept, bare: Bare) -> None:
    for statement in ("DELETE FROM complaint", f"DELETE FROM complaint WHERE id = {kept.key}"):
        with pytest.raises(REFUSED):
            bare.run(statement)

    assert bare.rows("SELECT number FROM complaint") == [(kept.number,)]


def test_redacting_takes_the_words_and_keeps_the_facts(
    database: Database, kept: Kept, bare: Bare, now: datetime
) -> None:
    facts = "number, registered_at, closed_at, category_id, status, channel, severity"
    before = bare.rows(f"SELECT {facts} FROM complaint")
    outcomes = bare.rows("SELECT outcome, cause_id FROM answer")

    with database.app.app_context(), writing():
        complaint = db.session.get_one(Complaint, kept.id)
        entry = db.session.scalars(select(Entry).where(Entry.field == "description")).one()
        supervisor = db.session.scalars(select(Person).where(Person.login == "zheng")).one()
        do("redact", complaint, supervisor, now + 5 * HOUR, entry=entry.id, reason="Names another.")
        db.session.commit()

    assert bare.rows(f"SELECT {facts} FROM complaint") == before
    assert bare.rows("SELECT outcome, cause_id FROM answer") == outcomes
    with database.app.app_context():
        event = db.session.scalars(select(Event).where(Event.action == "redact")).one()
        assert event.actor is not None
        assert event.actor.login == "zheng"
        assert event.data["removed"] == digest(SECRET)
        assert [each.text for each in event.entries] == ["Names another."]
        assert db.session.get_one(Complaint, kept.id).status is Status.CLOSED
    assert found(database, kept) == []
    assert _tables_that_say(bare, "Mr Blank") == []


def _tables_that_say(bare: Bare, words: str) -> list[str]:
    """Every table in which the words still stand, in whatever column."""
    return [
        table
        for table in db.metadata.tables
        if any(words in str(row) for row in bare.rows(f'SELECT * FROM "{table}"'))
    ]
