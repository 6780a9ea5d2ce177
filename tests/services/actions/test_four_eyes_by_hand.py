"""Four eyes hold against hand-written SQL too, each attack on both databases (P4, P5, P11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.bare import REFUSED, Bare
from tests.cast import Cast, add_cast, ask_to_close, call, close_refusing, do, resolve, resolved
from tests.databases import Database
from tickets.database import db, writing
from tickets.models import Answer, Approval, CallbackAttempt, Complaint, Merge, Notice, Transfer
from tickets.people import absences
from tickets.people.absences import acting_for
from workflow.policy import BOUNDS, Bounds
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """Ids, as SQL literals: a request that waits, one that was denied, one that was granted, and
    complaints around them."""

    asked: str
    pending: str
    attempt: str
    letter: str
    answer: str
    denied: str
    denied_of: str
    granted: str
    excepted: str
    undone: str
    undone_attempt: str
    again: str
    closed: str
    merge: str
    transfer: str
    chen: str
    wang: str
    li: str
    zheng: str
    he: str
    qian: str


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
    asked = _asked(cast, now)
    denied = resolved(cast, now=now)
    call(denied, CallOutcome.REFUSED, now + HOUR)
    ask_to_close(denied, cast.chen, now + HOUR, "refuses_contact")
    do("deny_closing", denied, cast.zheng, now + HOUR, reason="Try again.")
    excepted = resolved(cast, now=now)
    close_refusing(excepted, now + HOUR, cast.zheng)
    undone = resolved(cast, now=now)
    call(undone, CallOutcome.ACCEPTED, now + HOUR)
    do("undo_closing", undone, cast.chen, now + HOUR, reason="Wrong key.")
    again = resolved(cast, now=now)
    call(again, CallOutcome.ACCEPTED, now + HOUR)
    do("reopen", again, cast.wang, now + DAY, reason="Dead again.")
    resolve(cast, again, now + DAY)
    closed = resolved(cast, now=now)
    call(closed, CallOutcome.ACCEPTED, now + HOUR)
    duplicate = resolved(cast, now=now)
    said = {"because": "sent_twice", "reason": "The same."}
    do("merge", duplicate, cast.zheng, now, into=again.number, **said)
    people = {name: literal(cast.people[name]) for name in ("chen", "wang", "li", "zheng", "he")}
    return Desk(
        asked=literal(asked.id),
        pending=one(Approval, asked),
        attempt=one(CallbackAttempt, asked),
        letter=one(Notice, asked),
        answer=one(Answer, asked),
        denied=one(Approval, denied),
        denied_of=literal(denied.id),
        granted=one(Approval, excepted),
        excepted=literal(excepted.id),
        undone=literal(undone.id),
        undone_attempt=one(CallbackAttempt, undone),
        again=literal(again.id),
        closed=literal(closed.id),
        merge=one(Merge, duplicate),
        transfer=one(Transfer, asked),
        qian=literal(cast.people["qian"]),
        **people,
    )


def _asked(cast: Cast, now: datetime) -> Complaint:
    """Wang received it, Chen answers for it, Li acted for him, Qian called, Zheng merged."""
    complaint = resolved(cast, now=now, by="wang")
    do("transfer", complaint, cast.zheng, now, to=cast.people["chen"], reason="Wang is ill.")
    do("accept_transfer", complaint, cast.chen, now)
    absences.enter(cast.chen, cast.li, now, now + HOUR, actor=cast.chen, now=now)
    db.session.flush()
    li = cast.li
    li.stands_in_for = acting_for(li, now)
    address = "No. 5, East Road, Guiyang"
    letter = {"channel": "letter", "address": address, "notice": "We could not reach you."}
    do("send_notice", complaint, li, now, **letter)
    call(complaint, CallOutcome.REFUSED, now + 2 * HOUR, by=cast.qian)
    ask_to_close(complaint, cast.chen, now + 2 * HOUR, "refuses_contact")
    return complaint


def literal(key: UUID) -> str:
    return f"'{key.hex}'"


def one(model: type, complaint: Complaint) -> str:
    found: UUID = db.session.scalars(
        select(model.id).where(model.complaint_id == complaint.id)  # type: ignore[attr-defined]
    ).one()
    return literal(found)


GRANT = (
    "UPDATE approval SET state = 'granted', granted = TRUE, decided_at = requested_at,"
    " decided_by_id = {who} WHERE id = {pending}"
)
AUTHORS = {
    "the responsible person": "{chen}",
    "whoever was responsible before": "{wang}",
    "whoever acted in place of the responsible person": "{li}",
    "whoever called": "{qian}",
    "nobody that is known": "'00000000000000000000000000000000'",
}


def test_no_author_grants_but_somebody_else_does(desk: Desk, bare: Bare) -> None:
    """The statement passes by somebody with no hand in it: it names who they are."""
    for who in AUTHORS.values():
        refuse(bare, desk, GRANT.replace("{who}", who))

    assert bare.run(GRANT.replace("{who}", "{zheng}").format(**vars(desk))) == 1


def test_responsibility_that_sql_took_away_and_gave_is_remembered(desk: Desk, bare: Bare) -> None:
    for person in (desk.zheng, desk.chen):
        bare.run(f"UPDATE complaint SET responsible_id = {person} WHERE id = {desk.asked}")

    refuse(bare, desk, GRANT.replace("{who}", "{zheng}"))


def test_a_key_written_otherwise_is_nobody_else(desk: Desk, bare: Bare) -> None:
    if not bare.is_sqlite:
        pytest.skip("PostgreSQL knows keys, however they are written")
    chen = desk.chen.strip("'")
    for odd in (f"'{chen.upper()}'", f"'{UUID(chen)}'", f"' {chen}'", f"CAST('{chen}' AS BLOB)"):
        refuse(bare, desk, GRANT.replace("{who}", odd))
        refuse(bare, desk, f"UPDATE complaint SET responsible_id = {odd} WHERE id = {{asked}}")


PROMISING = ("complaint", "approval", "answer", "transfer", "merge", "responsibility", "contact")

REFUSED_STATEMENTS = {
    "a denied request, its moment emptied": "UPDATE approval SET decided_at = NULL"
    " WHERE id = {denied}",
    "a denied request, granted": "UPDATE approval SET state = 'granted', granted = TRUE"
    " WHERE id = {denied}",
    "a denied request, words and moment emptied": "UPDATE approval SET reason = '',"
    " decided_at = NULL, state = 'pending' WHERE id = {denied}",
    "a decision given to somebody else": "UPDATE approval SET decided_by_id = {he}"
    " WHERE id = {granted}",
    "a request called older than the rule": "UPDATE approval SET before_rule = TRUE"
    " WHERE id = {pending}",
    "denied by whoever asked": "UPDATE approval SET state = 'denied', decided_at = requested_at,"
    " decided_by_id = {chen} WHERE id = {pending}",
    "the cycle moved back": "UPDATE complaint SET cycle = 1 WHERE id = {again}",
    "closed again on what was undone": "UPDATE complaint SET status = 'closed',"
    " closing_holds = TRUE, closing_attempt_id = {undone_attempt} WHERE id = {undone}",
    "the responsible person of what is closed": "UPDATE complaint SET responsible_id = {wang}"
    " WHERE id = {closed}",
    "an answer's cause": "UPDATE answer SET cause_id = {nobody} WHERE id = {answer}",
    "an answer's remedy": "UPDATE answer SET remedy = 'refund' WHERE id = {answer}",
    "an answer's liable unit": "UPDATE answer SET liable_unit_id = (SELECT unit_id FROM complaint"
    " WHERE id = {asked}) WHERE id = {answer}",
    "an answer's compensation": "UPDATE answer SET compensation_minor = 1 WHERE id = {answer}",
    "an answer's author": "UPDATE answer SET by_id = {zheng}, text = '' WHERE id = {answer}",
    "an answer's absent one": "UPDATE answer SET instead_of_id = {zheng} WHERE id = {answer}",
    "a decided transfer": "UPDATE transfer SET to_id = {he} WHERE id = {transfer}",
    "a decided transfer, as if it waited": "UPDATE transfer SET state = 'pending',"
    " decided_at = NULL WHERE id = {transfer}",
    "a merge, led elsewhere": 'UPDATE "merge" SET into_id = {asked} WHERE id = {merge}',
    "a merge, gone": 'DELETE FROM "merge" WHERE id = {merge}',
    "who answered, gone": "DELETE FROM responsibility WHERE complaint_id = {asked}",
    "who answered, somebody else": "UPDATE responsibility SET person_id = {he}",
    "what is spent, gone": "DELETE FROM spent_basis",
    "a contact, gone": "DELETE FROM contact",
    "a call confirmed by its author": "INSERT INTO attempt_confirmation (id, attempt_id,"
    " complaint_id, by_id, at) SELECT {nobody}, id, complaint_id, by_id, at FROM callback_attempt"
    " WHERE id = {attempt}",
    "a posting confirmed by its author": "INSERT INTO notice_posting (id, notice_id,"
    " complaint_id, posted_at, by_id, at) SELECT {nobody}, id, complaint_id, sent_at, by_id,"
    " sent_at FROM notice WHERE id = {letter}",
    "a posting confirmed by whom they acted for": "INSERT INTO notice_posting (id, notice_id,"
    " complaint_id, posted_at, by_id, at) SELECT {nobody}, id, complaint_id, sent_at, {chen},"
    " sent_at FROM notice WHERE id = {letter}",
}


def test_no_statement_takes_a_second_person_away(desk: Desk, bare: Bare) -> None:
    before = bare.state(*PROMISING)

    for statement in REFUSED_STATEMENTS.values():
        refuse(bare, desk, statement)

    assert bare.state(*PROMISING) == before


def test_no_column_of_a_decision_can_be_changed_but_its_words_emptied(
    desk: Desk, bare: Bare
) -> None:
    others = {
        "ground": "'unreachable'",
        "cycle": "cycle + 1",
        "complaint_id": desk.asked,
        "requested_by_id": desk.he,
        "requested_instead_of_id": desk.he,
        "requested_at": "'2024-01-01 00:00:00'",
        "responsible_id": desk.he,
        "named_id": desk.he,
        "decided_by_id": "NULL",
        "decided_instead_of_id": desk.he,
        "decided_at": "'2024-01-01 00:00:00'",
        "state": "'denied'",
        "granted": "FALSE",
        "before_rule": "TRUE",
        "reason": "'Another reason.'",
    }
    columns = {column.name for column in Approval.__table__.columns}  # type: ignore[attr-defined]
    assert columns == {*others, "id"}
    for name, value in others.items():
        refuse(bare, desk, f"UPDATE approval SET {name} = {value} WHERE id = {{granted}}")
        both = f"UPDATE approval SET {name} = {value}, reason = '' WHERE id = {{granted}}"
        if name != "reason":
            refuse(bare, desk, both)

    assert bare.run(f"UPDATE approval SET reason = '' WHERE id = {desk.granted}") == 1


def test_no_request_begins_as_decided(desk: Desk, bare: Bare) -> None:
    for instead in (
        {"state": "'granted'", "granted": "TRUE", "decided_by_id": desk.he},
        {"state": "'denied'", "decided_by_id": desk.he},
        {"decided_at": "requested_at"},
        {"before_rule": "TRUE"},
        {"complaint_id": literal(uuid4())},
    ):
        key = literal(uuid4())
        into = bare.copy_of("approval", f"id = {desk.pending}", id=key, **instead)
        refuse(bare, desk, f"INSERT {into}")


def test_no_row_is_put_in_as_older_than_the_rule(desk: Desk, bare: Bare) -> None:
    for table, source in (("callback_attempt", desk.attempt), ("notice", desk.letter)):
        into = bare.copy_of(table, f"id = {source}", id=literal(uuid4()), before_rule="TRUE")
        refuse(bare, desk, f"INSERT {into}")


def test_no_setting_out_of_its_bounds_can_be_stored(bare: Bare, desk: Desk) -> None:
    for name, bounds in BOUNDS.items():
        keeps_within(bare, desk, name, bounds)


def keeps_within(bare: Bare, desk: Desk, name: str, bounds: Bounds) -> None:
    odd = ("-1", "null", "true", '"1"', "0.5", "[]", "{}", '""', "1e9", str(bounds.most + 1))
    below = [str(bounds.least - 1)] if bounds.least else []
    put = "INSERT INTO policy_setting (name, value) VALUES ('{}', '{}')"
    for value in (*odd, *below):
        refuse(bare, desk, put.format(name, value).replace("{", "{{").replace("}", "}}"))

    assert bare.run(put.format(name, bounds.least)) == 1
    for value in (*odd, *below):
        changed = f"UPDATE policy_setting SET value = '{value}' WHERE name = '{name}'"
        refuse(bare, desk, changed.replace("{", "{{").replace("}", "}}"))


def refuse(bare: Bare, desk: Desk, statement: str) -> None:
    filled = statement.format(**vars(desk), nobody=literal(uuid4()))
    try:
        touched = bare.run(filled)
    except REFUSED:
        return
    pytest.fail(f"the database took {touched} rows of: {filled}")
