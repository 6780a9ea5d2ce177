"""Taking over the official days of a year: what changes is shown before it is kept (SLA-11)."""

from http import HTTPStatus
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from tickets.clock import now
from tickets.history.administration import Subject, version_of
from tickets.limits.calendars import changes, with_official_year
from tickets.limits.editing import Row, put_calendar
from tickets.limits.official_days import NoSuchCountry, OfficialYear, official_days
from tickets.models import LimitsVersion
from tickets.web.limits import words
from tickets.web.limits.calendars import stored_calendar
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.saving import loaded, save_form
from tickets.web.shell.viewer import reader

EARLIEST, LATEST = 1990, 2100


class YearForm(AdminForm):
    year = IntegerField(
        lazy_gettext("Year"), [InputRequired(), NumberRange(min=EARLIEST, max=LATEST)]
    )


def take_official_days(version_id: UUID, code: str) -> ResponseReturnValue:
    """GET with a year shows what would change; POST keeps it in the draft."""
    shown = loaded(LimitsVersion, version_id)
    stored = stored_calendar(shown, code)
    form = YearForm(
        request.form if request.method == "POST" else request.args,
        data={"version": version_of(Subject.LIMITS, version_id), "year": now().year + 1},
    )
    asked = request.method == "POST" or "year" in request.args
    official = _official(form, stored) if asked else None

    def page() -> str:
        return _page(form, shown, code, official)

    if request.method == "GET":
        form.version.data = version_of(Subject.LIMITS, version_id)
        return page()
    if official is None:
        return page(), HTTPStatus.UNPROCESSABLE_ENTITY
    row = with_official_year(stored, official)
    return save_form(
        form,
        lambda: put_calendar(shown, code, row, new=False, actor=reader(), now=now()),
        page=page,
        then=url_for("admin.limits_effect", version_id=version_id),
        known=(Subject.LIMITS, version_id),
    )


def _page(form: YearForm, shown: LimitsVersion, code: str, official: OfficialYear | None) -> str:
    stored = stored_calendar(shown, code)
    return render_template(
        "limits/official.html",
        form=form,
        shown=shown,
        code=code,
        stored=stored,
        official=official,
        found=changes(stored, with_official_year(stored, official)) if official else [],
        words=words,
    )


def _official(form: YearForm, stored: Row) -> OfficialYear | None:
    """The days of the year asked for, or None with the reason at the year."""
    valid = form.validate() if request.method == "POST" else form.year.validate(form)
    if not valid:
        return None
    try:
        return official_days(
            stored.get("country") or "", form.year.data, stored.get("subdivision") or None
        )
    except NoSuchCountry:
        sentence = gettext("No official days are known for this country or region.")
        form.year.errors = [*form.year.errors, sentence]
        return None
