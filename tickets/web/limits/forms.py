"""The forms of the limits: a draft as a whole, its rules, its ladder."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tickets.administration import catalogue
from tickets.administration import units as admin_units
from tickets.limits.editing import Row
from tickets.web.limits.words import (
    GIVEN_BY_PEOPLE,
    TELL,
    UNITS,
    tell_label,
    tier_label,
    unit_label,
)
from tickets.web.shell.admin_forms import CODE, AdminForm
from tickets.web.shell.labels import choices_of, label_of
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.typed import in_reader_language, storable, trimmed
from workflow.limits import UNIT_CALENDAR
from workflow.tiers import LADDER
from workflow.words import Channel, ClockKind, Level, Severity

Choices = list[tuple[str, str]]
TITLE_LENGTH = 120
SOURCE_LENGTH = 500
NAME_LENGTH = 40
MINUTE = 60


def several(label: str) -> Field:
    """Check boxes; none of them means any."""
    return SelectMultipleField(
        label, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )


class DraftForm(AdminForm):
    source = SelectField(lazy_gettext("Begin with"), [InputRequired()])
    title = StringField(
        lazy_gettext("Title"),
        [DataRequired(), Length(max=TITLE_LENGTH), storable],
        filters=[trimmed],
    )


class GeneralForm(AdminForm):
    """`units` are added for every unit of the organisation; see `general_form`."""

    title = StringField(
        lazy_gettext("Title"),
        [DataRequired(), Length(max=TITLE_LENGTH), storable],
        filters=[trimmed],
    )
    default_calendar = SelectField(lazy_gettext("Default calendar"), [InputRequired()])
    new_cycle_grace = IntegerField(
        lazy_gettext("Minutes of rest after reopening"), [InputRequired(), NumberRange(min=0)]
    )
    repeat_breach = IntegerField(
        lazy_gettext("Repeat missed limits every so many minutes"),
        [InputRequired(), NumberRange(min=0)],
    )


class RuleForm(AdminForm):
    id = StringField(
        lazy_gettext("Name of the limit"),
        [DataRequired(), Length(max=NAME_LENGTH), CODE],
        filters=[trimmed],
    )
    clock = SelectField(lazy_gettext("Clock"), [InputRequired()])
    amount = IntegerField(lazy_gettext("How long"), [InputRequired()])
    unit = SelectField(lazy_gettext("Counted in"), [InputRequired()])
    calendar = SelectField(lazy_gettext("Calendar"), [InputRequired()])
    reopened = IntegerField(lazy_gettext("After reopening"), [Optional()])
    statutory = BooleanField(lazy_gettext("Statutory: it never pauses"))
    severity = several(lazy_gettext("Severity"))
    tiers = several(lazy_gettext("Customer tier"))
    channels = several(lazy_gettext("Channel"))
    categories = several(lazy_gettext("Category"))
    units = several(lazy_gettext("Unit"))
    source_text = StringField(
        lazy_gettext("Source"), [Length(max=SOURCE_LENGTH), storable], filters=[trimmed]
    )
    own = BooleanField(lazy_gettext("Our own decision"))
    note = TextAreaField(
        lazy_gettext("Note"), [Length(max=SOURCE_LENGTH), storable], filters=[trimmed]
    )

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if self.source_text.data or self.own.data:
            return valid
        sentence = gettext("Say where the figure is from, or that it is our own decision.")
        self.source_text.errors = [*self.source_text.errors, sentence]
        return False


class RungForm(AdminForm):
    id = StringField(
        lazy_gettext("Name of the rung"),
        [DataRequired(), Length(max=NAME_LENGTH), CODE],
        filters=[trimmed],
    )
    clock = SelectField(lazy_gettext("Clock"), [InputRequired()])
    percent = IntegerField(lazy_gettext("At percent of the limit"), [Optional()])
    before = IntegerField(lazy_gettext("Or minutes before it runs out"), [Optional()])
    tell = several(lazy_gettext("Who is told"))
    raise_to = SelectField(lazy_gettext("Raise at least to"), [Optional()], default="")
    critical = BooleanField(lazy_gettext("Critical: told at any hour"))
    severity = several(lazy_gettext("Severity"))

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if self.tell.data or self.raise_to.data:
            return valid
        sentence = gettext("Say who is told, or to which level it is raised.")
        self.tell.errors = [*self.tell.errors, sentence]
        return False


def draft_form(sources: Choices) -> DraftForm:
    form = DraftForm()
    form.source.choices = sources
    return form


def general_form(
    calendars: Choices, units: Mapping[str, str], data: Mapping[str, object]
) -> GeneralForm:
    """The form of a draft as a whole, with a choice of calendar for every unit."""
    as_above = ("", gettext("as the unit above"))

    class WithUnits(GeneralForm):
        """One field more for every unit."""

    for code, label in units.items():
        setattr(WithUnits, unit_field(code), SelectField(label, default=""))
    form = WithUnits(data=data)
    form.default_calendar.choices = calendars
    for code in units:
        form[unit_field(code)].choices = [as_above, *calendars]
    return form


def unit_field(code: str) -> str:
    """The name of a unit's field; what is refused about `unit_calendars` is shown at it."""
    return f"unit_calendars.{code}"


def rule_form(calendars: Choices, stored: Row) -> RuleForm:
    form = RuleForm(data=dict(stored))
    form.clock.choices = [pair for pair in choices_of(ClockKind) if pair[0] not in GIVEN_BY_PEOPLE]
    form.unit.choices = [(each.value, unit_label(each)) for each in UNITS]
    form.calendar.choices = [(UNIT_CALENDAR, gettext("that of the unit")), *calendars]
    form.severity.choices = choices_of(Severity)
    form.tiers.choices = [(each.value, tier_label(each.value)) for each in LADDER]
    form.channels.choices = choices_of(Channel)
    form.categories.choices = with_unknown(category_choices(), stored.get("categories", ()))
    form.units.choices = with_unknown(unit_choices(), stored.get("units", ()))
    return form


def rung_form(stored: Mapping[str, object]) -> RungForm:
    form = RungForm(data=dict(stored))
    form.clock.choices = choices_of(ClockKind)
    form.tell.choices = [(each.value, tell_label(each)) for each in TELL]
    nothing = ("", gettext("No: the level stays"))
    form.raise_to.choices = [nothing, *((str(level.value), label_of(level)) for level in Level)]
    form.severity.choices = choices_of(Severity)
    return form


def category_choices() -> Choices:
    """Every category by its code, as a tree."""
    language = chosen_language()
    return [
        (row.code, "　" * depth + f"{in_reader_language(row.names, language)} ({row.code})")
        for row, depth in catalogue.categories_in_order()
    ]


def unit_choices() -> Choices:
    """Every unit by its code, as a tree."""
    language = chosen_language()
    return [
        (
            row.code,
            "　" * admin_units.depth_of(row)
            + f"{in_reader_language(row.names, language)} ({row.code})",
        )
        for row in admin_units.units_in_order()
    ]


def with_unknown(choices: Choices, stored: Iterable[str]) -> Choices:
    """Codes that nothing has (yet) stay choosable where they are chosen already."""
    known = {code for code, _ in choices}
    unknown = [code for code in stored if code not in known]
    return choices + [
        (code, gettext("%(code)s (nothing has this code)", code=code)) for code in unknown
    ]
