"""Migrations make exactly what the models say, on both databases, and the guards outlive them."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask_migrate import upgrade

from tests.databases import Database
from tickets.database import db, writing
from tickets.operation.schema import newest_revisions, schema_is_current


def guards_of(connection: sa.Connection) -> set[str]:
    table, column = {
        "sqlite": ("sqlite_master WHERE type = 'trigger'", "name"),
        "postgresql": ("pg_trigger WHERE NOT tgisinternal", "tgname"),
    }[connection.dialect.name]
    return set(connection.scalars(sa.text(f"SELECT {column} FROM {table}")))


def test_there_is_one_newest_migration() -> None:
    assert len(newest_revisions()) == 1


# SQLite's reflection warns of the composite keys of a closing; they are compared all the same.
@pytest.mark.filterwarnings("ignore:WARNING. SQL-parsed foreign key constraint")
def test_the_models_and_the_migrations_agree(database: Database) -> None:
    with database.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, db.metadata) == []


def test_a_migrated_database_is_current_and_an_older_one_is_not(database: Database) -> None:
    with database.app.app_context():
        assert schema_is_current(db.engine)

        with writing(), db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")

        assert not schema_is_current(db.engine)


def test_an_upgrade_puts_back_a_lost_guard(database: Database) -> None:
    with database.app.app_context():
        with writing(), db.engine.begin() as connection:
            before = guards_of(connection)
            lost = sorted(before)[0]
            connection.exec_driver_sql(f"DROP TRIGGER {lost}{where_it_hangs(connection, lost)}")

        upgrade()

        with db.engine.connect() as connection:
            assert guards_of(connection) == before


def where_it_hangs(connection: sa.Connection, trigger: str) -> str:
    """PostgreSQL wants to be told the table; SQLite does not understand being told."""
    if connection.dialect.name == "sqlite":
        return ""
    asked = sa.text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = :name")
    return f" ON {connection.scalar(asked, {'name': trigger})}"
