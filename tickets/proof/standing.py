"""How anchors stand, for the health page and the page of anchors."""

from dataclasses import dataclass
from datetime import datetime

from tickets.proof import anchors
from tickets.proof.keys import KeyTrouble, read_key


@dataclass(frozen=True)
class AnchorStanding:
    """The newest anchor, and whether the next one can be signed."""

    number: int | None
    at: datetime | None
    signed: bool
    key: str
    """The public half of the key; empty when there is none."""
    trouble: str
    """Why the next one will not be signed; empty when it will."""


NO_KEY = "no key: set AUDIT_KEY_FILE"


def standing(key_file: str) -> AnchorStanding:
    newest = anchors.latest()
    key, trouble = "", ""
    try:
        found = read_key(key_file)
        key = found.public if found else ""
        trouble = "" if found else NO_KEY
    except KeyTrouble as error:
        trouble = str(error)
    return AnchorStanding(
        newest.number if newest else None,
        newest.at if newest else None,
        bool(newest and newest.signature),
        key,
        trouble,
    )
