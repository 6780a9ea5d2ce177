"""Setting right what is known of a customer, with what stood there before kept (CUS-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tickets import customers
from tickets.database import db
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.models import Complaint, Contact, ContactKind, Customer, Person
from tickets.policy import policy_now
from workflow.words import Card, GroupTier, Role


@dataclass(frozen=True)
class Details:
    """What is known of a customer, as it shall be."""

    name: str
    town: str
    language: str
    group_tier: GroupTier | None
    card: Card | None
    phones: Sequence[str]
    accounts: Sequence[str]


def details_of(customer: Customer) -> Details:
    return Details(
        customer.name,
        customer.town,
        customer.language,
        customer.group_tier,
        customer.card,
        _given(customer, ContactKind.PHONE),
        _given(customer, ContactKind.ACCOUNT),
    )


def may_correct(person: Person, customer: Customer) -> bool:
    """Front desks hear it from the customer; so does whoever answers for one of the complaints."""
    if Role.FRONT_DESK in person.roles:
        return True
    answers = select(Complaint.id).where(
        Complaint.customer_id == customer.id, Complaint.responsible_id == person.id
    )
    return db.session.scalar(answers.limit(1)) is not None


def correct(customer: Customer, details: Details, *, actor: Person, now: datetime) -> None:
    """Change what differs and note what stood there before. Complaints keep the number to call
    back and the tier they were registered with; those are corrected on the complaint."""
    before = details_of(customer)
    if before == details:
        return
    customer.name, customer.town = details.name, details.town
    customer.language = details.language
    customer.group_tier, customer.card = details.group_tier, details.card
    _replace(customer, ContactKind.PHONE, details.phones, actor, now)
    _replace(customer, ContactKind.ACCOUNT, details.accounts, actor, now)
    record(
        Subject.CUSTOMER,
        customer.id,
        AdminEventName.CHANGED,
        before=_plain(before),
        after=_plain(details),
        actor=actor,
        now=now,
    )


def _given(customer: Customer, kind: ContactKind) -> list[str]:
    return [each.given for each in _in_order(customer) if each.kind is kind]


def _in_order(customer: Customer) -> list[Contact]:
    return sorted(customer.contacts, key=lambda each: each.id)


def _replace(
    customer: Customer, kind: ContactKind, given: Sequence[str], actor: Person, now: datetime
) -> None:
    """What stays keeps its row: since when a number is known, and by whom, decides what a call
    to it is worth. What goes is kept as removed."""
    region = policy_now().region
    held = {each.given: each for each in customer.contacts if each.kind is kind}
    for old in [each for text, each in held.items() if text not in given]:
        old.removed_at = now
    for text in given:
        if text in held:
            continue
        new = customers.contact(kind, text, region)
        new.added_at, new.added_by_id, new.customer_id = now, actor.id, customer.id
        db.session.add(new)
    db.session.flush()  # those that hold now are read anew
    db.session.expire(customer, ["contacts", "all_contacts"])


def _plain(details: Details) -> dict[str, Any]:
    return {
        "name": details.name,
        "town": details.town,
        "language": details.language,
        "group_tier": details.group_tier,
        "card": details.card,
        "phones": list(details.phones),
        "accounts": list(details.accounts),
    }
