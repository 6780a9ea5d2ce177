"""Triggers: what holds even on a bare connection that knows nothing of this program.

Constraints say most of it (see `Complaint`); triggers add what constraints cannot: rows that
are only ever added, rows that never go, and, on SQLite, the closing rule for connections that
do not check foreign keys. Batch migrations on SQLite drop triggers silently, so `install` runs
after every upgrade and may run any number of times.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

ADD_ONLY = ("event", "admin_event", "callback_attempt", "notice")
"""Tables whose rows are facts: never changed, never deleted."""

KEPT = (
    "complaint",
    "work_order",
    "callback",
    "approval",
    "entry",
    "attachment",
    "transfer",
    "answer",
    "alert",
    "clock",
    "absence",
    "message",
    "limits_version",
)
"""Tables whose rows may change but never go (AUD-01)."""

TWINS = {
    "complaint": (("number",), ("external_source", "external_id")),
    "event": (("complaint_id", "seq"),),
    "callback": (("complaint_id", "cycle"),),
    "answer": (("complaint_id", "cycle"),),
    "clock": (("complaint_id", "kind", "cycle", "subject", "turn"),),
    "alert": (("clock_id", "rung"),),
    "message": (("once",),),
    "limits_version": (("number",), ("active",)),
}
"""What else is unique in these tables, besides the key."""

CLOSING_HOLDS = """(
    EXISTS (SELECT 1 FROM callback_attempt a WHERE a.id = NEW.closing_attempt_id
        AND a.complaint_id = NEW.id AND a.cycle = NEW.cycle AND a.closes
        AND a.outcome IN ('accepted', 'understood'))
    OR EXISTS (SELECT 1 FROM approval p WHERE p.id = NEW.closing_approval_id
        AND p.complaint_id = NEW.id AND p.cycle = NEW.cycle AND p.granted)
)"""

SEALED = {
    "approval": "OLD.decided_at IS NOT NULL AND NOT (NEW.reason = '' AND NEW.id = OLD.id"
    " AND NEW.state = OLD.state AND NEW.granted = OLD.granted AND NEW.cycle = OLD.cycle"
    " AND NEW.complaint_id = OLD.complaint_id AND NEW.decided_by_id = OLD.decided_by_id)",
    "entry": "NOT (OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.text = ''"
    " AND NEW.id = OLD.id AND NEW.complaint_id = OLD.complaint_id"
    " AND NEW.event_id = OLD.event_id AND NEW.audience = OLD.audience"
    " AND NEW.field = OLD.field)",
    "answer": "NOT (NEW.text = '' AND NEW.id = OLD.id AND NEW.complaint_id = OLD.complaint_id"
    " AND NEW.cycle = OLD.cycle AND NEW.outcome = OLD.outcome AND NEW.by_id = OLD.by_id"
    " AND NEW.at = OLD.at)",
    "attachment": "1 = 1",
    # What was in force once stays as it was; only whether it is in force may change.
    "limits_version": "OLD.activated_at IS NOT NULL AND NOT (NEW.activated_at IS NOT NULL"
    " AND NEW.activated_at = OLD.activated_at AND NEW.id = OLD.id AND NEW.number = OLD.number"
    " AND NEW.title = OLD.title AND NEW.pack = OLD.pack AND NEW.created_at = OLD.created_at"
    " AND CAST(NEW.document AS TEXT) = CAST(OLD.document AS TEXT))",
}
"""When a row of these tables may no longer be changed; redacting its words stays possible."""


@dataclass(frozen=True)
class Guard:
    """One trigger: on which table, when, under which condition, with which message."""

    name: str
    table: str
    moment: str
    condition: str
    message: str
    on_sqlite: str = ""
    """What is to be refused besides on SQLite, whose rows have a hidden number of their own."""


def _guards() -> list[Guard]:
    found = [
        Guard(f"{table}_{verb.lower()}", table, f"BEFORE {verb}", "1 = 1", f"{table} is add-only")
        for table in ADD_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    found += [
        Guard(f"{table}_delete", table, "BEFORE DELETE", "1 = 1", f"{table} rows never go")
        for table in KEPT
    ]
    found += [
        Guard(f"{table}_update", table, "BEFORE UPDATE", condition, f"{table} is sealed")
        for table, condition in SEALED.items()
    ]
    found += _against_replacing()
    found += [
        Guard(
            f"complaint_closing_{verb.lower()}",
            "complaint",
            f"BEFORE {verb}",
            f"NEW.status = 'closed' AND NOT {CLOSING_HOLDS}",
            "a complaint closes only on a callback the customer accepted"
            " or on an approved exception",
        )
        for verb in ("INSERT", "UPDATE")
    ]
    return found


def _against_replacing() -> list[Guard]:
    """SQLite's REPLACE deletes the row that is in the way without firing delete triggers, so
    whatever would be in the way is refused before."""
    found = [
        Guard(
            f"{table}_again",
            table,
            "BEFORE INSERT",
            _exists(table, "x.id = NEW.id"),
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
            same = " AND ".join(f"x.{column} = NEW.{column}" for column in columns)
            name, message = "_".join((table, *columns)), f"{table} {columns[-1]} is taken"
            twin = _exists(table, same)
            found.append(Guard(f"{name}_taken", table, "BEFORE INSERT", twin, message))
            twin = _exists(table, f"{same} AND x.id <> OLD.id")
            found.append(Guard(f"{name}_moved", table, "BEFORE UPDATE", twin, message))
    return found


def _exists(table: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} x WHERE {condition})"  # noqa: S608 - names of ours


GUARDS = _guards()


def install(connection: Connection) -> None:
    """(Re)create every guard; call after the tables exist, inside the caller's transaction."""
    if connection.dialect.name == "sqlite":
        _install_sqlite(connection)
        return
    _install_postgresql(connection)


def sqlite_trigger(guard: Guard) -> str:
    """The statement that makes this guard on SQLite, which keeps it word for word."""
    besides = f" OR {guard.on_sqlite}" if guard.on_sqlite else ""
    return (
        f"CREATE TRIGGER guard_{guard.name} {guard.moment} ON {guard.table}"
        f" WHEN {guard.condition}{besides}"
        f" BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    )


def postgresql_functions() -> dict[str, str]:
    """The body of every function behind a trigger, by name; PostgreSQL keeps it word for word."""
    found = {f"guard_{guard.name}": _body(guard) for guard in GUARDS}
    found["guard_truncate"] = (
        "\nBEGIN RAISE EXCEPTION 'rows never go'"
        " USING ERRCODE = 'integrity_constraint_violation'; END "
    )
    return found


def _body(guard: Guard) -> str:
    answer = "OLD" if "DELETE" in guard.moment else "NEW"
    return (
        f"\nBEGIN IF {guard.condition} THEN\n"
        f"RAISE EXCEPTION '{guard.message}'"
        " USING ERRCODE = 'integrity_constraint_violation';\n"
        f"END IF; RETURN {answer}; END "
    )


@dataclass(frozen=True)
class Trigger:
    """One trigger on PostgreSQL: its name, its table, and what it does when."""

    name: str
    table: str
    does: str


def postgresql_triggers() -> list[Trigger]:
    """Every trigger, and after which word of its statement."""
    found = [
        Trigger(
            f"guard_{guard.name}",
            guard.table,
            f"{guard.moment} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION guard_{guard.name}()",
        )
        for guard in GUARDS
    ]
    found += [
        Trigger(
            f"guard_{table}_truncate",
            table,
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()",
        )
        for table in (*ADD_ONLY, *KEPT)
    ]
    return found


def _install_sqlite(connection: Connection) -> None:
    for guard in GUARDS:
        connection.execute(text(f"DROP TRIGGER IF EXISTS guard_{guard.name}"))
        connection.execute(text(sqlite_trigger(guard)))


def _install_postgresql(connection: Connection) -> None:
    for name, body in postgresql_functions().items():
        connection.execute(
            text(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger"
                f" AS $guard${body}$guard$ LANGUAGE plpgsql"
            )
        )
    for each in postgresql_triggers():
        connection.execute(text(f"DROP TRIGGER IF EXISTS {each.name} ON {each.table}"))
        connection.execute(text(f"CREATE TRIGGER {each.name} {each.does}"))
