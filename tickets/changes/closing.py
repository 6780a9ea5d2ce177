"""The callback and the approved exception: the two things a closing can rest on."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from tickets.cases import pending_approval
from tickets.changes.act import Act, store_first
from tickets.changes.answering import callback_of
from tickets.changes.ending import new_cycle, void_request
from tickets.changes.responsibility import void_transfer
from tickets.database import db, new_id
from tickets.models import Approval, ApprovalState, Callback, CallbackAttempt, Notice
from tickets.proof import said
from workflow.callbacks import CLOSING, REACHED, Attempt, next_attempt
from workflow.words import CallOutcome, ClosingGround, Status


def schedule(act: Act) -> dict[str, Any]:
    callback = callback_of(act)
    callback.scheduled_for = act.inputs["scheduled_for"]
    callback.schedule_note = act.inputs.get("text") or ""
    return {"callback": str(callback.id)}


def record(act: Act) -> dict[str, Any]:
    """Put the attempt down, then close on it, begin a new cycle, or leave the callback due."""
    complaint, outcome = act.complaint, act.inputs["outcome"]
    callback = callback_of(act)
    attempt_id = new_id()
    store_first(
        CallbackAttempt,
        id=attempt_id,
        callback_id=callback.id,
        complaint_id=complaint.id,
        cycle=complaint.cycle,
        at=act.inputs.get("at") or act.now,
        number=act.inputs.get("number") or "",
        channel=act.inputs["channel"],
        outcome=outcome,
        closes=outcome in CLOSING,
        by_id=act.actor.id,
        wished_at=act.inputs.get("wished_at"),
        recorded_at=act.now,
    )
    said = {"attempt": str(attempt_id), "cycle": complaint.cycle}
    _go_on(act, callback, attempt_id)
    return said


def _go_on(act: Act, callback: Callback, attempt_id: UUID) -> None:
    complaint, outcome = act.complaint, act.inputs["outcome"]
    if outcome in REACHED:
        callback.done_at = act.now
        complaint.last_contact_at = act.now
        complaint.customer_waiting_since = None
        void_request(act)
    if act.became(Status.CLOSED):
        complaint.closed_at = act.now
        void_transfer(act)
        complaint.closing_attempt_id, complaint.closing_holds = attempt_id, True
        return
    if act.became(Status.IN_PROGRESS):
        new_cycle(act)
        return
    callback.scheduled_for = act.inputs.get("wished_at") or _proposal(act)


def _proposal(act: Act) -> Any:
    """When to try again, this attempt counted in."""
    made = Attempt(act.inputs.get("at") or act.now, act.inputs["outcome"])
    return next_attempt([*act.case.attempts, made], act.now, act.case.policy)


def send_notice(act: Act) -> dict[str, Any]:
    db.session.add(
        Notice(
            id=new_id(),
            complaint_id=act.complaint.id,
            cycle=act.complaint.cycle,
            channel=act.inputs["channel"],
            address=act.inputs["address"],
            sent_at=act.now,
            by_id=act.actor.id,
        )
    )
    return {"cycle": act.complaint.cycle}


def request(act: Act) -> dict[str, Any]:
    approval = Approval(
        id=new_id(),
        state=ApprovalState.PENDING,
        granted=False,
        ground=act.inputs["ground"],
        reason=act.inputs["reason"],
        **_whose(act),
    )
    db.session.add(approval)
    return {"approval": str(approval.id)}


def _whose(act: Act) -> dict[str, Any]:
    return {
        "complaint_id": act.complaint.id,
        "cycle": act.complaint.cycle,
        "requested_by_id": act.actor.id,
        "requested_at": act.now,
        "responsible_id": act.complaint.responsible_id,
    }


def approve(act: Act) -> dict[str, Any]:
    """Grant what was asked for, or act without having been asked, and close on it."""
    complaint = act.complaint
    pending = pending_approval(complaint)
    decision = {
        "state": ApprovalState.GRANTED,
        "granted": True,
        "decided_by_id": act.actor.id,
        "decided_at": act.now,
    }
    approval_id = pending.id if pending is not None else new_id()
    if pending is not None:
        _decide_first(pending, decision)
    else:
        ground = _ground(act)
        reason = act.inputs["reason"]
        store_first(
            Approval, id=approval_id, ground=ground, reason=reason, **_whose(act), **decision
        )
    complaint.closing_approval_id, complaint.closing_holds = approval_id, True
    complaint.closed_at = act.now
    callback_of(act).done_at = act.now
    void_transfer(act)
    return {"approval": str(approval_id), "cycle": complaint.cycle}


def _decide_first(pending: Approval, decision: dict[str, Any]) -> None:
    """Store the decision before the closing that rests on it, and see it in the session."""
    said.note(Approval, {"id": pending.id, "complaint_id": pending.complaint_id, **decision})
    db.session.execute(
        update(Approval).where(Approval.id == pending.id).values(**decision),
        execution_options={"synchronize_session": "fetch"},
    )


def _ground(act: Act) -> ClosingGround:
    refused = any(each.outcome is CallOutcome.REFUSED for each in act.case.attempts)
    if act.complaint.refuses_contact or refused:
        return ClosingGround.REFUSES_CONTACT
    return ClosingGround.UNREACHABLE


def deny(act: Act) -> dict[str, Any]:
    pending = pending_approval(act.complaint)
    if pending is None:
        raise RuntimeError("the rules let a denial through that nobody asked for")
    pending.state = ApprovalState.DENIED
    pending.decided_by_id, pending.decided_at = act.actor.id, act.now
    return {"approval": str(pending.id)}
