"""The pages of a draft's calendars: opening hours, holidays, days with hours of their own."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from tickets.clock import now
from tickets.config import operators_zone
from tickets.history.administration import Subject, version_of
from tickets.limits.editing import Row, put_calendar, remove_calendar
from tickets.models import LimitsVersion
from tickets.web.limits.calendars_typed import (
    Days,
    holidays_as_text,
    spans_of,
    special_as_text,
    week_as_text,
    years_as_text,
    years_of,
)
from tickets.web.limits.pages import is_draft
from tickets.web.limits.words import WEEKDAYS
from tickets.web.shell.admin_forms import CODE, AdminForm, NamedForm, names_as_fields
from tickets.web.shell.saving import answer_form, loaded
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader
from workflow.reasons import Reason, Refused
from workflow.spans import DAYS

LONGEST_DAYS = 20_000


class CalendarForm(NamedForm):
    """One field more for every weekday."""

    tz = StringField(
        lazy_gettext("Time zone"), [DataRequired(), Length(max=60), storable], filters=[trimmed]
    )
    country = StringField(
        lazy_gettext("Country"),
        [Optional(), Regexp(r"^[A-Z]{2}\Z", message=lazy_gettext("Two capital letters: CN."))],
        filters=[trimmed],
    )
    subdivision = StringField(
        lazy_gettext("Region of the country"), [Optional(), Length(max=10), CODE], filters=[trimmed]
    )
    holidays = TextAreaField(lazy_gettext("Holidays"), [Length(max=LONGEST_DAYS), storable])
    special_hours = TextAreaField(
        lazy_gettext("Days with hours of their own"), [Length(max=LONGEST_DAYS), storable]
    )
    official_years = StringField(
        lazy_gettext("Years with official days"), [Length(max=200), storable], filters=[trimmed]
    )
    provisional_years = StringField(
        lazy_gettext("Provisional years"), [Length(max=200), storable], filters=[trimmed]
    )


def weekday_field(day: str) -> str:
    """The name of a weekday's field: what is refused about it is shown at it."""
    return f"weekly.{day}"


for _day, _label in WEEKDAYS.items():
    setattr(
        CalendarForm,
        weekday_field(_day),
        StringField(lazy_gettext(_label), [Length(max=200), storable], filters=[trimmed]),
    )


def add_calendar(version_id: UUID) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    empty = {"calendar": {"tz": operators_zone().key}}
    form = CalendarForm(data=as_fields("", empty, shown))
    return _answer(shown, None, form, empty)


def limits_calendar(version_id: UUID, code: str) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    stored = stored_calendar(shown, code)
    form = CalendarForm(data=as_fields(code, stored, shown))
    form.code.data = code  # the code is what rules refer to; it stays
    return _answer(shown, code, form, stored)


def drop_calendar(version_id: UUID, code: str) -> ResponseReturnValue:
    shown = loaded(LimitsVersion, version_id)
    stored_calendar(shown, code)
    form = AdminForm()
    return answer_form(
        form,
        lambda: remove_calendar(shown, code, actor=reader(), now=now()),
        page=lambda: render_template("limits/remove.html", form=form, shown=shown, name=code),
        then=to_version(version_id),
        known=(Subject.LIMITS, version_id),
    )


def stored_calendar(shown: LimitsVersion, code: str) -> Row:
    """A calendar of the document; 404 when there is none."""
    found: Row | None = shown.document["calendars"].get(code)
    return abort(404) if found is None else found


def to_version(version_id: UUID) -> str:
    return url_for("admin.limits_version", version_id=version_id, _anchor="calendars")


def as_fields(code: str, dated: Row, shown: LimitsVersion) -> Row:
    """What the form shows for a stored calendar."""
    calendar = dated["calendar"]
    return {
        "version": version_of(Subject.LIMITS, shown.id),
        "code": code,
        **names_as_fields(dated.get("names") or {}),
        "tz": calendar.get("tz", ""),
        "country": dated.get("country") or "",
        "subdivision": dated.get("subdivision") or "",
        **{weekday_field(day): week_as_text(calendar.get("weekly") or {}, day) for day in DAYS},
        "holidays": holidays_as_text(calendar.get("holidays") or {}),
        "special_hours": special_as_text(calendar.get("special_hours") or {}),
        "official_years": years_as_text(dated.get("official_years") or ()),
        "provisional_years": years_as_text(dated.get("provisional_years") or ()),
    }


def as_row(form: CalendarForm, before: Row, at: datetime) -> Row:
    """What was typed, as a calendar of the document. Raises Refused."""
    known = before["calendar"]
    today = at.astimezone(_zone(form.tz.data)).date()
    free = Days("holidays", known.get("holidays") or {}, today)
    special = Days("special_hours", known.get("special_hours") or {}, today)
    holidays = free.holidays(form.holidays.data or "")
    hours = special.special(form.special_hours.data or "")
    official, not_official = years_of(form.official_years.data or "", "official_years")
    provisional, not_provisional = years_of(form.provisional_years.data or "", "provisional_years")
    if reasons := [*free.reasons, *special.reasons, *not_official, *not_provisional]:
        raise Refused(reasons)
    weekly = {day: spans_of(form[weekday_field(day)].data or "") for day in DAYS}
    return {
        "names": form.names,
        "country": form.country.data or None,
        "subdivision": form.subdivision.data or None,
        "official_years": official,
        "provisional_years": [year for year in provisional if year not in official],
        "calendar": {
            "tz": form.tz.data,
            "weekly": {day: spans for day, spans in weekly.items() if spans},
            "holidays": holidays,
            "special_hours": hours,
        },
    }


def _zone(name: str | None) -> ZoneInfo:
    """The zone whose today counts; an unknown one is refused with the calendar."""
    try:
        return ZoneInfo(name or "")
    except (ValueError, OSError, LookupError):
        return operators_zone()


def _answer(
    shown: LimitsVersion, code: str | None, form: CalendarForm, before: Row
) -> ResponseReturnValue:
    def change() -> None:
        name = code or form.code.data or ""
        try:
            row = as_row(form, before, now())
            put_calendar(shown, name, row, new=code is None, actor=reader(), now=now())
        except Refused as refused:
            raise Refused(_at_its_field(each) for each in refused.reasons) from refused

    return answer_form(
        form,
        change,
        page=lambda: render_template(
            "limits/calendar.html",
            form=form,
            shown=shown,
            code=code,
            weekdays=[form[weekday_field(day)] for day in DAYS],
            draft=is_draft(shown),
        ),
        then=to_version(shown.id),
        known=(Subject.LIMITS, shown.id),
    )


def _at_its_field(reason: Reason) -> Reason:
    """Days of their own share one field, and a week that never opens is mended at its Monday."""
    at = reason.field or ""
    if at == "weekly":
        return replace(reason, field=weekday_field(DAYS[0]))
    if at.startswith("special_hours."):
        return replace(reason, field="special_hours")
    return reason
