"""The forms of a problem, and what is chosen from in them."""

from typing import TypeVar
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tickets.actors import HANDLING, OVERSIGHT
from tickets.database import db
from tickets.models import Category, Cause, Membership, Person, Problem, Unit
from tickets.problems.keeping import ProblemPlan
from tickets.web.shell.labels import choices_of, name_in
from tickets.web.shell.moment_field import MomentField
from tickets.web.shell.typed import storable, trimmed
from workflow.words import ProblemKind, Role

OWNING = (*OVERSIGHT, *HANDLING, Role.FRONT_DESK)
TEXT = 10_000
Named = TypeVar("Named", Category, Cause)
TEXT_OF_MESSAGE = 1_000


class ProblemForm(FlaskForm):
    version = HiddenField()
    title = StringField(
        lazy_gettext("Title"), [InputRequired(), Length(max=200), storable], filters=[trimmed]
    )
    kind = SelectField(lazy_gettext("Kind"), [InputRequired()])
    unit = SelectField(lazy_gettext("Unit"), [InputRequired()])
    category = SelectField(lazy_gettext("Category of its complaints"), [InputRequired()])
    cause = SelectField(lazy_gettext("Cause"))
    owner = SelectField(lazy_gettext("Owner"), [InputRequired()])
    measure = TextAreaField(
        lazy_gettext("Measure"), [Length(max=TEXT), storable], filters=[trimmed]
    )
    due_at = MomentField(lazy_gettext("Measure due"))
    effective_at = MomentField(
        lazy_gettext("Measure took effect"),
        description=lazy_gettext("Complaints per week before and after this are compared."),
    )

    def plan(self) -> ProblemPlan:
        return ProblemPlan(
            title=self.title.data or "",
            kind=ProblemKind(self.kind.data),
            unit_id=UUID(self.unit.data),
            category_id=UUID(self.category.data),
            owner_id=UUID(self.owner.data),
            cause_id=UUID(self.cause.data) if self.cause.data else None,
            measure=self.measure.data or "",
            due_at=self.due_at.data,
            effective_at=self.effective_at.data,
        )


class ProgressForm(FlaskForm):
    version = HiddenField()
    message = TextAreaField(
        lazy_gettext("How it stands, as the customers get to read it"),
        [InputRequired(), Length(max=TEXT_OF_MESSAGE), storable],
        filters=[trimmed],
    )
    expected_at = MomentField(lazy_gettext("Expected to be solved by"))


class ClosingForm(FlaskForm):
    version = HiddenField()
    effect = TextAreaField(
        lazy_gettext("What was achieved"),
        [InputRequired(), Length(max=TEXT), storable],
        filters=[trimmed],
    )


class LinkForm(FlaskForm):
    version = HiddenField()
    problem = SelectField(lazy_gettext("Problem"), [InputRequired()])


def problem_form(units: list[Unit], person: Person, problem: Problem | None) -> ProblemForm:
    """The form with its lists; what a problem holds already can always stay."""
    form = ProblemForm(data=_first(person, problem))
    kept = [problem.unit] if problem and problem.unit_id not in {each.id for each in units} else []
    choose = [("", gettext("Please choose"))]
    form.kind.choices = choices_of(ProblemKind)
    form.unit.choices = [(str(each.id), name_in(each.names)) for each in (*units, *kept)]
    form.category.choices = choose + _named(Category, problem.category_id if problem else None)
    form.cause.choices = [("", "–"), *_named(Cause, problem.cause_id if problem else None)]
    form.owner.choices = _owners()
    return form


def _first(person: Person, problem: Problem | None) -> dict[str, object]:
    if problem is None:
        return {"owner": str(person.id)}
    return {
        "version": problem.version,
        "title": problem.title,
        "kind": problem.kind.value,
        "unit": str(problem.unit_id),
        "category": str(problem.category_id),
        "cause": str(problem.cause_id) if problem.cause_id else "",
        "owner": str(problem.owner_id),
        "measure": problem.measure,
        "due_at": problem.due_at,
        "effective_at": problem.effective_at,
    }


def _named(model: type[Named], kept: UUID | None) -> list[tuple[str, str]]:
    rows = db.session.scalars(select(model).where(model.active | (model.id == kept)))
    named = [(str(row.id), name_in(row.names)) for row in rows]
    return sorted(named, key=lambda pair: pair[1])


def _owners() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(
            Person.active,
            Person.id.in_(select(Membership.person_id).where(Membership.role.in_(OWNING))),
        )
        .order_by(Person.name, Person.id)
    )
    return [(str(row.id), row.name) for row in rows]
