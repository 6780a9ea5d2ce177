"""Asking, answering and telling the customer."""

from uuid import UUID

from sqlalchemy import select

from tickets import history
from tickets.actions.changes.act import Act
from tickets.actions.changes.raising import raise_by_rule
from tickets.database import db, new_id
from tickets.history.vocabulary import DataKey, EventName
from tickets.models import Answer, Callback, Cause, Complaint, InterimMeasure, Unit
from workflow import raising
from workflow.callbacks import may_call
from workflow.values import Json
from workflow.words import Channel, Remedy, Resolution, Status


def stop_waiting(complaint: Complaint) -> None:
    """Nothing is expected of the customer any more."""
    complaint.waiting_since = complaint.follow_up_at = complaint.wait_reason = None


def resolve(act: Act) -> dict[str, Json]:
    """Store the answer of this cycle and make the callback due."""
    complaint = act.complaint
    complaint.resolved_at = act.now
    liable = act.given("liable_unit", Unit)
    answer_id = new_id()
    db.session.add(
        Answer(
            id=answer_id,
            complaint_id=complaint.id,
            cycle=complaint.cycle,
            text=act.needed("answer", str),
            outcome=act.needed("outcome", Resolution),
            cause_id=act.needed("cause", Cause).id,
            remedy=act.needed("remedy", Remedy),
            liable_unit_id=liable.id if liable is not None else None,
            compensation_minor=act.given("compensation", int),
            by_id=act.actor.id,
            instead_of_id=act.instead_of,
            at=act.now,
        )
    )
    callback = callback_of(act)
    callback.due_since = act.now
    callback.caller_id = _caller(act)
    return {
        DataKey.CYCLE: complaint.cycle,
        DataKey.CALLBACK: str(callback.id),
        DataKey.WRITTEN_ANSWER: str(answer_id),
    }


def _caller(act: Act) -> UUID | None:
    """The responsible person, unless the policy forbids it to whoever wrote the answer: then
    nobody yet, and the callback stands on the shared queue."""
    responsible = act.complaint.responsible_id
    return responsible if may_call(responsible, act.actor.id, act.case.policy) else None


def callback_of(act: Act) -> Callback:
    """The callback of the cycle that runs now; made when it is first needed."""
    complaint = act.complaint
    found = open_callback(complaint)
    if found is not None:
        return found
    callback = Callback(
        id=new_id(),
        complaint_id=complaint.id,
        cycle=complaint.cycle,
        caller_id=complaint.responsible_id,
        created_at=act.now,
    )
    db.session.add(callback)
    return callback


def open_callback(complaint: Complaint) -> Callback | None:
    return db.session.scalar(
        select(Callback).where(
            Callback.complaint_id == complaint.id, Callback.cycle == complaint.cycle
        )
    )


def inform(act: Act) -> dict[str, Json]:
    """The customer was told of progress; interim measures not yet told count as told."""
    complaint = act.complaint
    untold = db.session.scalars(
        select(InterimMeasure).where(
            InterimMeasure.complaint_id == complaint.id, InterimMeasure.told_at.is_(None)
        )
    ).all()
    for measure in untold:
        measure.told_at = act.now
    return {DataKey.MEASURES_TOLD: len(untold)}


def held(complaint_id: UUID) -> Complaint:
    """Another complaint that this action changes too: as it is now, and nobody else's meanwhile."""
    return db.session.get_one(
        Complaint, complaint_id, populate_existing=True, with_for_update={"of": Complaint}
    )


def contact(act: Act) -> dict[str, Json]:
    """What the customer said waits for the responsible person, whatever the status (REO-03).

    A merged complaint passes it on to the one it lives on in (REO-07).
    """
    survivor = act.complaint
    while survivor.status is Status.MERGED and survivor.merged_into_id is not None:
        survivor = held(survivor.merged_into_id)
    survivor.customer_waiting_since = survivor.customer_waiting_since or act.now
    if survivor is act.complaint:
        raise_by_rule(act, raising.by_appeal(act.needed("channel", Channel)))
        return {}
    data: dict[str, Json] = {DataKey.DUPLICATE: act.complaint.number}
    history.append(
        survivor, EventName.CONTACT_PASSED_ON, "customer", actor=act.actor, now=act.now, data=data
    )
    return {DataKey.PASSED_ON_TO: survivor.number}
