"""What reports count: facts kept beside the events, narrow and made for counting.

Everything here is derived. `tickets.facts` remakes the rows of a complaint from its events
whenever these went on, in the background, never in the request that saves (PER-01). Each row
repeats what reports narrow by (`Told`), so that a year is counted from one table. Moments are
instants; spans are whole seconds. Only the complaint is a foreign key: the others are copies,
and checking them would cost more than making them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model, UuidKey
from tickets.models.columns import code_type, moment, reference
from workflow.words import ClockKind

READ_BY_ALL = ("unit_id", "category_id", "channel", "tier", "complaint_id")
"""What every report can be narrowed to, and what its lists lead to. Indexes that hold all that a
report reads end with it: a year is then counted from the index alone, a third of the table."""


class Told:
    """What every fact repeats of its complaint: where it belongs and what it is about."""

    unit_id: Mapped[UUID] = mapped_column(UuidKey)
    category_id: Mapped[UUID] = mapped_column(UuidKey)
    channel: Mapped[str] = mapped_column(String(24))
    tier: Mapped[str] = mapped_column(String(8))


class ComplaintFact(Told, Model):
    """One complaint in one row.

    `ended_at` is the last end while it has ended; an end that was undone or reopened is none.
    `ended_as` is its status then, `ground` why it could close without the customer's word.
    """

    __table_args__ = (
        Index("ix_complaint_fact_registered", "registered_at"),
        Index("ix_complaint_fact_ended", "ended_at"),
    )

    complaint_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("complaint.id"), primary_key=True
    )
    severity: Mapped[str] = mapped_column(String(24))
    level: Mapped[int]
    responsible_id: Mapped[UUID] = mapped_column(UuidKey)
    registered_at: Mapped[datetime] = moment()
    registered_day: Mapped[int]
    """The day's ordinal in the operator's zone, as `date.toordinal` counts."""
    ended_at: Mapped[datetime | None] = moment(null=True)
    ended_day: Mapped[int | None]
    ended_as: Mapped[str] = mapped_column(String(24), default="")
    ground: Mapped[str] = mapped_column(String(24), default="")
    first_contact: Mapped[bool]
    repeat: Mapped[bool]
    cycles: Mapped[int]
    returns: Mapped[int]
    arbitrations: Mapped[int]
    transfers: Mapped[int]
    cause_id: Mapped[UUID | None] = mapped_column(UuidKey)
    resolution: Mapped[str] = mapped_column(String(24), default="")
    remedy: Mapped[str] = mapped_column(String(24), default="")
    liable_id: Mapped[UUID | None] = mapped_column(UuidKey)
    compensation: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """Granted with the last answer, in minor units of the currency."""


class ClockFact(Told, Model):
    """One clock and when its result is certain.

    `certain_at` is the breach of a missed one, the end of a met one, and of one that runs the
    moment at which it will be missed; empty while nobody can know. `holder` says what the
    complaint waited for then, `holder_id` which unit that was, `held_by_id` who was responsible.
    """

    __table_args__ = (
        Index("ix_clock_fact_certain", "certain_at", "kind", "met", "department_id", *READ_BY_ALL),
        Index(
            "ix_clock_fact_missed",
            "certain_at",
            "holder",
            "holder_id",
            "held_by_id",
            *READ_BY_ALL,
            postgresql_where=text("met IS false"),
            sqlite_where=text("met IS 0"),
        ),
        Index(
            "ix_clock_fact_promised",
            "certain_at",
            "met",
            "kept_first",
            "held_by_id",
            *READ_BY_ALL,
            postgresql_where=text("kind = 'promise'"),
            sqlite_where=text("kind = 'promise'"),
        ),
        Index("ix_clock_fact_complaint", "complaint_id"),
    )

    clock_id: Mapped[UUID] = mapped_column(UuidKey, primary_key=True)
    complaint_id: Mapped[UUID] = reference("complaint.id")
    kind: Mapped[ClockKind] = mapped_column(code_type(ClockKind))
    met: Mapped[bool]
    certain_at: Mapped[datetime | None] = moment(null=True)
    department_id: Mapped[UUID] = mapped_column(UuidKey)
    """The department whose order is timed; the complaint's own unit for its own clocks."""
    holder: Mapped[str] = mapped_column(String(24))
    holder_id: Mapped[UUID] = mapped_column(UuidKey)
    held_by_id: Mapped[UUID] = mapped_column(UuidKey)
    target: Mapped[int]
    used: Mapped[int]
    kept_first: Mapped[bool | None]
    """Of a promise that a manager moved: whether the customer was told by the time promised
    first (PAU-07); empty for every other clock."""


class HeldFact(Told, Model):
    """Whom a complaint waited for, from when to when; segments follow each other without gaps,
    so that they sum to its whole running time (PAU-06). The last one of an open complaint has
    no end."""

    __table_args__ = (
        Index("ix_held_fact_ended", "ended_at", "holder", "holder_id", "seconds", *READ_BY_ALL),
    )

    complaint_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("complaint.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(24))
    holder_id: Mapped[UUID] = mapped_column(UuidKey)
    person_id: Mapped[UUID] = mapped_column(UuidKey)
    starts_at: Mapped[datetime] = moment()
    ends_at: Mapped[datetime | None] = moment(null=True)
    seconds: Mapped[int | None]
    ended_at: Mapped[datetime | None] = moment(null=True)
    """When its complaint ended, if it has."""


class HappenedFact(Told, Model):
    """One thing that is counted when it happened: see `tickets.facts.words.Happened`.

    `detail` is its code (an outcome, a reason, a ruling), `number` its count within the cycle or
    the complaint, `seconds` how long it lasted.
    """

    __table_args__ = (
        Index(
            "ix_happened_fact_what",
            "what",
            "at",
            "detail",
            "number",
            "from_id",
            "to_id",
            "person_id",
            "seconds",
            *READ_BY_ALL,
        ),
    )

    complaint_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("complaint.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = moment()
    detail: Mapped[str] = mapped_column(String(24), default="")
    person_id: Mapped[UUID | None] = mapped_column(UuidKey)
    from_id: Mapped[UUID | None] = mapped_column(UuidKey)
    to_id: Mapped[UUID | None] = mapped_column(UuidKey)
    number: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int | None]


class PathFact(Told, Model):
    """The path of one complaint that has ended: see `tickets.facts.telling.Stay`.

    `variant` names the sequence of its steps, so that equal paths are found together. `seconds`
    is its whole life, from registering to the last end; `loops` how often it came back to a step
    where it had been before.
    """

    __table_args__ = (Index("ix_path_fact_ended", "ended_at", "variant"),)

    complaint_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("complaint.id"), primary_key=True
    )
    ended_at: Mapped[datetime] = moment()
    variant: Mapped[str] = mapped_column(String(16))
    loops: Mapped[int]
    seconds: Mapped[int]


class StayFact(Told, Model):
    """One step on the path of a complaint that has ended, and the move that left it.

    `onward` is the next step, empty at the end of the path; `seconds` how long it stood here,
    and `spell` the same on a scale (see `tickets.facts.walking`), so that medians over millions
    need no sorting. `first` says that it had not been here before, `first_move` that it had not
    taken this move before, `back` that the move leads to where it had been.
    """

    __table_args__ = (
        Index(
            "ix_stay_fact_ended",
            "ended_at",
            "step",
            "onward",
            "spell",
            "seconds",
            "first",
            "first_move",
            "back",
            *READ_BY_ALL,
        ),
        Index("ix_stay_fact_step", "step", "onward", "ended_at"),
    )

    complaint_id: Mapped[UUID] = mapped_column(
        UuidKey, ForeignKey("complaint.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = moment()
    step: Mapped[str] = mapped_column(String(32))
    onward: Mapped[str] = mapped_column(String(32), default="")
    seconds: Mapped[int | None]
    spell: Mapped[int | None]
    first: Mapped[bool]
    first_move: Mapped[bool]
    back: Mapped[bool]
