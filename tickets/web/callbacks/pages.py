"""The callback queue, and one call at a time: script, number, outcomes, what is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select

from tickets.clock import now
from tickets.clocks.display import Reading, of_kind, readings
from tickets.database import db
from tickets.history import timeline
from tickets.models import Callback, Complaint
from tickets.policy import policy_now
from tickets.queues import QUEUES, About, Queue, counts, queues_of, select_rows
from tickets.queues.callbacks import (
    Call,
    CallSheet,
    calls_of,
    may_call_or_oversee,
    next_to_call,
    sheet_of,
)
from tickets.visibility import visible_complaint
from tickets.web.actions.decision_forms import DECIDING_HERE
from tickets.web.actions.defaults import defaults_for
from tickets.web.actions.event_words import EventWords
from tickets.web.actions.forms import ActionForm, form_for
from tickets.web.actions.offers import ActionSubject
from tickets.web.actions.pages import Place, answer_action, news_since, take_as_typed
from tickets.web.actions.suggestions import suggested_numbers
from tickets.web.callbacks.script import script_for
from tickets.web.queues.rows import queue_url
from tickets.web.shell.drafts import prefill
from tickets.web.shell.paging import Columns, Paging
from tickets.web.shell.saving import save_form
from tickets.web.shell.viewer import reader
from workflow.callbacks import CLOSING, REOPENING, after_quiet, quiet
from workflow.case import Case
from workflow.lifecycle import ACTIONS
from workflow.machine import objections
from workflow.policy import Policy
from workflow.reasons import Reason
from workflow.words import N_, CallOutcome, ClockKind, Status

blueprint = Blueprint("callbacks", __name__, url_prefix="/callbacks")

SHOWN = 25
BESIDE_THE_CALL = frozenset({"schedule_callback", "send_notice", "request_closing"})
NUMBER_KEYS = "zxcvb"
"""The keys that put one of the known numbers (at most five) into the form."""
"""What is done from the call sheet besides recording the call."""

KEYS = dict(zip(CallOutcome, "1234567890", strict=True))
"""Each outcome's key, in the order in which a caller thinks: reached first."""


GROUPS = (
    (N_("Solved"), [each for each in CallOutcome if each in CLOSING]),
    (N_("Not solved"), [each for each in CallOutcome if each in REOPENING]),
    (N_("Not reached"), [each for each in CallOutcome if each not in CLOSING | REOPENING]),
)
"""Two plain choices when the customer was reached (CLO-10), and all the rest."""


@dataclass(frozen=True)
class CallSection:
    """One queue of the page, with its first calls."""

    queue: Queue
    count: int
    url: str
    calls: list[Call]


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """One's own calls first, then those without a caller; or one queue to its end."""
    moment, person, policy = now(), reader(), policy_now()
    mine = [each for each in queues_of(person) if each.about is About.CALLBACK]
    asked = _asked_for(mine)
    total = counts(mine, person, moment)
    paging = Paging.of_request(total[asked.name]) if asked else None
    sections = [
        CallSection(
            queue,
            total[queue.name],
            queue_url(queue),
            _calls(_cut(select_rows(queue, person, moment), paging), moment, policy),
        )
        for queue in ([asked] if asked else mine)
        if total[queue.name]
    ]
    return render_template(
        "callbacks/index.html",
        sections=sections,
        asked=asked,
        paging=paging,
        tallies=[(queue, total[queue.name], queue_url(queue)) for queue in mine],
        clocks=_clocks(sections, moment),
        to_work=any(total.get(name) for name in ("callbacks_due", "callbacks_shared")),
        quiet_until=_quiet_until(moment, policy),
        now=moment,
        dialled=dialled,
    )


def _clocks(sections: list[CallSection], moment: datetime) -> dict[UUID, tuple[Reading, ...]]:
    """The callback clock of each complaint on the page: one query."""
    complaints = [call.callback.complaint for each in sections for call in each.calls]
    found = readings(complaints, reader(), moment)
    return {key: of_kind(of_one, ClockKind.CALLBACK) for key, of_one in found.items()}


@blueprint.get("/next")
def next_call() -> ResponseReturnValue:
    """On to whoever is to be called next; `after` is the one that is put off."""
    number = request.args.get("after", "")
    return redirect(_next_url(_complaint(number) if number else None), 303)


@blueprint.route("/<number>", methods=["GET", "POST"])
def call(number: str) -> ResponseReturnValue:
    """One call: GET shows the sheet, POST records how it went."""
    moment = now()
    sheet = _sheet(number, moment)
    form = _form(sheet)
    if request.method == "POST":
        return _record(sheet, form, moment)
    prefill(form)
    return _page(sheet, form, _outcome(form.outcome.data or request.args.get("outcome")), moment)


def _record(sheet: CallSheet, form: ActionForm, moment: datetime) -> ResponseReturnValue:
    """Through the one door, and on to the next call."""
    complaint, outcome = sheet.complaint, _outcome(form.outcome.data)
    number = complaint.number
    return save_form(
        form,
        lambda: take_as_typed(ACTIONS["record_callback"], ActionSubject(complaint), form, moment),
        page=lambda: _page(_sheet(number, moment), form, outcome, moment),
        then=lambda _: redirect(_next_url(complaint), HTTPStatus.SEE_OTHER),
        said=lambda _: (_said(complaint), "success"),
        overtaken=lambda: _overtaken(number, form, outcome, moment),
    )


@blueprint.route("/<number>/<action>", methods=["GET", "POST"])
def beside(number: str, action: str) -> ResponseReturnValue:
    """Agree on another time, send the notice, ask for the closing; then back to the call."""
    if action not in BESIDE_THE_CALL:
        abort(404)
    complaint = _sheet(number, now()).complaint
    place = Place(
        ActionSubject(complaint),
        url_for("callbacks.beside", number=complaint.number, action=action),
        url_for("callbacks.call", number=complaint.number),
    )
    return answer_action(ACTIONS[action], place)


def _asked_for(mine: list[Queue]) -> Queue | None:
    name = request.args.get("queue", "")
    if not name:
        return None
    if QUEUES.get(name) not in mine:
        abort(404)
    return QUEUES[name]


def _cut(query: Select[*Columns], paging: Paging | None) -> Select[UUID]:
    keys = query.with_only_columns(Callback.id)
    return paging.cut(keys) if paging else keys.limit(SHOWN)


def _calls(keys: Select[UUID], moment: datetime, policy: Policy) -> list[Call]:
    return calls_of(db.session.scalars(keys).all(), moment, policy)


def _sheet(number: str, moment: datetime) -> CallSheet:
    """The call sheet, or 404 for whoever is here as a department only."""
    sheet = sheet_of(_complaint(number), reader(), moment, policy_now())
    if not may_call_or_oversee(sheet.case):
        abort(404)
    return sheet


def _complaint(number: str) -> Complaint:
    return visible_complaint(number, reader())


def _form(sheet: CallSheet) -> ActionForm:
    action, subject = ACTIONS["record_callback"], ActionSubject(sheet.complaint)
    return form_for(action, subject, defaults=defaults_for(action, subject, sheet.case))


def _outcome(code: str | None) -> CallOutcome | None:
    return CallOutcome(code) if code in set(CallOutcome) else None


def _said(complaint: Complaint) -> str:
    """What became of the complaint just called about."""
    if complaint.status is Status.CLOSED:
        return gettext("The customer accepted: the complaint is closed.")
    if complaint.status is Status.RESOLVED:
        return gettext("The attempt is recorded; the callback stays due.")
    return gettext("Not solved: back to work, one level up.")


def _next_url(after: Complaint | None) -> str:
    number = next_to_call(reader(), now(), after=after)
    if number is None:
        return url_for("callbacks.index")
    return url_for("callbacks.call", number=number)


def _overtaken(
    number: str, form: ActionForm, outcome: CallOutcome | None, moment: datetime
) -> ResponseReturnValue:
    """The same sheet as it stands now, with everything typed, and what others did since."""
    sheet = _sheet(number, moment)
    news = news_since(form, ActionSubject(sheet.complaint))
    return _page(sheet, form, outcome, moment, news), HTTPStatus.CONFLICT


def _page(
    sheet: CallSheet,
    form: ActionForm,
    outcome: CallOutcome | None,
    moment: datetime,
    news: timeline.TimelinePage | None = None,
) -> str:
    _require_for(outcome, form)
    return render_template(
        "callbacks/call.html",
        sheet=sheet,
        clocks=readings([sheet.complaint], reader(), moment).get(sheet.complaint.id, ()),
        script=script_for(sheet, reader()),
        form=form,
        outcome=outcome,
        keys=KEYS,
        numbers=suggested_numbers(sheet.complaint, sheet.case)["number"],
        number_keys=NUMBER_KEYS,
        groups=[(gettext(title), codes) for title, codes in GROUPS],
        reopens=outcome in REOPENING,
        closes=outcome in CLOSING,
        against=_against(sheet.case),
        here=url_for("callbacks.call", number=sheet.complaint.number),
        quiet_until=_quiet_until(moment, sheet.case.policy),
        news=news,
        words=EventWords(timeline.names_for(news.events)) if news else None,
        now=moment,
        dialled=dialled,
        **DECIDING_HERE,
    )


def _require_for(outcome: CallOutcome | None, form: ActionForm) -> None:
    """Say in the page what the rules will ask for beside this outcome."""
    form.text.flags.required = outcome in REOPENING
    form.wished_at.flags.required = outcome is CallOutcome.CALL_LATER


def _against(case: Case) -> Mapping[str, Sequence[Reason]]:
    """Why the call, and what is done beside it, may not be done now."""
    names = ("record_callback", *BESIDE_THE_CALL)
    return {name: objections(ACTIONS[name], case) for name in names}


def _quiet_until(moment: datetime, policy: Policy) -> datetime | None:
    """When the quiet hours of this moment end; None outside them."""
    return after_quiet(moment, policy) if quiet(moment, policy) else None


def dialled(number: str) -> str:
    """The number as a telephone takes it: digits, and the plus before them."""
    digits = "".join(sign for sign in number if sign.isdigit())
    return f"+{digits}" if number.lstrip().startswith("+") else digits
