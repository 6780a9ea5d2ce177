"""A pytest plugin that adds one row to the lifecycle before anything of the application is loaded:
a second action that waits for the customer, with other fields than `ask_customer` has.

This is all that somebody writes who adds an action: the row, and sentences for people.
"""

from workflow import lifecycle, rules
from workflow.effects import Heard, Pause, ReportAgain, Stop
from workflow.table import Action, Ask, Kind, Move
from workflow.values import Sets
from workflow.words import Audience, ClockKind, Party, Status, WaitReason

ASK_CONSENT = Action(
    "ask_consent",
    "Ask for written consent",
    when=frozenset({Status.IN_PROGRESS}),
    moves=(Move(Status.WAITING_CUSTOMER),),
    by=frozenset({Party.RESPONSIBLE}),
    holds=(rules.follow_up_lies_ahead, rules.pause_within_limit),
    asks=(
        Ask("form", Kind.TEXT, "What the customer must sign", audience=Audience.CUSTOMER),
        Ask("why", Kind.CHOICE, "Why we wait", codes=WaitReason, sets=Sets.WAIT_REASON),
        Ask("consent_due_on", Kind.MOMENT, "Consent due on", sets=Sets.FOLLOW_UP),
    ),
    then=(Pause(), Heard(), Stop(ClockKind.ACKNOWLEDGE), ReportAgain()),
    says="Nothing can be done before the customer has agreed in writing.",
)

lifecycle.ACTIONS[ASK_CONSENT.name] = ASK_CONSENT
