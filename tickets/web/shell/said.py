"""What the system gave as its rule or its reason, in the reader's language.

History holds codes and values. What was stored before there were codes is recognised and said the
same way; it is never rewritten, because it is chained.
"""

import re

from flask_babel import gettext

from tickets.web.shell.labels import label_of
from workflow.system_rules import (
    SENTENCES,
    WITH_VALUES,
    Because,
    because_of_sentence,
    sentence_of,
)
from workflow.values import Json
from workflow.words import ClockKind

_IMPORT = re.compile(r"import(?: of |:)(.+)")


def rule_in_words(rule: str | None) -> str:
    """By which rule the system acted; "" where nobody said."""
    source = _IMPORT.fullmatch(rule or "")
    if source:
        return gettext("import of %(source)s", source=source[1])
    return gettext(sentence_of(rule)) if rule else ""


def because_in_words(because: Because) -> str:
    """A reason with what the system saw, where it says more than its rule."""
    if because.rule not in WITH_VALUES or not because.values:
        return gettext(SENTENCES[because.rule])
    values = {name: _value(name, value) for name, value in because.values.items()}
    if values.get("percent") == "":
        return values["clock"]
    return gettext(WITH_VALUES[because.rule], **values)


def text_in_words(text: str) -> str:
    """A text of the system's own; any other one as it is."""
    because = because_of_sentence(text)
    return because_in_words(because) if because is not None else text


def _value(name: str, value: Json) -> str:
    if name == "clock" and value in set(ClockKind):
        return label_of(ClockKind(str(value)))
    return str(value)
