"""Asking what if: at once for few complaints, in the background for many, kept for a while.

All complaints of the period are reckoned, never a sample. Each batch is read in a transaction
in which the database refuses to write; what came out of it is then added to the run, which is
the only thing that is ever written (M-05).
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select

from tickets import jobs
from tickets.database import db, new_id, reading
from tickets.models import Complaint, Person, WhatIf, WhatIfChange
from tickets.visibility import overseen_paths
from tickets.what_if.reckoning import (
    AskedPeriod,
    Compared,
    ComparedCell,
    Result,
    compared,
    counted,
    how_many,
    next_ids,
)
from workflow.limits import Limits
from workflow.limits_document import read
from workflow.words import ClockKind

JOB = "what_if"
AT_ONCE = 200
"""Up to so many complaints the answer comes with the page; more are reckoned in the background."""
KEPT_FOR = timedelta(days=90)
Tally = Counter[ComparedCell]


@dataclass(frozen=True)
class Question:
    """What is asked. `before` is the document the limits were made of, `document` the one to
    reckon with; months as “2026-03”."""

    name: str
    first_month: str
    last_month: str
    period: AskedPeriod
    base: str
    base_title: str
    before: Mapping[str, Any]
    document: Mapping[str, Any]


@dataclass(frozen=True)
class RunBatch:
    """What some complaints came to; `last` is the last one's key, None when there was none."""

    tally: Tally
    changes: Sequence[Compared]
    looked: int
    last: UUID | None
    seconds: float


def ask(question: Question, *, by: UUID, now: datetime) -> WhatIf:
    """The run, answered already if it is small; the caller commits. Raises Refused for limits
    that cannot be used."""
    limits = read(question.document, key="what if", number=0)
    with reading():
        total = how_many(question.period)
        answer = reckoned(question.period, limits, now, None, AT_ONCE) if total <= AT_ONCE else None
    run = WhatIf(
        id=new_id(),
        asked_by_id=by,
        asked_at=now,
        expires_at=now + KEPT_FOR,
        name=question.name,
        first_month=question.first_month,
        last_month=question.last_month,
        starts_at=question.period.starts,
        ends_at=question.period.ends,
        paths=list(question.period.paths),
        base=question.base,
        base_title=question.base_title,
        before=dict(question.before),
        document=dict(question.document),
        total=total,
        looked=0,
        tally=[],
        milliseconds=0,
    )
    db.session.add(run)
    db.session.flush()  # its changes refer to it
    if answer is None:
        jobs.put(JOB, {"run": str(run.id)}, now=now, once=str(run.id), wanted_by=by)
    else:
        _add(run, answer)
        run.finished_at = now
    return run


def next_batch(run_id: UUID, after: UUID | None) -> RunBatch | None:
    """The next complaints of a run, reckoned without writing; None when the run was removed."""
    with reading():
        run = db.session.get(WhatIf, run_id)
        if run is None:
            return None
        limits = read(run.document, key="what if", number=0)
        return reckoned(period_of(run), limits, run.asked_at, after)


def keep(run_id: UUID, batch: RunBatch, now: datetime) -> None:
    """Add a batch to its run, or end it after the last one; the caller commits."""
    run = db.session.get(WhatIf, run_id, with_for_update=True)
    if run is None:
        return
    if batch.last is None:
        run.finished_at = now
    _add(run, batch)


def reckoned(
    period: AskedPeriod, limits: Limits, now: datetime, after: UUID | None, size: int | None = None
) -> RunBatch:
    """The next complaints of a period, compared."""
    began = time.perf_counter()
    ids = next_ids(period, after, size) if size else next_ids(period, after)
    found = list(compared(ids, limits, now)) if ids else []
    changes = [each for each in found if each.before is not each.after]
    last = ids[-1] if ids else None
    return RunBatch(counted(found), changes, len(ids), last, time.perf_counter() - began)


def period_of(run: WhatIf) -> AskedPeriod:
    return AskedPeriod(run.starts_at, run.ends_at, run.paths)


def tally_of(run: WhatIf) -> Tally:
    found: Tally = Counter()
    for *cell, number in run.tally:
        kind, unit, before, after = map(str, cell)
        found[ComparedCell(ClockKind(kind), UUID(unit), Result(before), Result(after))] = int(
            number
        )
    return found


def _add(run: WhatIf, batch: RunBatch) -> None:
    run.looked += batch.looked
    run.milliseconds += round(batch.seconds * 1000)
    whole = tally_of(run) + batch.tally
    run.tally = [[*map(str, each), many] for each, many in whole.items()]
    if batch.changes:
        rows = [
            {
                "id": new_id(),
                "run_id": run.id,
                "complaint_id": each.complaint_id,
                "kind": each.kind,
                "unit_id": each.unit_id,
                "before": each.before.value,
                "after": each.after.value,
            }
            for each in batch.changes
        ]
        db.session.execute(insert(WhatIfChange), rows)


def runs_of(person: Person, now: datetime) -> list[WhatIf]:
    """The person's own runs, the latest first; what they no longer oversee is not shown."""
    rows = db.session.scalars(
        select(WhatIf)
        .where(WhatIf.asked_by_id == person.id, WhatIf.expires_at > now)
        .order_by(WhatIf.asked_at.desc(), WhatIf.id.desc())
    )
    return [row for row in rows if _overseen(row, person)]


def run_of(run_id: UUID, person: Person, now: datetime) -> WhatIf | None:
    """One of the person's own runs, or None."""
    row = db.session.get(WhatIf, run_id)
    if row is None or row.asked_by_id != person.id or row.expires_at <= now:
        return None
    return row if _overseen(row, person) else None


def _overseen(run: WhatIf, person: Person) -> bool:
    """Whoever lost a branch loses its figures as well (S-08)."""
    paths = overseen_paths(person)
    return all(any(each.startswith(path) for path in paths) for each in run.paths)


def remove(run: WhatIf) -> None:
    """A run and everything that came out of it; a job that still reckons it finds nothing."""
    _remove([run.id])


def remove_expired(now: datetime) -> int:
    """Remove every run whose time is over."""
    ids = list(db.session.scalars(select(WhatIf.id).where(WhatIf.expires_at <= now)))
    _remove(ids)
    return len(ids)


def _remove(ids: Sequence[UUID]) -> None:
    unseen = {"synchronize_session": False}
    for table, column in ((WhatIfChange, WhatIfChange.run_id), (WhatIf, WhatIf.id)):
        db.session.execute(delete(table).where(column.in_(ids)), execution_options=unseen)


def behind(
    run: WhatIf, *, kind: str = "", unit: str = "", before: str = "", after: str = ""
) -> ColumnElement[bool]:
    """The condition on `Complaint` of what changed in a run, narrowed by what is given."""
    given = {
        WhatIfChange.before: before in set(Result) and before,
        WhatIfChange.after: after in set(Result) and after,
        WhatIfChange.kind: kind in set(ClockKind) and ClockKind(kind),
        WhatIfChange.unit_id: unit and UUID(unit),
    }
    chosen = [column == value for column, value in given.items() if value]
    changed = select(WhatIfChange.complaint_id).where(WhatIfChange.run_id == run.id, *chosen)
    return Complaint.id.in_(changed)
