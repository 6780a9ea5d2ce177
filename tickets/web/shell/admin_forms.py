"""The forms of the administration pages."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional, Regexp

from tickets.models import AdminEvent
from tickets.web.shell.languages import LANGUAGES
from tickets.web.shell.typed import storable, trimmed

CODE = Regexp(
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*\Z",
    message=lazy_gettext("Letters, digits, dot, dash and underscore only."),
)
NAME_LENGTH = 120
REASON_LENGTH = 500


class AdminForm(FlaskForm):
    """`version` is what the administrator saw; `overtaken` is what others did since."""

    version = HiddenField()
    overtaken: list[AdminEvent] = []


class NamedForm(AdminForm):
    """A code and a name in every language of the product (UX-06)."""

    code = StringField(
        lazy_gettext("Code"), [DataRequired(), Length(max=40), CODE], filters=[trimmed]
    )
    name_zh_Hans = StringField(
        lazy_gettext("Name in Simplified Chinese"),
        [Length(max=NAME_LENGTH), storable],
        filters=[trimmed],
        render_kw={"lang": "zh-Hans"},
    )
    name_zh_Hant = StringField(
        lazy_gettext("Name in Traditional Chinese"),
        [Length(max=NAME_LENGTH), storable],
        filters=[trimmed],
        render_kw={"lang": "zh-Hant"},
    )
    name_en = StringField(
        lazy_gettext("Name in English"),
        [Length(max=NAME_LENGTH), storable],
        filters=[trimmed],
        render_kw={"lang": "en"},
    )

    @property
    def names(self) -> dict[str, str]:
        """The names that were given, by language."""
        given = {code: self[f"name_{code}"].data for code in LANGUAGES}
        return {code: name for code, name in given.items() if name}

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if self.names:
            return valid
        field = self[f"name_{next(iter(LANGUAGES))}"]
        field.errors = [*field.errors, gettext("Give a name in at least one language.")]
        return False


def names_as_fields(names: Mapping[str, str]) -> dict[str, str]:
    """What `NamedForm` shows for stored names."""
    return {f"name_{code}": names.get(code, "") for code in LANGUAGES}


class UnitForm(NamedForm):
    kind = SelectField(lazy_gettext("Kind"), [InputRequired()])
    parent = SelectField(lazy_gettext("Unit above"), [Optional()])


class RetireForm(AdminForm):
    """`seen` is the number of open work orders that the page showed."""

    seen = HiddenField()
    confirmed = BooleanField(lazy_gettext("Retire this unit although work orders are open"))


class CauseForm(NamedForm):
    active = BooleanField(lazy_gettext("In use"), default=True)


class CategoryForm(NamedForm):
    parent = SelectField(lazy_gettext("Category above"), [Optional()])
    active = BooleanField(lazy_gettext("In use"), default=True)


class NewPersonForm(FlaskForm):
    login = StringField(
        lazy_gettext("Login"),
        [DataRequired(), Length(max=80), storable],
        filters=[trimmed],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(), Length(max=NAME_LENGTH), storable],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )


class PersonForm(AdminForm):
    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(), Length(max=NAME_LENGTH), storable],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )


class RoleForm(AdminForm):
    unit = SelectField(lazy_gettext("Unit"), [InputRequired()])
    role = SelectField(lazy_gettext("Role"), [InputRequired()])


class DecisionForm(FlaskForm):
    """What a second administrator answers; the two buttons are the two answers."""

    decision = HiddenField(
        validators=[AnyOf(("approve", "decline"), lazy_gettext("Choose one of the two."))]
    )
    reason = TextAreaField(
        lazy_gettext("Reason, if you decline"),
        [Length(max=REASON_LENGTH), storable],
        filters=[trimmed],
    )


class SuccessorForm(AdminForm):
    """Who takes the open complaints over; required only where there are any."""

    successor = SelectField(lazy_gettext("Responsible from now on"), [Optional()])
    reason = TextAreaField(
        lazy_gettext("Reason"), [Length(max=REASON_LENGTH), storable], filters=[trimmed]
    )
