"""The next thing to do on a complaint: decided in the query, so that lists can be sorted by it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, not_
from sqlalchemy.orm import aliased

from tickets.models import Callback, Complaint
from tickets.queues import conditions as is_
from workflow.words import N_, Status


@dataclass(frozen=True)
class NextThing:
    """What the responsible person does next; `waits` when somebody else must move first."""

    label: str
    waits: bool = False


CONTACTED = NextThing(N_("Answer the customer, who made contact"))
CALL_AGAIN = NextThing(N_("Closing denied: call the customer again"))
CALL = NextThing(N_("Call the customer back"))
FOLLOW_UP = NextThing(N_("Follow up with the customer"))
RETURNED = NextThing(N_("Decide on the returned work order"))
VERIFY = NextThing(N_("Verify the departments' answers"))
MEASURE = NextThing(N_("Tell the customer of the interim measure"))
BEGIN = NextThing(N_("Begin: answer or dispatch"))
WORK = NextThing(N_("Answer or dispatch"))
DECISION = NextThing(N_("Wait for the decision on the closing"), waits=True)
COLLEAGUE = NextThing(N_("Wait for a colleague's callback"), waits=True)
PLANNED = NextThing(N_("Call the customer at the planned time"), waits=True)
DEPARTMENTS = NextThing(N_("Wait for the departments"), waits=True)
CUSTOMER = NextThing(N_("Wait for the customer"), waits=True)
NOTHING = NextThing(N_("Nothing: it has ended"), waits=True)

NEXT_THINGS = (
    CONTACTED,
    CALL_AGAIN,
    CALL,
    FOLLOW_UP,
    RETURNED,
    VERIFY,
    MEASURE,
    BEGIN,
    WORK,
    DECISION,
    COLLEAGUE,
    PLANNED,
    DEPARTMENTS,
    CUSTOMER,
    NOTHING,
)
"""Most urgent first; the rank of a row is its place here."""


called, shared = aliased(Callback), aliased(Callback)


def rank_of_next(now: datetime) -> ColumnElement[int]:
    """The place in `NEXT_THINGS` of the next thing to do on each complaint."""
    to_call = is_.callback_of_cycle(is_.may_be_made(now, called), called)
    nobody = is_.callback_of_cycle(shared.caller_id.is_(None), shared)
    found = (
        (is_.customer_waits(), CONTACTED),
        (not_(is_.is_open()), NOTHING),
        (is_.closing_requested(), DECISION),
        (nobody, COLLEAGUE),
        (is_.closing_denied(), CALL_AGAIN),
        (to_call, CALL),
        (Complaint.status == Status.RESOLVED, PLANNED),
        (is_.follow_up_reached(now), FOLLOW_UP),
        (Complaint.status == Status.WAITING_CUSTOMER, CUSTOMER),
        (is_.returned_and_not_sent_on(), RETURNED),
        (is_.to_be_verified(), VERIFY),
        (is_.measure_untold(), MEASURE),
        (Complaint.status == Status.DISPATCHED, DEPARTMENTS),
        (Complaint.status == Status.REGISTERED, BEGIN),
    )
    return case(
        *((condition, NEXT_THINGS.index(thing)) for condition, thing in found),
        else_=NEXT_THINGS.index(WORK),
    )
