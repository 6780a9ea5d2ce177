"""The facts a rule may need, collected from the rows: the bridge from models to `workflow`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tickets.actions.callback_facts import Evidence, evidence_of
from tickets.actions.ties import Ties, ties_of
from tickets.actors import Actor, System, parties_of
from tickets.customers.contact_points import address_fits, can_be_written_to, known_points
from tickets.database import db
from tickets.history.authors import authors_of
from tickets.history.data import data_of
from tickets.history.origins import origins_of
from tickets.models import (
    Approval,
    ApprovalState,
    Complaint,
    Event,
    Merge,
    Person,
    Transfer,
    TransferState,
    WorkOrder,
)
from tickets.people.absences import absences_at
from workflow.absence import stand_ins_of
from workflow.authors import Authors
from workflow.case import Case, OrderCase, OrderFact
from workflow.policy import Policy
from workflow.values import Inputs
from workflow.words import OPEN, OPEN_ORDER, Origin, Status


def case_of(
    complaint: Complaint,
    *,
    actor: Actor,
    now: datetime,
    policy: Policy,
    inputs: Inputs | None = None,
    orders: Sequence[OrderFact] | None = None,
    evidence: Evidence | None = None,
) -> Case:
    """Everything the rules may ask about this complaint, this actor, this moment; `evidence` when
    the caller has loaded the calls and notices already.

    Costs at most four queries, three when the caller has the `orders` already, and one more for a
    customer who refuses contact; what the status makes irrelevant is not asked for.
    """
    orders = orders_of(complaint) if orders is None else orders
    ties = ties_of(complaint, actor)
    case = _general(complaint, ties, actor, now, policy, inputs or {}, orders)
    case = _with_facts_of_status(case, complaint, ties, evidence)
    return _with_facts_of_deciding(case, complaint, actor)


def _general(
    complaint: Complaint,
    ties: Ties,
    actor: Actor,
    now: datetime,
    policy: Policy,
    inputs: Inputs,
    orders: Sequence[OrderFact],
) -> Case:
    """What is asked of it in any status."""
    named = ties.named if complaint.status in OPEN else None
    units = {order.unit_id for order in orders}
    case = Case(
        now=now,
        parties=parties_of(actor, complaint, order_units=units, named=named, decider=ties.decider),
        actor_id=actor.id,
        stands_in_for=frozenset() if isinstance(actor, System) else actor.stands_in_for,
        status=complaint.status,
        policy=policy,
        inputs=inputs,
        open_orders=sum(order.status in OPEN_ORDER for order in orders),
        transfer_to=named,
        watching=ties.watching is not None,
        took_in_others=ties.took_in is not None,
    )
    return _with_columns(case, complaint, corrected=ties.corrected is not None)


def _with_columns(case: Case, complaint: Complaint, *, corrected: bool) -> Case:
    """What the complaint's row says itself."""
    return replace(
        case,
        id=complaint.id,
        registered_at=complaint.registered_at,
        ended_at=complaint.closed_at or complaint.withdrawn_at,
        can_be_written_to=complaint.status not in OPEN
        or can_be_written_to(complaint, case.policy.region, corrected=corrected),
        customer_id=complaint.customer_id,
        responsible_id=complaint.responsible_id,
        level=complaint.level,
        resolved_at=complaint.resolved_at,
        closed_at=complaint.closed_at,
        refuses_contact=complaint.refuses_contact,
        follow_up_at=complaint.follow_up_at,
        promised_at=complaint.promised_at,
    )


def order_case_of(
    order: WorkOrder,
    *,
    actor: Actor,
    now: datetime,
    policy: Policy,
    inputs: Inputs | None = None,
    orders: Sequence[OrderFact] | None = None,
) -> OrderCase:
    """The same for one work order: the departments that count are its own."""
    complaint = order.complaint
    orders = orders_of(complaint) if orders is None else orders
    return OrderCase(
        now=now,
        parties=parties_of(actor, complaint, order_units={order.unit_id}),
        actor_id=actor.id,
        status=complaint.status,
        id=complaint.id,
        responsible_id=complaint.responsible_id,
        policy=policy,
        level=complaint.level,
        inputs=inputs or {},
        open_orders=sum(each.status in OPEN_ORDER for each in orders),
        order_status=order.status,
        bound=order.bound,
        rejections=order.rejections,
        returns_before=complaint.returns,
        had_it_before=any(each.unit_id == order.unit_id and each.id != order.id for each in orders),
    )


def orders_of(complaint: Complaint) -> list[OrderFact]:
    rows = db.session.execute(
        select(WorkOrder.id, WorkOrder.unit_id, WorkOrder.status)
        .where(WorkOrder.complaint_id == complaint.id)
        .order_by(WorkOrder.sent_at, WorkOrder.id)
    )
    return [OrderFact(*row) for row in rows]


def _with_facts_of_status(
    case: Case, complaint: Complaint, ties: Ties, evidence: Evidence | None
) -> Case:
    if complaint.status is Status.RESOLVED:
        return _with_callback(case, complaint, ties, evidence or evidence_of(complaint))
    if complaint.status is Status.MERGED:
        return replace(case, merged_from=_merged_from(complaint))
    if complaint.status is Status.IN_PROGRESS:
        return replace(case, waited=waited(complaint.id, case.now))
    return case


def _with_callback(case: Case, complaint: Complaint, ties: Ties, evidence: Evidence) -> Case:
    region = case.policy.region
    authors = authors_of(complaint)
    known = known_points(complaint, authors, region)
    dialled = case.given("number", str)
    return replace(
        case,
        attempts=evidence.attempts_for_rules(region),
        notices=evidence.notices_for_rules(),
        numbers=known.to_be_tried,
        number_known=known.knows(dialled, region) if dialled else None,
        authors=authors,
        refusal_by_author=bool(refusals_by_authors([complaint], {complaint.id: authors})),
        answered_by=ties.answered_by,
        closing_requested=ties.requested_by is not None,
        closing_requested_by=ties.requested_by,
    )


def _with_facts_of_deciding(case: Case, complaint: Complaint, actor: Actor) -> Case:
    """What only some actions look at: an address that is given, who acts for whom just now, and
    who had a hand in a complaint whose customer cannot be told of its end."""
    found = case
    if "address" in case.inputs:
        channel, address = case.given("channel", str), case.given("address", str) or ""
        fits = address_fits(channel, address, case.policy.region)
        found = replace(found, address_fits=fits)
    confirms = {"attempt", "notice"} & case.inputs.keys()
    if isinstance(actor, Person) and (case.closing_requested or confirms):
        standing_in = stand_ins_of(actor.id, absences_at(case.now), case.now)
        found = replace(found, stood_in_by=standing_in)
    if not case.can_be_written_to and not case.authors and complaint.status in OPEN:
        found = replace(found, authors=authors_of(complaint))
    return found


def refusals_by_authors(
    complaints: Iterable[Complaint], authors: Mapping[UUID, Authors]
) -> frozenset[UUID]:
    """Those whose customer refuses contact as somebody noted at intake who handled the complaint;
    another system, from which it was imported, did not. One query where there is such a note."""
    noted = [
        each.id
        for each in complaints
        if each.refuses_contact and each.received_by_id in authors[each.id]
    ]
    origins = origins_of(noted)
    return frozenset(each for each in noted if origins.get(each) is not Origin.IMPORTED)


def pending_approval(complaint: Complaint) -> Approval | None:
    """The request to close without reach that waits for a decision, if there is one."""
    return db.session.scalar(
        select(Approval).where(
            Approval.complaint_id == complaint.id,
            Approval.cycle == complaint.cycle,
            Approval.state == ApprovalState.PENDING,
        )
    )


def pending_transfer(complaint: Complaint) -> Transfer | None:
    """The transfer that waits for the named person's answer, if there is one."""
    return db.session.scalar(
        select(Transfer).where(
            Transfer.complaint_id == complaint.id, Transfer.state == TransferState.PENDING
        )
    )


def _merged_from(complaint: Complaint) -> Status | None:
    return db.session.scalar(
        select(Merge.status_before)
        .where(Merge.complaint_id == complaint.id, Merge.undone_at.is_(None))
        .order_by(Merge.at.desc())
        .limit(1)
    )


def waited(complaint_id: UUID, now: datetime) -> timedelta:
    """How long this complaint has waited for its customer in all, from its events."""
    rows = db.session.execute(
        select(Event.at, Event.data)
        .where(Event.complaint_id == complaint_id, Event.kind == "status")
        .order_by(Event.seq)
    )
    return _sum_of_waits([(row.at, data_of(row).to_status) for row in rows], now)


def _sum_of_waits(statuses: Iterable[tuple[datetime, str | None]], now: datetime) -> timedelta:
    total, since = timedelta(0), None
    for at, status in statuses:
        waits = status == Status.WAITING_CUSTOMER
        if waits and since is None:
            since = at
        if not waits and since is not None:
            total, since = total + (at - since), None
    return total + (now - since) if since is not None else total
