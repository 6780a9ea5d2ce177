"""Says of a database, by plain reading, which closings nobody's word stands behind.

Shares nothing with the triggers: rows are read whole and compared here, keys whatever way they are
written in.
"""

import json
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column

CLOSING = {"accepted", "understood"}
SIGNED = {
    "answer": ("by_id", "instead_of_id"),
    "callback_attempt": ("by_id", "instead_of_id"),
    "notice": ("by_id", "instead_of_id"),
    "approval": ("requested_by_id", "requested_instead_of_id"),
}


@cache
def key(value: Any) -> UUID | None:
    """A key in whatever way it is written; None for what is none."""
    if isinstance(value, UUID) or value is None:
        return value
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    try:
        return UUID(str(value).strip())
    except ValueError:
        return None


class Oracle:
    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def rows(self, table: str, *names: str) -> list[tuple[Any, ...]]:
        return self.shell.query(f'SELECT {", ".join(names)} FROM "{table}"')  # noqa: S608

    def keys(self, table: str) -> list[Any]:
        return [row[0] for row in self.rows(table, "id")]

    def of(self, table: str, row_id: Any, name: str) -> Any:
        """One column of one row."""
        return next((value for one, value in self.rows(table, "id", name) if one == row_id), None)

    def authors_as_written(self, complaint: Any) -> list[Any]:
        """The authors, as their own rows have their keys."""
        authors = self._authors(key(complaint))
        return [one for one in self.keys("person") if key(one) in authors]

    def begin(self) -> None:
        """What holds before the first statement: who ever answered, and what is spent."""
        self.answered: set[tuple[UUID | None, UUID | None]] = set()
        self.closed_on: dict[Any, Any] = {}
        closed = {attempt or approval for _, _, attempt, approval in self._closed()}
        attempts = self.rows("callback_attempt", "id", "outcome")
        approvals = self.rows("approval", "id", "state")
        used = {one for one, said in attempts if said in CLOSING}
        used |= {one for one, said in approvals if said == "granted"}
        self.spent = used - closed
        self.cycles = dict(self.rows("complaint", "id", "cycle"))
        self.look()

    def look(self) -> None:
        """Keep in mind who answers, and which closings are no more."""
        for one, who in self.rows("complaint", "id", "responsible_id"):
            self.answered.add((key(one), key(who)))
        now = {one: attempt or approval for one, _, attempt, approval in self._closed()}
        for one, basis in self.closed_on.items():
            if now.get(one) != basis:
                self.spent.add(basis)
        self.closed_on = now

    def unheard(self) -> list[str]:
        """Closed complaints that rest neither on an acceptance of their present cycle, nor on an
        approval by somebody with no hand in them."""
        attempts = {
            key(row[0]): row
            for row in self.rows("callback_attempt", "id", "complaint_id", "cycle", "outcome",
                                 "by_id")
        }  # fmt: skip
        approvals = {
            key(row[0]): row
            for row in self.rows("approval", "id", "complaint_id", "cycle", "state", "granted",
                                 "requested_by_id", "decided_by_id")
        }  # fmt: skip
        self.look()
        found = []
        for complaint, cycle, attempt, approval in self._closed():
            if (attempt or approval) in self.spent:
                found.append(f"{complaint}: closed on what is spent")
            heard = attempts.get(key(attempt)) if attempt else None
            if heard and self._accepted(heard, complaint, cycle):
                continue
            decided = approvals.get(key(approval)) if approval else None
            if decided and self._decided(decided, complaint, cycle):
                continue
            found.append(f"{complaint}: {heard or decided}")
        return found

    def granted_by_authors(self) -> list[Any]:
        """Approvals that somebody granted who had a hand in the complaint, or whom nobody knows."""
        rows = self.rows(
            "approval", "id", "complaint_id", "state", "requested_by_id", "decided_by_id"
        )
        return [
            one
            for one, complaint, state, asked, decided in rows
            if state == "granted"
            and key(decided) in {None, key(asked), *self._authors(key(complaint))}
        ]

    def gone_back(self) -> list[Any]:
        """Complaints that are in an earlier cycle than they were."""
        now = dict(self.rows("complaint", "id", "cycle"))
        back = [one for one, cycle in now.items() if cycle < self.cycles.get(one, cycle)]
        self.cycles = now
        return back

    def _closed(self) -> list[tuple[Any, ...]]:
        columns = ("id", "cycle", "closing_attempt_id", "closing_approval_id", "status")
        return [row[:4] for row in self.rows("complaint", *columns) if row[4] == "closed"]

    def _accepted(self, row: tuple[Any, ...], complaint: Any, cycle: Any) -> bool:
        _, belongs, of_cycle, outcome, by = row
        ours = (key(belongs), of_cycle) == (key(complaint), cycle)
        return ours and outcome in CLOSING and key(by) is not None

    def _decided(self, row: tuple[Any, ...], complaint: Any, cycle: Any) -> bool:
        _, belongs, of_cycle, state, granted, requested_by, decided_by = row
        ours = (key(belongs), of_cycle) == (key(complaint), cycle)
        decider = key(decided_by)
        strange = decider is None or decider == key(requested_by)
        return (
            ours
            and state == "granted"
            and bool(granted)
            and not strange
            and decider not in self._authors(key(complaint))
        )

    def _authors(self, complaint: UUID | None) -> set[UUID | None]:
        family = self._family(complaint)
        people = {
            key(each)
            for table, names in SIGNED.items()
            for belongs, *who in self.rows(table, "complaint_id", *names)
            if key(belongs) in family
            for each in who
        }
        people |= {
            key(each)
            for belongs, state, *both in self.rows(
                "transfer", "complaint_id", "state", "from_id", "to_id"
            )
            if key(belongs) in family and state == "accepted"
            for each in both
        }
        people |= {who for one, who in self.answered if one in family}
        return people - {None}

    def _family(self, complaint: UUID | None) -> set[UUID | None]:
        family = {complaint}
        merges = [(key(a), key(b)) for a, b in self.rows("merge", "complaint_id", "into_id")]
        while more := {a for a, b in merges if b in family} - family:
            family |= more
        return family

    def sealed(self) -> dict[tuple[str, Any], tuple[Any, ...]]:
        """What was decided or recorded, whole but for words that may be redacted."""
        approvals = self.rows(
            "approval", "id", "complaint_id", "cycle", "ground", "state", "granted",
            "requested_by_id", "requested_at", "responsible_id", "decided_by_id", "decided_at",
            "before_rule",
        )  # fmt: skip
        found = {("approval", row[0]): row for row in approvals if row[4] != "pending"}
        attempts = self.rows(
            "callback_attempt", "id", "complaint_id", "cycle", "at", "number", "outcome", "by_id",
            "recorded_at", "number_known", "before_rule",
        )  # fmt: skip
        found |= {("callback_attempt", row[0]): row for row in attempts}
        answers = self.rows(
            "answer", "id", "complaint_id", "cycle", "outcome", "cause_id", "remedy",
            "liable_unit_id", "compensation_minor", "by_id", "at",
        )  # fmt: skip
        found |= {("answer", row[0]): row for row in answers}
        return found

    def as_stored(self, column: Column[Any], value: Any) -> Any:
        """PostgreSQL's driver reads JSON as objects; they go back as text."""
        if isinstance(column.type, JSON) and not isinstance(value, str | None):
            return json.dumps(value)
        return value
