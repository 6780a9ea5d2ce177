"""Telling whoever asked for a list or began an import that it is done, or why it will not be."""

from datetime import datetime

from tickets.messages.telling import tell
from tickets.models import FileKind, FileState, StoredFile

TOPICS = {
    (FileKind.EXPORT, FileState.READY): "list_written",
    (FileKind.EXPORT, FileState.REFUSED): "list_refused",
    (FileKind.IMPORT, FileState.READY): "import_done",
    (FileKind.IMPORT, FileState.REFUSED): "import_refused",
}
ROWS = {FileKind.EXPORT: "rows", FileKind.IMPORT: "read"}
"""Under which name the sums of a file hold how many rows it has."""


def tell_owner(file: StoredFile, now: datetime) -> None:
    """Once, in the transaction in which it became so; the caller commits."""
    topic = TOPICS[file.kind, file.state]
    values: dict[str, str | int] = {"file": file.name} if file.kind is FileKind.IMPORT else {}
    if file.state is FileState.READY:
        values["count"] = file.sums.get(ROWS[file.kind], 0)
    tell(file.owner_id, topic, now=now, once=f"file:{file.id.hex}:{topic}", values=values)
