"""Random SQL against every table, with the guards in place (P5).

Whoever may write into the database cannot be kept from inserting an invented callback or request.
What they cannot do is close a complaint without leaving a row that names who answered for it, nor
let somebody decide who had a hand in it, nor undo what was decided. `flask audit verify` finds the
invented row afterwards (`test_tampering`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Boolean, Enum, Integer, Table, Uuid

from tests.bare import Bare
from tests.cast import Cast, add_cast, ask_to_close, call, close_refusing, do, resolve, resolved
from tests.databases import Database
from tests.sql_oracle import Oracle
from tests.sql_oracle import key as as_key
from tickets.database import db, writing
from workflow.words import CallOutcome

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PROMISING = (
    "complaint", "approval", "callback_attempt", "answer", "notice", "transfer", "merge",
    "responsibility", "spent_basis", "policy_setting", "attempt_confirmation", "callback",
)  # fmt: skip
"""Tables that a forger would begin with; the others are drawn as well, less often."""
SEEDS = 40
STEPS = 40


@pytest.mark.long
def test_no_statement_of_a_random_walk_closes_unheard(database: Database, now: datetime) -> None:
    with database.app.app_context(), writing():
        cast = add_cast(now - 60 * DAY, "no password")
        situations(cast, now)
        db.session.commit()
    bare = Bare(database)
    bare.database.touch()
    with bare.connection() as connection:

        class Walk(SqlWalk):
            shell = Shell(bare, connection)

        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=SEEDS,
                stateful_step_count=STEPS,
                deadline=None,
                phases=(Phase.explicit, Phase.generate),
                suppress_health_check=list(HealthCheck),
            ),
        )
        connection.rollback()


def situations(cast: Cast, now: datetime) -> None:
    """One complaint of each kind that a statement could start from."""
    due = resolved(cast, now=now)
    call(due, CallOutcome.REFUSED, now + HOUR)
    ask_to_close(due, cast.chen, now + HOUR, "refuses_contact")
    denied = resolved(cast, now=now)
    call(denied, CallOutcome.REFUSED, now + HOUR)
    ask_to_close(denied, cast.chen, now + HOUR, "refuses_contact")
    do("deny_closing", denied, cast.zheng, now + HOUR, reason="Try again.")
    closed = resolved(cast, now=now)
    call(closed, CallOutcome.ACCEPTED, now + HOUR)
    excepted = resolved(cast, now=now)
    close_refusing(excepted, now + HOUR, cast.zheng)
    again = resolved(cast, now=now)
    call(again, CallOutcome.ACCEPTED, now + HOUR)
    do("reopen", again, cast.wang, now + DAY, reason="Dead again.")
    resolve(cast, again, now + DAY)
    undone = resolved(cast, now=now)
    call(undone, CallOutcome.ACCEPTED, now + HOUR)
    do("undo_closing", undone, cast.chen, now + HOUR, reason="Wrong key.")
    moved = resolved(cast, now=now)
    do("transfer", moved, cast.he, now, to=cast.people["zheng"], reason="Chen is ill.")
    do("accept_transfer", moved, cast.zheng, now)
    do("transfer", moved, cast.he, now, to=cast.people["wang"], reason="Zheng is ill.")
    do("accept_transfer", moved, cast.wang, now)
    duplicate = resolved(cast, now=now)
    said = {"because": "sent_twice", "reason": "The same."}
    do("merge", duplicate, cast.zheng, now, into=moved.number, **said)


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


class SqlWalk(RuleBasedStateMachine):
    shell: Shell

    def __init__(self) -> None:
        super().__init__()
        self.shell.begin()

    def teardown(self) -> None:
        self.shell.end()

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        table = data.draw(tables)
        row = data.draw(self._row(table))
        if row is None:
            return
        changed = data.draw(st.sets(columns_of(table), min_size=1, max_size=4))
        values = [self._value(data, table, name) for name in sorted(changed)]
        said = ", ".join(f'"{name}" = ?' for name in sorted(changed))
        where, keys = self._where(table, row)
        verb = data.draw(st.sampled_from(self._verbs("UPDATE")))
        self.shell.run(f'{verb} "{table.name}" SET {said} WHERE {where}', [*values, *keys])

    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        """A row like one that is there, with some of it otherwise; or in its place."""
        table = data.draw(tables)
        row = data.draw(self._row(table))
        if row is None:
            return
        values = dict(row)
        if "id" in values and data.draw(st.integers(0, 4)):
            values["id"] = self._new_key(data)
        for name in data.draw(st.sets(columns_of(table), max_size=6)):
            values[name] = self._value(data, table, name)
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        verb = data.draw(st.sampled_from(self._verbs("INSERT")))
        upsert = ""
        if "id" in values and verb == "INSERT" and data.draw(st.booleans()):
            upsert = " ON CONFLICT (id) DO UPDATE SET " + ", ".join(
                f'"{name}" = excluded."{name}"' for name in values if name != "id"
            )
        statement = f'{verb} INTO "{table.name}" ({names}) VALUES ({marks}){upsert}'
        self.shell.run(statement, self._plain(table, values))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        table = data.draw(tables)
        row = data.draw(self._row(table))
        if row is not None:
            where, keys = self._where(table, row)
            self.shell.run(f'DELETE FROM "{table.name}" WHERE {where}', keys)

    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        """The statement that a forger would really type."""
        request = data.draw(st.sampled_from(self.shell.pool["approval"]))
        person = data.draw(st.sampled_from(self.shell.pool["person"]))["id"]
        at = request["requested_at"]
        statement = (
            "UPDATE approval SET state = 'granted', granted = TRUE, decided_by_id = ?,"
            " decided_at = ? WHERE id = ?"
        )
        self.shell.run(statement, [self._written(data, person), at, request["id"]])

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """Close on something that is there, whatever it is."""
        table = data.draw(st.sampled_from(("callback_attempt", "approval")))
        column = "closing_attempt_id" if table == "callback_attempt" else "closing_approval_id"
        basis = data.draw(st.sampled_from(self.shell.oracle.keys(table)))
        target = data.draw(st.sampled_from([row["id"] for row in self.shell.pool["complaint"]]))
        if data.draw(st.booleans()):
            target = self.shell.oracle.complaint_of(table, basis)
        statement = (
            f"UPDATE complaint SET status = 'closed', closing_holds = TRUE, {column} = ?"  # noqa: S608
            " WHERE id = ?"
        )
        self.shell.run(statement, [basis, target])

    @invariant()
    def every_closing_rests_on_somebodys_word(self) -> None:
        assert self.shell.oracle.unheard() == []

    @invariant()
    def what_was_decided_stays_decided(self) -> None:
        after = self.shell.oracle.sealed()
        assert {key: after.get(key) for key in self.shell.before} == self.shell.before

    def _row(self, table: Table) -> st.SearchStrategy[dict[str, Any] | None]:
        rows: list[dict[str, Any] | None] = [*self.shell.pool[table.name]]
        return st.sampled_from(rows or [None])

    def _verbs(self, verb: str) -> list[str]:
        if not self.shell.is_sqlite:
            return [verb]
        return [verb, verb, f"{verb} OR REPLACE", f"{verb} OR IGNORE"]

    def _where(self, table: Table, row: dict[str, Any]) -> tuple[str, list[Any]]:
        names = [column.name for column in table.primary_key.columns]
        return " AND ".join(f'"{name}" = ?' for name in names), [row[name] for name in names]

    def _new_key(self, data: st.DataObject) -> Any:
        key = data.draw(st.uuids(version=4))
        return key.hex if self.shell.is_sqlite else key

    def _value(self, data: st.DataObject, table: Table, name: str) -> Any:
        """Something from that column of any row, from what it points to, or what its kind knows."""
        column = table.columns[name]
        pool = [row[name] for row in self.shell.pool[table.name]]
        pool += [None]
        for key in column.foreign_keys:
            pool += [row[key.column.name] for row in self.shell.pool[key.column.table.name]]
        if isinstance(column.type, Uuid) and not column.foreign_keys:
            pool += self.shell.oracle.keys("callback_attempt") + self.shell.oracle.keys("approval")
        if isinstance(column.type, Boolean):
            pool += [True, False]
        elif isinstance(column.type, Enum):
            pool += list(column.type.enums)
        elif isinstance(column.type, Integer):
            pool += [-1, 0, 1, 2]
        value = data.draw(st.sampled_from(pool))
        kind = isinstance(column.type, Uuid)
        return self._written(data, value) if kind else self._as_json(table, name, value)

    def _written(self, data: st.DataObject, key: Any) -> Any:
        """SQLite keeps keys as text: the same key can be written in other ways."""
        if not self.shell.is_sqlite or not isinstance(key, str) or as_key(key) is None:
            return key
        ways = [key, key, key.upper(), str(UUID(key)), f" {key}", key.encode()]
        return data.draw(st.sampled_from(ways))

    def _plain(self, table: Table, values: dict[str, Any]) -> list[Any]:
        return [self._as_json(table, name, value) for name, value in values.items()]

    def _as_json(self, table: Table, name: str, value: Any) -> Any:
        return self.shell.oracle.as_stored(table.columns[name], value)


tables = st.sampled_from(sorted(PROMISING)).flatmap(
    lambda name: st.sampled_from([name, name, name, *sorted(db.metadata.tables)])
).map(lambda name: db.metadata.tables[name])  # fmt: skip


def columns_of(table: Table) -> st.SearchStrategy[str]:
    return st.sampled_from([column.name for column in table.columns])


@pytest.fixture(autouse=True)
def _nothing_left(database: Database) -> Iterator[None]:
    yield
    database.touch()
