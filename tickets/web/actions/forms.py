"""A form for every action, built from what its row in the lifecycle asks for.

The rules decide what is missing or wrong; the form only reads what was typed: local moments become
aware ones, ids become ids. What cannot be read at all is told at its field.
"""

from collections.abc import Callable, Set
from typing import TypedDict
from uuid import UUID

from flask_babel import gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)

from tickets.config import settings_now
from tickets.database import new_id
from tickets.storage.attachments import Upload
from tickets.web.actions import offers
from tickets.web.actions.offers import ActionSubject, Choices
from tickets.web.shell.labels import choices_of
from tickets.web.shell.moment_field import MomentField
from tickets.web.shell.money import minor_of
from tickets.web.shell.options import options
from workflow.table import Action, Ask, Kind
from workflow.values import Inputs
from workflow.words import NoticeChannel

FEW = 5
"""So many codes are shown side by side; more go into a list to choose from."""

FieldMaker = Callable[[Ask, ActionSubject], Field]

NOBODY = UUID(int=0)
"""What a malformed id is read as: it is found nowhere, and refused at its field."""


class ActionForm(FlaskForm):
    """`version` is what the person saw, `seen` the last event they saw; `event_id` makes sending
    the same form twice one event."""

    version = HiddenField()
    seen = HiddenField()
    event_id = HiddenField()


def form_for(
    action: Action,
    subject: ActionSubject,
    *,
    defaults: Inputs | None = None,
    without: Set[Kind] = frozenset(),
) -> ActionForm:
    """The form of this action; on POST it reads the request, else it shows the defaults. Fields of
    the kinds in `without` are left out: the page gives them itself."""
    asks = [ask for ask in action.asks if ask.kind not in without]
    fields = {ask.name: _field(ask, subject) for ask in asks}
    kind = type(f"{action.name}_form", (ActionForm,), fields)
    first = {
        **(defaults or {}),
        "version": subject.version,
        "seen": subject.complaint.event_count,
        "event_id": str(new_id()),
    }
    form: ActionForm = kind(data=first)
    return form


def renew(form: ActionForm, subject: ActionSubject) -> None:
    """Bring the form to the present version, everything typed kept: sending it again works."""
    form.version.data = str(subject.version)
    form.seen.data = str(subject.complaint.event_count)


def inputs_of(form: ActionForm, action: Action) -> dict[str, object]:
    """What was filled in, by the names the action asks for; what was left empty is left out."""
    read = {ask.name: READERS[ask.kind](form[ask.name].data, ask) for ask in action.asks}
    return {
        name: value
        for name, value in read.items()
        if value not in (None, "", []) and _belongs(name, read)
    }


ONLY_WITH = {"posting_number": ("channel", NoticeChannel.LETTER)}
"""What means something only beside a certain choice, and is hidden beside the others."""


def _belongs(name: str, read: Inputs) -> bool:
    if name not in ONLY_WITH:
        return True
    beside, code = ONLY_WITH[name]
    return bool(read.get(beside) == code)


def _field(ask: Ask, subject: ActionSubject) -> Field:
    return MAKERS[ask.kind](ask, subject)


class FieldParts(TypedDict):
    """What every field of an action's form is made of."""

    label: str
    description: str
    validators: list["_Flags"]


def _common(ask: Ask) -> FieldParts:
    return {
        "label": gettext(ask.label),
        "description": gettext(ask.help) if ask.help else "",
        "validators": [_Flags(ask)],
    }


class _Flags:
    """Says in the page what the rules will ask; refuses nothing itself."""

    def __init__(self, ask: Ask) -> None:
        self.field_flags: dict[str, bool | int] = {}
        if ask.needed is True:
            self.field_flags["required"] = True
        if ask.longest is not None:
            self.field_flags["maxlength"] = ask.longest
            self.field_flags["max_length"] = ask.longest

    def __call__(self, _form: FlaskForm, _field: Field) -> None: ...


def _line(ask: Ask, _subject: ActionSubject) -> Field:
    return StringField(**_common(ask))


def _text(ask: Ask, _subject: ActionSubject) -> Field:
    return TextAreaField(**_common(ask))


def _moment(ask: Ask, _subject: ActionSubject) -> Field:
    return MomentField(**_common(ask))


def _flag(ask: Ask, _subject: ActionSubject) -> Field:
    return BooleanField(**_common(ask))


def _money(ask: Ask, _subject: ActionSubject) -> Field:
    said = gettext("Amount in %(currency)s, such as 120.50.", currency=settings_now().currency)
    return StringField(**{**_common(ask), "description": said})


def _file(ask: Ask, _subject: ActionSubject) -> Field:
    return FileField(**{**_common(ask), "description": offers.file_rules()})


def _codes(ask: Ask, _subject: ActionSubject) -> Field:
    if ask.codes is None:
        raise TypeError(f"{ask.name} is a choice without codes")
    choices = choices_of(ask.codes)
    if len(choices) <= FEW and ask.needed is True:
        return RadioField(choices=options(choices), validate_choice=False, **_common(ask))
    return _select(ask, choices)


def _offered(offer: Callable[[ActionSubject], Choices]) -> FieldMaker:
    def make(ask: Ask, subject: ActionSubject) -> Field:
        return _select(ask, offer(subject))

    return make


def _select(ask: Ask, choices: Choices) -> Field:
    empty = gettext("Please choose") if ask.needed is not False else gettext(ask.nothing)
    offered = options([("", empty), *choices])
    return SelectField(choices=offered, validate_choice=False, **_common(ask))


def _units(ask: Ask, subject: ActionSubject) -> Field:
    return SelectMultipleField(
        choices=options(offers.departments(subject)),
        validate_choice=False,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        **_common(ask),
    )


def _complaint(ask: Ask, subject: ActionSubject) -> Field:
    return StringField(**{**_common(ask), "description": offers.siblings_in_words(subject)})


MAKERS: dict[Kind, FieldMaker] = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.CHOICE: _codes,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.MONEY: _money,
    Kind.UNITS: _units,
    Kind.UNIT: _offered(offers.departments),
    Kind.PERSON: _offered(offers.people),
    Kind.COMPLAINT: _complaint,
    Kind.CATEGORY: _offered(offers.categories),
    Kind.CAUSE: _offered(offers.causes),
    Kind.ENTRY: _offered(offers.entries),
    Kind.ATTEMPT: _offered(offers.attempts),
    Kind.NOTICE: _offered(offers.notices),
    Kind.FILE: _file,
}


def _read_line(value: object, _ask: Ask) -> str:
    return _typed(value).strip()


def _read_text(value: object, _ask: Ask) -> str:
    """Browsers send CR LF; length and digest are reckoned on what is kept."""
    return _typed(value).replace("\r\n", "\n").strip()


def _read_code(value: object, ask: Ask) -> object:
    known = {str(code.value): code for code in ask.codes or ()}
    return known.get(_typed(value), value)


def _read_money(value: object, _ask: Ask) -> int | str | None:
    return minor_of(_typed(value))


def _read_id(value: object, _ask: Ask) -> UUID | None:
    if not value:
        return None
    try:
        return UUID(str(value))
    except ValueError:
        return NOBODY


def _read_ids(values: object, ask: Ask) -> list[UUID | None]:
    return [_read_id(value, ask) for value in values] if isinstance(values, list) else []


def _read_file(value: object, _ask: Ask) -> Upload | None:
    if not isinstance(value, FileStorage) or not value.filename:
        return None
    return Upload(value.filename, value.read())


def _as_it_is(value: object, _ask: Ask) -> object:
    return value or None


def _typed(value: object) -> str:
    """The text of a field that holds text; nothing typed is an empty one."""
    return str(value) if value else ""


READERS: dict[Kind, Callable[[object, Ask], object]] = {
    Kind.LINE: _read_line,
    Kind.TEXT: _read_text,
    Kind.CHOICE: _read_code,
    Kind.MOMENT: _as_it_is,
    Kind.FLAG: _as_it_is,
    Kind.MONEY: _read_money,
    Kind.UNITS: _read_ids,
    Kind.UNIT: _read_id,
    Kind.PERSON: _read_id,
    Kind.COMPLAINT: _read_line,
    Kind.CATEGORY: _read_id,
    Kind.CAUSE: _read_id,
    Kind.ENTRY: _read_id,
    Kind.ATTEMPT: _read_id,
    Kind.NOTICE: _read_id,
    Kind.FILE: _read_file,
}
