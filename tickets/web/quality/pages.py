"""Second calls: the sample, one call with its score, and what supervisors look at after."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from tickets.clock import now
from tickets.complaints.details import dossier_of
from tickets.complaints.merged import unhappy_callbacks
from tickets.models import QualitySample, SampleState, Verdict
from tickets.quality import scoring
from tickets.reports.quality import MARKS
from tickets.web.shell.labels import choices_of
from tickets.web.shell.options import options
from tickets.web.shell.saving import answer_form
from tickets.web.shell.typed import trimmed
from tickets.web.shell.viewer import reader
from workflow.reasons import Refused
from workflow.words import CallOutcome

blueprint = Blueprint("quality", __name__, url_prefix="/quality")

POINTS = (("0", "0"), ("1", "1"), ("2", "2"))


class CallForm(FlaskForm):
    """One attempt at the second call."""

    outcome = SelectField(lazy_gettext("Outcome"), validators=[InputRequired()])
    number = StringField(
        lazy_gettext("Number dialled"), validators=[Length(max=200)], filters=[trimmed]
    )


class ScoreForm(FlaskForm):
    """The form, version 1: five items, what the customer said, a comment."""

    verdict = SelectField(lazy_gettext("What the customer said"), validators=[InputRequired()])
    comment = TextAreaField(
        lazy_gettext("Comment"), validators=[Length(max=scoring.LONGEST_COMMENT)], filters=[trimmed]
    )


for _mark, _title in MARKS:
    setattr(
        ScoreForm,
        _mark.key,
        RadioField(
            lazy_gettext(_title),
            choices=options(POINTS),
            validators=[InputRequired()],
        ),
    )


class NoteForm(FlaskForm):
    """Why it is skipped, or what was found and done."""

    note = TextAreaField(
        lazy_gettext("What you found"),
        validators=[DataRequired(), Length(max=scoring.LONGEST_COMMENT)],
        filters=[trimmed],
    )


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """What is to be called, the longest closed first; and what was scored."""
    scored = request.args.get("state") == "scored"
    states = (SampleState.SCORED, SampleState.SKIPPED) if scored else (SampleState.OPEN,)
    rows = scoring.samples(reader(), *states)
    return render_template("quality/index.html", rows=rows, scored=scored)


@blueprint.get("/<uuid:sample_id>")
def sample(sample_id: UUID) -> ResponseReturnValue:
    return _page(_sample(sample_id), _call_form(), _score_form(), NoteForm(formdata=None))


@blueprint.post("/<uuid:sample_id>/call")
def call(sample_id: UUID) -> ResponseReturnValue:
    found, form = _sample(sample_id), _call_form()

    def record() -> None:
        outcome, number = CallOutcome(form.outcome.data), form.number.data or ""
        scoring.record_call(found, outcome, number, actor=reader(), now=now())

    return answer_form(
        form,
        record,
        page=lambda: _page(found, form, _score_form(), NoteForm(formdata=None)),
        then=url_for("quality.sample", sample_id=sample_id),
        said=gettext("The attempt is recorded."),
        refused=lambda refusal: _overtaken(found, refusal),
    )


@blueprint.post("/<uuid:sample_id>/score")
def score(sample_id: UUID) -> ResponseReturnValue:
    found, form = _sample(sample_id), _score_form()

    def score() -> None:
        marks = {name: int(form[name].data) for name in scoring.ITEMS}
        verdict, comment = Verdict(form.verdict.data), form.comment.data or ""
        scoring.score(found, marks, verdict, comment, actor=reader(), now=now())

    return answer_form(
        form,
        score,
        page=lambda: _page(found, _call_form(), form, NoteForm(formdata=None)),
        then=url_for("quality.index"),
        said=lambda _: (gettext("Scored: %(percent)s percent.", percent=found.percent), "success"),
        refused=lambda refusal: _overtaken(found, refusal),
    )


@blueprint.post("/<uuid:sample_id>/skip")
def skip(sample_id: UUID) -> ResponseReturnValue:
    found, form = _sample(sample_id), NoteForm()
    return answer_form(
        form,
        lambda: scoring.skip(found, form.note.data or "", actor=reader(), now=now()),
        page=lambda: _page(found, _call_form(), _score_form(), form),
        then=url_for("quality.index"),
        said=gettext("Skipped, with its reason."),
        refused=lambda refusal: _overtaken(found, refusal),
    )


def _overtaken(found: QualitySample, refusal: Refused) -> ResponseReturnValue:
    """A colleague was faster: what they did stands."""
    for reason in refusal.reasons:
        flash(gettext(reason.sentence), "warning")
    return redirect(url_for("quality.sample", sample_id=found.id), HTTPStatus.SEE_OTHER)


def _page(found: QualitySample, call: CallForm, score: ScoreForm, note: NoteForm) -> str:
    person = reader()
    complaint = found.complaint
    return render_template(
        "quality/sample.html",
        sample=found,
        complaint=complaint,
        dossier=dossier_of(complaint, person),
        calls=scoring.calls_of(found),
        withdrawal=scoring.withdrawal_of(found),
        unhappy=unhappy_callbacks([complaint])[complaint.id],
        call=call,
        score=score,
        note=note,
        items=[(mark.key, title) for mark, title in MARKS],
    )


def _call_form() -> CallForm:
    form = CallForm()
    form.outcome.choices = choices_of(CallOutcome)
    return form


def _score_form() -> ScoreForm:
    form = ScoreForm()
    form.verdict.choices = choices_of(Verdict)
    return form


def _sample(sample_id: UUID) -> QualitySample:
    found = scoring.sample_of(sample_id, reader())
    if found is None:
        abort(404)
    return found


@blueprint.get("/reviews")
def reviews() -> ResponseReturnValue:
    """What a low score asks this supervisor to look at."""
    done = request.args.get("state") == "done"
    return _reviews(done=done)


@blueprint.post("/reviews/<uuid:task_id>")
def finish(task_id: UUID) -> ResponseReturnValue:
    task = scoring.review_of(task_id, reader())
    if task is None:
        abort(404)
    form = NoteForm()
    return answer_form(
        form,
        lambda: scoring.finish_review(task, form.note.data or "", actor=reader(), now=now()),
        page=lambda: _reviews(form=form, wrong=task_id),
        then=url_for("quality.reviews"),
        said=gettext("The review is done."),
    )


def _reviews(*, done: bool = False, form: NoteForm | None = None, wrong: UUID | None = None) -> str:
    return render_template(
        "quality/reviews.html",
        tasks=scoring.reviews(reader(), done=done),
        done=done,
        form=form or NoteForm(formdata=None),
        wrong=wrong,
        now=now(),
    )
