"""A scene of one complaint: what the desk and a department did so far, hour by hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.cast import (
    Cast,
    ask_to_close,
    dispatched,
    do,
    orders,
    registered,
    resolve,
    unreached,
)
from tickets.models import Complaint, WorkOrder
from workflow.words import Channel

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Scene:
    """Some people, a moment, and what was done so far."""

    cast: Cast
    now: datetime

    def new(self) -> Complaint:
        """By e-mail, so that the customer waits for a first answer."""
        return registered(self.cast, now=self.now, channel=Channel.EMAIL)

    def started(self) -> Complaint:
        complaint = self.new()
        self.by(complaint, "start", 1)
        return complaint

    def waited_for(self) -> Complaint:
        """The customer asked again and waits for a word."""
        complaint = self.started()
        self.by(complaint, "contact", 2, channel=Channel.PHONE, text="Any news?")
        return complaint

    def waiting(self) -> Complaint:
        complaint = self.waited_for()
        self.ask(complaint)
        return complaint

    def ask(self, complaint: Complaint) -> None:
        at = self.now + 2 * DAY
        said = {"question": "Which line?", "wait_reason": "details", "follow_up_at": at}
        self.by(complaint, "ask_customer", 3, **said)

    def due(self) -> Complaint:
        """Answered; the customer asked again since and waits for the call."""
        complaint = self.new()
        told = {"units": [self.cast.units["network"]], "question": "Why?"}
        self.by(complaint, "dispatch", 1, **told, promised_at=self.now + 3 * DAY)
        (order,) = orders(complaint)
        self.on(order, "accept", self.cast.zhao, 2)
        self.on(order, "answer", self.cast.zhao, 3, answer="Mended.")
        resolve(self.cast, complaint, self.now + 4 * HOUR)
        self.by(complaint, "contact", 5, channel=Channel.PHONE, text="And?")
        return complaint

    def sent(self, *units: str) -> tuple[Complaint, list[WorkOrder]]:
        complaint = dispatched(self.cast, *(units or ("network",)), now=self.now)
        return complaint, orders(complaint)

    def taken(self) -> tuple[Complaint, WorkOrder]:
        complaint, (order,) = self.sent()
        self.on(order, "accept", self.cast.zhao, 1)
        return complaint, order

    def beyond_reach(self) -> tuple[Complaint, datetime]:
        complaint = self.due()
        morning = self.now.replace(hour=2) + DAY
        return complaint, unreached(complaint, morning)

    def asked_to_close(self) -> tuple[Complaint, datetime]:
        complaint, at = self.beyond_reach()
        ask_to_close(complaint, self.cast.chen, at, "unreachable")
        return complaint, at

    def offered(self) -> Complaint:
        complaint = self.started()
        said = {"to": self.cast.people["li"], "reason": "Holiday."}
        self.on(complaint, "transfer", self.cast.zheng, 2, **said)
        return complaint

    def written(self, channel: str, address: str) -> Complaint:
        complaint = self.due()
        said = {"channel": channel, "address": address, "notice": "Please call us."}
        self.by(complaint, "send_notice", 6, **said)
        return complaint

    def by(self, complaint: Complaint, action: str, hours: float, **said: object) -> None:
        """By the responsible person."""
        self.on(complaint, action, self.cast.chen, hours, **said)

    def on(
        self, on: Complaint | WorkOrder, action: str, who: object, hours: float, **said: object
    ) -> None:
        do(action, on, who, self.now + hours * HOUR, **said)  # type: ignore[arg-type]
