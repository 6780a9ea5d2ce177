"""Linking from a complaint, and linking everything that a list shows."""

from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import func, select

from tickets.clock import now
from tickets.complaints.lists import conditions
from tickets.database import db
from tickets.models import Complaint, Person, Problem
from tickets.problems import linking
from tickets.problems.seeing import may_manage, units_managed_by
from tickets.visibility import visible_complaint
from tickets.web.actions.pages import OVERTAKEN, pass_on_failures
from tickets.web.complaints.filters import asked_for
from tickets.web.problems.forms import LinkForm
from tickets.web.shell.labels import name_in
from tickets.web.shell.refusals import sentence_of, show_refusal
from tickets.web.shell.seen_problem import visible_problem
from tickets.web.shell.viewer import reader
from workflow.machine import Refused


def link_one(number: str) -> ResponseReturnValue:
    """GET: the open problems, those of its category first; POST: link it by the one door."""
    person, moment = reader(), now()
    complaint = visible_complaint(number, person)
    form = _form(linking.proposed_for(person, complaint.category_id))
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            status = _link(form, complaint, person)
    if status is HTTPStatus.SEE_OTHER:
        flash(gettext("The complaint is linked to the problem."), "success")
        return redirect(url_for("complaints.complaint", number=number), status)
    page = render_template("problems/link.html", form=form, complaint=complaint, now=moment)
    return page, status


def _link(form: LinkForm, complaint: Complaint, person: Person) -> HTTPStatus:
    problem = visible_problem(form.problem.data, person)
    try:
        linking.link(problem, complaint, actor=person, now=now())
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        show_refusal(refusal, form)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except OVERTAKEN as error:
        db.session.rollback()
        pass_on_failures(error)
        form.form_errors.append(gettext("Somebody else was faster. Please send it again."))
        return HTTPStatus.CONFLICT
    return HTTPStatus.SEE_OTHER


def unlink_one(number: str) -> ResponseReturnValue:
    person = reader()
    complaint = visible_complaint(number, person)
    problem = visible_problem(request.form.get("problem", ""), person)
    try:
        linking.unlink(problem, complaint, actor=person, now=now())
        db.session.commit()
        flash(gettext("The complaint is no longer linked to the problem."), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(" ".join(sentence_of(each) for each in refusal.reasons), "danger")
    return redirect(url_for("complaints.complaint", number=number), HTTPStatus.SEE_OTHER)


def link_many() -> ResponseReturnValue:
    """Everything that the list with this address shows: how many that are, and to which problem."""
    person, moment = reader(), now()
    if not units_managed_by(person):
        abort(404)
    asked = asked_for(person, moment)
    condition = conditions(asked.filters, person)
    form = _form([each for each in linking.proposed_for(person) if may_manage(person, each)])
    status = HTTPStatus.OK
    if form.is_submitted():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            problem = visible_problem(form.problem.data, person)
            try:
                count = linking.link_many(problem, condition, actor=person, now=moment)
                db.session.commit()
                said = ngettext(
                    "%(num)d complaint is being linked.",
                    "%(num)d complaints are being linked.",
                    count,
                )
                flash(said, "success")
                to = url_for("problems.problem", problem=problem.number)
                return redirect(to, HTTPStatus.SEE_OTHER)
            except Refused as refusal:
                db.session.rollback()
                show_refusal(refusal, form)
    total = db.session.scalar(select(func.count(Complaint.id)).where(condition)) or 0
    asked_again: dict[str, Any] = request.args.to_dict(flat=False)
    back = url_for("complaints.index", **asked_again)
    page = render_template("problems/link_many.html", form=form, total=total, back=back)
    return page, status


def _form(problems: list[Problem]) -> LinkForm:
    form = LinkForm()
    form.problem.choices = [("", gettext("Please choose"))] + [
        (each.number, f"{each.number} · {each.title} · {name_in(each.category.names)}")
        for each in problems
    ]
    return form
