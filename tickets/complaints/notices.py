"""What becomes of written notices after they were handed over: sent, posted, come back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tickets.actions import take
from tickets.actors import System
from tickets.database import db
from tickets.history.data import EventData
from tickets.history.vocabulary import EventName
from tickets.models import Event, Message, Notice
from workflow.system_rules import SystemRule
from workflow.words import MessageState

SENT = System(SystemRule.NOTICE_SENT)


def note_sent(message_id: UUID, now: datetime) -> None:
    """Say in the complaint's history that the notice which this message carries has left: the
    regulator's clock stops at that moment. Nothing happens for other messages, nor twice."""
    message = db.session.get(Message, message_id)
    if message is None or message.notice_id is None or message.state is not MessageState.SENT:
        return
    notice = db.session.get_one(Notice, message.notice_id)
    if _is_told(notice):
        return
    complaint = message.complaint
    if complaint is None:
        raise RuntimeError(f"the notice {notice.id} is carried by a message about no complaint")
    take(
        "notice_sent", complaint, actor=SENT, now=now, seen_version=None, inputs={"notice": notice}
    )


def _is_told(notice: Notice) -> bool:
    told = db.session.scalars(
        select(Event.data).where(
            Event.complaint_id == notice.complaint_id, Event.action == EventName.NOTICE_SENT
        )
    )
    return any(EventData(data).notice == notice.id for data in told)
