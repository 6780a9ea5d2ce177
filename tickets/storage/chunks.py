"""Files kept in pieces: put down, added to, read back, forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from tickets import jobs
from tickets.database import db, new_id
from tickets.models import AskedOfFile, FileKind, FilePiece, FileState, Person, StoredFile

KEPT = {
    FileKind.EXPORT: timedelta(days=7),
    FileKind.IMPORT: timedelta(days=30),
    FileKind.REJECTS: timedelta(days=30),
}
"""How long a file is kept after it was asked for."""
DRAFT_KEPT = timedelta(days=7)
PIECE = 256 * 1024
"""Bytes of an upload that are stored together."""
EXPORT_JOB, IMPORT_JOB = "export_complaints", "import_complaints"


def ask_for_export(
    owner: Person, address: Mapping[str, list[str]], language: str, now: datetime
) -> StoredFile:
    """Put down a list to be written in the background, as this address narrows it."""
    asked: AskedOfFile = {"address": address, "language": language}
    file = _new(FileKind.EXPORT, FileState.WAITING, owner, "complaints.csv", asked, now)
    jobs.put(EXPORT_JOB, {"file": str(file.id)}, now=now, once=str(file.id))
    return file


def keep_upload(
    owner: Person, name: str, content: bytes, asked: AskedOfFile, now: datetime
) -> StoredFile:
    """An uploaded file that nobody has said yet shall be imported."""
    file = _new(FileKind.IMPORT, FileState.DRAFT, owner, name, asked, now)
    file.expires_at = now + DRAFT_KEPT
    for place in range(0, len(content), PIECE):
        add_piece(file.id, content[place : place + PIECE])
    return file


def begin_import(file: StoredFile, now: datetime) -> None:
    """From here the import goes on by itself; saying it twice changes nothing."""
    if file.state is not FileState.DRAFT:
        return
    file.state = FileState.WAITING
    file.expires_at = now + KEPT[FileKind.IMPORT]
    jobs.put(IMPORT_JOB, {"file": str(file.id)}, now=now, once=str(file.id))


def rejects_of(file: StoredFile, now: datetime) -> StoredFile:
    """The file of its rejects, made when it is first needed."""
    found = existing_rejects(file.id)
    if found is None:
        found = _new(FileKind.REJECTS, FileState.WAITING, file.owner, "rejects.csv", {}, now)
        found.about_id = file.id
    return found


def existing_rejects(import_id: UUID) -> StoredFile | None:
    return db.session.scalar(
        select(StoredFile).where(
            StoredFile.about_id == import_id, StoredFile.kind == FileKind.REJECTS
        )
    )


def _new(
    kind: FileKind,
    state: FileState,
    owner: Person,
    name: str,
    asked: AskedOfFile,
    now: datetime,
) -> StoredFile:
    file = StoredFile(
        id=new_id(),
        kind=kind,
        state=state,
        owner_id=owner.id,
        name=name,
        asked=asked,
        sums={},
        created_at=now,
        expires_at=now + KEPT[kind],
    )
    db.session.add(file)
    db.session.flush()
    return file


def add_piece(file_id: UUID, content: bytes) -> None:
    last = db.session.scalar(select(func.max(FilePiece.number)).where(FilePiece.file_id == file_id))
    number = 0 if last is None else last + 1
    db.session.add(FilePiece(file_id=file_id, number=number, content=content))
    db.session.flush()


def pieces(file_id: UUID) -> Iterator[bytes]:
    """The content, one piece in memory at a time."""
    number = 0
    while (content := _piece(file_id, number)) is not None:
        yield content
        number += 1


def _piece(file_id: UUID, number: int) -> bytes | None:
    return db.session.scalar(
        select(FilePiece.content).where(FilePiece.file_id == file_id, FilePiece.number == number)
    )


def forget_content(file_id: UUID) -> None:
    db.session.execute(delete(FilePiece).where(FilePiece.file_id == file_id))


def remove(file: StoredFile) -> None:
    """Content and all. The row is held first: a job that adds a piece meanwhile is waited for, or
    finds its file gone and adds nothing."""
    db.session.refresh(file, with_for_update={"of": StoredFile})
    forget_content(file.id)
    db.session.delete(file)


def exports_of(person: Person) -> Sequence[StoredFile]:
    """What this person asked for, the newest first."""
    return _of(FileKind.EXPORT, StoredFile.owner_id == person.id)


def imports() -> Sequence[StoredFile]:
    """Every import, the newest first."""
    return _of(FileKind.IMPORT)


def _of(kind: FileKind, *conditions: ColumnElement[bool]) -> Sequence[StoredFile]:
    return db.session.scalars(
        select(StoredFile)
        .where(StoredFile.kind == kind, *conditions)
        .order_by(StoredFile.created_at.desc(), StoredFile.id)
    ).all()


def expired(now: datetime) -> Sequence[StoredFile]:
    return db.session.scalars(select(StoredFile).where(StoredFile.expires_at <= now)).all()
