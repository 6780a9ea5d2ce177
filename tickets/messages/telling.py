"""Writing messages down, in the transaction of their cause; nothing is sent here (M-14)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from tickets.config import operators_zone, settings_now, site_address
from tickets.database import db, new_id
from tickets.messages.texts import LANGUAGES, Unresolved, filled, text_for, translated
from tickets.messages.texts import written_values as written
from tickets.messages.topics import FIELDS, Reader, Topic, topic_of
from tickets.messages.ways import Way, chosen_way, way_by, way_to_customer, ways_to
from tickets.models import (
    Complaint,
    Message,
    MessageFile,
    Notification,
    Person,
    Webhook,
    WorkOrder,
)
from tickets.policy import policy_now
from workflow.words import N_, MessageChannel, MessageState

LONGEST_ONCE = 150
WAITING = (MessageState.QUEUED, MessageState.RETRYING, MessageState.HELD)


@dataclass(frozen=True)
class Enclosed:
    """A file that goes along with an e-mail."""

    name: str
    media_type: str
    content: bytes


def tell(
    person_id: UUID,
    topic: str,
    *,
    now: datetime,
    once: str,
    complaint: Complaint | None = None,
    order: WorkOrder | None = None,
    values: Mapping[str, Any] | None = None,
    critical: bool = False,
    instead_of: UUID | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Tell one person: under the bell at once, and by e-mail and SMS as they wish.

    `once` makes it unique for this person; False when it was told before. `instead_of` is who is
    away when this person is told as the substitute. `not_before` holds e-mail and SMS that are
    not critical until then (ESC-03).
    """
    row = topic_of(Reader.PERSON, topic)
    values = _checked(row, values or {})
    critical = critical or row.critical
    key = f"{_key(once)}:{person_id.hex}"
    told = _add(
        Notification,
        id=new_id(),
        once=key,
        person_id=person_id,
        instead_of_id=instead_of,
        complaint_id=complaint.id if complaint else None,
        work_order_id=order.id if order else None,
        topic=topic,
        values=values,
        critical=critical,
        created_at=now,
    )
    if not told:
        return False
    person = db.session.get_one(Person, person_id)
    if not person.active:
        return True
    absent = db.session.get(Person, instead_of) if instead_of else None
    for way in ways_to(person, row, now=now, not_before=not_before, critical=critical):
        _write_to(person, row, way, key, complaint, values, absent, now, critical)
    return True


def tell_customer(
    complaint: Complaint,
    topic: str,
    *,
    now: datetime,
    once: str,
    values: Mapping[str, Any] | None = None,
    by: tuple[MessageChannel, str] | None = None,
    notice_id: UUID | None = None,
) -> bool:
    """Write to the customer, in their language; an answer waits until a closing cannot be undone
    any more (CLO-13). False when it was written before, when there is no address to write to, or
    when they want no contact. Only the topic's own fields can get into the text (NOT-05). `by` is
    the channel and the address that somebody chose, `notice_id` the written notice it carries."""
    row = topic_of(Reader.CUSTOMER, topic)
    policy = policy_now()
    way = chosen_way(*by, policy, now) if by else way_to_customer(complaint, row, policy, now=now)
    if way is None:
        return False
    key = f"{_key(once)}:customer"
    return _write_to_customer(complaint, row, way, key, values or {}, now, notice_id)


def tell_customer_at(
    complaint: Complaint,
    topic: str,
    addresses: Sequence[tuple[MessageChannel, str]],
    *,
    now: datetime,
    once: str,
    values: Mapping[str, Any],
) -> int:
    """Write the same to each of these addresses, one message each; returns how many are new.
    Whether the customer wants contact is not asked: the caller has chosen the addresses."""
    row, policy = topic_of(Reader.CUSTOMER, topic), policy_now()
    ways = [way_by(*each, row, policy, now) for each in addresses]
    return sum(
        _write_to_customer(complaint, row, way, f"{_key(once)}:customer:{place}", values, now)
        for place, way in enumerate(ways)
    )


def _write_to_customer(
    complaint: Complaint,
    topic: Topic,
    way: Way,
    once: str,
    values: Mapping[str, Any],
    now: datetime,
    notice_id: UUID | None = None,
) -> bool:
    said = _checked(topic, values)
    language = complaint.customer.language
    language = language if language in LANGUAGES else settings_now().default_language
    read = written(topic, {**said, "number": complaint.number}, language, operators_zone())
    return queue(
        topic,
        way,
        once=once,
        language=language,
        read=read,
        now=now,
        complaint_id=complaint.id,
        notice_id=notice_id,
    )


def announce(
    topic: str,
    complaint: Complaint,
    *,
    now: datetime,
    once: str,
    values: Mapping[str, Any] | None = None,
) -> int:
    """Tell every system that asked for this topic; returns how many. Keys and codes only: who may
    read more asks for it with its own rights."""
    row = topic_of(Reader.WEBHOOK, topic)
    said = _checked(row, values or {})
    # The list is short, and JSON is searched differently by every database.
    hooks = [hook for hook in _active_hooks() if topic in hook.topics]
    return sum(_announce_to(hook, row, complaint, said, once, now) for hook in hooks)


def announce_in_general(topic: str, *, now: datetime, once: str, values: Mapping[str, Any]) -> int:
    """The same about no complaint."""
    row = topic_of(Reader.WEBHOOK, topic)
    said = _checked(row, values)
    hooks = [hook for hook in _active_hooks() if topic in hook.topics]
    return sum(_announce_to(hook, row, None, said, once, now) for hook in hooks)


def announce_test(hook: Webhook, *, now: datetime) -> None:
    """One message that says nothing, to see whether it arrives."""
    row = topic_of(Reader.WEBHOOK, "webhook.test")
    _announce_to(hook, row, None, {}, f"test:{new_id().hex}", now)


def cancel(prefix: str, *, now: datetime) -> int:
    """Cancel what was told under a `once` that begins so and has not left; returns how many.

    What a worker is just sending cannot be called back.
    """
    done = db.session.execute(
        update(Message)
        .where(
            Message.once.startswith(prefix, autoescape=True),
            Message.state.in_(WAITING),
            (Message.lease_until.is_(None)) | (Message.lease_until <= now),
        )
        .values(state=MessageState.CANCELLED, lease_by=None, lease_until=None)
        .execution_options(synchronize_session="fetch")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # every result of an UPDATE has it


def link_to(complaint: Complaint | None) -> str:
    """Where a message leads: the complaint, or the reader's notifications."""
    site = site_address()
    return f"{site}/complaints/{complaint.number}" if complaint else f"{site}/notifications"


def language_of(person: Person) -> str:
    return person.language if person.language in LANGUAGES else settings_now().default_language


def _write_to(
    person: Person,
    topic: Topic,
    way: Way,
    key: str,
    complaint: Complaint | None,
    values: Mapping[str, Any],
    absent: Person | None,
    now: datetime,
    critical: bool,
) -> None:
    language = language_of(person)
    number = {"number": complaint.number} if complaint else {}
    read = written(
        topic, {**values, **number, "link": link_to(complaint)}, language, operators_zone()
    )
    queue(
        topic,
        way,
        once=f"{key}:{way.channel}",
        language=language,
        read=read,
        now=now,
        critical=critical,
        note=_instead_of(absent, language),
        person_id=person.id,
        complaint_id=complaint.id if complaint else None,
    )


def _instead_of(absent: Person | None, language: str) -> str:
    if absent is None:
        return ""
    return filled(
        translated(N_("You get this in place of {absent}."), language), {"absent": absent.name}
    )


def queue(
    topic: Topic,
    way: Way,
    *,
    once: str,
    language: str,
    read: Mapping[str, str],
    now: datetime,
    critical: bool = False,
    note: str = "",
    files: Sequence[Enclosed] = (),
    **about: UUID | None,
) -> bool:
    """One row in its final words. When a field has no value the row is dead at once: it is seen
    among what could not be sent, and nothing with a hole in it ever leaves (UX-02)."""
    subject, body = text_for(topic, way.channel, language)
    state, error = MessageState.QUEUED, ""
    try:
        subject, body = filled(subject, read), filled(body, read)
    except Unresolved as unresolved:
        state, error = MessageState.DEAD, str(unresolved)
    key = new_id()
    added = _add(
        Message,
        id=key,
        once=once,
        channel=way.channel,
        topic=topic.code,
        address=way.address,
        language=language,
        subject=" ".join(subject.split()),
        body=f"{body}\n{note}" if note else body,
        critical=critical,
        digest="items" in topic.fields,
        state=state,
        send_at=way.from_,
        attempts=0,
        last_error=error,
        created_at=now,
        **about,
    )
    if added:
        db.session.add_all(MessageFile(message_id=key, **vars(each)) for each in files)
    return added


def _announce_to(
    hook: Webhook,
    topic: Topic,
    complaint: Complaint | None,
    said: Mapping[str, Any],
    once: str,
    now: datetime,
) -> bool:
    key = new_id()
    payload: dict[str, Any] = {
        "id": f"msg_{key.hex}",
        "topic": topic.code,
        "at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    if complaint is not None:
        payload["complaint"] = {
            "id": str(complaint.id),
            "number": complaint.number,
            "status": complaint.status.value,
            "level": complaint.level,
        }
    return _add(
        Message,
        id=key,
        once=f"{_key(once)}:{hook.id.hex}",
        channel=MessageChannel.WEBHOOK,
        topic=topic.code,
        webhook_id=hook.id,
        complaint_id=complaint.id if complaint else None,
        address=hook.url[:300],
        language="",
        subject="",
        body=json.dumps({**payload, **said}, ensure_ascii=False, separators=(",", ":")),
        critical=False,
        digest=False,
        state=MessageState.QUEUED,
        send_at=now,
        attempts=0,
        last_error="",
        created_at=now,
    )


def _active_hooks() -> list[Webhook]:
    return list(db.session.scalars(select(Webhook).where(Webhook.active).order_by(Webhook.id)))


def _checked(topic: Topic, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON can hold them; one that the topic does not list is a mistake of ours."""
    strangers = sorted(set(values) - set(topic.fields))
    if strangers:
        raise ValueError(f"{topic.code} has no field {', '.join(strangers)}")
    return {name: _plain(name, value) for name, value in values.items() if value is not None}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): str(each) for key, each in value.items()}
    if isinstance(value, str | int):
        return value
    raise TypeError(f"{name} ({FIELDS[name].label}) cannot be {type(value).__name__}")


def _key(once: str) -> str:
    """It goes into headers, so it is printable ASCII without blanks."""
    if not 0 < len(once) <= LONGEST_ONCE or not once.isascii() or not once.isprintable():
        raise ValueError(f"not fit as a key: {once!r}")
    if " " in once:
        raise ValueError(f"a key has no blanks: {once!r}")
    return once


def _add(kind: type[Notification] | type[Message], **columns: Any) -> bool:
    """Insert unless its `once` is there; False when it is. Two who do it at the same moment make
    one: the slower one's savepoint takes the blow, not the transaction of its cause."""
    if db.session.scalar(select(exists().where(kind.once == columns["once"]))):
        return False
    try:
        with db.session.begin_nested():
            db.session.execute(insert(kind).values(**columns))
    except IntegrityError:
        if db.session.scalar(select(exists().where(kind.once == columns["once"]))):
            return False
        raise
    return True
