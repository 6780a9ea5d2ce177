"""`python -m bench.proof`: what proving costs.

A demo's complaints are copied, with keys, numbers and hashes of their own, until there are
BENCH_EVENTS (100000) events; then everything is anchored, verified against the anchor, and one
complaint's proof is written. Memory is the most that the process ever held, before and after.
"""

import json
import os
import re
import resource
import time
import uuid
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import Table, insert, select

from app import create_app
from bench.__main__ import SECRET, fresh_database, why_not
from tickets import history
from tickets.database import db, writing
from tickets.demo import filling
from tickets.history import audit
from tickets.models import Complaint, guards
from tickets.numbers import new_number
from tickets.proof.covered import COVERED, DERIVED
from tickets.proof.histories import ChainedEvent
from tickets.proof.proof_file import proof_of
from tickets.workers.anchoring import make_anchor

EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))
DATABASES = os.environ.get("BENCH_DATABASES", "SQLite,PostgreSQL").split(",")
TABLES = ("event", "entry", *(each.table for each in COVERED if each.table != "complaint"))
AT_ONCE = 200
KEY = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b")
"""A key in either spelling; digests are longer."""


def main() -> None:
    for database in DATABASES:
        reason = why_not(database)
        if reason:
            print(f"\n## {database}: not measured, {reason}")
            continue
        run(database)


def run(database: str) -> None:
    with fresh_database(database) as url:
        app = create_app({"SHOUWEN_ENV": "testing", "DATABASE_URL": url, "SECRET_KEY": SECRET})
        with app.app_context(), writing():
            upgrade()
            now = datetime.now(UTC)
            filling.fill(now)
            db.session.commit()
            multiply()
            complaints, events = audit.how_many()
            print(f"# {database}: {complaints:,} complaints, {events:,} events", flush=True)
            before = _memory()
            spent = _timed(lambda: _anchor(now))
            print(f"{database}: all anchored in {spent:.1f} s")
            found: list[Any] = []
            busy = time.process_time()
            spent = _timed(lambda: found.extend(_flaws()))
            busy = time.process_time() - busy
            print(
                f"{database}: verified in {spent:.1f} s, {spent / events * 100_000:.1f} s for"
                f" 100,000 events, of these {busy / events * 100_000:.1f} s of this process;"
                f" flaws: {len(found)}; memory {before} → {_memory()} MB"
            )
            complaint = db.session.scalars(select(Complaint).limit(1)).one()
            spent = _timed(lambda: proof_of(complaint))
            print(f"{database}: one proof in {spent * 1000:.0f} ms", flush=True)
            db.session.remove()
            db.engine.dispose()


def _flaws() -> list[Any]:
    by = audit.anchored()
    found = [flaw for each in audit.complaint_by_complaint(by) for flaw in each.flaws]
    return [*found, *audit.flaws_besides()]


def _anchor(now: datetime) -> None:
    make_anchor(now, lambda _done: db.session.commit())
    db.session.commit()


def _timed(deed: Any) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def multiply() -> None:
    """Copies of what the demo has, each with a chain of its own."""
    connection = db.session.connection()
    ids = db.session.scalars(select(Complaint.id)).all()
    originals = cycle([_original(each) for each in ids])
    _, events = audit.how_many()
    while events < EVENTS:
        rows: dict[str, list[dict[str, Any]]] = {}
        for _ in range(AT_ONCE):
            copy = _copied(next(originals))
            events += len(copy["event"])
            for name, each in copy.items():
                rows.setdefault(name, []).extend(each)
            if events >= EVENTS:
                break
        _store(connection, rows)
        db.session.commit()
        connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = DEFAULT")
    guards.install(connection)
    db.session.commit()


def _original(complaint_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    tables = db.metadata.tables
    found = {"complaint": _rows(tables["complaint"], tables["complaint"].c.id == complaint_id)}
    for name in TABLES:
        found[name] = _rows(tables[name], tables[name].c.complaint_id == complaint_id)
    for name, whose, _named, _called in DERIVED:
        found[name] = _rows(tables[name], tables[name].c[whose.key] == complaint_id)
    return found


def _rows(table: Table, where: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(select(table).where(where)).mappings()]


def _copied(original: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The same with other keys wherever they stand, in columns and in what events say."""
    keys = {row["id"]: uuid.uuid4() for rows in original.values() for row in rows if "id" in row}
    number = (original["complaint"][0]["number"], new_number())
    found = {
        name: [
            {column: _other(value, keys, number) for column, value in row.items()} for row in rows
        ]
        for name, rows in original.items()
    }
    (complaint,) = found["complaint"]
    complaint["external_id"] = complaint["external_source"] = None
    complaint["anchored_events"] = 0
    previous = ""
    for event in sorted(found["event"], key=lambda row: row["seq"]):
        event["data"] = _without_origin(event["data"])
        event["previous"] = previous
        event["hash"] = previous = history.link(ChainedEvent(**{**event, "entries": []}))
    complaint["chain_head"] = previous
    return found


def _without_origin(data: dict[str, Any]) -> dict[str, Any]:
    """One claim is imported once."""
    for values in data.get("rows", {}).get("complaint", {}).values():
        for name in ("external_id", "external_source"):
            if name in values:
                values[name] = None
    return data


def _other(value: Any, keys: dict[uuid.UUID, uuid.UUID], number: tuple[str, str]) -> Any:
    if isinstance(value, uuid.UUID):
        return keys.get(value, value)
    if isinstance(value, dict):
        said = KEY.sub(lambda found: _other_key(found[0], keys), json.dumps(value))
        return json.loads(said.replace(*number))
    return number[1] if value == number[0] else value


def _other_key(spelled: str, keys: dict[uuid.UUID, uuid.UUID]) -> str:
    new = keys.get(uuid.UUID(spelled))
    if new is None:
        return spelled
    return str(new) if "-" in spelled else new.hex


def _store(connection: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Guards would refuse complaints that begin as closed: they stand aside until the end."""
    tables = db.metadata.tables
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
    else:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for name in ("complaint", *TABLES, *(each[0] for each in DERIVED)):
        if rows.get(name):
            connection.execute(insert(tables[name]), rows[name])


if __name__ == "__main__":
    main()
