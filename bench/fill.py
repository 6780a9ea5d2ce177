"""A database with many complaints, written straight into the tables.

Registering a hundred thousand complaints through the verbs would take an hour, so the rows are
made here, with the histories that the verbs would have written: chained events, closings that
rest on attempts. The guards are on, so a row that could not exist is refused here as well.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, text, update

from tickets.accounts import passwords
from tickets.clocks import limit_changes
from tickets.database import db, new_id
from tickets.models import (
    Answer,
    Callback,
    CallbackAttempt,
    Category,
    Cause,
    Complaint,
    Contact,
    Customer,
    Entry,
    Event,
    Membership,
    Person,
    Unit,
    WorkOrder,
)
from tickets.numbers import new_number
from tickets.proof.canonical import digest
from workflow.words import (
    CallChannel,
    CallOutcome,
    Channel,
    OrderStatus,
    Remedy,
    Resolution,
    Role,
    Severity,
    Status,
    UnitKind,
)

PASSWORD = "of the bench"  # noqa: S105 - opens a throw-away database
DESKS, DEPARTMENTS, CLERKS = 6, 6, 60
MIX = (
    (Status.CLOSED, 0.93),
    (Status.IN_PROGRESS, 0.02),
    (Status.DISPATCHED, 0.02),
    (Status.RESOLVED, 0.015),
    (Status.REGISTERED, 0.01),
    (Status.WITHDRAWN, 0.005),
)
"""Shares of the statuses; the open backlog grows with the whole, which is the harder case."""
BATCH = 2_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass
class Made:
    """Who and what was made first, and is referred to by the rest."""

    clerks: list[UUID] = field(default_factory=list)
    desks: list[UUID] = field(default_factory=list)
    departments: list[UUID] = field(default_factory=list)
    categories: list[UUID] = field(default_factory=list)
    cause: UUID = field(default_factory=new_id)
    now: datetime = datetime(2025, 3, 11, 2, 0, tzinfo=UTC)


def fill(count: int, now: datetime) -> Made:
    """Fill an empty, migrated database with `count` complaints; commits as it goes."""
    chance = random.Random(7)  # noqa: S311 - the same complaints in every run
    made = _first_rows(now)
    for start in range(0, count, BATCH):
        rows: dict[type, list[dict[str, Any]]] = {}
        for n in range(start, min(start + BATCH, count)):
            at = FIRST + (now - FIRST) * (n / count)
            for model, row in _complaint(made, chance, at, _status(chance)):
                rows.setdefault(model, []).append(row)
        _store(rows)
    _long_ones(made, chance, now)
    db.session.commit()
    _clocks(now)
    _settle()
    return made


def _clocks(now: datetime) -> None:
    """Open complaints have clocks, as the verbs would have left them."""
    while batch := limit_changes.without_limits():
        for complaint_id in batch:
            limit_changes.begin(complaint_id, now)
        db.session.commit()
        db.session.expunge_all()


def _settle() -> None:
    """What a database that has lived for a while has done: statistics, and pages known visible."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _store(rows: dict[type, list[dict[str, Any]]]) -> None:
    """Parents first; a complaint becomes closed when what it rests on is there."""
    order = (
        Customer, Contact, Complaint, WorkOrder, Event, Entry, Answer, Callback, CallbackAttempt,
    )  # fmt: skip
    closings = [row.pop("_closing") for row in rows[Complaint] if "_closing" in row]
    for model in order:
        if rows.get(model):
            db.session.execute(insert(model), rows[model])
    if closings:
        table = Complaint.metadata.tables["complaint"]
        closing = update(table).where(table.c.id == bindparam("complaint")).values(
            status=Status.CLOSED, closing_holds=True,
            closing_attempt_id=bindparam("attempt"), closed_at=bindparam("closed"),
        )  # fmt: skip
        db.session.connection().execute(closing, closings)
    db.session.commit()


def _first_rows(now: datetime) -> Made:
    made = Made(now=now)
    company = _unit("company", UnitKind.COMPANY, None)
    branch = _unit("branch", UnitKind.BRANCH, company)
    for n in range(DESKS):
        made.desks.append(_unit(f"desk{n}", UnitKind.DESK, branch).id)
    for n in range(DEPARTMENTS):
        made.departments.append(_unit(f"department{n}", UnitKind.DEPARTMENT, branch).id)
    hashed = passwords.hashed(PASSWORD)
    for n in range(CLERKS):
        unit_id = made.desks[n % DESKS]
        made.clerks.append(_person(f"clerk{n}", unit_id, Role.FRONT_DESK, hashed, now))
    _person("supervisor", branch.id, Role.SUPERVISOR, hashed, now)
    for n, unit_id in enumerate(made.departments):
        _person(f"agent{n}", unit_id, Role.AGENT, hashed, now)
    for n in range(20):
        category = Category(id=new_id(), code=f"c{n}", names={"en": f"Category {n}"}, active=True)
        db.session.add(category)
        made.categories.append(category.id)
    db.session.add(Cause(id=made.cause, code="fault", names={"en": "Fault"}, active=True))
    db.session.commit()
    return made


def _unit(code: str, kind: UnitKind, parent: Unit | None) -> Unit:
    unit = Unit(id=new_id(), code=code, kind=kind, names={"en": code}, active=True)
    unit.place_under(parent)
    db.session.add(unit)
    db.session.flush()  # units below refer to it
    return unit


def _person(login: str, unit_id: UUID, role: Role, hashed: str, now: datetime) -> UUID:
    person = Person(
        id=new_id(), login=login, name=login, password_hash=hashed, password_changed_at=now,
        created_at=now, memberships=[Membership(id=new_id(), unit_id=unit_id, role=role)],
    )  # fmt: skip
    db.session.add(person)
    return person.id


def _status(chance: random.Random) -> Status:
    return chance.choices([status for status, _ in MIX], [share for _, share in MIX])[0]


Rows = Iterator[tuple[type, dict[str, Any]]]


def _complaint(
    made: Made, chance: random.Random, at: datetime, status: Status, notes: int = 0
) -> Rows:
    customer_id, complaint_id = new_id(), new_id()
    clerk = chance.randrange(len(made.clerks))
    phone = f"+86139{chance.randrange(10**8):08d}"
    yield from _customer(customer_id, phone, at)
    row: dict[str, Any] = {
        "id": complaint_id, "number": new_number(), "version": 5, "cycle": 1,
        "status": Status.RESOLVED if status is Status.CLOSED else status,
        "level": chance.choice((0, 0, 0, 0, 1, 2)), "severity": chance.choice(list(Severity)),
        "channel": chance.choice(list(Channel)), "unit_id": made.desks[clerk % DESKS],
        "responsible_id": made.clerks[clerk], "received_by_id": made.clerks[clerk],
        "customer_id": customer_id, "category_id": chance.choice(made.categories),
        "description": "宽带一直断线 the line keeps dropping " * 4, "registered_at": at,
        "started_at": at, "last_contact_at": at, "promised_at": at + timedelta(days=2),
        "callback_number": phone, "refuses_contact": False,
    }  # fmt: skip
    answered = status in (Status.CLOSED, Status.RESOLVED)
    row["resolved_at"] = at + timedelta(hours=9) if answered else None
    attempt_id = new_id()
    if status is Status.CLOSED:
        closed_at = at + timedelta(hours=12)
        row["_closing"] = {"complaint": complaint_id, "attempt": attempt_id, "closed": closed_at}
    yield from _history(row, made, clerk, at, notes)
    yield Complaint, row
    yield from _order(made, chance, row, at, status)
    if answered:
        yield from _answer(made, clerk, row, at, attempt_id if status is Status.CLOSED else None)


def _customer(customer_id: UUID, phone: str, at: datetime) -> Rows:
    yield Customer, {"id": customer_id, "name": f"Customer {phone[-5:]}", "created_at": at}
    yield Contact, {
        "id": new_id(), "customer_id": customer_id, "kind": "phone",
        "given": phone, "normal": phone, "tail": phone[-4:], "added_at": at,
    }  # fmt: skip


def _history(row: dict[str, Any], made: Made, clerk: int, at: datetime, notes: int) -> Rows:
    previous = ""
    actions = ["register", "start", "note", "inform", "note", *["note"] * notes]
    for seq, action in enumerate(actions, 1):
        event_id = new_id()
        words = f"{action} {seq}: the line was tested"
        event = {
            "id": event_id, "complaint_id": row["id"], "seq": seq, "action": action,
            "kind": "note" if action == "note" else "status", "at": at + timedelta(minutes=seq),
            "actor_id": made.clerks[clerk], "rule": None, "work_order_id": None,
            "data": {"texts": {"text": digest(words)}}, "previous": previous,
        }  # fmt: skip
        said = [
            str(event["complaint_id"]), str(event_id), seq, event["at"].isoformat(), action,
            event["kind"], str(event["actor_id"]), None, "None", event["data"], previous,
        ]  # fmt: skip
        previous = event["hash"] = digest(json.dumps(said, sort_keys=True, ensure_ascii=False))
        yield Event, event
        yield Entry, {
            "id": new_id(), "complaint_id": row["id"], "event_id": event_id,
            "audience": "internal", "field": "text", "text": words,
        }  # fmt: skip
    row["event_count"], row["chain_head"] = len(actions), previous


def _order(
    made: Made, chance: random.Random, row: dict[str, Any], at: datetime, status: Status
) -> Rows:
    if status is not Status.DISPATCHED and chance.random() > 0.5:
        return
    open_now = status is Status.DISPATCHED
    yield WorkOrder, {
        "id": new_id(), "complaint_id": row["id"], "cycle": 1, "version": 1,
        "unit_id": chance.choice(made.departments), "question": "What is wrong with the line?",
        "status": chance.choice((OrderStatus.SENT, OrderStatus.ACCEPTED)) if open_now
        else OrderStatus.ANSWERED,
        "answer": "" if open_now else "Replaced.", "sent_at": at + timedelta(hours=1),
        "sent_by_id": row["responsible_id"],
        "ended_at": None if open_now else at + timedelta(hours=8),
    }  # fmt: skip


def _answer(
    made: Made, clerk: int, row: dict[str, Any], at: datetime, attempt_id: UUID | None
) -> Rows:
    answered_at, called_at = at + timedelta(hours=9), at + timedelta(hours=12)
    yield Answer, {
        "id": new_id(), "complaint_id": row["id"], "cycle": 1, "text": "The card was replaced.",
        "outcome": Resolution.UPHELD, "cause_id": made.cause, "remedy": Remedy.REPAIR,
        "by_id": made.clerks[clerk], "at": answered_at,
    }  # fmt: skip
    callback_id = new_id()
    yield Callback, {
        "id": callback_id, "complaint_id": row["id"], "cycle": 1, "caller_id": made.clerks[clerk],
        "created_at": answered_at, "due_since": answered_at,
        "done_at": called_at if attempt_id else None,
    }  # fmt: skip
    if attempt_id is None:
        return
    yield CallbackAttempt, {
        "id": attempt_id, "callback_id": callback_id, "complaint_id": row["id"], "cycle": 1,
        "at": called_at, "number": row["callback_number"], "channel": CallChannel.PHONE,
        "outcome": CallOutcome.ACCEPTED, "closes": True, "by_id": made.clerks[clerk],
        "recorded_at": called_at, "number_known": True,
    }  # fmt: skip


def _long_ones(made: Made, chance: random.Random, now: datetime) -> None:
    """Two open complaints of the first clerk's: a short one and one with 10,000 entries."""
    for notes, wish in ((0, "short"), (9_995, "long")):
        rows: dict[type, list[dict[str, Any]]] = {}
        for model, row in _complaint(made, chance, now, Status.IN_PROGRESS, notes):
            if model is Complaint:
                row |= {"wish": wish, "responsible_id": made.clerks[0]}
            rows.setdefault(model, []).append(row)
        _store(rows)
