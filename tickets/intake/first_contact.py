"""One conversation at the desk: who, what, and perhaps the solution at once, in one step."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tickets import customers, numbers
from tickets.actions import take
from tickets.database import db
from tickets.intake.lookup import callback_number_of
from tickets.intake.registering import FirstContact, register, solve_at_once
from tickets.models import Complaint, ContactKind, Customer, Person
from tickets.policy import policy_now
from tickets.storage.attachments import Upload
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS
from workflow.machine import Refused
from workflow.reasons import Reason
from workflow.values import Inputs, given
from workflow.words import N_, Card, GroupTier

PHONE = re.compile(r"[+(]?[\d\s()./-]+")
SHORTEST_PHONE = 5
"""Fewer digits are the end of a number, not a number."""


@dataclass(frozen=True)
class NewCustomer:
    """Somebody who is not known yet, with no more than was said (CUS-01)."""

    name: str = ""
    phone: str = ""
    account: str = ""
    town: str = ""
    group_tier: GroupTier | None = None
    card: Card | None = None
    language: str = "zh_Hans"


@dataclass(frozen=True)
class Arrival:
    """What the desk wrote down. `customer` is None when nobody was chosen among several; `said` and
    `answer` are what registering and resolving ask for."""

    complaint_id: UUID
    customer: UUID | NewCustomer | None
    first: FirstContact
    said: Inputs
    typed: str = ""
    answer: Inputs | None = None
    confirmed: bool = False
    uploads: Sequence[Upload] = ()


class SentTwice(Exception):
    """The same form came twice at the same moment and the other one was faster: nothing of this
    one may stay, above all not the new customer it brought along."""


def _hold_customer(arrival: Arrival) -> None:
    """Two forms for one known customer go one after the other; without effect on SQLite, whose
    writers queue. Others may still refer to the customer meanwhile."""
    if arrival.customer is None or isinstance(arrival.customer, NewCustomer):
        return
    db.session.get(Customer, arrival.customer, with_for_update={"key_share": True})


def receive(arrival: Arrival, *, actor: Person, now: datetime) -> Complaint:
    """Register the complaint with its files, solve it at once if an answer was given; or raise
    Refused with every reason. The same form sent twice is one complaint."""
    _hold_customer(arrival)
    before = db.session.get(Complaint, arrival.complaint_id)
    if before is not None and before.received_by_id == actor.id:
        return before
    region = policy_now().region
    customer = _customer(arrival, region, actor, now)
    if customer is None:
        raise Refused([_nobody_chosen(), *_missing(arrival.said, "register"), *_of_answer(arrival)])
    try:
        complaint = _registered(arrival, customer, region, actor, now)
    except Refused as refused:
        raise Refused([*refused.reasons, *_of_answer(arrival)]) from None
    if complaint.customer_id != customer.id:
        raise SentTwice()
    for upload in arrival.uploads:
        take("attach", complaint, actor=actor, now=now, seen_version=None, inputs={"file": upload})
    if arrival.answer is not None:
        solve_at_once(
            complaint, actor=actor, now=now, answer=arrival.answer, confirmed=arrival.confirmed
        )
    return complaint


def completed(new: NewCustomer, typed: str) -> NewCustomer:
    """The new customer with what was typed into the search, where nothing was filled in."""
    typed = unicodedata.normalize("NFKC", typed).strip()
    if PHONE.fullmatch(typed):
        return replace(new, phone=new.phone or typed) if _is_phone(typed) else new
    if any(sign.isdecimal() for sign in typed):
        return replace(new, account=new.account or typed)
    return replace(new, name=new.name or typed)


def _is_phone(typed: str) -> bool:
    """Neither the last digits of a number nor a ticket number, which never begins with 0 or +."""
    if sum(sign.isdecimal() for sign in typed) < SHORTEST_PHONE:
        return False
    return typed[0] in "0+(" or not numbers.is_number(typed)


def _registered(
    arrival: Arrival, customer: Customer, region: str, actor: Person, now: datetime
) -> Complaint:
    said = arrival.said
    if not said.get("callback_number") and not said.get("refuses_contact"):
        number = callback_number_of(customer, arrival.typed, region)
        said = {**said, "callback_number": number}
    return register(
        replace(arrival.first, town=customer.town),
        customer=customer,
        actor=actor,
        now=now,
        inputs=said,
        complaint_id=arrival.complaint_id,
    )


def _customer(arrival: Arrival, region: str, actor: Person, now: datetime) -> Customer | None:
    if not isinstance(arrival.customer, NewCustomer):
        return db.session.get(Customer, arrival.customer) if arrival.customer else None
    new = completed(arrival.customer, arrival.typed)
    # The number to call back is one the customer will be found by.
    phone = new.phone or given(arrival.said, "callback_number", str) or ""
    known = ((ContactKind.PHONE, phone), (ContactKind.ACCOUNT, new.account))
    return customers.add(
        name=new.name,
        contacts=[customers.contact(kind, text, region) for kind, text in known if text],
        now=now,
        by=actor,
        group_tier=new.group_tier,
        card=new.card,
        town=new.town,
        language=new.language,
    )


def _nobody_chosen() -> Reason:
    return Reason("customer", N_("Choose the customer, or “New customer”."), {}, "customer")


def _of_answer(arrival: Arrival) -> list[Reason]:
    return _missing(arrival.answer, "resolve") if arrival.answer is not None else []


def _missing(inputs: Inputs, name: str) -> list[Reason]:
    return missing_or_wrong(ACTIONS[name], inputs)
