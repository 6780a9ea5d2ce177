"""One row of a queue as people read it: what to do, whose complaint, since or until when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext

from tickets import numbers
from tickets.models import Callback, Complaint, WorkOrder
from tickets.panels import Line
from tickets.queues import About, Queue
from tickets.web.labels import name_in
from tickets.web.moments import length_of_time, remaining
from workflow.words import N_, OrderStatus, Severity, Status

# Addresses that others build on; people have them as bookmarks.
LISTS = {
    About.COMPLAINT: "/complaints/",
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
class Row:
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
    when: When
    line: Line


def row_of(line: Line, now: datetime, queue: Queue | None = None) -> Row:
    """The line as a row, in the reader's language."""
    complaint = line.complaint
    calls_for, waits = _calls_for(line, queue)
    return Row(
        url=address(line),
        number=numbers.spoken(complaint.number),
        calls_for=gettext(calls_for),
        waits=waits,
        customer=complaint.customer.name or gettext("Name not given"),
        tier=complaint.tier,
        category=name_in(complaint.category.names),
        status=line.order.status if line.order else complaint.status,
        level=complaint.level,
        severity=complaint.severity,
        when=_when(line, now, queue),
        line=line,
    )


def queue_url(queue: Queue) -> str:
    """The list that holds exactly the rows that the queue counts (REP-02)."""
    return f"{LISTS[queue.about]}?{urlencode({'queue': queue.name})}"


def complaint_url(complaint: Complaint) -> str:
    return f"{LISTS[About.COMPLAINT]}{complaint.number}"


def address(line: Line) -> str:
    """Where the row's work is done."""
    if line.order is not None:
        return f"{LISTS[About.ORDER]}{line.order.id}"
    if line.callback is not None:
        return url_for("callbacks.call", number=line.complaint.number)
    return complaint_url(line.complaint)


def _calls_for(line: Line, queue: Queue | None) -> tuple[str, bool]:
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


def _when(line: Line, now: datetime, queue: Queue | None) -> When:
    if line.order is not None:
        return _when_of_order(line.order, now)
    if line.callback is not None:
        return _when_of_callback(line.callback, now)
    return _when_of_complaint(line.complaint, now, queue)


def _when_of_order(order: WorkOrder, now: datetime) -> When:
    if order.ended_at is not None:
        return since(order.ended_at, now)
    if order.complaint.promised_at is None:
        return since(order.sent_at, now)
    return until(order.complaint.promised_at, now)


def _when_of_callback(callback: Callback, now: datetime) -> When:
    if callback.scheduled_for is not None:
        return until(callback.scheduled_for, now)
    return since(callback.due_since or callback.created_at, now)


def _when_of_complaint(complaint: Complaint, now: datetime, queue: Queue | None) -> When:
    if complaint.customer_waiting_since is not None:
        return since(complaint.customer_waiting_since, now)
    if complaint.status is Status.WAITING_CUSTOMER and complaint.follow_up_at is not None:
        return until(complaint.follow_up_at, now)
    if complaint.status is Status.RESOLVED and complaint.resolved_at is not None:
        return since(complaint.resolved_at, now)
    if complaint.promised_at is not None:
        return until(complaint.promised_at, now)
    return since(complaint.started_at, now)


def since(at: datetime, now: datetime) -> When:
    return When(at, gettext("for %(length)s", length=length_of_time(now - at)))


def until(at: datetime, now: datetime) -> When:
    return When(at, remaining(at, now), late=at < now)
