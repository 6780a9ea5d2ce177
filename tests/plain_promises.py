"""What became of promises that managers moved, reckoned plainly from the events (PAU-07)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets import timekeeping
from tickets.models import Complaint, Event
from workflow.words import ClockState

REACHED = ("accepted", "understood", "not_solved", "dissatisfied")
ENDING = ("close_unreached", "withdraw", "merge")
UNDOING = ("undo_closing", "unmerge")


def moved_promises(
    add: Callable[..., None], window: Any, complaint: Complaint, events: list[Event]
) -> None:
    """How often, by how much, and what became of the time that was told first."""
    for event in events:
        if event.action == "override_deadline" and event.data["before"]:
            moved(add, window, complaint.unit_id, event)
    given = first_times(events)
    for clock in timekeeping.clocks_of(complaint, window.now):
        missed = clock.breached_at is not None
        at = clock.breached_at if missed else clock.ended_at
        if clock.id.kind.value != "promise" or clock.starts_at not in given:
            continue
        if clock.state is ClockState.VOID or not window.has(at):
            continue
        if not missed and clock.state is not ClockState.MET:
            continue
        first, told = given[clock.starts_at]
        add("promises", "both", complaint.unit_id, "all")
        add("promises", "both", complaint.unit_id, "kept", not missed)
        in_time = told is not None and told <= first
        add("promises", "both", complaint.unit_id, "kept_first", in_time)


def moved(add: Callable[..., None], window: Any, home: UUID, event: Event) -> None:
    """One move by a manager."""
    to = datetime.fromisoformat(event.data["promised_at"])
    seconds = round((to - datetime.fromisoformat(event.data["before"])).total_seconds())
    if not seconds or not window.has(event.at):
        return
    for table, row in (("moves", home), ("movers", event.actor_id)):
        add("promises", table, row, "moved")
        add("promises", table, row, "put_off", seconds > 0)
        add("promises", table, row, "later", max(seconds, 0))
        add("promises", table, row, "brought", seconds < 0)
        add("promises", table, row, "earlier", max(-seconds, 0))


def first_times(events: list[Event]) -> Mapping[datetime, tuple[datetime, datetime | None]]:
    """For every moment at which a waiting promise was moved: the time promised first, and when
    the customer was told."""
    chains: list[dict[str, Any]] = []
    for event in events:
        now = chains[-1] if chains else None
        date = promised(event)
        if date is not None:
            waits = now is not None and now["told"] is None
            if now is not None and waits and date == now["due"]:
                continue
            moves = waits and event.action == "override_deadline"
            first = (now["first"] or now["due"]) if now is not None and moves else None
            chains.append({"at": event.at, "due": date, "first": first, "told": None})
        elif now is not None and tells(event):
            now["before"], now["told"] = now["told"], now["told"] or event.at
        elif now is not None and event.action in UNDOING:
            now["told"] = now["before"]
    return {each["at"]: (each["first"], each["told"]) for each in chains if each["first"]}


def promised(event: Event) -> datetime | None:
    if event.action not in ("register", "dispatch", "override_deadline"):
        return None
    date = event.data.get("promise") or event.data.get("promised_at")
    return datetime.fromisoformat(date) if date else None


def tells(event: Event) -> bool:
    """Whether the customer waits no longer after it."""
    if event.action == "record_callback":
        return event.data["outcome"] in REACHED
    return event.action in ENDING
