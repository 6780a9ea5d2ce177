"""Clocks as they are stored, and other limits than the shipped ones, for the tests of time."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tests.cast import do
from tickets.database import db, new_id
from tickets.limits import shipped_document
from tickets.models import ClockRow, Complaint, LimitsVersion
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
