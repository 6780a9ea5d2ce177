"""Bringing open complaints under other limits: each keeps what it used, and history says so."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tickets import history
from tickets.actors import System
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.facts.building import mark_behind
from tickets.history.vocabulary import DataKey, EventName
from tickets.limits import limits_by_id
from tickets.models import Complaint
from workflow.system_rules import SystemRule
from workflow.values import Json
from workflow.words import OPEN

BATCH = 200
NEW_LIMITS = System(SystemRule.LIMITS_CHANGED)


def to_adopt(limits_id: UUID, after: str | None) -> Sequence[UUID]:
    """The next open complaints under other limits, in the order of their keys."""
    query = select(Complaint.id).where(Complaint.status.in_(OPEN), Complaint.limits_id != limits_id)
    if after is not None:
        query = query.where(Complaint.id > UUID(after))
    return db.session.scalars(query.order_by(Complaint.id).limit(BATCH)).all()


def count_to_adopt(limits_id: UUID) -> int:
    query = select(func.count()).select_from(Complaint)
    query = query.where(Complaint.status.in_(OPEN), Complaint.limits_id != limits_id)
    return db.session.scalar(query) or 0


def adopt(complaint_id: UUID, limits_id: UUID, now: datetime) -> bool:
    """Bring one complaint under these limits; its event names every clock that moved, with the
    moment before and after (SLA-11). False when it has ended or adopted them meanwhile."""
    complaint = _held(complaint_id)
    if complaint.status not in OPEN or complaint.limits_id == limits_id:
        return False
    dues = timekeeping.due_under(complaint, limits_by_id(limits_id), now)
    data: dict[str, Json] = {
        DataKey.BEFORE: str(complaint.limits_id),
        DataKey.LIMITS: str(limits_id),
        DataKey.MOVED: [
            {"clock": each.kind.value, "order": each.subject, "from": _text(old), "to": _text(new)}
            for each, (old, new) in dues.items()
            if old != new
        ],
    }
    timekeeping.set_limits(complaint, limits_id)
    history.append(complaint, EventName.ADOPT_LIMITS, "clock", actor=NEW_LIMITS, now=now, data=data)
    db.session.flush()
    timekeeping.reckon(complaint, now)
    return True


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def without_limits() -> Sequence[UUID]:
    """Open complaints that were registered before there were limits."""
    return db.session.scalars(
        select(Complaint.id)
        .where(Complaint.status.in_(OPEN), Complaint.limits_id.is_(None))
        .order_by(Complaint.id)
        .limit(BATCH)
    ).all()


def begin(complaint_id: UUID, now: datetime) -> None:
    """Give such a complaint the limits in force, and its clocks."""
    complaint = _held(complaint_id)
    if complaint.limits_id is None:
        timekeeping.reckon(complaint, now)
        mark_behind(complaint_id)


def _held(complaint_id: UUID) -> Complaint:
    return db.session.get_one(
        Complaint, complaint_id, populate_existing=True, with_for_update={"of": Complaint}
    )
