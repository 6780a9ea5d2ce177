"""The guards of a PostgreSQL database, as its catalogue says them.

What a constraint must say is taken from the server itself: it is put on a temporary table with the
same columns, because no two versions print a condition the same way.
"""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError

from tickets.proof.guarding_rules import (
    FOREIGN,
    MISSING,
    OFF,
    OTHER,
    checks,
    foreign_keys,
    functions,
    guarded_tables,
    holding,
    triggers,
    uniques,
)

ON = ("O", "A")
SCRATCH = "guard_scratch"


def flaws(connection: Connection) -> Iterator[tuple[str, str]]:
    yield from _functions(connection)
    yield from _triggers(connection)
    yield from _rules(connection)
    for table in holding():
        yield from _constraints(connection, table)


def _functions(connection: Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        text(
            "SELECT p.proname, p.prosrc, l.lanname, p.proconfig FROM pg_proc p"
            " JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = current_schema()::regnamespace"
        )
    )
    found = {row.proname: row for row in rows}
    for name, body in functions().items():
        if name not in found:
            yield f"{name}()", MISSING
        elif (found[name].prosrc, found[name].lanname, found[name].proconfig) != (
            body,
            "plpgsql",
            None,
        ):
            yield f"{name}()", OTHER


def _triggers(connection: Connection) -> Iterator[tuple[str, str]]:
    rows = connection.execute(
        text(
            "SELECT t.tgname, c.relname, t.tgenabled, t.tgisinternal,"
            " pg_get_triggerdef(t.oid) AS said FROM pg_trigger t JOIN pg_class c"
            " ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace"
        )
    ).all()
    expected = triggers("postgresql")
    own = {row.tgname: row for row in rows if not row.tgisinternal}
    for name, (_table, statement) in expected.items():
        if name not in own:
            yield name, MISSING
        elif _plain(own[name].said) != _plain(statement):
            yield name, OTHER
        elif own[name].tgenabled not in ON:
            yield name, OFF
    guarded = [row for row in rows if row.relname in guarded_tables()]
    yield from (
        (row.tgname, FOREIGN)
        for row in guarded
        if not row.tgisinternal and row.tgname not in expected
    )
    for row in guarded:
        if row.tgisinternal and row.tgenabled not in ON:  # foreign keys are triggers too
            yield f"{row.tgname} on {row.relname}", OFF


def _rules(connection: Connection) -> Iterator[tuple[str, str]]:
    """A rule can rewrite a statement before any trigger sees it."""
    rows = connection.execute(
        text("SELECT tablename, rulename FROM pg_rules WHERE schemaname = current_schema()")
    )
    for row in rows:
        if row.tablename in guarded_tables():
            yield f"{row.rulename} on {row.tablename}", FOREIGN


def _constraints(connection: Connection, table: Table) -> Iterator[tuple[str, str]]:
    found = _said(connection, table.name)
    wanted = checks(table)
    if wanted:
        yield from _checks(connection, table, wanted, found)
    said = {_plain(each) for each in found.values()}
    for columns, other, theirs in foreign_keys(table):
        own, their = ", ".join(columns), ", ".join(theirs)
        if _plain(f"FOREIGN KEY ({own}) REFERENCES {other}({their})") not in said:
            yield f"{table.name}({own}) → {other}({their})", MISSING
    for columns in uniques(table):
        own = ", ".join(columns)
        if not {_plain(f"UNIQUE ({own})"), _plain(f"PRIMARY KEY ({own})")} & said:
            yield f"{table.name}({own}) unique", MISSING


def _said(connection: Connection, table: str) -> dict[str, str]:
    rows = connection.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) AS said FROM pg_constraint"
            " WHERE conrelid = to_regclass(:name)"
        ),
        {"name": f'"{table}"'},
    )
    return {row.conname: row.said for row in rows}


def _checks(
    connection: Connection, table: Table, wanted: dict[str, str], found: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for name in wanted.keys() - found.keys():
        yield name, MISSING
    try:
        expected = _as_the_server_says_it(connection, table, wanted)
    except DBAPIError as error:
        yield table.name, f"its checks cannot be compared: {error.orig}"
        return
    for name in wanted.keys() & found.keys():
        if expected[name] != found[name]:
            yield name, OTHER


def _as_the_server_says_it(
    connection: Connection, table: Table, wanted: dict[str, str]
) -> dict[str, str]:
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(f'CREATE TEMPORARY TABLE {SCRATCH} (LIKE "{table.name}")')
        for name, condition in wanted.items():
            connection.exec_driver_sql(
                f'ALTER TABLE {SCRATCH} ADD CONSTRAINT "{name}" CHECK ({condition})'
            )
        return _said(connection, SCRATCH)
    finally:
        savepoint.rollback()


def _plain(statement: str) -> str:
    """Without what may be written either way: blanks, quotes and schemas of names."""
    return re.sub(r"[\s\"]+|\b\w+\.(?=\w)", "", statement)
