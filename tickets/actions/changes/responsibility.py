"""Who answers for a complaint: always exactly one person, and never silently another (OWN-01)."""

from uuid import UUID

from sqlalchemy import select

from tickets.actions.cases import pending_transfer
from tickets.actions.changes.act import Act
from tickets.actors import System
from tickets.database import db, new_id
from tickets.history.vocabulary import DataKey
from tickets.models import Callback, Complaint, Membership, Person, Transfer, TransferState
from workflow.system_rules import Because
from workflow.values import Json
from workflow.words import Role


def transfer(act: Act) -> dict[str, Json]:
    complaint, to = act.complaint, act.needed("to", Person)
    complaint.transfers += 1
    _put_down(act, to, TransferState.PENDING)
    return {DataKey.FROM_PERSON: str(complaint.responsible_id), DataKey.COUNT: complaint.transfers}


def _put_down(act: Act, to: Person, state: TransferState) -> None:
    db.session.add(
        Transfer(
            id=new_id(),
            complaint_id=act.complaint.id,
            from_id=act.complaint.responsible_id,
            to_id=to.id,
            by_id=act.actor.id,
            rule=act.actor.rule if isinstance(act.actor, System) else None,
            # A reason of the system is a code that its event holds, no words.
            reason=""
            if isinstance(act.inputs.get("reason"), Because)
            else act.needed("reason", str),
            at=act.now,
            state=state,
            decided_at=None if state is TransferState.PENDING else act.now,
        )
    )


def accept(act: Act) -> dict[str, Json]:
    pending = _decide(act, TransferState.ACCEPTED)
    return _pass(act.complaint, pending.to_id)


def decline(act: Act) -> dict[str, Json]:
    pending = _decide(act, TransferState.DECLINED)
    return {DataKey.TO: str(pending.to_id)}


def cancel(act: Act) -> dict[str, Json]:
    pending = _decide(act, TransferState.CANCELLED)
    return {DataKey.TO: str(pending.to_id)}


def _decide(act: Act, state: TransferState) -> Transfer:
    pending = pending_transfer(act.complaint)
    if pending is None:
        raise RuntimeError("the rules let a decision through on a transfer that is not there")
    pending.state, pending.decided_at = state, act.now
    return pending


def void_transfer(act: Act) -> None:
    """What has ended needs nobody else to answer for it."""
    pending = pending_transfer(act.complaint)
    if pending is not None:
        pending.state, pending.decided_at = TransferState.CANCELLED, act.now
        act.data[DataKey.TRANSFER_CANCELLED] = str(pending.to_id)


def hand_over(act: Act) -> dict[str, Json]:
    """At once, because the person before cannot answer any more (OWN-02)."""
    to = act.needed("to", Person)
    void_transfer(act)
    act.complaint.transfers += 1
    _put_down(act, to, TransferState.ACCEPTED)
    return _pass(act.complaint, to.id)


def _pass(complaint: Complaint, to_id: UUID) -> dict[str, Json]:
    before = complaint.responsible_id
    complaint.responsible_id = to_id
    owed = select(Callback).where(
        Callback.complaint_id == complaint.id,
        Callback.caller_id == before,
        Callback.done_at.is_(None),
    )
    for callback in db.session.scalars(owed):
        callback.caller_id = to_id
    return {DataKey.FROM_PERSON: str(before), DataKey.TO_PERSON: str(to_id)}


def name_coordinator(act: Act) -> dict[str, Json]:
    act.complaint.coordinator_id = act.needed("to", Person).id
    return {}


def nearest_superior(complaint: Complaint) -> Person | None:
    """The active supervisor or executive whose unit lies closest above the complaint's."""
    path = complaint.unit.path
    above = [
        (len(each.unit.path), each.person_id)
        for each in db.session.scalars(
            select(Membership)
            .join(Person, Membership.person_id == Person.id)
            .where(Membership.role.in_((Role.SUPERVISOR, Role.EXECUTIVE)), Person.active)
            .order_by(Person.id)
        )
        if path.startswith(each.unit.path)
    ]
    if not above:
        return None
    _, nearest = max(above, key=lambda each: each[0])
    return db.session.get_one(Person, nearest)
