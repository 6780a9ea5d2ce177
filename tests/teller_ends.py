"""How complaints of random histories are called back, how they end, and how they come back."""

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from tickets.complaints import notices
from tickets.config import operators_zone
from tickets.database import db, new_id
from tickets.models import Complaint, Message, Notice, WorkOrder
from workflow.callbacks import REOPENING
from workflow.reasons import Refused
from workflow.words import (
    OPEN,
    CallChannel,
    CallOutcome,
    ClosingGround,
    MessageChannel,
    MessageState,
    NoticeChannel,
    ReopenReason,
    Status,
    WithdrawalChannel,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Ends:
    """A part of the teller: what it knows and by whom it acts is the teller's own."""

    dice: random.Random
    complaint: Complaint
    others: list[Complaint]
    now: datetime
    number: str

    def by_responsible(self, name: str, **said: Any) -> None:
        raise NotImplementedError

    def by(self, who: str, name: str, on: Complaint | WorkOrder, **said: Any) -> None:
        raise NotImplementedError

    def plan(self, *steps: tuple[timedelta, Callable[[], None]]) -> None:
        raise NotImplementedError

    def call(self) -> None:
        self.ring(self.dice.choice(list(CallOutcome)))

    def accept(self) -> None:
        self.ring(CallOutcome.ACCEPTED)

    def ring(self, outcome: CallOutcome) -> None:
        self.by_responsible(
            "record_callback",
            outcome=outcome,
            channel=CallChannel.PHONE,
            number=self.number if self.dice.random() < 0.9 else "13700000001",
            number_reason="The neighbour said so.",
            wished_at=self.now + DAY,
            text="What they said.",
        )
        if outcome in REOPENING and self.duplicates():
            self.plan((MINUTE, self.merge))
        self.maybe_undo()

    def maybe_undo(self) -> None:
        if self.complaint.status is Status.CLOSED and self.dice.random() < 0.15:
            self.plan((3 * MINUTE, self.undo))

    def give_up(self) -> None:
        """Never reached: three tries on two days, a notice, some days' patience, an approval."""
        morning = datetime.combine(self.now.date() + DAY, time(9), tzinfo=operators_zone())
        no_answer = lambda: self.ring(CallOutcome.NO_ANSWER)  # noqa: E731
        self.plan(
            (morning - self.now, no_answer),
            (timedelta(hours=5), no_answer),
            (timedelta(hours=19), no_answer),
            (timedelta(hours=1), self.notice),
            (timedelta(hours=1), self.ask_to_close),
            (2 * DAY, self.ask_to_close),
            (DAY, self.approve),
        )

    def notice(self) -> None:
        """It leaves at once, whether or not anybody carries messages in this history."""
        self.by_responsible(
            "send_notice", channel=NoticeChannel.SMS, address="13912345678", notice="We tried."
        )
        notice = self.last_notice()
        assert notice is not None
        message = notice.message or Message(
            id=new_id(),
            once=f"notice:{notice.id.hex}",
            channel=MessageChannel.SMS,
            topic="unreachable_notice",
            complaint_id=self.complaint.id,
            notice_id=notice.id,
            address="+8613912345678",
            body="We tried.",
            send_at=self.now,
            created_at=self.now,
        )
        message.state, message.sent_at = MessageState.SENT, self.now
        db.session.add(message)
        db.session.flush()
        notices.note_sent(message.id, self.now)

    def last_notice(self) -> Notice | None:
        db.session.flush()
        return db.session.scalar(
            select(Notice)
            .where(Notice.complaint_id == self.complaint.id)
            .order_by(Notice.sent_at.desc(), Notice.id.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )

    def notice_returned(self) -> None:
        notice = self.last_notice()
        if notice is not None:
            self.by("he", "notice_returned", self.complaint, notice=notice.id, reason="Unknown.")

    def ask_to_close(self) -> None:
        """Some are denied first."""
        ground = self.dice.choice(list(ClosingGround))
        self.by_responsible("request_closing", ground=ground, reason="Tried.")
        if self.dice.random() < 0.3:
            self.by("he", "deny_closing", self.complaint, reason="Try again.")

    def approve(self) -> None:
        self.by("he", "close_unreached", self.complaint, reason="It was tried.")
        self.maybe_undo()
        if self.dice.random() < 0.6:
            self.plan((DAY, self.notice_returned))

    def reopen(self) -> None:
        """Some object, at a desk or, later, to a superior."""
        because = self.dice.choice(list(ReopenReason))
        who = self.dice.choice(("wang", "he"))
        self.by(who, "reopen", self.complaint, because=because, reason="It is back.")

    def undo(self) -> None:
        self.by_responsible("undo_closing", reason="A slip.")

    def withdraw(self) -> None:
        """Who cannot be told of it in writing withdraws with a superior."""
        said = {"channel": WithdrawalChannel.PHONE, "text": "Never mind.", "at": self.now}
        try:
            self.by_responsible("withdraw", **said)
        except Refused:
            self.by("he", "withdraw", self.complaint, **said)

    def duplicates(self) -> list[Complaint]:
        """Other complaints of the same customer that are open."""
        return [each for each in self.others if each.status in OPEN and each is not self.complaint]

    def merge(self) -> None:
        into = self.dice.choice(self.duplicates()).number
        self.by_responsible("merge", into=into, reason="The same line.")

    def unmerge(self) -> None:
        self.by_responsible("unmerge", reason="Another line.")
