"""What is in every sample, whatever the policy says: where the customer's own word is all that
stands against one person alone (decisions P6 and P7)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, union_all

from tickets.complaints.merged import merged_into
from tickets.database import db
from tickets.history.vocabulary import DataKey, EventName
from tickets.messages.topics import ENDS
from tickets.models import CallbackAttempt, Complaint, Event, Message, NoticeReturn
from workflow.callbacks import REOPENING
from workflow.sampling import Why
from workflow.words import MessageState, Status

ENDING = (EventName.RECORD_CALLBACK, EventName.CLOSE_UNREACHED, EventName.WITHDRAW)
"""Actions whose event says at how many addresses the customer was told of the end."""


def ended_since(moment: datetime) -> ColumnElement[bool]:
    """Closed or withdrawn since then, and not open again."""
    return or_(
        and_(Complaint.status == Status.CLOSED, Complaint.closed_at >= moment),
        and_(Complaint.status == Status.WITHDRAWN, Complaint.withdrawn_at >= moment),
    )


def certainties_since(moment: datetime) -> Mapping[UUID, set[Why]]:
    """Every reason by complaint: of what ended since then, and of older ends whose notice came
    back since then. One query a reason."""
    found: defaultdict[UUID, set[Why]] = defaultdict(set)
    for why, query in _queries(moment).items():
        for key in db.session.scalars(query):
            found[key].add(why)
    return found


def _queries(moment: datetime) -> Mapping[Why, Select[UUID] | CompoundSelect[UUID]]:
    ended = select(Complaint.id).where(ended_since(moment))
    return {
        Why.WITHDRAWN: ended.where(Complaint.status == Status.WITHDRAWN),
        Why.UNKNOWN_NUMBER: ended.join(
            CallbackAttempt, CallbackAttempt.id == Complaint.closing_attempt_id
        ).where(CallbackAttempt.number_known.is_(False)),
        Why.UNTOLD: _untold(moment),
        Why.NOTICE_RETURNED: select(Complaint.id)
        .join(NoticeReturn, NoticeReturn.complaint_id == Complaint.id)
        .where(
            Complaint.status == Status.CLOSED,
            NoticeReturn.at >= moment,
            NoticeReturn.at >= Complaint.closed_at,
        ),
        Why.MERGED: _merged_unhappy(moment),
    }


def _untold(moment: datetime) -> CompoundSelect[UUID]:
    """There was no address, or what was sent there did not arrive."""
    ended = select(Complaint.id).where(ended_since(moment))
    ended_at = func.coalesce(Complaint.closed_at, Complaint.withdrawn_at)
    return union_all(
        ended.join(Event, Event.complaint_id == Complaint.id).where(
            Event.action.in_(ENDING),
            Event.at >= moment,
            Event.data[DataKey.ADDRESSES].as_integer() == 0,
        ),
        ended.join(Message, Message.complaint_id == Complaint.id).where(
            Message.topic.in_([each.code for each in ENDS]),
            Message.created_at >= ended_at,
            Message.state == MessageState.DEAD,
        ),
    )


def _merged_unhappy(moment: datetime) -> Select[UUID]:
    """Ends of complaints into which one was merged whose customer was not satisfied."""
    family = merged_into(ended_since(moment))
    return (
        select(family.c.root)
        .join(CallbackAttempt, CallbackAttempt.complaint_id == family.c.id)
        .where(CallbackAttempt.outcome.in_(REOPENING))
        .distinct()
    )
