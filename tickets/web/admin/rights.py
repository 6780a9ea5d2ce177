"""The pages on which a second administrator decides what another asked for."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tickets.administration import rights
from tickets.clock import now
from tickets.database import db
from tickets.models import Person, RightsRequest
from tickets.web.admin.people import password_page
from tickets.web.shell.admin_forms import DecisionForm
from tickets.web.shell.paging import Paging
from tickets.web.shell.refusals import sentence_of, show_refusal
from tickets.web.shell.saving import answer_form, loaded
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused

APPROVE = "approve"


def rights_requests() -> ResponseReturnValue:
    """What waits, and below it what was decided or ran out, newest first."""
    moment = now()
    query = select(RightsRequest).order_by(
        RightsRequest.requested_at.desc(), RightsRequest.id.desc()
    )
    named = query.options(
        *(
            joinedload(each).lazyload(Person.memberships)
            for each in (RightsRequest.person, RightsRequest.requested_by, RightsRequest.decided_by)
        ),
        joinedload(RightsRequest.unit),
    )
    over = ~rights.waiting(moment)
    counted = select(func.count()).select_from(RightsRequest).where(over)
    paging = Paging.of_request(db.session.scalar(counted) or 0)
    return render_template(
        "admin/rights.html",
        waiting=db.session.scalars(named.where(rights.waiting(moment))).all(),
        others=db.session.scalars(paging.cut(named.where(over))).all(),
        paging=paging,
        what=rights.WHAT,
    )


def rights_request(request_id: UUID) -> ResponseReturnValue:
    """One request: what it would do, and the form of whoever may decide on it."""
    shown = loaded(RightsRequest, request_id)
    form = DecisionForm()

    def refused(refusal: Refused) -> ResponseReturnValue:
        show_refusal(refusal, form)
        is_late = not loaded(RightsRequest, request_id).is_open(now())
        status = HTTPStatus.CONFLICT if is_late else HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(shown, form), status

    def then(outcome: rights.RightsOutcome) -> ResponseReturnValue:
        if outcome.password:
            return password_page(shown.person, outcome.password)
        flash(gettext("Decided."), "success")
        return redirect(url_for("admin.rights"), HTTPStatus.SEE_OTHER)

    return answer_form(
        form,
        lambda: _decide(shown, form),
        page=lambda: _page(shown, form),
        then=then,
        said="",
        refused=refused,
    )


def _decide(shown: RightsRequest, form: DecisionForm) -> rights.RightsOutcome:
    loaded(Person, shown.person_id)  # held, as by every other page that changes somebody's rights
    if form.decision.data == APPROVE:
        return rights.approve(shown, actor=reader(), now=now())
    rights.decline(shown, reason=form.reason.data or "", actor=reader(), now=now())
    return rights.RightsOutcome()


def _page(shown: RightsRequest, form: DecisionForm) -> str:
    against = rights.objections(shown, reader(), now())
    return render_template(
        "admin/rights_request.html",
        request_=shown,
        form=form,
        what=rights.WHAT,
        against=[sentence_of(each) for each in against],
        is_open=shown.is_open(now()),
        gives=shown.act not in rights.TAKING_AWAY,
    )
