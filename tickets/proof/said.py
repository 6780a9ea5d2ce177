"""What an event says of rows: every covered column that changed since the event before.

The session is listened to, so that no action has to remember to say what it wrote, and none can
forget. Rows are as `{table: {key: {column: value}}}`. What goes past the session, a statement of
its own, has to `note` it.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnDefault, event, inspect
from sqlalchemy.orm import (
    InstanceState,
    Mapper,
    RelationshipDirection,
    Session,
    SessionTransaction,
)

from tickets.database import Model, db
from tickets.proof.canonical import digest, plain
from tickets.proof.covered import BY_TABLE, Covered
from workflow.values import Json

Rows = dict[str, dict[str, dict[str, Json]]]

ROWS = "rows"
"""Where an event keeps them in its data."""
PENDING, LAST, SAVED = "rows_pending", "rows_last", "rows_saved"


def rows_said(data: Mapping[str, Json]) -> Rows:
    """What the data of an event say of rows; nothing before events did."""
    return cast(Rows, data.get(ROWS, {}))  # in this form `take` gave it


def take(complaint_id: UUID) -> Rows:
    """What changed in the rows of this complaint and no event has said yet; said from now on."""
    session = db.session()
    collect(session)
    rows: Rows = session.info.get(PENDING, {}).pop(complaint_id, {})
    last = session.info.setdefault(LAST, {})
    for table, changed in rows.items():
        for row_id, values in changed.items():
            last.setdefault((table, row_id), {}).update(values)
    return rows


def note(model: type[Model], values: Mapping[str, object]) -> None:
    """Say what a statement of its own wrote; `values` hold the key and the complaint's besides."""
    covered = BY_TABLE[str(model.__tablename__)]
    said = {name: shown(covered, name, values[name]) for name in covered.said if name in values}
    _put(db.session(), covered, _key(values, covered.whose), _key(values, "id"), said)


def _key(values: Mapping[str, object], name: str) -> UUID:
    found = values[name]
    if not isinstance(found, UUID):
        raise TypeError(f"{name} is no key: {found!r}")
    return found


def note_new(model: type[Model], values: Mapping[str, object]) -> None:
    """The same for a whole row: what was not given is what the column holds then."""
    columns = inspect(model).columns
    whole = {
        name: default.arg if isinstance(default := column.default, ColumnDefault) else None
        for name, column in columns.items()
        if name not in ("id", "complaint_id")
    }
    note(model, {**whole, **values})


def shown(covered: Covered, name: str, value: object) -> Json:
    """A column's value as events hold it."""
    held = plain(value)
    return digest(str(held)) if name in covered.hidden and held else held


def collect(session: Session, *_flush: object) -> None:
    """Look at what waits to be stored, as it is about to be."""
    for row in (*session.new, *session.dirty):
        covered = BY_TABLE.get(getattr(row, "__tablename__", ""))
        if covered is not None:
            state = inspect(row)
            _put(session, covered, getattr(row, covered.whose), row.id, _changes(state, covered))


def _put(
    session: Session, covered: Covered, whose: UUID, row_id: UUID, said: Mapping[str, Json]
) -> None:
    last = session.info.get(LAST, {}).get((covered.table, row_id.hex), {})
    pending: Rows = session.info.setdefault(PENDING, {}).setdefault(whose, {})
    waiting = pending.get(covered.table, {}).get(row_id.hex, {})
    new = {
        name: value
        for name, value in said.items()
        if name in waiting or name not in last or last[name] != value
    }
    if new:
        pending.setdefault(covered.table, {}).setdefault(row_id.hex, {}).update(new)


def _changes(state: InstanceState[object], covered: Covered) -> dict[str, Json]:
    """The covered columns of a new row, or those that differ from what is stored."""
    mapper: Mapper[object] = state.mapper
    followed = _followed(state, mapper)
    found: dict[str, Json] = {}
    for name in covered.said:
        if name in followed:
            found[name] = shown(covered, name, followed[name])
        elif not state.persistent:
            found[name] = shown(covered, name, _given_or_default(state, mapper, name))
        elif state.attrs[name].history.has_changes():
            found[name] = shown(covered, name, state.dict.get(name))
    return found


def _followed(state: InstanceState[object], mapper: Mapper[object]) -> dict[str, UUID | None]:
    """Keys that are not in their column yet, because the row itself was assigned."""
    found: dict[str, UUID | None] = {}
    for tie in mapper.relationships:
        if tie.direction is not RelationshipDirection.MANYTOONE or len(tie.local_columns) != 1:
            continue
        if tie.key not in state.dict:
            continue
        added = state.attrs[tie.key].history.added
        if added:
            (column,) = tie.local_columns
            found[str(column.key)] = added[0].id if added[0] is not None else None
    return found


def _given_or_default(state: InstanceState[object], mapper: Mapper[object], name: str) -> object:
    if name in state.dict:
        return state.dict[name]
    default = mapper.columns[name].default
    return default.arg if isinstance(default, ColumnDefault) and default.is_scalar else None


def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint ended, not the transaction
    session.info.pop(PENDING, None)
    session.info.pop(LAST, None)


def _remember(session: Session, transaction: SessionTransaction) -> None:
    """What waits to be said when a savepoint begins is what waits again when it is undone."""
    if transaction.nested:
        kept = deepcopy(session.info.get(PENDING, {}))
        session.info.setdefault(SAVED, {})[transaction] = kept


def _undo(session: Session) -> None:
    savepoint = session.get_nested_transaction()
    if savepoint is None:
        _forget(session)
        return
    session.info[PENDING] = session.info.get(SAVED, {}).get(savepoint, {})
    session.info.pop(LAST, None)  # an event that said it may be gone; saying it twice does no harm


def _leave(session: Session, transaction: SessionTransaction) -> None:
    session.info.get(SAVED, {}).pop(transaction, None)


event.listen(db.session, "before_flush", collect)
event.listen(db.session, "after_transaction_create", _remember)
event.listen(db.session, "after_rollback", _undo)
event.listen(db.session, "after_transaction_end", _leave)
event.listen(db.session, "after_commit", _forget)
