"""Handing complaints over when somebody can no longer answer for them (OWN-02)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from tickets.actions import take
from tickets.actors import ANSWERING, Actor
from tickets.database import db
from tickets.models import Complaint, Membership, Person
from workflow.words import OPEN


def open_complaints_of(person: Person) -> int:
    """How many open complaints this person answers for."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Complaint).where(_answered_for_by(person))
        )
        or 0
    )


def hand_over(person: Person, to: Person, *, actor: Actor, now: datetime, reason: str) -> int:
    """Move every open complaint of `person` to `to` at once; returns how many.

    Raises Refused when `to` cannot answer for complaints; then nothing may be committed.
    """
    complaints = db.session.scalars(select(Complaint).where(_answered_for_by(person))).all()
    for complaint in complaints:
        take(
            "hand_over",
            complaint,
            actor=actor,
            now=now,
            seen_version=None,
            inputs={"to": to, "reason": reason},
        )
    return len(complaints)


def orphans() -> Iterator[Complaint]:
    """Open complaints whose responsible person is gone or has no role to answer with."""
    able = select(Membership.person_id).where(Membership.role.in_(ANSWERING))
    yield from db.session.scalars(
        select(Complaint)
        .join(Person, Complaint.responsible_id == Person.id)
        .where(Complaint.status.in_(OPEN), ~Person.active | Person.id.not_in(able))
        .order_by(Complaint.registered_at)
    )


def _answered_for_by(person: Person) -> ColumnElement[bool]:
    return (Complaint.responsible_id == person.id) & Complaint.status.in_(OPEN)
