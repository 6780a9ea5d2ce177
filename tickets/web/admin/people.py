"""The pages of people and their accounts."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from tickets.accounts import passwords
from tickets.administration import people as admin_people
from tickets.administration import rights
from tickets.administration.rights import Outcome
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Person
from tickets.web.admin.successors import offer_successors, successor_of
from tickets.web.shell.admin_forms import NewPersonForm, PersonForm, SuccessorForm
from tickets.web.shell.drafts import prefill
from tickets.web.shell.refusals import sentence_of
from tickets.web.shell.saving import done, loaded, said_of, save
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused

PAGE_LENGTH = 50


def people() -> ResponseReturnValue:
    words = request.args.get("q", "")[:100].replace("\x00", "")
    with_inactive = request.args.get("inactive") == "1"
    matches = admin_people.found_by(words, with_inactive=with_inactive)
    total = db.session.scalar(select(func.count()).select_from(Person).where(matches)) or 0
    pages = max(1, -(-total // PAGE_LENGTH))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    found = db.session.scalars(
        select(Person)
        .where(matches)
        .order_by(Person.login)
        .offset((page - 1) * PAGE_LENGTH)
        .limit(PAGE_LENGTH)
    ).all()
    return render_template(
        "admin/people.html",
        people=found,
        total=total,
        page=page,
        pages=pages,
        words=words,
        with_inactive=with_inactive,
    )


def add_person() -> ResponseReturnValue:
    form = NewPersonForm()
    prefill(form)
    if not form.validate_on_submit():
        return _new_page(form), HTTPStatus.OK if request.method == "GET" else 422
    password = passwords.new_password()
    added: list[Person] = []
    status = done(form, lambda: added.append(_added(form, password)))
    if status is not HTTPStatus.SEE_OTHER:
        return _new_page(form), status
    return password_page(added[0], password)


def person(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    form = PersonForm(data={"version": version_of(Subject.PERSON, person_id), "name": shown.name})
    prefill(form)
    if not form.validate_on_submit():
        return _person_page(form, shown), HTTPStatus.OK if request.method == "GET" else 422

    def change() -> None:
        admin_people.rename(shown, name=form.name.data or "", actor=reader(), now=now())

    status = save(form, Subject.PERSON, person_id, change)
    if status is HTTPStatus.SEE_OTHER:
        return _to(person_id)
    return _person_page(form, shown), status


def issue_password(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    try:
        outcome = rights.issue_password(shown, actor=reader(), now=now())
    except Refused as refusal:
        return _told(refusal, person_id)
    db.session.commit()
    if outcome.password:
        return password_page(shown, outcome.password)
    flash(*said_of(outcome))
    return _to(person_id)


def enable_person(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    try:
        outcome = rights.enable(shown, actor=reader(), now=now())
    except Refused as refusal:
        return _told(refusal, person_id)
    db.session.commit()
    opened = gettext("The account is open again."), "success"
    flash(*(said_of(outcome) if outcome.request is not None else opened))
    return _to(person_id)


def disable_person(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    burden = admin_people.burden_of(shown)
    form = offer_successors(SuccessorForm(), shown)
    prefill(form)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            status = save(form, Subject.PERSON, person_id, lambda: _disable(shown, form))
    if status is HTTPStatus.SEE_OTHER:
        return _to(person_id)
    if request.method == "GET":
        form.version.data = version_of(Subject.PERSON, person_id)
    return render_template(
        "admin/disable_person.html",
        form=form,
        person=shown,
        burden=burden,
        needed=burden.complaints > 0,
    ), status


def _disable(shown: Person, form: SuccessorForm) -> Outcome:
    return rights.disable(shown, successor_of(form), actor=reader(), now=now())


def _added(form: NewPersonForm, password: str) -> Person:
    return admin_people.add_person(
        login=form.login.data or "",
        name=form.name.data or "",
        password=password,
        is_initial=True,
        actor=reader(),
        now=now(),
    )


def _told(refusal: Refused, person_id: UUID) -> ResponseReturnValue:
    db.session.rollback()
    for reason in refusal.reasons:
        flash(sentence_of(reason), "danger")
    return _to(person_id)


def _to(person_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("admin.person", person_id=person_id), 303)


def _new_page(form: NewPersonForm) -> str:
    return render_template("admin/add_person.html", form=form)


def _person_page(form: PersonForm, shown: Person) -> str:
    return render_template(
        "admin/person.html",
        form=form,
        person=shown,
        burden=admin_people.burden_of(shown),
        history=history_of(Subject.PERSON, shown.id),
        waiting=rights.requests_about(shown, now()),
        what=rights.WHAT,
    )


def password_page(shown: Person, password: str) -> ResponseReturnValue:
    """The one page that ever shows it; it stays out of flashes, because those go into a cookie."""
    response = make_response(
        render_template("admin/issued_password.html", person=shown, password=password)
    )
    response.headers["Cache-Control"] = "no-store"
    return response
