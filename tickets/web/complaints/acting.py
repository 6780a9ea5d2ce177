"""The form of one action on a complaint."""

from flask import url_for
from flask.typing import ResponseReturnValue

from tickets.visibility import visible_complaint
from tickets.web.actions import pages as taking
from tickets.web.actions.offers import Subject
from tickets.web.actions.pages import Place
from tickets.web.shell.viewer import reader
from workflow.lifecycle import ACTIONS


def act(number: str, action: str) -> ResponseReturnValue:
    """GET the form, POST it with what it asks for and the `version` that was seen."""
    complaint = visible_complaint(number, reader())
    row = taking.offered(action, ACTIONS)
    place = Place(
        Subject(complaint),
        **taking.there_and_back(
            url_for("complaints.action", number=complaint.number, action=row.name),
            url_for("complaints.complaint", number=complaint.number),
        ),
    )
    return taking.answer(row, place)
