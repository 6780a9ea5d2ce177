"""A connection that knows nothing of this program: a shell, a script, somebody in a hurry."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.databases import Database, SQLiteDatabase
from tickets.database import db

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)


class Bare:
    """Hand-written SQL, each statement in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.is_sqlite = isinstance(database, SQLiteDatabase)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        if isinstance(self.database, SQLiteDatabase):
            # As the driver comes: foreign keys are not checked unless a connection asks for it.
            connection: Any = sqlite3.connect(self.database.path)
        else:
            url = make_url(self.database.url).set(drivername="postgresql")
            connection = psycopg.connect(url.render_as_string(hide_password=False))
        try:
            yield connection
        finally:
            connection.close()

    def run(self, statement: str) -> int:
        """Run and commit; returns how many rows it touched."""
        self.database.touch()
        with self.connection() as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            connection.commit()
            return int(cursor.rowcount)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.connection() as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

    def state(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of these tables, to be compared with what they are afterwards."""
        return {table: sorted(self.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}

    def copy_of(self, table: str, where: str, **instead: str) -> str:
        """An INSERT of the row that `where` finds, with some columns given as SQL instead."""
        names = [column.name for column in db.metadata.tables[table].columns]
        values = ", ".join(instead.get(name, name) for name in names)
        return f"INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {where}"  # noqa: S608
