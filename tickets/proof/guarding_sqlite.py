"""The guards of a SQLite database, which keeps every statement word for word."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, Table

from tickets.proof.guarding_rules import (
    FOREIGN,
    MISSING,
    OTHER,
    checks,
    foreign_keys,
    guarded_tables,
    holding,
    triggers,
    uniques,
)


def flaws(connection: Connection) -> Iterator[tuple[str, str]]:
    yield from _triggers(connection)
    for table in holding():
        yield from _constraints(connection, table)


def _triggers(connection: Connection) -> Iterator[tuple[str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    found = {row.name: (row.tbl_name, row.sql) for row in rows}
    expected = triggers("sqlite")
    for name, (_table, statement) in expected.items():
        if name not in found:
            yield name, MISSING
        elif _plain(found[name][1]) != _plain(statement):
            yield name, OTHER
    for name in found.keys() - expected.keys():
        if found[name][0] in guarded_tables():
            yield name, FOREIGN


def _constraints(connection: Connection, table: Table) -> Iterator[tuple[str, str]]:
    made = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table.name,)
    ).scalar()
    if made is None:
        yield table.name, MISSING
        return
    for name, condition in checks(table).items():
        if f"constraint {name} check" not in _words(made):
            yield name, MISSING
        elif _plain(f"CONSTRAINT {name} CHECK ({condition})") not in _plain(made):
            yield name, OTHER
    for columns, other, theirs in foreign_keys(table) - _foreign_keys(connection, table):
        yield f"{table.name}({', '.join(columns)}) → {other}({', '.join(theirs)})", MISSING
    for columns in uniques(table) - _uniques(connection, table):
        yield f"{table.name}({', '.join(columns)}) unique", MISSING


def _foreign_keys(
    connection: Connection, table: Table
) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    found: dict[int, tuple[str, list[str], list[str]]] = {}
    rows = connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table.name}")')
    for row in sorted(rows, key=lambda each: (each[0], each[1])):
        other = found.setdefault(row[0], (row[2], [], []))
        other[1].append(row[3])
        other[2].append(row[4])
    return {(tuple(own), name, tuple(theirs)) for name, own, theirs in found.values()}


def _uniques(connection: Connection, table: Table) -> set[tuple[str, ...]]:
    found = set()
    for row in connection.exec_driver_sql(f'PRAGMA index_list("{table.name}")').all():
        is_unique, is_partial = row[2], row[4]
        if is_unique and not is_partial:
            columns = connection.exec_driver_sql(f'PRAGMA index_info("{row[1]}")').all()
            found.add(tuple(column[2] for column in columns))
    return found


def _words(statement: str) -> str:
    return re.sub(r"[\s\"(]+", " ", statement).lower()


def _plain(statement: str) -> str:
    """Without what may be written either way: blanks, quotes around names."""
    return re.sub(r"[\s\"]+", "", statement)
