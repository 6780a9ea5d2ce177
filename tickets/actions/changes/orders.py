"""Dispatching, and what departments do (design §4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.actions.changes.act import Act, FollowUp
from tickets.actions.changes.raising import raise_by_rule
from tickets.actors import System
from tickets.database import db, new_id
from tickets.history.vocabulary import DataKey, EventName
from tickets.models import Complaint, Event, InterimMeasure, Person, Unit, WorkOrder
from workflow import raising
from workflow.machine import begin_order
from workflow.system_rules import Because, SystemRule
from workflow.values import Json
from workflow.words import OPEN_ORDER, OrderStatus, Ruling, Status

LAST_ENDED = System(SystemRule.LAST_ORDER_ENDED)
ANSWER_REJECTED = System(SystemRule.ANSWER_REJECTED)


def dispatch(act: Act) -> dict[str, Json]:
    complaint = act.complaint
    told = complaint.promised_at
    promise = act.needed("promised_at", datetime) if told is None or told <= act.now else told
    complaint.promised_at = promise
    sent_back = _units_that_returned(complaint)
    units: list[Unit] = act.needed("units", list)
    orders = [_new_order(act, unit, contested=unit.id in sent_back) for unit in units]
    db.session.add_all(orders)
    return {
        DataKey.ORDERS: [str(order.id) for order in orders],
        DataKey.CONTESTED: [str(order.unit_id) for order in orders if order.unit_id in sent_back],
        DataKey.PROMISED_AT: act.needed("promised_at", datetime).isoformat(),
        DataKey.PROMISE: promise.isoformat(),
    }


def _new_order(act: Act, unit: Unit, *, contested: bool = False, bound: bool = False) -> WorkOrder:
    order = WorkOrder(
        id=new_id(),
        complaint_id=act.complaint.id,
        cycle=act.complaint.cycle,
        unit_id=unit.id,
        bound=bound,
        question=act.given("question", str) or act.work_order.question,
        sent_at=act.now,
        sent_by_id=act.actor.id,
        rejections=0,
        urges=0,
    )
    begin_order(order, contested=contested)
    return order


def _units_that_returned(complaint: Complaint) -> set[UUID]:
    """Departments that sent this complaint back and were never bound to it."""
    returned = db.session.scalars(
        select(WorkOrder.unit_id)
        .join(Event, Event.work_order_id == WorkOrder.id)
        .where(Event.complaint_id == complaint.id, Event.action == EventName.ORDER_RETURN)
    )
    bound = db.session.scalars(
        select(WorkOrder.unit_id).where(WorkOrder.complaint_id == complaint.id, WorkOrder.bound)
    )
    return set(returned) - set(bound)


def urge(act: Act) -> dict[str, Json]:
    act.complaint.urges += 1
    open_orders = _open_orders(act.complaint)
    for order in open_orders:
        order.urges += 1
    return {
        DataKey.ORDERS: [str(order.id) for order in open_orders],
        DataKey.COUNT: act.complaint.urges,
    }


def _open_orders(complaint: Complaint) -> list[WorkOrder]:
    return list(
        db.session.scalars(
            select(WorkOrder).where(
                WorkOrder.complaint_id == complaint.id, WorkOrder.status.in_(OPEN_ORDER)
            )
        )
    )


def recall_all(act: Act, because: Because) -> None:
    """Take every open order back after this action, because the complaint has ended."""
    rule = System(because.rule)
    act.follow_ups += [
        FollowUp("recall", order, rule, {"reason": because})
        for order in _open_orders(act.complaint)
    ]


def accept(act: Act) -> dict[str, Json]:
    order = act.work_order
    order.accepted_at = act.now
    order.handler_id = order.handler_id or act.actor.id
    return {DataKey.UNIT: str(order.unit_id)}


def assign(act: Act) -> dict[str, Json]:
    act.work_order.handler_id = act.needed("handler", Person).id
    return {DataKey.UNIT: str(act.work_order.unit_id)}


def answer(act: Act) -> dict[str, Json]:
    order = act.work_order
    order.answer = act.needed("answer", str)
    order.answered_at = order.ended_at = act.now
    _when_last(act)
    return {DataKey.UNIT: str(order.unit_id)}


def give_back(act: Act) -> dict[str, Json]:
    order = act.work_order
    order.return_reason = act.needed("reason", str)
    act.complaint.returns += 1
    raise_by_rule(act, raising.by_returns(act.complaint.returns, act.case.policy))
    if act.became(OrderStatus.RETURNED):
        order.ended_at = act.now
        _when_last(act)
    return {DataKey.UNIT: str(order.unit_id), DataKey.RETURNS: act.complaint.returns}


def interim(act: Act) -> dict[str, Json]:
    order = act.work_order
    db.session.add(
        InterimMeasure(
            id=new_id(),
            work_order_id=order.id,
            complaint_id=act.complaint.id,
            text=act.needed("text", str),
            at=act.now,
            by_id=act.actor.id,
        )
    )
    return {DataKey.UNIT: str(order.unit_id)}


def reject(act: Act) -> dict[str, Json]:
    order = act.work_order
    order.rejections += 1
    order.ended_at = order.answered_at = None
    if act.complaint.status is Status.IN_PROGRESS:
        act.follow_ups.append(FollowUp("order_reopened", act.complaint, ANSWER_REJECTED))
    return {DataKey.UNIT: str(order.unit_id), DataKey.REJECTIONS: order.rejections}


def recall(act: Act) -> dict[str, Json]:
    act.work_order.ended_at = act.now
    _when_last(act)
    return {DataKey.UNIT: str(act.work_order.unit_id)}


def arbitrate(act: Act) -> dict[str, Json]:
    """Bind this department, bind another, or release: the order ends and the desk goes on."""
    order, ruling = act.work_order, act.needed("ruling", Ruling)
    if ruling == Ruling.BIND_THIS:
        order.bound = True
        order.accepted_at = None
        return {DataKey.BOUND: str(order.unit_id)}
    order.ended_at = act.now
    if ruling == Ruling.BIND_OTHER:
        named = _new_order(act, act.needed("unit", Unit), bound=True)
        db.session.add(named)
        return {DataKey.BOUND: str(named.unit_id), DataKey.ORDERS: [str(named.id)]}
    _when_last(act)
    return {DataKey.RELEASED: str(order.unit_id)}


def _when_last(act: Act) -> None:
    """When no other order is open, the complaint comes back to the responsible person."""
    others_open = act.case.open_orders - 1
    if others_open == 0 and act.complaint.status is Status.DISPATCHED:
        act.follow_ups.append(FollowUp("all_answered", act.complaint, LAST_ENDED))
