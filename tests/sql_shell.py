"""A shell on a bare connection for random SQL: one transaction, a savepoint for each statement.

Nobody else writes meanwhile and most statements are refused, so what was read holds until the next
one that was taken, and what the first walk read at its beginning holds at the beginning of all.
"""

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
        self.at_first: dict[str, list[tuple[Any, ...]]] = {}
        self.known: dict[str, list[tuple[Any, ...]]] = {}

    def begin(self) -> None:
        if self.is_sqlite:
            self.connection.execute("BEGIN")
        self.known = self.at_first
        self.oracle.begin()
        self.before = self.oracle.sealed()
        self.pool = {name: self._rows(name) for name in db.metadata.tables}
        self.known = dict(self.at_first)

    def end(self) -> None:
        self.connection.rollback()

    def _rows(self, table: str) -> list[dict[str, Any]]:
        names = [column.name for column in db.metadata.tables[table].columns]
        listed = ", ".join(f'"{name}"' for name in names)
        rows = self.query(f'SELECT {listed} FROM "{table}" LIMIT 12')  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in rows]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        if statement not in self.known:
            cursor = self.connection.cursor()
            cursor.execute(statement)
            self.known[statement] = [tuple(row) for row in cursor.fetchall()]
        return self.known[statement]

    def run(self, statement: str, values: Sequence[Any]) -> None:
        """What is refused leaves nothing behind."""
        cursor = self.connection.cursor()
        cursor.execute("SAVEPOINT step")
        try:
            marks = statement if self.is_sqlite else statement.replace("?", "%s")
            cursor.execute(marks, values)
            self.taken += 1
            self.known = {}
        except Exception:  # whatever the database says against it
            cursor.execute("ROLLBACK TO SAVEPOINT step")
        cursor.execute("RELEASE SAVEPOINT step")
