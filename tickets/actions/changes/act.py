"""One action on its way through the door: what it knows, and what it leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from tickets.actors import Actor, System
from tickets.database import Model, db
from tickets.history import Text
from tickets.history.vocabulary import order_event
from tickets.models import Attachment, Complaint, Event, WorkOrder
from tickets.proof import said
from workflow.case import Case
from workflow.machine import Performed
from workflow.table import Action
from workflow.values import Inputs, Json, Value, given, needed
from workflow.words import Origin


@dataclass
class Act:
    """An action being done. Changes read it, put rows down, and return data for the event.

    `with_event` are rows that carry the event's id; `follow_ups` run after the event is
    written, each through the same door, so that they come later in the history.
    """

    action: Action
    complaint: Complaint
    order: WorkOrder | None
    actor: Actor
    now: datetime
    inputs: Inputs
    case: Case
    origin: Origin = Origin.LIVE
    depth: int = 0
    """How many actions, each set off by the one before, led to this one."""
    performed: Performed | None = None
    data: dict[str, Json] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    """Texts of the event besides those that were asked for."""
    with_event: list[Attachment] = field(default_factory=list)
    follow_ups: list["FollowUp"] = field(default_factory=list)
    touched: list[Complaint] = field(default_factory=list)
    """Other complaints whose history this action wrote to, and whose clocks it may move."""
    event: Event | None = None

    @property
    def name(self) -> str:
        return self.action.name

    def given(self, name: str, kind: type[Value]) -> Value | None:
        """What was filled in under this name, as a row where it names one; None when it was left
        empty."""
        return given(self.inputs, name, kind)

    def needed(self, name: str, kind: type[Value]) -> Value:
        """The same for what the action must be told."""
        return needed(self.inputs, name, kind)

    @property
    def done(self) -> Performed:
        """What the rules let it do; asked only after they have spoken."""
        if self.performed is None:
            raise TypeError(f"{self.name} was not performed yet")
        return self.performed

    @property
    def event_name(self) -> str:
        """What the history calls it."""
        return event_name(self.action, self.order or self.complaint)

    @property
    def instead_of(self) -> UUID | None:
        """Whose responsibility the actor carries as a substitute: an author as well (OWN-06)."""
        if isinstance(self.actor, System):
            return None
        was_responsible = self.case.responsible_id  # the action itself may have moved it
        return next((each for each in self.actor.stands_in_for if each == was_responsible), None)

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
    inputs: Inputs = field(default_factory=dict)


def event_name(action: Action, on: Complaint | WorkOrder) -> str:
    """What the history calls this action on a complaint, or on one of its work orders."""
    return order_event(action.name) if isinstance(on, WorkOrder) else action.name


def store_first(model: type[Model], **values: object) -> None:
    """Insert a row at once: the closing rests on it, and the database looks for it (design §3)."""
    said.note_new(model, values)
    db.session.execute(insert(model), [values])
