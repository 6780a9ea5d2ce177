"""The cells of the board: what each counts, as the condition that its list has as well (REP-02)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from tickets.limits import limits_in_force
from tickets.models import Callback, ClockRow, Complaint, WorkOrder
from tickets.queues import conditions as is_
from tickets.queues.conditions import Condition
from workflow.words import N_, ClockKind, ClockState, OrderStatus

HORIZONS = (2, 8, 24)
"""Open hours ahead in which something may run out."""

clock, order = aliased(ClockRow), aliased(WorkOrder)


@dataclass(frozen=True)
class Moment:
    """This moment, and the moments so many open hours ahead on the usual calendar."""

    now: datetime
    ahead: Mapping[int, datetime] = field(default_factory=dict)


def moment_of(now: datetime) -> Moment:
    limits = limits_in_force()
    calendar = limits.calendar_of(()).calendar
    return Moment(now, {hours: calendar.add(now, timedelta(hours=hours)) for hours in HORIZONS})


@dataclass(frozen=True)
class Cell:
    """One column of the board. `plain` conditions look at the complaint's own row only, and are
    counted together."""

    name: str
    label: str
    meaning: str
    condition: Callable[[Moment], Condition]
    group: str
    plain: bool = True
    tone: str = "quiet"
    of_open: bool = True
    """Whether it is a part of what is open."""


@dataclass(frozen=True)
class BoardSheet:
    """What one kind of board counts: its columns, and the rows behind them.

    `rows` puts what is counted into a query, `unit` is whose a row is, `since` when it began to
    wait, `complaint` the complaint that it belongs to, `count` counts those. In a `nested` sheet
    a unit counts what lies below it, and each complaint belongs to one unit.
    """

    whole: Cell
    cells: tuple[Cell, ...]
    tiles: tuple[str, ...]
    rows: Callable[[Select[Any]], Select[Any]]
    unit: Any
    since: Any
    complaint: Any
    count: Callable[[], ColumnElement[int]]
    nested: bool = True

    @property
    def by_name(self) -> Mapping[str, Cell]:
        return {cell.name: cell for cell in (self.whole, *self.cells)}

    def condition(self, cell: Cell, moment: Moment) -> Condition:
        """What a row in this cell fulfils, whosever it is."""
        if cell is self.whole or not cell.of_open:
            return cell.condition(moment)
        return and_(self.whole.condition(moment), cell.condition(moment))


def limit_cells(
    due: Any, amber: Any, group: str, meanings: Mapping[str, str], paused: Cell
) -> Iterator[Cell]:
    """Everything divided by one limit, and what runs out soon; of complaints by the limit that
    runs out next, of a department's orders by each one's own. `due` is when it runs out, `amber`
    when three quarters of it are used."""

    def warned(moment: Moment) -> Condition:
        return and_(due >= moment.now, amber <= moment.now)

    def calm(moment: Moment) -> Condition:
        return and_(due >= moment.now, or_(amber.is_(None), amber > moment.now))

    def within(hours: int) -> Callable[[Moment], Condition]:
        return lambda moment: and_(due >= moment.now, due < moment.ahead[hours])

    divided = (
        ("late", N_("Late"), lambda moment: due < moment.now, "bad"),
        ("warned", N_("Warning"), warned, "warn"),
        ("calm", N_("In time"), calm, "good"),
    )
    for name, label, condition, tone in divided:
        yield Cell(name, label, meanings[name], condition, group, tone=tone)
    yield paused
    soon = N_("A limit runs out within so many open hours, by the usual calendar.")
    labels = (N_("Within 2 open h"), N_("Within 8 open h"), N_("Within 24 open h"))
    for hours, label in zip(HORIZONS, labels, strict=True):
        yield Cell(f"within_{hours}", label, soon, within(hours), group, tone="warn")


def _orders(status: OrderStatus) -> Callable[[Moment], Condition]:
    return lambda _moment: Complaint.id.in_(
        select(order.complaint_id).where(order.status == status)
    )


def _callback(condition: Callable[[datetime], Condition]) -> Callable[[Moment], Condition]:
    """The callback of its cycle; found by its key, so that the cost is that of what is open."""
    return lambda moment: exists().where(
        Callback.complaint_id == Complaint.id,
        Callback.cycle == Complaint.cycle,
        condition(moment.now),
    )


def _called_now(now: datetime) -> Condition:
    return and_(is_.owed(), is_.may_be_made(now))


def _unacknowledged(_moment: Moment) -> Condition:
    return exists().where(
        clock.complaint_id == Complaint.id,
        clock.kind == ClockKind.ACKNOWLEDGE,
        clock.state.in_((ClockState.RUNNING, ClockState.PAUSED)),
    )


def _level(level: int) -> Callable[[Moment], Condition]:
    return lambda _moment: Complaint.level == level


LIMITS, CALLS, WORK, LEVELS = (
    N_("What runs out next"),
    N_("Callbacks"),
    N_("Departments"),
    N_("Raised"),
)

CELLS = (
    *limit_cells(
        Complaint.due_at,
        Complaint.amber_at,
        LIMITS,
        {
            "late": N_("The limit that ran out first has passed."),
            "warned": N_("Three quarters or more of the limit that runs out next are used."),
            "calm": N_("Less than three quarters of the limit that runs out next are used."),
        },
        Cell(
            "paused",
            N_("Paused"),
            N_("No limit runs: the customer is waited for, or none holds."),
            lambda _moment: Complaint.due_at.is_(None),
            LIMITS,
            tone="info",
        ),
    ),
    Cell(
        "unacknowledged",
        N_("No first response"),
        N_("The customer has not been answered for the first time."),
        _unacknowledged,
        LIMITS,
        plain=False,
        tone="warn",
    ),
    Cell(
        "callbacks_due",
        N_("Due"),
        N_("An answer stands and the customer may be called now."),
        _callback(_called_now),
        CALLS,
        plain=False,
    ),
    Cell(
        "callbacks_overdue",
        N_("Overdue"),
        N_("The callback limit has passed, and nothing was agreed for later."),
        _callback(is_.overdue),
        CALLS,
        plain=False,
        tone="bad",
    ),
    Cell(
        "to_accept",
        N_("Not accepted"),
        N_("A work order waits for its department to accept it."),
        _orders(OrderStatus.SENT),
        WORK,
        plain=False,
    ),
    Cell(
        "returned",
        N_("Returned"),
        N_("A department sent its order back, and nobody was asked since."),
        lambda _moment: is_.returned_and_not_sent_on(),
        WORK,
        plain=False,
        tone="warn",
    ),
    Cell(
        "arbitration",
        N_("Arbitration"),
        N_("Departments disagree; a supervisor has to decide."),
        _orders(OrderStatus.ARBITRATION),
        WORK,
        plain=False,
        tone="bad",
    ),
    Cell("level_1", N_("Level 1"), N_("Raised to the lead."), _level(1), LEVELS),
    Cell("level_2", N_("Level 2"), N_("Raised to the supervisor."), _level(2), LEVELS, tone="warn"),
    Cell("level_3", N_("Level 3"), N_("Raised to the executive."), _level(3), LEVELS, tone="bad"),
)
OPEN = Cell(
    "open",
    N_("Still open"),
    N_("Not closed, withdrawn or merged."),
    lambda _moment: is_.is_open(),
    LIMITS,
)
TILES = (
    *("late", "warned", "within_2", "within_8"),
    *("unacknowledged", "callbacks_overdue", "to_accept", "arbitration"),
)
COMPLAINTS = BoardSheet(
    OPEN,
    CELLS,
    TILES,
    lambda query: query.select_from(Complaint),
    Complaint.unit_id,
    Complaint.registered_at,
    Complaint.id,
    func.count,
)

__all__ = [
    "CELLS",
    "COMPLAINTS",
    "OPEN",
    "Cell",
    "Moment",
    "BoardSheet",
    "limit_cells",
    "moment_of",
]
