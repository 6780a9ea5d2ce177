"""Is the database the one this code was written for?"""

from functools import cache

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, inspect, select, table

from tickets.config import ROOT

MIGRATIONS = ROOT / "migrations"
VERSIONS = table("alembic_version", column("version_num"))


@cache
def newest_revisions() -> frozenset[str]:
    """The heads of `migrations/`; read once, because reading them parses every file."""
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())


def schema_is_current(engine: Engine) -> bool:
    """Whether every migration has been applied and none that this code does not know."""
    with engine.connect() as connection:
        return applied_revisions(connection) == newest_revisions()


def applied_revisions(connection: Connection) -> frozenset[str]:
    """Read without Alembic's own context, which writes a line of log each time it is asked."""
    if not inspect(connection).has_table(VERSIONS.name):
        return frozenset()
    return frozenset(connection.scalars(select(VERSIONS.c.version_num)))
