"""The event log as OCEL 2.0 (JSON): events tied to every object that they are about.

Objects are complaints, work orders, callbacks, people (pseudonyms) and units. The file is written
in one pass: of people, units and kinds of events only those that came up are declared, at its end,
which is why these alone are remembered.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tickets.history.data import EventData
from tickets.history.vocabulary import EventName
from tickets.paths.log import (
    LogCodes,
    LoggedCallback,
    LoggedComplaint,
    LoggedEvent,
    Pseudonyms,
    cases,
    names,
)
from tickets.reports.shape import Scope
from workflow.values import Json

MEDIA_TYPE = "application/json"
ALWAYS = "1970-01-01T00:00:00Z"
"""The moment from which an attribute that never changes holds."""
OF_COMPLAINTS = ("category", "channel", "tier", "severity", "status")
TIED_TO_CALLBACK: Mapping[str, str] = {
    EventName.RESOLVE: "makes due",
    EventName.RECORD_CALLBACK: "call",
    EventName.SCHEDULE_CALLBACK: "agreed",
}


@dataclass
class Writing:
    """What has to be remembered until the end of the file."""

    known: LogCodes
    people: Pseudonyms
    actions: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)

    def person(self, key: UUID) -> str:
        name = f"person:{self.people.of(key)}"
        self.persons.add(name)
        return name

    def unit(self, key: UUID) -> str:
        name = f"unit:{self.known.units[key]}"
        self.units.add(name)
        return name


def ocel(scope: Scope, people: Pseudonyms) -> Iterator[str]:
    """The file: events complaint by complaint, then objects, then what both are made of."""
    writing = Writing(names(), people)
    yield '{"events":['
    between = ""
    for case in cases(scope, writing.known):
        for event in case.events:
            yield between + _written(_event(case, event, writing))
            between = ",\n"
    yield '],\n"objects":['
    between = ""
    for case in cases(scope, writing.known):
        for each in _objects(case, writing):
            yield between + _written(each)
            between = ",\n"
    for each in _lasting(writing):
        yield between + _written(each)
        between = ",\n"
    yield '],\n"objectTypes":' + _written(_object_types())
    yield ',\n"eventTypes":' + _written(_event_types(writing)) + "}\n"


def _written(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _event(case: LoggedComplaint, event: LoggedEvent, writing: Writing) -> dict[str, Json]:
    told = event.told
    writing.actions.add(told.action)
    return {
        "id": told.id.hex,
        "type": told.action,
        "time": _moment(told.at),
        "attributes": [
            {"name": "step", "value": writing.known.step(event.step)},
            {"name": "entered", "value": event.entered},
        ],
        "relationships": [_tie(*tie) for tie in _ties(case, event, writing)],
    }


def _ties(case: LoggedComplaint, event: LoggedEvent, writing: Writing) -> Iterator[tuple[str, str]]:
    """Every object of the event, with what it has to do with it."""
    yield _complaint(case.id), "complaint"
    told = event.told
    if told.actor is not None:
        yield writing.person(told.actor), "done by"
    named = told.data.orders
    for row in case.orders:
        if row.id == told.order:
            yield _order(row.id), "work order"
            yield writing.unit(row.unit_id), "department"
        elif row.id in named:
            yield _order(row.id), "sends" if told.action != EventName.URGE else "urges"
    qualifier = TIED_TO_CALLBACK.get(told.action)
    for callback in case.callbacks:
        if qualifier and _is_about(told.data, callback):
            yield _callback(callback.id), qualifier


def _is_about(data: EventData, callback: LoggedCallback) -> bool:
    named = data.callback
    return named == callback.id if named is not None else data.cycle == callback.cycle


def _objects(case: LoggedComplaint, writing: Writing) -> Iterator[dict[str, Json]]:
    ties = [
        (writing.unit(case.unit), "belongs to"),
        (writing.person(case.responsible), "responsible"),
        *((_order(row.id), "work order") for row in case.orders),
        *((_callback(row.id), "callback") for row in case.callbacks),
    ]
    if case.merged_into is not None:
        ties.append((_complaint(case.merged_into), "merged into"))
    said: dict[str, Json] = {
        "number": case.number,
        **{name: getattr(case, name) for name in OF_COMPLAINTS},
    }
    yield _object(_complaint(case.id), "complaint", said, ties)
    for row in case.orders:
        tied = [(writing.unit(row.unit_id), "sent to")]
        yield _object(_order(row.id), "work order", {"sent": _moment(row.sent_at)}, tied)
    for callback in case.callbacks:
        yield _object(_callback(callback.id), "callback", {"cycle": callback.cycle}, [])


def _lasting(writing: Writing) -> Iterator[dict[str, Json]]:
    for name in sorted(writing.persons):
        yield _object(name, "person", {}, [])
    for name in sorted(writing.units):
        yield _object(name, "unit", {"code": name.removeprefix("unit:")}, [])


def _object(
    key: str, kind: str, said: dict[str, Json], ties: list[tuple[str, str]]
) -> dict[str, Json]:
    return {
        "id": key,
        "type": kind,
        "attributes": [
            {"name": name, "time": ALWAYS, "value": value} for name, value in said.items()
        ],
        "relationships": [_tie(*each) for each in ties],
    }


def _tie(key: str, qualifier: str) -> dict[str, str]:
    return {"objectId": key, "qualifier": qualifier}


def _complaint(key: UUID) -> str:
    return f"complaint:{key.hex}"


def _order(key: UUID) -> str:
    return f"order:{key.hex}"


def _callback(key: UUID) -> str:
    return f"callback:{key.hex}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _object_types() -> list[dict[str, Json]]:
    of_each = {
        "complaint": {name: "string" for name in ("number", *OF_COMPLAINTS)},
        "work order": {"sent": "time"},
        "callback": {"cycle": "integer"},
        "person": {},
        "unit": {"code": "string"},
    }
    return [_type(name, attributes) for name, attributes in of_each.items()]


def _event_types(writing: Writing) -> list[dict[str, Json]]:
    own = {"step": "string", "entered": "boolean"}
    return [_type(name, own) for name in sorted(writing.actions)]


def _type(name: str, attributes: dict[str, str]) -> dict[str, Json]:
    return {
        "name": name,
        "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()],
    }
