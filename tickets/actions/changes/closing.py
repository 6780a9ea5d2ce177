"""The callback and the approved exception: the two things a closing can rest on."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from tickets.actions.cases import pending_approval
from tickets.actions.changes.act import Act, store_first
from tickets.actions.changes.answering import callback_of
from tickets.actions.changes.ending import void_request
from tickets.actions.changes.responsibility import void_transfer
from tickets.actions.deciders import named_for
from tickets.customers.contact_points import known_points, normal_point
from tickets.database import db, new_id
from tickets.history.vocabulary import DataKey
from tickets.models import (
    Approval,
    ApprovalState,
    AttemptConfirmation,
    Callback,
    CallbackAttempt,
    Notice,
    NoticePosting,
    NoticeReturn,
)
from tickets.proof.said import note
from workflow.callbacks import CLOSING, REACHED, Attempt, next_attempt
from workflow.reasons import Reason, Refused
from workflow.values import Json
from workflow.words import N_, CallChannel, CallOutcome, ClosingGround, NoticeChannel, Status


def schedule(act: Act) -> dict[str, Json]:
    callback = callback_of(act)
    callback.scheduled_for = act.needed("scheduled_for", datetime)
    callback.schedule_note = act.given("text", str) or ""
    return {DataKey.CALLBACK: str(callback.id)}


def record(act: Act) -> dict[str, Json]:
    """Put the attempt down, then close on it, begin a new cycle, or leave the callback due."""
    complaint, outcome = act.complaint, act.needed("outcome", CallOutcome)
    callback = callback_of(act)
    attempt_id = new_id()
    store_first(
        CallbackAttempt,
        id=attempt_id,
        callback_id=callback.id,
        complaint_id=complaint.id,
        cycle=complaint.cycle,
        at=act.given("at", datetime) or act.now,
        number=act.given("number", str) or "",
        channel=act.needed("channel", CallChannel),
        outcome=outcome,
        closes=outcome in CLOSING,
        by_id=act.actor.id,
        instead_of_id=act.instead_of,
        wished_at=act.given("wished_at", datetime),
        recorded_at=act.now,
        number_known=act.case.number_known,
    )
    said: dict[str, Json] = {
        DataKey.ATTEMPT: str(attempt_id),
        DataKey.CYCLE: complaint.cycle,
        DataKey.CALLED_AT: (act.given("at", datetime) or act.now).isoformat(),
        DataKey.NUMBER_KNOWN: act.case.number_known,
    }
    _go_on(act, callback, attempt_id)
    return said


def _go_on(act: Act, callback: Callback, attempt_id: UUID) -> None:
    complaint, outcome = act.complaint, act.needed("outcome", CallOutcome)
    if outcome in REACHED:
        callback.done_at = act.now
        void_request(act)
    if act.became(Status.CLOSED):
        complaint.closed_at = act.now
        void_transfer(act)
        complaint.closing_attempt_id, complaint.closing_holds = attempt_id, True
        return
    if act.became(Status.IN_PROGRESS):
        return
    callback.scheduled_for = act.given("wished_at", datetime) or _proposal(act)


def _proposal(act: Act) -> datetime | None:
    """When to try again, this attempt counted in."""
    region = act.case.policy.region
    number = normal_point(act.given("number", str) or "", region)
    at = act.given("at", datetime) or act.now
    made = Attempt(at, act.needed("outcome", CallOutcome), number, act.case.number_known, act.now)
    return next_attempt([*act.case.attempts, made], act.now, act.case.policy)


def confirm_attempt(act: Act) -> dict[str, Json]:
    """A second person lets a late attempt, or one to an unknown number, count."""
    attempt = act.needed("attempt", CallbackAttempt)
    attempt.confirmation = AttemptConfirmation(
        id=new_id(),
        complaint_id=act.complaint.id,
        by_id=act.actor.id,
        instead_of_id=act.instead_of,
        at=act.now,
    )
    return {DataKey.CYCLE: act.complaint.cycle}


def send_notice(act: Act) -> dict[str, Json]:
    """Put the notice down; what carries it follows as an effect, and a letter is posted by hand."""
    complaint, region = act.complaint, act.case.policy.region
    notice_id, channel = new_id(), act.needed("channel", NoticeChannel)
    address = act.needed("address", str).strip()
    is_letter = channel == NoticeChannel.LETTER
    known = known_points(complaint, act.case.authors, region).knows(address, region)
    db.session.add(
        Notice(
            id=notice_id,
            complaint_id=complaint.id,
            cycle=complaint.cycle,
            channel=channel,
            address=address,
            sent_at=act.now,
            by_id=act.actor.id,
            instead_of_id=act.instead_of,
            address_known=None if is_letter else known,
            posting_number=act.given("posting_number", str) or "",
        )
    )
    return {
        DataKey.CYCLE: complaint.cycle,
        DataKey.WRITTEN_NOTICE: str(notice_id),
        DataKey.ADDRESS_KNOWN: known,
    }


def confirm_posting(act: Act) -> dict[str, Json]:
    notice = act.needed("notice", Notice)
    notice.posting = NoticePosting(
        id=new_id(),
        complaint_id=act.complaint.id,
        posted_at=act.needed("posted_at", datetime),
        by_id=act.actor.id,
        instead_of_id=act.instead_of,
        at=act.now,
    )
    return {DataKey.CYCLE: act.complaint.cycle}


def notice_returned(act: Act) -> dict[str, Json]:
    """It counts no longer. When the complaint has ended on it, the second call finds out."""
    notice = act.needed("notice", Notice)
    if notice.returned is not None:
        sentence = N_("It is on record already that this notice came back.")
        raise Refused([Reason("returned", sentence, {}, "notice")])
    notice.returned = NoticeReturn(
        id=new_id(),
        complaint_id=act.complaint.id,
        by_id=act.actor.id,
        at=act.now,
    )
    return {DataKey.CYCLE: act.complaint.cycle}


def request(act: Act) -> dict[str, Json]:
    """Ask for a decision; with nobody above who may decide, the rule names somebody else."""
    complaint = act.complaint
    named = named_for(complaint, act.now, act.actor.id, act.instead_of)
    approval = Approval(
        id=new_id(),
        state=ApprovalState.PENDING,
        granted=False,
        ground=act.needed("ground", ClosingGround),
        reason=act.needed("reason", str),
        complaint_id=complaint.id,
        cycle=complaint.cycle,
        requested_by_id=act.actor.id,
        requested_instead_of_id=act.instead_of,
        requested_at=act.now,
        responsible_id=complaint.responsible_id,
        named_id=named.id if named else None,
    )
    db.session.add(approval)
    named_one: dict[str, Json] = {DataKey.NAMED: str(named.id)} if named else {}
    return {DataKey.APPROVAL: str(approval.id), DataKey.CYCLE: complaint.cycle, **named_one}


def approve(act: Act) -> dict[str, Json]:
    """Grant what somebody else asked for, and close on it."""
    complaint = act.complaint
    pending = _pending(act)
    _decide_first(
        pending,
        {
            "state": ApprovalState.GRANTED,
            "granted": True,
            "decided_by_id": act.actor.id,
            "decided_instead_of_id": act.instead_of,
            "decided_at": act.now,
        },
    )
    complaint.closing_approval_id, complaint.closing_holds = pending.id, True
    complaint.closed_at = act.now
    callback_of(act).done_at = act.now
    void_transfer(act)
    return {DataKey.APPROVAL: str(pending.id), DataKey.CYCLE: complaint.cycle}


def _pending(act: Act) -> Approval:
    pending = pending_approval(act.complaint)
    if pending is None:
        raise RuntimeError("the rules let a decision through that nobody asked for")
    return pending


def _decide_first(pending: Approval, decision: Mapping[str, object]) -> None:
    """Store the decision before the closing that rests on it, and see it in the session."""
    note(Approval, {"id": pending.id, "complaint_id": pending.complaint_id, **decision})
    db.session.execute(
        update(Approval).where(Approval.id == pending.id).values(**decision),
        execution_options={"synchronize_session": "fetch"},
    )


def deny(act: Act) -> dict[str, Json]:
    pending = _pending(act)
    pending.state = ApprovalState.DENIED
    pending.decided_by_id, pending.decided_at = act.actor.id, act.now
    pending.decided_instead_of_id = act.instead_of
    return {DataKey.APPROVAL: str(pending.id), DataKey.CYCLE: act.complaint.cycle}
