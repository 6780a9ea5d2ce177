"""Who has a complaint open right now: a hint, never a lock (CON-01, CON-02)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.models import Person, Presence

GONE_AFTER = timedelta(seconds=60)
TOLD_AGAIN_AFTER = timedelta(seconds=15)
"""Pages tell every few seconds; written is only what is news, or grows old."""


@dataclass(frozen=True)
class Here:
    """Somebody who has the complaint open."""

    name: str
    writing: bool


def note_presence(complaint_id: UUID, person_id: UUID, *, writing: bool, now: datetime) -> None:
    """This person has the complaint open; the row is theirs alone, so nothing is fought over."""
    row = db.session.get(Presence, (complaint_id, person_id))
    if row is None:
        row = Presence(complaint_id=complaint_id, person_id=person_id)
        db.session.add(row)
    elif row.writing == writing and row.seen_at > now - TOLD_AGAIN_AFTER:
        return
    row.seen_at, row.writing = now, writing


def others_here(
    complaint_ids: Collection[UUID], person_id: UUID, *, now: datetime
) -> Mapping[UUID, list[Here]]:
    """Who else has these complaints open, by complaint; one query however many there are."""
    found: dict[UUID, list[Here]] = defaultdict(list)
    if not complaint_ids:
        return found
    rows = db.session.execute(
        select(Presence.complaint_id, Person.name, Presence.writing)
        .join(Person, Presence.person_id == Person.id)
        .where(
            Presence.complaint_id.in_(complaint_ids),
            Presence.person_id != person_id,
            Presence.seen_at > now - GONE_AFTER,
        )
        .order_by(Presence.seen_at.desc(), Person.name)
    )
    for complaint_id, name, writing in rows:
        found[complaint_id].append(Here(name, writing))
    return found
