"""Finding and adding customers by what they can say on the phone (CUS-01, CUS-02)."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

import phonenumbers
from sqlalchemy import ColumnElement, or_, select, union
from sqlalchemy.orm import selectinload

from tickets.actors import Actor
from tickets.database import db, new_id
from tickets.models import Contact, ContactKind, Customer
from workflow.words import Card, GroupTier

TAIL = 4
"""Signs at the end of a number that are enough to look somebody up."""

FOUND_AT_MOST = 20
"""How many customers a look-up shows; the page says so when there are more."""


def normal_phone(typed: str, region: str) -> str:
    """E.164 for whatever way of writing a number the region knows; else its digits."""
    folded = unicodedata.normalize("NFKC", typed)
    try:
        parsed = phonenumbers.parse(folded, region)
    except phonenumbers.NumberParseException:
        return "".join(sign for sign in folded if sign.isdecimal())
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def normal(kind: ContactKind, typed: str, region: str) -> str:
    """The form in which a contact is compared."""
    if kind is ContactKind.PHONE:
        return normal_phone(typed, region)
    return "".join(unicodedata.normalize("NFKC", typed).casefold().split())


def contact(kind: ContactKind, typed: str, region: str) -> Contact:
    """A contact as given, with its look-up forms."""
    look_up = normal(kind, typed, region)
    return Contact(
        id=new_id(), kind=kind, given=typed.strip(), normal=look_up, tail=look_up[-TAIL:]
    )


def add(
    *,
    name: str,
    contacts: Sequence[Contact],
    now: datetime,
    by: Actor | None = None,
    group_tier: GroupTier | None = None,
    card: Card | None = None,
    town: str = "",
    language: str = "zh_Hans",
) -> Customer:
    """A new customer, with no more than was said."""
    for each in contacts:
        each.added_at, each.added_by_id = now, by.id if by else None
    customer = Customer(
        id=new_id(),
        name=name.strip(),
        contacts=list(contacts),
        group_tier=group_tier,
        card=card,
        town=town,
        language=language,
        created_at=now,
    )
    db.session.add(customer)
    return customer


def find(typed: str, region: str) -> list[Customer]:
    """Customers by phone, account, e-mail, name, or the last four digits; several are a choice.

    One more than `FOUND_AT_MOST` is returned when there are more, so that the page can say so.
    """
    folded = normal(ContactKind.ACCOUNT, typed, region)
    if not folded:
        return []
    phone = normal_phone(typed, region)
    ways: list[ColumnElement[bool]] = [Contact.normal.in_({folded, phone} - {""})]
    if len(folded) == TAIL and folded.isdecimal():
        ways.append(Contact.tail == folded)
    # Two index look-ups; an OR over both tables would read every customer.
    by_contact = select(Contact.customer_id).where(or_(*ways), Contact.removed_at.is_(None))
    by_name = select(Customer.id).where(Customer.name.in_(_names(typed)))
    query = (
        select(Customer)
        .where(Customer.id.in_(union(by_contact, by_name)))
        .options(selectinload(Customer.contacts))
        .order_by(Customer.name, Customer.id)
        .limit(FOUND_AT_MOST + 1)
    )
    return list(db.session.scalars(query))


def is_called(customer: Customer, typed: str) -> bool:
    """Whether they were found by their name, and not by a number that nobody may have told."""
    return customer.name in _names(typed)


def _names(typed: str) -> set[str]:
    return {typed.strip(), typed.strip().title()}
