"""What an event says, in the reader's language: its action and what was filled in, line by line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext

from tickets import numbers
from tickets.customers.privacy import masked, without_numbers
from tickets.customers.veil import CLEAR, Veil
from tickets.history.data import data_of
from tickets.history.timeline import MentionedNames
from tickets.history.vocabulary import DataKey, EventName, action_of, is_of_order
from tickets.models import Event
from tickets.web.shell.labels import label_of, level_label, name_in
from tickets.web.shell.moments import stamp
from tickets.web.shell.money import money
from tickets.web.shell.said import because_in_words, reason_in_words, rule_in_words
from workflow.system_rules import because_of
from workflow.table import AnyStatus, Ask, Kind
from workflow.words import N_, NoticeChannel, OrderStatus, Status

ICONS: Mapping[str, str] = {
    "status": "signpost",
    "work": "building",
    "callback": "telephone",
    "approval": "check2-square",
    "transfer": "person-check",
    "customer": "chat-left-text",
    "note": "pencil",
}

NUMBERS_OF_CUSTOMERS = frozenset({"number", "address", "callback_number"})
"""Inputs that hold a way to reach the customer; masked for departments."""
TEXTS_WITH_NUMBERS = frozenset({"number_reason"})
"""Texts in which such a way is likely to stand; its signs are masked for departments."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class EventLine:
    """One fact of an event: what it is, and its value as people read it."""

    label: str
    value: str


@dataclass(frozen=True)
class EventWords:
    """How to write events for one reader."""

    names: MentionedNames
    veil: Veil = CLEAR

    def who(self, event: Event) -> str:
        """The person, or the rule by which the system acted."""
        if event.actor_id is None:
            return gettext("System: %(rule)s", rule=rule_in_words(event.rule))
        instead_of = data_of(event).instead_of
        if instead_of is not None:
            return gettext(
                "%(name)s for %(absent)s",
                name=self.person(event.actor_id),
                absent=self.person(instead_of),
            )
        return self.person(event.actor_id)

    def person(self, person_id: object) -> str:
        return self.names.people.get(str(person_id), "–")

    def thing(self, thing_id: object) -> str:
        """A unit, category or cause by its id."""
        names = self.names.things.get(str(thing_id))
        return name_in(names) if names else "–"

    def lines(self, event: Event) -> list[EventLine]:
        """What was filled in and what followed, texts aside."""
        return [*self._inputs(event), *self._consequences(event)]

    def _inputs(self, event: Event) -> Iterator[EventLine]:
        action, data = action_of(event.action), data_of(event)
        for ask in action.asks if action else ():
            value = data.stored.get(ask.name)
            because = because_of(value) if ask.kind is Kind.TEXT else None
            if because is not None:
                yield EventLine(gettext(ask.label), because_in_words(because))
            if value in (None, "", [], False) or ask.kind in SHOWN_OTHERWISE:
                continue
            if ask.name == DataKey.AT and data.called_at is not None:
                continue  # told below, whether or not somebody typed it
            yield EventLine(gettext(ask.label), self.veil(self._value(ask, value)))

    def _value(self, ask: Ask, value: object) -> str:
        if ask.name in NUMBERS_OF_CUSTOMERS and not self.veil.is_clear:
            return masked(str(value))
        if ask.codes is not None:
            return label_of(ask.codes(str(value)))
        return READ[ask.kind](self, value) if ask.kind in READ else str(value)

    def _consequences(self, event: Event) -> Iterator[EventLine]:
        stored = data_of(event).stored
        for name, (label, read) in CONSEQUENCES.items():
            value = stored.get(name)
            if value not in (None, "", [], {}) and not _means_nothing(name, event):
                yield EventLine(gettext(label), self.veil(read(self, value)))
        if _entered_later(event):
            yield EventLine(gettext("Entered"), stamp(event.at))

    def text(self, event: Event, field: str, text: str) -> str:
        """A text as this reader may see it."""
        if field == "reason" and event.actor_id is None:
            text = reason_in_words(text)
        text = self.veil(text)
        if field in TEXTS_WITH_NUMBERS and not self.veil.is_clear:
            return without_numbers(text)
        return text


def _means_nothing(name: str, event: Event) -> bool:
    """Of a letter nobody can say whether its address is known."""
    return name == DataKey.ADDRESS_KNOWN and data_of(event).channel == NoticeChannel.LETTER


def _entered_later(event: Event) -> bool:
    """Whether a call was put down minutes after it was made, or later."""
    called_at = data_of(event).called_at
    return called_at is not None and event.at - called_at >= MINUTE


def _moment(_words: EventWords, value: object) -> str:
    return stamp(datetime.fromisoformat(str(value)))


def _person(words: EventWords, value: object) -> str:
    return words.person(value)


def _thing(words: EventWords, value: object) -> str:
    return words.thing(value)


def _things(words: EventWords, values: object) -> str:
    each_id = values if isinstance(values, list) else []
    return gettext(", ").join(words.thing(value) for value in each_id)


def _number(_words: EventWords, value: object) -> str:
    return numbers.spoken(str(value))


def _yes(_words: EventWords, _value: object) -> str:
    return gettext("yes")


def _yes_or_no(_words: EventWords, value: object) -> str:
    return gettext("yes") if value else gettext("no")


def _plain(_words: EventWords, value: object) -> str:
    return str(value)


def _level(_words: EventWords, value: object) -> str:
    return level_label(int(str(value)))


def _problem(_words: EventWords, value: object) -> str:
    return str(value["number"]) if isinstance(value, Mapping) else ""


def _money(_words: EventWords, value: object) -> str:
    return money(int(str(value)))


SHOWN_OTHERWISE = frozenset({Kind.TEXT, Kind.FILE, Kind.ENTRY, Kind.ATTEMPT, Kind.NOTICE})
"""Texts and files stand below; what is named by its key is shown where it stands itself."""

READ: Mapping[Kind, Callable[[EventWords, object], str]] = {
    Kind.MOMENT: _moment,
    Kind.PERSON: _person,
    Kind.UNIT: _thing,
    Kind.UNITS: _things,
    Kind.CATEGORY: _thing,
    Kind.CAUSE: _thing,
    Kind.COMPLAINT: _number,
    Kind.PROBLEM: _problem,
    Kind.FLAG: _yes,
    Kind.MONEY: _money,
}

CONSEQUENCES: Mapping[str, tuple[str, Callable[[EventWords, object], str]]] = {
    DataKey.TO_PERSON: (N_("Responsible from now on"), _person),
    DataKey.FROM_PERSON: (N_("Responsible until now"), _person),
    DataKey.CALLED_AT: (N_("Time of the call"), _moment),
    DataKey.NUMBER_KNOWN: (N_("Number known of the customer"), _yes_or_no),
    DataKey.ADDRESS_KNOWN: (N_("Address known of the customer"), _yes_or_no),
    DataKey.NAMED: (N_("Named to decide"), _person),
    DataKey.BOUND: (N_("Bound department"), _thing),
    DataKey.RELEASED: (N_("Released department"), _thing),
    DataKey.CONTESTED: (N_("Sent it back before"), _things),
    DataKey.LEVEL: (N_("Level"), _level),
    DataKey.RETURNS: (N_("Returns so far"), _plain),
    DataKey.REJECTIONS: (N_("Answers rejected so far"), _plain),
    DataKey.MEASURES_TOLD: (N_("Interim measures told"), _plain),
    DataKey.PASSED_ON_TO: (N_("Passed on to"), _number),
    DataKey.OUT_OF: (N_("Taken out of"), _number),
    DataKey.DUPLICATE: (N_("Duplicate"), _number),
    DataKey.DAYS_CLOSED: (N_("Days closed"), _plain),
}


BESIDE: Mapping[str, str] = {
    EventName.MERGED_IN: N_("A duplicate was merged in"),
    EventName.MERGE_UNDONE: N_("A merged duplicate was taken out"),
    EventName.CONTACT_PASSED_ON: N_("The customer made contact by a merged number"),
    EventName.ADOPT_LIMITS: N_("Other time limits hold from here"),
}
"""Events that an action on another complaint leaves on this one."""


def title_of(event: Event) -> str:
    action = action_of(event.action)
    if action is not None:
        return gettext(action.label)
    return gettext(BESIDE.get(event.action, event.action))


def icon_of(event: Event) -> str:
    return ICONS.get(event.kind, "dot")


def move_of(event: Event) -> tuple[AnyStatus | None, AnyStatus] | None:
    """From which status to which, when the event moved something."""
    kind = OrderStatus if is_of_order(event.action) else Status
    known = {str(code.value): code for code in kind}
    data = data_of(event)
    before, after = known.get(data.from_status or ""), known.get(data.to_status or "")
    if after is None or before == after:
        return None
    return before, after


OTHER_TEXTS = {"source_row": N_("The rest of the imported row")}
"""Texts of an event that no action asks for."""


def field_label(event: Event, name: str) -> str:
    """What a text of the event was asked for as."""
    action = action_of(event.action)
    asks = action.asks if action else ()
    label = next((ask.label for ask in asks if ask.name == name), OTHER_TEXTS.get(name))
    return gettext(label) if label else ""
