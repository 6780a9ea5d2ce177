"""The people of the tests: one branch, its desks and departments, and another branch beside it.

company ─ branch ─ east_hall, group_desk (desks); network, billing, vendor (departments)
        └ north  ─ north_hall (desk), north_network (department)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tickets import customers, intake
from tickets.actions import take
from tickets.actors import Actor, System
from tickets.complaints import notices
from tickets.database import db, new_id
from tickets.messages import outbox
from tickets.models import (
    Category,
    Cause,
    Complaint,
    ContactKind,
    Customer,
    Membership,
    Person,
    Unit,
    WorkOrder,
)
from workflow.words import (
    CallChannel,
    CallOutcome,
    Channel,
    MergeReason,
    NoticeChannel,
    Remedy,
    ReopenReason,
    Resolution,
    Role,
    Severity,
    UnitKind,
    WithdrawnBy,
)

UNITS = {
    "company": (None, UnitKind.COMPANY),
    "branch": ("company", UnitKind.BRANCH),
    "east_hall": ("branch", UnitKind.DESK),
    "group_desk": ("branch", UnitKind.DESK),
    "network": ("branch", UnitKind.DEPARTMENT),
    "billing": ("branch", UnitKind.DEPARTMENT),
    "vendor": ("branch", UnitKind.DEPARTMENT),
    "north": ("company", UnitKind.BRANCH),
    "north_hall": ("north", UnitKind.DESK),
    "north_network": ("north", UnitKind.DEPARTMENT),
}

PEOPLE: dict[str, tuple[tuple[str, Role], ...]] = {
    "chen": (("east_hall", Role.FRONT_DESK),),
    "wang": (("east_hall", Role.FRONT_DESK),),
    "li": (("group_desk", Role.FRONT_DESK),),
    "zhao": (("network", Role.AGENT),),
    "sun": (("network", Role.LEAD),),
    "zhou": (("billing", Role.AGENT),),
    "wu": (("billing", Role.LEAD),),
    "feng": (("vendor", Role.AGENT),),
    "zheng": (("branch", Role.SUPERVISOR),),
    "he": (("company", Role.EXECUTIVE),),
    "qian": (("branch", Role.QUALITY),),
    "shen": (("branch", Role.AUDITOR),),
    "admin": (("company", Role.ADMINISTRATOR),),
    "north_desk": (("north_hall", Role.FRONT_DESK),),
    "north_agent": (("north_network", Role.AGENT),),
    "north_supervisor": (("north", Role.SUPERVISOR),),
}

# Argon2 of "correct horse": hashing anew for every test would cost more than all queries.
PASSWORD = "correct horse"  # noqa: S105 - a password of the tests


@dataclass(frozen=True)
class Cast:
    """Ids of everybody and everything by name; rows are loaded when a test asks."""

    units: dict[str, UUID]
    people: dict[str, UUID]
    category: UUID
    cause: UUID
    customer: UUID

    def person(self, name: str) -> Person:
        found = db.session.get_one(Person, self.people[name])
        # Held as long as the session is: it forgets what nobody holds, even in mid-sentence.
        db.session.info.setdefault("held", set()).add(found)
        return found

    def unit(self, name: str) -> Unit:
        return db.session.get_one(Unit, self.units[name])

    def __getattr__(self, name: str) -> Person:
        if name in self.people:
            return self.person(name)
        raise AttributeError(name)

    def __deepcopy__(self, _copied: object) -> "Cast":
        return self  # nothing of it changes


def add_cast(now: datetime, password_hash: str) -> Cast:
    """Put the cast into the session; the caller commits or not."""
    units = _add_units()
    people = {
        name: _add_person(name, roles, units, now, password_hash) for name, roles in PEOPLE.items()
    }
    category = Category(
        id=new_id(), code="broadband", names={"en": "Broadband", "zh_Hans": "宽带"}, active=True
    )
    cause = Cause(
        id=new_id(),
        code="line_fault",
        names={"en": "Line fault", "zh_Hans": "线路故障"},
        active=True,
    )
    phone = customers.contact(ContactKind.PHONE, "139 1234 5678", "CN")
    customer = customers.add(name="Zhang Min", contacts=[phone], now=now)
    db.session.add_all([category, cause])
    db.session.flush()
    return Cast(
        {name: unit.id for name, unit in units.items()},
        {name: person.id for name, person in people.items()},
        category.id,
        cause.id,
        customer.id,
    )


def _add_units() -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for name, (above, kind) in UNITS.items():
        unit = Unit(id=new_id(), code=name, kind=kind, names={"en": name}, active=True)
        unit.place_under(made[above] if above else None)
        db.session.add(unit)
        made[name] = unit
    db.session.flush()
    return made


def _add_person(
    login: str,
    roles: tuple[tuple[str, Role], ...],
    units: Mapping[str, Unit],
    now: datetime,
    password_hash: str,
) -> Person:
    person = Person(
        id=new_id(),
        login=login,
        name=login.title(),
        password_hash=password_hash,
        password_changed_at=now,
        created_at=now,
        memberships=[
            Membership(id=new_id(), unit_id=units[unit].id, role=role) for unit, role in roles
        ],
    )
    db.session.add(person)
    return person


def registered(cast: Cast, *, now: datetime, by: str = "chen", **said: Any) -> Complaint:
    """A complaint as the desk registers it."""
    actor = cast.person(by)
    unit = actor.memberships[0].unit_id
    inputs = {
        "description": "The line has been dead since Monday.",
        "category": cast.category,
        "channel": Channel.PHONE,
        "severity": Severity.NORMAL,
        "callback_number": "13912345678",
        **said,
    }
    first = intake.FirstContact(db.session.get_one(Unit, unit), actor)
    customer = db.session.get_one(Customer, cast.customer)
    return intake.register(first, customer=customer, actor=actor, now=now, inputs=inputs)


SAID: dict[str, dict[str, Any]] = {
    "reopen": {"because": ReopenReason.CAME_BACK, "channel": Channel.PHONE},
    "merge": {"because": MergeReason.SENT_TWICE},
    "withdraw": {"said_by": WithdrawnBy.CUSTOMER},
}
"""What is said with an action where a test is about something else."""


def do(name: str, on: Complaint | WorkOrder, actor: Actor, now: datetime, **inputs: Any) -> Any:
    """One action, having seen the newest version."""
    inputs = {**SAID.get(name, {}), **inputs}
    return take(name, on, actor=actor, now=now, seen_version=on.version, inputs=inputs)


def orders(complaint: Complaint) -> list[WorkOrder]:
    return list(
        db.session.scalars(
            select(WorkOrder)
            .where(WorkOrder.complaint_id == complaint.id)
            .order_by(WorkOrder.sent_at, WorkOrder.id)
        )
    )


def dispatched(cast: Cast, *units: str, now: datetime, **said: Any) -> Complaint:
    complaint = registered(cast, now=now, **said)
    do(
        "dispatch",
        complaint,
        complaint.responsible,
        now,
        units=[cast.units[unit] for unit in units],
        question="What is wrong with the line?",
        promised_at=now + timedelta(days=2),
    )
    return complaint


def resolved(cast: Cast, *, now: datetime, **said: Any) -> Complaint:
    complaint = registered(cast, now=now, **said)
    resolve(cast, complaint, now)
    return complaint


def resolve(cast: Cast, complaint: Complaint, now: datetime) -> None:
    do(
        "resolve",
        complaint,
        complaint.responsible,
        now,
        answer="The line card was replaced.",
        outcome=Resolution.UPHELD,
        cause=cast.cause,
        remedy=Remedy.REPAIR,
    )


def call(
    complaint: Complaint,
    outcome: CallOutcome,
    now: datetime,
    *,
    by: Actor | None = None,
    **said: Any,
) -> None:
    do(
        "record_callback",
        complaint,
        by or complaint.responsible,
        now,
        outcome=outcome,
        channel=CallChannel.PHONE,
        number="13912345678",
        text="What the customer said.",
        **said,
    )


def delivered(now: datetime) -> int:
    """Everything that is due leaves, as when a worker had carried it; returns how many."""
    sent = 0
    for lane in outbox.lanes_with_due(now):
        for message in outbox.claim(
            lane, now=now, worker="cast", lease=timedelta(minutes=5), limit=1000
        ):
            outbox.note(
                message.id,
                outbox.SendingOutcome(True),
                worker="cast",
                now=now,
                seconds=0.1,
                tries=1,
            )
            notices.note_sent(message.id, now)
            sent += 1
    return sent


def unreached(complaint: Complaint, now: datetime, *, by: Actor | None = None) -> datetime:
    """Three calls in vain over two days, and a notice that leaves; answers when it was waited
    for. `now` must be in the forenoon."""
    caller = by or complaint.responsible
    for at in (now, now + timedelta(hours=5), now + timedelta(days=1)):
        call(complaint, CallOutcome.NO_ANSWER, at, by=caller)
    sent = now + timedelta(days=1, hours=1)
    do(
        "send_notice",
        complaint,
        caller,
        sent,
        channel=NoticeChannel.SMS,
        address="13912345678",
        notice="We could not reach you.",
    )
    delivered(sent)
    return sent + timedelta(days=3, hours=1)


def ask_to_close(complaint: Complaint, actor: Actor, now: datetime, ground: str) -> None:
    do("request_closing", complaint, actor, now, ground=ground, reason="Every call was in vain.")


def close_refusing(complaint: Complaint, now: datetime, supervisor: Actor) -> None:
    """Refused on the phone, asked for and approved by somebody else."""
    call(complaint, CallOutcome.REFUSED, now)
    ask_to_close(complaint, complaint.responsible, now, "refuses_contact")
    do("close_unreached", complaint, supervisor, now, reason="Wants no call.")


SYSTEM = System("a rule of the tests")
