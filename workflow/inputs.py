"""Whether what was filled in is there and has the right shape."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from workflow.reasons import Reason
from workflow.system_rules import Because
from workflow.table import Action, Ask, Kind
from workflow.values import Inputs
from workflow.words import N_


def missing_or_wrong(action: Action, inputs: Inputs) -> list[Reason]:
    """Every input of the action that is missing, too long or of the wrong kind, at its field."""
    return [
        *(reason for ask in action.asks for reason in _check(ask, inputs)),
        *_unknown(action, inputs),
    ]


def _check(ask: Ask, inputs: Inputs) -> list[Reason]:
    value = inputs.get(ask.name)
    if _is_empty(value):
        if not ask.is_needed(inputs):
            return []
        return [Reason("missing", N_("Please fill this in."), {}, ask.name)]
    check = _CHECKS.get(ask.kind)
    if check is not None:
        return check(ask, value)
    if ask.codes is not None:
        return _check_code(ask, value, ask.codes)
    return []


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value in ((), [])


def _check_text(ask: Ask, value: object) -> list[Reason]:
    if isinstance(value, Because):
        return []  # a reason that the system gives: a code, no words
    if not isinstance(value, str):
        raise TypeError(f"{ask.name} must be text")
    longest = ask.longest
    found = []
    if longest is not None and len(value) > longest:
        found.append(
            Reason(
                "too_long",
                N_("At most %(longest)s characters; these are %(length)s."),
                {"longest": longest, "length": len(value)},
                ask.name,
            )
        )
    # No database keeps NUL in text, and lone surrogates cannot be stored as UTF-8.
    if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        found.append(
            Reason("unstorable", N_("This contains signs that cannot be stored."), {}, ask.name)
        )
    return found


def _check_moment(ask: Ask, value: object) -> list[Reason]:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{ask.name} must be an aware datetime")
    return []


def _check_money(ask: Ask, value: object) -> list[Reason]:
    """An amount is a whole number of minor units; what could not be read comes as it was typed."""
    if isinstance(value, int) and value >= 0:
        return []
    return [Reason("no_amount", N_("Please give an amount such as 120.50."), {}, ask.name)]


_CHECKS: Mapping[Kind, Callable[[Ask, object], list[Reason]]] = {
    Kind.LINE: _check_text,
    Kind.TEXT: _check_text,
    Kind.MOMENT: _check_moment,
    Kind.MONEY: _check_money,
}


def _check_code(ask: Ask, value: object, codes: type[StrEnum]) -> list[Reason]:
    if value in set(codes):
        return []
    return [Reason("unknown_code", N_("Please choose one of the list."), {}, ask.name)]


def _unknown(action: Action, inputs: Inputs) -> list[Reason]:
    """An input nobody asked for is a mistake of the caller, not of the person."""
    known = {ask.name for ask in action.asks}
    strangers = sorted(set(inputs) - known)
    if strangers:
        raise TypeError(f"{action.name} does not ask for {', '.join(strangers)}")
    return []
