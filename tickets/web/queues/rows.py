"""One row of a queue as people read it: what to do, whose complaint, since or until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from flask import url_for
from flask_babel import gettext

from tickets import numbers
from tickets.clocks import display
from tickets.clocks.display import Reading
from tickets.customers.veil import without_numbers
from tickets.models import Callback, Complaint, WorkOrder
from tickets.queues import About, Queue
from tickets.queues.my_work import QueueLine
from tickets.web.shell.labels import name_in
from tickets.web.shell.links import COMPLAINTS, complaint_url
from tickets.web.shell.moments import length_of_time, remaining
from workflow.words import N_, ClockKind, OrderStatus, Severity

# Addresses that others build on; people have them as bookmarks.
LISTS = {
    About.COMPLAINT: COMPLAINTS,
    About.ORDER: "/work-orders/",
    About.CALLBACK: "/callbacks/",
}

ORDER_CALLS_FOR = {
    OrderStatus.SENT: N_("Accept or return"),
    OrderStatus.ACCEPTED: N_("Answer"),
    OrderStatus.ARBITRATION: N_("Wait for the ruling"),
    OrderStatus.ANSWERED: N_("Nothing: it was answered"),
    OrderStatus.RETURNED: N_("Nothing: it was returned"),
    OrderStatus.RECALLED: N_("Nothing: it was recalled"),
}
BOUND = N_("Accept: a supervisor decided so")
SENT_BACK = N_("Answer again: it was sent back")
OPEN_FOR_US = frozenset({OrderStatus.SENT, OrderStatus.ACCEPTED})


@dataclass(frozen=True)
class When:
    """A moment that counts for a row, and how far from now it is, in words."""

    at: datetime
    words: str
    late: bool = False


@dataclass(frozen=True)
class QueueRow:
    url: str
    number: str
    calls_for: str
    waits: bool
    customer: str
    tier: str
    category: str
    status: StrEnum
    level: int
    severity: Severity
    clocks: tuple[Reading, ...]
    when: When | None
    line: QueueLine


Readings = Mapping[UUID, Sequence[Reading]]
"""The open clocks of each complaint that a page shows (`clock_board.readings`)."""


def row_of(line: QueueLine, now: datetime, found: Readings, queue: Queue | None = None) -> QueueRow:
    """The line as a row, in the reader's language, with the clock that runs out next."""
    complaint = line.complaint
    calls_for, waits = _calls_for(line, queue)
    shown = _clocks_of(line, found)
    return QueueRow(
        url=address(line),
        number=numbers.spoken(complaint.number),
        calls_for=gettext(calls_for),
        waits=waits,
        customer=_customer(line) or gettext("Name not given"),
        tier=complaint.tier,
        category=name_in(complaint.category.names),
        status=line.order.status if line.order else complaint.status,
        level=complaint.level,
        severity=complaint.severity,
        clocks=shown,
        when=_when(line, now, counted=bool(shown)),
        line=line,
    )


def _customer(line: QueueLine) -> str:
    """Rows of orders are read by departments."""
    name = line.complaint.customer.name
    return without_numbers(name) if line.order is not None else name


def queue_url(queue: Queue) -> str:
    """The list that holds exactly the rows that the queue counts (REP-02)."""
    return f"{LISTS[queue.about]}?{urlencode({'queue': queue.name})}"


def address(line: QueueLine) -> str:
    """Where the row's work is done."""
    if line.order is not None:
        return f"{LISTS[About.ORDER]}{line.order.id}"
    if line.callback is not None:
        return url_for("callbacks.call", number=line.complaint.number)
    return complaint_url(line.complaint)


def _calls_for(line: QueueLine, queue: Queue | None) -> tuple[str, bool]:
    if queue is not None and queue.calls_for:
        return queue.calls_for, False
    if line.order is None:
        return line.next_thing.label, line.next_thing.waits
    return _order_calls_for(line.order), line.order.status not in OPEN_FOR_US


def _order_calls_for(order: WorkOrder) -> str:
    if order.status is OrderStatus.SENT and order.bound:
        return BOUND
    if order.status is OrderStatus.ACCEPTED and order.rejections:
        return SENT_BACK
    return ORDER_CALLS_FOR[order.status]


def _clocks_of(line: QueueLine, found: Readings) -> tuple[Reading, ...]:
    of_complaint = found.get(line.complaint.id, ())
    if line.order is not None:
        return display.of_order(of_complaint, line.order.id)
    if line.callback is not None:
        return display.of_kind(of_complaint, ClockKind.CALLBACK)
    return display.shown_of(of_complaint)


def _when(line: QueueLine, now: datetime, *, counted: bool) -> When | None:
    """What counts besides the clocks, or in their place where none runs."""
    if line.order is not None:
        return _when_of_order(line.order, now, counted=counted)
    if line.callback is not None:
        return _when_of_callback(line.callback, now, counted=counted)
    return _when_of_complaint(line.complaint, now, counted=counted)


def _when_of_order(order: WorkOrder, now: datetime, *, counted: bool) -> When | None:
    if order.ended_at is not None:
        return since(order.ended_at, now)
    return None if counted else since(order.sent_at, now)


def _when_of_callback(callback: Callback, now: datetime, *, counted: bool) -> When | None:
    if callback.scheduled_for is not None:
        return until(callback.scheduled_for, now)
    return None if counted else since(callback.due_since or callback.created_at, now)


def _when_of_complaint(complaint: Complaint, now: datetime, *, counted: bool) -> When | None:
    waiting = complaint.customer_waiting_since
    if waiting is not None:
        length = length_of_time(now - waiting)
        return When(waiting, gettext("customer waiting for %(length)s", length=length))
    return None if counted else since(complaint.started_at, now)


def since(at: datetime, now: datetime) -> When:
    return When(at, gettext("for %(length)s", length=length_of_time(now - at)))


def until(at: datetime, now: datetime) -> When:
    return When(at, remaining(at, now), late=at < now)
