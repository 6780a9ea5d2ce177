"""What adds to a complaint without moving it."""

from datetime import datetime

from sqlalchemy import update

from tickets.actions.cases import orders_of
from tickets.actions.changes.act import Act
from tickets.customers.privacy import is_revealed, works_on_one_of
from tickets.database import db
from tickets.history import COPIES
from tickets.history.vocabulary import DataKey
from tickets.models import (
    Category,
    Entry,
    Person,
    Watch,
)
from tickets.proof.canonical import digest
from tickets.storage import attachments
from tickets.storage.attachments import Upload
from workflow.reasons import Reason, Refused
from workflow.values import Json
from workflow.words import N_


def override(act: Act) -> dict[str, Json]:
    before = act.complaint.promised_at
    act.complaint.promised_at = act.needed("promised_at", datetime)
    return {DataKey.BEFORE: before.isoformat() if before else None}


def attach(act: Act) -> dict[str, Json]:
    remark = act.given("text", str)
    attachment = attachments.checked(act.needed("file", Upload), act.complaint)
    act.with_event.append(attachment)
    return {
        DataKey.FILE: attachment.name,
        DataKey.SHA256: attachment.sha256,
        DataKey.SIZE: attachment.size,
        **({DataKey.REMARK: remark} if remark else {}),
    }


def correct(act: Act) -> dict[str, Json]:
    """Change what was given and say in the event what stood there before."""
    complaint, before = act.complaint, {}
    for name in ("severity", "callback_number", "callback_wish"):
        if act.inputs.get(name):
            before[name] = getattr(complaint, name)
            setattr(complaint, name, act.inputs[name])
    category = act.given("category", Category)
    if category is not None:
        before[DataKey.CATEGORY] = str(complaint.category_id)
        complaint.category = category
    return {DataKey.BEFORE: before}


def reveal(act: Act) -> dict[str, Json]:
    """For whoever works on an open order, once for as long as it is open (P12)."""
    if not isinstance(act.actor, Person) or not works_on_one_of(
        orders_of(act.complaint), act.actor
    ):
        sentence = N_("Only who works on an open work order is shown the number.")
        raise Refused([Reason("no_open_order_of_ours", sentence)])
    if is_revealed(act.complaint, act.actor):
        raise Refused([Reason("revealed", N_("The number is shown to you already."))])
    return {}


def watch(act: Act) -> dict[str, Json]:
    db.session.add(Watch(complaint_id=act.complaint.id, person_id=act.actor.id, since=act.now))
    return {}


def unwatch(act: Act) -> dict[str, Json]:
    row = db.session.get(Watch, (act.complaint.id, act.actor.id))
    if row is not None:
        db.session.delete(row)
    return {}


def redact(act: Act) -> dict[str, Json]:
    """Take the words out everywhere; their digest stays in the history (AUD-01)."""
    entry = act.needed("entry", Entry)
    words = entry.text
    entry.text, entry.redacted_at = "", act.now
    for belongs, column in COPIES:
        db.session.execute(
            update(column.class_)
            .where(belongs == act.complaint.id, column == words)
            .values({column.key: ""}),
            execution_options={"synchronize_session": "fetch"},
        )
    return {DataKey.ENTRY: str(entry.id), DataKey.REMOVED: digest(words)}
