"""Every end is told to the customer in writing, with how to object: they are the second pair of
eyes on an accepted callback and on a withdrawal (design §3, decisions P1 and P7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets import messages
from tickets.actions.changes.act import Act
from tickets.customers.contact_points import known_addresses
from tickets.database import db
from tickets.history.authors import authors_of
from tickets.history.vocabulary import EventName
from tickets.messages.topics import Reader, topic_of
from tickets.messages.ways import first_address
from tickets.models import Approval, Complaint
from tickets.policy import policy_now
from workflow.effects import TellEnd
from workflow.values import Inputs, needed
from workflow.words import (
    N_,
    ClosingGround,
    MessageChannel,
    WithdrawalChannel,
    WithdrawnBy,
)

Address = tuple[MessageChannel, str]

SAID_BY: Mapping[str, str] = {
    WithdrawnBy.CUSTOMER: N_("you"),
    WithdrawnBy.AGENT: N_("somebody acting for you"),
    WithdrawnBy.FAMILY: N_("a member of your family"),
    WithdrawnBy.COMPANY: N_("your company"),
}
SAID_WAY: Mapping[str, str] = {
    WithdrawalChannel.COUNTER: N_("at the counter"),
    WithdrawalChannel.PHONE: N_("by phone"),
    WithdrawalChannel.EMAIL: N_("by e-mail"),
    WithdrawalChannel.LETTER: N_("by letter"),
    WithdrawalChannel.SMS: N_("by SMS"),
}
ON_GROUND: Mapping[ClosingGround, str] = {
    ClosingGround.UNREACHABLE: "ended_unreachable",
    ClosingGround.REFUSES_CONTACT: "ended_refusing",
}
"""Which text says on what ground it was closed without the customer's word."""


@dataclass(frozen=True)
class End:
    """An end that was just recorded, as far as telling of it goes."""

    complaint: Complaint
    event_id: UUID
    action: str
    inputs: Inputs
    addresses: tuple[Address, ...]
    now: datetime


def addresses_for(act: Act) -> tuple[Address, ...]:
    """Where the customer is told of what this action ended; nowhere when it ended nothing.

    Mostly one address is enough. Where the number that was called, or the address that is first
    now, is not known of this customer, every known one is told: whoever brought it could be the
    only one to read it.
    """
    if act.performed is None or TellEnd() not in act.performed.effects:
        return ()
    complaint, region = act.complaint, act.case.policy.region
    topic = topic_of(Reader.CUSTOMER, _topic(complaint, act.name))
    first = first_address(complaint, topic, region)
    known = known_addresses(complaint, act.case.authors or authors_of(complaint), region)
    if first is not None and first in known and act.case.number_known is not False:
        return (first,)
    return tuple(dict.fromkeys([*known, *([first] if first else [])]))


def tell(end: End) -> int:
    """Write it down for each address; returns how many. Nothing where the policy says so."""
    # Also to somebody who refuses contact: one written word that it ended is how somebody who
    # never refused anything finds out.
    policy = policy_now()
    if not policy.tell_ends:
        return 0
    code = _topic(end.complaint, end.action)
    said: dict[str, object] = {
        "at": needed(end.inputs, "at", datetime) if end.action == EventName.WITHDRAW else end.now,
        "days": policy.reopen_window.days,
        "until": end.now + policy.reopen_window,
    }
    if end.action == EventName.WITHDRAW:
        said["who"] = SAID_BY[needed(end.inputs, "said_by", WithdrawnBy)]
        said["way"] = SAID_WAY[needed(end.inputs, "channel", WithdrawalChannel)]
    once = f"{_prefix(end.complaint)}{end.event_id.hex}"
    return messages.tell_customer_at(
        end.complaint, code, end.addresses, now=end.now, once=once, values=said
    )


def untell(complaint: Complaint, now: datetime) -> int:
    """It has not ended after all: what has not left does not leave; returns how many."""
    return messages.cancel(_prefix(complaint), now=now)


def _prefix(complaint: Complaint) -> str:
    return f"end:{complaint.id.hex}:"


def _topic(complaint: Complaint, action: str) -> str:
    if action == EventName.WITHDRAW:
        return "ended_withdrawn"
    if complaint.closing_approval_id is None:
        return "ended_on_word"
    return ON_GROUND[db.session.get_one(Approval, complaint.closing_approval_id).ground]
