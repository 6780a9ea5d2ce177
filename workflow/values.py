"""Shapes of values that pass between rooms."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | Sequence[Json] | Mapping[str, Json]"
"""What JSON can hold; events and settings are stored as this."""

Inputs: TypeAlias = Mapping[str, object]
"""What was filled in, by the name of the field that asks for it."""
