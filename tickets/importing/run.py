"""An import in batches: each is one transaction, so that a killed import goes on where it was."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tickets.database import db
from tickets.history.data import data_of
from tickets.importing.desk import Chosen, Desk, loaded
from tickets.importing.mapping import Arrives, ColumnMapping
from tickets.importing.reading import (
    Claim,
    Rejected,
    claim,
    doubts,
    external_id,
    fingerprint,
    worded,
)
from tickets.importing.sheet import SourceRow
from tickets.importing.storing import store
from tickets.models import Complaint, Event
from workflow.reasons import Refused

BATCH = 50
"""Rows a transaction: enough to spare the disk, few enough that nobody waits long to write."""


class RowVerdict(StrEnum):
    IMPORTED = "imported"
    ALREADY_THERE = "already there"
    REJECTED = "rejected"


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row, and why."""

    row: SourceRow
    verdict: RowVerdict
    reasons: Sequence[str] = ()
    doubts: Sequence[str] = ()
    arrived: Arrives | None = None


@dataclass
class Tally:
    """The sums of an import; `read` must equal the three verdicts together."""

    read: int = 0
    verdicts: Counter[RowVerdict] = field(default_factory=Counter)
    arrived: Counter[Arrives] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: RowOutcome) -> None:
        self.verdicts[outcome.verdict] += 1
        if outcome.arrived is not None:
            self.arrived[outcome.arrived] += 1
        self.doubts.update(outcome.doubts)

    def fits(self) -> bool:
        return self.read == sum(self.verdicts.values())


def batches(rows: Iterable[SourceRow], size: int = BATCH) -> Iterator[list[SourceRow]]:
    """The rows, `size` at a time, without ever holding more."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


def import_batch(
    rows: Sequence[SourceRow], mapping: ColumnMapping, chosen: Chosen, now: datetime
) -> list[RowOutcome]:
    """Import what can be imported of these rows; the caller commits, or nothing has happened."""
    desk = loaded(chosen)
    known = _known(rows, mapping)
    return [_import(row, mapping, desk, known, now) for row in rows]


def _known(rows: Sequence[SourceRow], mapping: ColumnMapping) -> dict[str, str]:
    """The ids among these rows that are there already, with what their row said then."""
    ids = {external_id(row, mapping) for row in rows}
    found = db.session.execute(
        select(Complaint.external_id, Event.data)
        .join(Event, (Event.complaint_id == Complaint.id) & (Event.seq == 1))
        .where(Complaint.external_source == mapping.source, Complaint.external_id.in_(ids))
    )
    return {
        row.external_id: data_of(row).imported_as for row in found if row.external_id is not None
    }


def _import(
    row: SourceRow, mapping: ColumnMapping, desk: Desk, known: dict[str, str], now: datetime
) -> RowOutcome:
    name = external_id(row, mapping)
    if name in known:
        return _seen_before(row, known[name], mapping, now)
    try:
        found = claim(row, mapping, now)
        _refuse_unknown_codes(found, desk)
        with db.session.begin_nested():
            store(found, mapping, desk, now)
    except Rejected as rejected:
        return RowOutcome(row, RowVerdict.REJECTED, rejected.reasons)
    except Refused as refused:
        return RowOutcome(row, RowVerdict.REJECTED, [worded(each) for each in refused.reasons])
    except IntegrityError as error:
        return _raced(row, name, mapping, now, error)
    known[name] = found.fingerprint
    return RowOutcome(row, RowVerdict.IMPORTED, (), found.doubts, found.arrives)


def _seen_before(row: SourceRow, before: str, mapping: ColumnMapping, now: datetime) -> RowOutcome:
    """The same row again is nothing new; the same id with other words must not be lost silently."""
    if fingerprint(row) == before:
        # Said again, because the file of rejects is written anew by every run.
        return RowOutcome(row, RowVerdict.ALREADY_THERE, doubts=doubts(row, mapping, now))
    reason = "external_id: imported before with other content; what has changed was not taken over"
    return RowOutcome(row, RowVerdict.REJECTED, [reason])


def _raced(
    row: SourceRow, name: str, mapping: ColumnMapping, now: datetime, error: IntegrityError
) -> RowOutcome:
    """Another import of the same file was faster with this row."""
    before = _known([row], mapping)
    if name not in before:
        raise error
    return _seen_before(row, before[name], mapping, now)


def _refuse_unknown_codes(found: Claim, desk: Desk) -> None:
    """Codes that stand in the file itself; those of the mapping were looked up before."""
    reasons = []
    if found.category not in desk.categories:
        reasons.append(f"category: there is no active category “{found.category}”")
    cause = found.answer.get("cause")
    if cause is not None and cause not in desk.causes:
        reasons.append(f"cause: there is no active cause “{cause}”")
    if reasons:
        raise Rejected(reasons)
