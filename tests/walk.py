"""A desk on which anybody tries anything: what may be tried, with what, and what must stay true."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import note
from sqlalchemy import event as listeners
from sqlalchemy import select

from tests.cast import SYSTEM, Cast, delivered, do, registered
from tests.invariants import objections_to_the_desk
from tickets.actions import RECORDING, Stale, take
from tickets.actions.cases import case_of, order_case_of, orders_of, pending_approval
from tickets.actors import Actor, parties_of
from tickets.database import db
from tickets.history.audit import audited
from tickets.models import Complaint, Event, Watch, WorkOrder
from tickets.policy import policy_now
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.machine import Refused, objections
from workflow.table import Action
from workflow.words import OPEN

READS = ("SELECT", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")
ON_ORDERS = frozenset(ORDER_ACTIONS.values())
ENDING_EARLY = frozenset({"withdraw", "merge"})


@dataclass(frozen=True)
class Choice:
    """One thing somebody may do now; no input can stand in its way but its own."""

    action: Action
    on: Complaint | WorkOrder
    who: str


class Desk:
    """The complaints of one walk, its clock, and what was done so far."""

    def __init__(self, cast: Cast, now: datetime, reached: Counter[str]) -> None:
        self.cast = cast
        self.now = now
        self.reached = reached
        self.complaints: list[Complaint] = []
        self.seen: dict[UUID, tuple[int, int]] = {}
        self.people = {name: cast.person(name) for name in cast.people}

    def actor(self, who: str) -> Actor:
        return SYSTEM if who == "system" else self.people[who]

    def actors(self) -> dict[str, Actor]:
        """Everybody who is still here, and the system."""
        here: dict[str, Actor] = {
            name: person for name, person in self.people.items() if person.active
        }
        return {**here, "system": SYSTEM}

    def register(self, who: str, **said: Any) -> None:
        complaint = registered(self.cast, now=self.now, by=who, **said)
        self.complaints.append(complaint)
        self.check(complaint)

    def complaint_of(self, on: Complaint | WorkOrder) -> Complaint:
        return on.complaint if isinstance(on, WorkOrder) else on

    def attempt(
        self, action: Action, on: Complaint | WorkOrder, who: str, inputs: dict[str, Any]
    ) -> bool:
        """Try it: whatever is refused has written nothing, whatever is done keeps every promise."""
        complaint = self.complaint_of(on)
        note(f"{who}: {action.name} on {complaint.status} {complaint.number} with {inputs}")
        with writes() as written:
            try:
                do(action.name, on, self.actor(who), self.now, **inputs)
            except Refused as refused:
                assert refused.reasons, "refused without a reason"
                assert not written, f"{action.name} was refused and wrote {written}"
                assert not pending_changes(), f"{action.name} was refused and left changes behind"
                return False
        db.session.flush()
        self.now += timedelta(minutes=1)
        assert self._rose(complaint), f"{action.name} left version or events as they were"
        self.check(complaint)
        self.deliver()
        return True

    def deliver(self) -> None:
        """What is due leaves at story time, as when a worker had carried it (decision P6)."""
        if delivered(self.now):
            for complaint in self.complaints:
                self.check(complaint)

    def let_pass(self, span: timedelta) -> None:
        self.now += span
        self.deliver()

    def attempt_stale(self, choice: Choice, inputs: dict[str, Any]) -> None:
        """What was seen before somebody else acted is refused, and nothing is written."""
        from_before = choice.on.version - 1
        with writes() as written:
            try:
                take(
                    choice.action.name,
                    choice.on,
                    actor=self.actor(choice.who),
                    now=self.now,
                    seen_version=from_before,
                    inputs=inputs,
                )
            except (Stale, Refused):
                assert not written
                return
        assert choice.action.name in RECORDING
        self.check(self.complaint_of(choice.on))

    def _rose(self, complaint: Complaint) -> bool:
        version, events = self.seen[complaint.id]
        return complaint.version > version and complaint.event_count > events

    def check(self, touched: Complaint) -> None:
        for complaint in self.complaints:
            version, events = self.seen.get(complaint.id, (0, 0))
            assert (complaint.version >= version) and (complaint.event_count >= events)
            self.seen[complaint.id] = (complaint.version, complaint.event_count)
        assert objections_to_the_desk() == []
        assert touched.status not in OPEN or self.goes_on(touched), (
            f"nobody can go on with a complaint that is {touched.status}"
        )

    def goes_on(self, complaint: Complaint) -> bool:
        """Whether some person can lead it on, giving up aside."""
        return any(
            choice.action.targets()
            and choice.action.name not in ENDING_EARLY
            and choice.who != "system"
            for choice in self.choices(complaint)
        )

    def verify(self) -> None:
        """What is stored, read anew, has no flaw in its history; what it tells is counted."""
        db.session.expire_all()
        for event in db.session.scalars(select(Event)):
            self.reached[event.action] += 1
            self.reached[f"→ {event.data.get('to_status')}"] += 1
        ids = [each.id for each in self.complaints]
        found = list(audited(ids))
        assert [flaw for each in found for flaw in each.flaws] == []
        assert sum(each.not_covered for each in found) == 0, "events tell of every column"

    def choices(self, complaint: Complaint) -> list[Choice]:
        """Everything that somebody active, or the system, may do with it and its orders now."""
        policy, orders = policy_now(), orders_of(complaint)
        case = case_of(complaint, actor=SYSTEM, now=self.now, policy=policy, orders=orders)
        watching, request = self._watching(complaint), pending_approval(complaint)
        units = {order.unit_id for order in orders}
        found = []
        for who, actor in self.actors().items():
            parties = parties_of(
                actor,
                complaint,
                order_units=units,
                named=case.transfer_to,  # type: ignore[arg-type]
                decider=request.named_id if request else None,
            )
            own = replace(case, parties=parties, actor_id=actor.id, watching=actor.id in watching)
            found += [Choice(a, complaint, who) for a in ACTIONS.values() if not objections(a, own)]
        for fact in orders:
            order = db.session.get_one(WorkOrder, fact.id)
            general = order_case_of(order, actor=SYSTEM, now=self.now, policy=policy, orders=orders)
            for who, actor in self.actors().items():
                parties = parties_of(actor, complaint, order_units={order.unit_id})
                own = replace(general, parties=parties, actor_id=actor.id)
                rows = ORDER_ACTIONS.values()
                found += [Choice(a, order, who) for a in rows if not objections(a, own)]
        return found

    def _watching(self, complaint: Complaint) -> set[UUID]:
        query = select(Watch.person_id).where(Watch.complaint_id == complaint.id)
        return set(db.session.scalars(query))


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that change anything, while this is open."""
    written: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(READS):
            written.append(statement)

    listeners.listen(db.engine, "before_cursor_execute", look)
    try:
        yield written
    finally:
        listeners.remove(db.engine, "before_cursor_execute", look)


def pending_changes() -> list[Any]:
    session = db.session
    changed = [each for each in session.dirty if session.is_modified(each)]
    return [*changed, *session.new, *session.deleted]
