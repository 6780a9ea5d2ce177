"""Random SQL against every table, with the guards in place (P5).

Whoever may write into the database cannot be kept from inserting an invented callback or request.
What they cannot do is close a complaint without leaving a row that names who answered for it, nor
let somebody decide who had a hand in it, nor undo what was decided. `flask audit verify` finds the
invented row afterwards (`test_tampering`).
"""

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
from tests.sql_oracle import key as as_key
from tests.sql_shell import Shell
from tickets.database import db, writing
from workflow.words import CallOutcome

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PROMISING = (
    "complaint", "approval", "callback_attempt", "answer", "notice", "transfer", "merge",
    "responsibility", "spent_basis", "policy_setting", "attempt_confirmation", "callback",
)  # fmt: skip
"""Tables that a forger would begin with; the others are drawn as well, less often."""
LOOSE = [
    (table, column)
    for table, columns in {
        "approval": "decided_at decided_by_id state granted responsible_id cycle before_rule",
        "complaint": "cycle status responsible_id closing_holds closing_attempt_id",
        "callback_attempt": "outcome closes by_id cycle complaint_id",
        "answer": "by_id instead_of_id cycle complaint_id",
        "transfer": "state from_id to_id complaint_id",
        "merge": "undone_at into_id complaint_id",
    }.items()
    for column in columns.split()
]
UNDECIDED = (
    "UPDATE approval SET decided_at = NULL WHERE id = ?",
    "UPDATE approval SET decided_by_id = NULL, decided_at = NULL WHERE id = ?",
    "UPDATE approval SET state = 'pending', granted = FALSE WHERE id = ?",
    "UPDATE approval SET reason = '', decided_at = NULL WHERE id = ?",
)
SEEDS = 120
STEPS = 30


@pytest.mark.long
def test_no_statement_of_a_random_walk_closes_unheard(database: Database, now: datetime) -> None:
    walk(database, now)


NOT_NULL_SAFE = """CREATE TRIGGER guard_approval_update BEFORE UPDATE ON approval
    WHEN OLD.decided_at IS NOT NULL AND NOT (NEW.reason = '' AND NEW.id = OLD.id
    AND NEW.state = OLD.state AND NEW.granted = OLD.granted AND NEW.cycle = OLD.cycle
    AND NEW.complaint_id = OLD.complaint_id AND NEW.decided_by_id = OLD.decided_by_id)
    BEGIN SELECT RAISE(ABORT, 'approval is sealed'); END"""
BY_ITS_OWN_COLUMN = """CREATE TRIGGER guard_complaint_closing_update BEFORE UPDATE ON complaint
    WHEN NEW.status = 'closed' AND NOT (EXISTS (SELECT 1 FROM callback_attempt a
    WHERE a.id = NEW.closing_attempt_id AND a.complaint_id = NEW.id AND a.cycle = NEW.cycle
    AND a.closes) OR EXISTS (SELECT 1 FROM approval p WHERE p.id = NEW.closing_approval_id
    AND p.complaint_id = NEW.id AND p.cycle = NEW.cycle AND p.granted))
    BEGIN SELECT RAISE(ABORT, 'a complaint closes only on a callback'); END"""
HOLES = {
    "a decision could be emptied first": ("approval_update", NOT_NULL_SAFE),
    "by oneself meant what the request said": (
        "approval_granting approval_pending complaint_closing_update",
        BY_ITS_OWN_COLUMN,
    ),
}
"""Guards as they were before: the walk must find its way through them, or it proves nothing."""


@pytest.mark.parametrize("hole", HOLES)
def test_the_walk_finds_the_holes_of_before(sqlite: Database, now: datetime, hole: str) -> None:
    sqlite.fresh()
    dropped, instead = HOLES[hole]
    statements = [f"DROP TRIGGER guard_{name}" for name in dropped.split()]

    with pytest.raises(AssertionError):
        walk(sqlite, now, *statements, instead)


def walk(database: Database, now: datetime, *beforehand: str) -> None:
    with database.app.app_context(), writing():
        cast = add_cast(now - 60 * DAY, "no password")
        situations(cast, now)
        db.session.commit()
    bare = Bare(database)
    bare.database.touch()
    with bare.connection() as connection:
        for statement in beforehand:
            connection.execute(statement)
        connection.commit()

        class Walk(SqlWalk):
            shell = Shell(bare, connection)

        try:
            run_state_machine_as_test(Walk, settings=how(derandomize=bool(beforehand)))
        finally:
            connection.rollback()


def how(*, derandomize: bool) -> settings:
    """Without shrinking: what a walk found is looked at by hand."""
    return settings(
        max_examples=SEEDS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=derandomize,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


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
        verb = data.draw(st.sampled_from(self._verbs("INSERT")))
        upsert = ""
        if "id" in values and verb == "INSERT" and data.draw(st.booleans()):
            upsert = " ON CONFLICT (id) DO UPDATE SET " + ", ".join(
                f'"{name}" = excluded."{name}"' for name in values if name != "id"
            )
        self._insert(table.name, values, verb, upsert)

    def _insert(
        self, table: str, values: dict[str, Any], verb: str = "INSERT", upsert: str = ""
    ) -> None:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        statement = f'{verb} INTO "{table}" ({names}) VALUES ({marks}){upsert}'
        self.shell.run(statement, self._plain(db.metadata.tables[table], values))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        table = data.draw(tables)
        row = data.draw(self._row(table))
        if row is not None:
            where, keys = self._where(table, row)
            self.shell.run(f'DELETE FROM "{table.name}" WHERE {where}', keys)

    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        """The statement that a forger would really type; often as somebody with a hand in it."""
        request = data.draw(st.sampled_from(self.shell.oracle.keys("approval")))
        at = self.shell.pool["approval"][0]["requested_at"]
        granted = data.draw(st.sampled_from([True, True, False]))
        statement = (
            "UPDATE approval SET state = ?, granted = ?, decided_by_id = ?, decided_at = ?"
            " WHERE id = ?"
        )
        state = "granted" if granted else "denied"
        person = self._person(data, "approval", request)
        self.shell.run(statement, [state, granted, person, at, request])

    @rule(data=st.data())
    def invent_a_decision(self, data: st.DataObject) -> None:
        """A request that was granted from the beginning, by and of whomever."""
        row = dict(data.draw(st.sampled_from(self.shell.pool["approval"])))
        row |= {"id": self._new_key(data), "state": "granted", "granted": True}
        row["decided_at"] = row["requested_at"]
        for name in ("decided_by_id", "responsible_id", "requested_by_id"):
            row[name] = self._person(data, "approval", row["id"], row["complaint_id"])
        self._insert("approval", row)

    @rule(data=st.data())
    def loosen(self, data: st.DataObject) -> None:
        """One column of a row that a closing could rest on: emptied, or taken from elsewhere."""
        name, column = data.draw(st.sampled_from(LOOSE))
        table = db.metadata.tables[name]
        row = data.draw(self._row(table))
        if row is not None:
            value = data.draw(st.sampled_from([None, self._value(data, table, column)]))
            where, keys = self._where(table, row)
            self.shell.run(f'UPDATE "{name}" SET "{column}" = ? WHERE {where}', [value, *keys])

    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """What was decided is made a request again, or what runs now runs as before."""
        request = data.draw(st.sampled_from(self.shell.oracle.keys("approval")))
        complaint = data.draw(st.sampled_from(self.shell.oracle.keys("complaint")))
        statement, target = data.draw(st.sampled_from([(each, request) for each in UNDECIDED] + [
            ("UPDATE complaint SET cycle = cycle - 1 WHERE id = ?", complaint),
        ]))  # fmt: skip
        self.shell.run(statement, [target])

    @rule(data=st.data())
    def hand_on(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.shell.pool["complaint"]))
        person = self._person(data, "complaint", row["id"], row["id"])
        self.shell.run("UPDATE complaint SET responsible_id = ? WHERE id = ?", [person, row["id"]])

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """Close on something that is there, its own complaint mostly, in its cycle if need be."""
        table = data.draw(st.sampled_from(("callback_attempt", "approval")))
        column = "closing_attempt_id" if table == "callback_attempt" else "closing_approval_id"
        basis = data.draw(st.sampled_from(self.shell.oracle.keys(table)))
        target = self.shell.oracle.of(table, basis, "complaint_id")
        if not data.draw(st.integers(0, 3)):
            target = data.draw(st.sampled_from(self.shell.oracle.keys("complaint")))
        said, values = f"status = 'closed', closing_holds = TRUE, {column} = ?", [basis]
        if data.draw(st.booleans()):
            said += ", cycle = ?"
            values.append(self.shell.oracle.of(table, basis, "cycle"))
        self.shell.run(f"UPDATE complaint SET {said} WHERE id = ?", [*values, target])  # noqa: S608

    @rule(data=st.data())
    def open_again(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.shell.pool["complaint"]))
        status = data.draw(st.sampled_from(["resolved", "in_progress"]))
        self.shell.run(
            "UPDATE complaint SET status = ?, closing_attempt_id = NULL,"
            " closing_approval_id = NULL, closing_holds = NULL WHERE id = ?",
            [status, row["id"]],
        )

    @invariant()
    def every_closing_rests_on_somebodys_word(self) -> None:
        assert self.shell.oracle.unheard() == []

    @invariant()
    def nobody_decides_on_their_own_work(self) -> None:
        assert self.shell.oracle.granted_by_authors() == []

    @invariant()
    def no_cycle_goes_back(self) -> None:
        assert self.shell.oracle.gone_back() == []

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

    def _person(self, data: st.DataObject, table: str, row_id: Any, complaint: Any = None) -> Any:
        """Anybody, or somebody with a hand in the complaint, written in one way or another."""
        anybody = [row["id"] for row in self.shell.pool["person"]]
        complaint = complaint or self.shell.oracle.of(table, row_id, "complaint_id")
        authors = self.shell.oracle.authors_as_written(complaint)
        people = data.draw(st.sampled_from([anybody, authors or anybody]))
        return self._written(data, data.draw(st.sampled_from(people)))

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
