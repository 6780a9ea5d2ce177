"""Where complaints came from, as their first event says it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from tickets.database import db
from tickets.history.data import data_of
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
    return {row.complaint_id: data_of(row).origin for row in rows}
