"""Why the system acts by itself: codes that history stores, and the sentence for each.

A sentence is never stored: an event holds the code and, in its reason, the values; whoever shows
it says it in the reader's language. Events of before hold the sentence itself; it is the same
English one, so that it is recognised when shown (`code_of_sentence`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.values import Json
from workflow.words import N_, ClockKind


class SystemRule(StrEnum):
    """By which rule the system did something (OWN-03)."""

    LAST_ORDER_ENDED = "last_order_ended"
    ANSWER_REJECTED = "answer_rejected"
    SECOND_RETURN = "second_return"
    REGULATOR_ASKS = "regulator_asks"
    SEVERAL_COMPLAINTS = "several_complaints"
    MERGED_IN = "merged_in"
    COMPLAINT_WITHDRAWN = "complaint_withdrawn"
    RESPONSIBLE_LEFT = "responsible_left"
    FOLLOW_UP_CAME = "follow_up_came"
    LIMIT_REACHED = "limit_reached"
    LIMITS_SHIPPED = "limits_shipped"
    LIMITS_CHANGED = "limits_changed"
    ZONE_CHANGED = "zone_changed"
    NOTICE_SENT = "notice_sent"
    PROGRESS_SHARED = "progress_shared"


R = SystemRule

SENTENCES: Mapping[SystemRule, str] = {
    R.LAST_ORDER_ENDED: N_("last work order ended"),
    R.ANSWER_REJECTED: N_("answer sent back to its department"),
    R.SECOND_RETURN: N_("departments returned it again"),
    R.REGULATOR_ASKS: N_("the regulator asks about it"),
    R.SEVERAL_COMPLAINTS: N_("several complaints of one customer in a short time"),
    R.MERGED_IN: N_("merged into it: a complaint of a higher level"),
    R.COMPLAINT_WITHDRAWN: N_("complaint withdrawn"),
    R.RESPONSIBLE_LEFT: N_("responsible person has left"),
    R.FOLLOW_UP_CAME: N_("follow-up date reached"),
    R.LIMIT_REACHED: N_("time limit reached"),
    R.LIMITS_SHIPPED: N_("shipped time limits"),
    R.LIMITS_CHANGED: N_("other time limits in force"),
    R.ZONE_CHANGED: N_("rules of a time zone changed"),
    R.NOTICE_SENT: N_("written notice sent"),
    R.PROGRESS_SHARED: N_("the progress of its problem is shared"),
}

WITH_VALUES: Mapping[SystemRule, str] = {
    R.SEVERAL_COMPLAINTS: N_("%(contacts)s complaints in %(days)s days"),
    R.LIMIT_REACHED: N_("%(clock)s: %(percent)s %% used"),
}
"""Reasons that say more than the rule. `clock` is a `ClockKind`, shown by its label."""


@dataclass(frozen=True)
class Because:
    """A reason that the system gives: the rule, and what it saw."""

    rule: SystemRule
    values: Mapping[str, Json] = field(default_factory=dict)

    def stored(self) -> Mapping[str, Json]:
        """As an event holds it."""
        return {"rule": self.rule.value, "values": dict(self.values)}


def because_of(stored: object) -> Because | None:
    """What an event holds as its reason; None if that is no reason of the system's."""
    if not isinstance(stored, Mapping):
        return None
    rule, values = stored.get("rule"), stored.get("values")
    if not isinstance(rule, str) or rule not in set(SystemRule):
        return None
    return Because(SystemRule(rule), values if isinstance(values, Mapping) else {})


_CONTACTS = re.compile(r"(\d+) complaints in (\d+) days")
_LIMIT = re.compile(rf"({'|'.join(ClockKind)}) (\d*)%")
_BY_SENTENCE = {sentence: rule for rule, sentence in SENTENCES.items()}


def because_of_sentence(text: str) -> Because | None:
    """The reason that a sentence of before stands for; None if the system never said that."""
    contacts, limit = _CONTACTS.fullmatch(text), _LIMIT.fullmatch(text)
    if contacts:
        values = {"contacts": int(contacts[1]), "days": int(contacts[2])}
        return Because(R.SEVERAL_COMPLAINTS, values)
    if limit:
        return Because(R.LIMIT_REACHED, {"clock": limit[1], "percent": limit[2]})
    rule = _BY_SENTENCE.get(text)
    return Because(rule) if rule is not None else None


_IMPORT = re.compile(r"import(?: of |:)(.+)")


def of_import(source: str) -> str:
    """The rule by which complaints of another system are entered."""
    return f"import:{source}"


def imported_from(rule: str) -> str | None:
    """The system that an import was of, also as it was stored before; None for other rules."""
    found = _IMPORT.fullmatch(rule)
    return found[1] if found else None


IMPORT_OF = N_("import of %(source)s")


def sentence_of(rule: str) -> str:
    """The sentence for a stored rule: of its code, or what stands there, as it was stored before
    there were codes, and for commands, which are called by their name."""
    return SENTENCES[SystemRule(rule)] if rule in set(SystemRule) else rule
