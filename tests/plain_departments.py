"""Every figure of the reports about departments, reckoned anew from the events.

Whose figures: of all complaints that there are, what the given departments did. `led` are all
that the reader leads, `chosen` those of them that were asked for. The answer is a dictionary:
(report, table) → row's key → column → number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.plain_figures import Window
from tests.plain_stories import Story, Wait, back, sent_by, written
from tickets.clocks import timekeeping
from tickets.models import Complaint, Event
from workflow.words import ClockState

Numbers = dict[tuple[str, str], dict[str, dict[str, int]]]


class DepartmentReckoner:
    """Counts what some departments did."""

    def __init__(
        self,
        told: Iterable[Story],
        window: Window,
        chosen: Collection[UUID],
        led: Collection[UUID],
    ) -> None:
        self.chosen, self.led, self.window = set(chosen), set(led), window
        self.found: Numbers = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        for story in told:
            self.units = story.units
            self.one(story)

    def add(self, report: str, table: str, row: Any, column: str, number: int = 1) -> None:
        for key in (written(row), "total"):
            self.found[report, table][key][column] += number

    def one(self, story: Story) -> None:
        category = story.complaint.category_id
        if self.window.has(story.ended_at):
            self.time_with_us(category, story.waits())
            if story.ended_as == "closed":
                self.our_fault(category, story.said)
        self.our_limits(story.complaint, category)
        self.our_answers(category, story.events)
        self.our_returns(story.complaint.unit_id, story.events)

    def time_with_us(self, category: UUID | None, waits: Iterable[Wait]) -> None:
        for wait in waits:
            if wait.whom == "department" and wait.unit in self.chosen:
                assert wait.ends is not None
                seconds = round((wait.ends - wait.begins).total_seconds())
                for table, row in (("departments", wait.unit), ("categories", category)):
                    self.add("department_time", table, row, "segments")
                    self.add("department_time", table, row, "time", seconds)

    def our_fault(self, category: UUID | None, said: dict[str, Any]) -> None:
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

    def our_limits(self, complaint: Complaint, category: UUID | None) -> None:
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

    def our_answers(self, category: UUID | None, events: Sequence[Event]) -> None:
        answered_by: UUID | None = None
        for event in events:
            if event.action == "order_answer" and event.work_order_id is not None:
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

    def our_returns(self, home: UUID, events: Sequence[Event]) -> None:
        last: UUID | None = None
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
            for order in sent_by(event):
                if last in self.chosen and inside:
                    self.pair("sent_on", last, self.units[order])
                last = None

    def pair(self, table: str, source: UUID | None, target: UUID) -> None:
        self.add("department_returns", table, source, target.hex)
        self.add("department_returns", table, source, "total")


def department_figures(
    told: Iterable[Story],
    window: Window,
    chosen: Collection[UUID],
    led: Collection[UUID],
) -> Numbers:
    """All figures of these departments in the window."""
    return DepartmentReckoner(told, window, chosen, led).found
