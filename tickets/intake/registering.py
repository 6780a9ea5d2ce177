"""First contact: registering a complaint, and solving it on the spot where that is possible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tickets import history, numbers
from tickets.actions import take
from tickets.actions.changes.act import Act, FollowUp
from tickets.actions.changes.raising import raised
from tickets.actions.door import finish
from tickets.actions.resolving import Resolved, resolve
from tickets.actors import Actor, standing_of
from tickets.clocks import timekeeping
from tickets.database import db, new_id
from tickets.history.vocabulary import DataKey
from tickets.limits import ensure_limits
from tickets.models import Category, Complaint, Customer, Person, Unit
from tickets.policy import policy_now
from workflow import raising, tiers
from workflow.case import Case
from workflow.lifecycle import ACTIONS
from workflow.machine import Performed, Refused, begin
from workflow.policy import Policy
from workflow.reasons import Reason
from workflow.values import Inputs, Json, given, needed
from workflow.words import (
    IN_PERSON,
    N_,
    CallChannel,
    CallOutcome,
    Channel,
    Level,
    Origin,
    Severity,
    Status,
)

REGISTER = ACTIONS["register"]

NUMBER_TRIES = 5


@dataclass(frozen=True)
class FirstContact:
    """Who took it, where it came from, and what else was said that no action asks for."""

    unit: Unit
    responsible: Person
    origin: Origin = Origin.LIVE
    line: str = ""
    town: str = ""
    on_behalf_of: str = ""
    received_at: datetime | None = None
    promised_at: datetime | None = None
    repeat_of: Complaint | None = None
    external_source: str | None = None
    external_id: str | None = None
    callback_channel: CallChannel | None = CallChannel.PHONE
    extra: Mapping[str, Json] = field(default_factory=dict)
    texts: Sequence[history.Text] = ()


def register(
    first: FirstContact,
    *,
    customer: Customer,
    actor: Actor,
    now: datetime,
    inputs: Inputs,
    complaint_id: UUID | None = None,
) -> Complaint:
    """Register a complaint, or raise Refused with every reason.

    Idempotent by `complaint_id`: the form carries it, so that sending twice makes one.
    """
    before = _registered_before(complaint_id, actor)
    if before is not None:
        return before
    resolved = resolve(REGISTER, inputs, actor=actor, complaint=None)
    act = _act(complaint_id or new_id(), first.origin, actor, now, resolved)
    # The rules speak before anything is put down, so that a refusal leaves nothing behind.
    act.performed = _begin(act, resolved.unknown)
    _put_down(act, first, customer)
    _add_under_a_free_number(act.complaint)
    act.follow_ups += _raised(act)
    finish(act)
    return act.complaint


def _act(
    complaint_id: UUID, origin: Origin, actor: Actor, now: datetime, resolved: Resolved
) -> Act:
    complaint = Complaint(id=complaint_id, cycle=1, level=Level.DESK, event_count=0, chain_head="")
    case = Case(
        now=now,
        parties=standing_of(actor),
        actor_id=actor.id,
        status=Status.REGISTERED,
        policy=policy_now(),
        inputs=resolved.for_rules,
    )
    return Act(REGISTER, complaint, None, actor, now, resolved.values, case, origin)


def _put_down(act: Act, first: FirstContact, customer: Customer) -> None:
    """What the complaint says, and what its first event says besides what was asked for."""
    _of_customer(act.complaint, customer)
    _as_asked(act.complaint, act.inputs)
    _as_met(act, first)
    act.complaint.promised_at = first.promised_at or _promise(act, first.unit, customer)
    moments = {
        DataKey.PROMISED_AT: act.complaint.promised_at,
        DataKey.RECEIVED_AT: first.received_at,
    }
    act.data = {
        DataKey.ORIGIN: act.origin,
        DataKey.RESPONSIBLE: str(first.responsible.id),
        **{name: moment.isoformat() for name, moment in moments.items() if moment is not None},
        **first.extra,
    }
    act.texts = list(first.texts)


def _of_customer(complaint: Complaint, customer: Customer) -> None:
    complaint.customer_id = customer.id
    complaint.tier = customer.tier.value if customer.tier else ""
    complaint.tier_rank = tiers.rank(customer.tier)


def _as_asked(complaint: Complaint, inputs: Inputs) -> None:
    complaint.severity = needed(inputs, "severity", Severity)
    complaint.channel = needed(inputs, "channel", Channel)
    complaint.category_id = needed(inputs, "category", Category).id
    complaint.description = needed(inputs, "description", str)
    complaint.wish = given(inputs, "wish", str) or ""
    complaint.callback_number = given(inputs, "callback_number", str) or ""
    complaint.callback_wish = given(inputs, "callback_wish", str) or ""
    complaint.refuses_contact = bool(given(inputs, "refuses_contact", bool))


def _as_met(act: Act, first: FirstContact) -> None:
    complaint, received_at = act.complaint, first.received_at or act.now
    complaint.unit_id = first.unit.id
    complaint.responsible_id = first.responsible.id
    complaint.received_by_id = act.actor.id or first.responsible.id
    complaint.line, complaint.town = first.line, first.town
    complaint.on_behalf_of = first.on_behalf_of
    complaint.callback_channel = first.callback_channel
    complaint.registered_at = complaint.started_at = received_at
    complaint.last_contact_at = received_at if complaint.channel in IN_PERSON else None
    complaint.limits_id = ensure_limits(act.now)
    complaint.repeat_of_id = first.repeat_of.id if first.repeat_of else None
    complaint.repeat_contact = first.repeat_of is not None
    complaint.external_source, complaint.external_id = first.external_source, first.external_id


def _promise(act: Act, unit: Unit, customer: Customer) -> datetime | None:
    """What the customer is told; nothing was told to a customer whose complaint is imported."""
    if act.origin is Origin.IMPORTED:
        return None
    promise = timekeeping.promise_for(
        severity=act.complaint.severity,
        tier=customer.tier or "",
        channel=act.complaint.channel,
        category_id=act.complaint.category_id,
        unit=unit,
        now=act.now,
    )
    return promise.at if promise is not None else None


def solve_at_once(
    complaint: Complaint,
    *,
    actor: Person,
    now: datetime,
    answer: Inputs,
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


def _begin(act: Act, unknown: list[Reason]) -> Performed:
    try:
        performed = begin(act.complaint, act.case)
    except Refused as refused:
        raise Refused([*refused.reasons, *unknown]) from None
    if unknown:
        raise Refused(unknown)
    return performed


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


def _raised(act: Act) -> list[FollowUp]:
    """The levels that it rises by at once, each by its rule and on record."""
    complaint, policy = act.complaint, act.case.policy
    found = (
        raising.by_contacts(_contacts(complaint, policy), policy),
        raising.by_appeal(complaint.channel, act.origin),
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


__all__ = ["FirstContact", "register", "solve_at_once"]
