"""What if other limits had held: the clocks of the past reckoned again, compared with what was.

Pure reading (M-05): a batch of complaints comes in with its histories and stored results, and
leaves as comparisons. Limits replace those that held from the first moment on, so that a change
of limits in between is replaced as well. Reminders are no limits and are left out (REP-05).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select

from tickets.clocks.bulk_history import histories_of
from tickets.database import db
from tickets.models import ClockRow, Complaint, Unit, WorkOrder
from workflow.clocks import Clock, History, Id, clocks
from workflow.limits import Limits
from workflow.words import ClockKind, ClockState

BATCH = 250
REMINDERS = frozenset({ClockKind.FOLLOW_UP, ClockKind.STALE, ClockKind.PROGRESS})
ENDED = frozenset({ClockState.MET, ClockState.MISSED, ClockState.VOID})


class Result(StrEnum):
    """What became of a clock; `NONE` when it never ran or ended without being answered for."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"
    NONE = "none"


@dataclass(frozen=True)
class Compared:
    """One clock: how it came out, and how it would have."""

    complaint_id: UUID
    kind: ClockKind
    unit_id: UUID
    before: Result
    after: Result


class ComparedCell(NamedTuple):
    """What is counted together."""

    kind: ClockKind
    unit_id: UUID
    before: Result
    after: Result


@dataclass(frozen=True, slots=True)
class StoredClock:
    """What became of a clock, as its row says."""

    unit_id: UUID
    state: ClockState
    breached_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class AskedPeriod:
    """Complaints registered from a moment until before another, of units below these paths."""

    starts: datetime
    ends: datetime
    paths: Sequence[str]

    def conditions(self) -> list[ColumnElement[bool]]:
        below = or_(false(), *(Unit.path.startswith(path) for path in self.paths))
        return [
            Complaint.registered_at >= self.starts,
            Complaint.registered_at < self.ends,
            Complaint.unit_id.in_(select(Unit.id).where(below)),
        ]


def how_many(period: AskedPeriod) -> int:
    query = select(func.count()).select_from(Complaint).where(*period.conditions())
    return db.session.scalar(query) or 0


def next_ids(period: AskedPeriod, after: UUID | None, size: int = BATCH) -> Sequence[UUID]:
    """The next complaints of the period, in the order of their keys: all of them, in the end."""
    query = select(Complaint.id).where(*period.conditions())
    if after is not None:
        query = query.where(Complaint.id > after)
    return db.session.scalars(query.order_by(Complaint.id).limit(size)).all()


def compared(ids: Collection[UUID], limits: Limits, now: datetime) -> Iterator[Compared]:
    """Every clock of these complaints that ran before or would have run, as of `now`."""
    stored = _stored(ids)
    units = _units(ids)
    for key, history in histories_of(ids, limits):
        rows = stored.get(key, {})
        was = _as_it_was(rows, history, now)
        would_be = {each.id: result_of(each) for each in clocks(under(history, limits), now)}
        for clock in {**was, **would_be}:
            if clock.kind in REMINDERS:
                continue
            pair = was.get(clock, Result.NONE), would_be.get(clock, Result.NONE)
            if pair == (Result.NONE, Result.NONE):
                continue
            row = rows.get(clock)
            unit = row.unit_id if row is not None else units[key, clock.subject]
            yield Compared(key, clock.kind, unit, *pair)


def under(history: History, limits: Limits) -> History:
    """The same history as if these limits had held from its beginning."""
    happenings = [replace(each, limits=None) for each in history.happenings]
    return replace(history, limits=limits, happenings=happenings)


def result_of(clock: Clock) -> Result:
    return _result(clock.state, clock.breached_at)


def counted(found: Iterable[Compared]) -> Counter[ComparedCell]:
    return Counter(ComparedCell(each.kind, each.unit_id, each.before, each.after) for each in found)


def _result(state: ClockState, breached_at: datetime | None) -> Result:
    if state is ClockState.VOID:
        return Result.NONE
    if breached_at is not None or state is ClockState.MISSED:
        return Result.MISSED
    return Result.MET if state is ClockState.MET else Result.OPEN


def _as_it_was(rows: Mapping[Id, StoredClock], history: History, now: datetime) -> dict[Id, Result]:
    """What was stored of clocks that had ended by then; what ran on is reckoned up to `now`."""
    ended = {
        key: _result(row.state, row.breached_at)
        for key, row in rows.items()
        if row.state in ENDED and (row.ended_at is None or row.ended_at <= now)
    }
    if rows and len(ended) == len(rows):
        return ended
    return {each.id: result_of(each) for each in clocks(history, now)} | ended


def _stored(ids: Collection[UUID]) -> dict[UUID, dict[Id, StoredClock]]:
    found: dict[UUID, dict[Id, StoredClock]] = {}
    rows = db.session.execute(
        select(
            ClockRow.complaint_id,
            ClockRow.kind,
            ClockRow.cycle,
            ClockRow.subject,
            ClockRow.turn,
            ClockRow.unit_id,
            ClockRow.state,
            ClockRow.breached_at,
            ClockRow.ended_at,
        ).where(ClockRow.complaint_id.in_(ids), ClockRow.kind.not_in(REMINDERS))
    )
    for row in rows:
        clock = Id(row.kind, row.cycle, row.subject, row.turn)
        stored = StoredClock(row.unit_id, row.state, row.breached_at, row.ended_at)
        found.setdefault(row.complaint_id, {})[clock] = stored
    return found


def _units(ids: Collection[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Whose a clock is that was never stored: by complaint, and by order where it has one."""
    complaints = db.session.execute(
        select(Complaint.id, Complaint.unit_id).where(Complaint.id.in_(ids))
    )
    orders = db.session.execute(
        select(WorkOrder.complaint_id, WorkOrder.id, WorkOrder.unit_id).where(
            WorkOrder.complaint_id.in_(ids)
        )
    )
    own = {(key, ""): unit for key, unit in complaints}
    return own | {(key, order.hex): unit for key, order, unit in orders}
