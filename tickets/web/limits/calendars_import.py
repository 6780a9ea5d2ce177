"""Reading the days of a calendar from a file: seen first, kept in the draft after (SLA-11)."""

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField

from tickets.clock import now
from tickets.database import db
from tickets.history.administration import Subject, version_of
from tickets.limits.calendars import changes, usual_hours, with_days, with_more_days
from tickets.limits.comparison import spans_as_text
from tickets.limits.day_files import DaysRead, read_days
from tickets.limits.editing import Row, put_calendar
from tickets.models import LimitsVersion
from tickets.web.limits import words
from tickets.web.limits.calendars import stored_calendar
from tickets.web.limits.calendars_typed import Days
from tickets.web.limits.pages import parsed
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.refusals import sentence_of
from tickets.web.shell.saving import answer_form, loaded
from tickets.web.shell.viewer import reader
from workflow.reasons import Reason, Refused

SHOWN_REASONS = 50


class FileForm(AdminForm):
    file = FileField(lazy_gettext("File"), [FileRequired(lazy_gettext("Choose a file."))])
    official = BooleanField(
        lazy_gettext("These are all the official days of their years"), default=True
    )


class KeepForm(AdminForm):
    """What was read, one day a line, as it was shown."""

    holidays = HiddenField()
    special_hours = HiddenField()
    official = HiddenField()


def import_days(version_id: UUID, code: str) -> ResponseReturnValue:
    """The form for the file; sent, what changes in the calendar."""
    shown = loaded(LimitsVersion, version_id)
    stored = stored_calendar(shown, code)
    form = FileForm()
    if request.method == "POST" and form.validate():
        read = _read(form, shown, code, stored)
        if read is not None:
            data = {**_as_lines(read), "official": "y" if form.official.data else ""}
            data["version"] = version_of(Subject.LIMITS, version_id)
            return _page(shown, code, KeepForm(formdata=None, data=data), stored), HTTPStatus.OK
    status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
    values: Row = {"form": form, "shown": shown, "code": code, "stored": stored}
    return render_template("limits/import.html", **values), status


def keep_days(version_id: UUID, code: str) -> ResponseReturnValue:
    """Keep in the draft what was read and shown."""
    shown = loaded(LimitsVersion, version_id)
    stored = stored_calendar(shown, code)
    form = KeepForm()
    return answer_form(
        form,
        lambda: _keep(shown, code, stored, form),
        page=lambda: _page(shown, code, form, stored),
        then=url_for("admin.limits_effect", version_id=version_id),
        known=(Subject.LIMITS, version_id),
    )


def _page(shown: LimitsVersion, code: str, form: KeepForm, stored: Row) -> str:
    try:
        found = changes(stored, _changed(stored, form))
    except Refused:
        found = []
    return render_template(
        "limits/import_seen.html",
        form=form,
        shown=shown,
        code=code,
        stored=stored,
        found=found,
        words=words,
    )


def _read(form: FileForm, shown: LimitsVersion, code: str, stored: Row) -> DaysRead | None:
    """What the file says, or None with every reason at the file."""
    calendar = parsed(shown).calendars[code].calendar
    hours = [(begin, end) for begin, end in usual_hours(stored)]
    db.session.rollback()  # nobody who writes shall wait until a large file is read
    read = read_days(form.file.data.read(), form.file.data.filename or "", calendar.tz, hours)
    reasons = [_said(reason) for reason in read.reasons]
    today = now().astimezone(calendar.tz).date()
    if not reasons and all(day < today for day in (*read.holidays, *read.special_hours)):
        reasons = [gettext("All days of this file are past.")]
    more = len(reasons) - SHOWN_REASONS
    if more > 0:
        reasons[SHOWN_REASONS:] = [gettext("And %(count)s more.", count=more)]
    form.file.errors = [*form.file.errors, *reasons]
    return None if reasons else read


def _said(reason: Reason) -> str:
    line = reason.values.get("line")
    sentence = sentence_of(reason)
    return (
        gettext("Line %(line)s: %(sentence)s", line=line, sentence=sentence) if line else sentence
    )


def _as_lines(read: DaysRead) -> dict[str, str]:
    """As people type it, which is also how it is read again."""
    holidays = (_line(day, name) for day, name in read.holidays.items())
    special = (
        _line(day, spans_as_text(spans), read.names.get(day, ""))
        for day, spans in read.special_hours.items()
    )
    return {"holidays": "\n".join(holidays), "special_hours": "\n".join(special)}


def _line(day: date, *words: str) -> str:
    return " ".join(" ".join((day.isoformat(), *words)).split())


def _changed(stored: Row, form: KeepForm) -> Row:
    """The calendar as it would be. Raises Refused."""
    free = Days("holidays", {}, date.min)
    worked = Days("special_hours", {}, date.min)
    holidays = free.holidays(form.holidays.data or "")
    special = worked.special(form.special_hours.data or "")
    if reasons := [*free.reasons, *worked.reasons]:
        raise Refused(reasons)
    if not form.official.data:
        return with_more_days(stored, holidays, special)
    for year in sorted(_years((*holidays, *special))):
        stored = with_days(
            stored,
            year,
            {date.fromisoformat(day): name for day, name in holidays.items() if _in(day, year)},
            {
                date.fromisoformat(day): (row["name"], row["spans"])
                for day, row in special.items()
                if _in(day, year)
            },
            provisional=False,
        )
    return stored


def _years(days: Iterable[str]) -> set[int]:
    return {date.fromisoformat(day).year for day in days}


def _in(day: str, year: int) -> bool:
    return date.fromisoformat(day).year == year


def _keep(shown: LimitsVersion, code: str, stored: Row, form: KeepForm) -> None:
    put_calendar(shown, code, _changed(stored, form), new=False, actor=reader(), now=now())
