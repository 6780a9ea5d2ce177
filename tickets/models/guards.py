"""Triggers: what holds even on a bare connection that knows nothing of this program.

Constraints say most of it (see `Complaint`); triggers add what constraints cannot: rows that are
only ever added, rows that never go, rows that are sealed once decided, and who may decide. Batch
migrations on SQLite drop triggers silently, so `install` runs after every upgrade and may run any
number of times. `docs/closing.md` lists what each keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, Column, Connection, Uuid

from tickets.database import db
from tickets.models import closing_guards
from tickets.models.closing_guards import CONSEQUENCES, Guard

ADD_ONLY = (
    "event",
    "admin_event",
    "callback_attempt",
    "attempt_confirmation",
    "notice",
    "notice_posting",
    "notice_return",
    "responsibility",
    "spent_basis",
    "baseline",
    "anchor",
    "anchor_leaf",
)
"""Tables whose rows are facts: never changed, never deleted."""

KEPT = (
    "complaint",
    "work_order",
    "callback",
    "approval",
    "entry",
    "attachment",
    "transfer",
    "merge",
    "answer",
    "contact",
    "alert",
    "clock",
    "absence",
    "message",
    "limits_version",
    "rights_request",
)
"""Tables whose rows may change but never go (AUD-01)."""

HEADS = ("admin_head",)
"""Where chains end; they move on and never go."""

KEYLESS = {"responsibility": ("complaint_id", "person_id"), "spent_basis": ("basis_id",)}
"""The keys of those that have no `id`."""

TWINS = {
    "complaint": (("number",), ("external_source", "external_id")),
    "event": (("complaint_id", "seq"),),
    "admin_event": (("subject", "seq"),),
    "anchor": (("number",),),
    "anchor_leaf": (("number", "place"),),
    "baseline": (("subject", "subject_id"),),
    "callback": (("complaint_id", "cycle"),),
    "answer": (("complaint_id", "cycle"),),
    "attempt_confirmation": (("attempt_id",),),
    "notice_posting": (("notice_id",),),
    "notice_return": (("notice_id",),),
    "clock": (("complaint_id", "kind", "cycle", "subject", "turn"),),
    "alert": (("clock_id", "rung"),),
    "message": (("once",),),
    "limits_version": (("number",), ("active",)),
}
"""What else is unique in these tables, besides the key."""


@dataclass(frozen=True)
class Seal:
    """When a row may no longer be changed, and what may change all the same.

    `emptied` are texts that may be redacted, that is made empty; `free` columns may change.
    """

    once: str = "1 = 1"
    emptied: Sequence[str] = ()
    free: Sequence[str] = ()
    besides: str = "1 = 1"
    """What must hold of a change that is allowed."""


SEALED = {
    "approval": Seal("OLD.decided_at IS NOT NULL OR OLD.state <> 'pending'", emptied=("reason",)),
    "transfer": Seal("OLD.decided_at IS NOT NULL OR OLD.state <> 'pending'", emptied=("reason",)),
    "merge": Seal(free=("undone_at",), besides="OLD.undone_at IS NULL"),
    "entry": Seal(
        emptied=("text",),
        free=("redacted_at",),
        besides="OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.text = ''",
    ),
    "answer": Seal(emptied=("text",)),
    "attachment": Seal(),
    # What was in force once stays as it was; only whether it is in force may change.
    "limits_version": Seal("OLD.activated_at IS NOT NULL", free=("active", "retired_at")),
    "rights_request": Seal("OLD.state <> 'pending'"),
}

ASKED = {
    "rights_request": Seal(free=("state", "decided_by_id", "decided_at", "decision_reason")),
}
"""What of a row never changes from the beginning: what was asked for, while it waits."""


def _guards() -> list[Guard]:
    found = [
        Guard(f"{table}_{verb.lower()}", table, f"BEFORE {verb}", "1 = 1", f"{table} is add-only")
        for table in ADD_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    found += [
        Guard(f"{table}_delete", table, "BEFORE DELETE", "1 = 1", f"{table} rows never go")
        for table in (*KEPT, *HEADS)
    ]
    found += [
        Guard(f"{table}_update", table, "BEFORE UPDATE", _breaks(table, seal), f"{table} is sealed")
        for table, seal in SEALED.items()
    ]
    found += [
        Guard(f"{table}_asked", table, "BEFORE UPDATE", _breaks(table, seal), f"{table} is asked")
        for table, seal in ASKED.items()
    ]
    return [
        *found,
        *_against_replacing(),
        *_against_odd_spelling(),
        *closing_guards.of_closing(),
        *closing_guards.of_deciding(),
        *closing_guards.of_confirming(),
        *closing_guards.of_marks(),
        *closing_guards.of_settings(),
    ]


def _breaks(table: str, seal: Seal) -> str:
    """Whether a change touches what it may not, whatever is empty on either side."""
    columns = db.metadata.tables[table].columns
    rows = []
    for column in columns:
        if column.name in seal.free:
            continue
        same = f"{_plain(column, 'NEW')} IS NOT DISTINCT FROM {_plain(column, 'OLD')}"
        emptied = f"({same} OR NEW.{column.name} = '')"
        rows.append(emptied if column.name in seal.emptied else same)
    return f"({seal.once}) AND NOT ({' AND '.join(rows)} AND {seal.besides})"


def _plain(column: Column[object], row: str) -> str:
    """JSON knows no equality on PostgreSQL."""
    name = f"{row}.{column.name}"
    return f"CAST({name} AS TEXT)" if isinstance(column.type, JSON) else name


def _against_replacing() -> list[Guard]:
    """SQLite's REPLACE deletes the row that is in the way without firing delete triggers, so
    whatever would be in the way is refused before."""
    found = [
        Guard(
            f"{table}_again",
            table,
            "BEFORE INSERT",
            _exists(table, _same(KEYLESS.get(table, ("id",)))),
            f"{table} is add-only",
            on_sqlite=_exists(table, "x.rowid = NEW.rowid"),
        )
        for table in (*ADD_ONLY, *KEPT)
    ]
    found += [
        Guard(
            f"{table}_key",
            table,
            "BEFORE UPDATE",
            "NEW.id <> OLD.id",
            f"the key of {table} never changes",
            on_sqlite="NEW.rowid <> OLD.rowid",
        )
        for table in KEPT
    ]
    for table, keys in TWINS.items():
        for columns in keys:
            name, message = "_".join((table, *columns)), f"{table} {columns[-1]} is taken"
            twin = _exists(table, _same(columns))
            found.append(Guard(f"{name}_taken", table, "BEFORE INSERT", twin, message))
            twin = _exists(table, f"{_same(columns)} AND x.id <> OLD.id")
            found.append(Guard(f"{name}_moved", table, "BEFORE UPDATE", twin, message))
    return found


def _against_odd_spelling() -> list[Guard]:
    """A key is written in one way, or comparing it would prove nothing; PostgreSQL knows keys."""
    found = []
    for table in (*ADD_ONLY, *KEPT):
        keys = [c.name for c in db.metadata.tables[table].columns if isinstance(c.type, Uuid)]
        odd = " OR ".join(closing_guards.is_spelt_oddly(name) for name in keys)
        message = f"{table}: a key is 32 small hexadecimal digits"
        found += [
            Guard(
                f"{table}_spelling_{verb.lower()}",
                table,
                f"BEFORE {verb}",
                odd,
                message,
                only_sqlite=True,
            )
            for verb in ("INSERT", "UPDATE")
        ]
    return found


def _same(columns: Sequence[str]) -> str:
    return " AND ".join(f"x.{column} = NEW.{column}" for column in columns)


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} x WHERE {condition})"  # noqa: S608 - names of ours


GUARDS = _guards()


def install(connection: Connection) -> None:
    """(Re)create every guard; call after the tables exist, inside the caller's transaction."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def statements(dialect: str) -> list[str]:
    """The SQL that puts every trigger in place, whether it is there already or not."""
    write = _on_sqlite if dialect == "sqlite" else _on_postgresql
    found = [
        each
        for guard in GUARDS
        if dialect == "sqlite" or not guard.only_sqlite
        for each in write(
            guard.name,
            guard.table,
            guard.moment,
            _condition(guard, dialect),
            _refusal(guard.message, dialect),
        )
    ]
    found += [
        each
        for deed in CONSEQUENCES
        for each in write(
            deed.name, deed.table, deed.moment, said_by(dialect, deed.condition), deed.statement
        )
    ]
    return found if dialect == "sqlite" else [*found, *_against_truncating()]


def said_by(dialect: str, condition: str) -> str:
    """The condition in the words of this database. SQLite says IS for what PostgreSQL spells out;
    both read whole numbers out of JSON differently."""
    if dialect == "sqlite":
        value = "CAST(NEW.value AS TEXT)"
        words = {
            " IS NOT DISTINCT FROM ": " IS ",
            " IS DISTINCT FROM ": " IS NOT ",
            "{is_number}": f"{value} <> '' AND length({value}) < 10"
            f" AND {value} NOT GLOB '*[^0-9]*'",
            "{number}": f"CAST({value} AS INTEGER)",
        }
    else:
        value = "CAST(NEW.value AS TEXT)"
        words = {
            "{is_number}": f"{value} ~ '^[0-9]{{1,9}}$'",
            "{number}": f"(CASE WHEN {value} ~ '^[0-9]{{1,9}}$' THEN CAST({value} AS INTEGER)"
            " ELSE -1 END)",
        }
    for ours, theirs in words.items():
        condition = condition.replace(ours, theirs)
    return condition


def _condition(guard: Guard, dialect: str) -> str:
    besides = guard.on_sqlite if dialect == "sqlite" else ""
    return said_by(dialect, f"({guard.condition}) OR ({besides})" if besides else guard.condition)


def _refusal(message: str, dialect: str) -> str:
    if dialect == "sqlite":
        return f"SELECT RAISE(ABORT, '{message}')"
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"


def _on_sqlite(name: str, table: str, moment: str, condition: str, deed: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS guard_{name}",
        f"CREATE TRIGGER guard_{name} {moment} ON {table} WHEN {condition} BEGIN {deed}; END",
    ]


def _on_postgresql(name: str, table: str, moment: str, condition: str, deed: str) -> list[str]:
    answer = "OLD" if "DELETE" in moment else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION guard_{name}() RETURNS trigger AS $guard$\n"
        f"BEGIN IF {condition} THEN\n{deed};\n"
        f"END IF; RETURN {answer}; END $guard$ LANGUAGE plpgsql",
        *_recreated(
            name, table, f"{moment} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
        ),
    ]


def _against_truncating() -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION guard_truncate() RETURNS trigger AS $guard$\n"
        "BEGIN RAISE EXCEPTION 'rows never go'"
        " USING ERRCODE = 'integrity_constraint_violation'; END $guard$ LANGUAGE plpgsql"
    )
    triggers = [
        each
        for table in (*ADD_ONLY, *KEPT)
        for each in _recreated(
            f"{table}_truncate",
            table,
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
        )
    ]
    return [function, *triggers]


def _recreated(name: str, table: str, body: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS guard_{name} ON {table}",
        f"CREATE TRIGGER guard_{name} {body}",
    ]
