"""What a queue is: its name, what its rows are, whom it concerns, what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, SQLColumnExpression

from tickets.models import Callback, Complaint, Person, WorkOrder
from workflow.words import Role

Condition = ColumnElement[bool]
Order = tuple[SQLColumnExpression[object], ...]
"""What rows are ordered by, the most important first."""


class About(StrEnum):
    COMPLAINT = "complaint"
    ORDER = "order"
    CALLBACK = "callback"


MODELS: dict[About, type[Complaint] | type[WorkOrder] | type[Callback]] = {
    About.COMPLAINT: Complaint,
    About.ORDER: WorkOrder,
    About.CALLBACK: Callback,
}


@dataclass(frozen=True)
class Queue:
    """Rows of one kind that wait for holders of some roles.

    `condition(person, now)` and `order_by(now)` are on the model of `about`. `calls_for` is what
    its holder does with a row, where that is not simply the row's next thing. `quiet` queues
    inform: nobody has to act on them now.
    """

    name: str
    label: str
    about: About
    roles: frozenset[Role]
    condition: Callable[[Person, datetime], Condition]
    order_by: Callable[[datetime], Order]
    calls_for: str = ""
    quiet: bool = False
