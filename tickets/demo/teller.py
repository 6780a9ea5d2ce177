"""Tells the stories: every step goes through the verbs, in the order of time over all stories."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from tickets import customers, intake
from tickets.actions import take
from tickets.database import db
from tickets.demo.delivery import deliver_until
from tickets.demo.steps import RESPONSIBLE, SOLVE_AT_ONCE, Step, Story, Who
from tickets.history.vocabulary import EventName
from tickets.models import (
    CallbackAttempt,
    Category,
    Cause,
    Complaint,
    ContactKind,
    Customer,
    Notice,
    Person,
    Unit,
    WorkOrder,
)
from workflow.callbacks import after_quiet
from workflow.order_lifecycle import ORDER_ACTIONS
from workflow.policy import Policy
from workflow.reasons import Refused
from workflow.words import CallChannel, Card, GroupTier

AGO = re.compile(r"([+-])(\d+)([mh])")
ON_A_DAY = re.compile(r"([+-]\d+) (\d\d):(\d\d)")
UNITS_OF_TIME = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
LEAST_PROMISE = timedelta(hours=24)
CONFIRMED: Mapping[str, tuple[str, Any, Any]] = {
    "confirm_attempt": ("attempt", CallbackAttempt, CallbackAttempt.recorded_at),
    "confirm_posting": ("notice", Notice, Notice.sent_at),
}
"""Actions that name a row which has no name in a story."""


def moment(written: str, now: datetime, policy: Policy) -> datetime:
    """The instant that a story writes as "-3 09:20", "-90m" or "+2h"."""
    relative = AGO.fullmatch(written)
    if relative:
        sign, count, unit = relative.groups()
        span = int(count) * UNITS_OF_TIME[unit]
        return now + span if sign == "+" else now - span
    on_a_day = ON_A_DAY.fullmatch(written)
    if on_a_day is None:
        raise ValueError(f"not a moment of a story: {written!r}")
    days, hour, minute = map(int, on_a_day.groups())
    day = now.astimezone(policy.zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=policy.zone)


@dataclass
class Teller:
    """Knows who is who, and what has been told so far."""

    now: datetime
    policy: Policy
    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    told: dict[str, Complaint] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {each.login: each for each in db.session.scalars(select(Person))}
        self.units = {each.code: each for each in db.session.scalars(select(Unit))}
        self.categories = {each.code: each for each in db.session.scalars(select(Category))}
        self.causes = {each.code: each for each in db.session.scalars(select(Cause))}

    def tell(self, stories: Sequence[Story]) -> None:
        """Tell all stories; what happened earlier is written down earlier, and what was written
        to customers has left before anything that comes later."""
        for at, story, step in sorted(self._in_time(stories), key=lambda each: each[0]):
            deliver_until(at)
            try:
                self._go_on(story, step)
            except Refused as refused:
                where = f"{story.key}, {step.at + ' ' + step.action if step else 'registering'}"
                refused.add_note(f"in the story {where}")
                raise
        deliver_until(self.now)

    def _go_on(self, story: Story, step: Step | None) -> None:
        if step is None:
            self.told[story.key] = self._register(story)
            return
        self._take(step, self.told[story.key])

    def _in_time(self, stories: Sequence[Story]) -> Iterator[tuple[datetime, Story, Step | None]]:
        for story in stories:
            yield self._when(story.at), story, None
            for step in story.steps:
                yield self._when(step.at), story, step

    def _when(self, written: str) -> datetime:
        return moment(written, self.now, self.policy)

    def _register(self, story: Story) -> Complaint:
        at, responsible = self._when(story.at), self.people[story.by]
        customer = self._customer(story.customer, at)
        first = intake.FirstContact(
            unit=responsible.memberships[0].unit,
            responsible=responsible,
            line=story.line or story.customer.account or story.customer.phone,
            town=customer.town,
            on_behalf_of=story.on_behalf_of,
            repeat_of=self.told[story.repeat_of] if story.repeat_of else None,
            callback_channel=None if story.refuses_contact else CallChannel.MOBILE,
        )
        said = {
            "description": story.says,
            "category": self.categories[story.category],
            "channel": story.channel,
            "severity": story.severity,
            "wish": story.wants,
            "callback_wish": story.when_to_call,
            **_way_to_call(story),
        }
        return intake.register(first, customer=customer, actor=responsible, now=at, inputs=said)

    def _customer(self, who: Who, at: datetime) -> Customer:
        if who.phone in self.customers:
            return self.customers[who.phone]
        given = ((ContactKind.PHONE, who.phone), (ContactKind.ACCOUNT, who.account))
        region = self.policy.region
        found = self.customers[who.phone] = customers.add(
            name=who.name,
            contacts=[customers.contact(kind, text, region) for kind, text in given if text],
            now=at,
            group_tier=who.tier if isinstance(who.tier, GroupTier) else None,
            card=who.tier if isinstance(who.tier, Card) else None,
            town=who.town,
            language=who.language,
        )
        return found

    def _take(self, step: Step, complaint: Complaint) -> None:
        actor = complaint.responsible if step.by == RESPONSIBLE else self.people[step.by]
        at = self._when(step.at)
        inputs = {**step.said, **self._moments(step, complaint, at), **self._referred(step)}
        inputs |= self._confirmed(step, complaint)
        if step.action == EventName.RECORD_CALLBACK:
            inputs.setdefault("number", complaint.callback_number)
        if step.action == SOLVE_AT_ONCE:
            intake.solve_at_once(complaint, actor=actor, now=at, answer=inputs)
            return
        of_order = step.action in ORDER_ACTIONS
        on = self._order(complaint, self.units[step.on]) if of_order else complaint
        take(step.action, on, actor=actor, now=at, seen_version=None, inputs=inputs)

    def _moments(self, step: Step, complaint: Complaint, at: datetime) -> dict[str, datetime]:
        found = {name: self._when(written) for name, written in step.moments.items()}
        if step.action == EventName.DISPATCH:
            told = complaint.promised_at
            found["promised_at"] = told if told and told > at else at + LEAST_PROMISE
        if step.action == EventName.SCHEDULE_CALLBACK:
            found["scheduled_for"] = after_quiet(found["scheduled_for"], self.policy)
        return found

    def _referred(self, step: Step) -> dict[str, object]:
        known: dict[str, Mapping[str, object]] = {
            "cause": self.causes,
            "handler": self.people,
            "to": self.people,
            "unit": self.units,
            "into": self.told,
        }
        found: dict[str, object] = {}
        for name, key in step.refers.items():
            if isinstance(key, tuple):
                found[name] = [self.units[code] for code in key]
            elif name in known:
                found[name] = known[name][key]
        return found

    def _confirmed(self, step: Step, complaint: Complaint) -> dict[str, object]:
        """What somebody confirms is the newest of its kind."""
        if step.action not in CONFIRMED:
            return {}
        name, model, newest = CONFIRMED[step.action]
        query = select(model).where(model.complaint_id == complaint.id).order_by(newest.desc())
        return {name: db.session.scalars(query.limit(1)).one()}

    def _order(self, complaint: Complaint, unit: Unit) -> WorkOrder:
        """The newest order of this department."""
        return db.session.scalars(
            select(WorkOrder)
            .where(WorkOrder.complaint_id == complaint.id, WorkOrder.unit_id == unit.id)
            .order_by(WorkOrder.sent_at.desc(), WorkOrder.id.desc())
            .limit(1)
        ).one()


def _way_to_call(story: Story) -> dict[str, object]:
    if story.refuses_contact:
        return {"refuses_contact": True}
    return {"callback_number": story.customer.phone}
