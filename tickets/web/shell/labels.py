"""What people read for each code of workflow/words.py.

One table per code, extracted for the translators; `label_of(Status.CLOSED)` is the sentence in the
reader's language. Codes of different kinds may share a value, so the kind always decides.
"""

from collections.abc import Mapping
from enum import Enum

from flask_babel import get_locale, gettext

from tickets.complaints.evidence import NoticeState
from tickets.facts.words import Age, Holder
from tickets.models import RightsState, Verdict
from workflow import words
from workflow.lifecycle import ORDER_STATUSES, STATUSES
from workflow.sampling import Why
from workflow.words import N_

LABELS: Mapping[type[Enum], Mapping[object, str]] = {
    RightsState: {
        "pending": N_("To be decided"),
        "approved": N_("Approved"),
        "declined": N_("Declined"),
    },
    words.Role: {
        "front_desk": N_("Front desk"),
        "agent": N_("Department agent"),
        "lead": N_("Department lead"),
        "supervisor": N_("Supervisor"),
        "executive": N_("Executive"),
        "quality": N_("Quality"),
        "auditor": N_("Auditor"),
        "administrator": N_("Administrator"),
    },
    words.Party: {
        "responsible": N_("Responsible person"),
        "front_desk": N_("Front desk"),
        "department": N_("Department of the work order"),
        "lead": N_("Department lead"),
        "supervisor": N_("Supervisor"),
        "executive": N_("Executive"),
        "quality": N_("Quality"),
        "auditor": N_("Auditor"),
        "named": N_("The person named"),
        "decider": N_("Whoever the rule names to decide"),
        "administrator": N_("Administrator"),
        "system": N_("System"),
    },
    words.ProblemKind: {
        words.ProblemKind.INCIDENT: N_("Incident"),
        words.ProblemKind.SYSTEMIC: N_("Systemic problem"),
    },
    words.UnitKind: {
        "company": N_("Company"),
        "branch": N_("Branch"),
        "desk": N_("Desk"),
        "department": N_("Department"),
    },
    # The specification names its statuses itself.
    words.Status: {row.status: row.label for row in STATUSES.values()},
    words.OrderStatus: {row.status: row.label for row in ORDER_STATUSES.values()},
    words.Level: {
        0: N_("Level 0: desk"),
        1: N_("Level 1: lead"),
        2: N_("Level 2: supervisor"),
        3: N_("Level 3: executive"),
    },
    words.Severity: {
        "normal": N_("Normal"),
        "serious": N_("Serious"),
        "major": N_("Major"),
    },
    words.Channel: {
        "counter": N_("Counter"),
        "phone": N_("Phone"),
        "email": N_("E-mail"),
        "web": N_("Web form"),
        "letter": N_("Letter"),
        "account_manager": N_("Account manager"),
        "regulator": N_("Regulator"),
        "social": N_("Social media"),
        "other": N_("Another way"),
    },
    Holder: {
        "desk": N_("The desk"),
        "department": N_("A department"),
        "customer": N_("The customer"),
        "callback": N_("The callback"),
    },
    Age: {
        "day": N_("Less than a day"),
        "three_days": N_("1 to 3 days"),
        "week": N_("3 to 7 days"),
        "two_weeks": N_("7 to 15 days"),
        "month": N_("15 to 30 days"),
        "older": N_("30 days and more"),
    },
    Why: {
        "notice_returned": N_("The written notice came back"),
        "unknown_number": N_("Closed on a call to an unknown number"),
        "withdrawn": N_("Withdrawn"),
        "untold": N_("The customer could not be told of the end"),
        "merged": N_("A merged complaint's customer was not satisfied"),
        "exception": N_("Closed without the customer's word"),
        "level": N_("Level"),
        "share": N_("The draw"),
    },
    Verdict: {
        "satisfied": N_("Satisfied"),
        "partly": N_("Partly satisfied"),
        "not_satisfied": N_("Not satisfied"),
        "not_reached": N_("Not reached"),
    },
    words.Resolution: {
        "upheld": N_("Upheld"),
        "partly": N_("Partly upheld"),
        "not_upheld": N_("Not upheld"),
    },
    words.CallOutcome: {
        "accepted": N_("Satisfied"),
        "understood": N_("Accepts the explanation"),
        "not_solved": N_("Not solved"),
        "dissatisfied": N_("Dissatisfied"),
        "no_answer": N_("No answer"),
        "busy": N_("Busy"),
        "wrong_number": N_("Wrong number"),
        "call_later": N_("Asked to be called later"),
        "refused": N_("Refused to talk"),
        "third_party": N_("Somebody else answered"),
    },
    words.CallChannel: {
        "phone": N_("Phone"),
        "mobile": N_("Mobile phone"),
        "visit": N_("Visit"),
        "video": N_("Video call"),
        "on_the_spot": N_("On the spot"),
    },
    words.NoticeChannel: {
        "sms": N_("SMS"),
        "letter": N_("Letter"),
        "email": N_("E-mail"),
    },
    NoticeState: {
        "waiting": N_("Waiting to be sent"),
        "sent": N_("Message sent"),
        "held": N_("Held back"),
        "failed": N_("Not sent"),
        "returned": N_("Came back"),
        "unposted": N_("Posting not confirmed"),
        "posted": N_("Posted"),
        "before_rule": N_("Sent before the rule"),
    },
    words.Remedy: {
        "none": N_("No remedy"),
        "explanation": N_("Explanation"),
        "apology": N_("Apology"),
        "repair": N_("Repair"),
        "replacement": N_("Replacement"),
        "credit": N_("Credit on the account"),
        "refund": N_("Refund"),
        "compensation": N_("Compensation"),
        "contract_change": N_("Change of contract"),
    },
    words.WaitReason: {
        "documents": N_("Documents are missing"),
        "details": N_("Details are missing"),
        "access": N_("Access to the premises"),
        "trial": N_("The customer is trying it out"),
        "customer_away": N_("The customer is away"),
    },
    words.WithdrawalChannel: {
        "counter": N_("Counter"),
        "phone": N_("Phone"),
        "email": N_("E-mail"),
        "letter": N_("Letter"),
        "sms": N_("SMS"),
    },
    words.WithdrawnBy: {
        "customer": N_("The customer"),
        "agent": N_("An agent of the customer"),
        "family": N_("A family member"),
        "company": N_("The customer's company"),
    },
    words.ReopenReason: {
        "came_back": N_("The customer came back: it broke again, or there is more to it"),
        "objects": N_("The customer objects to the end"),
        "review": N_("We found ourselves that it should not have ended"),
    },
    words.MergeReason: {
        "sent_twice": N_("Entered twice"),
        "same_fault": N_("The same fault"),
        "same_line": N_("The same service, the same matter"),
        "other_channel": N_("The same matter by another channel"),
    },
    words.Audience: {
        "internal": N_("Internal"),
        "customer": N_("Visible to the customer"),
    },
    words.ClosingGround: {
        "unreachable": N_("Customer unreachable"),
        "refuses_contact": N_("Customer refuses contact"),
    },
    words.Ruling: {
        "bind_this": N_("Bind this department"),
        "bind_other": N_("Bind another department"),
        "release": N_("Release the department"),
    },
    words.Origin: {
        "live": N_("Entered as it came in"),
        "imported": N_("Imported"),
    },
    words.ClockKind: {
        "acknowledge": N_("First response"),
        "promise": N_("Promise to the customer"),
        "accept": N_("Acceptance by the department"),
        "answer": N_("Answer of the department"),
        "progress": N_("Progress report"),
        "resolution": N_("Resolution"),
        "callback": N_("Callback"),
        "regulator": N_("Regulator's limit"),
        "follow_up": N_("Follow-up with the customer"),
        "stale": N_("No activity"),
    },
    words.ClockState: {
        "running": N_("Running"),
        "paused": N_("Paused"),
        "met": N_("Met"),
        "missed": N_("Missed"),
        "void": N_("No longer counted"),
    },
    words.JobState: {
        "waiting": N_("Waiting"),
        "running": N_("Running"),
        "done": N_("Done"),
        "failed": N_("Failed"),
    },
    words.MessageChannel: {
        "email": N_("E-mail"),
        "sms": N_("SMS"),
        "webhook": N_("Webhook"),
    },
    words.MessageState: {
        "queued": N_("Queued"),
        "held": N_("Held"),
        "sent": N_("Sent"),
        "retrying": N_("Trying again"),
        "dead": N_("Not deliverable"),
        "cancelled": N_("Cancelled"),
    },
    words.GroupTier: {
        "A1": N_("Group A1"),
        "A2": N_("Group A2"),
        "B1": N_("Group B1"),
        "B2": N_("Group B2"),
        "C": N_("Group C"),
    },
    words.Card: {
        "diamond": N_("Diamond"),
        "gold": N_("Gold"),
        "silver": N_("Silver"),
    },
}


JOB_NAMES = {
    "sweep": N_("Sweep over the clocks"),
    "adopt_limits": N_("Bring open complaints under new limits"),
    "complaints_without_clocks": N_("Give clocks to older complaints"),
    "deliver_messages": N_("Deliver messages"),
    "digests": N_("Write digests"),
    "send_reports": N_("Send reports on schedule"),
    "remove_old_jobs": N_("Remove old job rows"),
    "count_facts": N_("Count facts for reports"),
    "what_if": N_("Reckon what other limits would have made"),
    "remove_what_ifs": N_("Remove what-if runs that expired"),
    "export_complaints": N_("Write an exported list"),
    "import_complaints": N_("Import complaints"),
    "remove_old_files": N_("Remove old files"),
    "watch_zones": N_("Watch the rules of time zones"),
    "reckon_again": N_("Reckon open complaints again"),
    "draw_samples": N_("Draw closings for second calls"),
}
"""What people call each kind of job."""


def label_of(code: Enum) -> str:
    """The code in the reader's language."""
    return gettext(LABELS[type(code)][code.value])


def choices_of(kind: type[Enum]) -> list[tuple[str, str]]:
    """Value and label of every code of a kind, for a select field."""
    return [(str(code.value), label_of(code)) for code in kind]


def status_label(code: str) -> str:
    return label_of(words.Status(code))


def order_status_label(code: str) -> str:
    return label_of(words.OrderStatus(code))


def level_label(level: int) -> str:
    return label_of(words.Level(level))


def severity_label(code: str) -> str:
    return label_of(words.Severity(code))


def channel_label(code: str) -> str:
    return label_of(words.Channel(code))


def outcome_label(code: str) -> str:
    return label_of(words.CallOutcome(code))


def role_label(code: str) -> str:
    return label_of(words.Role(code))


def tier_label(code: str) -> str:
    """The label of a group tier (A1 … C) or of a card (diamond …)."""
    kind = words.GroupTier if code in set(words.GroupTier) else words.Card
    return label_of(kind(code))


def name_in(names: Mapping[str, str]) -> str:
    """A name that is kept per language (of units, categories, causes): the reader's, or any."""
    own = names.get(str(get_locale()))
    return own or next((name for name in names.values() if name), "")
