"""Where complaints came from, as their first event says it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.models import Event
from workflow.words import Origin


def origins_of(complaint_ids: Iterable[UUID]) -> dict[UUID, Origin]:
    """One query; none when nothing is asked for."""
    ids = list(complaint_ids)
    if not ids:
        return {}
    rows = db.session.execute(
        select(Event.complaint_id, Event.data).where(Event.complaint_id.in_(ids), Event.seq == 1)
    )
    return {row.complaint_id: origin_said(row.data) for row in rows}


def origin_said(registered: Mapping[str, object]) -> Origin:
    """By the data of the event of registering.

    Before origins were said, only an import registered without a person, and it said which row of
    which source it was (`import`). Such events are chained and stay as they are.
    """
    said = registered.get("origin")
    if said is not None:
        return Origin(str(said))
    return Origin.IMPORTED if "import" in registered else Origin.LIVE
