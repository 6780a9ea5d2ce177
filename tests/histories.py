"""Random histories through the one door: whatever is refused is simply not done."""

import random
from datetime import datetime, timedelta
from typing import Any

from tests.cast import Cast, do, orders, registered
from tickets import customers, intake
from tickets.database import db
from tickets.models import Complaint, Person, WorkOrder
from workflow.reasons import Refused
from workflow.words import (
    OPEN,
    OPEN_ORDER,
    CallChannel,
    CallOutcome,
    Channel,
    ClosingGround,
    NoticeChannel,
    OrderStatus,
    Remedy,
    Resolution,
    Ruling,
    Severity,
    Status,
    WaitReason,
)

DEPARTMENTS = ("network", "billing", "vendor")
AGENTS = {"network": "zhao", "billing": "zhou", "vendor": "feng"}
CLERKS = ("chen", "wang", "li", "north_desk")
PAUSES = (5, 40, 180, 600, 1500, 4000)
"""Minutes between two steps."""


def histories(cast: Cast, dice: random.Random, count: int, since: datetime) -> datetime:
    """Tell so many complaints, each with a customer of its own, from that moment on; answers the
    last moment at which anything happened."""
    latest = since
    for _ in range(count):
        began = since + timedelta(minutes=dice.randrange(60 * 24 * 40))
        latest = max(latest, _Teller(cast, dice, began).tell())
    return latest


class _Teller:
    def __init__(self, cast: Cast, dice: random.Random, now: datetime) -> None:
        self.cast, self.dice, self.now = cast, dice, now
        customer = customers.add(name="Somebody", contacts=[], now=now)
        db.session.flush()
        own = Cast(cast.units, cast.people, cast.category, cast.cause, customer.id)
        self.complaint = registered(
            own,
            now=now,
            by=dice.choice(CLERKS),
            severity=dice.choice(list(Severity)),
            channel=dice.choice([Channel.PHONE, Channel.EMAIL, Channel.COUNTER]),
        )

    def tell(self) -> datetime:
        if self.dice.random() < 0.15:
            self.attempt(self.at_once)
        for _ in range(self.dice.choice((0, 2, 5, 8, 12, 16))):
            self.now += timedelta(minutes=self.dice.choice(PAUSES), seconds=self.dice.randrange(60))
            self.attempt(self.dice.choice(self.possible()))
        return self.now

    def attempt(self, step: Any) -> None:
        try:
            step()
        except Refused:
            return
        db.session.flush()

    def possible(self) -> list[Any]:
        """What somebody at a desk would think of now, likelier things more often."""
        status = self.complaint.status
        steps: dict[Status, list[Any]] = {
            Status.REGISTERED: [self.start, self.dispatch, self.resolve],
            Status.IN_PROGRESS: [self.resolve, self.resolve, self.dispatch, self.ask, self.inform],
            Status.DISPATCHED: [self.order] * 6 + [self.urge],
            Status.WAITING_CUSTOMER: [self.resume],
            Status.RESOLVED: [self.call] * 4 + [self.notice, self.ask_to_close, self.approve],
            Status.CLOSED: [self.reopen, self.undo],
        }
        others = [self.transfer, self.take_over, self.raise_level, self.override, self.withdraw]
        rare = [self.dice.choice(others)] if status in OPEN else []
        return [*steps.get(status, [self.contact]) * 2, *rare]

    def by_responsible(self, name: str, **said: Any) -> None:
        do(name, self.complaint, self.complaint.responsible, self.now, **said)

    def by(self, who: str, name: str, on: Complaint | WorkOrder, **said: Any) -> None:
        do(name, on, self.cast.person(who), self.now, **said)

    def answer(self) -> dict[str, Any]:
        return {
            "answer": "Mended.",
            "outcome": self.dice.choice(list(Resolution)),
            "cause": self.cast.cause,
            "remedy": self.dice.choice([Remedy.NONE, Remedy.REPAIR, Remedy.REFUND]),
            "liable_unit": self.dice.choice([None, *(self.cast.units[u] for u in DEPARTMENTS)]),
            "compensation": self.dice.choice([None, None, 5_000, 12_345]),
        }

    def at_once(self) -> None:
        intake.solve_at_once(
            self.complaint, actor=self.complaint.responsible, now=self.now, answer=self.answer()
        )

    def start(self) -> None:
        self.by_responsible("start")

    def dispatch(self) -> None:
        units = self.dice.sample(DEPARTMENTS, self.dice.choice((1, 1, 2)))
        self.by_responsible(
            "dispatch",
            units=[self.cast.units[unit] for unit in units],
            question="Why?",
            promised_at=self.now + timedelta(days=2),
        )

    def resolve(self) -> None:
        self.by_responsible("resolve", **self.answer())

    def ask(self) -> None:
        self.by_responsible(
            "ask_customer",
            question="Which line?",
            wait_reason=self.dice.choice(list(WaitReason)),
            follow_up_at=self.now + timedelta(days=3),
        )

    def resume(self) -> None:
        self.by_responsible("resume", text="They said.")

    def inform(self) -> None:
        self.by_responsible("inform", channel=CallChannel.MOBILE, message="Soon.")

    def urge(self) -> None:
        self.by_responsible("urge", text="Please.")

    def order(self) -> None:
        found = [each for each in orders(self.complaint) if each.status in OPEN_ORDER]
        answered = [each for each in orders(self.complaint) if each.status is OrderStatus.ANSWERED]
        if answered and self.dice.random() < 0.15:
            self.by_responsible_on(self.dice.choice(answered), "reject_answer", reason="Not it.")
            return
        if not found:
            return
        order = self.dice.choice(found)
        if order.status is OrderStatus.ARBITRATION:
            self.arbitrate(order)
            return
        agent = AGENTS[order.unit.code]
        if order.status is OrderStatus.SENT and self.dice.random() < 0.6:
            self.by(agent, "accept", order)
        elif order.status is OrderStatus.ACCEPTED and self.dice.random() < 0.6:
            self.by(agent, "answer", order, answer="It was the cable.")
        elif self.dice.random() < 0.75:
            self.by(agent, "return", order, reason="Not ours.")
        else:
            self.by_responsible_on(order, "recall", reason="No longer needed.")

    def by_responsible_on(self, order: WorkOrder, name: str, **said: Any) -> None:
        do(name, order, self.complaint.responsible, self.now, **said)

    def arbitrate(self, order: WorkOrder) -> None:
        ruling = self.dice.choice(list(Ruling))
        said: dict[str, Any] = {"ruling": ruling, "reason": "So it is."}
        if ruling is Ruling.BIND_OTHER:
            said["unit"] = self.cast.units[self.dice.choice(DEPARTMENTS)]
        self.by("he", "arbitrate", order, **said)

    def call(self) -> None:
        self.by_responsible(
            "record_callback",
            outcome=self.dice.choice(list(CallOutcome)),
            channel=CallChannel.PHONE,
            number="13912345678",
            text="What they said.",
        )

    def notice(self) -> None:
        self.by_responsible(
            "send_notice", channel=NoticeChannel.SMS, address="13912345678", notice="We tried."
        )

    def ask_to_close(self) -> None:
        self.by_responsible("request_closing", ground=ClosingGround.UNREACHABLE, reason="Tried.")

    def approve(self) -> None:
        self.by("he", "close_unreached", self.complaint, reason="It was tried.")

    def reopen(self) -> None:
        self.by("he", "reopen", self.complaint, reason="It is back.")

    def undo(self) -> None:
        self.by_responsible("undo_closing", reason="A slip.")

    def contact(self) -> None:
        self.by("he", "contact", self.complaint, channel=Channel.PHONE, text="When?")

    def transfer(self) -> None:
        to: Person = self.cast.person(self.dice.choice(("chen", "wang", "li")))
        self.by("he", "transfer", self.complaint, to=to.id, reason="Load.")

    def take_over(self) -> None:
        self.by(self.dice.choice(("chen", "wang", "li")), "accept_transfer", self.complaint)

    def raise_level(self) -> None:
        self.by_responsible("raise_level", reason="Angry.")

    def override(self) -> None:
        later = self.now + timedelta(days=4)
        self.by("he", "override_deadline", self.complaint, promised_at=later, reason="Parts.")

    def withdraw(self) -> None:
        self.by_responsible("withdraw", channel=CallChannel.PHONE, text="Never mind.", at=self.now)
