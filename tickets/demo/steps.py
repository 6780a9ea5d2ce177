"""What the stories are told in: one step is one action at one moment by one person.

Moments are written as people remember them, relative to the moment of filling: "-3 09:20" is
three days ago at 09:20 local time, "-90m" and "-5h" are minutes and hours ago, "+1 10:00" and
"+2h" lie ahead. Within a story the day-based moments come first, the relative ones last and at
most three hours back, so that the order holds at whatever time of day a database is filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.values import Inputs
from workflow.words import (
    CallChannel,
    CallOutcome,
    Card,
    Channel,
    ClosingGround,
    GroupTier,
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

RESPONSIBLE = ""
"""Stands for whoever answers for the complaint at that moment."""


SOLVE_AT_ONCE = "solve_at_once"
"""Not an action of the lifecycle: what registering does with an answer given at once."""


@dataclass(frozen=True)
class Who:
    """A customer of the demo. `phone` is dialled for the callback too."""

    name: str
    phone: str
    tier: GroupTier | Card | None = None
    town: str = ""
    account: str = ""
    language: str = "zh_Hans"


@dataclass(frozen=True)
class Step:
    """One action. `on` names the department whose newest order is meant, `by` a login.

    `moments` are inputs that are times, `refers` inputs that name a person, a unit or a story.
    """

    at: str
    action: str
    by: str = RESPONSIBLE
    on: str = ""
    said: Inputs = field(default_factory=dict)
    moments: Mapping[str, str] = field(default_factory=dict)
    refers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """One complaint: who complained to whom, when, of what; and what became of it."""

    key: str
    by: str
    at: str
    customer: Who
    category: str
    says: str
    wants: str = ""
    channel: Channel = Channel.PHONE
    severity: Severity = Severity.NORMAL
    line: str = ""
    on_behalf_of: str = ""
    when_to_call: str = ""
    refuses_contact: bool = False
    repeat_of: str = ""
    steps: tuple[Step, ...] = ()


# What the desk does.


def start(at: str) -> Step:
    return Step(at, "start")


def dispatch(at: str, units: str, question: str, by: str = RESPONSIBLE) -> Step:
    """`units` are codes with spaces between; the promise stays the one told at the beginning."""
    said = {"question": question}
    return Step(at, "dispatch", by, said=said, refers={"units": tuple(units.split())})


def ask(at: str, question: str, reason: WaitReason, until: str) -> Step:
    said = {"question": question, "wait_reason": reason}
    return Step(at, "ask_customer", said=said, moments={"follow_up_at": until})


def resume(at: str, text: str) -> Step:
    return Step(at, "resume", said={"text": text})


def resolve(at: str, answer: str, outcome: Resolution, cause: str, remedy: Remedy) -> Step:
    said = {"answer": answer, "outcome": outcome, "remedy": remedy}
    return Step(at, "resolve", said=said, refers={"cause": cause})


def solve_at_once(at: str, answer: str, outcome: Resolution, cause: str, remedy: Remedy) -> Step:
    """At the first contact, in the same step as registering."""
    said = {"answer": answer, "outcome": outcome, "remedy": remedy}
    return Step(at, SOLVE_AT_ONCE, said=said, refers={"cause": cause})


def call(
    at: str, outcome: CallOutcome, text: str = "", wished: str = "", by: str = RESPONSIBLE
) -> Step:
    said = {"outcome": outcome, "channel": CallChannel.MOBILE, "text": text}
    moments = {"wished_at": wished} if wished else {}
    return Step(at, "record_callback", by, said=said, moments=moments)


def call_entered_later(at: str, called: str, outcome: CallOutcome) -> Step:
    """A call that was put down long after it was made."""
    said = {"outcome": outcome, "channel": CallChannel.MOBILE}
    return Step(at, "record_callback", said=said, moments={"at": called})


def call_elsewhere(at: str, outcome: CallOutcome, number: str, why: str) -> Step:
    """To a number that is not known of this customer."""
    said = {"outcome": outcome, "channel": CallChannel.MOBILE, "number": number}
    return Step(at, "record_callback", said={**said, "number_reason": why})


def let_count(at: str, by: str, reason: str) -> Step:
    """A second person confirms the latest call."""
    return Step(at, "confirm_attempt", by, said={"reason": reason})


def agree(at: str, on: str, text: str) -> Step:
    """Agree with the customer when to call."""
    return Step(at, "schedule_callback", said={"text": text}, moments={"scheduled_for": on})


def notice(at: str, channel: NoticeChannel, address: str, text: str) -> Step:
    return Step(at, "send_notice", said={"channel": channel, "address": address, "notice": text})


def letter(at: str, address: str, posting_number: str, text: str) -> Step:
    said = {"channel": NoticeChannel.LETTER, "address": address, "notice": text}
    return Step(at, "send_notice", said={**said, "posting_number": posting_number})


def posted(at: str, by: str, on: str) -> Step:
    """A second person confirms when the latest letter was posted."""
    return Step(at, "confirm_posting", by, moments={"posted_at": on})


def request_closing(
    at: str, reason: str, ground: ClosingGround = ClosingGround.UNREACHABLE
) -> Step:
    return Step(at, "request_closing", said={"ground": ground, "reason": reason})


def inform(at: str, message: str) -> Step:
    return Step(at, "inform", said={"channel": CallChannel.MOBILE, "message": message})


def contact(at: str, by: str, text: str, channel: Channel = Channel.PHONE) -> Step:
    return Step(at, "contact", by, said={"channel": channel, "text": text})


def note(at: str, text: str, by: str = RESPONSIBLE) -> Step:
    return Step(at, "note", by, said={"text": text})


def urge(at: str, text: str) -> Step:
    return Step(at, "urge", said={"text": text})


def watch(at: str, by: str) -> Step:
    return Step(at, "watch", by)


def withdraw(
    at: str, channel: WithdrawalChannel, text: str, said_by: WithdrawnBy = WithdrawnBy.CUSTOMER
) -> Step:
    said = {"channel": channel, "said_by": said_by, "text": text}
    return Step(at, "withdraw", said=said, moments={"at": at})


def merge(at: str, into: str, because: MergeReason, reason: str, by: str = RESPONSIBLE) -> Step:
    """Whoever merges sees both: the person who answers for both, or a supervisor."""
    said = {"because": because, "reason": reason}
    return Step(at, "merge", by, said=said, refers={"into": into})


def reopen(at: str, by: str, reason: str) -> Step:
    said = {"because": ReopenReason.CAME_BACK, "channel": Channel.PHONE, "reason": reason}
    return Step(at, "reopen", by, said=said)


def recall(at: str, on: str, reason: str) -> Step:
    return Step(at, "recall", on=on, said={"reason": reason})


def reject(at: str, on: str, reason: str) -> Step:
    return Step(at, "reject_answer", on=on, said={"reason": reason})


# What departments do.


def accept(at: str, by: str, on: str) -> Step:
    return Step(at, "accept", by, on)


def assign(at: str, by: str, on: str, to: str) -> Step:
    return Step(at, "assign", by, on, refers={"handler": to})


def answer(at: str, by: str, on: str, text: str) -> Step:
    return Step(at, "answer", by, on, said={"answer": text})


def give_back(at: str, by: str, on: str, reason: str) -> Step:
    return Step(at, "return", by, on, said={"reason": reason})


def interim(at: str, by: str, on: str, text: str) -> Step:
    return Step(at, "interim", by, on, said={"text": text})


def reveal(at: str, by: str, reason: str) -> Step:
    return Step(at, "reveal_customer", by, said={"reason": reason})


# What supervisors do.


def arbitrate(at: str, by: str, on: str, ruling: Ruling, reason: str, other: str = "") -> Step:
    refers = {"unit": other} if other else {}
    return Step(at, "arbitrate", by, on, said={"ruling": ruling, "reason": reason}, refers=refers)


def approve(at: str, by: str, reason: str) -> Step:
    return Step(at, "close_unreached", by, said={"reason": reason})


def deny(at: str, by: str, reason: str) -> Step:
    return Step(at, "deny_closing", by, said={"reason": reason})


def transfer(at: str, by: str, to: str, reason: str) -> Step:
    return Step(at, "transfer", by, said={"reason": reason}, refers={"to": to})


def take_over(at: str, by: str) -> Step:
    return Step(at, "accept_transfer", by)


def decline(at: str, by: str, reason: str) -> Step:
    return Step(at, "decline_transfer", by, said={"reason": reason})


def coordinate(at: str, by: str, to: str, reason: str) -> Step:
    return Step(at, "name_coordinator", by, said={"reason": reason}, refers={"to": to})


def raise_level(at: str, reason: str, by: str = RESPONSIBLE) -> Step:
    return Step(at, "raise_level", by, said={"reason": reason})


def new_deadline(at: str, by: str, until: str, reason: str) -> Step:
    said = {"reason": reason}
    return Step(at, "override_deadline", by, said=said, moments={"promised_at": until})
