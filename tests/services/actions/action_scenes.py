"""One scene for each action of both lifecycles, and what it leads to as the desk can see it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.cast import (
    SYSTEM,
    call,
    close_refusing,
    delivered,
    do,
    resolve,
)
from tests.plausible import a_notice, a_problem
from tests.services.actions.order_scenes import ACCEPT, ANSWER, arbitrate, on_order, returned_again
from tests.services.actions.scene import DAY, HOUR, Scene
from tickets.models import Complaint
from workflow.words import CallOutcome, Channel, ReopenReason, WithdrawalChannel


def _dispatch(s: Scene) -> Complaint:
    return s.sent("network")[0]


def _dispatch_late(s: Scene) -> Complaint:
    """The promise has passed; the customer was told another."""
    complaint = s.started()
    told = {"units": [s.cast.units["network"]], "question": "Why?"}
    s.by(complaint, "dispatch", 240, **told, promised_at=s.now + 12 * DAY)
    return complaint


def _accepted_at_once(s: Scene) -> Complaint:
    complaint = s.new()
    resolve(s.cast, complaint, s.now + HOUR / 4)
    call(complaint, CallOutcome.ACCEPTED, s.now + HOUR / 2)
    return complaint


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


def _refused(s: Scene) -> Complaint:
    complaint = s.due()
    close_refusing(complaint, s.now + 6 * HOUR, s.cast.zheng)
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


SCENES: Mapping[str, Callable[[Scene], Complaint]] = {
    "register": Scene.new,
    "dispatch": _dispatch,
    "dispatch, when the promise has passed": _dispatch_late,
    "all_answered": _all_answered,
    "ask_customer": Scene.waiting,
    "resume": _resume,
    "resolve": Scene.due,
    "record_callback, accepted": _called(CallOutcome.ACCEPTED),
    "record_callback, accepted at once": _accepted_at_once,
    "record_callback, not solved": _called(CallOutcome.NOT_SOLVED),
    "send_notice": lambda s: s.written("sms", "13912345678"),
    "notice_sent": _notice_sent,
    "confirm_posting": _confirm_posting,
    "notice_returned": _notice_returned,
    "request_closing": _request_closing,
    "close_unreached": _close_unreached,
    "close_unreached, refused": _refused,
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
    "order_accept": on_order(ACCEPT),
    "order_assign": on_order(("assign", "sun", {"handler": "zhao"})),
    "order_answer": on_order(ACCEPT, ANSWER),
    "order_return, not begun": on_order(("return", "zhao", {"reason": "Not ours."})),
    "order_return, begun": on_order(ACCEPT, ("return", "zhao", {"reason": "Not ours."})),
    "order_return, again": returned_again,
    "order_interim": on_order(ACCEPT, ("interim", "zhao", {"text": "A card to go on with."})),
    "order_reject_answer": on_order(
        ACCEPT, ANSWER, ("reject_answer", "chen", {"reason": "It still crackles."})
    ),
    "order_recall, not begun": on_order(("recall", "chen", {"reason": "No need."})),
    "order_recall, begun": on_order(ACCEPT, ("recall", "chen", {"reason": "No need."})),
    "order_arbitrate, this": arbitrate("bind_this"),
    "order_arbitrate, other": arbitrate("bind_other"),
}
