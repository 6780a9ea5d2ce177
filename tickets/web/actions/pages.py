"""An action's form page: shown, refused with every reason at its field, overtaken, or done.

One way for complaints and work orders. The edge commits once, after the action was taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from tickets.actions import Stale, Taken, take
from tickets.actions.available import Blocked, steps_of
from tickets.actions.cases import case_of, order_case_of
from tickets.clock import now
from tickets.clocks.display import only_as_department
from tickets.customers.privacy import is_revealed
from tickets.customers.veil import CLEAR, Veil, veil_over
from tickets.database import db
from tickets.history import timeline
from tickets.models import Complaint
from tickets.policy import policy_now
from tickets.visibility import may_see
from tickets.web.actions.defaults import defaults_for
from tickets.web.actions.event_words import Words
from tickets.web.actions.forms import ActionForm, form_for, inputs_of, renew
from tickets.web.actions.offers import Subject
from tickets.web.actions.suggestions import SUGGESTED, suggestions_for
from tickets.web.shell import HOME
from tickets.web.shell.drafts import drop_draft, prefill
from tickets.web.shell.refusals import sentence_of, show_refusal
from tickets.web.shell.safe_next import safe_next
from tickets.web.shell.viewer import reader
from workflow.case import Case
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS, STATUSES
from workflow.machine import Refused, objections
from workflow.table import Action

OVERTAKEN = (Stale, StaleDataError, IntegrityError, OperationalError)
"""Somebody else was faster: told by the version, or by the database when it was a close race."""

LOST_RACES = frozenset({"40001", "40P01"})
"""What PostgreSQL calls it when it had to choose one of two: serialization failure, deadlock."""


@dataclass(frozen=True)
class Place:
    """Where a form stands: what it is about, its own address, and where it leads back to."""

    subject: Subject
    address: str
    back: str

    @property
    def actions(self) -> Mapping[str, Action]:
        return ACTIONS if self.subject.order is None else ORDER_ACTIONS


def there_and_back(address: str, back: str) -> dict[str, str]:
    """A form's own address and where it leads back to: the page that asked for it with `?back=`,
    if that is one of ours."""
    asked = safe_next(request.args.get("back"), "")
    if not asked:
        return {"address": address, "back": back}
    return {"address": f"{address}?{urlencode({'back': asked})}", "back": asked}


def offered(name: str, actions: Mapping[str, Action]) -> Action:
    """The action of this name that people may set off, or 404."""
    action = actions.get(name)
    if action is None or not action.offered:
        abort(404)
    return action


def answer(action: Action, place: Place) -> ResponseReturnValue:
    """GET: the form, or why it is not possible. POST: do it, and go back to the complaint."""
    moment = now()
    case = case_for(place.subject, moment)
    form = form_for(action, place.subject, defaults=defaults_for(action, place.subject, case))
    if request.method == "POST":
        return _send(action, place, form, moment)
    prefill(form)
    return _page(action, place, form, case)


def case_for(subject: Subject, moment: datetime) -> Case:
    """The facts of the subject, for the person who looks at it."""
    person = reader()
    policy = policy_now()
    if subject.order is not None:
        return order_case_of(subject.order, actor=person, now=moment, policy=policy)
    return case_of(subject.complaint, actor=person, now=moment, policy=policy)


def _send(action: Action, place: Place, form: ActionForm, moment: datetime) -> ResponseReturnValue:
    version = whole_of(request.form.get("version"))
    event_id = key_of(request.form.get("event_id"))
    form.validate()
    inputs = inputs_of(form, action)
    try:
        _refuse_unreadable(action, place, form, inputs, moment)
        taken = _take(
            action,
            place.subject,
            actor=reader(),
            now=moment,
            seen_version=version,
            inputs=inputs,
            event_id=event_id,
        )
        drop_draft()
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        show_refusal(without_told(refusal, form), form)
        return _page(action, place, form, None, status=422)
    except OVERTAKEN as error:
        db.session.rollback()
        pass_on_failures(error)
        return _overtaken(action, place, form, moment)
    flash(_said(action, place, taken), "success")
    # Whoever declined a transfer sees the complaint no longer.
    return redirect(place.back if may_see(reader(), place.subject.complaint) else HOME, 303)


def pass_on_failures(error: Exception) -> None:
    """An operational error that is no lost race is a failure, and is told as one."""
    if not isinstance(error, OperationalError):
        return
    if getattr(error.orig, "sqlstate", None) not in LOST_RACES:
        raise error


def _take(action: Action, subject: Subject, **said: Any) -> Taken:
    if subject.order is not None:
        return take(action.name, subject.order, **said)
    return take(action.name, subject.complaint, **said)


def whole_of(text: Any) -> int:
    """The version that was seen; a form without one is not ours."""
    try:
        return int(text)
    except (TypeError, ValueError):
        abort(400)


def key_of(text: Any) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(400)


def _refuse_unreadable(
    action: Action, place: Place, form: ActionForm, inputs: Mapping[str, Any], moment: datetime
) -> None:
    """What could not be read stands at its field already; the other reasons are told with it."""
    if not form.errors:
        return
    case = case_for(place.subject, moment)
    raise Refused([*objections(action, case), *missing_or_wrong(action, inputs)])


def without_told(refusal: Refused, form: ActionForm) -> Refused:
    """A field that says already what is wrong with it need not say that it is missing."""
    return Refused(
        reason
        for reason in refusal.reasons
        if not (reason.code == "missing" and reason.field in form.errors)
    )


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
    seen = number_or(form.seen.data, place.subject.complaint.event_count - 1)
    renew(form, place.subject)
    news = timeline.since(place.subject.complaint, seen)
    return _page(action, place, form, case_for(place.subject, moment), status=409, news=news)


def number_or(text: Any, otherwise: int) -> int:
    return int(text) if text and str(text).isdecimal() else max(otherwise, 0)


def _page(
    action: Action,
    place: Place,
    form: ActionForm,
    case: Case | None,
    *,
    status: int = 200,
    news: timeline.Stretch | None = None,
) -> ResponseReturnValue:
    """`case` is given where the page shall say why it is not possible."""
    blocked = _blocked(action, place, case) if case is not None else None
    complaint, order = place.subject.complaint, place.subject.order
    fragment, veil = request.headers.get("HX-Request") == "true", _veil_of(complaint)
    wants = action.name in SUGGESTED and (blocked is None or news is not None)
    suggested = (
        suggestions_for(action, complaint, case or case_for(place.subject, now())) if wants else {}
    )
    page = render_template(
        "actions/fragment.html" if fragment else "actions/page.html",
        action=action,
        place=place,
        complaint=complaint,
        order=order,
        form=form,
        suggested=suggested,
        blocked=blocked,
        sentence_of=sentence_of,
        possible=blocked is None,
        news=news,
        words=Words(timeline.names_for(news.events), veil) if news is not None else None,
        veiled=veil,
        now=now(),
    )
    return make_response(page, status)


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
