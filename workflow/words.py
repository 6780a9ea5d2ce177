"""The codes of the field (design §8), each one a word that people on the desk use.

Codes are stored and sent; what a person reads is translated at the edge.
"""

from enum import IntEnum, StrEnum


def N_(sentence: str) -> str:
    """Mark a sentence for the translators and return it unchanged."""
    return sentence


class Role(StrEnum):
    """What a person may be in a unit (design §2)."""

    FRONT_DESK = "front_desk"
    AGENT = "agent"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    EXECUTIVE = "executive"
    QUALITY = "quality"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Party(StrEnum):
    """What somebody is to one complaint; rules name parties, never people."""

    RESPONSIBLE = "responsible"
    FRONT_DESK = "front_desk"
    DEPARTMENT = "department"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    EXECUTIVE = "executive"
    QUALITY = "quality"
    AUDITOR = "auditor"
    NAMED = "named"
    DECIDER = "decider"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class ProblemKind(StrEnum):
    """What sort of cause lies behind many complaints."""

    INCIDENT = "incident"
    SYSTEMIC = "systemic"


class UnitKind(StrEnum):
    COMPANY = "company"
    BRANCH = "branch"
    DESK = "desk"
    DEPARTMENT = "department"


class Status(StrEnum):
    """A complaint's status (design §3)."""

    REGISTERED = "registered"
    IN_PROGRESS = "in_progress"
    DISPATCHED = "dispatched"
    WAITING_CUSTOMER = "waiting_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class OrderStatus(StrEnum):
    """A work order's status (design §4)."""

    SENT = "sent"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    RETURNED = "returned"
    RECALLED = "recalled"
    ARBITRATION = "arbitration"


OPEN = frozenset(
    {
        Status.REGISTERED,
        Status.IN_PROGRESS,
        Status.DISPATCHED,
        Status.WAITING_CUSTOMER,
        Status.RESOLVED,
    }
)
ENDED = frozenset(Status) - OPEN
OPEN_ORDER = frozenset({OrderStatus.SENT, OrderStatus.ACCEPTED, OrderStatus.ARBITRATION})


class Level(IntEnum):
    """How far up a complaint has been raised; never a status (design §3)."""

    DESK = 0
    LEAD = 1
    SUPERVISOR = 2
    EXECUTIVE = 3


class Severity(StrEnum):
    """How bad it is for the customer; lateness never changes it."""

    NORMAL = "normal"
    SERIOUS = "serious"
    MAJOR = "major"


class Channel(StrEnum):
    """The way a complaint arrived."""

    COUNTER = "counter"
    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"
    ACCOUNT_MANAGER = "account_manager"
    REGULATOR = "regulator"
    SOCIAL = "social"
    OTHER = "other"


IN_PERSON = frozenset({Channel.COUNTER, Channel.PHONE, Channel.ACCOUNT_MANAGER})
"""On these the customer hears the responsible person at once: the first response is given by
registering (M-07: on all others it must really be given)."""

APPEALS = frozenset({Channel.REGULATOR})
"""On these somebody asks who may call the operator to account: a complaint rises by one level."""


class Resolution(StrEnum):
    """What became of the complaint: a coded field that reports never mix (CLO-12)."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"


class CallOutcome(StrEnum):
    """What came of one attempt to call the customer back (design §3)."""

    ACCEPTED = "accepted"
    UNDERSTOOD = "understood"
    NOT_SOLVED = "not_solved"
    DISSATISFIED = "dissatisfied"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    CALL_LATER = "call_later"
    REFUSED = "refused"
    THIRD_PARTY = "third_party"


class CallChannel(StrEnum):
    """How the customer was, or was to be, reached."""

    PHONE = "phone"
    MOBILE = "mobile"
    VISIT = "visit"
    VIDEO = "video"
    ON_THE_SPOT = "on_the_spot"


class NoticeChannel(StrEnum):
    """The written notice that an unreachable customer must get."""

    SMS = "sms"
    LETTER = "letter"
    EMAIL = "email"


class Remedy(StrEnum):
    NONE = "none"
    EXPLANATION = "explanation"
    APOLOGY = "apology"
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    CREDIT = "credit"
    REFUND = "refund"
    COMPENSATION = "compensation"
    CONTRACT_CHANGE = "contract_change"


class WaitReason(StrEnum):
    """Why the customer is being waited for; a pause needs one (PAU-01)."""

    DOCUMENTS = "documents"
    DETAILS = "details"
    ACCESS = "access"
    TRIAL = "trial"
    CUSTOMER_AWAY = "customer_away"


class WithdrawalChannel(StrEnum):
    COUNTER = "counter"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    SMS = "sms"


class WithdrawnBy(StrEnum):
    """Who took the complaint back."""

    CUSTOMER = "customer"
    AGENT = "agent"
    FAMILY = "family"
    COMPANY = "company"


class ReopenReason(StrEnum):
    """Why a complaint that has ended is open again."""

    CAME_BACK = "came_back"
    OBJECTS = "objects"
    REVIEW = "review"


class MergeReason(StrEnum):
    """Why two complaints are the same."""

    SENT_TWICE = "sent_twice"
    SAME_FAULT = "same_fault"
    SAME_LINE = "same_line"
    OTHER_CHANNEL = "other_channel"


class Audience(StrEnum):
    """Who may ever read a text. Internal is the default (NOT-06)."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class ClosingGround(StrEnum):
    """Why a closing without the customer's word is asked for."""

    UNREACHABLE = "unreachable"
    REFUSES_CONTACT = "refuses_contact"


class Ruling(StrEnum):
    """What a supervisor decides when departments disagree (design §4)."""

    BIND_THIS = "bind_this"
    BIND_OTHER = "bind_other"
    RELEASE = "release"


class Origin(StrEnum):
    """Where a complaint, or something that was done to it, came from. Said by whoever enters it:
    neither who acts nor a number from elsewhere tells, since a mailbox is served by the system."""

    LIVE = "live"
    IMPORTED = "imported"
    """It happened elsewhere, before it was entered here: nobody is told, nothing is promised."""


class GroupTier(StrEnum):
    """The group customer's grade."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C = "C"


class Card(StrEnum):
    """The personal customer's card."""

    DIAMOND = "diamond"
    GOLD = "gold"
    SILVER = "silver"


class ClockKind(StrEnum):
    """What is being timed (design §5)."""

    ACKNOWLEDGE = "acknowledge"
    PROMISE = "promise"
    ACCEPT = "accept"
    ANSWER = "answer"
    PROGRESS = "progress"
    RESOLUTION = "resolution"
    CALLBACK = "callback"
    REGULATOR = "regulator"
    FOLLOW_UP = "follow_up"
    STALE = "stale"


class ClockState(StrEnum):
    """How a clock stands. Running and paused are open; the others are how it ended."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    VOID = "void"


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MessageChannel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    RETRYING = "retrying"
    HELD = "held"
    DEAD = "dead"
    CANCELLED = "cancelled"
