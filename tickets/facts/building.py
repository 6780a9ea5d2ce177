"""Facts as rows: a batch of complaints read, told and stored in a handful of statements.

What is behind is found by an index on `complaint.counted_events <> complaint.event_count`, so
nothing has to be announced by whoever writes an event.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update

from tickets.config import operators_zone
from tickets.database import db
from tickets.facts import months
from tickets.facts.promising import kept_at_first
from tickets.facts.telling import Life, Segment, life_of
from tickets.facts.walking import path_of, steps_of
from tickets.history.reading import PastEvent, past_events
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
from workflow.words import ClockKind, ClockState

BATCH = 200
TABLES: tuple[Any, ...] = (ComplaintFact, ClockFact, HeldFact, HappenedFact, PathFact, StayFact)
REMINDERS = frozenset({ClockKind.FOLLOW_UP, ClockKind.STALE, ClockKind.PROGRESS})
"""Operational reminders are no limits: no report about limits counts them (REP-05)."""
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
    complaints = db.session.execute(
        select(*_COLUMNS).where(Complaint.id.in_(ids)).order_by(Complaint.id)
    ).all()
    events = past_events(ids)
    clocks = _grouped(
        db.session.execute(select(*_CLOCK_COLUMNS).where(ClockRow.complaint_id.in_(ids)))
    )
    made: dict[Any, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for row in complaints:
        _add_all(made, row, events[row.id], clocks.get(row.id, ()))
    _store(ids, made)
    known = [{"key": row.id, "known": len(events[row.id])} for row in complaints]
    if known:
        table: Any = Complaint.__table__
        db.session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("key"))
            .values(counted_events=bindparam("known")),
            known,
        )


_COLUMNS = (
    Complaint.id,
    Complaint.unit_id,
    Complaint.category_id,
    Complaint.channel,
    Complaint.tier,
    Complaint.severity,
    Complaint.level,
    Complaint.responsible_id,
    Complaint.registered_at,
    Complaint.first_contact_solution,
    Complaint.repeat_contact,
)

_CLOCK_COLUMNS = (
    ClockRow.complaint_id,
    ClockRow.id,
    ClockRow.kind,
    ClockRow.state,
    ClockRow.unit_id,
    ClockRow.starts_at,
    ClockRow.due_at,
    ClockRow.breached_at,
    ClockRow.ended_at,
    ClockRow.held_by_id,
    ClockRow.target,
    ClockRow.used,
)


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _store(ids: Sequence[UUID], made: dict[Any, list[dict[str, Any]]]) -> None:
    months.lock()
    changes = months.Changes()
    for table, rows in made.items():
        monthly = months.ALL.get(table)
        old = delete(table).where(table.complaint_id.in_(ids))
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


def _add_all(
    made: dict[Any, list[dict[str, Any]]],
    row: Any,
    events: Sequence[PastEvent],
    clocks: Sequence[Any],
) -> None:
    life = life_of(
        events, unit=row.unit_id, responsible=row.responsible_id, began=row.registered_at
    )
    told = {
        "complaint_id": row.id,
        "unit_id": row.unit_id,
        "category_id": row.category_id,
        "channel": row.channel.value,
        "tier": row.tier,
    }
    made[ComplaintFact].append({**told, **_whole(row, life)})
    made[HeldFact] += [
        {**told, "place": place, "ended_at": life.ended_at, **_segment(each)}
        for place, each in enumerate(life.segments)
    ]
    made[HappenedFact] += [
        {
            **told,
            "place": place,
            "what": each.what.value,
            "at": each.at,
            "detail": each.detail,
            "person_id": each.person,
            "from_id": each.from_unit,
            "to_id": each.to_unit,
            "number": each.number,
            "seconds": each.seconds,
        }
        for place, each in enumerate(life.happenings)
    ]
    if life.ended_at is not None:
        of_path = {**told, "ended_at": life.ended_at}
        made[PathFact].append({**of_path, **path_of(life.stays)})
        made[StayFact] += [{**of_path, **each} for each in steps_of(life.stays)]
    at_first = kept_at_first(clocks, life.moved)
    made[ClockFact] += [
        {**told, **_clock(each, life), "kept_first": at_first.get(each.id)}
        for each in clocks
        if each.state is not ClockState.VOID and each.kind not in REMINDERS
    ]


def _whole(row: Any, life: Life) -> dict[str, Any]:
    return {
        "severity": row.severity.value,
        "level": int(row.level),
        "responsible_id": row.responsible_id,
        "registered_at": row.registered_at,
        "registered_day": local_day(row.registered_at),
        "ended_at": life.ended_at,
        "ended_day": local_day(life.ended_at) if life.ended_at else None,
        "ended_as": life.stands.value if life.ended_at else "",
        "ground": life.ground,
        "first_contact": bool(row.first_contact_solution),
        "repeat": bool(row.repeat_contact),
        "cycles": life.cycles,
        "returns": life.returns,
        "arbitrations": life.arbitrations,
        "transfers": life.transfers,
        "cause_id": life.cause,
        "resolution": life.resolution,
        "remedy": life.remedy,
        "liable_id": life.liable,
        "compensation": life.compensation,
    }


def local_day(at: datetime) -> int:
    """The day of an instant in the operator's zone, as an ordinal (REP-04)."""
    return at.astimezone(operators_zone()).date().toordinal()


def _segment(segment: Segment) -> dict[str, Any]:
    span = segment.ends_at - segment.starts_at if segment.ends_at else None
    return {
        "holder": segment.holder.value,
        "holder_id": segment.unit,
        "person_id": segment.person,
        "starts_at": segment.starts_at,
        "ends_at": segment.ends_at,
        "seconds": round(span.total_seconds()) if span is not None else None,
    }


def _clock(row: Any, life: Life) -> dict[str, Any]:
    certain = _certain(row)
    held = _holding(life, certain) if certain else None
    return {
        "clock_id": row.id,
        "kind": row.kind,
        "met": row.state is ClockState.MET and row.breached_at is None,
        "certain_at": certain,
        "department_id": row.unit_id,
        "holder": held.holder.value if held else "",
        "holder_id": held.unit if held else row.unit_id,
        "held_by_id": held.person if held else row.held_by_id or life.responsible,
        "target": row.target,
        "used": row.used,
    }


def _certain(row: Any) -> Any:
    """When the result is known: missed at its breach, met at its end; what runs will be missed
    when it is due, unless something happens before."""
    if row.breached_at is not None:
        return row.breached_at
    if row.state is ClockState.RUNNING:
        return row.due_at
    if row.state is ClockState.PAUSED:
        return None
    return row.ended_at


def _holding(life: Life, at: datetime) -> Segment | None:
    """The segment in which that moment lies; a moment between two belongs to the one it ends,
    also where others began and ended at that very moment."""
    starts = [each.starts_at for each in life.segments]
    place = bisect_left(starts, at) - 1
    return life.segments[max(place, 0)] if life.segments else None
