"""The facts of one complaint as rows, from what its events tell and how its clocks stand."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tickets.config import operators_zone
from tickets.database import Model
from tickets.facts.life import HeldSegment, Life, Occurrence
from tickets.facts.promising import kept_at_first
from tickets.facts.telling import life_of
from tickets.facts.walking import path_of, steps_of
from tickets.history.reading import CountedEvent
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
from workflow.words import Channel, ClockKind, ClockState, Severity

FactRow = dict[str, object]
"""One row by its columns, as it is stored."""
Made = dict[type[Model], list[FactRow]]
"""The rows of each table."""
REMINDERS = frozenset({ClockKind.FOLLOW_UP, ClockKind.STALE, ClockKind.PROGRESS})
"""Operational reminders are no limits: no report about limits counts them (REP-05)."""


class ComplaintCounted(NamedTuple):
    """What of a complaint is counted besides its events."""

    id: UUID
    unit_id: UUID
    category_id: UUID
    channel: Channel
    tier: str
    severity: Severity
    level: int
    responsible_id: UUID
    registered_at: datetime
    first_contact_solution: bool
    repeat_contact: bool


class ClockCounted(NamedTuple):
    """What of a clock is counted."""

    complaint_id: UUID
    id: UUID
    kind: ClockKind
    state: ClockState
    unit_id: UUID
    starts_at: datetime
    due_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    held_by_id: UUID | None
    target: int
    used: int


COMPLAINT_COLUMNS = tuple(getattr(Complaint, name) for name in ComplaintCounted._fields)
CLOCK_COLUMNS = tuple(getattr(ClockRow, name) for name in ClockCounted._fields)


def add_rows(
    made: Made,
    complaint: ComplaintCounted,
    events: Sequence[CountedEvent],
    clocks: Sequence[ClockCounted],
) -> None:
    """Every fact of this complaint, to the rows of its table."""
    life = life_of(
        events,
        unit=complaint.unit_id,
        responsible=complaint.responsible_id,
        began=complaint.registered_at,
    )
    told: FactRow = {
        "complaint_id": complaint.id,
        "unit_id": complaint.unit_id,
        "category_id": complaint.category_id,
        "channel": complaint.channel.value,
        "tier": complaint.tier,
    }
    made[ComplaintFact].append({**told, **_whole(complaint, life)})
    made[HeldFact] += [
        {**told, "place": place, "ended_at": life.ended_at, **_segment(each)}
        for place, each in enumerate(life.segments)
    ]
    made[HappenedFact] += [
        {**told, "place": place, **_happened(each)} for place, each in enumerate(life.happenings)
    ]
    _add_path(made, told, life)
    made[ClockFact] += [{**told, **each} for each in _clock_rows(clocks, life)]


def _happened(occurred: Occurrence) -> FactRow:
    return {
        "what": occurred.what.value,
        "at": occurred.at,
        "detail": occurred.detail,
        "person_id": occurred.person,
        "from_id": occurred.from_unit,
        "to_id": occurred.to_unit,
        "number": occurred.number,
        "seconds": occurred.seconds,
    }


def _add_path(made: Made, told: FactRow, life: Life) -> None:
    if life.ended_at is None:
        return
    of_path = {**told, "ended_at": life.ended_at}
    made[PathFact].append({**of_path, **path_of(life.stays)})
    made[StayFact] += [{**of_path, **each} for each in steps_of(life.stays)]


def _clock_rows(clocks: Sequence[ClockCounted], life: Life) -> list[FactRow]:
    at_first = kept_at_first(clocks, life.moved)
    return [
        {**_clock(each, life), "kept_first": at_first.get(each.id)}
        for each in clocks
        if each.state is not ClockState.VOID and each.kind not in REMINDERS
    ]


def _whole(row: ComplaintCounted, life: Life) -> FactRow:
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


def _segment(segment: HeldSegment) -> FactRow:
    span = segment.ends_at - segment.starts_at if segment.ends_at else None
    return {
        "holder": segment.holder.value,
        "holder_id": segment.unit,
        "person_id": segment.person,
        "starts_at": segment.starts_at,
        "ends_at": segment.ends_at,
        "seconds": round(span.total_seconds()) if span is not None else None,
    }


def _clock(row: ClockCounted, life: Life) -> FactRow:
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


def _certain(row: ClockCounted) -> datetime | None:
    """When the result is known: missed at its breach, met at its end; what runs will be missed
    when it is due, unless something happens before."""
    if row.breached_at is not None:
        return row.breached_at
    if row.state is ClockState.RUNNING:
        return row.due_at
    if row.state is ClockState.PAUSED:
        return None
    return row.ended_at


def _holding(life: Life, at: datetime) -> HeldSegment | None:
    """The segment in which that moment lies; a moment between two belongs to the one it ends,
    also where others began and ended at that very moment."""
    starts = [each.starts_at for each in life.segments]
    place = bisect_left(starts, at) - 1
    return life.segments[max(place, 0)] if life.segments else None
