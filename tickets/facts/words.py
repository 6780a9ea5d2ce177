"""The codes of facts: who holds a complaint, and what is counted when it happens."""

from enum import StrEnum


class Holder(StrEnum):
    """Whom a complaint waits for. Exactly one at any moment while it is open."""

    DESK = "desk"
    DEPARTMENT = "department"
    """The department whose open work order is the oldest one."""
    CUSTOMER = "customer"
    CALLBACK = "callback"
    """An answer exists; the customer is to be called."""


class Happened(StrEnum):
    """What is counted in the period in which it happened."""

    RESOLVED = "resolved"
    """An answer was verified; by whom, and from which department it came last."""
    CAME_BACK = "came_back"
    """The customer was not satisfied: a new cycle, from a callback or by reopening. Person and
    department are those of the answer before."""
    CLOSED = "closed"
    """Closed and not undone; `detail` is callback or the ground of the exception, `number` the
    attempts that it took in that cycle."""
    ENDED = "ended"
    """Closed or withdrawn and not undone; `detail` is callback, the ground of the exception or
    withdrawn, person whoever was responsible, `number` 1 when the customer could be told at no
    address."""
    OBJECTED = "objected"
    """The customer objected to the end; `detail` is in_time or late, person whoever was
    responsible for what had ended."""
    ATTEMPT = "attempt"
    """A callback attempt; `detail` its outcome, `number` which one of the cycle."""
    RETURNED = "returned"
    """A department sent its order back (from it, to the unit that answers for the complaint)."""
    SENT_ON = "sent_on"
    """After a return, to the next department (from the one that returned)."""
    ARBITRATED = "arbitrated"
    """A supervisor ruled; `detail` is the ruling."""
    PAUSED = "paused"
    """The customer was waited for; `detail` is the reason, `seconds` how long, once it is over."""
    RAISED = "raised"
    TRANSFERRED = "transferred"
    OVERRIDDEN = "overridden"
    """The promised time was moved by a manager; `seconds` by how much; empty for a first one."""


IN_TIME, LATE = "in_time", "late"
"""What an objection was: within the time in which any desk opens again, or after it."""


class Age(StrEnum):
    """How long a complaint has been open."""

    DAY = "day"
    THREE = "three_days"
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"
    OLDER = "older"
