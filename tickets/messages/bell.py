"""What a person has been told and not read yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload

from tickets.config import operators_zone
from tickets.database import db
from tickets.messages.texts import sentence
from tickets.messages.topics import TOPICS, Reader
from tickets.models import Notification, Person


@dataclass(frozen=True)
class Unread:
    """How many, and which is the newest; both from the index alone."""

    count: int
    newest: datetime | None


def unread(person_id: UUID) -> Unread:
    row = db.session.execute(
        select(func.count(), func.max(Notification.created_at)).where(
            Notification.person_id == person_id, Notification.read_at.is_(None)
        )
    ).one()
    return Unread(row[0], row[1])


def told(person_id: UUID, *, only_unread: bool) -> Select[Notification]:
    """Everything this person was told, the newest first."""
    query = select(Notification).where(Notification.person_id == person_id)
    if only_unread:
        query = query.where(Notification.read_at.is_(None))
    return query.options(joinedload(Notification.complaint)).order_by(
        Notification.created_at.desc(), Notification.id.desc()
    )


def newest_unread(person_id: UUID) -> Notification | None:
    return db.session.scalar(told(person_id, only_unread=True).limit(1))


def own(person_id: UUID, notification_id: UUID) -> Notification | None:
    """One of this person's own; anybody else's does not exist."""
    found = db.session.get(Notification, notification_id)
    return found if found is not None and found.person_id == person_id else None


def mark_read(notification: Notification, *, now: datetime) -> None:
    """The first reading counts."""
    notification.read_at = notification.read_at or now


def mark_all_read(person_id: UUID, *, until: datetime, now: datetime) -> int:
    """Everything told up to a moment: what came after the page was made stays unread."""
    done = db.session.execute(
        update(Notification)
        .where(
            Notification.person_id == person_id,
            Notification.read_at.is_(None),
            Notification.created_at <= until,
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # every result of an UPDATE has it


def said(notification: Notification, language: str) -> str:
    """The notification in one sentence; of a topic that is gone only its name."""
    topic = TOPICS.get((Reader.PERSON, notification.topic))
    if topic is None:
        return notification.topic
    return sentence(topic, notification.values, language, operators_zone())


def absent_names(notifications: Sequence[Notification]) -> dict[UUID, str]:
    """Who is away, by key, for those who are told in somebody's place."""
    ids = {each.instead_of_id for each in notifications if each.instead_of_id}
    if not ids:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}
