"""One complaint's life as its events tell it: what is counted, who held it, where it stood."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tickets.facts.words import Happened, Holder
from tickets.history.reading import CountedEvent
from workflow.words import Status


@dataclass
class Occurrence:
    """One thing to be counted at its moment."""

    what: Happened
    at: datetime
    detail: str = ""
    person: UUID | None = None
    from_unit: UUID | None = None
    to_unit: UUID | None = None
    number: int = 0
    seconds: int | None = None


@dataclass
class HeldSegment:
    """Whom the complaint waited for, and which person answered for it then."""

    holder: Holder
    unit: UUID
    person: UUID
    starts_at: datetime
    ends_at: datetime | None = None

    def is_of(self, holder: Holder, unit: UUID, person: UUID) -> bool:
        return (self.holder, self.unit, self.person) == (holder, unit, person)


@dataclass
class Stay:
    """One step of the path that the complaint took: where it stood, from when to when.

    `step` is its status, or, while it is dispatched, the id (hex) of the department whose open
    work order is the oldest one. `place` is the event that led there, counted from 0. The stay
    in which the complaint has ended, or still stands, has no end.
    """

    step: str
    starts_at: datetime
    place: int
    ends_at: datetime | None = None


@dataclass
class Life:
    """What the events tell about one complaint."""

    unit: UUID
    responsible: UUID
    registered_at: datetime
    stands: Status = Status.REGISTERED
    ended_at: datetime | None = None
    ground: str = ""
    cycles: int = 1
    returns: int = 0
    arbitrations: int = 0
    transfers: int = 0
    cause: UUID | None = None
    resolution: str = ""
    remedy: str = ""
    liable: UUID | None = None
    compensation: int = 0
    happenings: list[Occurrence] = field(default_factory=list)
    segments: list[HeldSegment] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    moved: dict[datetime, datetime] = field(default_factory=dict)
    """When a manager replaced the promised time, and which time had been promised until then."""
    # What is needed on the way.
    attempts: int = 0
    asked_ground: str = ""
    wants_no_contact: bool = False
    refused_call: bool = False
    resolver: UUID | None = None
    answered_by: UUID | None = None
    returned_by: UUID | None = None
    open_orders: dict[UUID, UUID] = field(default_factory=dict)
    units_of_orders: dict[UUID, UUID] = field(default_factory=dict)
    pause: Occurrence | None = None
    closing: Occurrence | None = None
    end: Occurrence | None = None

    def add(
        self,
        what: Happened,
        event: CountedEvent,
        detail: str = "",
        *,
        person: UUID | None = None,
        from_unit: UUID | None = None,
        to_unit: UUID | None = None,
        number: int = 0,
        seconds: int | None = None,
    ) -> Occurrence:
        occurred = Occurrence(what, event.at, detail, person, from_unit, to_unit, number, seconds)
        self.happenings.append(occurred)
        return occurred
