"""Whether the guards in the database are all there, say what they should, and are switched on."""

from collections.abc import Iterator

from sqlalchemy import Connection

from tickets.proof import guarding_postgresql, guarding_sqlite

Found = Iterator[tuple[str, str]]


def flaws(connection: Connection) -> Found:
    """Every guard and constraint that is missing, says something else, or does nothing, by name;
    and triggers of somebody else on tables that are guarded."""
    if connection.dialect.name == "sqlite":
        return guarding_sqlite.flaws(connection)
    return guarding_postgresql.flaws(connection)
