"""Forms of decisions, several on one page: each with ids of its own."""

from uuid import UUID

from tickets.web.actions.forms import ActionForm, form_for
from tickets.web.actions.offers import ActionSubject
from tickets.web.shell.links import complaint_url
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Kind
from workflow.values import Inputs

BY_KEY = frozenset({Kind.ATTEMPT, Kind.NOTICE})
"""What a small decision names by the place where it stands."""


def form_of(
    name: str,
    subject: ActionSubject,
    *,
    on: UUID | None = None,
    defaults: Inputs | None = None,
) -> ActionForm:
    """The form of one decision, to stand beside others of its kind; `on` is the call or notice
    of the complaint that it is about."""
    action = (ACTIONS if subject.order is None else ORDER_ACTIONS)[name]
    form = form_for(action, subject, defaults=defaults, without=BY_KEY if on else frozenset())
    about = subject.complaint.number if subject.order is None else subject.order.id
    about = on or about
    for field in form:
        field.id = f"{name}-{about}-{field.name}"
        field.label.field_id = field.id
    return form


DECIDING_HERE = {
    "form_of": form_of,
    "subject": ActionSubject,
    "complaint_url": complaint_url,
}
"""What templates/queues/_decision.html needs of the page that includes it."""
