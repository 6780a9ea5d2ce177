"""Everything that effects can lead to, in words that can be stored."""

from datetime import datetime

from sqlalchemy import select

from tests.cast import Cast
from tests.services.actions.action_scenes import SCENES
from tests.services.actions.scene import HOUR, Scene
from tests.timed import in_force
from tickets.database import db
from tickets.models import ClockRow, Complaint, Message, Notification, Person


def what_followed(name: str, cast: Cast, now: datetime) -> dict[str, object]:
    """The scene played, and everything that effects can lead to, in words that can be stored."""
    in_force()
    complaint = SCENES[name](Scene(cast, now))
    db.session.flush()
    logins = {person.id: person.login for person in db.session.scalars(select(Person))}
    told = select(Notification).where(Notification.complaint_id == complaint.id)
    sent = select(Message).where(
        Message.complaint_id == complaint.id, Message.person_id.is_(None), Message.address != ""
    )
    return {
        "status": complaint.status.value,
        "level": int(complaint.level),
        "cycle": complaint.cycle,
        "waits": [complaint.waiting_since is not None, complaint.follow_up_at is not None],
        "asks": complaint.customer_waiting_since is not None,
        "heard": _hours(complaint.last_contact_at, now),
        "clocks": sorted(_clock(row, now) for row in _clocks(complaint)),
        "told": sorted(f"{logins[row.person_id]} {row.topic}" for row in db.session.scalars(told)),
        "sent": sorted(f"{row.topic} {row.state.value}" for row in db.session.scalars(sent)),
    }


def _clocks(complaint: Complaint) -> list[ClockRow]:
    query = select(ClockRow).where(ClockRow.complaint_id == complaint.id)
    return list(db.session.scalars(query))


def _clock(row: ClockRow, now: datetime) -> str:
    order = " of an order" if row.subject else ""
    began, due = _hours(row.starts_at, now), _hours(row.due_at, now)
    return f"{row.kind.value}{order} {row.cycle}.{row.turn}: {row.state.value}, {began} → {due}"


def _hours(moment: datetime | None, now: datetime) -> str:
    return "–" if moment is None else f"{(moment - now) / HOUR:.2f} h"
