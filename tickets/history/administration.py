"""The history of what administrators change: who, when, before and after (AUD-02).

It is also how two administrators notice each other: an object's version is its last event.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from tickets.actors import Actor, System
from tickets.database import Model, db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.models import AdminEvent, AdminHead
from tickets.proof.administration import link, state_of
from workflow.reasons import Reason, Refused

NEVER_CHANGED = ""
"""The version of an object without any event, such as one that was seeded."""


class Subject(StrEnum):
    """What an administrative event is about."""

    UNIT = "unit"
    PERSON = "person"
    CATEGORY = "category"
    CAUSE = "cause"
    POLICY = "policy"
    CUSTOMER = "customer"
    JOB = "job"
    CHANNEL = "channel"
    TEXT = "text"
    WEBHOOK = "webhook"
    MESSAGE = "message"
    LIMITS = "limits"
    WALLBOARD = "wallboard"
    IMPORT = "import"
    ANCHOR = "anchor"
    BASELINE = "baseline"


class Overtaken(Exception):
    """Somebody else changed the object since it was seen; `events` are what they did."""

    def __init__(self, events: Sequence[AdminEvent]) -> None:
        super().__init__(f"{len(events)} changes since it was seen")
        self.events = events


def record(
    subject: Subject,
    subject_id: UUID | str,
    action: AdminEventName,
    *,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Add one event, the next of its subject's chain; what was the same before and after is left
    out. It says besides what stands in the rows that are reconciled with it."""
    db.session.flush()  # so that the rows are those which this event leaves behind
    head = _held_head(subject)
    key, rule = str(subject_id), actor.rule if isinstance(actor, System) else None
    event = AdminEvent(
        id=new_id(),
        at=now,
        actor_id=actor.id,
        rule=rule,
        subject=subject,
        subject_id=key,
        action=AdminEventName(action).value,
        before=_only_changed(before, after),
        after=_only_changed(after, before),
        rows=state_of(subject, key),
        seq=head.count + 1,
        previous=head.head,
    )
    _chain(event, head)


def _chain(event: AdminEvent, head: AdminHead) -> None:
    event.hash = link(event)
    head.count, head.head = event.seq, event.hash
    db.session.add(event)


def _held_head(subject: Subject) -> AdminHead:
    """Where the chain ends, held until the transaction does: two writers add one after the other.

    The row comes with the first event; of two that bring it at once, one takes the other's."""
    query = (
        select(AdminHead)
        .where(AdminHead.subject == subject)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = db.session.scalar(query)
    if head is None:
        with suppress(IntegrityError), db.session.begin_nested():
            db.session.add(AdminHead(subject=subject, count=0, head="", anchored=0))
        head = db.session.scalars(query).one()
    return head


def history_of(subject: Subject, subject_id: UUID | str, *, limit: int = 50) -> list[AdminEvent]:
    """The latest events of one object, newest first."""
    return list(db.session.scalars(_newest_first(subject, subject_id).limit(limit)))


def version_of(subject: Subject, subject_id: UUID | str) -> str:
    """What a form carries along to say which state it was filled in against."""
    newest = db.session.scalar(_newest_first(subject, subject_id).limit(1))
    return str(newest.id) if newest else NEVER_CHANGED


def check_version(subject: Subject, subject_id: UUID | str, seen: str) -> None:
    """Raise Overtaken unless the object is still as it was seen; the caller holds its row."""
    since = []
    for event in history_of(subject, subject_id):
        if str(event.id) == seen:
            break
        since.append(event)
    if since:
        raise Overtaken(since)


def store_unique(row: Model, taken: Reason) -> None:
    """Store a row whose key another administrator may have used a moment ago."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()  # here, so that the refusal is about this row
    except IntegrityError as error:
        raise Refused([taken]) from error


def _newest_first(subject: Subject, subject_id: UUID | str) -> Select[AdminEvent]:
    return (
        select(AdminEvent)
        .where(AdminEvent.subject == subject, AdminEvent.subject_id == str(subject_id))
        .order_by(AdminEvent.at.desc(), AdminEvent.id.desc())
        .options(joinedload(AdminEvent.actor))
    )


def _only_changed(
    values: Mapping[str, object] | None, others: Mapping[str, object] | None
) -> dict[str, object] | None:
    if values is None:
        return None
    if others is None:
        return dict(values)
    return {name: value for name, value in values.items() if others.get(name) != value}
