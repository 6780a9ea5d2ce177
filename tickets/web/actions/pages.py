"""An action's form page: shown, refused with every reason at its field, overtaken, or done.

One way for complaints and work orders. The edge commits once, after the action was taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tickets.actions import Taken, take
from tickets.actions.available import Blocked, steps_of
from tickets.actions.cases import case_of, order_case_of
from tickets.clock import now
from tickets.clocks.display import only_as_department
from tickets.customers.privacy import is_revealed
from tickets.customers.veil import CLEAR, Veil, veil_over
from tickets.history import timeline
from tickets.models import Complaint
from tickets.policy import policy_now
from tickets.visibility import may_see
from tickets.web.actions.defaults import defaults_for
from tickets.web.actions.event_words import EventWords
from tickets.web.actions.forms import ActionForm, form_for, inputs_of, renew
from tickets.web.actions.offers import ActionSubject
from tickets.web.actions.suggestions import SUGGESTED, Suggestions, suggestions_for
from tickets.web.shell import HOME
from tickets.web.shell.drafts import prefill
from tickets.web.shell.safe_next import safe_next
from tickets.web.shell.saving import save_form
from tickets.web.shell.viewer import reader
from workflow.case import Case
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS, STATUSES
from workflow.machine import Refused, objections
from workflow.table import Action


@dataclass(frozen=True)
class Place:
    """Where a form stands: what it is about, its own address, and where it leads back to."""

    subject: ActionSubject
    address: str
    back: str

    @property
    def actions(self) -> Mapping[str, Action]:
        return ACTIONS if self.subject.order is None else ORDER_ACTIONS


def place_for(subject: ActionSubject, *, address: str, back: str) -> Place:
    """Where the form of this address stands; it leads back to the page that asked for it with
    `?back=`, if that is one of ours."""
    asked = safe_next(request.args.get("back"), "")
    if not asked:
        return Place(subject, address, back)
    return Place(subject, f"{address}?{urlencode({'back': asked})}", asked)


def offered(name: str, actions: Mapping[str, Action]) -> Action:
    """The action of this name that people may set off, or 404."""
    action = actions.get(name)
    if action is None or not action.offered:
        abort(404)
    return action


def answer_action(action: Action, place: Place) -> ResponseReturnValue:
    """GET: the form, or why it is not possible. POST: do it, and go back to the complaint."""
    moment = now()
    case = case_for(place.subject, moment)
    form = form_for(action, place.subject, defaults=defaults_for(action, place.subject, case))
    if request.method == "POST":
        return _send(action, place, form, moment)
    prefill(form)
    return _page(action, place, form, case)


def case_for(subject: ActionSubject, moment: datetime) -> Case:
    """The facts of the subject, for the person who looks at it."""
    person = reader()
    policy = policy_now()
    if subject.order is not None:
        return order_case_of(subject.order, actor=person, now=moment, policy=policy)
    return case_of(subject.complaint, actor=person, now=moment, policy=policy)


def _send(action: Action, place: Place, form: ActionForm, moment: datetime) -> ResponseReturnValue:
    def then(_taken: Taken) -> ResponseReturnValue:
        # Whoever declined a transfer sees the complaint no longer.
        seen = may_see(reader(), place.subject.complaint)
        return redirect(place.back if seen else HOME, HTTPStatus.SEE_OTHER)

    return save_form(
        form,
        lambda: take_as_typed(action, place.subject, form, moment),
        page=lambda: _page(action, place, form, None),
        then=then,
        said=lambda taken: (_said(action, place, taken), "success"),
        overtaken=lambda: _overtaken(action, place, form, moment),
    )


def take_as_typed(
    action: Action, subject: ActionSubject, form: ActionForm, moment: datetime
) -> Taken:
    """Take the action with what was typed. Raises Refused, also for what cannot be read: that
    stands at its field already, and the other reasons are told with it."""
    version = _whole(request.form.get("version"))
    event_id = _key(request.form.get("event_id"))
    form.validate()
    inputs = inputs_of(form, action)
    if form.errors:
        case = case_for(subject, moment)
        raise Refused([*objections(action, case), *missing_or_wrong(action, inputs)])
    return take(
        action.name,
        subject.order or subject.complaint,
        actor=reader(),
        now=moment,
        seen_version=version,
        inputs=inputs,
        event_id=event_id,
    )


def _whole(text: str | None) -> int:
    """The version that was seen; a form without one is not ours."""
    try:
        return int(text or "")
    except ValueError:
        abort(400)


def _key(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(400)


def _said(action: Action, place: Place, taken: Taken) -> str:
    """What happened, and what comes next."""
    label = gettext(action.label)
    if taken.performed is None:
        return gettext("“%(action)s” was recorded already; nothing was done twice.", action=label)
    done = gettext("“%(action)s” is recorded.", action=label)
    if taken.performed.before == taken.performed.after:
        return done
    status = STATUSES[place.subject.complaint.status]
    follows = gettext("Now: %(meaning)s", meaning=gettext(status.meaning))
    return f"{done} {follows}"


def _overtaken(
    action: Action, place: Place, form: ActionForm, moment: datetime
) -> ResponseReturnValue:
    """The same form with everything typed, and what others did since (CON-02)."""
    news = news_since(form, place.subject)
    page = _page(action, place, form, case_for(place.subject, moment), news=news)
    return page, HTTPStatus.CONFLICT


def news_since(form: ActionForm, subject: ActionSubject) -> timeline.TimelinePage:
    """What others did since the form was opened; the form, brought to the present version, can
    be sent again in knowledge of it."""
    typed = str(form.seen.data or "")
    seen = int(typed) if typed.isdecimal() else max(subject.complaint.event_count - 1, 0)
    renew(form, subject)
    return timeline.since(subject.complaint, seen)


def _page(
    action: Action,
    place: Place,
    form: ActionForm,
    case: Case | None,
    *,
    news: timeline.TimelinePage | None = None,
) -> str:
    """`case` is given where the page shall say why it is not possible."""
    blocked = _blocked(action, place, case) if case is not None else None
    complaint, order = place.subject.complaint, place.subject.order
    fragment, veil = request.headers.get("HX-Request") == "true", _veil_of(complaint)
    is_shown = blocked is None or news is not None
    return render_template(
        "actions/fragment.html" if fragment else "actions/page.html",
        action=action,
        place=place,
        complaint=complaint,
        order=order,
        form=form,
        suggested=_suggested(action, place.subject, case) if is_shown else {},
        blocked=blocked,
        possible=blocked is None,
        news=news,
        words=EventWords(timeline.names_for(news.events), veil) if news is not None else None,
        veiled=veil,
        now=now(),
    )


def _suggested(action: Action, subject: ActionSubject, case: Case | None) -> Suggestions:
    if action.name not in SUGGESTED:
        return {}
    return suggestions_for(action, subject.complaint, case or case_for(subject, now()))


def _blocked(action: Action, place: Place, case: Case) -> Blocked | None:
    reasons = tuple(objections(action, case))
    if not reasons:
        return None
    known = steps_of(case, place.actions).blocked
    return next((each for each in known if each.action is action), Blocked(action, reasons))


def _veil_of(complaint: Complaint) -> Veil:
    """What departments may not read of it until they ask (see `tickets.customers.privacy`)."""
    person = reader()
    if not only_as_department(complaint, person) or is_revealed(complaint, person):
        return CLEAR
    return veil_over(complaint, policy_now().region)
