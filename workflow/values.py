"""Shapes of values that pass between rooms."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
"""What JSON can hold; events and settings are stored as this."""

Inputs: TypeAlias = Mapping[str, object]
"""What was filled in, by the name of the field that asks for it."""


class Sets(StrEnum):
    """What the value of a field means, so that nobody needs the field's name to find it."""

    FOLLOW_UP = "follow_up"
    """When a pause ends by itself."""
    WAIT_REASON = "wait_reason"
    PROMISE = "promise"
    """By when the customer was promised an answer."""
    EXPECTED = "expected"
    """When a problem is expected to be solved; told, never a limit."""
    CALLBACK_TIME = "callback_time"
    """When the customer is to be called."""
    HAPPENED_AT = "happened_at"
    """When it happened, where that is not now."""


class Origin(StrEnum):
    """Where a complaint came from, as whoever registers it says; nobody guesses it."""

    LIVE = "live"
    """The customer complained to us, on whatever channel, also one that nobody attends."""
    IMPORTED = "imported"
    """Another system received it; what it promised, told and raised is not done again."""
