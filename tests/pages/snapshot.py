"""A stored database that can be brought back as it was, so that many things can be tried on it."""

import sqlite3
from typing import Any

from tests.databases import SQLiteDatabase

COUNTED = ("event", "entry", "callback_attempt", "transfer", "approval", "admin_event")


class Snapshot:
    """The database as it was when everything was set up."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self.database = database
        self.kept = database.put_aside()
        self.before = self.facts()

    def restore(self) -> None:
        self.database.put(self.kept)

    def facts(self) -> tuple[Any, ...]:
        """What every change of a complaint or an order changes."""
        counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in COUNTED)
        return self.row(
            "SELECT (SELECT SUM(version) FROM complaint),"
            f" (SELECT SUM(version) FROM work_order), {counts}"
        )

    def row(self, query: str) -> tuple[Any, ...]:
        """The first row, past the application."""
        # Closed at once: left open, it would close the next test's journal along with itself.
        connection = sqlite3.connect(self.database.path)
        try:
            found: tuple[Any, ...] = connection.execute(query).fetchone()
        finally:
            connection.close()
        return found
