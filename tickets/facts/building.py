"""Facts as rows: a batch of complaints read, told and stored in a handful of statements.

What is behind is found by an index on `complaint.counted_events <> complaint.event_count`, so
nothing has to be announced by whoever writes an event.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update

from tickets.database import db, table_of
from tickets.facts import months
from tickets.facts.rows import (
    CLOCK_COLUMNS,
    COMPLAINT_COLUMNS,
    ClockCounted,
    ComplaintCounted,
    Made,
    add_rows,
)
from tickets.history.reading import counted_events
from tickets.models import (
    ClockFact,
    ClockRow,
    Complaint,
    ComplaintFact,
    HappenedFact,
    HeldFact,
    PathFact,
    StayFact,
)

BATCH = 200
TABLES = (ComplaintFact, ClockFact, HeldFact, HappenedFact, PathFact, StayFact)
UNTOUCHED = {"synchronize_session": False}


def behind() -> int:
    """How many complaints have events that the facts do not know yet."""
    query = select(func.count()).select_from(Complaint)
    return db.session.scalar(query.where(Complaint.counted_events != Complaint.event_count)) or 0


def next_behind(batch: int = BATCH) -> Sequence[UUID]:
    """The next complaints whose facts are behind."""
    query = select(Complaint.id).where(Complaint.counted_events != Complaint.event_count)
    return db.session.scalars(query.limit(batch)).all()


def forget() -> None:
    """Count everything again, from the first event on; the caller commits."""
    months.forget()
    db.session.execute(update(Complaint).values(counted_events=-1), execution_options=UNTOUCHED)


def mark_behind(complaint_id: UUID) -> None:
    """Its clocks were reckoned anew without an event that would tell; the caller commits."""
    db.session.execute(
        update(Complaint).where(Complaint.id == complaint_id).values(counted_events=-1),
        execution_options=UNTOUCHED,
    )


def count(ids: Sequence[UUID]) -> None:
    """Remake the facts of these complaints; the caller commits."""
    complaints = _complaints(ids)
    events = counted_events(ids)
    clocks = _clocks(ids)
    made: Made = {table: [] for table in TABLES}
    for each in complaints:
        add_rows(made, each, events[each.id], clocks.get(each.id, ()))
    _store(ids, made)
    _know({each.id: len(events[each.id]) for each in complaints})


def _complaints(ids: Sequence[UUID]) -> list[ComplaintCounted]:
    rows = db.session.execute(
        select(*COMPLAINT_COLUMNS).where(Complaint.id.in_(ids)).order_by(Complaint.id)
    )
    return [ComplaintCounted._make(row) for row in rows]


def _clocks(ids: Sequence[UUID]) -> Mapping[UUID, Sequence[ClockCounted]]:
    rows = db.session.execute(select(*CLOCK_COLUMNS).where(ClockRow.complaint_id.in_(ids)))
    found: dict[UUID, list[ClockCounted]] = {}
    for each in map(ClockCounted._make, rows):
        found.setdefault(each.complaint_id, []).append(each)
    return found


def _know(events: Mapping[UUID, int]) -> None:
    """How many events the facts of each complaint are made of."""
    if not events:
        return
    table = table_of(Complaint)
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("key"))
        .values(counted_events=bindparam("known")),
        [{"key": key, "known": known} for key, known in events.items()],
    )


def _store(ids: Sequence[UUID], made: Made) -> None:
    months.lock()
    changes = months.Changes()
    for table, rows in made.items():
        monthly = months.ALL.get(table)
        old = delete(table).where(table_of(table).c.complaint_id.in_(ids))
        if monthly is None:
            db.session.execute(old, execution_options=UNTOUCHED)
        else:
            gone = db.session.execute(
                old.returning(*monthly.columns), execution_options=UNTOUCHED
            ).mappings()
            changes.went(monthly, map(dict, gone))
            changes.came(monthly, rows)
        if rows:
            db.session.execute(insert(table), rows)
    changes.store()
