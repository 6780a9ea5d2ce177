"""The pages of problems: the list, one problem, changing it, sharing its progress, closing it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from tickets.clock import now
from tickets.database import db
from tickets.history.problem_events import ProblemEventName
from tickets.models import Complaint, Job, Person, Problem, ProblemEvent
from tickets.problems import keeping, linking, measuring
from tickets.problems.seeing import may_manage, seen_by, units_managed_by
from tickets.visibility import visible_to
from tickets.web.problems.forms import ClosingForm, ProblemForm, ProgressForm, problem_form
from tickets.web.problems.words import lines_of
from tickets.web.shell.paging import Paging
from tickets.web.shell.saving import answer_form
from tickets.web.shell.seen_problem import visible_problem
from tickets.web.shell.viewer import reader

SHOWN = 20
"""So many linked complaints stand on the page of a problem; the list has them all."""
EVENTS_SHOWN = 50


def index() -> ResponseReturnValue:
    person, moment = reader(), now()
    states = _states(moment)
    state = request.args.get("state", "open")
    state = state if state in states else "open"
    counts = db.session.execute(
        select(*(func.count(Problem.id).filter(each) for each in states.values())).where(
            seen_by(person)
        )
    ).one()
    paging = Paging.of_request(counts[list(states).index(state)])
    query = (
        select(Problem)
        .where(seen_by(person), states[state])
        .options(
            joinedload(Problem.unit),
            joinedload(Problem.category),
            joinedload(Problem.owner).lazyload(Person.memberships),
        )
        .order_by(Problem.due_at.is_(None), Problem.due_at, Problem.number.desc())
    )
    return render_template(
        "problems/index.html",
        rows=db.session.scalars(paging.cut(query)).all(),
        paging=paging,
        state=state,
        counts=dict(zip(states, counts, strict=True)),
        may_open=bool(units_managed_by(person)),
        now=moment,
    )


def _states(moment: datetime) -> dict[str, ColumnElement[bool]]:
    living = Problem.closed_at.is_(None)
    return {
        "open": living,
        "due": living & (Problem.due_at > moment) & (Problem.due_at <= moment + 7 * _DAY),
        "overdue": living & (Problem.due_at <= moment),
        "closed": Problem.closed_at.is_not(None),
    }


_DAY = measuring.WEEK / 7


def problem(problem: str) -> ResponseReturnValue:
    person, moment = reader(), now()
    found = visible_problem(problem, person)
    open_ones, linked = linking.count_linked(found, person)
    complaints = db.session.scalars(
        select(Complaint)
        .where(linking.linked_to(found.id), visible_to(person))
        .options(joinedload(Complaint.category), joinedload(Complaint.unit))
        .order_by(Complaint.registered_at.desc())
        .limit(SHOWN)
    ).all()
    events = db.session.scalars(
        select(ProblemEvent)
        .where(ProblemEvent.problem_id == found.id)
        .options(joinedload(ProblemEvent.by).lazyload(Person.memberships))
        .order_by(ProblemEvent.at.desc(), ProblemEvent.id.desc())
        .limit(EVENTS_SHOWN)
    ).all()
    return render_template(
        "problems/problem.html",
        problem=found,
        complaints=complaints,
        open_ones=open_ones,
        linked=linked,
        history=lines_of(events),
        effect=measuring.effect_of(found, person, moment),
        sharing=_sharing(events),
        may_change=found.closed_at is None and may_manage(person, found),
        now=moment,
    )


def _sharing(events: Sequence[ProblemEvent]) -> Job | None:
    """The job that tells the newest progress, for as long as its row is kept."""
    newest = next((each for each in events if each.action == ProblemEventName.PROGRESS), None)
    if newest is None:
        return None
    return db.session.scalar(
        select(Job).where(Job.name == linking.SHARE_JOB, Job.once == str(newest.id))
    )


def new() -> ResponseReturnValue:
    person, moment = reader(), now()
    units = units_managed_by(person)
    if not units:
        abort(404)
    form = problem_form(units, person, None)

    def page() -> str:
        return render_template("problems/edit.html", form=form, problem=None)

    return answer_form(
        form,
        lambda: keeping.open_problem(form.plan(), actor=person, now=moment),
        page=page,
        then=lambda made: redirect(_address(made), HTTPStatus.SEE_OTHER),
        overtaken=lambda: _overtaken(form, None, page),
    )


def edit(problem: str) -> ResponseReturnValue:
    person, moment, found = _managed(problem)
    form = problem_form(units_managed_by(person), person, found)

    def page() -> str:
        return render_template("problems/edit.html", form=form, problem=found)

    return answer_form(
        form,
        lambda: keeping.change(_held(found, form), form.plan(), actor=person, now=moment),
        page=page,
        then=_address(found),
        overtaken=lambda: _overtaken(form, found, page),
    )


def progress(problem: str) -> ResponseReturnValue:
    """GET: the form with how many will be told; POST: put it down, a job tells them."""
    person, moment, found = _managed(problem)
    form = ProgressForm(data={"version": found.version, "expected_at": found.expected_at})

    def share() -> None:
        message, expected_at = form.message.data or "", form.expected_at.data
        linking.share_progress(_held(found, form), message, expected_at, actor=person, now=moment)

    def page() -> str:
        told, _all = linking.count_linked(found, person)
        return render_template("problems/progress.html", form=form, problem=found, told=told)

    def then(_shared: None) -> ResponseReturnValue:
        flash(gettext("The linked complaints are told now, one after the other."), "success")
        return redirect(_address(found), HTTPStatus.SEE_OTHER)

    return answer_form(
        form, share, page=page, then=then, overtaken=lambda: _overtaken(form, found, page)
    )


def close(problem: str) -> ResponseReturnValue:
    person, moment, found = _managed(problem)
    form = ClosingForm(data={"version": found.version})

    def page() -> str:
        effect = measuring.effect_of(found, person, moment)
        return render_template("problems/close.html", form=form, problem=found, effect=effect)

    return answer_form(
        form,
        lambda: keeping.close(_held(found, form), form.effect.data or "", actor=person, now=moment),
        page=page,
        then=_address(found),
        overtaken=lambda: _overtaken(form, found, page),
    )


def _managed(number: str) -> tuple[Person, datetime, Problem]:
    """The problem, for somebody who may change it; else there is no such page."""
    person, moment = reader(), now()
    found = visible_problem(number, person)
    if not may_manage(person, found):
        abort(404)
    return person, moment, found


def _held(problem: Problem, form: ProblemForm | ProgressForm | ClosingForm) -> Problem:
    """The row as it is now, held; StaleDataError when somebody was faster than this form."""
    db.session.refresh(problem, with_for_update={"of": Problem})
    if str(problem.version) != form.version.data:
        raise StaleDataError()
    return problem


def _overtaken(
    form: ProblemForm | ProgressForm | ClosingForm, found: Problem | None, page: Callable[[], str]
) -> ResponseReturnValue:
    """Sent once more, the form is sent in knowledge of what the page shows now."""
    if found is not None:
        form.version.data = str(found.version)
    form.form_errors.append(
        gettext("Somebody else was faster. Look at what changed, then send it again.")
    )
    return page(), HTTPStatus.CONFLICT


def _address(problem: Problem) -> str:
    return url_for("problems.problem", problem=problem.number)
