"""What must stand in the database beside the tables: parsed from the statements that make it."""

import re
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint

from tickets.database import db
from tickets.models.guards import ADD_ONLY, KEPT, statements

HOLDING = (
    "complaint",
    "callback",
    "callback_attempt",
    "attempt_confirmation",
    "answer",
    "approval",
    "notice",
    "event",
    "transfer",
    "spent_basis",
    "responsibility",
    "policy_setting",
)
"""Tables whose constraints hold up the promise."""

MISSING = "is missing"
OTHER = "says something else"
OFF = "is switched off"
FOREIGN = "is none of ours, and stands on a guarded table"

TRIGGER = re.compile(r"CREATE TRIGGER (\w+) (?:.|\n)*? ON \"?(\w+)\"?")
FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(\).*?\$guard\$(.*)\$guard\$", re.DOTALL)


def triggers(dialect: str) -> dict[str, tuple[str, str]]:
    """Every trigger: its table, and the statement that makes it."""
    found = {}
    for statement in statements(dialect):
        match = TRIGGER.match(statement)
        if match:
            found[match[1]] = (match[2], statement)
    return found


def functions() -> dict[str, str]:
    """The body of every function behind a trigger of PostgreSQL."""
    matches = (FUNCTION.match(statement) for statement in statements("postgresql"))
    return {match[1]: match[2] for match in matches if match}


def guarded_tables() -> set[str]:
    return {*ADD_ONLY, *KEPT, "policy_setting"}


def holding() -> Iterator[Table]:
    for name in HOLDING:
        yield db.metadata.tables[name]


def checks(table: Table) -> dict[str, str]:
    return {
        str(each.name): str(
            each.sqltext.compile(compile_kwargs={"literal_binds": True, "include_table": False})
        )
        for each in table.constraints
        if isinstance(each, CheckConstraint)
    }


def foreign_keys(table: Table) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Own columns, the other table, its columns."""
    return {
        (
            tuple(each.column_keys),
            each.referred_table.name,
            tuple(element.column.name for element in each.elements),
        )
        for each in table.constraints
        if isinstance(each, ForeignKeyConstraint)
    }


def uniques(table: Table) -> set[tuple[str, ...]]:
    found = {
        tuple(column.name for column in each.columns)
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    }
    return {*found, tuple(column.name for column in table.primary_key.columns)}
