"""One complaint, and one work order, in every status, nine days after they were registered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.cast import Cast, call, delivered, do, orders, registered, resolve
from tests.plausible import plausible
from tickets.database import db
from tickets.models import Complaint, Watch, WorkOrder
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.policy import DEFAULT
from workflow.table import AnyStatus
from workflow.words import CallOutcome, OrderStatus, Party, Status

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
P = Party

PARTIES = {
    "chen": {P.RESPONSIBLE, P.FRONT_DESK},
    "li": {P.FRONT_DESK, P.NAMED},
    "zhao": {P.DEPARTMENT},
    "sun": {P.DEPARTMENT, P.LEAD},
    "zheng": {P.SUPERVISOR},
    "he": {P.EXECUTIVE},
    "qian": {P.QUALITY},
    "shen": {P.AUDITOR},
    "wang": {P.FRONT_DESK},
    "admin": {P.ADMINISTRATOR},
    "north_supervisor": set(),
}
"""What everybody of the cast is to the complaints here; Li only while a transfer names her."""

OVERSEEING = {"chen", "zheng", "he", "qian", "shen"}


@dataclass(frozen=True)
class Scene:
    """One complaint or work order in one status, and who sees it."""

    address: str
    status: AnyStatus
    version: int
    sees: frozenset[str]
    forms: dict[str, dict[str, Any]]


def typed(value: Any) -> Any:
    """As a browser sends it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(DEFAULT.zone):%Y-%m-%dT%H:%M}"
    if isinstance(value, list):
        return [typed(each) for each in value]
    if isinstance(value, UUID):
        return str(value)
    return value


def form_of(name: str, cast: Cast, complaint: Complaint, at: datetime) -> dict[str, Any]:
    inputs = plausible(name, cast, complaint, at)[0]
    return {key: typed(value) for key, value in inputs.items() if value not in (None, False)}


def complaint_scenes(cast: Cast, now: datetime, *, waiting: bool) -> dict[Status, Scene]:
    registered(cast, now=now - HOUR)  # in which a duplicate may live on
    made = {status: make(cast, now) for status, make in MAKING.items()}
    if waiting:
        for complaint in made.values():
            let_wait(cast, complaint, now + 2 * DAY)
    return {
        status: Scene(
            f"/complaints/{complaint.number}",
            status,
            complaint.version,
            seeing(complaint, waiting=waiting),
            {name: form_of(name, cast, complaint, now + 9 * DAY) for name in ACTIONS},
        )
        for status, complaint in made.items()
    }


def seeing(complaint: Complaint, *, waiting: bool) -> frozenset[str]:
    found = set(OVERSEEING)
    if orders(complaint):
        found |= {"zhao", "sun"}
    if waiting and complaint.status in OPEN:
        found.add("li")
    return frozenset(found)


OPEN = {
    *(Status.REGISTERED, Status.IN_PROGRESS, Status.DISPATCHED),
    *(Status.WAITING_CUSTOMER, Status.RESOLVED),
}


def let_wait(cast: Cast, complaint: Complaint, at: datetime) -> None:
    for name in PARTIES:
        if name not in ("admin", "north_supervisor"):
            watch(cast, complaint, name, at)
    if complaint.status in OPEN:
        do("transfer", complaint, cast.zheng, at, to=cast.people["li"], reason="Chen is ill.")
    if complaint.status is Status.RESOLVED:
        asked = {"ground": "unreachable", "reason": "Nobody there."}
        do("request_closing", complaint, cast.chen, at, **asked)


def watch(cast: Cast, complaint: Complaint, name: str, at: datetime) -> None:
    db.session.add(Watch(complaint_id=complaint.id, person_id=cast.people[name], since=at))
    db.session.flush()


def in_progress(cast: Cast, now: datetime) -> Complaint:
    """With an order that has been answered, so that its department sees it."""
    complaint = dispatched(cast, now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    do("answer", order, cast.zhao, now, answer="Mended.")
    return complaint


def dispatched(cast: Cast, now: datetime) -> Complaint:
    complaint = registered(cast, now=now)
    said = {"question": "?", "promised_at": now + 2 * DAY}
    do("dispatch", complaint, cast.chen, now, units=[cast.units["network"]], **said)
    return complaint


def waiting_customer(cast: Cast, now: datetime) -> Complaint:
    complaint = in_progress(cast, now)
    asked = {"question": "?", "wait_reason": "details", "follow_up_at": now + 10 * DAY}
    do("ask_customer", complaint, cast.chen, now, **asked)
    return complaint


def resolved(cast: Cast, now: datetime) -> Complaint:
    """With the customer beyond reach, so that every way of ending it is open."""
    complaint = in_progress(cast, now)
    resolve(cast, complaint, now)
    for at in (now + HOUR, now + 5 * HOUR, now + DAY):
        call(complaint, CallOutcome.NO_ANSWER, at)
    said = {"channel": "sms", "address": "13912345678", "notice": "Please call us."}
    do("send_notice", complaint, cast.chen, now + DAY, **said)
    delivered(now + DAY)
    return complaint


def closed(cast: Cast, now: datetime) -> Complaint:
    complaint = resolved(cast, now)
    # Minutes before the browsers act, so that the closing can still be undone.
    call(complaint, CallOutcome.ACCEPTED, now + 9 * DAY - timedelta(minutes=5))
    return complaint


def withdrawn(cast: Cast, now: datetime) -> Complaint:
    complaint = in_progress(cast, now)
    do(
        "withdraw",
        complaint,
        cast.chen,
        now,
        said_by="customer",
        channel="phone",
        at=now,
        text="Fine now.",
    )
    return complaint


def merged(cast: Cast, now: datetime) -> Complaint:
    complaint, survivor = in_progress(cast, now), registered(cast, now=now)
    do(
        "merge",
        complaint,
        cast.chen,
        now,
        into=survivor.number,
        because="same_line",
        reason="The same.",
    )
    return complaint


MAKING: dict[Status, Callable[[Cast, datetime], Complaint]] = {
    Status.REGISTERED: lambda cast, now: registered(cast, now=now),
    Status.IN_PROGRESS: in_progress,
    Status.DISPATCHED: dispatched,
    Status.WAITING_CUSTOMER: waiting_customer,
    Status.RESOLVED: resolved,
    Status.CLOSED: closed,
    Status.WITHDRAWN: withdrawn,
    Status.MERGED: merged,
}


def scene_to_confirm(cast: Cast, now: datetime, tried_at: datetime) -> Scene:
    """A call that was entered late, and a letter whose posting nobody has confirmed."""
    complaint = in_progress(cast, now)
    resolve(cast, complaint, now)
    call(complaint, CallOutcome.NO_ANSWER, now + 5 * HOUR, at=now + HOUR)
    said = {"channel": "letter", "address": "12 River Road, Jiangzhou", "notice": "Please call."}
    do("send_notice", complaint, cast.chen, now + DAY, **said)
    names = ("confirm_attempt", "confirm_posting", "notice_returned")
    return Scene(
        f"/complaints/{complaint.number}",
        Status.RESOLVED,
        complaint.version,
        seeing(complaint, waiting=False),
        {name: form_of(name, cast, complaint, tried_at) for name in names},
    )


def order_scenes(cast: Cast, now: datetime) -> dict[OrderStatus, Scene]:
    return {status: order_scene(cast, now, status) for status in OrderStatus}


def order_scene(cast: Cast, now: datetime, status: OrderStatus) -> Scene:
    complaint = dispatched(cast, now)
    (order,) = orders(complaint)
    if status in (OrderStatus.ACCEPTED, OrderStatus.ANSWERED):
        do("accept", order, cast.zhao, now)
    if status is OrderStatus.ANSWERED:
        do("answer", order, cast.zhao, now, answer="Mended.")
    if status is OrderStatus.RECALLED:
        do("recall", order, cast.chen, now, reason="It works again.")
    if status in (OrderStatus.RETURNED, OrderStatus.ARBITRATION):
        do("return", order, cast.zhao, now, reason="Not ours.")
    if status is OrderStatus.ARBITRATION:
        order = sent_again(cast, complaint, order, now)
    assert order.status is status
    return Scene(
        f"/work-orders/{order.id}",
        status,
        order.version,
        frozenset(OVERSEEING | {"zhao", "sun"}),
        {name: form_of(f"order_{name}", cast, complaint, now + 9 * DAY) for name in ORDER_ACTIONS},
    )


def sent_again(cast: Cast, complaint: Complaint, before: WorkOrder, now: datetime) -> WorkOrder:
    said = {"question": "?", "promised_at": now + 2 * DAY}
    do("dispatch", complaint, cast.chen, now, units=[cast.units["network"]], **said)
    return next(order for order in orders(complaint) if order is not before)
