"""Texts with fields: read strictly, filled in once, never run (UX-02, S-34).

A field is written `{number}`. There is nothing else: no attributes, no expressions, no formats,
and what is filled in is not looked through again. Any other brace is refused.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.support import NullTranslations, Translations
from sqlalchemy import select

from tickets.config import ROOT
from tickets.database import db
from tickets.messages.topics import FIELDS, Reader, Shape, Topic, fields_of
from tickets.models import MessageText
from workflow.reasons import Reason, Refused
from workflow.system_rules import IMPORT_OF, imported_from, sentence_of
from workflow.words import N_, ClockKind, Level, MessageChannel

LANGUAGES = ("zh_Hans", "zh_Hant", "en")
PIECE = re.compile(r"\{([a-z_]+)\}|([{}])")
LONGEST = {MessageChannel.EMAIL: 4000, MessageChannel.SMS: 400}
LONGEST_SUBJECT = 200

CODES: Mapping[str, str] = {
    ClockKind.ACKNOWLEDGE: N_("First response"),
    ClockKind.PROMISE: N_("Promise to the customer"),
    ClockKind.ACCEPT: N_("Acceptance by the department"),
    ClockKind.ANSWER: N_("Answer of the department"),
    ClockKind.PROGRESS: N_("Progress report"),
    ClockKind.RESOLUTION: N_("Resolution"),
    ClockKind.CALLBACK: N_("Callback"),
    ClockKind.REGULATOR: N_("Regulator's limit"),
    ClockKind.FOLLOW_UP: N_("Follow-up with the customer"),
    ClockKind.STALE: N_("No activity"),
    str(Level.DESK.value): N_("Level 0: desk"),
    str(Level.LEAD.value): N_("Level 1: lead"),
    str(Level.SUPERVISOR.value): N_("Level 2: supervisor"),
    str(Level.EXECUTIVE.value): N_("Level 3: executive"),
}


class Unresolved(ValueError):
    """A text names a field that has no value; such a text is never sent."""

    def __init__(self, fields: Collection[str]) -> None:
        super().__init__(f"no value for {', '.join(sorted(fields))}")
        self.fields = tuple(sorted(fields))


def objections(text: str, allowed: Collection[str], at: str) -> Iterator[Reason]:
    """Everything that is wrong with a text somebody wants to keep, each at its form field."""
    for field, stray in PIECE.findall(text):
        if stray:
            yield Reason(
                "stray_brace",
                N_("A single %(sign)s: fields are written like {number}."),
                {"sign": stray},
                at,
            )
        elif field not in allowed:
            yield Reason(
                "unknown_field",
                N_("There is no field %(name)s here. There are: %(known)s."),
                {"name": f"{{{field}}}", "known": ", ".join(f"{{{each}}}" for each in allowed)},
                at,
            )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; raises Unresolved when one has no value."""
    missing = {
        field or stray for field, stray in PIECE.findall(text) if stray or not values.get(field)
    }
    if missing:
        raise Unresolved(missing)
    return PIECE.sub(lambda found: values[found.group(1)], text)


def text_for(topic: Topic, channel: MessageChannel, language: str) -> tuple[str, str]:
    """Subject and body in force, fields not yet filled in: what was set here, else what we ship."""
    own = db.session.scalar(
        select(MessageText).where(
            MessageText.topic == key_of(topic),
            MessageText.channel == channel,
            MessageText.language == language,
        )
    )
    return (own.subject, own.body) if own else shipped(topic, channel, language)


def key_of(topic: Topic) -> str:
    """The topic's name among stored texts: people's and customer's may be called the same."""
    return f"{topic.reader}.{topic.code}"


def shipped(topic: Topic, channel: MessageChannel, language: str) -> tuple[str, str]:
    """Subject and body as they come with the product."""
    line = translated(topic.line, language)
    own = topic.texts.get(channel)
    if topic.reader is Reader.CUSTOMER:
        subject = f"{{number}} {translated(topic.label, language)}"
        body = translated(own, language) if own else line
        return ("", body) if channel is MessageChannel.SMS else (subject, body)
    subject = line if topic.general else f"{{number}} {line}"
    if channel is MessageChannel.SMS:
        return "", f"{subject} {{link}}"
    return subject, translated(own, language) if own else f"{line}\n\n{{link}}"


def sentence(topic: Topic, values: Mapping[str, Any], language: str, zone: ZoneInfo) -> str:
    """The notification under the bell; a value that is missing shows as a dash there."""
    written = written_values(topic, values, language, zone)
    return PIECE.sub(lambda found: written.get(found.group(1)) or "–", _line(topic, language))


def _line(topic: Topic, language: str) -> str:
    return translated(topic.line, language)


def written_values(
    topic: Topic, values: Mapping[str, Any], language: str, zone: ZoneInfo
) -> dict[str, str]:
    """The values of allowed fields as they are read in this language; the rest stays out."""
    allowed = fields_of(topic)
    return {
        name: _written(name, value, language, zone)
        for name, value in values.items()
        if name in allowed and value is not None
    }


def example_values(topic: Topic, language: str, zone: ZoneInfo) -> dict[str, str]:
    """Values for a preview."""
    examples = {name: FIELDS[name].example for name in fields_of(topic)}
    return written_values(topic, examples, language, zone)


def _written(name: str, value: Any, language: str, zone: ZoneInfo) -> str:
    shape = FIELDS[name].shape
    if shape is Shape.MOMENT:
        return moment_in_words(datetime.fromisoformat(value), language, zone)
    if shape is Shape.CODE:
        return translated(CODES.get(str(value), str(value)), language)
    if shape is Shape.SENTENCE:
        return _rule_in_words(str(value), language)
    if shape is Shape.NAMES and isinstance(value, Mapping):
        return value.get(language) or next((each for each in value.values() if each), "")
    return str(value)


def _rule_in_words(rule: str, language: str) -> str:
    """Who did it: a person's name as it is, a rule of the system's in that language."""
    source = imported_from(rule)
    if source is not None:
        return translated(IMPORT_OF, language) % {"source": source}
    return translated(sentence_of(rule), language)


def moment_in_words(moment: datetime, language: str, zone: ZoneInfo) -> str:
    """Local date and time with the day of the week, as people of that language write it."""
    pattern = "y年M月d日(EEE) HH:mm" if language.startswith("zh") else "EEE d MMM y, HH:mm"
    return format_datetime(moment, pattern, tzinfo=zone, locale=language)


def translated(sentence: str, language: str) -> str:
    """A sentence of ours in a language, without a request to take the language from."""
    return _catalogue(language).gettext(sentence) if sentence else ""


@lru_cache
def _catalogue(language: str) -> Translations | NullTranslations:
    return Translations.load(str(ROOT / "translations"), [language])


def refuse_unfit(topic: Topic, channel: MessageChannel, subject: str, body: str) -> None:
    """Raise Refused with everything that is wrong with a text that shall be kept."""
    allowed = fields_of(topic)
    reasons = [*objections(subject, allowed, "subject"), *objections(body, allowed, "body")]
    if not body.strip():
        reasons.append(Reason("missing", N_("Please fill this in."), {}, "body"))
    if channel is MessageChannel.EMAIL and not subject.strip():
        reasons.append(Reason("missing", N_("Please fill this in."), {}, "subject"))
    if len(subject.splitlines()) > 1:
        reasons.append(Reason("lines", N_("A subject is one line."), {}, "subject"))
    if reasons:
        raise Refused(reasons)
