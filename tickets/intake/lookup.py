"""Who is on the phone: customers by what they say, with what they already complained about.

Complaints are shown through `visible_to` only. Of those at another desk nothing is told but how
many are open, and with whom a message can be left (S-08, SEE-01).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, case, func, not_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from tickets import customers, numbers
from tickets.actions import take
from tickets.database import db
from tickets.models import Complaint, ContactKind, Customer, Person, Unit
from tickets.visibility import visible_to
from workflow.machine import Refused
from workflow.reasons import Reason
from workflow.words import N_, OPEN, Channel

SHOWN = 6
"""So many complaints of one customer are shown; the page says how many more there are."""


@dataclass(frozen=True)
class Elsewhere:
    """Complaints of the customer that the person may not see: how many, and whose."""

    unit: Unit
    responsible: Person
    count: int

    @property
    def key(self) -> str:
        """What a form names it by."""
        return self.key_of(self.unit.id, self.responsible.id)

    @staticmethod
    def key_of(unit_id: UUID, responsible_id: UUID) -> str:
        return f"{unit_id.hex}-{responsible_id.hex}"


@dataclass(frozen=True)
class CallerDossier:
    """One customer's complaints, open ones first, then the latest."""

    customer: Customer
    complaints: Sequence[Complaint]
    total: int
    elsewhere: Sequence[Elsewhere]

    @property
    def more(self) -> int:
        """How many the person may see and that are not among `complaints`."""
        return self.total - len(self.complaints)

    @property
    def open_elsewhere(self) -> int:
        return sum(each.count for each in self.elsewhere)


@dataclass(frozen=True)
class Found:
    """What a look-up found; `chosen` belongs to the one customer that is meant, if it is clear."""

    typed: str = ""
    customers: Sequence[Customer] = ()
    are_more: bool = False
    open_counts: dict[UUID, int] = field(default_factory=dict)
    chosen: CallerDossier | None = None
    named: Complaint | None = None
    """The complaint whose ticket number was typed, when the person may see it."""


def look_up(typed: str, *, person: Person, region: str, chosen: UUID | None = None) -> Found:
    """Find customers by phone, account, name, last four digits or ticket number.

    `chosen` is the customer picked among several; a single one found counts as picked.
    The number of queries does not depend on how much is found.
    """
    typed = typed.replace("\x00", "").strip()
    found = _found(typed, region)
    if chosen is not None and all(each.id != chosen for each in found):
        found = [*_known(Customer.id == chosen), *found]
    shown = found[: customers.FOUND_AT_MOST]
    meant, named = _meant(shown, chosen), _named(typed, person)
    return Found(
        typed=typed,
        customers=shown,
        are_more=len(found) > len(shown),
        open_counts=_open_counts(shown, person),
        chosen=dossier(meant, person, first=named) if meant is not None else None,
        named=named,
    )


def dossier(customer: Customer, person: Person, *, first: Complaint | None = None) -> CallerDossier:
    """What this person may know of this customer's complaints; `first` stands above the others."""
    mine = Complaint.customer_id == customer.id, visible_to(person)
    total = db.session.scalar(select(func.count()).select_from(Complaint).where(*mine)) or 0
    complaints = db.session.scalars(
        select(Complaint)
        .where(*mine)
        .options(
            joinedload(Complaint.category),
            joinedload(Complaint.responsible).lazyload(Person.memberships),
        )
        .order_by(
            case((Complaint.id == (first.id if first else None), 0), else_=1),
            case((Complaint.status.in_(OPEN), 0), else_=1),
            Complaint.registered_at.desc(),
            Complaint.id.desc(),
        )
        .limit(SHOWN)
    )
    return CallerDossier(customer, list(complaints), total, _elsewhere(customer, person))


def leave_message(
    customer: Customer,
    *,
    actor: Person,
    now: datetime,
    channel: Channel | None,
    text: str,
    form_id: UUID,
) -> list[Elsewhere]:
    """Tell those who answer for the customer's complaints elsewhere what the customer said.

    Idempotent by `form_id`. Raises Refused when nothing is open elsewhere (any more).
    """
    told = _elsewhere(customer, actor)
    if not told:
        raise Refused([Reason("nobody", N_("No complaint is open at another desk."), {}, "about")])
    for complaint in db.session.scalars(select(Complaint).where(*_hidden(customer, actor))).all():
        take(
            "contact",
            complaint,
            actor=actor,
            now=now,
            seen_version=None,
            inputs={"channel": channel, "text": text},
            event_id=uuid5(form_id, complaint.id.hex),
        )
    return told


def _found(typed: str, region: str) -> list[Customer]:
    if not numbers.is_number(typed):
        return customers.find(typed, region)
    holder = select(Complaint.customer_id).where(Complaint.number == numbers.plain(typed))
    return _known(Customer.id.in_(holder)) or customers.find(typed, region)


def _known(condition: ColumnElement[bool]) -> list[Customer]:
    query = select(Customer).where(condition).options(selectinload(Customer.contacts))
    return list(db.session.scalars(query))


def _meant(found: Sequence[Customer], chosen: UUID | None) -> Customer | None:
    if chosen is not None:
        return next((each for each in found if each.id == chosen), None)
    return found[0] if len(found) == 1 else None


def _named(typed: str, person: Person) -> Complaint | None:
    if not numbers.is_number(typed):
        return None
    return db.session.scalar(
        select(Complaint).where(Complaint.number == numbers.plain(typed), visible_to(person))
    )


def _open_counts(found: Sequence[Customer], person: Person) -> dict[UUID, int]:
    rows = db.session.execute(
        select(Complaint.customer_id, func.count())
        .where(
            Complaint.customer_id.in_([each.id for each in found]),
            Complaint.status.in_(OPEN),
            visible_to(person),
        )
        .group_by(Complaint.customer_id)
    )
    return {row[0]: row[1] for row in rows}


def _hidden(customer: Customer, person: Person) -> tuple[ColumnElement[bool], ...]:
    return (
        Complaint.customer_id == customer.id,
        Complaint.status.in_(OPEN),
        not_(visible_to(person)),
    )


def _elsewhere(customer: Customer, person: Person) -> list[Elsewhere]:
    return grouped_elsewhere(_hidden(customer, person))


def grouped_elsewhere(hidden: Sequence[ColumnElement[bool]]) -> list[Elsewhere]:
    """What may be told of complaints that somebody does not see: one query."""
    counted = (
        select(Complaint.unit_id, Complaint.responsible_id, func.count().label("count"))
        .where(*hidden)
        .group_by(Complaint.unit_id, Complaint.responsible_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Unit, Person, counted.c.count)
        .join(counted, counted.c.unit_id == Unit.id)
        .join(Person, Person.id == counted.c.responsible_id)
        .options(lazyload(Person.memberships))
        .order_by(Person.name, Person.id)
    )
    return [Elsewhere(*row) for row in rows]


def callback_number_of(customer: Customer, typed: str, region: str) -> str:
    """The number to call this customer back on when no other is said: the one they were found
    by, else their first; empty when none is known."""
    phones = [each for each in customer.contacts if each.kind is ContactKind.PHONE]
    wanted = customers.normal_phone(typed, region)
    by_typed = [each for each in phones if each.normal == wanted]
    return next((each.given for each in (*by_typed, *phones)), "")
