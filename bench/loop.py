"""The actions that are measured: a registration, a note, and the whole closed loop."""

import re
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bench.client import Browser, Figures
from bench.fill import Made
from tickets import customers, intake
from tickets.actions import take
from tickets.actors import Actor
from tickets.database import db, new_id
from tickets.models import Complaint, ContactKind, Membership, Person, Unit, WorkOrder
from workflow.words import CallChannel, CallOutcome, Channel, Remedy, Resolution, Severity

LOOPS = 30
NUMBER = "13700000000"
"""Given at intake, so it is known when it is dialled."""


def measured(made: Made) -> Figures:
    """Register, start, dispatch to two, accept, answer, resolve, call back: committed each time."""
    spent = []
    for n in range(LOOPS + 2):
        began = time.perf_counter()
        _loop(made, n)
        if n >= 2:
            spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    middle, high = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
    return Figures(middle, high, 1000 * len(spent) / sum(spent), 0)


def _loop(made: Made, n: int) -> None:
    clerk = db.session.get_one(Person, made.clerks[0])
    complaint = register(made, clerk, n)
    _do("start", complaint, clerk, made)
    _do(
        "dispatch", complaint, clerk, made, units=made.departments[:2],
        question="What is wrong?", promised_at=made.now + timedelta(days=2),
    )  # fmt: skip
    for order in db.session.scalars(
        select(WorkOrder).where(WorkOrder.complaint_id == complaint.id)
    ).all():
        agent = _agent_of(order)
        _do("accept", order, agent, made)
        _do("answer", order, agent, made, answer="Replaced.")
    _do(
        "resolve", complaint, clerk, made, answer="The card was replaced.",
        outcome=Resolution.UPHELD, cause=made.cause, remedy=Remedy.REPAIR,
    )  # fmt: skip
    _do(
        "record_callback", complaint, clerk, made, outcome=CallOutcome.ACCEPTED,
        channel=CallChannel.PHONE, number=NUMBER,
    )  # fmt: skip


def clerk_of(made: Made, n: int) -> Person:
    return db.session.get_one(Person, made.clerks[n % len(made.clerks)])


def register(
    made: Made,
    clerk: Person,
    n: int,
    *,
    now: datetime | None = None,
    severity: Severity = Severity.NORMAL,
    channel: Channel = Channel.PHONE,
) -> Complaint:
    phone = customers.contact(ContactKind.PHONE, f"1370000{n:04d}", "CN")
    customer = customers.add(name="Bench", contacts=[phone], now=made.now)
    unit = db.session.get_one(Unit, clerk.memberships[0].unit_id)
    complaint = intake.register(
        intake.FirstContact(unit, clerk),
        customer=customer,
        actor=clerk,
        now=now or made.now,
        inputs={
            "description": "No signal",
            "category": made.categories[0],
            "channel": channel,
            "severity": severity,
            "callback_number": NUMBER,
        },  # fmt: skip
    )
    db.session.commit()
    return complaint


def _agent_of(order: WorkOrder) -> Person:
    return db.session.scalars(
        select(Person).join(Membership).where(Membership.unit_id == order.unit_id)
    ).first()  # type: ignore[return-value]


def _do(name: str, on: Complaint | WorkOrder, actor: Actor, made: Made, **inputs: Any) -> None:
    take(name, on, actor=actor, now=made.now, seen_version=on.version, inputs=inputs)
    db.session.commit()


def note_fields() -> dict[str, str]:
    """A note as the page sends it; what others did meanwhile cannot make it stale."""
    return {"text": "A note of the bench.", "version": "0", "event_id": str(new_id())}


def intake_fields(category: str) -> dict[str, str]:
    """A new customer's complaint as the intake page sends it."""
    complaint_id = new_id()
    phone = f"1360{complaint_id.int % 10**7:07d}"
    return {
        "complaint_id": str(complaint_id), "customer": "new", "phone": phone, "name": "Bench",
        "category": category, "severity": "normal", "channel": "phone", "language": "zh_Hans",
        "callback_channel": "phone", "callback_number": phone, "description": "No signal",
    }  # fmt: skip


def a_category(clerk: Browser) -> str:
    """The first category that the intake page offers."""
    page = clerk.get("/complaints/new").body
    offered = page[page.index('name="category"') :]
    return next(key for key in re.findall(r'<option[^>]*value="([^"]+)"', offered) if key)
