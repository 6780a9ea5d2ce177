"""The role of docs/audit.md: it runs the application, and cannot take a guard away."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import make_url, select

from app import create_app
from tests.cast import do
from tests.databases import SERVER, Database, PostgreSQLDatabase, administer
from tests.tampering import Kept, whole_lives
from tickets.database import db, writing
from tickets.models import Complaint
from tickets.models.guards import ADD_ONLY, KEPT

PAGE = Path(__file__).resolve().parents[3] / "docs" / "audit.md"
OWNER, ROLE = "shouwen_test_owner", "shouwen_test_role"


def script(database: str) -> str:
    """The statements of the page, about roles and a database of this test."""
    found = re.search(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    said = re.sub(r"--.*", "", found[1])
    said = said.replace("ALTER DATABASE shouwen ", f'ALTER DATABASE "{database}" ')
    return re.sub(r"\bshouwen\b", ROLE, said.replace("shouwen_owner", OWNER))


@pytest.fixture
def role(database: Database, now: datetime) -> Iterator[tuple[Flask, Kept]]:
    if not isinstance(database, PostgreSQLDatabase):
        pytest.skip("on SQLite whoever can write the file owns it")
    with database.app.app_context(), writing():
        kept = whole_lives(now)
        db.session.commit()
    _forget_roles(database)
    url = make_url(database.url)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in script(database.name).split(";"):
            if statement.strip():
                connection.execute(statement)
    app = create_app(
        {
            "SHOUWEN_ENV": "testing",
            "SECRET_KEY": "of the tests",
            "DATABASE_URL": url.set(username=ROLE).render_as_string(hide_password=False),
        }
    )
    yield app, kept
    with app.app_context():
        db.engine.dispose()
    _forget_roles(database)


def _forget_roles(database: PostgreSQLDatabase) -> None:
    superuser = make_url(SERVER).username or "postgres"
    with psycopg.connect(
        make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False),
        autocommit=True,
    ) as connection:
        for name in (ROLE, OWNER):
            there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            if there.fetchone():
                owned = sql.SQL("REASSIGN OWNED BY {} TO {}")
                names = (sql.Identifier(name), sql.Identifier(superuser))
                connection.execute(owned.format(*names))
                connection.execute(sql.SQL("DROP OWNED BY {}").format(names[0]))
                administer("DROP ROLE {}", name)


def test_it_works_verifies_and_cannot_take_a_guard_away(
    role: tuple[Flask, Kept], now: datetime
) -> None:
    app, kept = role
    with app.app_context(), writing():
        number = select(Complaint).where(Complaint.number == kept.numbers[2])
        complaint = db.session.scalars(number).one()
        do("note", complaint, complaint.responsible, now, text="By the role that owns nothing.")
        db.session.commit()
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0, result.output
    with app.app_context():
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    for statement in (
        "SET session_replication_role = replica",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP TRIGGER guard_event_update ON event",
        "DROP FUNCTION guard_event_update() CASCADE",
        "CREATE OR REPLACE FUNCTION guard_event_update() RETURNS trigger"
        " AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql",
        "ALTER TABLE complaint DROP CONSTRAINT ck_complaint_closed_rests_on_callback",
        "CREATE RULE r AS ON UPDATE TO event DO INSTEAD NOTHING",
        "TRUNCATE event CASCADE",
        "UPDATE event SET action = 'x'",
        "DELETE FROM complaint",
        "UPDATE alembic_version SET version_num = 'x'",
    ):
        with (
            psycopg.connect(url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_the_page_names_every_table_whose_rows_never_change_or_go() -> None:
    said = script("database")
    lists = re.findall(r"REVOKE (.*?) FROM", said, re.DOTALL)
    revoked = [set(re.findall(r"\w+", each)) for each in lists]
    add_only = next(each for each in revoked if {"UPDATE", "DELETE", "event"} <= each)
    kept = next(each for each in revoked if "DELETE" in each and "complaint" in each)

    assert set(ADD_ONLY) <= add_only
    assert set(KEPT) <= kept | add_only
