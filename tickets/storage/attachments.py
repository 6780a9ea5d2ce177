"""Attachments: what may be kept, under a type that we choose (S-37)."""

import hashlib
import unicodedata
from dataclasses import dataclass

from tickets.database import new_id
from tickets.models import Attachment, Complaint
from workflow.reasons import Reason, Refused
from workflow.words import N_


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; what it really is, the application finds out."""

    name: str
    content: bytes


LARGEST = 10 * 1024 * 1024
"""Bytes."""

TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "txt": ("text/plain", ()),
    "csv": ("text/csv", ()),
    "eml": ("message/rfc822", ()),
    "mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3")),
    "wav": ("audio/wav", (b"RIFF",)),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (b"PK\x03\x04",),
    ),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
}
"""Allowed extensions, the type they are served with, and how their content must begin."""


def checked(upload: Upload, complaint: Complaint) -> Attachment:
    """The attachment for this file, or Refused with every reason at the field."""
    name = clean_name(upload.name)
    media_type, beginnings = TYPES.get(_extension(name), ("", ()))
    reasons = []
    if not media_type:
        allowed = ", ".join(sorted(TYPES))
        reasons.append(_reason("file_type", N_("Allowed are: %(types)s."), types=allowed))
    elif beginnings and not upload.content.startswith(beginnings):
        reasons.append(_reason("file_content", N_("The content does not fit the file's name.")))
    if len(upload.content) > LARGEST:
        reasons.append(
            _reason("file_size", N_("At most %(largest)s MB."), largest=LARGEST // 1024**2)
        )
    if not upload.content:
        reasons.append(_reason("file_empty", N_("The file is empty.")))
    if reasons:
        raise Refused(reasons)
    return Attachment(
        id=new_id(),
        complaint_id=complaint.id,
        name=name,
        media_type=media_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        content=upload.content,
    )


def clean_name(name: str) -> str:
    """The name without folders and control signs, at most 255 characters, extension kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return kept[:255]
    return f"{stem[: 254 - len(extension)]}.{extension}"


def _extension(name: str) -> str:
    return name.rpartition(".")[2].casefold()


def _reason(code: str, sentence: str, **values: object) -> Reason:
    return Reason(code, sentence, values, "file")
