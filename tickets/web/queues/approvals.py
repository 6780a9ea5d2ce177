"""What only supervisors decide, with the evidence beside it; and what is offered to oneself."""

from uuid import UUID

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from tickets.clock import now
from tickets.models import Complaint
from tickets.policy import policy_now
from tickets.queues import QUEUES, counts
from tickets.queues.approvals import closings_for, disputes_for, transfers_for
from tickets.visibility import visible_complaint, visible_order
from tickets.web.actions.decision_forms import DECIDING_HERE
from tickets.web.actions.offers import ActionSubject
from tickets.web.actions.pages import Place, answer_action, place_for
from tickets.web.queues.rows import queue_url
from tickets.web.shell.links import complaint_url
from tickets.web.shell.viewer import reader
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")

ICONS = {
    "approvals": "telephone-x",
    "arbitrations": "hammer",
    "transfers_pending": "person-check",
}
"""The queues of this page, each with its sign."""

CONFIRMING = frozenset({"confirm_attempt", "confirm_posting", "notice_returned"})
"""Small decisions on what a closing rests on; they stand on the complaint's own pages too."""

DECISIONS = CONFIRMING | {
    *("close_unreached", "deny_closing"),
    *("cancel_transfer", "accept_transfer", "decline_transfer"),
}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Closings, arbitrations and transfers that wait, each decided in its place."""
    moment, person, policy = now(), reader(), policy_now()
    queues = [QUEUES[name] for name in ICONS if QUEUES[name].roles & person.roles]
    total = counts(queues, person, moment)
    return render_template(
        "queues/approvals.html",
        tallies=[(queue, total[queue.name], queue_url(queue)) for queue in queues],
        icons=ICONS,
        closings=closings_for(person, moment, policy),
        disputes=disputes_for(person, moment),
        transfers=transfers_for(person, moment),
        now=moment,
        **DECIDING_HERE,
    )


@blueprint.route("/<number>/<action>", methods=["GET", "POST"])
def decide(number: str, action: str) -> ResponseReturnValue:
    """One decision on a complaint; what is refused comes back with its reasons."""
    if action not in DECISIONS:
        abort(404)
    complaint = visible_complaint(number, reader())
    address = url_for("approvals.decide", number=complaint.number, action=action)
    back = _back(action, complaint)
    place = place_for(ActionSubject(complaint), address=address, back=back)
    return answer_action(ACTIONS[action], place)


@blueprint.route("/orders/<uuid:order_id>/arbitrate", methods=["GET", "POST"])
def arbitrate(order_id: UUID) -> ResponseReturnValue:
    """The ruling on one work order."""
    order = visible_order(order_id, reader())
    address = url_for("approvals.arbitrate", order_id=order.id)
    place = Place(ActionSubject(order.complaint, order), address, url_for("approvals.index"))
    return answer_action(ORDER_ACTIONS["arbitrate"], place)


def _back(action: str, complaint: Complaint) -> str:
    if action in CONFIRMING:
        return complaint_url(complaint)
    mine = action in {"accept_transfer", "decline_transfer"}
    return url_for("work.index") if mine else url_for("approvals.index")
