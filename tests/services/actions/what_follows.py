"""One scene for each action of both lifecycles, and what it leads to as the desk can see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tests.cast import (
    SYSTEM,
    Cast,
    ask_to_close,
    call,
    delivered,
    dispatched,
    do,
    orders,
    registered,
    resolve,
    unreached,
)
from tests.plausible import a_notice, a_problem
from tests.timed import in_force
from tickets.database import db
from tickets.models import ClockRow, Complaint, Message, Notification, Person, WorkOrder
from workflow.words import CallOutcome, Channel, ReopenReason, WithdrawalChannel

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


def _dispatch(s: Scene) -> Complaint:
    return s.sent("network")[0]


def _all_answered(s: Scene) -> Complaint:
    complaint, order = s.taken()
    s.on(order, "answer", s.cast.zhao, 2, answer="Mended.")
    return complaint


def _resume(s: Scene) -> Complaint:
    complaint = s.waiting()
    s.on(complaint, "resume", SYSTEM, 49)
    return complaint


def _called(outcome: CallOutcome) -> Callable[[Scene], Complaint]:
    def scene(s: Scene) -> Complaint:
        complaint = s.due()
        call(complaint, outcome, s.now + 6 * HOUR)
        return complaint

    return scene


def _notice_sent(s: Scene) -> Complaint:
    complaint = s.written("sms", "13912345678")
    delivered(s.now + 7 * HOUR)
    return complaint


def _confirm_posting(s: Scene) -> Complaint:
    complaint = s.written("letter", "12 River Road, Jiangzhou")
    said = {"notice": a_notice(complaint), "posted_at": s.now + 7 * HOUR}
    s.on(complaint, "confirm_posting", s.cast.qian, 8, **said)
    return complaint


def _notice_returned(s: Scene) -> Complaint:
    complaint = _notice_sent(s)
    said = {"notice": a_notice(complaint), "reason": "Unknown there."}
    s.by(complaint, "notice_returned", 9, **said)
    return complaint


def _request_closing(s: Scene) -> Complaint:
    return s.asked_to_close()[0]


def _close_unreached(s: Scene) -> Complaint:
    complaint, at = s.asked_to_close()
    do("close_unreached", complaint, s.cast.zheng, at, reason="Everything was tried.")
    return complaint


def _deny_closing(s: Scene) -> Complaint:
    complaint, at = s.asked_to_close()
    do("deny_closing", complaint, s.cast.zheng, at, reason="Try the other number.")
    return complaint


def _reopen(s: Scene) -> Complaint:
    complaint = _called(CallOutcome.ACCEPTED)(s)
    said = {"because": ReopenReason.CAME_BACK, "channel": Channel.PHONE, "reason": "Dead again."}
    do("reopen", complaint, s.cast.wang, s.now + 6 * HOUR + timedelta(minutes=2), **said)
    return complaint


def _undo_closing(s: Scene) -> Complaint:
    complaint = _called(CallOutcome.ACCEPTED)(s)
    at = s.now + 6 * HOUR + timedelta(minutes=2)
    do("undo_closing", complaint, s.cast.chen, at, reason="The wrong button.")
    return complaint


def _withdraw(s: Scene) -> Complaint:
    complaint, _order = s.taken()
    said = {"channel": WithdrawalChannel.PHONE, "at": s.now + 2 * HOUR, "text": "Never mind."}
    s.by(complaint, "withdraw", 2, **said)
    return complaint


def _merge(s: Scene) -> Complaint:
    survivor, complaint = s.new(), s.started()
    s.by(complaint, "merge", 2, into=survivor.number, reason="Sent twice.")
    return complaint


def _unmerge(s: Scene) -> Complaint:
    complaint = _merge(s)
    s.by(complaint, "unmerge", 3, reason="Another line.")
    return complaint


def _decided(action: str, who: str, **said: object) -> Callable[[Scene], Complaint]:
    def scene(s: Scene) -> Complaint:
        complaint = s.offered()
        s.on(complaint, action, s.cast.person(who), 3, **said)
        return complaint

    return scene


def _hand_over(s: Scene) -> Complaint:
    complaint = s.started()
    said = {"to": s.cast.people["wang"], "reason": "She has left."}
    s.on(complaint, "hand_over", s.cast.admin, 2, **said)
    return complaint


def _name_coordinator(s: Scene) -> Complaint:
    complaint = s.started()
    said = {"to": s.cast.people["wang"], "reason": "Knows the line."}
    s.on(complaint, "name_coordinator", s.cast.zheng, 2, **said)
    return complaint


def _urge(s: Scene) -> Complaint:
    complaint, _orders = s.sent()
    s.by(complaint, "urge", 2, text="Please.")
    return complaint


def _raise_level(s: Scene) -> Complaint:
    complaint = s.started()
    s.by(complaint, "raise_level", 2, reason="It hurts.")
    return complaint


def _override_deadline(s: Scene) -> Complaint:
    complaint = s.started()
    said = {"promised_at": s.now + 9 * DAY, "reason": "The cable comes then."}
    s.on(complaint, "override_deadline", s.cast.zheng, 2, **said)
    return complaint


def _inform(s: Scene) -> Complaint:
    complaint = s.waited_for()
    s.by(complaint, "inform", 3, channel="phone", message="Nearly.")
    return complaint


def _share_progress(s: Scene) -> Complaint:
    complaint = s.started()
    problem = a_problem(s.cast, s.now)
    s.by(complaint, "link_problem", 2, problem=problem)
    s.on(complaint, "share_progress", SYSTEM, 3, problem=problem, message="Nearly mended.")
    return complaint


def _contact(s: Scene) -> Complaint:
    complaint = s.started()
    said = {"channel": Channel.PHONE, "text": "Any news?"}
    s.on(complaint, "contact", s.cast.wang, 2, **said)
    return complaint


def _note(s: Scene) -> Complaint:
    complaint = s.started()
    s.on(complaint, "watch", s.cast.zheng, 2)
    s.by(complaint, "note", 3, text="He is deaf.")
    return complaint


def _correct(s: Scene) -> Complaint:
    complaint = s.started()
    s.by(complaint, "correct", 2, severity="major", reason="All lines.")
    return complaint


def _on_order(
    *steps: tuple[str, str, Mapping[str, object]], units: tuple[str, ...] = ("network",)
) -> Callable[[Scene], Complaint]:
    """Steps on the first order of a complaint, an hour apart: action, who, what is said."""

    def scene(s: Scene) -> Complaint:
        complaint, (order, *_others) = s.sent(*units)
        for hours, (action, who, said) in enumerate(steps, 1):
            filled = {name: s.cast.people.get(str(value), value) for name, value in said.items()}
            s.on(order, action, s.cast.person(who), hours, **filled)
        return complaint

    return scene


ACCEPT = ("accept", "zhao", {})
ANSWER = ("answer", "zhao", {"answer": "Mended."})


def _arbitrate(ruling: str) -> Callable[[Scene], Complaint]:
    def scene(s: Scene) -> Complaint:
        complaint, (order,) = s.sent("network")
        s.on(order, "return", s.cast.zhao, 1, reason="Not ours.")
        said = {"units": [s.cast.units["network"]], "question": "Yours all the same."}
        s.by(complaint, "dispatch", 2, **said, promised_at=complaint.promised_at)
        contested = orders(complaint)[-1]
        unit = {"unit": s.cast.units["billing"]} if ruling == "bind_other" else {}
        s.on(contested, "arbitrate", s.cast.zheng, 3, ruling=ruling, reason="So be it.", **unit)
        return complaint

    return scene


def _returned_again(s: Scene) -> Complaint:
    complaint, (network, billing) = s.sent("network", "billing")
    s.on(network, "return", s.cast.zhao, 1, reason="Not ours.")
    s.on(billing, "return", s.cast.zhou, 2, reason="Nor ours.")
    return complaint


SCENES: Mapping[str, Callable[[Scene], Complaint]] = {
    "register": Scene.new,
    "dispatch": _dispatch,
    "all_answered": _all_answered,
    "ask_customer": Scene.waiting,
    "resume": _resume,
    "resolve": Scene.due,
    "record_callback, accepted": _called(CallOutcome.ACCEPTED),
    "record_callback, not solved": _called(CallOutcome.NOT_SOLVED),
    "send_notice": lambda s: s.written("sms", "13912345678"),
    "notice_sent": _notice_sent,
    "confirm_posting": _confirm_posting,
    "notice_returned": _notice_returned,
    "request_closing": _request_closing,
    "close_unreached": _close_unreached,
    "deny_closing": _deny_closing,
    "reopen": _reopen,
    "undo_closing": _undo_closing,
    "withdraw": _withdraw,
    "merge": _merge,
    "unmerge": _unmerge,
    "transfer": Scene.offered,
    "accept_transfer": _decided("accept_transfer", "li"),
    "decline_transfer": _decided("decline_transfer", "li", reason="No."),
    "cancel_transfer": _decided("cancel_transfer", "zheng", reason="She stays."),
    "hand_over": _hand_over,
    "name_coordinator": _name_coordinator,
    "urge": _urge,
    "raise_level": _raise_level,
    "override_deadline": _override_deadline,
    "inform": _inform,
    "share_progress": _share_progress,
    "contact": _contact,
    "note": _note,
    "correct": _correct,
    "order_accept": _on_order(ACCEPT),
    "order_assign": _on_order(("assign", "sun", {"handler": "zhao"})),
    "order_answer": _on_order(ACCEPT, ANSWER),
    "order_return, not begun": _on_order(("return", "zhao", {"reason": "Not ours."})),
    "order_return, begun": _on_order(ACCEPT, ("return", "zhao", {"reason": "Not ours."})),
    "order_return, again": _returned_again,
    "order_interim": _on_order(ACCEPT, ("interim", "zhao", {"text": "A card to go on with."})),
    "order_reject_answer": _on_order(
        ACCEPT, ANSWER, ("reject_answer", "chen", {"reason": "It still crackles."})
    ),
    "order_recall, not begun": _on_order(("recall", "chen", {"reason": "No need."})),
    "order_recall, begun": _on_order(ACCEPT, ("recall", "chen", {"reason": "No need."})),
    "order_arbitrate, this": _arbitrate("bind_this"),
    "order_arbitrate, other": _arbitrate("bind_other"),
}


def what_followed(name: str, cast: Cast, now: datetime) -> dict[str, object]:
    """The scene played, and everything that effects can lead to, in words that can be stored."""
    in_force()
    complaint = SCENES[name](Scene(cast, now))
    db.session.flush()
    logins = {person.id: person.login for person in db.session.scalars(select(Person))}
    told = select(Notification).where(Notification.complaint_id == complaint.id)
    sent = select(Message).where(
        Message.complaint_id == complaint.id, Message.person_id.is_(None), Message.address != ""
    )
    return {
        "status": complaint.status.value,
        "level": int(complaint.level),
        "cycle": complaint.cycle,
        "waits": [complaint.waiting_since is not None, complaint.follow_up_at is not None],
        "asks": complaint.customer_waiting_since is not None,
        "heard": _hours(complaint.last_contact_at, now),
        "clocks": sorted(_clock(row, now) for row in _clocks(complaint)),
        "told": sorted(f"{logins[row.person_id]} {row.topic}" for row in db.session.scalars(told)),
        "sent": sorted(f"{row.topic} {row.state.value}" for row in db.session.scalars(sent)),
    }


def _clocks(complaint: Complaint) -> list[ClockRow]:
    query = select(ClockRow).where(ClockRow.complaint_id == complaint.id)
    return list(db.session.scalars(query))


def _clock(row: ClockRow, now: datetime) -> str:
    order = " of an order" if row.subject else ""
    began, due = _hours(row.starts_at, now), _hours(row.due_at, now)
    return f"{row.kind.value}{order} {row.cycle}.{row.turn}: {row.state.value}, {began} → {due}"


def _hours(moment: datetime | None, now: datetime) -> str:
    return "–" if moment is None else f"{(moment - now) / HOUR:.2f} h"
