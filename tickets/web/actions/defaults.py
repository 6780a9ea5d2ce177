"""What an action's form has filled in already: what is usually right, and easy to change."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import select

from tickets.database import db
from tickets.messages.ways import addresses
from tickets.models import ContactKind, WorkOrder
from tickets.web.actions.offers import ActionSubject
from workflow.callbacks import after_quiet, next_attempt
from workflow.case import Case
from workflow.table import Action
from workflow.values import Inputs, Sets
from workflow.words import (
    CallChannel,
    Channel,
    ClosingGround,
    MessageChannel,
    NoticeChannel,
    OrderStatus,
    WithdrawalChannel,
    WithdrawnBy,
)

PROMISE = timedelta(hours=48)
FOLLOW_UP = timedelta(days=2)


WRITTEN_BY = {
    MessageChannel.SMS: NoticeChannel.SMS,
    MessageChannel.EMAIL: NoticeChannel.EMAIL,
}


def defaults_for(action: Action, subject: ActionSubject, case: Case) -> Inputs:
    """First values by the names the action asks for."""
    follow_up = action.field_that_sets(Sets.FOLLOW_UP)
    usual = {follow_up: after_quiet(case.now + FOLLOW_UP, case.policy)} if follow_up else {}
    if subject.order is not None or action.name not in DEFAULTS:
        return usual
    return {**usual, **DEFAULTS[action.name](subject, case)}


def _dispatch(subject: ActionSubject, case: Case) -> Inputs:
    promised = subject.complaint.promised_at
    still_ahead = promised is not None and promised > case.now
    return {"promised_at": promised if still_ahead else case.now + PROMISE}


def _resolve(subject: ActionSubject, _case: Case) -> Inputs:
    """The department that gave the answer is the first to ask whether it was its fault."""
    answered = db.session.scalars(
        select(WorkOrder.unit_id)
        .where(
            WorkOrder.complaint_id == subject.complaint.id,
            WorkOrder.cycle == subject.complaint.cycle,
            WorkOrder.status == OrderStatus.ANSWERED,
        )
        .distinct()
        .limit(2)
    ).all()
    return {"liable_unit": str(answered[0])} if len(answered) == 1 else {}


def _record_callback(subject: ActionSubject, _case: Case) -> Inputs:
    channel = subject.complaint.callback_channel or CallChannel.PHONE
    return {"channel": channel, "number": subject.complaint.callback_number}


def _schedule(_subject: ActionSubject, case: Case) -> Inputs:
    return {
        "scheduled_for": next_attempt(case.attempts, case.now + timedelta(hours=1), case.policy)
    }


def _notice(subject: ActionSubject, case: Case) -> Inputs:
    """By the first way that reaches the customer; who wants no contact gets a letter."""
    complaint = subject.complaint
    reached = addresses(complaint, case.policy.region)
    for way, channel in WRITTEN_BY.items():
        if way in reached and not complaint.refuses_contact:
            return {"channel": channel, "address": reached[way]}
    given = (each.given for each in complaint.customer.contacts if each.kind is ContactKind.ADDRESS)
    return {"channel": NoticeChannel.LETTER, "address": next(given, "")}


def _closing(subject: ActionSubject, _case: Case) -> Inputs:
    refuses = subject.complaint.refuses_contact
    return {"ground": ClosingGround.REFUSES_CONTACT if refuses else ClosingGround.UNREACHABLE}


def _withdraw(_subject: ActionSubject, case: Case) -> Inputs:
    return {
        "said_by": WithdrawnBy.CUSTOMER,
        "channel": WithdrawalChannel.PHONE,
        "at": case.now,
    }


def _reopen(_subject: ActionSubject, _case: Case) -> Inputs:
    return {"channel": Channel.PHONE}


def _override(_subject: ActionSubject, case: Case) -> Inputs:
    return {"promised_at": case.now + PROMISE}


def _inform(_subject: ActionSubject, _case: Case) -> Inputs:
    return {"channel": CallChannel.PHONE}


def _contact(_subject: ActionSubject, _case: Case) -> Inputs:
    return {"channel": Channel.PHONE}


def _posting(_subject: ActionSubject, case: Case) -> Inputs:
    return {"posted_at": case.now}


DEFAULTS: Mapping[str, Callable[[ActionSubject, Case], Inputs]] = {
    "dispatch": _dispatch,
    "resolve": _resolve,
    "record_callback": _record_callback,
    "schedule_callback": _schedule,
    "send_notice": _notice,
    "confirm_posting": _posting,
    "request_closing": _closing,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "override_deadline": _override,
    "inform": _inform,
    "contact": _contact,
}
