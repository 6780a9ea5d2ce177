"""What follows from an action besides the status: values that stand in the lifecycle's rows.

Each type has one executor, which runs because the value stands in the row:
`tickets.actions.executing` for what changes the complaint, `workflow.clock_keeping` for clocks,
`tickets.actions.notifying` for who is told. `moves_time` says whether clocks read it from history.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from workflow.words import ClockKind


@dataclass(frozen=True)
class Effect:
    """One consequence of an action."""

    moves_time: ClassVar[bool] = False

    @property
    def plain(self) -> "Effect":
        """The effect as people read it, without what only machines need."""
        return self


@dataclass(frozen=True)
class Start(Effect):
    """A clock starts, or goes on if it had been stopped (design §5)."""

    clock: ClockKind
    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class Stop(Effect):
    """A clock ends: met if it was in time."""

    clock: ClockKind
    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class ReportAgain(Effect):
    """The customer was told something: the next progress report is due from here (SLA-14)."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class Pause(Effect):
    """The complaint waits for the customer: operational clocks rest until the follow-up date
    (PAU-01). The action must ask for what sets `Sets.FOLLOW_UP` and `Sets.WAIT_REASON`."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class Resume(Effect):
    """It waits no longer."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class StopAll(Effect):
    """Every clock ends, as every end of a complaint demands (ESC-06)."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class RunOn(Effect):
    """An end is undone: every clock goes on as if it had never been stopped (CLO-13)."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class ReckonAgain(Effect):
    """What clocks depend on has changed; nothing was done for the customer by it."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class NewCycle(Effect):
    """Back to work with an answer, a callback and limits of its own; the cycle before stays as it
    ended (design §3)."""

    moves_time: ClassVar[bool] = True


@dataclass(frozen=True)
class RaiseLevel(Effect):
    """One level up, unless it is at the top already (design §5)."""


@dataclass(frozen=True)
class Heard(Effect):
    """The customer heard from us: last contact is now, and no question of theirs waits."""


class Whom(StrEnum):
    """Whom an effect reaches inside the house."""

    RESPONSIBLE = "responsible"
    DEPARTMENT = "department"
    LEAD = "department_lead"
    SUPERVISOR = "supervisor"
    NAMED = "named_person"
    WATCHERS = "watchers"


OTHER_NEWS = "happened"
"""The topic of what has none of its own."""


@dataclass(frozen=True)
class TellStaff(Effect):
    """People of the house are told, under a topic of `tickets.messages.topics`."""

    whom: Whom
    topic: str = OTHER_NEWS

    @property
    def plain(self) -> Effect:
        return TellStaff(self.whom)


class Said(StrEnum):
    """What a customer is told in writing."""

    REGISTERED = "registered"
    PROGRESS = "progress"
    ANSWER = "answer"
    NOTICE = "notice"


@dataclass(frozen=True)
class TellCustomer(Effect):
    """The customer is told in writing (NOT-05)."""

    what: Said


@dataclass(frozen=True)
class TellEnd(Effect):
    """The customer is told that it ended, and how to object (decision P1)."""


@dataclass(frozen=True)
class UntellEnd(Effect):
    """What tells the customer of the end is cancelled, unless it has left."""
