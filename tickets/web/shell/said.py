"""What the system gave as its rule or its reason, in the reader's language.

History holds codes and values. What was stored before there were codes is recognised and said the
same way; it is never rewritten, because it is chained.
"""

from flask_babel import gettext

from tickets.web.shell.labels import label_of
from workflow.system_rules import (
    IMPORT_OF,
    SENTENCES,
    WITH_VALUES,
    Because,
    because_of_sentence,
    imported_from,
    sentence_of,
)
from workflow.words import ClockKind


def rule_in_words(rule: str | None) -> str:
    """By which rule the system acted; "" where nobody said."""
    source = imported_from(rule or "")
    if source is not None:
        return gettext(IMPORT_OF, source=source)
    return gettext(sentence_of(rule)) if rule else ""


def because_in_words(because: Because) -> str:
    """A reason with what the system saw, where that says more than its rule and is all there."""
    values = {name: _value(name, value) for name, value in because.values.items()}
    if values.get("percent") == "" and "clock" in values:
        return values["clock"]
    sentence = WITH_VALUES.get(because.rule, "")
    try:
        return gettext(sentence) % values if sentence else gettext(SENTENCES[because.rule])
    except KeyError:
        return gettext(SENTENCES[because.rule])


def reason_in_words(text: str) -> str:
    """A reason that the system gave when reasons were sentences; any other one as it is."""
    because = because_of_sentence(text)
    return because_in_words(because) if because is not None else text


def _value(name: str, value: object) -> str:
    if name == "clock" and value in set(ClockKind):
        return label_of(ClockKind(str(value)))
    return str(value)
