"""Every figure of the reports about departments, reckoned anew from the events.

Whose figures: of all complaints that there are, what the given departments did. `led` are all
that the reader leads, `chosen` those of them that were asked for.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.plain_figures import Figures, Reckoner, Window, back, sends
from tickets import timekeeping
from tickets.models import Complaint, Event
from workflow.words import ClockState


class DepartmentReckoner(Reckoner):
    """Counts what some departments did."""

    def __init__(
        self,
        complaints: Iterable[Complaint],
        window: Window,
        chosen: Collection[UUID],
        led: Collection[UUID],
    ) -> None:
        self.chosen, self.led = set(chosen), set(led)
        super().__init__(complaints, window)

    def one(self, complaint: Complaint, events: list[Event]) -> None:
        category = complaint.category_id
        ended_at, ended_as = self.end(events)
        if self.window.has(ended_at):
            self.time_with_us(category, self.waits(complaint, events))
            if ended_as == "closed":
                self.our_fault(category, [each for each in events if each.action == "resolve"])
        self.our_limits(complaint, category)
        self.our_answers(category, events)
        self.our_returns(complaint.unit_id, events)

    def time_with_us(self, category: UUID, waits: Iterable[Any]) -> None:
        for whom, unit, _person, begins, ends in waits:
            if whom == "department" and unit in self.chosen:
                for table, row in (("departments", unit), ("categories", category)):
                    seconds = round((ends - begins).total_seconds())
                    self.add("department_time", table, row, "segments")
                    self.add("department_time", table, row, "time", seconds)

    def our_fault(self, category: UUID, answers: list[Event]) -> None:
        said = answers[-1].data
        liable = UUID(said["liable_unit"]) if said.get("liable_unit") else None
        asked = set(self.units.values()) & self.led
        if liable not in self.chosen or not asked:
            return
        granted = int(said.get("compensation") or 0)
        for table, row in (("causes", UUID(said["cause"])), ("categories", category)):
            self.add("department_causes", table, row, "all")
            self.add("department_causes", table, row, said["outcome"])
        for table, row in (("remedies", said["remedy"]), ("liable", liable)):
            self.add("department_causes", table, row, "all")
            self.add("department_causes", table, row, "granted", granted > 0)
            self.add("department_causes", table, row, "compensation", granted)

    def our_limits(self, complaint: Complaint, category: UUID) -> None:
        for clock in timekeeping.clocks_of(complaint, self.window.now):
            if not clock.id.subject or self.units[UUID(clock.id.subject)] not in self.chosen:
                continue
            missed = clock.breached_at is not None
            at: datetime | None = clock.breached_at if missed else clock.ended_at
            certain = missed or clock.state is ClockState.MET
            if clock.state is ClockState.VOID or not certain or not self.window.has(at):
                continue
            unit = self.units[UUID(clock.id.subject)]
            rows = (
                ("kinds", clock.id.kind.value),
                ("departments", unit),
                ("categories", category),
            )
            for table, row in rows:
                self.add("department_limits", table, row, "all")
                self.add("department_limits", table, row, "missed" if missed else "met")

    def our_answers(self, category: UUID, events: list[Event]) -> None:
        answered_by = None
        for event in events:
            if event.action == "order_answer":
                answered_by = self.units[event.work_order_id]
            columns = ["resolved"] if event.action == "resolve" else []
            if back(event):
                columns = ["back", "reopened"] if event.action == "reopen" else ["back"]
            if answered_by in self.chosen and self.window.has(event.at):
                for column in columns:
                    self.add("department_came_back", "categories", category, column)
                    self.add("department_came_back", "departments", answered_by, column)
            if back(event):
                answered_by = None

    def our_returns(self, home: UUID, events: list[Event]) -> None:
        last = None
        for event in events:
            inside = self.window.has(event.at)
            unit = self.units.get(event.work_order_id) if event.work_order_id else None
            if event.action == "order_return":
                last = unit
                if inside and unit in self.chosen:
                    self.add("department_returns", "returned", unit, "returns")
                    self.pair("matrix", unit, home)
            if event.action == "order_arbitrate" and inside and unit in self.chosen:
                self.add("department_returns", "rulings", event.data["ruling"], "rulings")
            for order in event.data.get("orders", ()) if sends(event) else ():
                if last in self.chosen and inside:
                    self.pair("sent_on", last, self.units[UUID(order)])
                last = None

    def pair(self, table: str, source: UUID, target: UUID) -> None:
        self.add("department_returns", table, source, target.hex)
        self.add("department_returns", table, source, "total")


def department_figures(
    complaints: Iterable[Complaint],
    window: Window,
    chosen: Collection[UUID],
    led: Collection[UUID],
) -> Figures:
    """All figures of these departments in the window."""
    return DepartmentReckoner(complaints, window, chosen, led).found
