"""Reopening, withdrawing, merging: where a complaint's road ends or begins again."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets import history
from tickets.actions.cases import pending_approval
from tickets.actions.changes.act import Act, FollowUp
from tickets.actions.changes.answering import callback_of, held, open_callback, stop_waiting
from tickets.actions.changes.orders import recall_all
from tickets.actions.changes.raising import raised
from tickets.actions.changes.responsibility import nearest_superior, void_transfer
from tickets.actions.resolving import candidate
from tickets.actors import System
from tickets.database import db, new_id
from tickets.history.vocabulary import DataKey, EventName
from tickets.models import (
    Approval,
    ApprovalState,
    Callback,
    CallbackAttempt,
    Complaint,
    Merge,
    Watch,
)
from workflow import raising
from workflow.system_rules import Because, SystemRule
from workflow.values import Json
from workflow.words import MergeReason

RESPONSIBLE_LEFT = Because(SystemRule.RESPONSIBLE_LEFT)


def reopen(act: Act) -> dict[str, Json]:
    complaint = act.complaint
    ended_at = complaint.closed_at or complaint.withdrawn_at
    said: dict[str, Json] = {
        DataKey.CLOSED_AT: ended_at.isoformat() if ended_at else None,
        DataKey.DAYS_CLOSED: (act.now - ended_at).days if ended_at else None,
        DataKey.CLOSED_BY: _closed_by(complaint),
        DataKey.IN_TIME: _is_in_time(act, ended_at),
    }
    _rest_on_nothing(complaint)
    complaint.withdrawn_at = None
    complaint.reopens += 1
    complaint.customer_waiting_since = None
    _somebody_answers(act)
    return {**said, DataKey.REOPENS: complaint.reopens}


def _is_in_time(act: Act, ended_at: datetime | None) -> bool:
    """Whether the desk could have opened it: a supervisor may also later (REO-02)."""
    return ended_at is None or act.now - ended_at <= act.case.policy.reopen_window


def _closed_by(complaint: Complaint) -> str | None:
    """Who recorded the callback, or approved the exception, that the closing rested on (REO-04)."""
    if complaint.closing_attempt_id is not None:
        return str(db.session.get_one(CallbackAttempt, complaint.closing_attempt_id).by_id)
    if complaint.closing_approval_id is not None:
        return str(db.session.get_one(Approval, complaint.closing_approval_id).decided_by_id)
    return None


def _somebody_answers(act: Act) -> None:
    """Whoever was responsible may have left since: then it is whoever brings the complaint back,
    or, when the system does, the nearest supervisor (OWN-01)."""
    before = candidate(act.complaint.responsible)
    if before.active and before.may_answer_for_complaints:
        return
    heir = nearest_superior(act.complaint) if isinstance(act.actor, System) else act.actor
    if heir is None:
        return  # nobody is left to name; the check for orphans finds it
    inputs = {"to": heir, "reason": RESPONSIBLE_LEFT}
    rule = System(RESPONSIBLE_LEFT.rule)
    act.follow_ups.append(FollowUp("hand_over", act.complaint, rule, inputs))


def void_request(act: Act) -> None:
    """The customer was reached, or it ended otherwise: nobody needs to decide any more."""
    request = pending_approval(act.complaint)
    if request is not None:
        request.state, request.decided_at = ApprovalState.VOID, act.now


def undo_closing(act: Act) -> dict[str, Json]:
    """Back to the callback of the same cycle (CLO-13). What was recorded stays recorded; the
    closing merely rests on it no longer."""
    complaint = act.complaint
    closed_at = complaint.closed_at
    _rest_on_nothing(complaint)
    callback = open_callback(complaint)
    if callback is not None:
        callback.done_at = None
    return {DataKey.CLOSED_AT: closed_at.isoformat() if closed_at else None}


def _rest_on_nothing(complaint: Complaint) -> None:
    complaint.closing_attempt_id = complaint.closing_approval_id = None
    complaint.closing_holds = None
    complaint.closed_at = None


def withdraw(act: Act) -> dict[str, Json]:
    stop_waiting(act.complaint)
    act.complaint.customer_waiting_since = None
    act.complaint.withdrawn_at = act.now
    _nothing_owed(act)
    recall_all(act, Because(SystemRule.COMPLAINT_WITHDRAWN))
    return {}


def _nothing_owed(act: Act) -> Callback | None:
    void_request(act)
    void_transfer(act)
    callback = open_callback(act.complaint)
    if callback is not None:
        callback.done_at = act.now
    return callback


def merge(act: Act) -> dict[str, Json]:
    """The duplicate points to its survivor, which keeps the earliest start, the agreed
    callback and the watchers; `kept` is what undoing needs (REO-07, CLO-08)."""
    complaint, survivor = act.complaint, act.needed("into", Complaint)
    callback = _nothing_owed(act)
    kept = {
        "started_at": survivor.started_at.isoformat(),
        "scheduled_for": _move_appointment(act, callback, survivor),
        "watchers": _share_watchers(act, survivor),
    }
    survivor.started_at = min(survivor.started_at, complaint.started_at)
    complaint.merged_into_id = survivor.id
    _pass_on_waiting(complaint, survivor)
    status_before = act.case.status
    db.session.add(
        Merge(
            id=new_id(),
            complaint_id=complaint.id,
            into_id=survivor.id,
            at=act.now,
            status_before=status_before,
            because=act.needed("because", MergeReason),
            kept=kept,
        )
    )
    _tell_the_survivor(act, survivor, EventName.MERGED_IN)
    _raise_to_level_of(act, survivor)
    return {DataKey.INTO: survivor.number}


def _raise_to_level_of(act: Act, survivor: Complaint) -> None:
    """The survivor stands at least as high as what was merged into it, on record."""
    levels = int(act.complaint.level), int(survivor.level)
    act.follow_ups += [raised(survivor, because) for because in raising.by_merge(*levels)]


def _tell_the_survivor(act: Act, survivor: Complaint, what: EventName) -> None:
    """What befell the other complaint changed this one too, so its own history says so."""
    data: dict[str, Json] = {
        DataKey.DUPLICATE: act.complaint.number,
        DataKey.STARTED_AT: survivor.started_at.isoformat(),
    }
    history.append(survivor, what, "note", actor=act.actor, now=act.now, data=data)
    act.touched.append(survivor)


def _pass_on_waiting(complaint: Complaint, survivor: Complaint) -> None:
    if complaint.customer_waiting_since is not None:
        survivor.customer_waiting_since = (
            survivor.customer_waiting_since or complaint.customer_waiting_since
        )


def _move_appointment(act: Act, callback: Callback | None, survivor: Complaint) -> str | None:
    """A call agreed with the customer stays agreed; returns the survivor's own one before."""
    if callback is None or callback.scheduled_for is None:
        return None
    target = callback_of(replace(act, complaint=survivor))
    before = target.scheduled_for
    if before is None or callback.scheduled_for < before:
        target.scheduled_for = callback.scheduled_for
        target.schedule_note = callback.schedule_note
    return before.isoformat() if before else None


def _share_watchers(act: Act, survivor: Complaint) -> list[str]:
    watching = _watchers(act.complaint)
    new = sorted(watching - _watchers(survivor))
    db.session.add_all(
        Watch(complaint_id=survivor.id, person_id=person_id, since=act.now) for person_id in new
    )
    return [str(person_id) for person_id in new]


def _watchers(complaint: Complaint) -> set[UUID]:
    return set(
        db.session.scalars(select(Watch.person_id).where(Watch.complaint_id == complaint.id))
    )


def unmerge(act: Act) -> dict[str, Json]:
    complaint = act.complaint
    tie = db.session.scalars(
        select(Merge)
        .where(Merge.complaint_id == complaint.id, Merge.undone_at.is_(None))
        .order_by(Merge.at.desc())
    ).first()
    if tie is None:
        raise RuntimeError(f"complaint {complaint.number} is merged without a merge")
    tie.undone_at = act.now
    survivor = held(tie.into_id)
    started_anew = _restart(survivor, complaint)
    _unshare_watchers(survivor, tie)
    complaint.merged_into_id = None
    callback = open_callback(complaint)
    if callback is not None:
        callback.done_at = None
        _take_back_appointment(callback, survivor, tie)
    _somebody_answers(act)
    for each in started_anew:
        _tell_the_survivor(act, each, EventName.MERGE_UNDONE)
    return {DataKey.OUT_OF: survivor.number}


def _restart(survivor: Complaint, leaving: Complaint) -> list[Complaint]:
    """The survivor, and whatever that lives on in, start with the earliest of what is left;
    returns them, for their own histories must say so."""
    merged = db.session.scalars(
        select(Complaint).where(Complaint.merged_into_id == survivor.id, Complaint.id != leaving.id)
    )
    starts: list[datetime] = [survivor.registered_at, *(each.started_at for each in merged)]
    survivor.started_at = min(starts)
    if survivor.merged_into_id is None:
        return [survivor]
    return [survivor, *_restart(held(survivor.merged_into_id), leaving)]


def _take_back_appointment(callback: Callback, survivor: Complaint, tie: Merge) -> None:
    """The survivor's own appointment comes back, unless another was agreed on meanwhile."""
    target = open_callback(survivor)
    if target is None or target.scheduled_for != callback.scheduled_for:
        return
    before = tie.kept.get("scheduled_for")
    target.scheduled_for = datetime.fromisoformat(before) if before else None


def _unshare_watchers(survivor: Complaint, tie: Merge) -> None:
    for person_id in tie.kept.get("watchers", []):
        watch = db.session.scalar(
            select(Watch).where(
                Watch.complaint_id == survivor.id, Watch.person_id == UUID(person_id)
            )
        )
        if watch is not None:
            db.session.delete(watch)
