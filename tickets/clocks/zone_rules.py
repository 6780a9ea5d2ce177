"""Governments change their clocks, and the tzdata package follows: then deadlines that are ends of
days or of open hours lie elsewhere, and whatever was reckoned before is wrong (C-20)."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from tickets.actors import System
from tickets.clocks import timekeeping
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts.building import mark_behind
from tickets.history import administration
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject
from tickets.limits import limits_in_force
from tickets.models import Complaint, Installation
from workflow.system_rules import SystemRule
from workflow.words import OPEN

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
"""The years whose offsets are compared: what can still be open, and what can be promised."""
STEP = timedelta(hours=6)
BATCH = 200
TZDATA = System(SystemRule.ZONE_CHANGED)


@lru_cache(maxsize=32)
def digest(zone: str) -> str:
    """A zone's offsets over these years, as SHA-256."""
    tz, at = ZoneInfo(zone), FIRST
    found = hashlib.sha256()
    while at < LAST:
        found.update(str(at.astimezone(tz).utcoffset()).encode())
        at += STEP
    return found.hexdigest()


def zones_in_use() -> set[str]:
    """The operator's zone and those of the calendars in force."""
    calendars = limits_in_force().calendars.values()
    return {operators_zone().key, *(each.calendar.tz.key for each in calendars)}


def changed(now: datetime) -> list[str]:
    """The zones whose rules are others than when last looked at; remembers today's, and puts the
    change on record. The caller commits."""
    row = db.session.scalar(select(Installation).with_for_update())
    if row is None:
        row = Installation(id=1, created_at=now)
        db.session.add(row)
    known = dict(row.zone_rules or {})
    today = {zone: digest(zone) for zone in sorted(zones_in_use())}
    moved = [zone for zone in today if known.get(zone, today[zone]) != today[zone]]
    if {**known, **today} != known:
        row.zone_rules = {**known, **today}
    if moved:
        administration.record(
            Subject.LIMITS,
            "zones",
            AdminEventName.ZONE_RULES,
            before={zone: known[zone] for zone in moved},
            after={zone: today[zone] for zone in moved},
            actor=TZDATA,
            now=now,
        )
    return moved


def open_after(key: str | None) -> Sequence[UUID]:
    """The next open complaints, in the order of their keys."""
    query = select(Complaint.id).where(*_open(key)).order_by(Complaint.id)
    return db.session.scalars(query.limit(BATCH)).all()


def count_open(key: str | None) -> int:
    return db.session.scalar(select(func.count()).select_from(Complaint).where(*_open(key))) or 0


def _open(key: str | None) -> Iterable[ColumnElement[bool]]:
    yield Complaint.status.in_(OPEN)
    if key is not None:
        yield Complaint.id > UUID(key)


def reckon(complaint_id: UUID, now: datetime) -> bool:
    """Reckon one anew; whether what is due next has moved."""
    complaint = db.session.get_one(
        Complaint, complaint_id, populate_existing=True, with_for_update={"of": Complaint}
    )
    before = complaint.due_at
    timekeeping.reckon(complaint, now)
    mark_behind(complaint_id)
    return complaint.due_at != before
