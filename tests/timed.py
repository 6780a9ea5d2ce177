"""Clocks as they are stored, and other limits than the shipped ones, for the tests of time."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tests.cast import Cast, do, registered
from tickets import sweep
from tickets.database import db, new_id
from tickets.limits import shipped_document
from tickets.models import Alert, ClockRow, Complaint, LimitsVersion
from workflow.words import (
    ClockKind,
    Severity,
)


def row_of(complaint: Complaint, kind: ClockKind, cycle: int = 1, turn: int = 1) -> ClockRow:
    db.session.flush()
    return db.session.scalars(
        select(ClockRow).where(
            ClockRow.complaint_id == complaint.id,
            ClockRow.kind == kind,
            ClockRow.cycle == cycle,
            ClockRow.turn == turn,
        )
    ).one()


def version(number: int, **changes: Any) -> LimitsVersion:
    """Another version of the shipped limits, as if it had been activated."""
    document = deepcopy(shipped_document("cn-telecom")) | changes
    now = datetime.fromisoformat("2025-03-01T00:00:00+00:00")
    row = LimitsVersion(
        id=new_id(),
        number=number,
        title=f"version {number}",
        document=document,
        active=None,
        created_at=now,
        changed_at=now,
        activated_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def rule(**said: Any) -> dict[str, Any]:
    return {
        "id": "ours",
        "clock": "resolution",
        "unit": "hours",
        "amount": 5,
        "own": True,
        "source": {"text": "ours"},
        **said,
    }


def rules(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [*shipped_document("cn-telecom")["rules"], *more]


def worsen(complaint: Complaint, at: datetime) -> None:
    said = {"reason": "Worse than we thought.", "severity": Severity.MAJOR}
    do("correct", complaint, complaint.responsible, at, **said)


def in_force() -> LimitsVersion:
    """Limits of the tests in force: figures and ladder that no pack changes."""
    row = version(1, rules=RULES, ladder=LADDER, new_cycle_grace=1800, repeat_breach=8 * 3600)
    row.active = True
    db.session.flush()
    return row


RULES = [
    rule(id="acknowledge", clock="acknowledge", amount=1),
    rule(id="accept", clock="accept", amount=2),
    rule(id="accept-major", clock="accept", amount=1, severity=["major"], calendar="always"),
    rule(id="answer", clock="answer", amount=24),
    rule(id="progress", clock="progress", amount=48),
    rule(id="resolution", clock="resolution", amount=48, reopened=24),
    rule(
        id="resolution-major", clock="resolution", amount=8, severity=["major"], calendar="always"
    ),
    rule(id="callback", clock="callback", amount=24),
    rule(id="regulator", clock="regulator", amount=15, unit="days", statutory=True),
]


def rung(clock: str, percent: int, *tell: str, **said: Any) -> dict[str, Any]:
    name = f"{clock}-{percent}"
    return {"id": name, "clock": clock, "percent": percent, "tell": list(tell), **said}


LADDER = [
    rung("acknowledge", 100, "responsible", "supervisor"),
    rung("accept", 75, "department"),
    rung("accept", 100, "department", "lead", "responsible"),
    rung("answer", 100, "department", "lead", "responsible"),
    rung("progress", 100, "responsible"),
    rung("resolution", 50, "responsible"),
    rung("resolution", 75, "responsible"),
    rung("resolution", 90, "responsible"),
    rung("resolution", 100, "responsible", "supervisor", raise_to=1),
    rung("resolution", 150, "responsible", "supervisor", "executive", raise_to=2),
    rung("callback", 100, "responsible", "supervisor"),
    rung("regulator", 100, "responsible", "supervisor", critical=True),
    rung("promise", 100, "responsible"),
    rung("follow_up", 100, "responsible"),
]


def sweep_all(now: datetime) -> int:
    """What the job does: until nothing is due, each complaint by itself."""
    raised = 0
    while due := sweep.due_now(now):
        for complaint_id in due:
            raised += sweep.treat(complaint_id, now)
            db.session.flush()
    while sweep.remind(now):
        pass
    return raised


def rungs(complaint: Complaint, kind: ClockKind | None = None) -> list[str]:
    """The rungs that were reached, in the order of their moments."""
    db.session.flush()
    query = select(Alert.rung).join(ClockRow, Alert.clock_id == ClockRow.id)
    query = query.where(Alert.complaint_id == complaint.id).order_by(Alert.at, Alert.id)
    if kind is not None:
        query = query.where(ClockRow.kind == kind)
    return list(db.session.scalars(query))


def settled(cast: Cast, now: datetime, **said: Any) -> Complaint:
    complaint = registered(cast, now=now, **said)
    do("start", complaint, complaint.responsible, now)
    return complaint
