"""What somebody may do with a complaint or a work order now, and what not yet, with every reason.

The rules say both (`workflow.machine.objections`); here is only what is worth showing, and which
step comes first (CLO-04).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.case import Case
from workflow.lifecycle import ACTIONS
from workflow.machine import objections
from workflow.reasons import Reason
from workflow.table import Action
from workflow.words import ENDED, Status

TOGGLES = frozenset({"watching", "not_watching", "no_transfer", "not_requested"})
"""Reasons that only say that the opposite action is the one on offer."""

FIRST: Mapping[Status, tuple[str, ...]] = {
    Status.REGISTERED: ("accept_transfer", "start", "dispatch", "resolve"),
    Status.IN_PROGRESS: ("accept_transfer", "resolve", "dispatch", "ask_customer"),
    Status.DISPATCHED: ("accept_transfer", "urge", "inform", "dispatch"),
    Status.WAITING_CUSTOMER: ("accept_transfer", "resume", "contact"),
    Status.RESOLVED: (
        "accept_transfer",
        "close_unreached",
        "record_callback",
        "send_notice",
        "request_closing",
    ),
    Status.CLOSED: ("reopen", "contact", "undo_closing"),
    Status.WITHDRAWN: ("reopen", "contact", "note"),
    Status.MERGED: ("unmerge", "contact"),
}
"""What usually comes next, in this order; the first that is possible is the main button."""

ORDER_FIRST = ("arbitrate", "accept", "answer", "reject_answer", "assign", "interim", "return")

MENDED_BY: Mapping[str, str] = {
    "attempts": "record_callback",
    "attempt_days": "record_callback",
    "attempt_day_parts": "record_callback",
    "numbers_untried": "record_callback",
    "notice": "send_notice",
    "undo_window": "reopen",
    "transfer_pending": "cancel_transfer",
    "refuses_contact": "request_closing",
    "rejected_before": "dispatch",
    "no_open_order": "dispatch",
}
"""Which action takes a reason away."""


@dataclass(frozen=True)
class Blocked:
    """An action that is this person's, but not possible now; `mended_by` are actions that are."""

    action: Action
    reasons: tuple[Reason, ...]
    mended_by: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Steps:
    """`possible` with the usual next step first, if there is one; `blocked` with its reasons."""

    possible: tuple[Action, ...]
    blocked: tuple[Blocked, ...]
    has_usual: bool = False

    @property
    def held_up(self) -> tuple[Blocked, ...]:
        """What something other than the status stands in the way of."""
        return tuple(each for each in self.blocked if not _only_status(each))

    @property
    def in_another_status(self) -> tuple[Blocked, ...]:
        return tuple(each for each in self.blocked if _only_status(each))


def _only_status(blocked: Blocked) -> bool:
    return {reason.code for reason in blocked.reasons} == {"wrong_status"}


def steps_of(case: Case, actions: Mapping[str, Action] = ACTIONS) -> Steps:
    """Every offered action of a party of this person, sorted into possible and not yet."""
    mine = [each for each in actions.values() if each.offered and each.by & case.parties]
    against = {action.name: tuple(objections(action, case)) for action in mine}
    possible = [action for action in mine if not against[action.name]]
    order = FIRST[case.status] if actions is ACTIONS else ORDER_FIRST
    possible.sort(key=lambda action: _place(action.name, order))
    blocked = [
        Blocked(action, against[action.name], _mending(action, against[action.name], possible))
        for action in mine
        if against[action.name] and _worth_saying(action, against[action.name], case)
    ]
    has_usual = bool(possible) and possible[0].name in order
    return Steps(tuple(possible), tuple(blocked), has_usual)


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


def _worth_saying(action: Action, reasons: Iterable[Reason], case: Case) -> bool:
    """What has ended is not told all that it could do while it was open."""
    codes = {reason.code for reason in reasons}
    if codes & TOGGLES:
        return False
    return case.status not in ENDED or "wrong_status" not in codes


def _mending(
    action: Action, reasons: Iterable[Reason], possible: Iterable[Action]
) -> tuple[Action, ...]:
    """The possible actions that take one of these reasons away, each once."""
    codes = {reason.code for reason in reasons}
    names = {MENDED_BY[code] for code in codes if code in MENDED_BY}
    leads_there = "wrong_status" in codes
    return tuple(
        each
        for each in possible
        if each.name in names or (leads_there and set(each.targets()) & action.when)
    )
