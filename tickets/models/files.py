"""Files that jobs write and read, in pieces, so that a killed job goes on where it stood."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model, UuidKey
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.people import Person


class FileKind(StrEnum):
    EXPORT = "export"
    """A list of complaints as CSV."""
    IMPORT = "import"
    """A file to be imported; its content is forgotten once it was read."""
    REJECTS = "rejects"
    """The rows of an import that were rejected or are doubtful, each with its reasons."""


class FileState(StrEnum):
    DRAFT = "draft"
    """Uploaded; nobody has said yet that it shall be imported."""
    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"
    """It could not be made or read; `trouble` says why."""


class AskedOfFile(TypedDict, total=False):
    """What a file was asked for: of an export the parameters of the list's address and the
    language, of an import where its mapping is and for whom it is read."""

    address: Mapping[str, list[str]]
    language: str
    shipped: str
    mapping: str
    desk: str
    login: str


class StoredFile(Model):
    """One file and what it was asked for. `asked` holds the list's address, or the mapping and
    the place of an import; `sums` what came of it so far, in rows."""

    __table_args__ = (
        Index("ix_stored_file_owner", "owner_id", "kind", "created_at"),
        Index("ix_stored_file_expires", "expires_at"),
    )

    id: Mapped[UUID] = key()
    kind: Mapped[FileKind] = mapped_column(code_type(FileKind))
    state: Mapped[FileState] = mapped_column(code_type(FileState))
    owner_id: Mapped[UUID] = reference("person.id")
    about_id: Mapped[UUID | None] = mapped_column(UuidKey, index=True)
    """The import that these rejects belong to."""
    name: Mapped[str] = mapped_column(String(255))
    asked: Mapped[AskedOfFile] = mapped_column(JSON)
    sums: Mapped[Mapping[str, int]] = mapped_column(JSON)
    trouble: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = moment()
    ready_at: Mapped[datetime | None] = moment(null=True)
    expires_at: Mapped[datetime] = moment()

    owner: Mapped[Person] = relationship()


class FilePiece(Model):
    """A part of a file's content; they follow each other by their number."""

    file_id: Mapped[UUID] = mapped_column(UuidKey, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
