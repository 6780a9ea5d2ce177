"""What each complaint's events say that counts, told by somebody who only reads them.

Slow and plain on purpose, and without a line of what it is compared with. Each complaint becomes a
story: what it is, when it ended, and its marks, each one thing to count at its moment.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.plain_ends import end, ends_and_objections
from tests.plain_promises import moved_promises
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.models import Approval, Complaint, Event, QualitySample, WorkOrder
from workflow.words import ClockState

ENDS = ("closed", "withdrawn", "merged")
ACCEPTS, REOPENS = ("accepted", "understood"), ("not_solved", "dissatisfied")
NOT_LIMITS = ("follow_up", "stale", "progress")
MARKED = ("heard", "informed", "solved", "kept", "recorded")


@dataclass(frozen=True)
class Mark:
    """Counts as `number` in this column of this row, where its moment lies in the period."""

    report: str
    table: str
    row: str
    column: str
    at: datetime
    number: int


@dataclass(frozen=True)
class Wait:
    """For whom, of which unit, the complaint waited, who answered for it, from when to when."""

    whom: str
    unit: UUID
    person: UUID
    begins: datetime
    ends: datetime | None


@dataclass
class Story:
    """One complaint. `again` is whether the customer came back with it, `said` the answer with
    which it was closed."""

    complaint: Complaint
    events: Sequence[Event]
    units: dict[UUID, UUID]
    grounds: dict[str, str]
    samples: Sequence[QualitySample]
    asked: datetime
    ended_at: datetime | None = None
    ended_as: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    again: bool = False
    marks: list[Mark] = field(default_factory=list)

    def mark(self, at: datetime, report: str, table: str, row: Any, **columns: int) -> None:
        """One row's columns; what is nought is no mark."""
        for column, number in columns.items():
            if number:
                self.marks.append(Mark(report, table, written(row), column, at, number))

    def tell(self) -> None:
        self.ended_at, self.ended_as = end(self.events)
        self.again = any(back(each) for each in self.events)
        answers = [each for each in self.events if each.action == "resolve"]
        self.came(answers)
        if self.ended_at is not None:
            self.went(self.ended_at, answers)
        waits = list(self.waits())
        self.limits(waits)
        self.calls()
        self.answers()
        self.ends()
        self.returns()
        self.pauses()
        self.second_calls()

    # How it came and went.

    def came(self, answers: list[Event]) -> None:
        """Solved at first contact: answered at the moment at which it was registered."""
        about = self.complaint
        at_once = any(each.at == self.events[0].at for each in answers)
        for table, row in (
            ("units", about.unit_id),
            ("categories", about.category_id),
            ("channels", about.channel.value),
        ):
            self.mark(about.registered_at, "first_contact", table, row, all=1, at_once=at_once)
        repeated = about.repeat_of_id is not None
        row = about.category_id
        self.mark(about.registered_at, "came_back", "repeats", row, all=1, repeated=repeated)

    def went(self, at: datetime, answers: list[Event]) -> None:
        home = self.complaint.unit_id
        self.mark(at, "flow", "ended", home, all=1, **{self.ended_as: 1})
        for wait in self.waits():
            assert wait.ends is not None
            spent = {"segments": 1, "time": round((wait.ends - wait.begins).total_seconds())}
            self.mark(at, "time", "holders", wait.whom, **spent)
            self.mark(at, "time", "units", home, **spent)
            if wait.whom == "department":
                self.mark(at, "time", "departments", wait.unit, **spent)
        if self.ended_as == "closed":
            self.why(at, answers[-1].data)

    def why(self, at: datetime, said: dict[str, Any]) -> None:
        self.said = said
        outcome = {"all": 1, said["outcome"]: 1}
        self.mark(at, "causes", "causes", UUID(said["cause"]), **outcome)
        self.mark(at, "causes", "categories", self.complaint.category_id, **outcome)
        money = int(said.get("compensation") or 0)
        granted = {"all": 1, "granted": money > 0, "compensation": money}
        self.mark(at, "causes", "remedies", said["remedy"], **granted)
        liable = UUID(said["liable_unit"]) if said.get("liable_unit") else None
        self.mark(at, "causes", "liable", liable, **granted)

    # Who was waited for.

    def waits(self) -> Iterator[Wait]:
        """What was waited for after each event; what stays the same is one wait."""
        open_one: Wait | None = None
        begins = self.complaint.registered_at
        for at, now in self.states():
            if open_one is not None and now is not None and same(open_one, now):
                continue
            if open_one is not None:
                yield Wait(*parts(open_one), open_one.begins, at)
                begins = at
            elif now is not None and at != self.events[0].at:
                begins = at
            open_one = Wait(*now, begins, None) if now is not None else None
        if open_one is not None:
            yield open_one

    def states(self) -> Iterator[tuple[datetime, tuple[str, UUID, UUID] | None]]:
        """After each event: whom it waits for, and None once it has ended."""
        home, status = self.complaint.unit_id, "registered"
        person = UUID(self.events[0].data["responsible"])
        open_orders: dict[UUID, UUID] = {}
        for event in self.events:
            if event.action in ("accept_transfer", "hand_over"):
                person = UUID(event.data["to_person"])
            self.move_orders(event, open_orders)
            if event.work_order_id is None:
                status = event.data.get("to_status") or status
            if status in ENDS:
                yield event.at, None
            elif status == "dispatched" and open_orders:
                yield event.at, ("department", next(iter(open_orders.values())), person)
            else:
                whom = {"waiting_customer": "customer", "resolved": "callback"}.get(status, "desk")
                yield event.at, (whom, home, person)

    def move_orders(self, event: Event, open_orders: dict[UUID, UUID]) -> None:
        for order in sent_by(event):
            open_orders[order] = self.units[order]
        order_id = event.work_order_id
        if order_id is not None:
            if event.data.get("to_status") in ("answered", "returned", "recalled"):
                open_orders.pop(order_id, None)
            elif event.action == "order_reject_answer":
                open_orders[order_id] = self.units[order_id]

    # Limits.

    def limits(self, waits: list[Wait]) -> None:
        """Each limit at the moment at which its result was certain. The clocks themselves are
        taken as given: others compare them with what happened."""
        clocks = timekeeping.clocks_of(self.complaint, self.asked)
        moved_promises(self.mark, self.complaint.unit_id, self.events, clocks)
        for clock in clocks:
            kind, missed = clock.id.kind.value, clock.breached_at is not None
            if clock.state is ClockState.VOID or kind in NOT_LIMITS:
                continue
            at = clock.breached_at if missed else clock.ended_at
            if at is None or not (missed or clock.state is ClockState.MET):
                continue
            subject = clock.id.subject
            unit = self.units[UUID(subject)] if subject else self.complaint.unit_id
            self.limit(at, kind, missed, unit, holding(waits, at))

    def limit(self, at: datetime, kind: str, missed: bool, unit: UUID, wait: Wait) -> None:
        home, category = self.complaint.unit_id, self.complaint.category_id
        result = {"all": 1, "missed" if missed else "met": 1}
        self.mark(at, "limits", "kinds", kind, **result)
        self.mark(at, "limits", "units", home, **result)
        self.mark(at, "limits", "categories", category, **result)
        if kind in ("accept", "answer"):
            self.mark(at, "limits", "departments", unit, **result)
        if kind == "callback":
            self.mark(at, "callbacks", "in_time", home, **result)
        if kind == "promise":
            word = {"all": 1, "broken" if missed else "kept": 1}
            self.mark(at, "promises", "units", home, **word)
            self.mark(at, "promises", "people", wait.person, **word)
        if missed:
            self.mark(at, "limits", "held_by", wait.person, missed=1)
            self.mark(at, "limits", "waited_for", wait.whom, missed=1)
            self.mark(at, "limits", "held_at", wait.unit, missed=1)

    # What happened.

    def calls(self) -> None:
        """Attempts of each cycle; a closing that was undone was none."""
        tried, closings = 0, list[tuple[datetime, str, int]]()
        for event in self.events:
            if event.action == "record_callback":
                tried += 1
                self.attempt(event.at, event.data["outcome"], tried)
                if event.data.get("to_status") == "closed":
                    closings.append((event.at, "on_callback", tried))
            if event.action == "close_unreached":
                ground = self.grounds[event.data["approval"]]
                how = {"refuses_contact": "refused"}.get(ground, ground)
                closings.append((event.at, how, tried))
            if event.action == "undo_closing":
                closings.pop()
            tried = 0 if back(event) else tried
        for at, how, number in closings:
            counted = {"closed": 1, how: 1, "calls": number}
            self.mark(at, "callbacks", "closings", self.complaint.unit_id, **counted)

    def ends(self) -> None:
        for at, who, counted in ends_and_objections(self.events):
            self.mark(at, "ends", "people", who, **counted)
            self.mark(at, "ends", "units", self.complaint.unit_id, **counted)

    def attempt(self, at: datetime, outcome: str, number: int) -> None:
        self.mark(at, "callbacks", "outcomes", outcome, attempts=1)
        self.mark(
            at,
            "callbacks",
            "attempts",
            self.complaint.unit_id,
            attempts=1,
            reached=outcome in ACCEPTS + REOPENS,
            firsts=number == 1,
            accepted=number == 1 and outcome in ACCEPTS,
        )

    def answers(self) -> None:
        """Answers, and what came back of them, for whoever verified and whoever wrote them."""
        resolver, department = None, None
        for event in self.events:
            if event.action == "order_answer" and event.work_order_id is not None:
                department = self.units[event.work_order_id]
            if event.action == "resolve":
                resolver = event.actor_id
            counted = {
                "resolved": event.action == "resolve",
                "back": back(event),
                "reopened": event.action == "reopen",
            }
            for table, row in (
                ("categories", self.complaint.category_id),
                ("departments", department),
                ("people", resolver),
            ):
                self.mark(event.at, "came_back", table, row, **counted)
            department = None if back(event) else department

    def returns(self) -> None:
        last: UUID | None = None
        home = self.complaint.unit_id
        for event in self.events:
            if event.action == "order_return" and event.work_order_id is not None:
                last = self.units[event.work_order_id]
                self.mark(event.at, "returns", "returned", last, returns=1)
                self.mark(event.at, "returns", "matrix", last, **{home.hex: 1, "total": 1})
            if event.action == "order_arbitrate":
                self.mark(event.at, "returns", "rulings", event.data["ruling"], rulings=1)
            for order in sent_by(event):
                if last is not None:
                    to = {self.units[order].hex: 1, "total": 1}
                    self.mark(event.at, "returns", "sent_on", last, **to)
                last = None

    def pauses(self) -> None:
        began: Event | None = None
        for event in self.events:
            to = event.data.get("to_status") if event.work_order_id is None else None
            if began is not None and to not in (None, "waiting_customer"):
                self.pause(began, event.at)
                began = None
            if event.action == "ask_customer":
                began = event
        if began is not None:
            self.pause(began, None)

    def pause(self, began: Event, until: datetime | None) -> None:
        spent = round((until - began.at).total_seconds()) if until else 0
        reason, home = began.data["wait_reason"], self.complaint.unit_id
        over = until is not None
        self.mark(began.at, "pauses", "reasons", reason, pauses=1, over=over, time=spent)
        self.mark(began.at, "pauses", "units", home, pauses=1, time=spent)

    # The second call.

    def second_calls(self) -> None:
        home = self.complaint.unit_id
        for sample in self.samples:
            at, scored = sample.scored_at, sample.state.value == "scored"
            if at is None:
                continue
            self.mark(at, "quality", "reasons", sample.why.value, all=1, skipped=not scored)
            if not scored or sample.verdict is None:
                continue
            points = {f"sum_{name}": getattr(sample, name) for name in MARKED}
            percent = 10 * sum(points.values())
            result = {"all": 1, "low": percent < 60, "sum": percent}
            self.mark(at, "quality", "units", home, **result)
            self.mark(at, "quality", "people", self.responsible_at(sample.closed_at), **result)
            self.mark(at, "quality", "items", home, all=1, **points)
            self.mark(at, "quality", "verdicts", sample.verdict.value, all=1)

    def responsible_at(self, at: datetime) -> UUID:
        person = UUID(self.events[0].data["responsible"])
        for event in self.events:
            if event.at <= at and event.action in ("accept_transfer", "hand_over"):
                person = UUID(event.data["to_person"])
        return person


def sent_by(event: Event) -> list[UUID]:
    """The orders that went out with this event."""
    sends = event.action in ("dispatch", "order_arbitrate")
    return [UUID(order) for order in event.data.get("orders", ())] if sends else []


def back(event: Event) -> bool:
    """Whether the customer came back with it."""
    if event.action == "reopen":
        return True
    return event.action == "record_callback" and event.data.get("to_status") == "in_progress"


def parts(wait: Wait) -> tuple[str, UUID, UUID]:
    return wait.whom, wait.unit, wait.person


def same(wait: Wait, state: tuple[str, UUID, UUID]) -> bool:
    return parts(wait) == state


def holding(waits: list[Wait], at: datetime) -> Wait:
    """The wait in which the moment lies; one on the edge belongs to the wait that it ends."""
    before = [each for each in waits if each.begins < at]
    return before[-1] if before else waits[0]


def written(value: Any) -> str:
    if value is None:
        return "-"
    return value.hex if isinstance(value, UUID) else str(value)


def stories(asked: datetime) -> list[Story]:
    """The story of every complaint there is, as it stands at that moment."""
    events: dict[UUID, list[Event]] = defaultdict(list)
    for event in db.session.scalars(select(Event).order_by(Event.seq)):
        if event.complaint_id is not None:
            events[event.complaint_id].append(event)
    units: dict[UUID, dict[UUID, UUID]] = defaultdict(dict)
    for order in db.session.scalars(select(WorkOrder)):
        units[order.complaint_id][order.id] = order.unit_id
    samples: dict[UUID, list[QualitySample]] = defaultdict(list)
    for sample in db.session.scalars(select(QualitySample)):
        samples[sample.complaint_id].append(sample)
    grounds = {str(each.id): each.ground.value for each in db.session.scalars(select(Approval))}
    found = [
        Story(each, events[each.id], units[each.id], grounds, samples[each.id], asked)
        for each in db.session.scalars(select(Complaint))
    ]
    for story in found:
        story.tell()
    return found
