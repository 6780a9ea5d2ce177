"""Work orders: a department's page for its leg of a complaint, and what it may do there."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from tickets.actions.available import steps_of
from tickets.actions.cases import case_of, order_case_of
from tickets.actors import HANDLING
from tickets.clock import now
from tickets.clocks.display import Reading, all_readings
from tickets.complaints.details import dossier_of
from tickets.history import timeline
from tickets.models import Person, WorkOrder
from tickets.policy import policy_now
from tickets.visibility import visible_complaint, visible_order
from tickets.web.actions.event_words import EventWords
from tickets.web.actions.offers import ActionSubject
from tickets.web.actions.pages import answer_action, offered, place_for
from tickets.web.complaints.page import IN_SIGHT, ShownTimeline, reach_of, steps_with
from tickets.web.shell.viewer import reader
from workflow.lifecycle import ORDER_ACTIONS, ORDER_STATUSES
from workflow.words import Party

blueprint = Blueprint("orders", __name__, url_prefix="/work-orders")


@blueprint.get("/<uuid:order_id>")
def order(order_id: UUID) -> ResponseReturnValue:
    """The question, what the department needs to know of the customer, and what comes next."""
    moment, person = now(), reader()
    found = visible_order(order_id, person)
    complaint = visible_complaint(found.complaint.number, person)
    policy = policy_now()
    dossier = dossier_of(complaint, person)
    facts = dossier.order_facts
    whole = case_of(complaint, actor=person, now=moment, policy=policy, orders=facts)
    case = order_case_of(found, actor=person, now=moment, policy=policy, orders=facts)
    reach = reach_of(complaint, person, whole)
    lines = timeline.of_order(found.id, complaint)
    return render_template(
        "queues/order.html",
        order=found,
        complaint=complaint,
        dossier=dossier,
        steps=steps_of(case, ORDER_ACTIONS),
        complaint_steps=steps_with(reach, steps_of(whole), facts, person),
        in_sight=IN_SIGHT,
        meaning=ORDER_STATUSES[found.status].meaning,
        reach=reach,
        timeline=ShownTimeline(lines.events),
        clocks=_clocks(found, person, moment, whole.parties),
        words=EventWords(timeline.names_for(lines.events, dossier.people()), reach.veiled),
        now=moment,
    )


def _clocks(
    order: WorkOrder, person: Person, moment: datetime, parties: frozenset[Party]
) -> list[Reading]:
    """The order's own clocks, the open ones first."""
    found = all_readings(order.complaint, person, moment, party_to=parties)
    return [each for each in found if each.id.subject == order.id.hex]


@blueprint.route("/<uuid:order_id>/actions/<action>", methods=["GET", "POST"])
def action(order_id: UUID, action: str) -> ResponseReturnValue:
    """GET the form, POST it with what it asks for and the `version` that was seen."""
    person = reader()
    found = visible_order(order_id, person)
    row = offered(action, ORDER_ACTIONS)
    place = place_for(
        ActionSubject(found.complaint, found),
        address=url_for("orders.action", order_id=found.id, action=row.name),
        back=_back(found, person),
    )
    return answer_action(row, place)


def _back(found: WorkOrder, person: Person) -> str:
    """Departments go back to their order, everybody else to the complaint."""
    ours = any(
        each.unit_id == found.unit_id and each.role in HANDLING for each in person.memberships
    )
    if ours and found.complaint.responsible_id != person.id:
        return url_for("orders.order", order_id=found.id)
    return url_for("complaints.complaint", number=found.complaint.number)
