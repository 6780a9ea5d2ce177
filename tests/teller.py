"""One complaint of a random history through the one door: whatever is refused is not done."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.cast import SYSTEM, Cast, do, orders
from tests.teller_ends import Ends
from tickets import intake
from tickets.database import db
from tickets.models import Complaint, Customer, Unit, WorkOrder
from workflow.reasons import Refused
from workflow.words import (
    OPEN,
    OPEN_ORDER,
    CallChannel,
    Channel,
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
CHANNELS = (Channel.PHONE, Channel.EMAIL, Channel.COUNTER, Channel.REGULATOR, Channel.LETTER)
MINUTES = (5, 5, 40, 180, 600, 1500, 4000)
"""Between two steps."""
LONG = (14, 20, 28, 42, 61)
"""Days for which now and then nothing happens."""
EXACT = (1, 2, 3, 4, 5, 10, 11, 12, 14, 15, 16, 28, 29, 42, 43, 50, 56, 57, 70)
"""After so many days some customers are called back: at the edges of regulators' limits."""
NUMBERS = ("13912345678", "13912345678", "13912345678", "010 6552 9988")
"""Of customers: mostly mobile, so that an end can be told in writing."""
STEPS = (0, 2, 4, 6, 8, 10, 14)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Step = Callable[[], None]


@dataclass(frozen=True)
class Scene:
    """What the complaints of one desk have in common."""

    cast: Cast
    dice: random.Random
    categories: tuple[UUID, ...]
    causes: tuple[UUID, ...]
    problem: UUID


class Teller(Ends):
    """Tells one complaint: registered at its first step, then whatever comes to mind."""

    def __init__(
        self, scene: Scene, customer: Customer, due: datetime, others: list[Complaint]
    ) -> None:
        self.scene, self.cast, self.dice = scene, scene.cast, scene.dice
        self.customer, self.others = customer, others
        self.now = self.due = due
        self.left = 1 + self.dice.choice(STEPS)
        self.next: Step = self.register
        self.planned: list[tuple[datetime, Step]] = []
        self.complaint: Complaint
        self.number = NUMBERS[0]

    @property
    def goes_on(self) -> bool:
        return self.left > 0 or bool(self.planned) or self.next != self.something

    def step(self) -> None:
        self.now, step, self.next = self.due, self.next, self.something
        self.left -= 1
        with suppress(Refused):
            step()
        db.session.flush()
        if self.planned:
            self.due, self.next = self.planned.pop(0)
            return
        pause = self.dice.choice(MINUTES) * MINUTE
        if self.dice.random() < 0.03:
            pause = self.dice.choice(LONG) * DAY
        self.due = self.now + pause + timedelta(seconds=self.dice.randrange(60))

    def something(self) -> None:
        self.dice.choice(self.possible())()

    def plan(self, *steps: tuple[timedelta, Step]) -> None:
        """Do these when their time comes, each so long after the one before."""
        at = self.now
        for pause, step in steps:
            at += pause
            self.planned.append((at, step))
        self.planned.sort(key=lambda each: each[0])

    def possible(self) -> list[Step]:
        """What somebody at a desk would think of now, likelier things more often."""
        status = self.complaint.status
        steps: dict[Status, list[Step]] = {
            Status.REGISTERED: [self.start, self.dispatch, self.resolve],
            Status.IN_PROGRESS: [self.resolve, self.resolve, self.dispatch, self.ask, self.inform],
            Status.DISPATCHED: [self.order] * 6 + [self.urge],
            Status.WAITING_CUSTOMER: [self.resume],
            Status.RESOLVED: [self.call] * 4 + [self.ask_to_close, self.approve, self.give_up],
            Status.CLOSED: [self.reopen, self.contact],
            Status.WITHDRAWN: [self.reopen, self.contact],
            Status.MERGED: [self.unmerge, self.contact, self.contact, self.contact],
        }
        others = [self.transfer, self.hand_over, self.raise_level, self.override, self.withdraw]
        others += [self.correct, self.link]
        rare = [self.dice.choice(others)] if status in OPEN else []
        if status in OPEN and self.duplicates():
            rare += [self.merge] * 4
        return [*steps.get(status, [self.contact]) * 2, *rare]

    # How it begins.

    def register(self) -> None:
        """Some wrote a letter days before, some complain again, some want no contact."""
        clerk = self.cast.person(self.dice.choice(CLERKS))
        unit = db.session.get_one(Unit, clerk.memberships[0].unit_id)
        refuses = self.dice.random() < 0.1
        self.number = self.dice.choice(NUMBERS)
        channel = self.dice.choice(CHANNELS)
        earlier = self.dice.choice(self.others) if self.others else None
        self.complaint = intake.register(
            intake.FirstContact(
                unit,
                clerk,
                received_at=self.now - 2 * DAY if channel is Channel.LETTER else None,
                repeat_of=earlier if self.dice.random() < 0.5 else None,
            ),
            customer=self.customer,
            actor=clerk,
            now=self.now,
            inputs={
                "description": "The line has been dead since Monday.",
                "category": self.dice.choice(self.scene.categories),
                "channel": channel,
                "severity": self.dice.choice(list(Severity)),
                "callback_number": None if refuses else self.number,
                "refuses_contact": refuses,
            },
        )
        self.others.append(self.complaint)
        fate = self.dice.random()
        if fate < 0.15:
            self.at_once()
        elif fate < 0.45:
            self.left = self.dice.choice((0, self.left))
            exact = self.dice.choice(EXACT) * DAY
            self.plan((5 * MINUTE, self.resolve), (exact - 5 * MINUTE, self.accept))
            if self.dice.random() < 0.3:
                self.plan((MINUTE, self.raise_level), (MINUTE, self.raise_level))

    def at_once(self) -> None:
        intake.solve_at_once(
            self.complaint, actor=self.complaint.responsible, now=self.now, answer=self.answer()
        )

    # Whose it is.

    def by_responsible(self, name: str, **said: Any) -> None:
        do(name, self.complaint, self.complaint.responsible, self.now, **said)

    def by(self, who: str, name: str, on: Complaint | WorkOrder, **said: Any) -> None:
        do(name, on, self.cast.person(who), self.now, **said)

    def transfer(self) -> None:
        to = self.dice.choice(("chen", "wang", "li"))
        self.by("he", "transfer", self.complaint, to=self.cast.people[to], reason="Load.")
        answers: tuple[Step, ...] = (
            lambda: self.by(to, "accept_transfer", self.complaint),
            lambda: self.by(to, "accept_transfer", self.complaint),
            lambda: self.by(to, "decline_transfer", self.complaint, reason="Away."),
        )
        self.plan((self.dice.choice(MINUTES) * MINUTE, self.dice.choice(answers)))

    def hand_over(self) -> None:
        to = self.cast.people[self.dice.choice(("chen", "wang", "li"))]
        self.by("admin", "hand_over", self.complaint, to=to, reason="Leaves.")

    # The work.

    def answer(self) -> dict[str, Any]:
        return {
            "answer": "Mended.",
            "outcome": self.dice.choice(list(Resolution)),
            "cause": self.dice.choice(self.scene.causes),
            "remedy": self.dice.choice(list(Remedy)),
            "liable_unit": self.dice.choice([None, *(self.cast.units[u] for u in DEPARTMENTS)]),
            "compensation": self.dice.choice([None, None, 5_000, 12_345]),
        }

    def start(self) -> None:
        self.by_responsible("start")

    def dispatch(self) -> None:
        """Some are handed over at the very moment at which the promise breaks."""
        units = self.dice.sample(DEPARTMENTS, self.dice.choice((1, 1, 2)))
        promised = timedelta(hours=self.dice.choice((6, 48)))
        self.by_responsible(
            "dispatch",
            units=[self.cast.units[unit] for unit in units],
            question="Why?",
            promised_at=self.now + promised,
        )
        soon = [(self.dice.choice(MINUTES) * MINUTE, self.order) for _ in range(3)]
        self.plan(*soon)
        fate = self.dice.random()
        if fate < 0.2:
            self.plan((promised, self.hand_over))
        elif fate < 0.6:
            self.move_and_tell(promised)

    def move_and_tell(self, promised: timedelta) -> None:
        """The promise is moved, perhaps twice, before it has passed or afterwards; the customer
        hears the answer before or after either time, whatever departments say."""
        moved = promised * self.dice.choice((0.1, 0.1, 0.4, 1.2, 1.2))
        told = self.dice.choice((0.2, 0.6, 1, 2)) * promised
        again = [self.override] * self.dice.choice((0, 1))
        self.plan((moved, self.override), *((promised * 0.05, step) for step in again))
        self.plan(
            (moved + told - 3 * MINUTE, self.recall_all),
            (MINUTE, self.resolve),
            (2 * MINUTE, self.accept),
        )

    def recall_all(self) -> None:
        for order in orders(self.complaint):
            if order.status in OPEN_ORDER:
                self.by_responsible_on(order, "recall", reason="No longer needed.")

    def resolve(self) -> None:
        self.by_responsible("resolve", **self.answer())

    def ask(self) -> None:
        self.by_responsible(
            "ask_customer",
            question="Which line?",
            wait_reason=self.dice.choice(list(WaitReason)),
            follow_up_at=self.now + 3 * DAY,
        )
        if self.dice.random() < 0.5:
            self.plan((40 * MINUTE, self.resume), (MINUTE, self.resolve), (DAY, self.accept))

    def resume(self) -> None:
        self.by_responsible("resume", text="They said.")

    def inform(self) -> None:
        self.by_responsible("inform", channel=CallChannel.MOBILE, message="Soon.")

    def urge(self) -> None:
        self.by_responsible("urge", text="Please.")

    def link(self) -> None:
        """Part of a problem; what becomes of that is told soon."""
        problem = self.scene.problem
        self.by("he", "link_problem", self.complaint, problem=problem)
        said = {"problem": problem, "message": "It is the cable."}
        share = lambda: do("share_progress", self.complaint, SYSTEM, self.now, **said)  # noqa: E731
        self.plan((40 * MINUTE, share))

    def order(self) -> None:
        by_unit = sorted(orders(self.complaint), key=lambda each: (each.sent_at, each.unit.code))
        found = [each for each in by_unit if each.status in OPEN_ORDER]
        answered = [each for each in by_unit if each.status is OrderStatus.ANSWERED]
        if answered and self.dice.random() < 0.15:
            self.by_responsible_on(self.dice.choice(answered), "reject_answer", reason="Not it.")
        elif found:
            self.treat(self.dice.choice(found))

    def treat(self, order: WorkOrder) -> None:
        agent = AGENTS[order.unit.code]
        if order.status is OrderStatus.ARBITRATION:
            self.arbitrate(order)
        elif order.status is OrderStatus.SENT and self.dice.random() < 0.6:
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

    # What happens beside.

    def contact(self) -> None:
        self.by("he", "contact", self.complaint, channel=Channel.PHONE, text="When?")

    def raise_level(self) -> None:
        self.by_responsible("raise_level", reason="Angry.")

    def override(self) -> None:
        """Put off, brought forward, given once more, or for the first time."""
        until_then = self.complaint.promised_at or self.now
        to = max(until_then, self.now) + self.dice.choice((DAY, 3 * DAY))
        if until_then > self.now and self.dice.random() < 0.6:
            to = until_then - timedelta(hours=self.dice.choice((0, 5, 20)))
        self.by("he", "override_deadline", self.complaint, promised_at=to, reason="Parts.")

    def correct(self) -> None:
        said = {
            "category": self.dice.choice(self.scene.categories),
            "severity": self.dice.choice(list(Severity)),
        }
        self.by_responsible("correct", reason="Misheard.", **said)
