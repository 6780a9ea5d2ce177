"""Copying stories over a year, in sets: the same weeks again and again, with keys of their own.

Everything is moved by whole weeks, so that hours, weekdays and clocks stay what they were, and each
copy by a part of an hour of its own: moments that come thousands of times would make indexes a
tenth of what they are for a desk. Keys
begin with the moment of the copied registration, as real ones do, and go on with a digest of the
old key and the number of the copy: every table finds the new key of what it refers to by itself.
Indexes that are not unique, foreign keys and triggers stand aside meanwhile. What is not copied:
messages, and the hashes of events, which are those of the originals.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Table, Uuid, text
from sqlalchemy.engine import Connection

from tickets.database import UtcDateTime, db
from tickets.models import guards
from workflow.words import OPEN

WEEKS = 46
"""Back from those that were driven five weeks ago: a year altogether."""
OPEN_OF_ALL = 0.03
APART = "(n * 7919) % 3600"
"""Seconds by which a copy is earlier than its original."""
TABLES = (
    "customer", "contact", "complaint", "responsibility", "work_order", "event", "entry",
    "answer", "callback", "callback_attempt", "clock", "alert", "complaint_fact", "clock_fact",
    "held_fact", "happened_fact", "path_fact", "stay_fact",
)  # fmt: skip
KEYS_WITHOUT_REFERENCE = {
    ("complaint", "closing_attempt_id"),
    ("complaint", "closing_approval_id"),
    ("clock", "subject"),
    ("clock_fact", "clock_id"),
}
DAYS = {("complaint_fact", "registered_day"), ("complaint_fact", "ended_day")}
MOMENTS_SAID = (
    "promise", "promised_at", "follow_up_at", "received_at", "started_at", "called_at",
)  # fmt: skip
ORDERS_SAID = 4
"""An event names no more work orders than this."""


def multiply(count: int) -> int:
    """Copy what is there until there are about `count` complaints; answers how many there are."""
    with _apart() as connection:
        dialect = _Dialect(connection.dialect.name)
        _plan(connection, dialect, count)
        for name in TABLES:
            table = db.metadata.tables[name]
            connection.execute(text(_copying(table, dialect)))
        for name in ("bench_copy", "bench_said"):
            connection.execute(text(f"DROP TABLE {name}"))
        return connection.scalar(text("SELECT COUNT(*) FROM complaint")) or 0


class _Dialect:
    """What the two databases say differently."""

    def __init__(self, name: str) -> None:
        self.sqlite = name == "sqlite"

    def moved(self, column: str) -> str:
        if self.sqlite:
            shifts = "(-7 * c.weeks) || ' days', (-c.apart) || ' seconds'"
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {column}, {shifts})"
        return f"{column} - c.weeks * interval '7 days' - c.apart * interval '1 second'"

    def said(self, column: str) -> str:
        """A moment as events write it."""
        if self.sqlite:
            shifts = "(-7 * c.weeks) || ' days', (-c.apart) || ' seconds'"
            return f"strftime('%Y-%m-%dT%H:%M:%S+00:00', {column}, {shifts})"
        moved = f"({self.moved(f'{column}::timestamptz')}) AT TIME ZONE 'UTC'"
        return f'to_char({moved}, \'YYYY-MM-DD"T"HH24:MI:SS"+00:00"\')'

    def digest(self, column: str) -> str:
        """A new key in hexadecimal."""
        of = f"replace(CAST({column} AS TEXT), '-', '') || ':' || c.n"
        return f"c.prefix || substr(md5({of}), 13)"

    def key(self, column: str) -> str:
        return self.digest(column) if self.sqlite else f"({self.digest(column)})::uuid"

    def dashed(self, column: str) -> str:
        """A new key as events write it."""
        new = self.digest(column)
        places = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        parts = [f"substr({new}, {first}, {length})" for first, length in places]
        return " || '-' || ".join(parts)

    def prefix(self, column: str) -> str:
        """The moment of registration in milliseconds, as keys begin."""
        if self.sqlite:
            since = f"CAST((julianday({column}) - 2440587.5) * 86400000 AS INTEGER)"
            return f"printf('%012x', {since} - g.weeks * 604800000 - g.apart * 1000)"
        since = f"extract(epoch FROM {column}) - g.weeks * 604800 - g.apart"
        return f"lpad(to_hex((({since}) * 1000)::bigint), 12, '0')"


def _plan(connection: Connection, dialect: _Dialect, count: int) -> None:
    """Which complaint is copied how often and to which weeks; ended ones to all, open ones stay
    in the present week."""
    opened = ", ".join(f"'{status}'" for status in OPEN)
    uuid = "CHAR(32)" if dialect.sqlite else "uuid"
    connection.execute(
        text(
            f"CREATE TABLE bench_copy (complaint_id {uuid}, customer_id {uuid}, n INTEGER,"
            " weeks INTEGER, apart INTEGER, prefix VARCHAR(12), number VARCHAR(12))"
        )
    )
    for place, (which, many) in enumerate(_copies(connection, dialect, count).items()):
        weeks = "0" if which == "IN" else f"n % {WEEKS}"
        connection.execute(
            text(
                "INSERT INTO bench_copy WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL"
                " SELECT n + 1 FROM r WHERE n < :many),"
                f" g AS (SELECT n, {weeks} AS weeks, {APART} AS apart FROM r),"
                " s AS (SELECT id, customer_id, registered_at, ROW_NUMBER() OVER (ORDER BY id)"
                f" AS place FROM complaint WHERE status {which} ({opened}))"
                " SELECT s.id, s.customer_id, g.n, g.weeks, g.apart,"
                f" {dialect.prefix('s.registered_at')},"
                f" CAST({place + 8}00000000000 + CAST(g.n AS BIGINT) * 1000000 + s.place"
                " AS VARCHAR(12))"
                " FROM g CROSS JOIN s WHERE :many > 0"
            ),
            {"many": many},
        )
    _note_what_events_say(connection, uuid)
    for column in ("complaint_id", "customer_id"):
        connection.execute(text(f"CREATE INDEX bench_copy_{column} ON bench_copy ({column})"))


def _copies(connection: Connection, dialect: _Dialect, count: int) -> dict[str, int]:
    """How often each open and each ended complaint is copied, by the operator on its status."""
    opened = ", ".join(f"'{status}'" for status in OPEN)
    standing = connection.execute(
        text(f"SELECT SUM(status IN ({opened})), COUNT(*) FROM complaint")
        if dialect.sqlite
        else text(f"SELECT COUNT(*) FILTER (WHERE status IN ({opened})), COUNT(*) FROM complaint")
    ).one()
    still_open, all_of_them = int(standing[0]), int(standing[1])
    return {
        "IN": max(round(count * OPEN_OF_ALL / still_open) - 1, 0),
        "NOT IN": max(round(count * (1 - OPEN_OF_ALL) / (all_of_them - still_open)) - 1, 0),
    }


def _note_what_events_say(connection: Connection, uuid: str) -> None:
    """The moments and work orders named in events, to be replaced in their copies."""
    moments = [f"m{n}" for n in range(len(MOMENTS_SAID))]
    orders = [f"o{n}" for n in range(ORDERS_SAID)]
    columns = ", ".join(f"{name} VARCHAR(40)" for name in (*moments, *orders))
    connection.execute(text(f"CREATE TABLE bench_said (event_id {uuid} PRIMARY KEY, {columns})"))
    event = db.metadata.tables["event"]
    rows = []
    for key, data in connection.execute(event.select().with_only_columns(event.c.id, event.c.data)):
        said = {m: data.get(name) for m, name in zip(moments, MOMENTS_SAID, strict=True)}
        said |= dict(zip(orders, data.get("orders") or (), strict=False))
        if any(said.values()):
            stored = key.hex if connection.dialect.name == "sqlite" else key
            rows.append({"key": stored} | {name: said.get(name) for name in (*moments, *orders)})
    names = ", ".join(f":{name}" for name in (*moments, *orders))
    connection.execute(text(f"INSERT INTO bench_said VALUES (:key, {names})"), rows)


def _copying(table: Table, dialect: _Dialect) -> str:
    """One statement that copies everything of one table."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(table, column, dialect) for column in table.columns)
    by = {"complaint": "id", "customer": "id", "contact": "customer_id"}.get(
        table.name, "complaint_id"
    )
    whose = "customer_id" if table.name in ("customer", "contact") else "complaint_id"
    said = "LEFT JOIN bench_said d ON d.event_id = t.id" if table.name == "event" else ""
    return (
        f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM bench_copy c'
        f' JOIN "{table.name}" t ON t.{by} = c.{whose} {said}'
    )


def _value(table: Table, column: Column[Any], dialect: _Dialect) -> str:
    place, old = (table.name, column.name), f't."{column.name}"'
    special = {
        ("clock", "subject"): f"CASE WHEN {old} = '' THEN '' ELSE {dialect.digest(old)} END",
        ("complaint", "number"): "c.number",
        ("complaint", "repeat_of_id"): "NULL",
        ("complaint", "merged_into_id"): "NULL",
        ("event", "data"): _data(dialect),
    }
    if place in special:
        return special[place]
    if place in DAYS:
        return f"{old} - 7 * c.weeks"
    if _is_copied_key(table, column):
        return dialect.key(old)
    return dialect.moved(old) if isinstance(column.type, UtcDateTime) else old


def _is_copied_key(table: Table, column: Column[Any]) -> bool:
    if (table.name, column.name) in KEYS_WITHOUT_REFERENCE:
        return True
    if not isinstance(column.type, Uuid):
        return False
    refers = {each.column.table.name for each in column.foreign_keys}
    return column.name == "id" or bool(refers & set(TABLES))


def _data(dialect: _Dialect) -> str:
    shown = "CAST(t.data AS TEXT)"
    for n in range(len(MOMENTS_SAID)):
        new = dialect.said(f"d.m{n}")
        shown = f"replace({shown}, coalesce(d.m{n}, '~'), coalesce({new}, '~'))"
    for n in range(ORDERS_SAID):
        new = dialect.dashed(f"d.o{n}")
        shown = f"replace({shown}, coalesce(d.o{n}, '~'), coalesce({new}, '~'))"
    shown = f"CASE WHEN d.event_id IS NULL THEN CAST(t.data AS TEXT) ELSE {shown} END"
    return shown if dialect.sqlite else f"({shown})::json"


@contextmanager
def _apart() -> Iterator[Connection]:
    """A connection on which neither foreign keys nor triggers nor plain indexes are kept; they
    are put back at the end."""
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        sqlite = connection.dialect.name == "sqlite"
        indexes = _indexes(connection, sqlite)
        if sqlite:
            raw: Any = connection.connection.dbapi_connection
            raw.create_function("md5", 1, _md5, deterministic=True)
            raw.commit()  # inside of a transaction SQLite does not let go of foreign keys
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("PRAGMA query_only=OFF")
            for name in connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                raw.execute(f'DROP TRIGGER "{name}"')
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("SET maintenance_work_mem = '512MB'"))
        for name, _made_by in indexes:
            connection.execute(text(f'DROP INDEX "{name}"'))
        yield connection
        for _name, made_by in indexes:
            connection.execute(text(made_by))
        if sqlite:
            guards.install(connection)
            raw.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))


def _indexes(connection: Connection, sqlite: bool) -> list[tuple[str, str]]:
    """The indexes of the copied tables that are not unique, with the statements to make them."""
    query = (
        "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if sqlite
        else "SELECT indexname, indexdef, tablename FROM pg_indexes WHERE schemaname = 'public'"
    )
    rows = connection.execute(text(query)).all()
    kept = ("UNIQUE",)
    needed = {f"ix_{name}_complaint_id" for name in TABLES}
    return [
        (name, made_by)
        for name, made_by, table in rows
        if table in TABLES and not any(each in made_by for each in kept) and name not in needed
    ]


def _md5(said: str | None) -> str | None:
    if said is None:
        return None
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
