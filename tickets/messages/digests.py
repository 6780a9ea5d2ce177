"""The daily digest: one e-mail with everything that was not sent one by one (NOT-04)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from tickets.config import operators_zone
from tickets.database import db
from tickets.messages.telling import language_of, link_to, queue
from tickets.messages.texts import sentence
from tickets.messages.topics import DIGEST, TOPICS, Reader
from tickets.messages.ways import DIGEST_AT, Way, everybody_gets_digests, wish_of
from tickets.models import Message, Notification, Person, Preference, QuietHours
from workflow.words import MessageChannel

FIRST_REACH = timedelta(days=7)
"""How far back somebody's first digest looks."""


def write_digests(*, now: datetime) -> int:
    """Write today's digest of everybody whose hour has come; returns how many. Repeated, it
    writes nothing: the key says whose it is, and of which day."""
    return sum(_write(person, now) for person in _readers())


def _readers() -> Sequence[Person]:
    query = select(Person).where(Person.active, Person.email != "")
    if not everybody_gets_digests():
        with_digest = select(Preference.person_id).where(Preference.digest)
        query = query.where(Person.id.in_(with_digest))
    return db.session.scalars(query.order_by(Person.id)).all()


def _write(person: Person, now: datetime) -> bool:
    until = _last_hour_of_digest(person.id, now)
    key = f"digest:{until:%Y-%m-%d}:{person.id.hex}"
    if db.session.scalar(select(exists().where(Message.once == key))):
        return False
    since = db.session.scalar(
        select(func.max(Message.created_at)).where(
            Message.person_id == person.id, Message.topic == DIGEST.code
        )
    )
    news = list(_news(person.id, since or until - FIRST_REACH, until))
    if not news:
        return False
    language = language_of(person)
    lines = [_line(each, language) for each in news]
    return queue(
        DIGEST,
        Way(MessageChannel.EMAIL, person.email, until),
        once=key,
        language=language,
        read={
            "count": str(len(lines)),
            "items": "\n".join(lines),
            "link": link_to(None),
        },
        now=until,  # the next one goes on from here
        person_id=person.id,
    )


def _last_hour_of_digest(person_id: UUID, now: datetime) -> datetime:
    zone = operators_zone()
    quiet = db.session.get(QuietHours, person_id)
    at = (quiet.digest_at if quiet else None) or DIGEST_AT
    today = datetime.combine(now.astimezone(zone).date(), at, zone)
    if today <= now:
        return today
    return datetime.combine(today.date() - timedelta(days=1), at, zone)


def _news(person_id: UUID, since: datetime, until: datetime) -> Iterable[Notification]:
    """What the person has neither read here nor got by itself."""
    rows = db.session.scalars(
        select(Notification)
        .where(
            Notification.person_id == person_id,
            Notification.read_at.is_(None),
            Notification.created_at > since,
            Notification.created_at <= until,
            ~exists().where(Message.once == Notification.once + f":{MessageChannel.EMAIL}"),
        )
        .options(joinedload(Notification.complaint))
        .order_by(Notification.created_at, Notification.id)
    )
    everybody = everybody_gets_digests()
    return [row for row in rows if everybody or wish_of(person_id, row.topic).digest]


def _line(notification: Notification, language: str) -> str:
    topic = TOPICS[(Reader.PERSON, notification.topic)]
    said = sentence(topic, notification.values, language, operators_zone())
    return f"{notification.complaint.number} · {said}" if notification.complaint else said
