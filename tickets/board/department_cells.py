"""The cells of a department's board: what each counts among the work orders that it holds.

A number is one of complaints, so that it is the length of its list (REP-02): a complaint about
which a department holds two orders is counted once in each cell in which one of them is.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, select
from sqlalchemy.orm import aliased

from tickets.board.cells import BoardSheet, Cell, Moment, limit_cells
from tickets.models import ClockRow, Complaint, WorkOrder
from tickets.queues.conditions import Condition
from workflow.words import N_, OPEN_ORDER, ClockKind, ClockState, OrderStatus, Status

OWN_CLOCKS = (ClockKind.ACCEPT, ClockKind.ANSWER)
"""What a department is timed by."""

clock, order, later = aliased(ClockRow), aliased(WorkOrder), aliased(WorkOrder)
complaint = aliased(Complaint)


def timed(query: Select[Any]) -> Select[Any]:
    """Work orders, each with its own clock while one runs."""
    return query.select_from(order).outerjoin(clock, _own_clock())


def _own_clock() -> Condition:
    """Found by the complaint or the department, which indexes know; a clock names its order in
    hexadecimal."""
    return and_(
        clock.complaint_id == order.complaint_id,
        clock.unit_id == order.unit_id,
        clock.subject == func.replace(cast(order.id, String), "-", ""),
        clock.kind.in_(OWN_CLOCKS),
        clock.state == ClockState.RUNNING,
    )


def first_by_clock() -> Select[Any]:
    """The keys of open orders whose clock runs, what runs out next first."""
    return (
        select(order.id)
        .join(clock, _own_clock())
        .where(order.status.in_(OPEN_ORDER))
        .order_by(clock.due_at, order.id)
    )


def _complaints() -> ColumnElement[int]:
    return func.count(order.complaint_id.distinct())


def _is(*statuses: OrderStatus) -> Callable[[Moment], Condition]:
    return lambda _moment: order.status.in_(statuses)


def _unassigned(_moment: Moment) -> Condition:
    still_to_do = order.status.in_((OrderStatus.SENT, OrderStatus.ACCEPTED))
    return and_(still_to_do, order.handler_id.is_(None))


def _returned(_moment: Moment) -> Condition:
    """Sent back in the cycle that runs, and nobody was asked since."""
    stands = select(complaint.id).where(
        complaint.id == order.complaint_id,
        complaint.cycle == order.cycle,
        complaint.status.in_((Status.IN_PROGRESS, Status.DISPATCHED)),
    )
    sent_on = exists().where(
        later.complaint_id == order.complaint_id,
        later.id != order.id,
        later.sent_at >= order.ended_at,
    )
    return and_(order.status == OrderStatus.RETURNED, stands.exists(), ~sent_on)


LIMITS, WORK = N_("What runs out next"), N_("Work orders")

HELD = Cell(
    "open",
    N_("Still open"),
    N_("A work order of the department is not answered, returned or recalled."),
    _is(*sorted(OPEN_ORDER)),
    LIMITS,
)
CELLS = (
    *limit_cells(
        clock.due_at,
        clock.amber_at,
        LIMITS,
        {
            "late": N_("The limit for accepting or answering has passed."),
            "warned": N_(
                "Three quarters or more of the limit for accepting or answering are used."
            ),
            "calm": N_(
                "Less than three quarters of the limit for accepting or answering are used."
            ),
        },
        Cell(
            "paused",
            N_("Paused"),
            N_("No limit runs for the department: a ruling is waited for, or none holds."),
            lambda _moment: clock.id.is_(None),
            LIMITS,
            tone="info",
        ),
    ),
    Cell(
        "to_accept",
        N_("Not accepted"),
        N_("A work order waits for its department to accept it."),
        _is(OrderStatus.SENT),
        WORK,
    ),
    Cell(
        "unassigned",
        N_("Without a handler"),
        N_("Nobody of the department is named for it."),
        _unassigned,
        WORK,
        tone="warn",
    ),
    Cell(
        "urged",
        N_("Urged"),
        N_("Somebody asked the department to hurry."),
        lambda _moment: order.urges > 0,
        WORK,
        tone="warn",
    ),
    Cell(
        "returned",
        N_("Returned"),
        N_("The department sent it back, and nobody was asked since."),
        _returned,
        WORK,
        plain=False,
        of_open=False,
    ),
    Cell(
        "arbitration",
        N_("Arbitration"),
        N_("Departments disagree; a supervisor has to decide."),
        _is(OrderStatus.ARBITRATION),
        WORK,
        tone="bad",
    ),
)
ORDERS = BoardSheet(
    HELD,
    CELLS,
    ("late", "warned", "within_2", "within_8", "to_accept", "unassigned", "urged", "arbitration"),
    timed,
    order.unit_id,
    order.sent_at,
    order.complaint_id,
    _complaints,
    nested=False,
)

__all__ = ["ORDERS", "first_by_clock"]
