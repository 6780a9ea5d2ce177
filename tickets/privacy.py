"""What of the customer a person may read: departments see the name and a masked number.

A department needs to know what is wrong, not whom to ring. `reveal_customer` shows the
number for a while to the person who asked, and is an event (AUD-01).
"""

import re
from collections.abc import Set
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.models import Complaint, Event
from workflow.words import Party

SHOWN_FOR = timedelta(minutes=15)

KEPT_IN_FRONT = 3
KEPT_AT_END = 4

ANSWERING = frozenset(
    {
        Party.RESPONSIBLE,
        Party.NAMED,
        Party.DECIDER,
        Party.SUPERVISOR,
        Party.EXECUTIVE,
        Party.QUALITY,
        Party.AUDITOR,
    }
)
"""Parties that speak with the customer, or oversee those who do."""


def sees_numbers(parties: Set[Party]) -> bool:
    """Whether the customer's numbers stand open. Somebody who is here as a department does not
    see them because they also work at some desk."""
    if parties & ANSWERING:
        return True
    return Party.FRONT_DESK in parties and Party.DEPARTMENT not in parties


def revealed_until(complaint: Complaint, person_id: UUID, *, now: datetime) -> datetime | None:
    """Until when this person may read the number they asked for, if they may now."""
    at: datetime | None = db.session.scalar(
        select(Event.at)
        .where(
            Event.complaint_id == complaint.id,
            Event.kind == "customer",
            Event.action == "reveal_customer",
            Event.actor_id == person_id,
            Event.at > now - SHOWN_FOR,
        )
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return at + SHOWN_FOR if at is not None else None


A_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]?\d){4,}")
A_MAIL_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


def without_numbers(text: str) -> str:
    """The text with every number and e-mail address in it masked."""
    for pattern in (A_MAIL_ADDRESS, A_NUMBER):
        text = pattern.sub(lambda found: masked(found[0]), text)
    return text


def masked(number: str) -> str:
    """Beginning and end of a number; of a short one nothing."""
    signs = "".join(sign for sign in number if not sign.isspace())
    if len(signs) <= KEPT_IN_FRONT + KEPT_AT_END:
        return "*" * len(signs)
    hidden = len(signs) - KEPT_IN_FRONT - KEPT_AT_END
    return f"{signs[:KEPT_IN_FRONT]}{'*' * hidden}{signs[-KEPT_AT_END:]}"
