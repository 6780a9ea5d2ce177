"""What waits for a decision, each with its evidence, in a fixed few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets.actions.callback_facts import as_attempt, as_notice
from tickets.actions.cases import refusals_by_authors
from tickets.actions.deciders import is_orphaned
from tickets.actors import parties_of
from tickets.complaints.evidence import (
    OF_A_CALL,
    OF_A_NOTICE,
    CallRecord,
    NoticeRecord,
    call_records,
    notice_records,
)
from tickets.complaints.merged import Unhappy, unhappy_callbacks
from tickets.customers.contact_points import known_points_of_many
from tickets.database import db
from tickets.history.authors import authors_of_many
from tickets.models import (
    Approval,
    ApprovalState,
    CallbackAttempt,
    Complaint,
    Notice,
    Person,
    Transfer,
    TransferState,
    WorkOrder,
)
from tickets.people.absences import absences_at
from tickets.queues.reading import QUEUES, select_rows
from workflow.absence import stand_ins_of
from workflow.authors import Authors
from workflow.case import Case
from workflow.closing_rules import decided_by_somebody_else, without_the_customers_word
from workflow.lifecycle import ACTIONS
from workflow.machine import objections
from workflow.policy import Policy
from workflow.reasons import Reason

SHOWN = 20
"""So many of each kind stand on one page; their queue's list holds them all."""


@dataclass(frozen=True)
class Closing:
    """A request to close without the customer's word, and what it rests on."""

    request: Approval
    complaint: Complaint
    calls: tuple[CallRecord, ...]
    notices: tuple[NoticeRecord, ...]
    missing: tuple[Reason, ...]
    against: tuple[Reason, ...]
    """Why this person may not approve it: they had a hand in it themselves."""
    may_deny: bool
    is_orphaned: bool
    """Whether nobody at all may approve it now."""
    unhappy: Sequence[Unhappy] = ()
    """Callbacks of what was merged into it at which the customer was not satisfied."""

    @property
    def may_approve(self) -> bool:
        return not (self.missing or self.against)


@dataclass(frozen=True)
class Dispute:
    """An order that its department will not take, beside all that was said about the complaint."""

    order: WorkOrder
    others: tuple[WorkOrder, ...]


def closings_for(person: Person, now: datetime, policy: Policy) -> list[Closing]:
    """The closings without reach that this person may decide, oldest complaint first."""
    complaints = _complaints("approvals", person, now)
    ids = [complaint.id for complaint in complaints]
    if not ids:
        return []
    requests = {each.complaint_id: each for each in _requests(ids)}
    attempts, notices = _attempts(ids), _notices(ids)
    authors = authors_of_many(complaints)
    known = known_points_of_many(complaints, authors, policy.region)
    unhappy = unhappy_callbacks(complaints)
    refused = refusals_by_authors(complaints, authors)
    at_hand = _AtHand(person, stand_ins_of(person.id, absences_at(now), now), now, policy, refused)
    found = [
        _closing(
            requests[complaint.id],
            tuple(each for each in attempts if _of(each, complaint)),
            tuple(each for each in notices if _of(each, complaint)),
            authors[complaint.id],
            known[complaint.id].to_be_tried,
            at_hand,
        )
        for complaint in complaints
    ]
    return [replace(each, unhappy=unhappy[each.complaint.id]) for each in found]


@dataclass(frozen=True)
class _AtHand:
    """Who decides, who stands in for them, when, by which policy, and which complaints' customers
    refuse contact on the word of somebody who handled them."""

    person: Person
    stood_in_by: frozenset[UUID]
    now: datetime
    policy: Policy
    refused: frozenset[UUID]


def _closing(
    request: Approval,
    attempts: tuple[CallbackAttempt, ...],
    notices: tuple[Notice, ...],
    authors: Authors,
    numbers: tuple[str, ...],
    at_hand: _AtHand,
) -> Closing:
    complaint = request.complaint
    case = _case(request, attempts, notices, authors, numbers, at_hand)
    against = tuple(decided_by_somebody_else(case))
    # Whoever may decide it answers the question; only for others is it asked of everybody.
    orphaned = bool(against) and is_orphaned(complaint, request.named_id, at_hand.now, authors)
    return Closing(
        request,
        complaint,
        call_records(attempts, case),
        notice_records(notices, complaint, case),
        tuple(without_the_customers_word(case)),
        against,
        may_deny=not objections(ACTIONS["deny_closing"], case),
        is_orphaned=orphaned,
    )


def disputes_for(person: Person, now: datetime) -> list[Dispute]:
    """The orders that this person may arbitrate, longest waiting first."""
    query = select_rows(QUEUES["arbitrations"], person, now).options(
        joinedload(WorkOrder.complaint).joinedload(Complaint.customer),
        joinedload(WorkOrder.complaint).joinedload(Complaint.category),
        joinedload(WorkOrder.complaint).joinedload(Complaint.unit),
        joinedload(WorkOrder.unit),
    )
    rows = db.session.scalars(query.limit(SHOWN))
    found = [row for row in rows if isinstance(row, WorkOrder)]
    beside = _orders([order.complaint_id for order in found])
    return [
        Dispute(
            order,
            tuple(
                each
                for each in beside
                if each.complaint_id == order.complaint_id and each.id != order.id
            ),
        )
        for order in found
    ]


def transfers_for(person: Person, now: datetime) -> list[Transfer]:
    """The transfers below this person that wait for the named person's answer."""
    return _transfers([each.id for each in _complaints("transfers_pending", person, now)])


def offers_to(person: Person, now: datetime) -> list[Transfer]:
    """The complaints that this person is to answer for from now on, if they accept."""
    return _transfers([each.id for each in _complaints("to_take_over", person, now)])


def _complaints(queue: str, person: Person, now: datetime) -> list[Complaint]:
    query = select_rows(QUEUES[queue], person, now).options(
        joinedload(Complaint.customer),
        joinedload(Complaint.category),
        joinedload(Complaint.responsible).lazyload(Person.memberships),
    )
    return list(db.session.scalars(query.limit(SHOWN)))


def _requests(ids: Sequence[UUID]) -> Sequence[Approval]:
    return db.session.scalars(
        select(Approval)
        .where(Approval.complaint_id.in_(ids), Approval.state == ApprovalState.PENDING)
        .options(
            joinedload(Approval.requested_by).lazyload(Person.memberships),
            joinedload(Approval.named).lazyload(Person.memberships),
        )
    ).all()


def _attempts(ids: Sequence[UUID]) -> Sequence[CallbackAttempt]:
    return db.session.scalars(
        select(CallbackAttempt)
        .where(CallbackAttempt.complaint_id.in_(ids))
        .options(*OF_A_CALL)
        .order_by(CallbackAttempt.at)
    ).all()


def _notices(ids: Sequence[UUID]) -> Sequence[Notice]:
    return db.session.scalars(
        select(Notice)
        .where(Notice.complaint_id.in_(ids))
        .options(*OF_A_NOTICE)
        .order_by(Notice.sent_at)
    ).all()


def _orders(ids: Sequence[UUID]) -> Sequence[WorkOrder]:
    if not ids:
        return []
    return db.session.scalars(
        select(WorkOrder)
        .where(WorkOrder.complaint_id.in_(ids))
        .options(joinedload(WorkOrder.unit))
        .order_by(WorkOrder.sent_at, WorkOrder.id)
    ).all()


def _transfers(ids: Sequence[UUID]) -> list[Transfer]:
    if not ids:
        return []
    return list(
        db.session.scalars(
            select(Transfer)
            .where(Transfer.complaint_id.in_(ids), Transfer.state == TransferState.PENDING)
            .options(
                joinedload(Transfer.complaint).joinedload(Complaint.customer),
                joinedload(Transfer.complaint).joinedload(Complaint.category),
                joinedload(Transfer.from_person).lazyload(Person.memberships),
                joinedload(Transfer.to_person).lazyload(Person.memberships),
            )
            .order_by(Transfer.at)
        )
    )


def _of(row: CallbackAttempt | Notice, complaint: Complaint) -> bool:
    return row.complaint_id == complaint.id and row.cycle == complaint.cycle


def _case(
    request: Approval,
    attempts: Sequence[CallbackAttempt],
    notices: Sequence[Notice],
    authors: Authors,
    numbers: tuple[str, ...],
    at_hand: _AtHand,
) -> Case:
    """As much of the case as deciding on the closing looks at."""
    complaint, person, policy = request.complaint, at_hand.person, at_hand.policy
    return Case(
        now=at_hand.now,
        parties=parties_of(person, complaint, decider=request.named_id),
        actor_id=person.id,
        stands_in_for=person.stands_in_for,
        stood_in_by=at_hand.stood_in_by,
        status=complaint.status,
        id=complaint.id,
        responsible_id=complaint.responsible_id,
        policy=policy,
        attempts=tuple(as_attempt(each, policy.region) for each in attempts),
        notices=tuple(as_notice(each) for each in notices),
        numbers=numbers,
        authors=authors,
        closing_requested=True,
        closing_requested_by=request.requested_by_id,
        refuses_contact=complaint.refuses_contact,
        refusal_by_author=complaint.id in at_hand.refused,
    )
