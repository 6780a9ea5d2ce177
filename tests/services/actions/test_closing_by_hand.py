"""No hand-written SQL closes a complaint, nor takes away what a closing rests on (CLO-01, M-04).

On connections that know nothing of this program and check no foreign keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.bare import REFUSED, Bare
from tests.cast import Cast, add_cast, call, close_refusing, do, resolve, resolved
from tests.databases import Database
from tickets.database import db, writing
from tickets.models import Approval, CallbackAttempt, Complaint
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """Ids, as SQL literals, of complaints in the situations that a forger would use."""

    due: str
    due_failed_attempt: str
    due_pending: str
    closed: str
    closed_attempt: str
    excepted: str
    excepted_approval: str
    again: str
    again_old_attempt: str
    supervisor: str


@pytest.fixture
def bare(database: Database) -> Bare:
    return Bare(database)


@pytest.fixture
def desk(database: Database, now: datetime) -> Iterator[Desk]:
    with database.app.app_context(), writing():
        cast = add_cast(now - 30 * DAY, "no password")
        made = _desk(cast, now)
        db.session.commit()
    yield made


def _desk(cast: Cast, now: datetime) -> Desk:
    due = resolved(cast, now=now)
    call(due, CallOutcome.REFUSED, now + HOUR)
    do("request_closing", due, cast.chen, now + HOUR, ground="refuses_contact", reason="Refused.")
    closed = resolved(cast, now=now)
    call(closed, CallOutcome.ACCEPTED, now + HOUR)
    excepted = resolved(cast, now=now)
    close_refusing(excepted, now + HOUR, cast.zheng)
    again = resolved(cast, now=now)
    call(again, CallOutcome.ACCEPTED, now + HOUR)
    do("reopen", again, cast.wang, now + DAY, reason="Dead again.")
    resolve(cast, again, now + DAY)
    return Desk(
        literal(due.id),
        literal(attempt_of(due)),
        literal(approval_of(due)),
        literal(closed.id),
        literal(attempt_of(closed)),
        literal(excepted.id),
        literal(approval_of(excepted)),
        literal(again.id),
        literal(attempt_of(again)),
        literal(cast.people["zheng"]),
    )


def literal(key: UUID) -> str:
    """Both databases read this: SQLite keeps keys so, PostgreSQL takes them so."""
    return f"'{key.hex}'"


def attempt_of(complaint: Complaint) -> UUID:
    return db.session.scalars(
        select(CallbackAttempt.id).where(CallbackAttempt.complaint_id == complaint.id)
    ).one()


def approval_of(complaint: Complaint) -> UUID:
    return db.session.scalars(
        select(Approval.id).where(Approval.complaint_id == complaint.id)
    ).one()


CLOSE = "UPDATE complaint SET status = 'closed'"
RESTS = "closing_holds = TRUE, closing_attempt_id"

FORGED_UPDATES = {
    "on nothing": f"{CLOSE} WHERE id = {{due}}",
    "everything at once": CLOSE,
    "with a holds alone": f"{CLOSE}, closing_holds = TRUE WHERE id = {{due}}",
    "on an attempt that is none": f"{CLOSE}, {RESTS} = {{nobody}} WHERE id = {{due}}",
    "on an attempt that failed": f"{CLOSE}, {RESTS} = {{due_failed_attempt}} WHERE id = {{due}}",
    "on another's attempt": f"{CLOSE}, {RESTS} = {{closed_attempt}} WHERE id = {{due}}",
    "on an earlier cycle's": f"{CLOSE}, {RESTS} = {{again_old_attempt}} WHERE id = {{again}}",
    "with holds unknown": f"{CLOSE}, closing_attempt_id = {{closed_attempt}} WHERE id = {{due}}",
    "with holds false": f"{CLOSE}, closing_holds = FALSE, closing_attempt_id ="
    " {due_failed_attempt} WHERE id = {due}",
    "on a request not granted": f"{CLOSE}, closing_holds = TRUE, closing_approval_id ="
    " {due_pending} WHERE id = {due}",
    "on a request not granted, holds false": f"{CLOSE}, closing_holds = FALSE,"
    " closing_approval_id = {due_pending} WHERE id = {due}",
    "on another's approval": f"{CLOSE}, closing_holds = TRUE, closing_approval_id ="
    " {excepted_approval} WHERE id = {due}",
    "with another's attempt beside an own request": f"{CLOSE}, {RESTS} = {{closed_attempt}},"
    " closing_approval_id = {due_pending} WHERE id = {due}",
}

UNDERMINED = {
    "the attempt deleted": "DELETE FROM callback_attempt WHERE id = {closed_attempt}",
    "the attempt's outcome changed": "UPDATE callback_attempt SET outcome = 'no_answer',"
    " closes = FALSE WHERE id = {closed_attempt}",
    "the attempt moved": "UPDATE callback_attempt SET complaint_id = {due}"
    " WHERE id = {closed_attempt}",
    "a failed attempt made good": "UPDATE callback_attempt SET outcome = 'accepted',"
    " closes = TRUE WHERE id = {due_failed_attempt}",
    "a failed attempt said to close": "UPDATE callback_attempt SET closes = TRUE"
    " WHERE id = {due_failed_attempt}",
    "the approval deleted": "DELETE FROM approval WHERE id = {excepted_approval}",
    "the approval taken back": "UPDATE approval SET state = 'denied', granted = FALSE"
    " WHERE id = {excepted_approval}",
    "the approval taken back with its words": "UPDATE approval SET state = 'denied',"
    " granted = FALSE, reason = '' WHERE id = {excepted_approval}",
    "the approval moved": "UPDATE approval SET complaint_id = {due}, reason = ''"
    " WHERE id = {excepted_approval}",
    "the approval renamed": "UPDATE approval SET id = {nobody}, reason = ''"
    " WHERE id = {excepted_approval}",
    "a request granted by nobody": "UPDATE approval SET state = 'granted', granted = TRUE"
    " WHERE id = {due_pending}",
    "a request granted in half": "UPDATE approval SET granted = TRUE, decided_by_id = {supervisor}"
    " WHERE id = {due_pending}",
    "the request granted by the responsible person": "UPDATE approval SET state = 'granted',"
    " granted = TRUE, decided_by_id = responsible_id WHERE id = {due_pending}",
    "the cycle moved on": "UPDATE complaint SET cycle = cycle + 1 WHERE id = {closed}",
    "the key changed": "UPDATE complaint SET id = {nobody} WHERE id = {closed}",
    "what it rests on forgotten": "UPDATE complaint SET closing_attempt_id = NULL,"
    " closing_holds = NULL WHERE id = {closed}",
    "the exception forgotten": "UPDATE complaint SET closing_approval_id = NULL,"
    " closing_holds = NULL WHERE id = {excepted}",
    "holding no more": "UPDATE complaint SET closing_holds = FALSE WHERE id = {closed}",
    "holding unknown": "UPDATE complaint SET closing_holds = NULL WHERE id = {closed}",
    "resting on another's": "UPDATE complaint SET closing_attempt_id = {again_old_attempt}"
    " WHERE id = {closed}",
    "the complaint deleted": "DELETE FROM complaint WHERE id = {closed}",
    "its number moved": "UPDATE complaint SET number = (SELECT number FROM complaint"
    " WHERE id = {due}) WHERE id = {closed}",
}

INSERTS = ("INSERT",)
REPLACING = ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT OR ABORT")


def test_no_statement_closes_a_complaint(desk: Desk, bare: Bare) -> None:
    for forged, statement in FORGED_UPDATES.items():
        refuse(bare, desk, forged, statement)
    assert closed_now(bare) == 2


def test_nothing_that_a_closing_rests_on_can_be_taken_away(desk: Desk, bare: Bare) -> None:
    before = bare.state("complaint", "callback_attempt", "approval")

    for undermined, statement in UNDERMINED.items():
        refuse(bare, desk, undermined, statement)

    assert bare.state("complaint", "callback_attempt", "approval") == before


def test_no_closed_complaint_can_be_put_in(desk: Desk, bare: Bare) -> None:
    forged = {"id": literal(uuid4()), "number": "'999999999999'", "status": "'closed'"}
    grounds: tuple[dict[str, str], ...] = (
        {},
        {"closing_attempt_id": desk.closed_attempt, "closing_holds": "TRUE"},
        {"closing_approval_id": desk.excepted_approval, "closing_holds": "TRUE"},
        {"closing_approval_id": desk.due_pending, "closing_holds": "TRUE"},
        {"closing_attempt_id": desk.due_failed_attempt, "closing_holds": "FALSE"},
        {"closing_attempt_id": desk.closed_attempt, "closing_holds": "NULL"},
    )
    for ground in grounds:
        into = bare.copy_of("complaint", f"id = {desk.due}", **forged, **ground)
        for verb in (*INSERTS, *(REPLACING if bare.is_sqlite else ())):
            refuse(bare, desk, str(ground), f"{verb} {into}")
    assert closed_now(bare) == 2


def test_no_row_can_be_replaced(desk: Desk, bare: Bare) -> None:
    """SQLite's REPLACE deletes what is in the way, and no trigger for deleting fires."""
    if not bare.is_sqlite:
        pytest.skip("only SQLite replaces rows")
    before = bare.state("complaint", "callback_attempt", "approval", "event", "callback", "answer")
    number = f"(SELECT number FROM complaint WHERE id = {desk.closed})"
    fresh = literal(uuid4())
    copies = (
        ("complaint", desk.closed, {"status": "'resolved'"}),
        ("complaint", desk.due, {"id": desk.closed, "number": "'999999999999'"}),
        ("complaint", desk.due, {"id": fresh, "number": number}),
        ("callback_attempt", desk.closed_attempt, {"outcome": "'busy'", "closes": "FALSE"}),
        ("callback_attempt", desk.due_failed_attempt, {"id": desk.closed_attempt}),
        ("approval", desk.excepted_approval, {"state": "'denied'", "granted": "FALSE"}),
        ("approval", desk.due_pending, {"id": desk.excepted_approval}),
    )
    for table, source, instead in copies:
        into = bare.copy_of(table, f"id = {source}", **instead)
        for verb in ("INSERT OR REPLACE", "REPLACE"):
            refuse(bare, desk, f"{table} {instead}", f"{verb} {into}")
    for table in ("event", "callback", "answer"):
        into = bare.copy_of(table, f"complaint_id = {desk.closed}", id="lower(hex(randomblob(16)))")
        refuse(bare, desk, table, f"REPLACE {into}")
    for moved in (
        f"UPDATE OR REPLACE complaint SET number = {number} WHERE id = {desk.due}",
        f"UPDATE OR REPLACE complaint SET id = {desk.closed} WHERE id = {desk.due}",
        f"UPDATE OR REPLACE approval SET id = {desk.excepted_approval}"
        f" WHERE id = {desk.due_pending}",
        f"UPDATE OR REPLACE callback SET complaint_id = {desk.closed}, cycle = 1"
        f" WHERE complaint_id = {desk.due}",
    ):
        refuse(bare, desk, moved, moved)
    assert bare.state(*before) == before


def test_no_row_can_be_replaced_by_its_hidden_number(desk: Desk, bare: Bare) -> None:
    """Every SQLite table has a rowid, and a row that claims another's drives it out."""
    if not bare.is_sqlite:
        pytest.skip("only SQLite has a rowid")
    before = bare.state("complaint", "callback_attempt", "approval")
    rowid = f"(SELECT rowid FROM callback_attempt WHERE id = {desk.closed_attempt})"
    into = bare.copy_of("callback_attempt", f"id = {desk.due_failed_attempt}", id=literal(uuid4()))
    into = into.replace("(id,", "(rowid, id,").replace("SELECT ", f"SELECT {rowid}, ", 1)

    refuse(bare, desk, "attempt", f"REPLACE {into}")
    refuse(
        bare,
        desk,
        "complaint",
        "UPDATE OR REPLACE complaint SET rowid ="
        f" (SELECT rowid FROM complaint WHERE id = {desk.closed}) WHERE id = {desk.due}",
    )

    assert bare.state(*before) == before


def test_no_table_can_be_emptied(desk: Desk, bare: Bare) -> None:
    before = bare.state("complaint", "callback_attempt", "approval", "event")
    for table in before:
        emptying = [f"DELETE FROM {table}"]
        if not bare.is_sqlite:
            emptying += [f"TRUNCATE {table} CASCADE", "TRUNCATE person CASCADE"]
        for statement in emptying:
            refuse(bare, desk, statement, statement)
    assert bare.state(*before) == before


def test_an_upsert_closes_nothing(desk: Desk, bare: Bare) -> None:
    for target, change in (
        ("complaint", "status = 'closed'"),
        ("callback_attempt", "outcome = 'accepted', closes = TRUE"),
    ):
        source = desk.due if target == "complaint" else desk.due_failed_attempt
        into = bare.copy_of(target, f"id = {source}")
        refuse(bare, desk, target, f"INSERT {into} ON CONFLICT (id) DO UPDATE SET {change}")
    assert closed_now(bare) == 2


@pytest.mark.parametrize(
    "change",
    [
        "text = 'Nothing was wrong.'",
        "outcome = 'not_upheld'",
        "remedy = 'explanation'",
        "cause_id = NULL",
        "compensation_minor = 1",
        "by_id = {supervisor}",
        "cycle = cycle + 1",
    ],
)
def test_an_answer_that_was_given_is_not_rewritten(desk: Desk, bare: Bare, change: str) -> None:
    """Design §3, P4: what the customer accepted stays word for word, in every column."""
    before = bare.state("answer")

    refuse(bare, desk, change, f"UPDATE answer SET {change} WHERE complaint_id = {desk.closed}")

    assert bare.state("answer") == before


def refuse(bare: Bare, desk: Desk, what: str, statement: str) -> None:
    filled = statement.format(**vars(desk), nobody=literal(uuid4()))
    try:
        touched = bare.run(filled)
    except REFUSED:
        return
    pytest.fail(f"{what}: the database took {touched} rows of: {filled}")


def closed_now(bare: Bare) -> int:
    return int(bare.rows("SELECT COUNT(*) FROM complaint WHERE status = 'closed'")[0][0])
