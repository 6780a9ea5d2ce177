"""The queues, as a table: most urgent first, each with whom it concerns and what belongs to it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import and_, func, or_

from tickets.actors import ANSWERING, HANDLING
from tickets.models import Callback, Complaint, Person, WorkOrder
from tickets.queues import conditions as is_
from tickets.queues.next_action import rank_of_next
from tickets.queues.shape import About, Condition, Order, Queue
from workflow.words import N_, OPEN_ORDER, OrderStatus, Role, Status

# In which order rows stand; the key last, so that paging never skips a row.


def _by_next(now: datetime) -> Order:
    return rank_of_next(now), Complaint.level.desc(), Complaint.started_at, Complaint.id


def _oldest(_now: datetime) -> Order:
    return Complaint.started_at, Complaint.id


def _highest(_now: datetime) -> Order:
    return Complaint.level.desc(), Complaint.started_at, Complaint.id


def _longest_waiting(_now: datetime) -> Order:
    return Complaint.customer_waiting_since, Complaint.id


def _by_follow_up(_now: datetime) -> Order:
    return Complaint.follow_up_at, Complaint.id


def _call_order(_now: datetime) -> Order:
    return func.coalesce(Callback.scheduled_for, Callback.due_since), Callback.id


def _sent(_now: datetime) -> Order:
    return WorkOrder.sent_at, WorkOrder.id


def _ended(_now: datetime) -> Order:
    return WorkOrder.ended_at.desc(), WorkOrder.id


def _mine(*conditions: Condition) -> Callable[[Person, datetime], Condition]:
    """Complaints that the person answers for, under conditions that do not need the time."""
    return lambda person, _now: and_(is_.answered_for_by(person), *conditions)


def _ours(
    *conditions: Condition, roles: tuple[Role, ...] = HANDLING
) -> Callable[[Person, datetime], Condition]:
    """Orders of the person's departments."""
    return lambda person, _now: and_(is_.held_by_departments_of(person, *roles), *conditions)


def _to_decide(*conditions: Condition) -> Callable[[Person, datetime], Condition]:
    """What lies below the units in which the person supervises."""
    return lambda person, _now: and_(*conditions, is_.decided_by(person))


DESK = ANSWERING
DEPARTMENT = frozenset(HANDLING)
LEAD = frozenset({Role.LEAD})
DECIDING = is_.DECIDING
CALLERS = frozenset({Role.QUALITY})
OVERSEERS = frozenset({Role.SUPERVISOR, Role.EXECUTIVE, Role.AUDITOR})
CALLS_SEEN = OVERSEERS | CALLERS

COMPLAINT, ORDER, CALLBACK = About.COMPLAINT, About.ORDER, About.CALLBACK

ROWS = (
    Queue(
        "to_take_over",
        N_("Responsibility offered to you"),
        COMPLAINT,
        DESK,
        lambda person, _now: is_.transfer_pending(to=person),
        _oldest,
        calls_for=N_("Accept or decline"),
    ),
    Queue(
        "customer_waiting",
        N_("Customers waiting for a word"),
        COMPLAINT,
        DESK,
        _mine(is_.customer_waits()),
        _longest_waiting,
    ),
    Queue(
        "callbacks_due",
        N_("Callbacks due"),
        CALLBACK,
        DESK,
        lambda person, now: and_(is_.owed(), is_.may_be_made(now), is_.called_by(person)),
        _call_order,
        calls_for=N_("Call the customer back"),
    ),
    Queue(
        "callbacks_shared",
        N_("Callbacks without a caller"),
        CALLBACK,
        CALLERS,
        lambda _person, _now: and_(is_.owed(), is_.called_by_nobody_yet()),
        _call_order,
        calls_for=N_("Call the customer back"),
    ),
    Queue(
        "approvals",
        N_("Closings to decide"),
        COMPLAINT,
        # Quality too: where nobody above may decide, the rule may name one of them.
        DECIDING | CALLERS,
        lambda person, _now: and_(
            is_.closing_requested(),
            or_(is_.decided_by(person), is_.decision_named_to(person)),
            ~is_.answered_for_by(person),
            ~is_.closing_asked_by(person),
        ),
        _oldest,
        calls_for=N_("Decide on the closing"),
    ),
    Queue(
        "arbitrations",
        N_("Work orders to arbitrate"),
        ORDER,
        DECIDING,
        _to_decide(is_.order_is(OrderStatus.ARBITRATION)),
        _sent,
        calls_for=N_("Decide who must act"),
    ),
    Queue(
        "transfers_pending",
        N_("Transfers waiting for an answer"),
        COMPLAINT,
        DECIDING,
        lambda person, _now: and_(is_.transfer_pending(), is_.decided_by(person)),
        _oldest,
        calls_for=N_("Wait for the named person"),
    ),
    Queue(
        "follow_ups",
        N_("Follow-ups due"),
        COMPLAINT,
        DESK,
        lambda person, now: and_(is_.answered_for_by(person), is_.follow_up_reached(now)),
        _by_follow_up,
    ),
    Queue(
        "returned_to_me",
        N_("Returned by departments"),
        COMPLAINT,
        DESK,
        _mine(is_.returned_and_not_sent_on()),
        _oldest,
    ),
    Queue(
        "to_verify",
        N_("Answers to verify"),
        COMPLAINT,
        DESK,
        _mine(is_.to_be_verified()),
        _oldest,
    ),
    Queue(
        "measures_untold",
        N_("Interim measures to tell"),
        COMPLAINT,
        DESK,
        _mine(is_.measure_untold()),
        _oldest,
    ),
    Queue(
        "registered",
        N_("Not begun"),
        COMPLAINT,
        DESK,
        _mine(Complaint.status == Status.REGISTERED),
        _oldest,
    ),
    Queue(
        "closing_denied",
        N_("Closings denied"),
        COMPLAINT,
        DESK,
        _mine(is_.closing_denied()),
        _oldest,
    ),
    Queue(
        "sent_back",
        N_("Answers sent back to us"),
        ORDER,
        DEPARTMENT,
        _ours(is_.order_is(OrderStatus.ACCEPTED), WorkOrder.rejections > 0),
        _sent,
    ),
    Queue(
        "to_accept",
        N_("To accept"),
        ORDER,
        DEPARTMENT,
        _ours(is_.order_is(OrderStatus.SENT)),
        _sent,
    ),
    Queue(
        "unassigned",
        N_("Without a handler"),
        ORDER,
        LEAD,
        _ours(
            is_.order_is(OrderStatus.SENT, OrderStatus.ACCEPTED),
            WorkOrder.handler_id.is_(None),
            roles=(Role.LEAD,),
        ),
        _sent,
    ),
    Queue(
        "in_work_mine",
        N_("In work with me"),
        ORDER,
        DEPARTMENT,
        lambda person, now: and_(
            _ours(is_.order_is(OrderStatus.ACCEPTED))(person, now),
            WorkOrder.handler_id == person.id,
        ),
        _sent,
    ),
    Queue(
        "in_work",
        N_("In work in the department"),
        ORDER,
        DEPARTMENT,
        _ours(is_.order_is(OrderStatus.ACCEPTED)),
        _sent,
        quiet=True,
    ),
    Queue(
        "department",
        N_("Everything open in the department"),
        ORDER,
        LEAD,
        _ours(is_.order_is(*OPEN_ORDER), roles=(Role.LEAD,)),
        _sent,
        quiet=True,
    ),
    Queue(
        "awaiting_ruling",
        N_("Waiting for a ruling"),
        ORDER,
        DEPARTMENT,
        _ours(is_.order_is(OrderStatus.ARBITRATION)),
        _sent,
        quiet=True,
    ),
    Queue(
        "callbacks_overdue",
        N_("Callbacks overdue"),
        CALLBACK,
        CALLS_SEEN,
        lambda _person, now: is_.overdue(now),
        _call_order,
        calls_for=N_("See that the customer is called"),
    ),
    Queue(
        "raised",
        N_("Raised complaints"),
        COMPLAINT,
        OVERSEERS,
        lambda _person, _now: and_(is_.is_open(), Complaint.level >= 1),
        _highest,
    ),
    Queue(
        "mine_next",
        N_("My open complaints"),
        COMPLAINT,
        DESK,
        _mine(is_.is_open()),
        _by_next,
    ),
    Queue(
        "callbacks_later",
        N_("Callbacks planned for later"),
        CALLBACK,
        DESK,
        lambda person, now: and_(is_.owed(), ~is_.may_be_made(now), is_.called_by(person)),
        _call_order,
        calls_for=N_("Call at the planned time"),
        quiet=True,
    ),
    Queue(
        "closing_requested",
        N_("Closings asked for"),
        COMPLAINT,
        DESK,
        _mine(is_.closing_requested()),
        _oldest,
        quiet=True,
    ),
    Queue(
        "oldest_open",
        N_("Open complaints, oldest first"),
        COMPLAINT,
        OVERSEERS,
        lambda _person, _now: is_.is_open(),
        _oldest,
        quiet=True,
    ),
    Queue(
        "recently_ended",
        N_("Ended in the last seven days"),
        ORDER,
        DEPARTMENT,
        lambda person, now: and_(is_.held_by_departments_of(person), is_.ended_lately(now)),
        _ended,
        quiet=True,
    ),
)
