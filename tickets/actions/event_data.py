"""What an action's event says: its inputs as JSON can hold them, and its texts apart."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tickets.actions.changes.act import Act
from tickets.history import Text
from tickets.history.vocabulary import DataKey
from tickets.models import Complaint, Problem
from workflow.table import Kind
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
        if ask.kind is Kind.TEXT and (text := act.given(ask.name, str))
    ]
    return [*asked, *act.texts]


def _plain(act: Act) -> dict[str, Json]:
    """The other inputs as JSON can hold them: codes, ids, times."""
    return {
        ask.name: _json(act.inputs[ask.name])
        for ask in act.action.asks
        if ask.kind not in (Kind.TEXT, Kind.FILE) and act.inputs.get(ask.name) is not None
    }


def _json(value: object) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    if isinstance(value, Problem):
        return {"id": str(value.id), "number": value.number}
    if isinstance(value, Complaint):
        return value.number
    if isinstance(value, str | int | float):
        return value
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
