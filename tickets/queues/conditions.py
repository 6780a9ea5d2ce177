"""Situations a complaint, order or callback can be in, as conditions for queries.

Each is written against the model itself and looks elsewhere through aliases only, so that it can
be put into any query about complaints, orders or callbacks, whatever else that query joins.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from tickets.actors import HANDLING, reach
from tickets.models import (
    Answer,
    Approval,
    ApprovalState,
    Callback,
    CallbackAttempt,
    ClockRow,
    Complaint,
    InterimMeasure,
    Person,
    Transfer,
    TransferState,
    Unit,
    WorkOrder,
)
from workflow.words import OPEN, ClockKind, ClockState, OrderStatus, Role, Status

LATELY = timedelta(days=7)
DECIDING = frozenset({Role.SUPERVISOR, Role.EXECUTIVE})

Condition = ColumnElement[bool]

# Made once: an alias costs more to make than the query it is used in costs to run. Each condition
# looks at its own at one depth only, so that none is taken for the row of a query around it.
order, sent_back, later = aliased(WorkOrder), aliased(WorkOrder), aliased(WorkOrder)
complaint, unit = aliased(Complaint), aliased(Unit)
answer, request, attempt = aliased(Answer), aliased(Approval), aliased(CallbackAttempt)
measure, move, clock = aliased(InterimMeasure), aliased(Transfer), aliased(ClockRow)


# A complaint.


def is_open() -> Condition:
    return Complaint.status.in_(OPEN)


def answered_for_by(person: Person) -> Condition:
    return Complaint.responsible_id.in_(person.acts_as)


def customer_waits() -> Condition:
    """The customer made contact and was not answered, whatever the status (REO-03)."""
    return Complaint.customer_waiting_since.is_not(None)


def follow_up_reached(now: datetime) -> Condition:
    return and_(Complaint.status == Status.WAITING_CUSTOMER, Complaint.follow_up_at <= now)


def to_be_verified() -> Condition:
    """Departments answered in this cycle and none is asked any more."""
    return and_(
        Complaint.status == Status.IN_PROGRESS,
        exists().where(
            order.complaint_id == Complaint.id,
            order.cycle == Complaint.cycle,
            order.status == OrderStatus.ANSWERED,
        ),
    )


def returned_and_not_sent_on() -> Condition:
    """A department sent its order back in this cycle, and nobody was asked since."""
    sent_on = exists().where(
        later.complaint_id == sent_back.complaint_id,
        later.id != sent_back.id,
        later.sent_at >= sent_back.ended_at,
    )
    return and_(
        Complaint.status.in_({Status.IN_PROGRESS, Status.DISPATCHED}),
        exists().where(
            sent_back.complaint_id == Complaint.id,
            sent_back.cycle == Complaint.cycle,
            sent_back.status == OrderStatus.RETURNED,
            ~sent_on,
        ),
    )


def measure_untold() -> Condition:
    return and_(
        is_open(),
        exists().where(measure.complaint_id == Complaint.id, measure.told_at.is_(None)),
    )


def closing_requested() -> Condition:
    asked = select(request.complaint_id).where(request.state == ApprovalState.PENDING)
    return and_(Complaint.status == Status.RESOLVED, Complaint.id.in_(asked))


def closing_asked_by(person: Person) -> Condition:
    asked = select(request.complaint_id).where(
        request.state == ApprovalState.PENDING, request.requested_by_id == person.id
    )
    return Complaint.id.in_(asked)


def decision_named_to(person: Person) -> Condition:
    """A closing is asked for that the rule names this person to decide."""
    asked = select(request.complaint_id).where(
        request.state == ApprovalState.PENDING, request.named_id == person.id
    )
    return and_(Complaint.status == Status.RESOLVED, Complaint.id.in_(asked))


def closing_denied() -> Condition:
    """A supervisor refused the closing, and the customer was not tried again since."""
    tried_again = exists().where(
        attempt.complaint_id == request.complaint_id,
        attempt.cycle == request.cycle,
        attempt.recorded_at > request.decided_at,
    )
    return and_(
        Complaint.status == Status.RESOLVED,
        ~closing_requested(),
        exists().where(
            request.complaint_id == Complaint.id,
            request.cycle == Complaint.cycle,
            request.state == ApprovalState.DENIED,
            ~tried_again,
        ),
    )


def transfer_pending(*, to: Person | None = None) -> Condition:
    """A transfer waits for the named person's answer."""
    pending = select(move.complaint_id).where(move.state == TransferState.PENDING)
    if to is not None:
        pending = pending.where(move.to_id == to.id)
    return and_(is_open(), Complaint.id.in_(pending))


def decided_by(person: Person) -> Condition:
    """Complaints that lie below where this person supervises (design §2)."""
    paths = sorted({reach(each) for each in person.memberships if each.role in DECIDING})
    below = or_(*(unit.path.startswith(path) for path in paths)) if paths else unit.id.is_(None)
    return Complaint.unit_id.in_(select(unit.id).where(below))


# A callback.


def owed() -> Condition:
    """The answer stands, the customer has not been reached, and no closing is asked for."""
    asked = select(request.complaint_id).where(request.state == ApprovalState.PENDING)
    return and_(
        Callback.done_at.is_(None),
        Callback.due_since.is_not(None),
        Callback.complaint_id.not_in(asked),
    )


def may_be_made(now: datetime, callback: type[Callback] = Callback) -> Condition:
    """Nothing was agreed for later."""
    return or_(callback.scheduled_for.is_(None), callback.scheduled_for <= now)


def overdue(now: datetime) -> Condition:
    """Owed although its clock has run out, and not because a later time was agreed."""
    ran_out = exists().where(
        clock.complaint_id == Callback.complaint_id,
        clock.cycle == Callback.cycle,
        clock.kind == ClockKind.CALLBACK,
        clock.state == ClockState.RUNNING,
        clock.due_at < now,
    )
    return and_(owed(), may_be_made(now), ran_out)


def called_by(person: Person) -> Condition:
    """Theirs to make: named as caller, or responsible with nobody named and another's answer."""
    wrote_it = exists().where(
        answer.complaint_id == Callback.complaint_id,
        answer.cycle == Callback.cycle,
        answer.by_id == person.id,
    )
    answers_for_it = exists().where(
        complaint.id == Callback.complaint_id, complaint.responsible_id.in_(person.acts_as)
    )
    return or_(
        Callback.caller_id.in_(person.acts_as),
        and_(Callback.caller_id.is_(None), answers_for_it, ~wrote_it),
    )


def called_by_nobody_yet() -> Condition:
    return Callback.caller_id.is_(None)


def callback_of_cycle(condition: Condition, callback: type[Callback]) -> Condition:
    """A complaint whose owed callback fulfils the condition, written against `callback`."""
    return and_(
        Complaint.status == Status.RESOLVED,
        exists().where(
            callback.complaint_id == Complaint.id, callback.cycle == Complaint.cycle, condition
        ),
    )


# A work order.


def held_by_departments_of(person: Person, *roles: Role) -> Condition:
    """Orders of the departments in which this person holds one of the roles."""
    wanted = roles or HANDLING
    return WorkOrder.unit_id.in_([unit.id for unit in person.units_as(*wanted)])


def order_is(*statuses: OrderStatus) -> Condition:
    return WorkOrder.status.in_(statuses)


def ended_lately(now: datetime) -> Condition:
    return WorkOrder.ended_at >= now - LATELY
