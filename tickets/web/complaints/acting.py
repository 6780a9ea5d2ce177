"""The form of one action on a complaint."""

from flask import url_for
from flask.typing import ResponseReturnValue

from tickets.visibility import visible_complaint
from tickets.web.actions.offers import ActionSubject
from tickets.web.actions.pages import answer_action, offered, place_for
from tickets.web.shell.viewer import reader
from workflow.lifecycle import ACTIONS


def act(number: str, action: str) -> ResponseReturnValue:
    """GET the form, POST it with what it asks for and the `version` that was seen."""
    complaint = visible_complaint(number, reader())
    row = offered(action, ACTIONS)
    place = place_for(
        ActionSubject(complaint),
        address=url_for("complaints.action", number=complaint.number, action=row.name),
        back=url_for("complaints.complaint", number=complaint.number),
    )
    return answer_action(row, place)
