"""Help: first steps, keys, and the lifecycle as the application runs it."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tickets.documents.lifecycle import COMPLAINT, WORK_ORDER, Language, sheets
from tickets.documents.lifecycle_drawing import drawing
from tickets.web.shell.labels import label_of
from tickets.web.shell.viewer import viewer
from workflow.words import N_, Role

blueprint = Blueprint("help", __name__, url_prefix="/help")


@dataclass(frozen=True)
class FirstSteps:
    """What holders of these roles do first, sentence by sentence."""

    title: str
    roles: frozenset[Role]
    steps: tuple[str, ...]


FIRST_STEPS = (
    FirstSteps(
        N_("At the desk"),
        frozenset({Role.FRONT_DESK, Role.EXECUTIVE}),
        (
            N_("Press n, type the customer's phone or account number, and write what they say."),
            N_("Tell the customer the number and the time limit: from now on you answer for it."),
            N_("Solve it on the spot, or dispatch it to one or more departments."),
            N_("When the last department has answered, verify, and write the answer."),
            N_("Call the customer back. Only if they accept does the complaint close."),
        ),
    ),
    FirstSteps(
        N_("In a department"),
        frozenset({Role.AGENT, Role.LEAD}),
        (
            N_("Open My work: what stands under “To accept” waits for your department."),
            N_("Accept, and answer when your part is done; the desk tells the customer."),
            N_("If it takes long, record an interim measure that helps the customer meanwhile."),
            N_("If it is not yours, return it with a reason. The second time a supervisor rules."),
        ),
    ),
    FirstSteps(
        N_("As a supervisor"),
        frozenset({Role.SUPERVISOR, Role.EXECUTIVE}),
        (
            N_("Rule where departments disagree: whoever is named cannot return the work again."),
            N_("Approve a closing without the customer's word only after checking the attempts."),
            N_("Transfer responsibility only with a reason; the new person must accept it."),
        ),
    ),
)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """First steps, those of the reader's own roles first, and the keys."""
    roles = _roles()
    steps = sorted(FIRST_STEPS, key=lambda each: not (each.roles & roles))
    return render_template("shell/help.html", first_steps=steps)


@blueprint.get("/lifecycle")
def lifecycle() -> ResponseReturnValue:
    """Statuses and actions, drawn and as tables, from the rows that the application runs on."""
    language = Language(gettext, label_of)
    drawings = [drawing(tables, language) for tables in (COMPLAINT, WORK_ORDER)]
    return render_template(
        "shell/lifecycle.html", parts=list(zip(sheets(language), drawings, strict=True))
    )


def _roles() -> frozenset[Role]:
    person = viewer()
    return person.roles if person is not None else frozenset()
