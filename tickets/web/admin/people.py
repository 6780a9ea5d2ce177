"""The pages of people and their accounts."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from tickets.accounts import passwords
from tickets.administration import people as admin_people
from tickets.administration import rights
from tickets.administration.rights import RightsOutcome
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Person
from tickets.web.admin.successors import offer_successors, successor_of
from tickets.web.shell.admin_forms import AdminForm, NewPersonForm, PersonForm, SuccessorForm
from tickets.web.shell.paging import Paging
from tickets.web.shell.saving import Said, answer_button, answer_form, loaded, said_of
from tickets.web.shell.viewer import reader


def people() -> ResponseReturnValue:
    words = request.args.get("q", "")[:100].replace("\x00", "")
    with_inactive = request.args.get("inactive") == "1"
    matches = admin_people.found_by(words, with_inactive=with_inactive)
    total = db.session.scalar(select(func.count()).select_from(Person).where(matches)) or 0
    paging = Paging.of_request(total)
    query = select(Person).where(matches).order_by(Person.login)
    found = db.session.scalars(paging.cut(query)).all()
    return render_template(
        "admin/people.html",
        people=found,
        paging=paging,
        words=words,
        with_inactive=with_inactive,
    )


def add_person() -> ResponseReturnValue:
    form = NewPersonForm()

    def add() -> tuple[Person, str]:
        password = passwords.new_password()
        return _added(form, password), password

    return answer_form(
        form,
        add,
        page=lambda: render_template("admin/add_person.html", form=form),
        then=lambda added: password_page(*added),
    )


def person(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    form = PersonForm(data={"version": version_of(Subject.PERSON, person_id), "name": shown.name})

    def change() -> None:
        admin_people.rename(shown, name=form.name.data or "", actor=reader(), now=now())

    return answer_form(
        form,
        change,
        page=lambda: _person_page(form, shown),
        then=person_address(person_id),
        known=(Subject.PERSON, person_id),
    )


def issue_password(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    page = person_address(person_id)

    def issue() -> RightsOutcome:
        return rights.issue_password(shown, actor=reader(), now=now())

    def then(outcome: RightsOutcome) -> ResponseReturnValue:
        if outcome.password:
            return password_page(shown, outcome.password)
        flash(*said_of(outcome))
        return redirect(page, HTTPStatus.SEE_OTHER)

    return answer_button(issue, back=page, then=then, said="")


def enable_person(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    page = person_address(person_id)

    def enable() -> RightsOutcome:
        return rights.enable(shown, actor=reader(), now=now())

    def said(outcome: RightsOutcome) -> Said:
        if outcome.request is not None:
            return said_of(outcome)
        return gettext("The account is open again."), "success"

    return answer_button(enable, back=page, said=said)


def disable_person(person_id: UUID) -> ResponseReturnValue:
    shown = loaded(Person, person_id)
    burden = admin_people.burden_of(shown)
    form = offer_successors(SuccessorForm(), shown)

    def page() -> str:
        return render_template(
            "admin/disable_person.html",
            form=form,
            person=shown,
            burden=burden,
            needed=burden.complaints > 0,
        )

    return answer_person_form(form, shown, lambda: _disable(shown, form), page)


def _disable(shown: Person, form: SuccessorForm) -> RightsOutcome:
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


def person_address(person_id: UUID) -> str:
    return url_for("admin.person", person_id=person_id)


def answer_person_form(
    form: AdminForm, person: Person, act: Callable[[], RightsOutcome], page: Callable[[], str]
) -> ResponseReturnValue:
    """A form beside the page of a person: opened now, it is about them as they are now."""

    def shown() -> str:
        if not form.is_submitted():
            form.version.data = version_of(Subject.PERSON, person.id)
        return page()

    return answer_form(
        form,
        act,
        page=shown,
        then=person_address(person.id),
        known=(Subject.PERSON, person.id),
    )


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
