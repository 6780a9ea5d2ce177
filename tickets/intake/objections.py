"""The customer objects to an end: taken at any desk, by any channel, in time (decision P13).

Whoever takes it sees of a complaint at another desk what a look-up tells anyway: that there is
one, and whose. It goes through the one door as `reopen`; the responsible person and their
supervisor are told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select

from tickets import numbers
from tickets.actions import Stale, take
from tickets.database import db
from tickets.history.vocabulary import EventName
from tickets.intake.lookup import CallerDossier, Elsewhere, grouped_elsewhere
from tickets.models import Complaint, Customer, Event, Person
from tickets.policy import policy_now
from tickets.visibility import visible_to
from workflow.reasons import Reason, Refused
from workflow.words import N_, Channel, ReopenReason, Status


@dataclass(frozen=True)
class Objectable:
    """What a customer can still object to: complaints on the page by id, and those elsewhere."""

    here: frozenset[UUID]
    elsewhere: Sequence[Elsewhere]


NOTHING = Objectable(frozenset(), ())


def objectable(dossier: CallerDossier | None, person: Person, now: datetime) -> Objectable:
    """One query, and one for the policy; nothing without a customer."""
    if dossier is None:
        return NOTHING
    since = now - policy_now().reopen_window
    ends = {each.id: each.closed_at or each.withdrawn_at for each in dossier.complaints}
    here = frozenset(key for key, ended in ends.items() if ended is not None and ended >= since)
    hidden = _hidden(dossier.customer, person, since)
    return Objectable(here, grouped_elsewhere(hidden))


def object_here(
    complaint: Complaint,
    *,
    actor: Person,
    now: datetime,
    channel: Channel | None,
    text: str,
    form_id: UUID,
) -> None:
    """Open again a complaint that the actor sees. Idempotent by `form_id`; raises Refused when it
    has not ended, or too long ago for a desk."""
    take(
        "reopen",
        complaint,
        actor=actor,
        now=now,
        seen_version=None,
        inputs={"because": ReopenReason.OBJECTS, "channel": channel, "reason": text},
        event_id=form_id,
    )


def object_elsewhere(
    customer: Customer,
    at: str,
    *,
    typed: str,
    actor: Person,
    now: datetime,
    channel: Channel | None,
    text: str,
    form_id: UUID,
) -> Complaint:
    """Open again what ended at another desk; `at` is the key of that desk and person.

    Of several, the one whose number was `typed` is meant, else the one that ended last. Idempotent
    by `form_id`. Raises Refused when nothing there can be objected to (any more).
    """
    complaint = _done(form_id, actor) or _meant(customer, at, typed, actor, now)
    if complaint is None:
        sentence = N_("Nothing that ended there can be opened again; register a new complaint.")
        raise Refused([Reason("nothing_ended", sentence, {}, "about")])
    object_here(complaint, actor=actor, now=now, channel=channel, text=text, form_id=form_id)
    return complaint


def _done(form_id: UUID, actor: Person) -> Complaint | None:
    """The complaint that this form opened already, when it is sent twice."""
    event = db.session.get(Event, form_id)
    if event is None:
        return None
    if event.action != EventName.REOPEN or event.actor_id != actor.id:
        raise Stale(0, 0)
    return db.session.get_one(Complaint, event.complaint_id)


def _meant(
    customer: Customer, at: str, typed: str, actor: Person, now: datetime
) -> Complaint | None:
    since = now - policy_now().reopen_window
    found = db.session.scalars(
        select(Complaint)
        .where(*_hidden(customer, actor, since))
        .order_by(func.coalesce(Complaint.closed_at, Complaint.withdrawn_at).desc(), Complaint.id)
    ).all()
    there = [each for each in found if Elsewhere.key_of(each.unit_id, each.responsible_id) == at]
    plain = numbers.plain(typed) if numbers.is_number(typed) else ""
    by_number = [each for each in there if each.number == plain]
    return next(iter(by_number or there), None)


def _hidden(customer: Customer, person: Person, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The customer's complaints that ended since then and that this person does not see."""
    ended = or_(
        and_(Complaint.status == Status.CLOSED, Complaint.closed_at >= since),
        and_(Complaint.status == Status.WITHDRAWN, Complaint.withdrawn_at >= since),
    )
    return (Complaint.customer_id == customer.id, ended, not_(visible_to(person)))
