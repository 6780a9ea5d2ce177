"""What became of promises that managers moved, reckoned plainly from the events (PAU-07)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets.models import Event
from workflow.words import ClockState

REACHED = ("accepted", "understood", "not_solved", "dissatisfied")
ENDING = ("close_unreached", "withdraw", "merge")
UNDOING = ("undo_closing", "unmerge")


def moved_promises(
    mark: Callable[..., None], home: UUID, events: Sequence[Event], clocks: Iterable[Any]
) -> None:
    """How often, by how much, and what became of the time that was told first."""
    for event in events:
        if event.action == "override_deadline" and event.data["before"]:
            moved(mark, home, event)
    given = first_times(events)
    for clock in clocks:
        missed = clock.breached_at is not None
        at = clock.breached_at if missed else clock.ended_at
        if clock.id.kind.value != "promise" or clock.starts_at not in given:
            continue
        if clock.state is ClockState.VOID or not (missed or clock.state is ClockState.MET):
            continue
        first, told = given[clock.starts_at]
        in_time = told is not None and told <= first
        mark(at, "promises", "both", home, all=1, kept=not missed, kept_first=in_time)


def moved(mark: Callable[..., None], home: UUID, event: Event) -> None:
    """One move by a manager."""
    to = datetime.fromisoformat(event.data["promised_at"])
    seconds = round((to - datetime.fromisoformat(event.data["before"])).total_seconds())
    if not seconds:
        return
    off, forward = {"put_off": 1, "later": seconds}, {"brought": 1, "earlier": -seconds}
    for table, row in (("moves", home), ("movers", event.actor_id)):
        mark(event.at, "promises", table, row, moved=1, **(off if seconds > 0 else forward))


def first_times(events: Sequence[Event]) -> Mapping[datetime, tuple[datetime, datetime | None]]:
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
