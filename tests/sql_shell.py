"""A shell on a bare connection for random SQL: one transaction, a savepoint for each statement."""

from collections.abc import Sequence
from typing import Any

from tests.bare import Bare
from tests.sql_oracle import Oracle
from tickets.database import db


class Shell:
    """One connection, one transaction; each statement in a savepoint of its own."""

    def __init__(self, bare: Bare, connection: Any) -> None:
        self.bare, self.connection = bare, connection
        self.is_sqlite = bare.is_sqlite
        if self.is_sqlite:
            connection.isolation_level = None
        self.oracle = Oracle(self)
        self.taken = 0

    def begin(self) -> None:
        if self.is_sqlite:
            self.connection.execute("BEGIN")
        self.oracle.begin()
        self.before = self.oracle.sealed()
        self.pool = {name: self._rows(name) for name in db.metadata.tables}

    def end(self) -> None:
        self.connection.rollback()

    def _rows(self, table: str) -> list[dict[str, Any]]:
        names = [column.name for column in db.metadata.tables[table].columns]
        listed = ", ".join(f'"{name}"' for name in names)
        rows = self.query(f'SELECT {listed} FROM "{table}" LIMIT 12')  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in rows]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self.connection.cursor()
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]

    def run(self, statement: str, values: Sequence[Any]) -> None:
        """What is refused leaves nothing behind."""
        cursor = self.connection.cursor()
        cursor.execute("SAVEPOINT step")
        try:
            marks = statement if self.is_sqlite else statement.replace("?", "%s")
            cursor.execute(marks, values)
            self.taken += 1
        except Exception:  # whatever the database says against it
            cursor.execute("ROLLBACK TO SAVEPOINT step")
        cursor.execute("RELEASE SAVEPOINT step")
