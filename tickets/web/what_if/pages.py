"""The pages of what if: what was asked, asking, the answer (M-05: it writes nothing else)."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import or_, select

from tickets.clock import now
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts.months import midnight
from tickets.limits import DEFAULT_PACK, versions
from tickets.limits.comparison import Difference, Section, differences
from tickets.limits.editing import Row as Document
from tickets.models import FileFormat, Job, Person, Unit, WhatIf
from tickets.visibility import overseen_paths
from tickets.web.files import books
from tickets.web.limits import words
from tickets.web.limits.explain import document_named
from tickets.web.limits.forms import unit_choices
from tickets.web.limits.pages import PACK, VERSION, sources
from tickets.web.shell.labels import name_in
from tickets.web.shell.saving import answer_button, answer_form
from tickets.web.shell.viewer import reader
from tickets.web.what_if import files
from tickets.web.what_if.figures import ResultLine, lines
from tickets.web.what_if.forms import (
    NameForm,
    QuestionForm,
    document_typed,
    first_day,
    months,
    question_form,
    unit_fields,
)
from tickets.web.what_if.words import definitions, sum_after, sum_before
from tickets.what_if import AskedPeriod
from tickets.what_if import runs as what_if_runs
from tickets.what_if.runs import AT_ONCE, Question
from workflow.limits_document import read
from workflow.spans import DAYS
from workflow.words import JobState


def index() -> ResponseReturnValue:
    runs = what_if_runs.runs_of(reader(), now())
    return render_template("what_if/index.html", runs=runs)


def new() -> ResponseReturnValue:
    person, moment = reader(), now()
    chosen = request.values.get("base", "") or _usual_base()
    title, before = document_named(chosen)
    form = _form(person, moment, chosen, before)

    def page() -> str:
        return render_template(
            "what_if/new.html",
            form=form,
            chosen=chosen,
            sources=sources(),
            limits=read(before, key="", number=0),
            unit_fields=unit_fields(form),
            days=DAYS,
            words=words,
            at_once=AT_ONCE,
        )

    return answer_form(
        form,
        lambda: _ask(form, person, moment, title, before),
        page=page,
        then=lambda run: redirect(url_for("what_if.run", run_id=run.id), HTTPStatus.SEE_OTHER),
        said="",
    )


def run(run_id: UUID) -> ResponseReturnValue:
    shown = _run(run_id)
    names, found = _figures(shown)
    return render_template(
        "what_if/run.html",
        run=shown,
        form=NameForm(data={"name": shown.name}),
        lines=found,
        names=names,
        scope=_scope(shown),
        differences=_changed(shown),
        words=words,
        definitions=definitions(),
        sum_before=sum_before,
        sum_after=sum_after,
        failed=_failed(shown),
        now=now(),
    )


def as_csv(run_id: UUID) -> ResponseReturnValue:
    return _file(run_id, FileFormat.CSV)


def as_xlsx(run_id: UUID) -> ResponseReturnValue:
    return _file(run_id, FileFormat.XLSX)


def _file(run_id: UUID, format: FileFormat) -> ResponseReturnValue:
    """A finished run as a file; figures of half a run would be taken for the whole."""
    shown = _run(run_id)
    if shown.finished_at is None:
        abort(404)
    names, found = _figures(shown)
    return books.answer(
        files.about(shown, _scope(shown), found[-1]),
        files.sheets(found, names, _changed(shown)),
        f"what-if-{shown.first_month}-{shown.last_month}",
        format,
    )


def _figures(shown: WhatIf) -> tuple[dict[UUID, str], list[ResultLine]]:
    """The names of its departments, and its lines."""
    tally = what_if_runs.tally_of(shown)
    names = _names({cell.unit_id for cell in tally})
    return names, lines(tally, names)


def _changed(shown: WhatIf) -> list[Difference]:
    """What differs in the limits; nobody is told of a clock that is only reckoned."""
    found = differences(shown.before, shown.document)
    return [each for each in found if each.section is not Section.LADDER]


def rename(run_id: UUID) -> ResponseReturnValue:
    shown = _run(run_id)
    form = NameForm()
    if form.validate():
        shown.name = form.name.data or shown.name
        db.session.commit()
        flash(gettext("Saved."), "success")
    else:
        for error in form.name.errors:
            flash(f"{form.name.label.text}: {error}", "danger")
    return redirect(url_for("what_if.run", run_id=run_id), HTTPStatus.SEE_OTHER)


def remove(run_id: UUID) -> ResponseReturnValue:
    shown = _run(run_id)
    return answer_button(
        lambda: what_if_runs.remove(shown), back=url_for("what_if.index"), said=gettext("Removed.")
    )


def _run(run_id: UUID) -> WhatIf:
    """One of the reader's own; unknown, foreign and expired look alike."""
    return what_if_runs.run_of(run_id, reader(), now()) or abort(404)


def _usual_base() -> str:
    in_force = versions.version_in_force()
    return f"{VERSION}:{in_force.id}" if in_force is not None else f"{PACK}:{DEFAULT_PACK}"


def _form(person: Person, moment: datetime, chosen: str, before: Document) -> QuestionForm:
    known = months(moment.astimezone(operators_zone()).date())
    last = known[1][0]
    form = question_form(
        before,
        unit_choices(),
        {
            "name": request.args.get("name") or gettext("What if, %(month)s", month=last),
            "base": chosen,
            "first_month": request.args.get("first_month") or last,
            "last_month": request.args.get("last_month") or last,
            "unit": request.args.get("unit", ""),
        },
    )
    form.first_month.choices = form.last_month.choices = known
    form.unit.choices = [
        ("", gettext("Everything")),
        *((str(unit.id), name_in(unit.names)) for unit in _overseen(person)),
    ]
    return form


def _overseen(person: Person) -> Sequence[Unit]:
    """What the person oversees, as a tree read from above."""
    paths = overseen_paths(person)
    below = or_(*(Unit.path.startswith(path) for path in paths)) if paths else Unit.path.is_(None)
    return db.session.scalars(select(Unit).where(below).order_by(Unit.path)).all()


def _ask(
    form: QuestionForm, person: Person, moment: datetime, title: str, before: Document
) -> WhatIf:
    """Raises Refused when the limits cannot be used."""
    unit = next((each for each in _overseen(person) if str(each.id) == form.unit.data), None)
    zone = operators_zone().key
    ends = midnight(first_day(form.last_month.data, later=1), zone)
    period = AskedPeriod(
        midnight(first_day(form.first_month.data), zone),
        min(ends, moment),
        [unit.path] if unit is not None else overseen_paths(person),
    )
    question = Question(
        name=form.name.data or "",
        first_month=form.first_month.data,
        last_month=form.last_month.data,
        period=period,
        base=form.base.data or "",
        base_title=title,
        before=before,
        document=document_typed(form, before),
    )
    return what_if_runs.ask(question, by=person.id, now=moment)


def _names(units: set[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Unit.id, Unit.names).where(Unit.id.in_(units)))
    return {key: name_in(names) for key, names in rows}


def _scope(shown: WhatIf) -> list[str]:
    """The names of the topmost units that were asked about."""
    rows = db.session.scalars(select(Unit).where(Unit.path.in_(shown.paths)).order_by(Unit.path))
    return [name_in(unit.names) for unit in rows]


def _failed(shown: WhatIf) -> bool:
    """Whether the work in the background gave up."""
    if shown.finished_at is not None:
        return False
    query = select(Job.state).where(Job.name == what_if_runs.JOB, Job.once == str(shown.id))
    return db.session.scalar(query) is JobState.FAILED
