"""Everything that one complaint's page lays on the table, in a fixed number of queries (PER-02)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, lazyload

from tickets.actions.callback_facts import Evidence
from tickets.complaints.evidence import OF_A_CALL, notices_of
from tickets.database import db
from tickets.history.vocabulary import EventName
from tickets.models import (
    Answer,
    Approval,
    ApprovalState,
    Attachment,
    Callback,
    Complaint,
    Event,
    InterimMeasure,
    Notice,
    Person,
    Transfer,
    TransferState,
    WorkOrder,
)
from tickets.visibility import visible_to
from workflow.case import OrderFact
from workflow.words import Status


@dataclass(frozen=True)
class CallbackRound:
    """One cycle's callback with its attempts, the answer it is about, and what was written to a
    customer who could not be reached."""

    callback: Callback
    answer: Answer | None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class ComplaintDetails:
    """The rows beside a complaint; `tickets.history.timeline.names_for` names ids of people."""

    complaint: Complaint
    orders: tuple[WorkOrder, ...]
    measures: tuple[InterimMeasure, ...]
    rounds: tuple[CallbackRound, ...]
    files: tuple[Attachment, ...]
    related: tuple[Complaint, ...]
    transfer: Transfer | None
    approval: Approval | None
    withdrawal: Event | None = None
    """How it was withdrawn, if it is."""

    @property
    def order_facts(self) -> list[OrderFact]:
        return [OrderFact(each.id, each.unit_id, each.status) for each in self.orders]

    @property
    def evidence(self) -> Evidence:
        """The calls and written notices of the cycle that runs now."""
        now = [each for each in self.rounds if each.callback.cycle == self.complaint.cycle]
        return Evidence(
            tuple(attempt for each in now for attempt in each.callback.attempts),
            tuple(notice for each in now for notice in each.notices),
        )

    @property
    def untold(self) -> tuple[InterimMeasure, ...]:
        """Interim measures of which the customer has not been told yet."""
        return tuple(each for each in self.measures if each.told_at is None)

    @property
    def survivor(self) -> Complaint | None:
        """The complaint this one was merged into, if the reader may see it."""
        return self._related(self.complaint.merged_into_id)

    @property
    def repeat_of(self) -> Complaint | None:
        return self._related(self.complaint.repeat_of_id)

    @property
    def merged_in(self) -> tuple[Complaint, ...]:
        return tuple(each for each in self.related if each.merged_into_id == self.complaint.id)

    def number_of(self, complaint_id: UUID) -> str:
        """The ticket number of this complaint or of one that was merged into it."""
        numbers = {each.id: each.number for each in (self.complaint, *self.related)}
        return numbers[complaint_id]

    def people(self) -> Iterator[UUID | None]:
        """Ids of everybody who appears in it."""
        for order in self.orders:
            yield from (order.handler_id, order.sent_by_id)
        yield from (measure.by_id for measure in self.measures)
        for each in self.rounds:
            yield each.callback.caller_id
            yield each.answer.by_id if each.answer else None
        if self.transfer is not None:
            yield from (self.transfer.from_id, self.transfer.to_id, self.transfer.by_id)
        if self.approval is not None:
            yield from (self.approval.requested_by_id, self.approval.named_id)
        yield self.complaint.coordinator_id
        yield self.complaint.received_by_id

    def _related(self, complaint_id: UUID | None) -> Complaint | None:
        return next((each for each in self.related if each.id == complaint_id), None)


def dossier_of(complaint: Complaint, reader: Person) -> ComplaintDetails:
    """At most eight queries, however long the complaint's history is."""
    related = _related(complaint, reader)
    transfer, approval = _pending(complaint)
    return ComplaintDetails(
        complaint,
        orders=tuple(orders_with_units(complaint)),
        measures=tuple(_measures(complaint)),
        rounds=tuple(_rounds(complaint)),
        files=tuple(_files(complaint, related)),
        related=related,
        transfer=transfer,
        approval=approval,
        withdrawal=withdrawal_of(complaint),
    )


def orders_with_units(complaint: Complaint) -> list[WorkOrder]:
    """Newest cycle first, in the order of sending."""
    return list(
        db.session.scalars(
            select(WorkOrder)
            .where(WorkOrder.complaint_id == complaint.id)
            .options(joinedload(WorkOrder.unit))
            .order_by(WorkOrder.cycle.desc(), WorkOrder.sent_at, WorkOrder.id)
        )
    )


def _measures(complaint: Complaint) -> list[InterimMeasure]:
    return list(
        db.session.scalars(
            select(InterimMeasure)
            .where(InterimMeasure.complaint_id == complaint.id)
            .order_by(InterimMeasure.at, InterimMeasure.id)
        )
    )


def _rounds(complaint: Complaint) -> list[CallbackRound]:
    rows = db.session.execute(
        select(Callback, Answer)
        .outerjoin(
            Answer,
            and_(Answer.complaint_id == Callback.complaint_id, Answer.cycle == Callback.cycle),
        )
        .where(Callback.complaint_id == complaint.id)
        .options(
            joinedload(Callback.attempts).options(*OF_A_CALL),
            joinedload(Answer.cause),
            joinedload(Answer.liable_unit),
        )
        .order_by(Callback.cycle.desc())
    ).unique()
    found = [(callback, answer) for callback, answer in rows]
    # Nothing is written to a customer before there is an answer to tell.
    notices = notices_of(complaint) if found else ()
    return [
        CallbackRound(
            callback, answer, tuple(each for each in notices if each.cycle == callback.cycle)
        )
        for callback, answer in found
    ]


def withdrawal_of(complaint: Complaint) -> Event | None:
    """The event by which the customer took it back, while that holds."""
    if complaint.status is not Status.WITHDRAWN:
        return None
    return db.session.scalars(
        select(Event)
        .where(Event.complaint_id == complaint.id, Event.action == EventName.WITHDRAW)
        .order_by(Event.seq.desc())
        .limit(1)
    ).first()


def _pending(complaint: Complaint) -> tuple[Transfer | None, Approval | None]:
    """What waits for somebody's word: one query."""
    moves = and_(Transfer.complaint_id == Complaint.id, Transfer.state == TransferState.PENDING)
    asks = and_(
        Approval.complaint_id == Complaint.id,
        Approval.cycle == Complaint.cycle,
        Approval.state == ApprovalState.PENDING,
    )
    row = db.session.execute(
        select(Transfer, Approval)
        .select_from(Complaint)
        .outerjoin(Transfer, moves)
        .outerjoin(Approval, asks)
        .where(Complaint.id == complaint.id)
        .limit(1)
    ).one()
    return row[0], row[1]


def _files(complaint: Complaint, related: tuple[Complaint, ...]) -> list[Attachment]:
    """Its own files and those of the complaints merged into it, as far as the reader sees them."""
    ids = [
        complaint.id,
        *(each.id for each in related if each.merged_into_id == complaint.id),
    ]
    return list(
        db.session.scalars(
            select(Attachment)
            .where(Attachment.complaint_id.in_(ids))
            .order_by(Attachment.id.desc())
        )
    )


def _related(complaint: Complaint, reader: Person) -> tuple[Complaint, ...]:
    named = [each for each in (complaint.merged_into_id, complaint.repeat_of_id) if each]
    return tuple(
        db.session.scalars(
            select(Complaint)
            .where(
                or_(Complaint.id.in_(named), Complaint.merged_into_id == complaint.id),
                visible_to(reader),
            )
            .options(lazyload("*"))
            .order_by(Complaint.registered_at)
        )
    )
