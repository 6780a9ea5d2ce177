"""The shape of the tables: what one row of the lifecycle says."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from workflow.case import Case, Meant
from workflow.effects import Effect
from workflow.reasons import Reason
from workflow.values import Inputs, Sets
from workflow.words import N_, Audience, OrderStatus, Party, Status

AnyStatus = Status | OrderStatus

Rule = Callable[[Case], list[Reason]]
"""A condition: every reason against, or an empty list."""


class Kind(StrEnum):
    """What sort of thing is filled in; the edges choose a control, the rules check it."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    MOMENT = "moment"
    FLAG = "flag"
    MONEY = "money"
    UNITS = "units"
    UNIT = "unit"
    PERSON = "person"
    COMPLAINT = "complaint"
    CATEGORY = "category"
    CAUSE = "cause"
    PROBLEM = "problem"
    ENTRY = "entry"
    ATTEMPT = "attempt"
    NOTICE = "notice"
    FILE = "file"


@dataclass(frozen=True)
class Ask:
    """One thing that an action asks for.

    `audience` says who may ever read a text given here; `needed` whether it must be filled in,
    always, never, or depending on the other inputs.
    """

    name: str
    kind: Kind
    label: str
    needed: bool | Callable[[Inputs], bool] = True
    codes: type[StrEnum] | None = None
    audience: Audience = Audience.INTERNAL
    help: str = ""
    nothing: str = N_("Unchanged")
    """What a list that need not be chosen from calls its first line."""

    sets: Sets | None = None
    at_most: int | None = None
    """Characters, where it is stored in fewer than its kind allows."""

    @property
    def longest(self) -> int | None:
        """The greatest length in characters, for texts."""
        return self.at_most or {Kind.LINE: 200, Kind.TEXT: 10_000}.get(self.kind)

    def is_needed(self, inputs: Inputs) -> bool:
        return self.needed if isinstance(self.needed, bool) else self.needed(inputs)


@dataclass(frozen=True)
class Move:
    """Where an action leads: a status, or None to stay, if `when` holds.

    The first move whose condition holds is taken.
    """

    to: AnyStatus | None
    when: Callable[[Case], bool] | None = None
    then: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Action:
    """One row of a lifecycle: who may do what from where, what must hold, what follows.

    `by` are the parties that may, `when` the statuses from which it is possible, `moves` where it
    leads, `holds` the rules, `asks` what is filled in, `then` the effects besides those of the
    move that is taken. `offered` is False for what only the system or another verb sets off: it is
    in the table like everything else, but no page shows a button for it.
    """

    name: str
    label: str
    _: KW_ONLY
    when: frozenset[AnyStatus]
    moves: tuple[Move, ...]
    by: frozenset[Party]
    holds: tuple[Rule, ...] = ()
    asks: tuple[Ask, ...] = ()
    then: tuple[Effect, ...] = ()
    kind: str = "status"
    offered: bool = True
    says: str = ""

    def effects(self) -> tuple[Effect, ...]:
        """Every effect that this action can have, whichever move it takes."""
        return (*self.then, *(effect for move in self.moves for effect in move.then))

    def field_that_sets(self, meaning: Sets) -> str | None:
        """The name of the field whose value has this meaning; None if the action asks for none."""
        return next((ask.name for ask in self.asks if ask.sets is meaning), None)

    def meant(self, inputs: Inputs) -> Mapping[Sets, Meant]:
        """What is filled in, by what it means; empty fields are not there."""
        return {
            ask.sets: Meant(ask.name, inputs[ask.name])
            for ask in self.asks
            if ask.sets is not None and inputs.get(ask.name) not in (None, "")
        }

    def targets(self) -> tuple[AnyStatus, ...]:
        """Every status this action can lead to, in the order of the moves."""
        return tuple(move.to for move in self.moves if move.to is not None)


@dataclass(frozen=True)
class StatusRow:
    """One status, as people read it."""

    status: AnyStatus
    label: str
    meaning: str
    clock: str
