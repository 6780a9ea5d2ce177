"""What the caller says, in the customer's language: every sentence ready to be read aloud."""

from dataclasses import dataclass

from flask_babel import force_locale, gettext

from tickets import numbers
from tickets.models import Person
from tickets.queues.callbacks import CallSheet
from tickets.web.shell.labels import label_of, name_in
from tickets.web.shell.languages import FALLBACK, HTML_TAGS
from tickets.web.shell.moments import stamp
from workflow.words import Remedy


@dataclass(frozen=True)
class Script:
    """The sentences in their order; `language` is the tag for screen readers."""

    language: str
    greeting: str
    complaint: str
    answer: str
    remedy: str
    read_back: str
    solved: str
    not_solved: str


def script_for(sheet: CallSheet, caller: Person) -> Script:
    """The script of this call (CLO-10: a read-back, and two plain answers to it)."""
    language = sheet.complaint.customer.language
    language = language if language in HTML_TAGS else FALLBACK
    with force_locale(language):
        return Script(
            language=HTML_TAGS[language],
            greeting=_greeting(sheet, caller),
            complaint=_complaint(sheet),
            answer=sheet.answer.text if sheet.answer else "",
            remedy=_remedy(sheet),
            read_back=gettext("Let me make sure that I have understood: is the matter solved?"),
            solved=gettext("Solved"),
            not_solved=gettext("Not solved"),
        )


def _greeting(sheet: CallSheet, caller: Person) -> str:
    unit = name_in(sheet.complaint.unit.names)
    customer = sheet.complaint.customer.name
    if not customer:
        return gettext(
            "Good day, this is %(caller)s of %(unit)s. I am calling about your complaint.",
            caller=caller.name,
            unit=unit,
        )
    return gettext(
        "Good day, this is %(caller)s of %(unit)s. Am I speaking with %(customer)s?",
        caller=caller.name,
        unit=unit,
        customer=customer,
    )


def _complaint(sheet: CallSheet) -> str:
    return gettext(
        "On %(day)s you complained about: %(category)s. Your number is %(number)s.",
        day=stamp(sheet.complaint.registered_at, "day"),
        category=name_in(sheet.complaint.category.names),
        number=numbers.spoken(sheet.complaint.number),
    )


def _remedy(sheet: CallSheet) -> str:
    if sheet.answer is None or sheet.answer.remedy is Remedy.NONE:
        return ""
    return gettext("What we did for you: %(remedy)s.", remedy=label_of(sheet.answer.remedy))
