"""The form of first contact: one page, who and what together."""

from enum import Enum
from typing import TypeVar
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from tickets.database import new_id
from tickets.intake.first_contact import NewCustomer
from tickets.models import Person, Unit
from tickets.storage.attachments import Upload
from tickets.web.actions.offers import causes_in_use, departments_near, ways_to_categories
from tickets.web.shell.labels import choices_of, name_in
from tickets.web.shell.languages import LANGUAGES
from tickets.web.shell.money import minor_of
from tickets.web.shell.typed import storable, trimmed
from workflow.values import Inputs
from workflow.words import CallChannel, Card, Channel, GroupTier, Remedy, Resolution, Role, Severity

NEW = "new"
ELSEWHERE = "elsewhere"
OBJECTS = "objects-"
"""Before a complaint's number, or the key of another desk: the customer objects to the end."""
RECEIVING = (Role.FRONT_DESK, Role.EXECUTIVE)

Codes = TypeVar("Codes", bound=Enum)
Groups = dict[str, list[tuple[str, str]]]


def one_line(label: str, longest: int) -> Field:
    """One line of text, at most so many signs."""
    return StringField(label, [Length(max=longest), storable], filters=[trimmed])


def long_text(label: str, longest: int = 10_000) -> Field:
    """A long text; browsers send CR LF, its length is reckoned on what is kept."""
    return TextAreaField(label, [Length(max=longest), storable], filters=[_one_sign_per_line])


def _one_sign_per_line(value: str | None) -> str:
    return trimmed((value or "").replace("\r\n", "\n"))


def choice(label: str) -> Field:
    """A select whose value the rules check, so that every refusal comes at once."""
    return SelectField(label, choices=[], validate_choice=False)


class IntakeForm(FlaskForm):
    """`complaint_id` is made when the form is shown: sending twice makes one complaint."""

    complaint_id = HiddenField()
    repeat_of = HiddenField()
    q = one_line(lazy_gettext("Phone, account, name or ticket number"), 200)
    customer = one_line(lazy_gettext("Customer"), 40)
    about = one_line(lazy_gettext("This is about"), 100)

    name = one_line(lazy_gettext("Name"), 120)
    phone = one_line(lazy_gettext("Phone"), 60)
    account = one_line(lazy_gettext("Account"), 120)
    town = one_line(lazy_gettext("Town"), 120)
    group_tier = choice(lazy_gettext("Group tier"))
    card = choice(lazy_gettext("Card"))
    language = choice(lazy_gettext("Speaks"))

    unit = choice(lazy_gettext("Received at"))
    category = choice(lazy_gettext("Category"))
    severity = choice(lazy_gettext("Severity"))
    channel = choice(lazy_gettext("Channel"))
    description = long_text(lazy_gettext("What the customer says"))
    wish = long_text(lazy_gettext("What the customer wants"))
    callback_number = one_line(lazy_gettext("Number to call back"), 60)
    callback_channel = choice(lazy_gettext("How to call back"))
    callback_wish = one_line(lazy_gettext("When to call back"), 200)
    line = one_line(lazy_gettext("Line concerned"), 60)
    on_behalf_of = one_line(lazy_gettext("On behalf of"), 120)
    refuses_contact = BooleanField(lazy_gettext("Refuses to be called back"))
    files = MultipleFileField(lazy_gettext("Files"))

    solved = BooleanField(lazy_gettext("Solved on the spot"))
    answer = long_text(lazy_gettext("Answer to the customer"))
    outcome = choice(lazy_gettext("Outcome"))
    cause = choice(lazy_gettext("Cause"))
    remedy = choice(lazy_gettext("Remedy"))
    liable_unit = choice(lazy_gettext("Liable department"))
    compensation = one_line(lazy_gettext("Compensation granted"), 20)
    confirmed = BooleanField(lazy_gettext("The customer confirmed on the spot"))

    def offer(self, person: Person, language: str) -> None:
        """Fill the lists to choose from; what has one likely value starts with it."""
        nothing = [("", "–")]
        choose = [("", gettext("Please choose"))]
        self.group_tier.choices = nothing + choices_of(GroupTier)
        self.card.choices = nothing + choices_of(Card)
        self.language.choices = list(LANGUAGES.items())
        self.unit.choices = [(str(unit.id), name_in(unit.names)) for unit in desks_of(person)]
        self.category.choices = _categories()
        self.severity.choices = choices_of(Severity)
        self.channel.choices = choices_of(Channel)
        self.callback_channel.choices = _call_channels()
        self.outcome.choices = choose + choices_of(Resolution)
        self.cause.choices = choose + causes_in_use()
        self.remedy.choices = choose + choices_of(Remedy)
        self.liable_unit.choices = [("", gettext("None")), *departments_near(desks_of(person))]
        self.description.flags.required = True
        _start_with(self.complaint_id, str(new_id()))
        _start_with(self.channel, Channel.PHONE.value)
        _start_with(self.severity, Severity.NORMAL.value)
        _start_with(self.language, language)


def desks_of(person: Person) -> list[Unit]:
    """Where this person may receive complaints, each unit once."""
    units = {unit.id: unit for unit in person.units_as(*RECEIVING) if unit.active}
    return list(units.values())


def desk_of(form: IntakeForm, person: Person) -> Unit:
    """The unit that was chosen; the first of the person's own when none or a foreign one was."""
    own = desks_of(person)
    return next((unit for unit in own if str(unit.id) == form.unit.data), own[0])


def said(form: IntakeForm) -> Inputs:
    """What the rules of registering ask for."""
    return {
        "description": form.description.data,
        "category": read_id(form.category.data),
        "channel": code(Channel, form.channel.data),
        "severity": code(Severity, form.severity.data),
        "wish": form.wish.data,
        "refuses_contact": form.refuses_contact.data,
        "callback_number": form.callback_number.data,
        "callback_wish": form.callback_wish.data,
    }


def answered(form: IntakeForm) -> Inputs | None:
    """What the rules of resolving ask for; None when it was not solved on the spot."""
    if not form.solved.data:
        return None
    return {
        "answer": form.answer.data,
        "outcome": code(Resolution, form.outcome.data),
        "cause": read_id(form.cause.data),
        "remedy": code(Remedy, form.remedy.data),
        "liable_unit": read_id(form.liable_unit.data),
        "compensation": minor_of(form.compensation.data),
    }


def new_customer(form: IntakeForm) -> NewCustomer:
    return NewCustomer(
        name=form.name.data,
        phone=form.phone.data,
        account=form.account.data,
        town=form.town.data,
        group_tier=code(GroupTier, form.group_tier.data),
        card=code(Card, form.card.data),
        language=form.language.data if form.language.data in LANGUAGES else "zh_Hans",
    )


def uploads(form: IntakeForm) -> list[Upload]:
    return [Upload(file.filename, file.read()) for file in form.files.data or () if _is_file(file)]


def read_id(typed: str | None) -> UUID | None:
    """The id, or None for what is none."""
    try:
        return UUID(typed or "")
    except ValueError:
        return None


def code(kind: type[Codes], typed: str | None) -> Codes | None:
    """The code, or None for what is none; the rules ask for it at its field where it is needed."""
    return next((each for each in kind if each.value == typed), None)


def _is_file(file: object) -> bool:
    return bool(getattr(file, "filename", ""))


def _start_with(field: Field, value: str) -> None:
    if not field.data:
        field.data = value


def _call_channels() -> list[tuple[str, str]]:
    return [pair for pair in choices_of(CallChannel) if pair[0] != CallChannel.ON_THE_SPOT.value]


def _categories() -> Groups:
    """The tree under its topmost names; what lies deeper says its way."""
    groups: Groups = {}
    for way, row in sorted(ways_to_categories(), key=lambda pair: pair[0]):
        label = " › ".join(way[1:]) or way[0]
        groups.setdefault(way[0], []).append((str(row.id), label))
    return groups
