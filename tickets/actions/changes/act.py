"""One action on its way through the door: what it knows, and what it leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import insert

from tickets.actors import Actor, System
from tickets.database import Model, db
from tickets.models import Complaint, Event, WorkOrder
from tickets.proof import said
from workflow.case import Case
from workflow.effects import Effect
from workflow.machine import Performed
from workflow.table import Action
from workflow.values import Json, Origin

EventSays: TypeAlias = dict[str, Json]
"""What the event shall say besides the inputs, by `DataKey`."""


@dataclass
class Act:
    """An action being done. Changes read it, put rows down, and return data for the event.

    `with_event` are rows that carry the event's id; `follow_ups` run after the event is
    written, each through the same door, so that they come later in the history.
    """

    name: str
    complaint: Complaint
    order: WorkOrder | None
    actor: Actor
    now: datetime
    inputs: dict[str, Any]
    case: Case
    performed: Performed | None = None
    origin: Origin = Origin.LIVE
    depth: int = 0
    """By how many others in a row it was set off."""
    data: EventSays = field(default_factory=dict)
    with_event: list[Any] = field(default_factory=list)
    follow_ups: list["FollowUp"] = field(default_factory=list)
    touched: list[Complaint] = field(default_factory=list)
    """Other complaints whose history this action wrote to, and whose clocks it may move."""
    event: Event | None = None

    @property
    def instead_of(self) -> UUID | None:
        """Whose responsibility the actor carries as a substitute: an author as well (OWN-06)."""
        if isinstance(self.actor, System):
            return None
        was_responsible = self.case.responsible_id  # the action itself may have moved it
        return next((each for each in self.actor.stands_in_for if each == was_responsible), None)

    @property
    def action(self) -> Action:
        """The row of the lifecycle that this is."""
        if self.performed is None:
            raise TypeError(f"{self.name} was not let through yet")
        return self.performed.action

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What follows from the action and from the move it took; nothing before it was taken."""
        return self.performed.effects if self.performed is not None else ()

    @property
    def work_order(self) -> WorkOrder:
        """The order that this action is on; only actions on orders ask."""
        if self.order is None:
            raise TypeError(f"{self.name} is not an action on a work order")
        return self.order

    def became(self, *statuses: object) -> bool:
        """Whether the action led to one of these statuses."""
        return self.performed is not None and self.performed.after in statuses


@dataclass(frozen=True)
class FollowUp:
    """An action that another one sets off, on the complaint or on one of its orders."""

    name: str
    on: Complaint | WorkOrder
    actor: Actor
    inputs: dict[str, Any] = field(default_factory=dict)


def store_first(model: type[Model], **values: Any) -> None:
    """Insert a row at once: the closing rests on it, and the database looks for it (design §3)."""
    said.note_new(model, values)
    db.session.execute(insert(model), [values])
