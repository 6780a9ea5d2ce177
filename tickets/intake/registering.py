"""First contact: registering a complaint, and solving it on the spot where that is possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tickets import numbers
from tickets.actions import take
from tickets.actions.changes.act import Act, FollowUp
from tickets.actions.changes.raising import raised
from tickets.actions.door import finish
from tickets.actions.resolving import Resolved, resolve
from tickets.actors import Actor, standing_of
from tickets.clocks import timekeeping
from tickets.database import db, new_id
from tickets.history import Text
from tickets.history.vocabulary import DataKey, EventName
from tickets.limits import ensure_limits
from tickets.models import Complaint, Customer, Person, Unit
from tickets.policy import policy_now
from workflow import raising, tiers
from workflow.case import Case
from workflow.lifecycle import ACTIONS
from workflow.machine import Performed, Refused, begin
from workflow.policy import Policy
from workflow.reasons import Reason
from workflow.values import Inputs, Json, Origin
from workflow.words import IN_PERSON, N_, CallChannel, CallOutcome, Level, Status

NUMBER_TRIES = 5


@dataclass(frozen=True)
class FirstContact:
    """Who complained, to whom, and what else was said that no action asks for."""

    customer: Customer
    unit: Unit
    responsible: Person
    line: str = ""
    town: str = ""
    on_behalf_of: str = ""
    received_at: datetime | None = None
    promised_at: datetime | None = None
    repeat_of: Complaint | None = None
    external_source: str | None = None
    external_id: str | None = None
    callback_channel: CallChannel | None = CallChannel.PHONE
    origin: Origin = Origin.LIVE
    """Said by whoever registers it; an external id alone makes no import."""
    extra: Mapping[str, Json] = field(default_factory=dict)
    texts: Sequence[Text] = ()


def register(
    first: FirstContact,
    *,
    actor: Actor,
    now: datetime,
    inputs: Inputs,
    complaint_id: UUID | None = None,
) -> Complaint:
    """Register a complaint, or raise Refused with every reason.

    Idempotent by `complaint_id`: the form carries it, so that sending twice makes one. It ends in
    the door like every other change.
    """
    before = _registered_before(complaint_id, actor)
    if before is not None:
        return before
    resolved = resolve(ACTIONS[EventName.REGISTER], inputs, actor=actor, complaint=None)
    first = replace(first, promised_at=first.promised_at or _promise(first, resolved.values, now))
    complaint = _new_complaint(first, actor, now, resolved.values, complaint_id)
    case = _case(actor, now, resolved)
    act = Act(EventName.REGISTER, complaint, None, actor, now, resolved.values, case)
    act.origin = first.origin
    # The rules speak before anything is put down, so that a refusal leaves nothing behind.
    act.performed = _begin(complaint, case, resolved.unknown)
    _add_under_a_free_number(complaint)
    act.data.update(_said_besides(first, complaint))
    act.follow_ups += _raised(complaint, first.origin, case.policy)
    finish(act, texts=first.texts)
    return complaint


def _case(actor: Actor, now: datetime, resolved: Resolved) -> Case:
    return Case(
        now=now,
        parties=standing_of(actor),
        actor_id=actor.id,
        status=Status.REGISTERED,
        policy=policy_now(),
        inputs=resolved.for_rules,
    )


def _said_besides(first: FirstContact, complaint: Complaint) -> dict[str, Json]:
    """What the event says besides the inputs: who answers, whence it came, what clocks need."""
    moments = {
        DataKey.PROMISED_AT: first.promised_at,
        DataKey.RECEIVED_AT: first.received_at,
    }
    return {
        DataKey.RESPONSIBLE: str(complaint.responsible_id),
        DataKey.ORIGIN: first.origin.value,
        **{name: moment.isoformat() for name, moment in moments.items() if moment is not None},
        **first.extra,
    }


def _raised(complaint: Complaint, origin: Origin, policy: Policy) -> list[FollowUp]:
    """The levels that it rises by at once, each by its rule and on record."""
    found = (
        raising.by_contacts(_contacts(complaint, policy), policy),
        raising.by_appeal(complaint.channel, origin),
    )
    return [raised(complaint, because) for because in found if because is not None]


def _contacts(complaint: Complaint, policy: Policy) -> int:
    """The customer's complaints in the window before this one, this one included (REO-05)."""
    since = complaint.registered_at - policy.repeat_window
    query = (
        select(func.count())
        .select_from(Complaint)
        .where(
            Complaint.customer_id == complaint.customer_id,
            Complaint.registered_at >= since,
            Complaint.registered_at <= complaint.registered_at,
        )
    )
    return db.session.scalar(query) or 0


def _promise(first: FirstContact, values: Mapping[str, Any], now: datetime) -> datetime | None:
    """What the customer is told; nothing was told to a customer whose complaint is imported."""
    if first.origin is Origin.IMPORTED:
        return None
    promise = timekeeping.promise_for(
        severity=values.get("severity"),
        tier=first.customer.tier or "",
        channel=values.get("channel"),
        category_id=getattr(values.get("category"), "id", None),
        unit=first.unit,
        now=now,
    )
    return promise.at if promise is not None else None


def solve_at_once(
    complaint: Complaint,
    *,
    actor: Person,
    now: datetime,
    answer: Mapping[str, Any],
    confirmed: bool = False,
) -> Complaint:
    """First-contact solution: the answer in the same step. The callback stays due, unless the
    customer confirmed on the spot and the policy lets that count (else Refused)."""
    complaint.first_contact_solution = True
    take("resolve", complaint, actor=actor, now=now, seen_version=None, inputs=answer)
    if confirmed:
        said = {"outcome": CallOutcome.ACCEPTED, "channel": CallChannel.ON_THE_SPOT}
        take("record_callback", complaint, actor=actor, now=now, seen_version=None, inputs=said)
    return complaint


def _registered_before(complaint_id: UUID | None, actor: Actor) -> Complaint | None:
    if complaint_id is None:
        return None
    found = db.session.get(Complaint, complaint_id)
    if found is not None and found.received_by_id != actor.id:
        raise Refused([Reason("taken", N_("This form belongs to somebody else; open a new one."))])
    return found


def _begin(complaint: Complaint, case: Case, unknown: list[Reason]) -> Performed:
    try:
        performed = begin(complaint, case)
    except Refused as refused:
        raise Refused([*refused.reasons, *unknown]) from None
    if unknown:
        raise Refused(unknown)
    return performed


def _new_complaint(
    first: FirstContact,
    actor: Actor,
    now: datetime,
    values: Mapping[str, Any],
    complaint_id: UUID | None,
) -> Complaint:
    received_at = first.received_at or now
    tier = first.customer.tier
    category = values.get("category")
    channel = values.get("channel")
    return Complaint(
        id=complaint_id or new_id(),
        cycle=1,
        level=Level.DESK,
        severity=values.get("severity"),
        channel=channel,
        unit_id=first.unit.id,
        responsible_id=first.responsible.id,
        received_by_id=actor.id or first.responsible.id,
        customer_id=first.customer.id,
        category_id=getattr(category, "id", None),
        description=values.get("description", ""),
        wish=values.get("wish") or "",
        line=first.line,
        town=first.town,
        on_behalf_of=first.on_behalf_of,
        tier=tier.value if tier else "",
        tier_rank=tiers.rank(tier),
        callback_number=values.get("callback_number") or "",
        callback_channel=first.callback_channel,
        callback_wish=values.get("callback_wish") or "",
        refuses_contact=bool(values.get("refuses_contact")),
        registered_at=received_at,
        started_at=received_at,
        promised_at=first.promised_at,
        limits_id=ensure_limits(now),
        last_contact_at=received_at if channel in IN_PERSON else None,
        repeat_of_id=first.repeat_of.id if first.repeat_of else None,
        repeat_contact=first.repeat_of is not None,
        external_source=first.external_source,
        external_id=first.external_id,
        event_count=0,
        chain_head="",
    )


def _add_under_a_free_number(complaint: Complaint) -> None:
    """Random numbers can collide, though hardly ever: then another one is drawn."""
    db.session.flush()  # the customer must be there before the complaint refers to it
    for _ in range(NUMBER_TRIES):
        number = numbers.new_number()
        taken = db.session.scalar(select(Complaint.id).where(Complaint.number == number))
        if taken is None and _insert(complaint, number):
            return
    raise RuntimeError(f"no free ticket number in {NUMBER_TRIES} tries")


def _insert(complaint: Complaint, number: str) -> bool:
    complaint.number = number
    try:
        with db.session.begin_nested():
            db.session.add(complaint)
    except IntegrityError as error:
        if "number" in str(error.orig):
            return False
        raise
    return True


__all__ = ["FirstContact", "register", "solve_at_once"]
