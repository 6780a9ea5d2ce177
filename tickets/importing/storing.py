"""One claim through the same door as everything else: registered, and as far as it had come."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tickets import customers
from tickets.actions import take
from tickets.actors import System
from tickets.database import db
from tickets.history import Text
from tickets.history.vocabulary import DataKey
from tickets.importing.desk import Desk
from tickets.importing.mapping import Arrives, ColumnMapping
from tickets.importing.reading import Claim
from tickets.intake import FirstContact, register
from tickets.models import Complaint, Contact, ContactKind, Customer
from workflow.system_rules import of_import
from workflow.values import Inputs, Json
from workflow.words import Origin

CONTACTS = (
    (ContactKind.ACCOUNT, "account"),
    (ContactKind.PHONE, "phone"),
    (ContactKind.EMAIL, "email"),
)
"""Ways to recognise a customer, the surest first."""


def rule(mapping: ColumnMapping) -> System:
    """Who acts: not the responsible person, who has not seen the complaint yet. Their name under
    an answer that another system gave would be a lie in the history."""
    return System(of_import(mapping.source))


def store(claim: Claim, mapping: ColumnMapping, desk: Desk, now: datetime) -> Complaint:
    """Register the claim and bring it to the status it arrives in; raises Refused.

    What was answered at its source is resolved here and its callback is due: nobody of this desk
    has heard the customer accept anything.
    """
    actor = rule(mapping)
    inputs = {**claim.register, "category": desk.categories[claim.category]}
    complaint = register(
        _first(claim, mapping, desk),
        customer=_customer(claim, mapping, desk, now),
        actor=actor,
        now=now,
        inputs=inputs,
    )
    if claim.arrives is Arrives.IN_PROGRESS:
        _happened("start", complaint, actor, now, {})
    if claim.arrives is Arrives.RESOLVED:
        answer = {**claim.answer, "cause": desk.causes[claim.answer["cause"]]}
        _happened("resolve", complaint, actor, now, answer)
    return complaint


def _happened(
    name: str, complaint: Complaint, actor: System, now: datetime, inputs: Inputs
) -> None:
    """What was done at its source."""
    take(
        name,
        complaint,
        actor=actor,
        now=now,
        seen_version=None,
        inputs=inputs,
        origin=Origin.IMPORTED,
    )


def _first(claim: Claim, mapping: ColumnMapping, desk: Desk) -> FirstContact:
    texts = claim.texts
    return FirstContact(
        unit=desk.unit,
        responsible=desk.responsible(claim.row.line),
        origin=Origin.IMPORTED,
        line=texts.get("line", ""),
        town=texts.get("town", ""),
        on_behalf_of=texts.get("on_behalf_of", ""),
        received_at=claim.received_at,
        external_source=mapping.source,
        external_id=claim.external_id,
        callback_channel=claim.callback_channel,
        extra={DataKey.IMPORT: _origin(claim, mapping)},
        texts=_rest(claim),
    )


def _rest(claim: Claim) -> list[Text]:
    """Words go where they can be redacted (the event holds their digest), and what is doubtful
    where the responsible person reads it."""
    doubts = [f"Doubtful: {doubt}." for doubt in claim.doubts]
    lines = [*doubts, claim.rest] if claim.rest else doubts
    return [Text("source_row", "\n".join(lines))] if lines else []


def _origin(claim: Claim, mapping: ColumnMapping) -> dict[str, Json]:
    origin: dict[str, Json] = {
        "source": mapping.source,
        "id": claim.external_id,
        "line": claim.row.line,
        DataKey.FINGERPRINT: claim.fingerprint,
        "received_at": claim.received_at.isoformat(),
    }
    return {**origin, "doubts": list(claim.doubts)} if claim.doubts else origin


def _customer(claim: Claim, mapping: ColumnMapping, desk: Desk, now: datetime) -> Customer:
    """The one customer who has this contact, or a new one with no more than the row says."""
    contacts = [
        customers.contact(kind, given, desk.region)
        for kind, name in CONTACTS
        if (given := claim.texts.get(name, "").strip())
    ]
    name = claim.texts.get("customer_name", "").strip()
    known = _known(contacts, name)
    if known is not None:
        return known
    return customers.add(
        name=name,
        contacts=contacts,
        now=now,
        town=claim.texts.get("town", ""),
        language=mapping.language,
    )


def _known(contacts: Sequence[Contact], name: str) -> Customer | None:
    """The customer whom one of the contacts names for certain, the surest contact first."""
    for contact in contacts:
        found = db.session.scalars(
            select(Customer)
            .join(Contact, Contact.customer_id == Customer.id)
            .where(
                Contact.kind == contact.kind,
                Contact.normal == contact.normal,
                Contact.removed_at.is_(None),
            )
            .distinct()
        ).all()
        certain = _certain(found, name)
        if certain is not None:
            return certain
    return None


def _certain(found: Sequence[Customer], name: str) -> Customer | None:
    """A family or a company shares a number: then the name decides, and where it does not,
    nobody is guessed at."""
    if not name:
        return found[0] if len(found) == 1 else None
    same = [each for each in found if each.name.casefold() == name.casefold()]
    nameless = [each for each in found if not each.name]
    fit = same or nameless
    return fit[0] if len(fit) == 1 else None
