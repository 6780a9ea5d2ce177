"""Absences: who is away, who stands in, entered and ended by whoever may (OWN-06)."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tickets.clock import now
from tickets.database import db
from tickets.models import Absence, Person
from tickets.people import absences, substitutes
from tickets.web.shell.moment_field import MomentField
from tickets.web.shell.saving import answer_button, answer_form
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader

NOTE_LENGTH = 200

blueprint = Blueprint("absences", __name__, url_prefix="/absences")


class AbsenceForm(FlaskForm):
    person = SelectField(lazy_gettext("Who is away"), [InputRequired()])
    substitute = SelectField(lazy_gettext("Who stands in"), [InputRequired()])
    starts_at = MomentField(lazy_gettext("Away from"), [InputRequired()])
    ends_at = MomentField(lazy_gettext("Back from"), [InputRequired()])
    note = StringField(lazy_gettext("Note"), [Length(max=NOTE_LENGTH), storable], filters=[trimmed])


@blueprint.app_template_global("standing_in")
def whom_the_viewer_stands_in_for(viewer: Person | None) -> list[tuple[str, datetime]]:
    """For the banner of every page."""
    return list(substitutes.stood_in_by(viewer, now())) if viewer is not None else []


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """GET: what is entered, and the form; POST: enter an absence."""
    moment, person = now(), reader()
    form = _form(person, moment)
    return answer_form(
        form,
        lambda: _enter(form, person, moment),
        page=lambda: _page(form, person, moment),
        then=url_for("absences.index"),
    )


@blueprint.post("/<uuid:absence_id>/end")
def end(absence_id: UUID) -> ResponseReturnValue:
    """Back earlier, or not leaving after all."""
    moment, person = now(), reader()
    row = db.session.get(Absence, absence_id, with_for_update={"of": Absence})
    if row is None or row.ends_at <= moment:
        abort(404)
    if row.person_id not in {each.id for each in substitutes.people_for(person)}:
        abort(404)
    return answer_button(
        lambda: absences.end(row, actor=person, now=moment),
        back=url_for("absences.index"),
        said=gettext("The absence is ended."),
    )


def _form(person: Person, moment: datetime) -> AbsenceForm:
    form = AbsenceForm(data={"person": str(person.id), "starts_at": moment})
    form.person.choices = [(str(each.id), _named(each)) for each in substitutes.people_for(person)]
    form.substitute.choices = [
        ("", ""),
        *((str(each.id), _named(each)) for each in substitutes.substitutes()),
    ]
    return form


def _named(person: Person) -> str:
    return f"{person.name} · {person.login}"


def _enter(form: AbsenceForm, person: Person, moment: datetime) -> None:
    starts_at, ends_at = form.starts_at.data, form.ends_at.data
    if starts_at is None or ends_at is None:
        return
    absences.enter(
        db.session.get_one(Person, UUID(form.person.data)),
        db.session.get(Person, UUID(form.substitute.data)),
        starts_at,
        ends_at,
        actor=person,
        now=moment,
        note=form.note.data or "",
    )


def _page(form: AbsenceForm, person: Person, moment: datetime) -> str:
    return render_template(
        "accounts/absences.html",
        form=form,
        rows=substitutes.entered(person, moment),
        alone=len(form.person.choices or ()) == 1,
        person=person,
        now=moment,
    )
