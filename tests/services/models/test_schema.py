"""One schema: what SQLite has, PostgreSQL has, and putting the guards back changes nothing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.databases import Database
from tests.services.models.test_migrations import guards_of
from tickets.database import db, writing
from tickets.models import guards

KINDS = {
    "DATETIME": "moment",
    "TIMESTAMP": "moment",
    "CHAR(32)": "key",
    "UUID": "key",
    "BLOB": "bytes",
    "BYTEA": "bytes",
    "DOUBLE PRECISION": "FLOAT",
    "DOUBLE": "FLOAT",
}
"""The same type under each database's own name."""


@pytest.fixture
def both(request: pytest.FixtureRequest) -> Iterator[tuple[sa.Inspector, sa.Inspector]]:
    found = []
    for name in ("sqlite", "postgresql"):
        database: Database = request.getfixturevalue(name)
        database.fresh()
        with database.app.app_context():
            found.append(sa.inspect(db.engine))
    yield found[0], found[1]
    for name in ("sqlite", "postgresql"):
        request.getfixturevalue(name).close()


pytestmark = pytest.mark.filterwarnings("ignore:WARNING. SQL-parsed foreign key constraint")


def foreign_keys(one: sa.Inspector, table: str) -> list[dict[str, Any]]:
    """With the names that SQLAlchemy does not read: of keys that SQLite got with their column."""
    found: list[dict[str, Any]] = [dict(each) for each in one.get_foreign_keys(table)]
    for each in found:
        if each["name"] is None and one.engine.dialect.name == "sqlite":
            asked = sa.text("SELECT sql FROM sqlite_master WHERE name = :table")
            with one.engine.connect() as connection:
                said = connection.scalar(asked, {"table": table})
            (column,) = each["constrained_columns"]
            named = re.search(rf"{column} CHAR\(32\) CONSTRAINT (\w+) REFERENCES", said)
            each["name"] = named[1] if named else None
    return found


@pytest.mark.postgres
def test_both_databases_have_the_same_tables_and_columns(
    both: tuple[sa.Inspector, sa.Inspector],
) -> None:
    sqlite, postgresql = (
        {(table, *column_of(each)) for table in tables(one) for each in one.get_columns(table)}
        for one in both
    )
    assert sqlite == postgresql


@pytest.mark.postgres
def test_both_databases_have_the_same_constraints_by_name(
    both: tuple[sa.Inspector, sa.Inspector],
) -> None:
    sqlite, postgresql = (
        {
            (table, kind, each["name"])
            for table in tables(one)
            for kind, listed in (
                ("check", one.get_check_constraints(table)),
                ("unique", one.get_unique_constraints(table)),
                ("foreign key", foreign_keys(one, table)),
            )
            for each in listed
        }
        for one in both
    )
    assert sqlite == postgresql
    assert None not in {name for *_, name in sqlite}, "a batch migration would lose it silently"


@pytest.mark.postgres
def test_both_databases_have_the_same_indexes(both: tuple[sa.Inspector, sa.Inspector]) -> None:
    """PostgreSQL lists the index behind a unique constraint too."""
    sqlite, postgresql = (
        {
            (table, each["name"], tuple(each["column_names"]), bool(each["unique"]))
            for table in tables(one)
            for each in one.get_indexes(table)
            if not each.get("duplicates_constraint")
        }
        for one in both
    )
    assert sqlite == postgresql


@pytest.mark.postgres
def test_both_databases_have_the_same_guards(both: tuple[sa.Inspector, sa.Inspector]) -> None:
    """PostgreSQL can empty a table at one blow, and has a guard against that besides."""
    found = []
    for one in both:
        with one.bind.connect() as connection:  # type: ignore[union-attr]
            found.append(guards_of(connection))
    sqlite, postgresql = found

    ours = [*guards.GUARDS, *guards.CONSEQUENCES]
    only_sqlite = {f"guard_{each.name}" for each in guards.GUARDS if each.only_sqlite}
    assert sqlite == {f"guard_{each.name}" for each in ours}
    assert {name for name in postgresql - sqlite if not name.endswith("_truncate")} == set()
    assert sqlite - postgresql == only_sqlite, "PostgreSQL knows keys, however they are written"


def test_every_fact_is_guarded() -> None:
    """AUD-01, AUD-03: what is only added, and what never goes."""
    for table in (*guards.ADD_ONLY, *guards.KEPT):
        names = {guard.name for guard in guards.GUARDS if guard.table == table}
        assert {f"{table}_delete", f"{table}_again"} <= names
    assert len({guard.name for guard in guards.GUARDS}) == len(guards.GUARDS)
    assert all(len(f"guard_{guard.name}") < 63 for guard in guards.GUARDS), "PostgreSQL cuts names"


def test_every_other_unique_column_of_a_guarded_table_is_guarded_too() -> None:
    """On SQLite a REPLACE goes by any of them."""
    for table in (*guards.ADD_ONLY, *guards.KEPT):
        unique = {
            tuple(column.name for column in constraint.columns)
            for constraint in db.metadata.tables[table].constraints
            if isinstance(constraint, sa.UniqueConstraint)
        }
        beside_the_key = {columns for columns in unique if "id" not in columns}
        assert beside_the_key == set(guards.TWINS.get(table, ())), table


def test_putting_the_guards_back_again_changes_nothing(database: Database) -> None:
    with database.app.app_context(), writing(), db.engine.begin() as connection:
        before = guards_of(connection)
        guards.install(connection)
        guards.install(connection)

        assert guards_of(connection) == before


def tables(inspector: sa.Inspector) -> list[str]:
    return inspector.get_table_names()


def column_of(column: Any) -> tuple[str, str, bool]:
    kind = str(column["type"])
    return column["name"], KINDS.get(kind, kind), bool(column["nullable"])
