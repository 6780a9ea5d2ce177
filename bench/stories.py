"""A few hundred complaints driven through the door, as desks and departments would.

Whole weeks of them are copied by `bench.copies`; what was driven is what the verbs wrote: events,
clocks, orders, callbacks. Those that ended took place five weeks ago, those that are open came in
during the last week.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bench.fill import Made
from bench.loop import NUMBER, register
from tickets.actions import take
from tickets.actors import Actor
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.facts import building
from tickets.models import Complaint, Membership, Person, WorkOrder
from workflow.reasons import Refused
from workflow.words import (
    CallChannel,
    CallOutcome,
    Channel,
    Remedy,
    Resolution,
    Severity,
    Status,
    WaitReason,
)

OPEN_SHARE = 0.2
"""Of the stories, not of the copies: enough kinds of open ones."""
PAUSES = (10, 40, 90, 240, 600, 1500)
"""Minutes between two steps."""
WEEK = timedelta(days=7)


def drive(made: Made, count: int, now: datetime) -> None:
    """Tell so many stories, committed one by one, and count their facts."""
    chance = random.Random(17)  # noqa: S311 - the same stories in every run
    for n in range(count):
        open_now = n < count * OPEN_SHARE
        since = now - WEEK if open_now else now - 6 * WEEK
        began = since + WEEK * chance.random()
        _Story(made, chance, n, began.replace(microsecond=0), now).tell(to_the_end=not open_now)
        db.session.commit()
    for complaint in db.session.scalars(select(Complaint)):
        timekeeping.reckon(complaint, now)
    db.session.commit()
    while ids := building.next_behind():
        building.count(ids)
        db.session.commit()


class _Story:
    def __init__(
        self, made: Made, chance: random.Random, n: int, began: datetime, until: datetime
    ) -> None:
        self.made, self.chance, self.now, self.until = made, chance, began, until
        self.stops = False
        clerk = db.session.get_one(Person, made.clerks[n % len(made.clerks)])
        self.complaint: Complaint = register(
            made,
            clerk,
            n,
            now=began,
            severity=chance.choice(list(Severity)),
            channel=chance.choice([Channel.PHONE, Channel.EMAIL, Channel.COUNTER, Channel.WEB]),
        )

    def tell(self, *, to_the_end: bool) -> None:
        steps = [self.start, self.note, self.dispatch, self.note]
        steps += [self.wait] if self.chance.random() < 0.2 else []
        steps += [self.resolve]
        if not to_the_end:
            reached = steps[: self.chance.randrange(len(steps) + 1)]
            for place, step in enumerate(reached, start=1):
                self.stops = place == len(reached)
                self.attempt(step)
            return
        for step in steps:
            self.attempt(step)
        if self.chance.random() < 0.1:
            self.attempt(lambda: self.call(CallOutcome.NOT_SOLVED))
            self.attempt(self.resolve)
        for _try in range(3):
            if self.complaint.status is Status.RESOLVED:
                self.attempt(lambda: self.call(CallOutcome.ACCEPTED))

    def attempt(self, step: Any) -> None:
        later = self.now + timedelta(minutes=self.chance.choice(PAUSES))
        self.now = min(later, self.until)
        try:
            step()
        except Refused:
            return

    def do(self, name: str, on: Complaint | WorkOrder, actor: Actor, **inputs: Any) -> None:
        take(name, on, actor=actor, now=self.now, seen_version=on.version, inputs=inputs)
        db.session.flush()

    def by_responsible(self, name: str, **inputs: Any) -> None:
        self.do(name, self.complaint, self.complaint.responsible, **inputs)

    def start(self) -> None:
        self.by_responsible("start")

    def note(self) -> None:
        self.by_responsible("note", text="The line was tested.")

    def dispatch(self) -> None:
        many = self.chance.choice((0, 1, 1, 1, 2))
        if not many:
            return
        self.by_responsible(
            "dispatch",
            units=self.chance.sample(self.made.departments, many),
            question="What is wrong?",
            promised_at=self.now + timedelta(days=3),
        )
        query = select(WorkOrder).where(WorkOrder.complaint_id == self.complaint.id)
        for order in db.session.scalars(query).all():
            if self.stops and self.chance.random() < 0.5:
                continue
            self.attempt(lambda order=order: self.do("accept", order, self.agent(order)))
            if self.stops and self.chance.random() < 0.5:
                continue
            if self.chance.random() < 0.1:
                self.attempt(
                    lambda order=order: self.do("return", order, self.agent(order), reason="No.")
                )
                continue
            self.attempt(
                lambda order=order: self.do("answer", order, self.agent(order), answer="Replaced.")
            )

    def agent(self, order: WorkOrder) -> Person:
        of_unit = select(Person).join(Membership).where(Membership.unit_id == order.unit_id)
        return db.session.scalars(of_unit).first()  # type: ignore[return-value]

    def wait(self) -> None:
        self.by_responsible(
            "ask_customer",
            question="Which line?",
            wait_reason=self.chance.choice(list(WaitReason)),
            follow_up_at=self.now + timedelta(days=3),
        )
        if self.stops:
            return
        self.now += timedelta(hours=self.chance.choice((3, 20, 50)))
        self.by_responsible("resume", text="They said.")

    def resolve(self) -> None:
        self.by_responsible(
            "resolve",
            answer="The card was replaced.",
            outcome=self.chance.choice(list(Resolution)),
            cause=self.made.cause,
            remedy=Remedy.REPAIR,
        )

    def call(self, outcome: CallOutcome) -> None:
        self.by_responsible(
            "record_callback",
            outcome=outcome,
            channel=CallChannel.PHONE,
            number=NUMBER,
            text="What they said.",
        )
