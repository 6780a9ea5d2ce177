"""What each action changes besides the status: one function an action, by the action's name."""

from collections.abc import Callable, Mapping

from tickets.actions.changes import (
    answering,
    closing,
    ending,
    orders,
    problems,
    recording,
    responsibility,
)
from tickets.actions.changes.act import Act
from workflow.values import Json

Change = Callable[[Act], Mapping[str, Json]]
"""Puts rows down and returns what the event shall say besides the inputs."""

CHANGES: dict[str, Change] = {
    "dispatch": orders.dispatch,
    "urge": orders.urge,
    "resolve": answering.resolve,
    "inform": answering.inform,
    "share_progress": problems.share_progress,
    "link_problem": problems.link,
    "unlink_problem": problems.unlink,
    "contact": answering.contact,
    "schedule_callback": closing.schedule,
    "record_callback": closing.record,
    "confirm_attempt": closing.confirm_attempt,
    "send_notice": closing.send_notice,
    "confirm_posting": closing.confirm_posting,
    "notice_returned": closing.notice_returned,
    "request_closing": closing.request,
    "close_unreached": closing.approve,
    "deny_closing": closing.deny,
    "reopen": ending.reopen,
    "undo_closing": ending.undo_closing,
    "withdraw": ending.withdraw,
    "merge": ending.merge,
    "unmerge": ending.unmerge,
    "transfer": responsibility.transfer,
    "accept_transfer": responsibility.accept,
    "decline_transfer": responsibility.decline,
    "cancel_transfer": responsibility.cancel,
    "hand_over": responsibility.hand_over,
    "name_coordinator": responsibility.name_coordinator,
    "override_deadline": recording.override,
    "attach": recording.attach,
    "correct": recording.correct,
    "reveal_customer": recording.reveal,
    "watch": recording.watch,
    "unwatch": recording.unwatch,
    "redact": recording.redact,
}

ORDER_CHANGES: dict[str, Change] = {
    "accept": orders.accept,
    "assign": orders.assign,
    "answer": orders.answer,
    "return": orders.give_back,
    "interim": orders.interim,
    "reject_answer": orders.reject,
    "recall": orders.recall,
    "arbitrate": orders.arbitrate,
}
