"""Shapes of values that pass between rooms."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
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
