"""The sentence that the desk says to the customer, in the customer's language and in its own."""

from dataclasses import dataclass

from flask_babel import force_locale, get_locale, gettext

from tickets import numbers
from tickets.models import Complaint
from tickets.web.shell.languages import HTML_TAGS, LANGUAGES
from tickets.web.shell.moments import stamp
from workflow.words import Status


@dataclass(frozen=True)
class Sentence:
    """What to say, in which language; `tag` is for the lang attribute."""

    language: str
    tag: str
    text: str


def sentences(complaint: Complaint) -> list[Sentence]:
    """The customer's language first; the reader's own after it when that is another one."""
    languages = dict.fromkeys((complaint.customer.language, str(get_locale())))
    return [
        Sentence(LANGUAGES[code], HTML_TAGS[code], _said_in(code, complaint))
        for code in languages
        if code in LANGUAGES
    ]


def _said_in(language: str, complaint: Complaint) -> str:
    with force_locale(language):
        return " ".join(
            (
                gettext(
                    "Your complaint has the number %(number)s.",
                    number=numbers.spoken(complaint.number),
                ),
                gettext("%(person)s answers for it.", person=complaint.responsible.name),
                _what_next(complaint),
            )
        )


def _what_next(complaint: Complaint) -> str:
    if complaint.status is Status.CLOSED:
        return gettext("Thank you for confirming that it is solved.")
    if complaint.refuses_contact:
        return gettext("As you wish, nobody will call you.")
    if complaint.status is Status.RESOLVED:
        return gettext("We will call you to ask whether it is solved.")
    if complaint.promised_at is None:
        return gettext("We will call you with the result.")
    return gettext(
        "We will call you with the result by %(moment)s at the latest.",
        moment=stamp(complaint.promised_at),
    )
