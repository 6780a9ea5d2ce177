"""What an action's event says: its inputs as JSON can hold them, and its texts apart."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tickets.actions.changes.act import Act
from tickets.history import Text
from tickets.history.vocabulary import DataKey
from tickets.models import Complaint, Problem
from workflow.system_rules import Because
from workflow.table import Ask, Kind
from workflow.values import Json
from workflow.words import Origin


def event_data_of(act: Act) -> dict[str, Json]:
    """What was filled in, what followed from it, and where it led; what followed comes last."""
    performed = act.done
    moved = {DataKey.FROM_STATUS: performed.before, DataKey.TO_STATUS: performed.after}
    return {
        **_plain(act),
        **act.data,
        **_instead_of(act),
        **_origin(act),
        **{name: status for name, status in moved.items() if status is not None},
    }


def texts_of(act: Act) -> list[Text]:
    """The long texts of an action, each for its audience."""
    asked = [
        Text(ask.name, text, ask.audience)
        for ask in act.action.asks
        if ask.kind is Kind.TEXT and isinstance(text := act.inputs.get(ask.name), str) and text
    ]
    return [*asked, *act.texts]


def _plain(act: Act) -> dict[str, Json]:
    """The other inputs as JSON can hold them: codes, ids, times."""
    return {
        ask.name: _json(act.inputs[ask.name])
        for ask in act.action.asks
        if act.inputs.get(ask.name) is not None and not _is_kept_apart(ask, act)
    }


def _is_kept_apart(ask: Ask, act: Act) -> bool:
    """Texts stand where they can be redacted, files in a table of their own; a reason of the
    system's is a code and no text."""
    is_text = ask.kind is Kind.TEXT and not isinstance(act.inputs[ask.name], Because)
    return is_text or ask.kind is Kind.FILE


def _json(value: object) -> Json:
    if isinstance(value, Because):
        return value.stored()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    if isinstance(value, str | int | float):
        return value
    return _row_as_json(value)


def _row_as_json(value: object) -> Json:
    """Complaints and problems by number, every other row by id."""
    if isinstance(value, Problem):
        return {"id": str(value.id), "number": value.number}
    if isinstance(value, Complaint):
        return value.number
    key: UUID | None = getattr(value, "id", None)
    if key is None:
        raise TypeError(f"an event cannot say a {type(value).__name__}")
    return str(key)


def _instead_of(act: Act) -> Mapping[str, str]:
    """Whose responsibility was carried, when a substitute acted (OWN-06)."""
    return {DataKey.INSTEAD_OF: str(act.instead_of)} if act.instead_of is not None else {}


def _origin(act: Act) -> Mapping[str, Origin]:
    """Registering says it in any case (`tickets.history.origins`)."""
    return {DataKey.ORIGIN: act.origin} if act.origin is not Origin.LIVE else {}
