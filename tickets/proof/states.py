"""What rows are, and what baseline and events say they are, in the same form: `said.Rows`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Enum, String, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from tickets.database import db
from tickets.models import Baseline
from tickets.proof.canonical import canonical, digest
from tickets.proof.covered import COVERED, DERIVED, Covered
from tickets.proof.said import Rows, rows_said, shown
from workflow.values import Json

COMPLAINT = "complaint"
"""The subject of a complaint's own baseline and leaves."""


Stored = InstrumentedAttribute[object] | ColumnElement[str]
"""A column as its value is read."""


class SaysRows(Protocol):
    """An event, as far as it speaks of rows."""

    @property
    def seq(self) -> int: ...
    @property
    def data(self) -> Mapping[str, Json]: ...


def fold(rows: Rows, more: Mapping[str, Mapping[str, Mapping[str, Json]]]) -> None:
    """Let `rows` be what they are after `more` was said."""
    _derive(rows, more.get("complaint", {}))
    for table, changed in more.items():
        kept = rows.setdefault(table, {})
        for row_id, values in changed.items():
            kept.setdefault(row_id, {}).update(values)


def _derive(rows: Rows, complaints: Mapping[str, Mapping[str, Json]]) -> None:
    """What the triggers put down beside such a change: who answers for it from now on, and what
    its closing rests on no longer."""
    for row_id, values in complaints.items():
        if values.get("responsible_id"):
            rows.setdefault("responsibility", {})[str(values["responsible_id"])] = {}
        before = rows.get("complaint", {}).get(row_id, {})
        if before.get("status") == "closed" and values.get("status", "closed") != "closed":
            for basis in ("closing_attempt_id", "closing_approval_id"):
                if before.get(basis):
                    rows.setdefault("spent_basis", {})[str(before[basis])] = {}


def told(
    baseline: Baseline | None, events: Iterable[SaysRows], *, up_to: int | None = None
) -> Rows:
    """What a complaint's rows must be after these events, or after the one with that number."""
    rows: Rows = {}
    begins = 0
    if baseline is not None:
        begins = baseline.seq
        fold(rows, baseline.rows)
    for event in events:
        if begins < event.seq and (up_to is None or event.seq <= up_to):
            fold(rows, rows_said(event.data))
    return rows


def stored(ids: Sequence[UUID]) -> dict[UUID, Rows]:
    """What is stored of these complaints: one query a table."""
    found: dict[UUID, Rows] = {each: {} for each in ids}
    for covered in COVERED:
        columns = [_as_stored(getattr(covered.model, name)) for name in covered.said]
        _read(covered, columns, ids, found)
    for table, whose, named, _called in DERIVED:
        for complaint_id, row_id in db.session.execute(select(whose, named).where(whose.in_(ids))):
            found[complaint_id].setdefault(table, {})[row_id.hex] = {}
    return found


def _as_stored(column: InstrumentedAttribute[object]) -> Stored:
    """A code that is none of ours is a difference, not an error."""
    return type_coerce(column, String) if isinstance(column.type, Enum) else column


def _read(
    covered: Covered, columns: Sequence[Stored], ids: Sequence[UUID], found: dict[UUID, Rows]
) -> None:
    belongs = covered.belongs()
    query = select(belongs, covered.key(), *columns).where(belongs.in_(ids))
    for whose, row_id, *values in db.session.execute(query):
        said = {
            name: shown(covered, name, value)
            for name, value in zip(covered.said, values, strict=True)
        }
        found[whose].setdefault(covered.table, {})[row_id.hex] = said


def baselines(subject: str, keys: Iterable[str]) -> dict[str, Baseline]:
    """The baselines of these, by their key; what came after the upgrade has none."""
    query = select(Baseline).where(Baseline.subject == subject, Baseline.subject_id.in_(list(keys)))
    return {row.subject_id: row for row in db.session.scalars(query)}


def covered_by(rows: Rows, covers: Mapping[str, Sequence[str]]) -> Rows:
    """What of these rows `covers` names."""
    return {
        table: {
            row_id: {name: value for name, value in values.items() if name in covers[table]}
            for row_id, values in each.items()
        }
        for table, each in rows.items()
        if table in covers and each
    }


def columns_digest(rows: Rows, covers: Mapping[str, Sequence[str]]) -> str:
    """One digest over the columns that `covers` names; what else is there does not count."""
    return digest(canonical(covered_by(rows, covers)))
