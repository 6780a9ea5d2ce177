"""The pages on which roles are given and taken."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from tickets.administration import people, rights
from tickets.administration.rights import RightsOutcome
from tickets.clock import now
from tickets.database import db
from tickets.models import Membership, Person, Unit
from tickets.web.admin.people import answer_person_form
from tickets.web.admin.successors import offer_successors, successor_of
from tickets.web.admin.units import unit_choices
from tickets.web.shell.admin_forms import RoleForm, SuccessorForm
from tickets.web.shell.labels import choices_of
from tickets.web.shell.saving import loaded
from tickets.web.shell.viewer import reader
from workflow.words import Role


def grant_role(person_id: UUID) -> ResponseReturnValue:
    person = loaded(Person, person_id)
    form = RoleForm()
    form.unit.choices = unit_choices()
    form.role.choices = choices_of(Role)

    def page() -> str:
        return render_template("admin/grant_role.html", form=form, person=person)

    return answer_person_form(form, person, lambda: _grant(person, form), page)


def take_role(person_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    person = loaded(Person, person_id)
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.person_id != person_id:
        abort(404)
    form = offer_successors(SuccessorForm(), person)

    def page() -> str:
        return render_template(
            "admin/take_role.html",
            form=form,
            person=person,
            membership=membership,
            burden=people.burden_of(person),
            needed=people.needs_successor(person, without=membership),
        )

    return answer_person_form(form, person, lambda: _take(membership, form), page)


def _grant(person: Person, form: RoleForm) -> RightsOutcome:
    unit = db.session.get_one(Unit, UUID(form.unit.data))
    return rights.grant_role(person, unit, Role(form.role.data), actor=reader(), now=now())


def _take(membership: Membership, form: SuccessorForm) -> RightsOutcome:
    return rights.take_role(membership, successor_of(form), actor=reader(), now=now())
