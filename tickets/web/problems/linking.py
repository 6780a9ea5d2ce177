"""Linking from a complaint, and linking everything that a list shows."""

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import func, select

from tickets.clock import now
from tickets.complaints.lists import conditions
from tickets.database import db
from tickets.models import Complaint, Problem
from tickets.problems import linking
from tickets.problems.seeing import may_manage, units_managed_by
from tickets.visibility import visible_complaint
from tickets.web.complaints.filters import asked_for
from tickets.web.problems.forms import LinkForm
from tickets.web.shell.labels import name_in
from tickets.web.shell.links import url_with
from tickets.web.shell.saving import answer_button, answer_form
from tickets.web.shell.seen_problem import visible_problem
from tickets.web.shell.viewer import reader


def link_one(number: str) -> ResponseReturnValue:
    """GET: the open problems, those of its category first; POST: link it by the one door."""
    person, moment = reader(), now()
    complaint = visible_complaint(number, person)
    form = _form(linking.proposed_for(person, complaint.category_id))

    def link() -> None:
        problem = visible_problem(form.problem.data, person)
        linking.link(problem, complaint, actor=person, now=now())

    def page() -> str:
        return render_template("problems/link.html", form=form, complaint=complaint, now=moment)

    def overtaken() -> ResponseReturnValue:
        form.form_errors.append(gettext("Somebody else was faster. Please send it again."))
        return page(), HTTPStatus.CONFLICT

    return answer_form(
        form,
        link,
        page=page,
        then=url_for("complaints.complaint", number=number),
        said=gettext("The complaint is linked to the problem."),
        overtaken=overtaken,
    )


def unlink_one(number: str) -> ResponseReturnValue:
    person = reader()
    complaint = visible_complaint(number, person)
    problem = visible_problem(request.form.get("problem", ""), person)
    return answer_button(
        lambda: linking.unlink(problem, complaint, actor=person, now=now()),
        back=url_for("complaints.complaint", number=number),
        said=gettext("The complaint is no longer linked to the problem."),
    )


def link_many() -> ResponseReturnValue:
    """Everything that the list with this address shows: how many that are, and to which problem."""
    person, moment = reader(), now()
    if not units_managed_by(person):
        abort(404)
    asked = asked_for(person, moment)
    condition = conditions(asked.filters, person)
    form = _form([each for each in linking.proposed_for(person) if may_manage(person, each)])

    def link() -> tuple[Problem, int]:
        problem = visible_problem(form.problem.data, person)
        return problem, linking.link_many(problem, condition, actor=person, now=moment)

    def page() -> str:
        total = db.session.scalar(select(func.count(Complaint.id)).where(condition)) or 0
        return render_template("problems/link_many.html", form=form, total=total, back=_list())

    def then(linked: tuple[Problem, int]) -> ResponseReturnValue:
        problem, count = linked
        flash(
            ngettext(
                "%(num)d complaint is being linked.", "%(num)d complaints are being linked.", count
            ),
            "success",
        )
        to = url_for("problems.problem", problem=problem.number)
        return redirect(to, HTTPStatus.SEE_OTHER)

    return answer_form(form, link, page=page, then=then, said="")


def _list() -> str:
    """The list whose complaints are linked: its address has the same query."""
    return url_with("complaints.index", request.args.to_dict(flat=False))


def _form(problems: list[Problem]) -> LinkForm:
    form = LinkForm()
    form.problem.choices = [("", gettext("Please choose"))] + [
        (each.number, f"{each.number} · {each.title} · {name_in(each.category.names)}")
        for each in problems
    ]
    return form
