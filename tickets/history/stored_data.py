"""How single values of an event's data are read in their types.

Codes that only decide a comparison stay text: a later version may have written one that this one
does not know, and its event must be read all the same.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID

from workflow.values import Json

Code = TypeVar("Code", bound=StrEnum)


class StoredData(NamedTuple):
    """What an event holds in JSON. Each value is None where the event does not speak of it, and
    nothing is read before it is asked for."""

    stored: Mapping[str, Json]

    def text(self, key: str) -> str | None:
        value = self.stored.get(key)
        return str(value) if value is not None else None

    def code(self, key: str, kind: type[Code]) -> Code | None:
        """The code, if this version knows it."""
        try:
            return kind(str(self.stored.get(key)))
        except ValueError:
            return None

    def moment(self, key: str) -> datetime | None:
        value = self.stored.get(key)
        return datetime.fromisoformat(str(value)) if value else None

    def id(self, key: str) -> UUID | None:
        value = self.stored.get(key)
        return UUID(str(value)) if value else None

    def ids(self, key: str) -> tuple[UUID, ...]:
        value = self.stored.get(key)
        return tuple(UUID(str(each)) for each in value) if isinstance(value, list | tuple) else ()

    def number(self, key: str) -> int:
        """A count or an amount; 0 where the event does not speak of it."""
        value = self.stored.get(key)
        return int(value) if isinstance(value, int | float | str) and value else 0

    def flag(self, key: str) -> bool:
        return bool(self.stored.get(key))

    def within(self, key: str) -> "StoredData":
        """What is said one level deeper."""
        value = self.stored.get(key)
        return StoredData(value if isinstance(value, Mapping) else {})
