"""The form of a question: which months and units, and every limit and calendar of a document.

Its fields are named by their place in the document, as refusals name them: `rules.3.amount`,
`calendars.office.weekly.mon`. What nobody changes stays exactly as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from tickets.limits.comparison import spans_as_text
from tickets.limits.editing import Row as Document
from tickets.web.limits.calendars import LONGEST_DAYS
from tickets.web.limits.calendars_typed import Days, holidays_as_text, spans_of, special_as_text
from tickets.web.limits.forms import Choices
from tickets.web.limits.words import UNITS, WEEKDAYS, unit_label
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.typed import in_reader_language, storable, trimmed
from workflow.limits import UNIT_CALENDAR
from workflow.limits_document import objections
from workflow.reasons import Reason, Refused
from workflow.spans import DAYS

MONTHS = 36
OF_UNIT = "unit_calendars."
NAME_LENGTH = 120


class NameForm(FlaskForm):
    """What a run is called."""

    name = StringField(
        lazy_gettext("What it is called"),
        [DataRequired(), Length(max=NAME_LENGTH), storable],
        filters=[trimmed],
    )


class QuestionForm(NameForm):
    """One field more for everything in the document; see `question_form`."""

    base = HiddenField()
    first_month = SelectField(lazy_gettext("Registered from month"))
    last_month = SelectField(lazy_gettext("Registered to month"))
    unit = SelectField(lazy_gettext("Unit and below"))
    default_calendar = SelectField(lazy_gettext("Default calendar"), [InputRequired()])

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if not valid or self.first_month.data <= self.last_month.data:
            return valid
        sentence = gettext("The period ends before it begins.")
        self.last_month.errors = [*self.last_month.errors, sentence]
        return False


def question_form(document: Document, units: Choices, first: Mapping[str, object]) -> QuestionForm:
    """The form with the figures of this document; `units` are all, by their codes."""
    calendars = _calendar_choices(document)
    data = dict(first)

    class WithDocument(QuestionForm):
        """One field more for every figure."""

    made = [*_rule_fields(document, calendars), *_calendar_fields(document)]
    as_above = ("", gettext("as the unit above"))
    named = dict(units)
    for code in dict.fromkeys([*named, *document["unit_calendars"]]):
        field = SelectField(named.get(code, code), default="")
        value = document["unit_calendars"].get(code, "")
        made.append((f"{OF_UNIT}{code}", field, value, [as_above, *calendars]))
    for name, field, value, _choices in made:
        setattr(WithDocument, name, field)
        data[name] = value
    data["default_calendar"] = document["default_calendar"]
    form = WithDocument(data=data)
    form.default_calendar.choices = calendars
    for name, _field, _value, choices in made:
        if choices:
            form[name].choices = choices
    return form


Made = tuple[str, Field, object, Choices]
"""The name of a field, the field, what it shows, and what there is to choose from."""


def _rule_fields(document: Document, calendars: Choices) -> Iterable[Made]:
    counted_in = [(each.value, unit_label(each)) for each in UNITS]
    counted_on = [(UNIT_CALENDAR, gettext("that of the unit")), *calendars]
    for place, row in enumerate(document["rules"]):
        at, name = f"rules.{place}", row["id"]
        amount = IntegerField(f"{name}: {gettext('How long')}", [InputRequired()])
        reopened = IntegerField(f"{name}: {gettext('After reopening')}", [Optional()])
        unit = SelectField(f"{name}: {gettext('Counted in')}")
        calendar = SelectField(f"{name}: {gettext('Calendar')}")
        yield f"{at}.amount", amount, row["amount"], []
        yield f"{at}.unit", unit, row["unit"], counted_in
        yield f"{at}.reopened", reopened, row.get("reopened"), []
        yield f"{at}.calendar", calendar, row.get("calendar", UNIT_CALENDAR), counted_on


def _calendar_fields(document: Document) -> Iterable[Made]:
    for code, dated in document["calendars"].items():
        at, calendar = f"calendars.{code}", dated["calendar"]
        for day in DAYS:
            field = StringField(
                gettext(WEEKDAYS[day]), [Length(max=200), storable], filters=[trimmed]
            )
            spans = (calendar.get("weekly") or {}).get(day) or ()
            yield f"{at}.weekly.{day}", field, spans_as_text(spans), []
        for name, label, as_text in (
            ("holidays", gettext("Holidays"), holidays_as_text),
            ("special_hours", gettext("Days with hours of their own"), special_as_text),
        ):
            field = TextAreaField(label, [Length(max=LONGEST_DAYS), storable])
            yield f"{at}.{name}", field, as_text(calendar.get(name) or {}), []


def _calendar_choices(document: Document) -> Choices:
    language = chosen_language()
    return [
        (code, in_reader_language(dated.get("names") or {}, language) or code)
        for code, dated in document["calendars"].items()
    ]


def document_typed(form: QuestionForm, before: Document) -> Document:
    """The document with what was typed. Raises Refused with every reason at its field."""
    document = deepcopy(before)
    for place, row in enumerate(document["rules"]):
        _take_rule(form, f"rules.{place}", row)
    reasons: list[Reason] = []
    for code, dated in document["calendars"].items():
        reasons += _take_calendar(form, f"calendars.{code}", dated["calendar"])
    document["default_calendar"] = form.default_calendar.data
    document["unit_calendars"] = {
        field.name.removeprefix(OF_UNIT): field.data for field in unit_fields(form) if field.data
    }
    reasons = reasons or objections(document)
    if reasons:
        raise Refused(replace(each, field=_nearest(form, each.field or "")) for each in reasons)
    return document


def unit_fields(form: QuestionForm) -> list[Field]:
    return [field for field in form if field.name.startswith(OF_UNIT)]


def _take_rule(form: QuestionForm, at: str, row: Document) -> None:
    row["amount"], row["unit"] = form[f"{at}.amount"].data, form[f"{at}.unit"].data
    calendar, reopened = form[f"{at}.calendar"].data, form[f"{at}.reopened"].data
    for name, value in (("calendar", calendar), ("reopened", reopened)):
        if value is None or value == UNIT_CALENDAR:
            row.pop(name, None)
        else:
            row[name] = value


def _take_calendar(form: QuestionForm, at: str, calendar: Document) -> list[Reason]:
    """Put what was typed into the calendar; days that are past may change here, it is about
    them."""
    weekly = {day: spans_of(form[f"{at}.weekly.{day}"].data or "") for day in DAYS}
    calendar["weekly"] = {day: spans for day, spans in weekly.items() if spans}
    reasons: list[Reason] = []
    free = Days(f"{at}.holidays", {}, date.min)
    special = Days(f"{at}.special_hours", {}, date.min)
    for name, days, read, as_text in (
        ("holidays", free, free.holidays, holidays_as_text),
        ("special_hours", special, special.special, special_as_text),
    ):
        typed = (form[f"{at}.{name}"].data or "").replace("\r\n", "\n").strip()
        if typed != as_text(calendar.get(name) or {}):
            calendar[name] = read(typed)
            reasons += days.reasons
    return reasons


def _nearest(form: QuestionForm, at: str) -> str:
    """The field that a reason belongs to: what it names, or the nearest above or below it."""
    above = at
    while above and above not in form:
        above = above.rpartition(".")[0]
    return above or next((field.name for field in form if field.name.startswith(f"{at}.")), "")


def months(today: date) -> Choices:
    """The past months that can be asked about and the present one, the latest first."""
    count = today.year * 12 + today.month - 1
    found = (divmod(count - back, 12) for back in range(MONTHS))
    return [(name, name) for name in (f"{year}-{month + 1:02d}" for year, month in found)]


def first_day(month: str, *, later: int = 0) -> date:
    """The first day of a month written “2026-03”, or of one so many months later."""
    day = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a day has no zone
    count = day.year * 12 + day.month - 1 + later
    return date(count // 12, count % 12 + 1, 1)
