"""An upgrade of a database with a past: what was decided stays decided, and is marked as older than
the rule; settings out of their bounds are lifted, on record (issue of four eyes, P11)."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from tests.databases import SERVER, administer, why_no_postgresql
from tickets.database import db, writing

BEFORE = "0017"
NOW = datetime(2025, 3, 11, 2, tzinfo=UTC)
FILLED = {sa.Integer: 0, sa.Boolean: False, sa.JSON: {}, sa.String: "", sa.DateTime: NOW}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def older(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """An application on a database of the schema before."""
    name = f"shouwen_older_{worker_id}_{os.getpid()}"
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'older.db'}"
    else:
        assert not why_no_postgresql()
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        administer("CREATE DATABASE {}", name)
        url = sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    said = {"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests", "DATABASE_URL": url}
    app = create_app(said)
    with app.app_context():
        upgrade(revision=BEFORE)
    yield app
    with app.app_context():
        db.engine.dispose()
    if request.param != "sqlite":
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


class Past:
    """Rows of the old schema, each with what a test says and plain values for the rest."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.tables = sa.MetaData()
        self.tables.reflect(connection)

    def add(self, of: str, /, **said: Any) -> UUID:
        table = self.tables.tables[of]
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.name in said:
                row[column.name] = self._stored(column, said[column.name])
            elif column.name == "id":
                row["id"] = said.setdefault("id", self._stored(column, uuid4()))
            elif not column.nullable and column.server_default is None:
                row[column.name] = self._plain(column)
        self.connection.execute(table.insert().values(row))
        return row.get("id", uuid4())

    def _plain(self, column: sa.Column[Any]) -> Any:
        for kind, value in FILLED.items():
            if isinstance(column.type, kind):
                return self._stored(column, value)
        return self._stored(column, uuid4())

    def _stored(self, column: sa.Column[Any], value: Any) -> Any:
        sqlite = self.connection.dialect.name == "sqlite"
        if sqlite and isinstance(value, UUID):
            return value.hex
        if sqlite and isinstance(value, datetime):
            return value.replace(tzinfo=None)
        return value

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.execute(sa.text(statement))]


def live(past: Past) -> dict[str, Any]:
    """A few complaints as the old rules let them end, and two that are open."""
    unit = past.add("unit", code="hall", kind="desk", path="/", names={"en": "Hall"})
    people = {name: past.add("person", login=name, name=name) for name in ("chen", "wang", "zheng")}
    customer = past.add("customer", name="Zhang")
    past.add("contact", customer_id=customer, kind="phone", given="1", normal="1", tail="1")
    category = past.add("category", code="broadband", names={"en": "Broadband"})

    def complaint(number: str, status: str, **said: Any) -> UUID:
        names = ("unit_id", "customer_id", "category_id", "responsible_id", "received_by_id")
        ids = (unit, customer, category, people["chen"], people["wang"])
        fixed = {**dict(zip(names, ids, strict=True)), "cycle": 1, "version": 1}
        codes = {"severity": "normal", "channel": "phone", "level": 0, "tier_rank": 99}
        return past.add("complaint", number=number, status=status, **{**fixed, **codes, **said})

    def about(complaint_id: UUID, table: str, /, **said: Any) -> UUID:
        return past.add(table, complaint_id=complaint_id, cycle=1, **said)

    made = {"due": complaint("1", "resolved"), "withdrawn": complaint("2", "withdrawn")}
    call = about(made["due"], "callback")
    about(
        made["due"], "callback_attempt", callback_id=call, channel="phone", outcome="no_answer",
        number="an odd one", by_id=people["chen"], at=NOW,
    )  # fmt: skip
    about(made["due"], "notice", channel="sms", address="nobody at all", by_id=people["chen"])
    decided = {"requested_by_id": people["zheng"], "responsible_id": people["chen"]}
    made["excepted"] = complaint("3", "resolved")
    made["granted"] = about(
        made["excepted"], "approval", state="granted", granted=True, ground="unreachable",
        decided_by_id=people["zheng"], decided_at=NOW, **decided,
    )  # fmt: skip
    past.connection.execute(
        sa.text(
            "UPDATE complaint SET status = 'closed', closing_holds = TRUE, closing_approval_id = :p"
            " WHERE id = :c"
        ),
        {"p": made["granted"], "c": made["excepted"]},
    )
    about(made["due"], "approval", state="pending", ground="unreachable", **decided)
    past.add(
        "event", complaint_id=made["withdrawn"], seq=1, action="withdraw", kind="status", at=NOW
    )
    past.add(
        "transfer", complaint_id=made["due"], from_id=people["wang"], to_id=people["chen"],
        state="accepted",
    )  # fmt: skip
    for name, value in (("callback.attempts", 0), ("undo_window", 90_000), ("quality_share", 7)):
        past.add("policy_setting", name=name, value=value)
    return made


def test_what_was_there_holds_as_it_did_and_is_marked(older: Flask) -> None:
    with older.app_context():
        with writing(), db.engine.begin() as connection:
            live(Past(connection))

        upgrade()

        with db.engine.connect() as connection:
            past = Past(connection)
            assert past.rows("SELECT before_rule FROM callback_attempt") == [(True,)]
            assert past.rows("SELECT before_rule FROM notice") == [(True,)]
            marks = past.rows("SELECT state, before_rule FROM approval ORDER BY state")
            assert marks == [("granted", True), ("pending", False)]
            closed = past.rows("SELECT number FROM complaint WHERE status = 'closed'")
            assert closed == [("3",)]
            ended = past.rows("SELECT number FROM complaint WHERE withdrawn_at IS NOT NULL")
            assert ended == [("2",)]
            answered = past.rows(
                "SELECT p.login FROM responsibility r JOIN person p ON p.id = r.person_id"
                " JOIN complaint c ON c.id = r.complaint_id WHERE c.number = '1' ORDER BY p.login"
            )
            assert answered == [("chen",), ("wang",)]
            assert past.rows("SELECT COUNT(*) FROM contact WHERE added_at IS NOT NULL") == [(1,)]


def test_settings_out_of_their_bounds_are_lifted_on_record(older: Flask) -> None:
    with older.app_context():
        with writing(), db.engine.begin() as connection:
            live(Past(connection))

        upgrade()

        with db.engine.connect() as connection:
            table = sa.table("policy_setting", sa.column("name"), sa.column("value", sa.JSON()))
            stored = dict(connection.execute(sa.select(table.c.name, table.c.value)).all())
            assert stored == {"callback.attempts": 1, "undo_window": 3_600, "quality_share": 7}
            events = sa.table(
                "admin_event",
                sa.column("rule"),
                sa.column("before", sa.JSON()),
                sa.column("after", sa.JSON()),
            )
            said = connection.execute(sa.select(events.c.rule, events.c.before, events.c.after))
            before = {"callback.attempts": 0, "undo_window": 90_000}
            after = {"callback.attempts": 1, "undo_window": 3_600}
            lifted = ("upgrade: settings within their bounds", before, after)
            assert lifted in [tuple(row) for row in said]


def test_a_closing_of_before_can_still_be_counted_and_reopened(older: Flask) -> None:
    """The closing trigger looks again at what changes; what the old rule let end stays usable."""
    with older.app_context():
        with writing(), db.engine.begin() as connection:
            live(Past(connection))
        upgrade()
        with writing(), db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE complaint SET counted_events = 1"))
            connection.execute(
                sa.text(
                    "UPDATE complaint SET status = 'in_progress', cycle = 2, closing_holds = NULL,"
                    " closing_approval_id = NULL WHERE number = '3'"
                )
            )
            spent = connection.execute(sa.text("SELECT COUNT(*) FROM spent_basis")).scalar()
            assert spent == 1
