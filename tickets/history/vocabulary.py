"""The vocabulary of history: what events are called, and the keys of what they say.

Values are what is stored, in a chain of hashes: they are never changed, only added to. What events
say is read through `tickets.history.told`.
"""

from collections.abc import Callable
from enum import StrEnum

from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action


class EventName(StrEnum):
    """The names of events that some room speaks of. An action of the lifecycle is an event of the
    same name; what follows from its row needs no line here."""

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

    # On one work order.
    ORDER_ACCEPT = "order_accept"
    ORDER_ASSIGN = "order_assign"
    ORDER_ANSWER = "order_answer"
    ORDER_RETURN = "order_return"
    ORDER_INTERIM = "order_interim"
    ORDER_REJECT_ANSWER = "order_reject_answer"
    ORDER_RECALL = "order_recall"
    ORDER_ARBITRATE = "order_arbitrate"

    # Of other complaints, and of limits.
    CONTACT_PASSED_ON = "contact_passed_on"
    MERGED_IN = "merged_in"
    MERGE_UNDONE = "merge_undone"
    ADOPT_LIMITS = "adopt_limits"


def order_event(action: str) -> str:
    """The name of the event that an action on a work order makes."""
    return f"order_{action}"


_ROWS: dict[str, Action] = {
    **ACTIONS,
    **{order_event(name): action for name, action in ORDER_ACTIONS.items()},
}


def row_of(event: str) -> Action | None:
    """The row of the lifecycle that an event was made by; None for what is no action."""
    return _ROWS.get(event)


def events_whose(holds: Callable[[Action], bool]) -> frozenset[str]:
    """The names of the events whose row has this quality."""
    return frozenset(name for name, action in _ROWS.items() if holds(action))


class DataKey(StrEnum):
    """What an event says besides its own inputs, and inputs that others read by name."""

    FROM_STATUS = "from_status"
    TO_STATUS = "to_status"
    RESPONSIBLE = "responsible"
    TO_PERSON = "to_person"
    FROM_PERSON = "from_person"
    NAMED = "named"
    TO = "to"
    ORDERS = "orders"
    CONTESTED = "contested"
    UNITS = "units"
    UNIT = "unit"
    BOUND = "bound"
    PROMISE = "promise"
    PROMISED_AT = "promised_at"
    RECEIVED_AT = "received_at"
    STARTED_AT = "started_at"
    BEFORE = "before"
    LIMITS = "limits"
    CAUSE = "cause"
    LIABLE_UNIT = "liable_unit"
    COMPENSATION = "compensation"
    OUTCOME = "outcome"
    REMEDY = "remedy"
    RULING = "ruling"
    GROUND = "ground"
    BECAUSE = "because"
    IN_TIME = "in_time"
    LEVEL = "level"
    ADDRESSES = "addresses"
    REFUSES_CONTACT = "refuses_contact"
    ATTEMPT = "attempt"
    CYCLE = "cycle"
    CALLED_AT = "called_at"
    NOTICE = "notice"
    WRITTEN_NOTICE = "written_notice"
    WRITTEN_ANSWER = "written_answer"
    CALLBACK = "callback"
    INSTEAD_OF = "instead_of"
    TEXTS = "texts"
    ENTRY = "entry"
    REMOVED = "removed"
    FILE = "file"
    SHA256 = "sha256"
    CATEGORY = "category"
    SEVERITY = "severity"
    SAID_BY = "said_by"
    CHANNEL = "channel"
    AT = "at"
    NUMBER = "number"
    NUMBER_KNOWN = "number_known"
    ADDRESS_KNOWN = "address_known"
    CALLBACK_NUMBER = "callback_number"
    MERGED_IN = "merged_in"
    DUPLICATE = "duplicate"
    PASSED_ON_TO = "passed_on_to"
    TRANSFER_CANCELLED = "transfer_cancelled"
    MEASURES_TOLD = "measures_told"
    COUNT = "count"
    CLOSED_AT = "closed_at"
    CLOSED_BY = "closed_by"
    DAYS_CLOSED = "days_closed"
    REOPENS = "reopens"
    ROWS = "rows"
    IMPORT = "import"
    ORIGIN = "origin"
    RETURNS = "returns"
    REJECTIONS = "rejections"
    RELEASED = "released"
    SIZE = "size"
    REMARK = "remark"
    MOVED = "moved"
