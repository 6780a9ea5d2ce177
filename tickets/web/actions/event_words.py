"""What an event says, in the reader's language: its action and what was filled in, line by line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext

from tickets import numbers
from tickets.customers.privacy import masked, without_numbers
from tickets.customers.veil import CLEAR, Veil
from tickets.history.timeline import Names
from tickets.history.vocabulary import DataKey
from tickets.models import Event
from tickets.web.shell.labels import label_of, level_label, name_in
from tickets.web.shell.moments import stamp
from tickets.web.shell.money import money
from tickets.web.shell.said import because_in_words, rule_in_words, text_in_words
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.system_rules import because_of
from workflow.table import Action, Ask, Kind
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

ORDER_PREFIX = "order_"

NUMBERS_OF_CUSTOMERS = frozenset({"number", "address", "callback_number"})
"""Inputs that hold a way to reach the customer; masked for departments."""
TEXTS_WITH_NUMBERS = frozenset({"number_reason"})
"""Texts in which such a way is likely to stand; its signs are masked for departments."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """One fact of an event: what it is, and its value as people read it."""

    label: str
    value: str


@dataclass(frozen=True)
class Words:
    """How to write events for one reader."""

    names: Names
    veil: Veil = CLEAR

    def who(self, event: Event) -> str:
        """The person, or the rule by which the system acted."""
        if event.actor_id is None:
            return gettext("System: %(rule)s", rule=rule_in_words(event.rule))
        instead_of = event.data.get(DataKey.INSTEAD_OF)
        if instead_of is not None:
            return gettext(
                "%(name)s for %(absent)s",
                name=self.person(event.actor_id),
                absent=self.person(instead_of),
            )
        return self.person(event.actor_id)

    def person(self, person_id: Any) -> str:
        return self.names.people.get(str(person_id), "–")

    def thing(self, thing_id: Any) -> str:
        """A unit, category or cause by its id."""
        names = self.names.things.get(str(thing_id))
        return name_in(names) if names else "–"

    def lines(self, event: Event) -> list[Line]:
        """What was filled in and what followed, texts aside."""
        return [*self._inputs(event), *self._consequences(event)]

    def _inputs(self, event: Event) -> Iterator[Line]:
        action = action_of(event)
        for ask in action.asks if action else ():
            value = event.data.get(ask.name)
            because = because_of(value) if ask.kind is Kind.TEXT else None
            if because is not None:
                yield Line(gettext(ask.label), because_in_words(because))
            if value in (None, "", [], False) or ask.kind in SHOWN_OTHERWISE:
                continue
            if ask.name == "at" and DataKey.CALLED_AT in event.data:
                continue  # told below, whether or not somebody typed it
            yield Line(gettext(ask.label), self.veil(self._value(ask, value)))

    def _value(self, ask: Ask, value: Any) -> str:
        if ask.name in NUMBERS_OF_CUSTOMERS and not self.veil.is_clear:
            return masked(str(value))
        if ask.codes is not None:
            return label_of(ask.codes(value))
        return READ[ask.kind](self, value) if ask.kind in READ else str(value)

    def _consequences(self, event: Event) -> Iterator[Line]:
        for name, (label, read) in CONSEQUENCES.items():
            value = event.data.get(name)
            if value not in (None, "", [], {}) and not _means_nothing(name, event):
                yield Line(gettext(label), self.veil(read(self, value)))
        if _entered_later(event):
            yield Line(gettext("Entered"), stamp(event.at))

    def text(self, event: Event, field: str, text: str) -> str:
        """A text as this reader may see it."""
        text = self.veil(text if event.actor_id is not None else text_in_words(text))
        if field in TEXTS_WITH_NUMBERS and not self.veil.is_clear:
            return without_numbers(text)
        return text


def _means_nothing(name: str, event: Event) -> bool:
    """Of a letter nobody can say whether its address is known."""
    return name == "address_known" and event.data.get(DataKey.CHANNEL) == NoticeChannel.LETTER


def _entered_later(event: Event) -> bool:
    """Whether a call was put down minutes after it was made, or later."""
    called_at = event.data.get(DataKey.CALLED_AT)
    return called_at is not None and event.at - datetime.fromisoformat(called_at) >= MINUTE


def _moment(_words: Words, value: Any) -> str:
    return stamp(datetime.fromisoformat(value))


def _person(words: Words, value: Any) -> str:
    return words.person(value)


def _thing(words: Words, value: Any) -> str:
    return words.thing(value)


def _things(words: Words, values: Any) -> str:
    return gettext(", ").join(words.thing(value) for value in values)


def _number(_words: Words, value: Any) -> str:
    return numbers.spoken(value)


def _yes(_words: Words, _value: Any) -> str:
    return gettext("yes")


def _yes_or_no(_words: Words, value: Any) -> str:
    return gettext("yes") if value else gettext("no")


def _plain(_words: Words, value: Any) -> str:
    return str(value)


def _level(_words: Words, value: Any) -> str:
    return level_label(value)


def _problem(_words: Words, value: Any) -> str:
    return str(value["number"])


def _money(_words: Words, value: Any) -> str:
    return money(value)


SHOWN_OTHERWISE = frozenset({Kind.TEXT, Kind.FILE, Kind.ENTRY, Kind.ATTEMPT, Kind.NOTICE})
"""Texts and files stand below; what is named by its key is shown where it stands itself."""

READ: Mapping[Kind, Callable[[Words, Any], str]] = {
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

CONSEQUENCES: Mapping[str, tuple[str, Callable[[Words, Any], str]]] = {
    "to_person": (N_("Responsible from now on"), _person),
    "from_person": (N_("Responsible until now"), _person),
    "called_at": (N_("Time of the call"), _moment),
    "number_known": (N_("Number known of the customer"), _yes_or_no),
    "address_known": (N_("Address known of the customer"), _yes_or_no),
    "named": (N_("Named to decide"), _person),
    "bound": (N_("Bound department"), _thing),
    "released": (N_("Released department"), _thing),
    "contested": (N_("Sent it back before"), _things),
    "level": (N_("Level"), _level),
    "returns": (N_("Returns so far"), _plain),
    "rejections": (N_("Answers rejected so far"), _plain),
    "measures_told": (N_("Interim measures told"), _plain),
    "passed_on_to": (N_("Passed on to"), _number),
    "out_of": (N_("Taken out of"), _number),
    "duplicate": (N_("Duplicate"), _number),
    "days_closed": (N_("Days closed"), _plain),
}


def action_of(event: Event) -> Action | None:
    """The lifecycle's row for what happened; None for what a newer version wrote."""
    if event.action.startswith(ORDER_PREFIX):
        return ORDER_ACTIONS.get(event.action.removeprefix(ORDER_PREFIX))
    return ACTIONS.get(event.action)


BESIDE: Mapping[str, str] = {
    "merged_in": N_("A duplicate was merged in"),
    "merge_undone": N_("A merged duplicate was taken out"),
    "contact_passed_on": N_("The customer made contact by a merged number"),
    "adopt_limits": N_("Other time limits hold from here"),
}
"""Events that an action on another complaint leaves on this one."""


def title_of(event: Event) -> str:
    action = action_of(event)
    if action is not None:
        return gettext(action.label)
    return gettext(BESIDE.get(event.action, event.action))


def icon_of(event: Event) -> str:
    return ICONS.get(event.kind, "dot")


def move_of(event: Event) -> tuple[Any, Any] | None:
    """From which status to which, when the event moved something."""
    kind = OrderStatus if event.action.startswith(ORDER_PREFIX) else Status
    known = {str(code.value): code for code in kind}
    before, after = (known.get(str(event.data.get(f"{end}_status"))) for end in ("from", "to"))
    if after is None or before == after:
        return None
    return before, after


OTHER_TEXTS = {"source_row": N_("The rest of the imported row")}
"""Texts of an event that no action asks for."""


def field_label(event: Event, name: str) -> str:
    """What a text of the event was asked for as."""
    action = action_of(event)
    asks = action.asks if action else ()
    label = next((ask.label for ask in asks if ask.name == name), OTHER_TEXTS.get(name))
    return gettext(label) if label else ""
