"""How a complaint ended and who objected, told from its events by somebody who only reads them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tickets.models import Event

ENDS = ("closed", "withdrawn", "merged")
WINDOW = timedelta(days=30)
Counted = tuple[datetime, UUID, dict[str, int]]
"""When, for whom, in which columns."""


def ends_and_objections(events: Sequence[Event]) -> list[Counted]:
    """Closed or withdrawn and not undone, and objections, each for whoever answered then."""
    found, person, ended_at = list[Counted](), UUID(int=0), datetime.min
    for event in events:
        if event.action == "register":
            person = UUID(event.data["responsible"])
        if event.action in ("accept_transfer", "hand_over"):
            person = UUID(event.data["to_person"])
        if event.action == "undo_closing":
            found.pop()
        how = how_it_ended(event)
        if how:
            ended_at = event.at
            columns = {"ends": 1, how: 1, "untold": int(event.data["addresses"] == 0)}
            found.append((event.at, person, columns))
        if event.action == "reopen" and event.data["because"] == "objects":
            in_time = int(event.at - ended_at <= WINDOW)
            found.append((event.at, person, {"objected": 1, "in_time": in_time}))
    return found


def how_it_ended(event: Event) -> str:
    if event.action == "withdraw":
        return "withdrawn"
    if event.action == "close_unreached":
        return "exceptional"
    closed = event.action == "record_callback" and event.data.get("to_status") == "closed"
    return "on_word" if closed else ""


def end(events: Iterable[Event]) -> tuple[datetime | None, str]:
    """When and how it ended, unless it has come back since."""
    at, status = None, ""
    for event in events:
        to = event.data.get("to_status")
        if event.work_order_id is not None or to is None:
            continue
        if to in ENDS and status not in ENDS:
            at = event.at
        status = to
    return (at, status) if status in ENDS else (None, "")
