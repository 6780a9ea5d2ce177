"""What somebody had typed when it could not be taken, kept until it can (CON-06, CON-07)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from tickets.database import db
from tickets.models import Draft

KEPT_FOR = timedelta(days=7)
LONGEST_PATH = 300

Fields = Mapping[str, list[str]]
"""Every typed value by field name, in the order of typing."""


def keep_draft(person_id: UUID, path: str, fields: Fields, *, now: datetime) -> None:
    """Keep what this person typed into the form at this path, over what was kept before."""
    db.session.execute(delete(Draft).where(Draft.person_id == person_id, Draft.at < now - KEPT_FOR))
    drop_draft(person_id, path)
    db.session.add(
        Draft(person_id=person_id, path=path[:LONGEST_PATH], fields=dict(fields), at=now)
    )


def draft_of(person_id: UUID, path: str) -> Fields | None:
    """What this person had typed into the form at this path, if anything is kept."""
    return db.session.scalar(
        select(Draft.fields).where(Draft.person_id == person_id, Draft.path == path[:LONGEST_PATH])
    )


def drop_draft(person_id: UUID, path: str) -> None:
    """Forget it; after what was typed has been taken."""
    db.session.execute(
        delete(Draft).where(Draft.person_id == person_id, Draft.path == path[:LONGEST_PATH])
    )
