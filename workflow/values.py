"""Shapes of values that pass between rooms."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias, TypeVar

Json: TypeAlias = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What JSON can hold; events and settings are stored as this."""

Inputs: TypeAlias = Mapping[str, object]
"""What was filled in, by the name of the field that asks for it."""

Value = TypeVar("Value")


def given(inputs: Inputs, name: str, kind: type[Value]) -> Value | None:
    """What was filled in under this name; None when it was left empty.

    TypeError for a value of another kind: that is a mistake of the caller, not of a person.
    """
    value = inputs.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
    return value


def needed(inputs: Inputs, name: str, kind: type[Value]) -> Value:
    """The same for what the rules have made sure of; KeyError when it is not there."""
    value = given(inputs, name, kind)
    if value is None:
        raise KeyError(name)
    return value


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
