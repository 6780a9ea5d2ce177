"""Values and documents in the one spelling that digests are made of. Plain Python, no database.

Documents are JSON as RFC 8785 writes it, as far as ours go: keys in ASCII, no floating point.
"""

import hashlib
import json
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

from workflow.values import Json


def canonical(document: object) -> str:
    """A document in its only spelling: sorted keys, no blanks, letters as they are."""
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object) -> Json:
    """A column's value as events keep it: the same whichever database it was read from."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"events keep no {type(value).__name__}")
