"""What each action asks to be filled in, as the rows of the lifecycle name it."""

from workflow.callbacks import REOPENING
from workflow.table import Ask, Kind
from workflow.values import Inputs, Sets
from workflow.words import (
    N_,
    Audience,
    CallChannel,
    CallOutcome,
    Channel,
    ClosingGround,
    MergeReason,
    NoticeChannel,
    Remedy,
    ReopenReason,
    Resolution,
    Ruling,
    Severity,
    WaitReason,
    WithdrawalChannel,
    WithdrawnBy,
)

CUSTOMER = Audience.CUSTOMER


def _when_no_refusal(inputs: Inputs) -> bool:
    return not inputs.get("refuses_contact")


def _when_later(inputs: Inputs) -> bool:
    return inputs.get("outcome") == CallOutcome.CALL_LATER


def _when_dialled(inputs: Inputs) -> bool:
    return inputs.get("channel") not in {CallChannel.VISIT, CallChannel.ON_THE_SPOT}


def _when_not_accepted(inputs: Inputs) -> bool:
    return inputs.get("outcome") in REOPENING


def _when_other_department(inputs: Inputs) -> bool:
    return inputs.get("ruling") == Ruling.BIND_OTHER


def _when_customer_said(inputs: Inputs) -> bool:
    return inputs.get("because") in {ReopenReason.CAME_BACK, ReopenReason.OBJECTS}


POSTING_NUMBER = 60
"""Characters in which a post office's number is stored."""

REASON = (Ask("reason", Kind.TEXT, N_("Reason")),)

REOPEN = (
    Ask("because", Kind.CHOICE, N_("Why it is open again"), codes=ReopenReason),
    Ask("channel", Kind.CHOICE, N_("How the customer said so"), _when_customer_said, codes=Channel),
    *REASON,
)

REGISTER = (
    Ask("description", Kind.TEXT, N_("What the customer says"), audience=CUSTOMER),
    Ask("category", Kind.CATEGORY, N_("Category")),
    Ask("channel", Kind.CHOICE, N_("Channel"), codes=Channel),
    Ask("severity", Kind.CHOICE, N_("Severity"), codes=Severity),
    Ask("wish", Kind.TEXT, N_("What the customer wants"), False, audience=CUSTOMER),
    Ask("refuses_contact", Kind.FLAG, N_("The customer refuses contact"), False),
    Ask("callback_number", Kind.LINE, N_("Number to call back"), _when_no_refusal),
    Ask("callback_wish", Kind.LINE, N_("When to call back"), False),
)

DISPATCH = (
    Ask("units", Kind.UNITS, N_("Departments")),
    Ask("question", Kind.TEXT, N_("What the departments must do or answer")),
    Ask("promised_at", Kind.MOMENT, N_("Time limit told to the customer"), sets=Sets.PROMISE),
)

ASK_CUSTOMER = (
    Ask("question", Kind.TEXT, N_("What the customer was asked"), audience=CUSTOMER),
    Ask("wait_reason", Kind.CHOICE, N_("Why we wait"), codes=WaitReason, sets=Sets.WAIT_REASON),
    Ask("follow_up_at", Kind.MOMENT, N_("Follow up on"), sets=Sets.FOLLOW_UP),
)

RESUME = (Ask("text", Kind.TEXT, N_("What the customer said"), False),)

RESOLVE = (
    Ask("answer", Kind.TEXT, N_("Answer to the customer"), audience=CUSTOMER),
    Ask("outcome", Kind.CHOICE, N_("Outcome"), codes=Resolution),
    Ask("cause", Kind.CAUSE, N_("Cause")),
    Ask("remedy", Kind.CHOICE, N_("Remedy"), codes=Remedy),
    Ask("liable_unit", Kind.UNIT, N_("Liable department"), False, nothing=N_("None")),
    Ask("compensation", Kind.MONEY, N_("Compensation granted"), False),
)

RECORD_CALLBACK = (
    Ask("outcome", Kind.CHOICE, N_("What came of the call"), codes=CallOutcome),
    Ask("channel", Kind.CHOICE, N_("Reached by"), codes=CallChannel),
    Ask("number", Kind.LINE, N_("Number dialled"), _when_dialled),
    Ask(
        "number_reason",
        Kind.TEXT,
        N_("Where this number comes from"),
        False,
        help=N_("Needed when the number is not known of this customer."),
    ),
    Ask(
        "at",
        Kind.MOMENT,
        N_("Time of the call"),
        False,
        help=N_("Empty means now."),
        sets=Sets.HAPPENED_AT,
    ),
    Ask("wished_at", Kind.MOMENT, N_("Call again at"), _when_later, sets=Sets.CALLBACK_TIME),
    Ask("text", Kind.TEXT, N_("What the customer said"), _when_not_accepted),
)

SCHEDULE_CALLBACK = (
    Ask("scheduled_for", Kind.MOMENT, N_("Call at"), sets=Sets.CALLBACK_TIME),
    Ask("text", Kind.LINE, N_("Remark"), False),
)

CONFIRM_ATTEMPT = (Ask("attempt", Kind.ATTEMPT, N_("Call record")), *REASON)

SEND_NOTICE = (
    Ask("channel", Kind.CHOICE, N_("Sent by"), codes=NoticeChannel),
    Ask("address", Kind.LINE, N_("Sent to")),
    Ask(
        "posting_number",
        Kind.LINE,
        N_("Posting number of the letter"),
        False,
        at_most=POSTING_NUMBER,
    ),
    Ask("notice", Kind.TEXT, N_("Text of the notice"), audience=CUSTOMER),
)

CONFIRM_POSTING = (
    Ask("notice", Kind.NOTICE, N_("Written notice")),
    Ask("posted_at", Kind.MOMENT, N_("Posted on"), sets=Sets.HAPPENED_AT),
)

NOTICE_RETURNED = (Ask("notice", Kind.NOTICE, N_("Written notice")), *REASON)

NOTICE_SENT = (Ask("notice", Kind.NOTICE, N_("Written notice")),)

REQUEST_CLOSING = (
    Ask("ground", Kind.CHOICE, N_("Ground"), codes=ClosingGround),
    *REASON,
)

WITHDRAW = (
    Ask("said_by", Kind.CHOICE, N_("Who withdrew"), codes=WithdrawnBy),
    Ask("channel", Kind.CHOICE, N_("How the customer withdrew"), codes=WithdrawalChannel),
    Ask("at", Kind.MOMENT, N_("When the customer withdrew"), sets=Sets.HAPPENED_AT),
    Ask("text", Kind.TEXT, N_("What the customer said")),
)

MERGE = (
    Ask("into", Kind.COMPLAINT, N_("Number of the complaint that survives")),
    Ask("because", Kind.CHOICE, N_("Why the two are the same"), codes=MergeReason),
    *REASON,
)

TRANSFER = (Ask("to", Kind.PERSON, N_("New responsible person")), *REASON)

COORDINATOR = (Ask("to", Kind.PERSON, N_("Coordinator")), *REASON)

URGE = (Ask("text", Kind.TEXT, N_("Message to the departments"), False),)

OVERRIDE = (Ask("promised_at", Kind.MOMENT, N_("New promised time"), sets=Sets.PROMISE), *REASON)

INFORM = (
    Ask("channel", Kind.CHOICE, N_("Told by"), codes=CallChannel),
    Ask("message", Kind.TEXT, N_("What the customer was told"), audience=CUSTOMER),
)

CONTACT = (
    Ask("channel", Kind.CHOICE, N_("Channel"), codes=Channel),
    Ask("text", Kind.TEXT, N_("What the customer said")),
)

PROBLEM = (Ask("problem", Kind.PROBLEM, N_("Problem")),)

SHARE_PROGRESS = (
    *PROBLEM,
    Ask("message", Kind.TEXT, N_("What the customer was told"), audience=CUSTOMER),
    Ask("expected_at", Kind.MOMENT, N_("Expected to be solved by"), False, sets=Sets.EXPECTED),
)

NOTE = (Ask("text", Kind.TEXT, N_("Note for colleagues")),)

ATTACH = (
    Ask("file", Kind.FILE, N_("File")),
    Ask("text", Kind.LINE, N_("Remark"), False),
)

CORRECT = (
    Ask("category", Kind.CATEGORY, N_("Category"), False),
    Ask("severity", Kind.CHOICE, N_("Severity"), False, codes=Severity),
    Ask("callback_number", Kind.LINE, N_("Number to call back"), False),
    Ask("callback_wish", Kind.LINE, N_("When to call back"), False),
    *REASON,
)

REDACT = (Ask("entry", Kind.ENTRY, N_("Text")), *REASON)

ORDER_ANSWER = (Ask("answer", Kind.TEXT, N_("Answer to the responsible person")),)

ORDER_MEASURE = (Ask("text", Kind.TEXT, N_("Interim measure")),)

ORDER_ASSIGN = (Ask("handler", Kind.PERSON, N_("Handler")),)

ORDER_RULING = (
    Ask("ruling", Kind.CHOICE, N_("Ruling"), codes=Ruling),
    Ask("unit", Kind.UNIT, N_("Department"), _when_other_department),
    *REASON,
)
