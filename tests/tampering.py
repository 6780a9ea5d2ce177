"""A desk to be tampered with, and hands that tamper: guards off, statements, guards back on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from tests.bare import Bare
from tests.cast import add_cast, ask_to_close, call, do, orders, registered, resolve, unreached
from tests.databases import Database
from tests.on_record import put_on_record
from tickets import history
from tickets.administration.policy import change_policy
from tickets.database import db, writing
from tickets.models import AdminEvent, AdminHead, Complaint, WorkOrder
from tickets.proof.administration import link
from workflow.words import CallOutcome

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """Three complaints with whole lives, by their keys: one that its customer accepted after a
    second cycle, one closed without reach, one that is open."""

    accepted: str
    unreached: str
    open: str
    last: int
    numbers: tuple[str, str, str]

    def fill(self, statement: str) -> str:
        keys = {"accepted": self.accepted, "unreached": self.unreached, "open": self.open}
        found = statement.replace("{last}", str(self.last))
        for name, key in keys.items():
            found = found.replace(f"{{{name}}}", f"'{key}'")
        return found


def whole_lives(now: datetime) -> Kept:
    cast = add_cast(now - 30 * DAY, "no password")
    put_on_record(now - 30 * DAY)
    change_policy({"returns_before_arbitration": 3}, actor=cast.admin, now=now - 30 * DAY)
    accepted = _accepted(cast, now)
    unreached_ = registered(cast, now=now, description="Nobody picks up.")
    resolve(cast, unreached_, now + HOUR)
    waited = unreached(unreached_, now + DAY)
    ask_to_close(unreached_, cast.chen, waited, "unreachable")
    do("close_unreached", unreached_, cast.zheng, waited + HOUR, reason="Seen.")
    still_open = registered(cast, now=now, description="It is slow.", by="wang")
    do("transfer", still_open, cast.zheng, now + HOUR, to=cast.people["chen"], reason="On leave.")
    do("accept_transfer", still_open, cast.chen, now + 2 * HOUR)
    do("note", still_open, cast.chen, now + 3 * HOUR, text="A promise of the vendor.")
    do("note", still_open, cast.chen, now + 4 * HOUR, text="The vendor was told.")
    all_three = (accepted, unreached_, still_open)
    return Kept(
        *(each.id.hex for each in all_three),
        last=accepted.event_count,
        numbers=tuple(each.number for each in all_three),  # type: ignore[arg-type]
    )


def _accepted(cast: Any, now: datetime) -> Complaint:
    """Dispatched, answered, not accepted, answered again, accepted."""
    complaint = registered(cast, now=now, description="The line is dead.", wish="Mend it.")
    do(
        "dispatch",
        complaint,
        cast.chen,
        now + HOUR,
        units=[cast.units["network"]],
        question="What is it?",
        promised_at=now + 2 * DAY,
    )
    (order,) = orders(complaint)
    assert isinstance(order, WorkOrder)
    do("accept", order, cast.zhao, now + 2 * HOUR)
    do("answer", order, cast.zhao, now + 3 * HOUR, answer="A line card.")
    do("note", complaint, cast.chen, now + 3 * HOUR, text="The customer was angry.")
    resolve(cast, complaint, now + 4 * HOUR)
    call(complaint, CallOutcome.NOT_SOLVED, now + 5 * HOUR)
    resolve(cast, complaint, now + 6 * HOUR)
    call(complaint, CallOutcome.ACCEPTED, now + 7 * HOUR)
    return complaint


def tamper(bare: Bare, statements: Sequence[str]) -> None:
    """As somebody who owns the database: guards off, the statements, guards on again."""
    bare.database.touch()
    with bare.connection() as connection:
        cursor = connection.cursor()
        guards: list[str] = []
        if bare.is_sqlite:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            for name, made in cursor.fetchall():
                guards.append(made)
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET session_replication_role = replica")
        touched = 0
        for statement in statements:
            cursor.execute(statement)
            touched += max(cursor.rowcount, 0)
        assert touched, "nothing was forged"
        for made in guards:
            cursor.execute(made)
        connection.commit()


def rehash(database: Database, key: str) -> None:
    """Make every number and hash of a history right again, as somebody who has read the code."""
    with database.app.app_context(), writing():
        _without_guards()
        complaint = db.session.scalars(select(Complaint)).all()
        (this,) = [each for each in complaint if each.id.hex == key]
        previous = ""
        events = history.events_of(this)
        for seq, event in enumerate(events, 1):
            event.seq, event.previous = seq, previous
            event.hash = previous = history.link(event)
            db.session.flush()
        this.chain_head, this.event_count = previous, len(events)
        db.session.commit()
    _guard_again(database)


def rehash_administration(database: Database, subject: str) -> None:
    with database.app.app_context(), writing():
        _without_guards()
        previous, seq = "", 0
        query = select(AdminEvent).where(AdminEvent.subject == subject).order_by(AdminEvent.seq)
        for seq, event in enumerate(db.session.scalars(query), 1):
            event.seq, event.previous = seq, previous
            event.hash = previous = link(event)
            db.session.flush()
        head = db.session.get_one(AdminHead, subject)
        head.count, head.head = seq, previous
        db.session.commit()
    _guard_again(database)


def _without_guards() -> None:
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        return
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in names.all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _guard_again(database: Database) -> None:
    from tickets.models import guards  # noqa: PLC0415 - what a tamperer puts back

    with database.app.app_context(), writing():
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = DEFAULT"))
        else:
            guards.install(connection)
        db.session.commit()


def everything_about(bare: Bare, key: str) -> list[str]:
    """Statements that take a complaint out with every row that belongs to it."""
    tables = [name for name, table in db.metadata.tables.items() if "complaint_id" in table.columns]
    gone = [f"DELETE FROM \"{name}\" WHERE complaint_id = '{key}'" for name in tables]
    return [*gone, f"DELETE FROM complaint WHERE id = '{key}'"]


def person(login: str) -> str:
    return f"(SELECT id FROM person WHERE login = '{login}')"
