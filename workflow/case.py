"""What the rules know: the facts of one complaint, who acts, when, and what they filled in.

The application collects a `Case` from its rows; the rules never look further. Identities are
opaque: rules only compare them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from workflow.authors import Authors
from workflow.callbacks import Attempt, WrittenNotice
from workflow.policy import DEFAULT, Policy
from workflow.values import Inputs, Sets, Value, given
from workflow.words import OrderStatus, Party, Status


@dataclass(frozen=True)
class OrderFact:
    """What rules and pages need of one order of a complaint."""

    id: UUID
    unit_id: UUID
    status: OrderStatus


Identity = object


class HasStatus(Protocol):
    """What the machine moves: anything with a status of its own."""

    @property
    def status(self) -> Status | OrderStatus: ...


@dataclass(frozen=True)
class Other:
    """What the rules need of another complaint (a merge's survivor)."""

    id: Identity
    status: Status
    customer_id: Identity


@dataclass(frozen=True)
class Candidate:
    """What the rules need of a person who is to take something over."""

    id: Identity
    active: bool
    may_answer_for_complaints: bool
    may_handle_orders: bool = False


@dataclass(frozen=True)
class Signed:
    """What the rules need of a recorded attempt or notice that somebody else is to confirm:
    whose it is, and when it was recorded. `open` is False once it is confirmed or needs nothing."""

    by: Identity
    instead_of: Identity | None
    at: datetime
    open: bool = True


@dataclass(frozen=True)
class Meant:
    """A value that was filled in, and the field it was filled into."""

    field: str
    value: object

    @property
    def moment(self) -> datetime:
        """The value of a field that asks for an instant; TypeError for any other."""
        if not isinstance(self.value, datetime):
            raise TypeError(f"{self.field} is no moment")
        return self.value


@dataclass(frozen=True)
class Case:
    """One complaint as the rules see it. All instants are aware."""

    now: datetime
    parties: frozenset[Party]
    actor_id: Identity | None
    status: Status
    id: Identity = None
    customer_id: Identity = None
    responsible_id: Identity = None
    policy: Policy = DEFAULT
    level: int = 0
    inputs: Inputs = field(default_factory=dict)
    meant: Mapping[Sets, Meant] = field(default_factory=dict)
    """The inputs again, by what they mean to the action that asked for them."""
    open_orders: int = 0
    attempts: tuple[Attempt, ...] = ()
    notices: tuple[WrittenNotice, ...] = ()
    numbers: tuple[str, ...] = ()
    """The customer's numbers, each of which must have been tried (at most five)."""
    answered_by: Identity | None = None
    resolved_at: datetime | None = None
    registered_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was closed or withdrawn."""
    closed_at: datetime | None = None
    refuses_contact: bool = False
    closing_requested: bool = False
    closing_requested_by: Identity | None = None
    authors: Authors = field(default_factory=dict)
    stands_in_for: frozenset[Identity] = frozenset()
    """Whom the actor represents at this moment."""
    stood_in_by: frozenset[Identity] = frozenset()
    """Who represents the actor at this moment."""
    refusal_by_author: bool = False
    """Whether somebody who handled the complaint noted that the customer refuses contact."""
    number_known: bool | None = None
    """Whether the number that is given now is known of this customer."""
    address_fits: bool = True
    """Whether the address that is given now can be reached by the chosen way."""
    can_be_written_to: bool = True
    """Whether there is any address at which the customer hears of an end."""
    transfer_to: Identity | None = None
    waited: timedelta = timedelta(0)
    follow_up_at: datetime | None = None
    promised_at: datetime | None = None
    merged_from: Status | None = None
    watching: bool = False
    took_in_others: bool = False
    """Whether other complaints were merged into it."""

    def given(self, name: str, kind: type[Value]) -> Value | None:
        """What was filled in under this name; None when it was left empty."""
        return given(self.inputs, name, kind)


@dataclass(frozen=True)
class OrderCase(Case):
    """One work order as the rules see it; `status` stays the complaint's."""

    order_status: OrderStatus = OrderStatus.SENT
    bound: bool = False
    rejections: int = 0
    returns_before: int = 0
    had_it_before: bool = False
