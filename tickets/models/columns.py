"""Column shapes that several tables share."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, overload
from uuid import UUID

from sqlalchemy import Enum, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import UtcDateTime, UuidKey, new_id


def code_type(codes: type[StrEnum], *, checked: bool = False) -> Enum:
    """Store a StrEnum by its value; `checked` adds a CHECK with the table's name in it."""
    return Enum(
        codes,
        native_enum=False,
        length=24,
        create_constraint=checked,
        name=codes.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def key() -> Mapped[UUID]:
    """A primary key that the application makes: UUIDv7, so rows arrive in order."""
    return mapped_column(UuidKey, primary_key=True, default=new_id)


@overload
def reference(target: str, *, index: bool = ..., null: Literal[False] = ...) -> Mapped[UUID]: ...


@overload
def reference(target: str, *, index: bool = ..., null: Literal[True]) -> Mapped[UUID | None]: ...


def reference(
    target: str, *, index: bool = False, null: bool = False
) -> Mapped[UUID] | Mapped[UUID | None]:
    """A foreign key that never cascades: nothing here is deleted by accident."""
    return mapped_column(UuidKey, ForeignKey(target), index=index, nullable=null)


@overload
def moment(*, null: Literal[False] = ..., index: bool = ...) -> Mapped[datetime]: ...


@overload
def moment(*, null: Literal[True], index: bool = ...) -> Mapped[datetime | None]: ...


def moment(
    *, null: bool = False, index: bool = False
) -> Mapped[datetime] | Mapped[datetime | None]:
    """An instant, aware and in UTC."""
    return mapped_column(UtcDateTime, nullable=null, index=index)
