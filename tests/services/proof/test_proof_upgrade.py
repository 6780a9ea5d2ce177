"""The upgrade from before there were proofs: baselines over what old events do not say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

from app import create_app
from tests.cast import do
from tests.databases import Database, SQLiteDatabase, administer
from tests.tampering import Kept, whole_lives
from tickets import history
from tickets.database import db, writing
from tickets.models import Complaint, guards
from workflow.words import Severity

BEFORE = "0019"


@contextmanager
def older(database: Database, folder: Path) -> Iterator[Flask]:
    """Another database of the same kind, as it was before."""
    if isinstance(database, SQLiteDatabase):
        url = f"sqlite:///{folder / 'older.db'}"
    else:
        name = f"{make_url(database.url).database}_older"
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        administer("CREATE DATABASE {}", name)
        url = make_url(database.url).set(database=name).render_as_string(hide_password=False)
    settings = {"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests", "DATABASE_URL": url}
    app = create_app(settings)
    try:
        with app.app_context():
            upgrade(revision=BEFORE)
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()
        if not isinstance(database, SQLiteDatabase):
            administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything there is, with events as they were written before."""
    with database.app.app_context(), db.engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in db.metadata.sorted_tables
        }
    heads: dict[Any, str] = {}
    for event in sorted(found["event"], key=lambda row: row["seq"]):
        event["data"] = {name: said for name, said in event["data"].items() if name != "rows"}
        event["previous"] = heads.get(event["complaint_id"], "")
        event["hash"] = history.link(SimpleNamespace(**event))
        heads[event["complaint_id"]] = event["hash"]
    for complaint in found["complaint"]:
        complaint["chain_head"] = heads[complaint["id"]]
    return found


def fill(app: Flask, rows: dict[str, list[dict[str, Any]]]) -> None:
    with app.app_context(), writing(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        shape = sa.inspect(connection)
        for table in db.metadata.sorted_tables:
            if not shape.has_table(table.name) or not rows[table.name]:
                continue
            known = {column["name"] for column in shape.get_columns(table.name)}
            there = [{n: v for n, v in row.items() if n in known} for row in rows[table.name]]
            named = [column for column in table.columns if column.name in known]
            bare = sa.Table(
                table.name, sa.MetaData(), *(sa.Column(each.name, each.type) for each in named)
            )
            connection.execute(bare.delete())  # what the migrations put there themselves
            connection.execute(bare.insert(), there)


def verify(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    return result.exit_code, result.output


@pytest.fixture
def kept(database: Database, now: datetime) -> Kept:
    with database.app.app_context(), writing():
        made = whole_lives(now)
        db.session.commit()
    return made


@pytest.mark.long
def test_the_upgrade_takes_a_baseline_over_what_old_events_do_not_say(
    database: Database, kept: Kept, now: datetime, tmp_path: Path
) -> None:
    rows = rows_of(database)
    with older(database, tmp_path) as app:
        fill(app, rows)
        with app.app_context():
            upgrade()

        status, said = verify(app)
        assert (status, "that are not covered: 0" in said) == (0, True), said

        _correct(app, kept, now)
        assert verify(app)[0] == 0, "events say from now on what changes"

        _forget_one_column(app, kept)
        status, said = verify(app)
        assert (status, "that are not covered: 1" in said) == (0, True), said

        with app.app_context(), writing():
            changed = sa.update(Complaint).where(Complaint.number == kept.numbers[0])
            db.session.execute(changed.values(severity=Severity.MAJOR, reopens=7))
            db.session.commit()
        status, said = verify(app)
    assert status == 1
    assert "complaint.severity was changed" in said
    assert "complaint.reopens was changed" in said


def _correct(app: Flask, kept: Kept, now: datetime) -> None:
    with app.app_context(), writing():
        found = sa.select(Complaint).where(Complaint.number == kept.numbers[2])
        complaint = db.session.scalars(found).one()
        inputs = {"severity": Severity.MAJOR, "reason": "It is worse."}
        do("correct", complaint, complaint.responsible, now, **inputs)
        db.session.commit()


def _forget_one_column(app: Flask, kept: Kept) -> None:
    """As if the upgrade had been made by a version that covered less."""
    baseline = db.metadata.tables["baseline"]
    with app.app_context(), writing(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER IF EXISTS guard_baseline_update")
        one = connection.execute(
            baseline.select().where(baseline.c.subject_id == kept.accepted)
        ).one()
        told = dict(one.rows)
        del told["complaint"][kept.accepted]["town"]
        connection.execute(baseline.update().where(baseline.c.id == one.id).values(rows=told))
    with app.app_context(), writing(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
        guards.install(connection)
