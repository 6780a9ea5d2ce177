"""The pages on which roles are given and taken."""

from http import HTTPStatus
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tickets.administration import people, rights
from tickets.administration.rights import Outcome
from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, version_of
from tickets.models import Membership, Person, Unit
from tickets.web.admin.successors import offer_successors, successor_of
from tickets.web.admin.units import unit_choices
from tickets.web.shell.admin_forms import RoleForm, SuccessorForm
from tickets.web.shell.drafts import prefill
from tickets.web.shell.labels import choices_of
from tickets.web.shell.saving import loaded, save
from tickets.web.shell.viewer import reader
from workflow.words import Role


def grant_role(person_id: UUID) -> ResponseReturnValue:
    person = loaded(Person, person_id)
    form = RoleForm()
    form.unit.choices = unit_choices()
    form.role.choices = choices_of(Role)
    prefill(form)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            status = save(form, Subject.PERSON, person_id, lambda: _grant(person, form))
    if status is HTTPStatus.SEE_OTHER:
        return _to(person_id)
    if request.method == "GET":
        form.version.data = version_of(Subject.PERSON, person_id)
    return render_template("admin/grant_role.html", form=form, person=person), status


def take_role(person_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    person = loaded(Person, person_id)
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.person_id != person_id:
        abort(404)
    form = offer_successors(SuccessorForm(), person)
    prefill(form)
    needed = people.needs_successor(person, without=membership)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            status = save(form, Subject.PERSON, person_id, lambda: _take(membership, form))
    if status is HTTPStatus.SEE_OTHER:
        return _to(person_id)
    if request.method == "GET":
        form.version.data = version_of(Subject.PERSON, person_id)
    return render_template(
        "admin/take_role.html",
        form=form,
        person=person,
        membership=membership,
        burden=people.burden_of(person),
        needed=needed,
    ), status


def _grant(person: Person, form: RoleForm) -> Outcome:
    unit = db.session.get_one(Unit, UUID(form.unit.data))
    return rights.grant_role(person, unit, Role(form.role.data), actor=reader(), now=now())


def _take(membership: Membership, form: SuccessorForm) -> Outcome:
    return rights.take_role(membership, successor_of(form), actor=reader(), now=now())


def _to(person_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("admin.person", person_id=person_id), 303)
