"""The list of complaints and one complaint's page, on screen and on paper.

Forms of actions are in `web/actions`, work queues in `web/queues`.
"""

from flask import Blueprint

from tickets.customers.privacy import masked
from tickets.database import new_id
from tickets.numbers import plain, spoken
from tickets.web.actions import event_words
from tickets.web.complaints import acting, drilling, lists, page, paper, presence
from tickets.web.shell.refusals import sentence_of

FORM = ("GET", "POST")
SEND = ("POST",)

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")


for function in (
    spoken,
    new_id,
    sentence_of,
    event_words.title_of,
    event_words.icon_of,
    event_words.move_of,
    event_words.field_label,
):
    blueprint.add_app_template_global(function)
blueprint.add_app_template_global(drilling.carried, "carried_on")
blueprint.add_app_template_filter(masked, "masked")


@blueprint.app_template_filter("dialled")
def dialled(given: str) -> str:
    """A number as a tel: address takes it: a plus and digits, nothing else (S-31)."""
    plus = "+" if given.strip().startswith("+") else ""
    return f"{plus}{plain(given)}"


blueprint.add_url_rule("/", endpoint="index", view_func=lists.index)
blueprint.add_url_rule("/oldest", endpoint="oldest", view_func=lists.oldest)
blueprint.add_url_rule("/export.csv", endpoint="export", view_func=lists.export)

blueprint.add_url_rule("/<number>", endpoint="complaint", view_func=page.complaint)
blueprint.add_url_rule("/<number>/timeline", endpoint="timeline", view_func=page.older)
blueprint.add_url_rule("/<number>/print", endpoint="print", view_func=paper.printed)
blueprint.add_url_rule(
    "/<number>/presence", endpoint="presence", view_func=presence.presence, methods=SEND
)
blueprint.add_url_rule(
    "/<number>/actions/<action>", endpoint="action", view_func=acting.act, methods=FORM
)
