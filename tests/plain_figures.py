"""Every figure of every report, reckoned anew from the events by somebody who only reads them.

Slow and plain on purpose, and without a line of what it is compared with. The answer is a
dictionary: (report, table) → row's key → column → number.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from tests.plain_promises import moved_promises
from tickets import timekeeping
from tickets.database import db
from tickets.models import Complaint, Event, WorkOrder
from workflow.words import ClockState

ENDS = ("closed", "withdrawn", "merged")
ACCEPTS, REOPENS = ("accepted", "understood"), ("not_solved", "dissatisfied")
NOT_LIMITS = ("follow_up", "stale", "progress")
Figures = dict[tuple[str, str], dict[str, dict[str, int]]]


@dataclass
class Window:
    """The period, as instants and days, and the moment at which it is asked."""

    starts: datetime
    ends: datetime
    first: date
    last: date
    zone: ZoneInfo
    now: datetime

    def has(self, at: datetime | None) -> bool:
        return at is not None and self.starts <= at < min(self.ends, self.now)

    @property
    def moment(self) -> datetime:
        return min(self.ends, self.now)


class Reckoner:
    """Counts one desk."""

    def __init__(self, complaints: Iterable[Complaint], window: Window) -> None:
        self.window = window
        self.found: Figures = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        for complaint in complaints:
            events = db.session.scalars(
                select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq)
            ).all()
            self.units = {
                order.id: order.unit_id
                for order in db.session.scalars(
                    select(WorkOrder).where(WorkOrder.complaint_id == complaint.id)
                )
            }
            self.one(complaint, events)

    def add(self, report: str, table: str, row: Any, column: str, number: int = 1) -> None:
        for key in (written(row), "total"):
            self.found[report, table][key][column] += number

    def one(self, complaint: Complaint, events: list[Event]) -> None:
        home = complaint.unit_id
        category = complaint.category_id
        ended_at, ended_as = self.end(events)
        self.came_and_went(complaint, ended_at, ended_as)
        self.open_ones(complaint, ended_at, events)
        if self.window.has(complaint.registered_at):
            for table, row in (
                ("units", home),
                ("categories", category),
                ("channels", complaint.channel.value),
            ):
                self.add("first_contact", table, row, "all")
                if complaint.first_contact_solution:
                    self.add("first_contact", table, row, "at_once")
            self.add("came_back", "repeats", category, "all")
        waits = self.waits(complaint, events)
        if self.window.has(ended_at):
            self.where_the_time_went(home, waits)
            if ended_as == "closed":
                self.why(category, [each for each in events if each.action == "resolve"])
        self.limits(complaint, waits)
        moved_promises(self.add, self.window, complaint, events)
        self.calls(home, events)
        self.answers(category, events)
        self.returns(home, events)
        self.pauses(home, events)

    # Ends.

    def end(self, events: list[Event]) -> tuple[datetime | None, str]:
        at, status = None, ""
        for event in events:
            to = event.data.get("to_status")
            if event.work_order_id is not None or to is None:
                continue
            if to in ENDS and status not in ENDS:
                at = event.at
            status = to
        return (at, status) if status in ENDS else (None, "")

    def came_and_went(self, complaint: Complaint, ended_at: datetime | None, ended_as: str) -> None:
        if self.window.has(ended_at):
            self.add("flow", "ended", complaint.unit_id, "all")
            self.add("flow", "ended", complaint.unit_id, ended_as)
        for first, last in self.weeks():
            key = first.isoformat()
            came, went = self.day(complaint.registered_at), self.day(ended_at)
            flow = self.found["flow", "flow"][key]
            flow["came"] += self.window.has(complaint.registered_at) and first <= came <= last
            flow["went"] += self.window.has(ended_at) and first <= went <= last
            until = min(
                datetime.combine(last + timedelta(days=1), datetime.min.time(), self.window.zone),
                self.window.now,
            )
            flow["left"] += complaint.registered_at < until and (
                ended_at is None or ended_at >= until
            )

    def day(self, at: datetime | None) -> date:
        return at.astimezone(self.window.zone).date() if at else date.max

    def weeks(self) -> Iterable[tuple[date, date]]:
        """Every day of a short period, else every week from Monday."""
        at, days = self.window.first, (self.window.last - self.window.first).days + 1
        while at <= self.window.last and self.begins(at) < self.window.moment:
            last = at if days <= 45 else at + timedelta(days=6 - at.weekday())
            yield at, min(last, self.window.last)
            at = last + timedelta(days=1)

    def begins(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), self.window.zone)

    def open_ones(
        self, complaint: Complaint, ended_at: datetime | None, events: list[Event]
    ) -> None:
        moment = self.window.moment
        if complaint.registered_at >= moment or (ended_at is not None and ended_at < moment):
            return
        age = moment - complaint.registered_at
        names = ("day", "three_days", "week", "two_weeks", "month")
        bounds = zip(names, (1, 3, 7, 15, 30), strict=True)
        row = next((name for name, days in bounds if age < timedelta(days=days)), "older")
        again = any(each.action in ("reopen", "record_callback") and back(each) for each in events)
        for report, table, key in (
            ("ageing", "ages", row),
            ("ageing", "units", complaint.unit_id),
            ("ageing", "categories", complaint.category_id),
            ("load", "people", complaint.responsible_id),
        ):
            self.add(report, table, key, "open")
            self.add(report, table, key, "serious", complaint.severity != "normal")
            self.add(report, table, key, "raised", complaint.level >= 1)
            if report == "load":
                self.add(report, table, key, "again", again)

    # Who was waited for.

    def waits(  # noqa: C901 - one story, told from beginning to end
        self, complaint: Complaint, events: list[Event]
    ) -> list[tuple[str, Any, Any, datetime, datetime | None]]:
        """(whom, unit, person, from, until): what was waited for after each event, joined."""
        found: list[list[Any]] = []
        status, person = "registered", None
        open_orders: dict[UUID, UUID] = {}
        for event in events:
            person = UUID(str(event.data.get("responsible", person))) if not found else person
            if event.action in ("accept_transfer", "hand_over"):
                person = UUID(event.data["to_person"])
            for order in event.data.get("orders", ()) if sends(event) else ():
                open_orders[UUID(order)] = self.units[UUID(order)]
            order_to = event.data.get("to_status") if event.work_order_id else None
            if order_to in ("answered", "returned", "recalled"):
                open_orders.pop(event.work_order_id, None)
            elif event.action == "order_reject_answer":
                open_orders[event.work_order_id] = self.units[event.work_order_id]
            elif event.work_order_id is None:
                status = event.data.get("to_status") or status
            whom = {"waiting_customer": "customer", "resolved": "callback"}.get(status, "desk")
            unit = complaint.unit_id
            if status == "dispatched" and open_orders:
                whom, unit = "department", next(iter(open_orders.values()))
            at = event.at if found else complaint.registered_at
            if found and found[-1][4] is None:
                if status not in ENDS and found[-1][:3] == [whom, unit, person]:
                    continue
                found[-1][4] = at
            if status not in ENDS:
                found.append([whom, unit, person, at, None])
        return [tuple(each) for each in found]

    def where_the_time_went(self, home: UUID, waits: Iterable[Any]) -> None:
        for whom, unit, _person, begins, ends in waits:
            seconds = round((ends - begins).total_seconds())
            tables = [("holders", whom), ("units", home)]
            if whom == "department":
                tables.append(("departments", unit))
            for table, row in tables:
                self.add("time", table, row, "segments")
                self.add("time", table, row, "time", seconds)

    def limits(self, complaint: Complaint, waits: list[Any]) -> None:  # noqa: C901 - the same
        for clock in timekeeping.clocks_of(complaint, self.window.now):
            kind = clock.id.kind.value
            if clock.state is ClockState.VOID or kind in NOT_LIMITS:
                continue
            missed = clock.breached_at is not None
            at = clock.breached_at if missed else clock.ended_at
            if not self.window.has(at) or (not missed and clock.state is not ClockState.MET):
                continue
            column = "missed" if missed else "met"
            unit = self.units[UUID(clock.id.subject)] if clock.id.subject else complaint.unit_id
            tables = [
                ("kinds", kind),
                ("units", complaint.unit_id),
                ("categories", complaint.category_id),
            ]
            if kind in ("accept", "answer"):
                tables.append(("departments", unit))
            for table, row in tables:
                self.add("limits", table, row, "all")
                self.add("limits", table, row, column)
            if kind == "promise":
                self.add("promises", "units", complaint.unit_id, "all")
                self.add("promises", "units", complaint.unit_id, "broken" if missed else "kept")
            if kind == "callback":
                self.add("callbacks", "in_time", complaint.unit_id, "all")
                self.add("callbacks", "in_time", complaint.unit_id, column)
            whom, held, by, _from, _until = holding(waits, at)
            if kind == "promise":
                self.add("promises", "people", by, "all")
                self.add("promises", "people", by, "broken" if missed else "kept")
            if missed:
                self.add("limits", "held_by", by, "missed")
                self.add("limits", "waited_for", whom, "missed")
                self.add("limits", "held_at", held, "missed")

    # What happened.

    def calls(self, home: UUID, events: list[Event]) -> None:  # noqa: C901 - the same
        tried, ground = 0, ""
        closings: list[tuple[datetime, str, int]] = []
        for event in events:
            if event.action == "record_callback":
                tried += 1
                outcome = event.data["outcome"]
                if self.window.has(event.at):
                    self.attempt(home, outcome, tried)
                if event.data.get("to_status") == "closed":
                    closings.append((event.at, "on_callback", tried))
            if event.action == "request_closing":
                ground = event.data["ground"]
            if event.action == "close_unreached":
                how = "refused" if ground == "refuses_contact" else "unreachable"
                closings.append((event.at, how, tried))
            if event.action == "undo_closing":
                closings.pop()
            if back(event):
                tried, ground = 0, ""
        for at, how, number in closings:
            if self.window.has(at):
                for column, value in (("closed", 1), (how, 1), ("calls", number)):
                    self.add("callbacks", "closings", home, column, value)

    def attempt(self, home: UUID, outcome: str, number: int) -> None:
        self.add("callbacks", "outcomes", outcome, "attempts")
        self.add("callbacks", "attempts", home, "attempts")
        self.add("callbacks", "attempts", home, "reached", outcome in ACCEPTS + REOPENS)
        self.add("callbacks", "attempts", home, "firsts", number == 1)
        self.add("callbacks", "attempts", home, "accepted", number == 1 and outcome in ACCEPTS)

    def answers(self, category: UUID, events: list[Event]) -> None:
        resolver, department = None, None
        for event in events:
            if event.action == "order_answer":
                department = self.units[event.work_order_id]
            if event.action == "resolve":
                resolver = event.actor_id
            columns = ["resolved"] if event.action == "resolve" else []
            if back(event):
                columns = ["back", "reopened"] if event.action == "reopen" else ["back"]
            if self.window.has(event.at):
                for column in columns:
                    self.add("came_back", "categories", category, column)
                    self.add("came_back", "departments", department, column)
                    self.add("came_back", "people", resolver, column)
            if back(event):
                department = None

    def returns(self, home: UUID, events: list[Event]) -> None:
        last = None
        for event in events:
            inside = self.window.has(event.at)
            if event.action == "order_return":
                last = self.units[event.work_order_id]
                if inside:
                    self.add("returns", "returned", last, "returns")
                    self.pair("matrix", last, home)
            if event.action == "order_arbitrate" and inside:
                self.add("returns", "rulings", event.data["ruling"], "rulings")
            for order in event.data.get("orders", ()) if sends(event) else ():
                if last is not None and inside:
                    self.pair("sent_on", last, self.units[UUID(order)])
                last = None

    def pair(self, table: str, source: UUID, target: UUID) -> None:
        self.add("returns", table, source, written(target))
        self.add("returns", table, source, "total")

    def pauses(self, home: UUID, events: list[Event]) -> None:
        began: Event | None = None
        for event in events:
            to = event.data.get("to_status")
            if (
                began is not None
                and event.work_order_id is None
                and to
                not in (
                    None,
                    "waiting_customer",
                )
            ):
                self.pause(home, began, event.at)
                began = None
            if event.action == "ask_customer":
                began = event
        if began is not None:
            self.pause(home, began, None)

    def pause(self, home: UUID, began: Event, until: datetime | None) -> None:
        if not self.window.has(began.at):
            return
        reason = began.data["wait_reason"]
        self.add("pauses", "reasons", reason, "pauses")
        self.add("pauses", "units", home, "pauses")
        if until is not None:
            seconds = round((until - began.at).total_seconds())
            self.add("pauses", "reasons", reason, "over")
            self.add("pauses", "reasons", reason, "time", seconds)
            self.add("pauses", "units", home, "time", seconds)

    def why(self, category: UUID, answers: list[Event]) -> None:
        said = answers[-1].data
        for table, row in (("causes", UUID(said["cause"])), ("categories", category)):
            self.add("causes", table, row, "all")
            self.add("causes", table, row, said["outcome"])
        granted = int(said.get("compensation") or 0)
        liable = UUID(said["liable_unit"]) if said.get("liable_unit") else None
        for table, row in (("remedies", said["remedy"]), ("liable", liable)):
            self.add("causes", table, row, "all")
            self.add("causes", table, row, "granted", granted > 0)
            self.add("causes", table, row, "compensation", granted)


def sends(event: Event) -> bool:
    return event.action in ("dispatch", "order_arbitrate")


def back(event: Event) -> bool:
    """Whether the customer came back with it."""
    if event.action == "reopen":
        return True
    return event.action == "record_callback" and event.data.get("to_status") == "in_progress"


def holding(waits: list[Any], at: datetime) -> Any:
    """The wait in which the moment lies; one on the edge belongs to the wait that it ends."""
    before = [each for each in waits if each[3] < at]
    return before[-1] if before else waits[0]


def written(value: Any) -> str:
    if value is None:
        return "-"
    return value.hex if isinstance(value, UUID) else str(value)


def figures(complaints: Iterable[Complaint], window: Window) -> Figures:
    """All figures of these complaints in the window."""
    return Reckoner(complaints, window).found
