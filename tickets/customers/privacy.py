"""What of the customer a person may read: departments see the name and a masked number.

A department needs to know what is wrong, not whom to ring. `reveal_customer` shows the numbers to
the person who asked, while the order that they work on is open, and is an event (AUD-01).
"""

import re
from collections.abc import Iterable, Set
from uuid import UUID

from sqlalchemy import ColumnElement, select

from tickets.actors import HANDLING
from tickets.database import db
from tickets.history.vocabulary import EventName
from tickets.models import Complaint, Event, Person, WorkOrder
from workflow.case import OrderFact
from workflow.words import OPEN_ORDER, Party

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


def is_revealed(complaint: Complaint, person: Person) -> bool:
    """Whether this person asked for the number while an order they work on was open, and it still
    is: once is enough for an order, and it ends with it (P12)."""
    found = (
        select(Event.id)
        .join(WorkOrder, WorkOrder.complaint_id == Event.complaint_id)
        .where(
            Event.complaint_id == complaint.id,
            Event.kind == "customer",
            Event.action == EventName.REVEAL_CUSTOMER,
            Event.actor_id == person.id,
            Event.at >= WorkOrder.sent_at,
            *_open_orders_of(person),
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def works_on_one_of(orders: Iterable[OrderFact], person: Person) -> bool:
    """Whether a department of this person has one of these orders, and it is still open."""
    departments = _departments_of(person)
    return any(each.status in OPEN_ORDER and each.unit_id in departments for each in orders)


def _open_orders_of(person: Person) -> tuple[ColumnElement[bool], ...]:
    return WorkOrder.status.in_(OPEN_ORDER), WorkOrder.unit_id.in_(_departments_of(person))


def _departments_of(person: Person) -> set[UUID]:
    return {each.unit_id for each in person.memberships if each.role in HANDLING}


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
