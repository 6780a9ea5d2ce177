"""The vocabulary of histories: what events are called, and the keys of what they say.

The values are stored and chained, so none of them ever changes; a name may only be added.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from tickets.proof import said
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action


class EventName(StrEnum):
    """The names of events that some room speaks of: actions of both lifecycles, and what these
    leave on another complaint or set off besides. What follows from an action's row needs no name
    here: its event is called like the action."""

    REGISTER = "register"
    START = "start"
    DISPATCH = "dispatch"
    ALL_ANSWERED = "all_answered"
    ORDER_REOPENED = "order_reopened"
    ASK_CUSTOMER = "ask_customer"
    RESUME = "resume"
    RESOLVE = "resolve"
    RECORD_CALLBACK = "record_callback"
    SCHEDULE_CALLBACK = "schedule_callback"
    CONFIRM_ATTEMPT = "confirm_attempt"
    SEND_NOTICE = "send_notice"
    NOTICE_SENT = "notice_sent"
    CONFIRM_POSTING = "confirm_posting"
    NOTICE_RETURNED = "notice_returned"
    REQUEST_CLOSING = "request_closing"
    CLOSE_UNREACHED = "close_unreached"
    DENY_CLOSING = "deny_closing"
    REOPEN = "reopen"
    UNDO_CLOSING = "undo_closing"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    UNMERGE = "unmerge"
    TRANSFER = "transfer"
    ACCEPT_TRANSFER = "accept_transfer"
    DECLINE_TRANSFER = "decline_transfer"
    CANCEL_TRANSFER = "cancel_transfer"
    HAND_OVER = "hand_over"
    NAME_COORDINATOR = "name_coordinator"
    URGE = "urge"
    RAISE_LEVEL = "raise_level"
    OVERRIDE_DEADLINE = "override_deadline"
    INFORM = "inform"
    SHARE_PROGRESS = "share_progress"
    LINK_PROBLEM = "link_problem"
    UNLINK_PROBLEM = "unlink_problem"
    CONTACT = "contact"
    NOTE = "note"
    ATTACH = "attach"
    CORRECT = "correct"
    WATCH = "watch"
    UNWATCH = "unwatch"
    REVEAL_CUSTOMER = "reveal_customer"
    REDACT = "redact"

    # Of work orders; `order_event` makes them.
    ORDER_ACCEPT = "order_accept"
    ORDER_ASSIGN = "order_assign"
    ORDER_ANSWER = "order_answer"
    ORDER_RETURN = "order_return"
    ORDER_INTERIM = "order_interim"
    ORDER_REJECT_ANSWER = "order_reject_answer"
    ORDER_RECALL = "order_recall"
    ORDER_ARBITRATE = "order_arbitrate"

    # What an action on one complaint leaves on another, and what no action sets off.
    MERGED_IN = "merged_in"
    MERGE_UNDONE = "merge_undone"
    CONTACT_PASSED_ON = "contact_passed_on"
    ADOPT_LIMITS = "adopt_limits"


def order_event(action: str) -> str:
    """The event that an action on a work order makes."""
    return f"order_{action}"


_ACTION_OF: Mapping[str, Action] = {
    **ACTIONS,
    **{order_event(name): action for name, action in ORDER_ACTIONS.items()},
}
_OF_ORDERS = frozenset(order_event(name) for name in ORDER_ACTIONS)


def action_of(event: str) -> Action | None:
    """The lifecycle's row for what happened; None for what is no action, and for what a newer
    version wrote."""
    return _ACTION_OF.get(event)


def events_whose(holds: Callable[[Action], bool]) -> frozenset[str]:
    """The names of the events whose row has this quality."""
    return frozenset(name for name, action in _ACTION_OF.items() if holds(action))


def known(event: str) -> str:
    """The name again; ValueError for one that neither the lifecycle nor this vocabulary has."""
    return event if event in _ACTION_OF else EventName(event)


def is_of_order(event: str) -> bool:
    """Whether it happened to a work order: its statuses are those of `OrderStatus`."""
    return event in _OF_ORDERS


class DataKey(StrEnum):
    """Under which key an event's data hold what followed, and those inputs that another room reads;
    these are named like the action's `Ask`. `tickets.history.data` reads them in their types."""

    # What every event of an action says.
    FROM_STATUS = "from_status"
    TO_STATUS = "to_status"
    INSTEAD_OF = "instead_of"
    ADDRESSES = "addresses"
    ROWS = said.ROWS
    TEXTS = "texts"

    # Registering, importing, correcting.
    ORIGIN = "origin"
    RESPONSIBLE = "responsible"
    RECEIVED_AT = "received_at"
    IMPORT = "import"
    FINGERPRINT = "fingerprint"
    CATEGORY = "category"
    SEVERITY = "severity"
    CALLBACK_NUMBER = "callback_number"
    REFUSES_CONTACT = "refuses_contact"
    BEFORE = "before"
    REASON = "reason"

    # Promises and waiting.
    PROMISE = "promise"
    PROMISED_AT = "promised_at"
    FOLLOW_UP_AT = "follow_up_at"
    WAIT_REASON = "wait_reason"

    # Work orders.
    UNIT = "unit"
    UNITS = "units"
    ORDERS = "orders"
    CONTESTED = "contested"
    RULING = "ruling"
    BOUND = "bound"
    RELEASED = "released"
    RETURNS = "returns"
    REJECTIONS = "rejections"
    COUNT = "count"
    MEASURES_TOLD = "measures_told"

    # Answers, callbacks, notices, endings.
    OUTCOME = "outcome"
    CAUSE = "cause"
    REMEDY = "remedy"
    LIABLE_UNIT = "liable_unit"
    COMPENSATION = "compensation"
    WRITTEN_ANSWER = "written_answer"
    CALLBACK = "callback"
    CYCLE = "cycle"
    ATTEMPT = "attempt"
    CALLED_AT = "called_at"
    NUMBER_KNOWN = "number_known"
    NOTICE = "notice"
    WRITTEN_NOTICE = "written_notice"
    ADDRESS_KNOWN = "address_known"
    CHANNEL = "channel"
    APPROVAL = "approval"
    GROUND = "ground"
    NAMED = "named"
    SAID_BY = "said_by"
    AT = "at"

    # Reopening and merging.
    BECAUSE = "because"
    IN_TIME = "in_time"
    CLOSED_AT = "closed_at"
    DAYS_CLOSED = "days_closed"
    CLOSED_BY = "closed_by"
    REOPENS = "reopens"
    INTO = "into"
    OUT_OF = "out_of"
    DUPLICATE = "duplicate"
    STARTED_AT = "started_at"
    PASSED_ON_TO = "passed_on_to"

    # Responsibility, levels, limits.
    TO = "to"
    HANDLER = "handler"
    FROM_PERSON = "from_person"
    TO_PERSON = "to_person"
    TRANSFER_CANCELLED = "transfer_cancelled"
    LEVEL = "level"
    LIMITS = "limits"
    MOVED = "moved"

    # Files and redacted texts.
    FILE = "file"
    SHA256 = "sha256"
    SIZE = "size"
    REMARK = "remark"
    ENTRY = "entry"
    REMOVED = "removed"
