"""How a migration runs: in one transaction, on SQLite in batches, with the guards put back after it.

SQLite cannot alter most of a table, so Alembic copies it (batch mode). With foreign keys enforced,
dropping the old copy deletes child rows by cascade; and the copy has no triggers. Therefore foreign
keys are off while it runs and checked before it is committed, and every guard is installed again.
"""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, TypeDecorator

from tickets.database import db, writing
from tickets.models import guards
from tickets.operation.schema import newest_revisions


def run() -> None:
    with writing(), db.engine.connect() as connection:
        enforce_foreign_keys(connection, False)
        try:
            migrate(connection)
        finally:
            enforce_foreign_keys(connection, True)


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transactional_ddl=True,
        render_item=render_item,
        process_revision_directives=leave_out_empty_revisions,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_upgrade_to_the_newest():
            guards.install(connection)
            refuse_dangling_references(connection)


def is_upgrade_to_the_newest() -> bool:
    """Not a comparison, nor a step to an older schema, which may lack the guarded tables."""
    migration = context.get_context()
    reached = set(migration.get_current_heads())
    return migration.opts["fn"].__name__ == "upgrade" and reached == newest_revisions() != set()


def enforce_foreign_keys(connection: Connection, on: bool) -> None:
    """Straight on the driver's connection: inside a transaction SQLite ignores this pragma."""
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def refuse_dangling_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        tables = sorted({row[0] for row in dangling})
        raise RuntimeError(f"rows without their parent in {', '.join(tables)}; nothing was changed")


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write plain types into migrations: a migration must outlive the code of its day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def leave_out_empty_revisions(_context: Any, _revision: Any, directives: list[Any]) -> None:
    asked = getattr(context.config.cmd_opts, "autogenerate", False)
    if asked and directives[0].upgrade_ops.is_empty():
        directives[:] = []


if context.is_offline_mode():
    raise SystemExit("Offline SQL is not offered: upgrade a copy of the database instead.")
run()
