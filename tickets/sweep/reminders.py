"""Reminders that people set for themselves on a complaint (ESC-02)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tickets.database import db, new_id
from tickets.models import Complaint, Person, Reminder
from tickets.sweep.sweep import ENDED_QUIETLY
from workflow.reasons import Reason, Refused
from workflow.words import N_

FARTHEST_AHEAD = timedelta(days=366)


def set_reminder(
    complaint: Complaint, person: Person, due_at: datetime, *, now: datetime, note: str = ""
) -> Reminder:
    """Remind this person at that moment, or raise Refused with every reason."""
    reasons = _against(complaint, person, due_at, now)
    if reasons:
        raise Refused(reasons)
    reminder = Reminder(
        id=new_id(),
        complaint_id=complaint.id,
        person_id=person.id,
        due_at=due_at,
        note=note,
        created_at=now,
    )
    db.session.add(reminder)
    return reminder


def take_back(reminder: Reminder, now: datetime) -> None:
    """It is not wanted any more; the row stays, as what was told does."""
    if reminder.done_at is None:
        reminder.done_at = now


def _against(complaint: Complaint, person: Person, due_at: datetime, now: datetime) -> list[Reason]:
    found = []
    if complaint.status in ENDED_QUIETLY:
        found.append(Reason("ended", N_("What has ended reminds nobody.")))
    if due_at <= now:
        found.append(Reason("past", N_("This lies in the past."), {}, "due_at"))
    if due_at - now > FARTHEST_AHEAD:
        found.append(Reason("far", N_("A reminder is at most a year ahead."), {}, "due_at"))
    same = select(Reminder.id).where(
        Reminder.complaint_id == complaint.id,
        Reminder.person_id == person.id,
        Reminder.due_at == due_at,
    )
    if db.session.scalar(same) is not None:
        sentence = N_("You have set a reminder for this moment already.")
        found.append(Reason("twice", sentence, {}, "due_at"))
    return found
