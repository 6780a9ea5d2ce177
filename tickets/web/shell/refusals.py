"""Refusals in the reader's language: at the field they belong to, else above the form."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from flask_babel import gettext

from tickets.web.shell.fields import PageForm
from tickets.web.shell.labels import LABELS, label_of
from tickets.web.shell.moments import stamp
from workflow.reasons import Reason, Refused

SENTENCES_THEMSELVES = frozenset({"action"})
"""Values that are messages of their own and are translated as such."""


def sentence_of(reason: Reason) -> str:
    """The reason as a sentence in the reader's language."""
    sentence = gettext(reason.sentence)
    return sentence % readable(reason.values) if reason.values else sentence


def readable(values: Mapping[str, object]) -> dict[str, str]:
    """The values of a reason as people read them: labels for codes, local time for moments."""
    return {
        name: gettext(str(value)) if name in SENTENCES_THEMSELVES else value_as_read(value)
        for name, value in values.items()
    }


def value_as_read(value: object) -> str:
    if isinstance(value, Enum) and type(value) in LABELS:
        return label_of(value)
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, list | tuple | set | frozenset):
        return gettext(", ").join(value_as_read(each) for each in value)
    return str(value)


def show_refusal(refusal: Refused, form: PageForm) -> None:
    """Put every reason where it can be mended; what belongs to no field goes above the form.

    A field that says already what is wrong with it need not say that it is missing."""
    said_already = set(form.errors)
    for reason in refusal.reasons:
        if reason.code == "missing" and reason.field in said_already:
            continue
        field = form[reason.field] if reason.field and reason.field in form else None
        if field is None:
            form.form_errors.append(sentence_of(reason))
            continue
        field.errors = [*field.errors, sentence_of(reason)]
