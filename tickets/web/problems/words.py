"""What a problem's history says, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select, union_all

from tickets.database import db
from tickets.history.problem_events import ProblemEventName, problem_data_of
from tickets.models import Category, Cause, Person, ProblemEvent, Unit
from tickets.web.shell.labels import label_of, name_in
from tickets.web.shell.moments import stamp
from workflow.words import N_, ProblemKind

TITLES: Mapping[str, str] = {
    ProblemEventName.OPENED: N_("Problem opened"),
    ProblemEventName.CHANGED: N_("Changed"),
    ProblemEventName.PROGRESS: N_("Progress shared"),
    ProblemEventName.CLOSED: N_("Problem closed"),
}

FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "kind": N_("Kind"),
    "unit_id": N_("Unit"),
    "category_id": N_("Category of its complaints"),
    "owner_id": N_("Owner"),
    "cause_id": N_("Cause"),
    "measure": N_("Measure"),
    "due_at": N_("Measure due"),
    "effective_at": N_("Measure took effect"),
}


@dataclass(frozen=True)
class HistoryLine:
    """One event: what, who, when, and its details line by line."""

    title: str
    who: str
    at: datetime
    details: tuple[str, ...]


def lines_of(events: Iterable[ProblemEvent]) -> list[HistoryLine]:
    """The history with everything named: two queries at most."""
    events = list(events)
    names = _names(events)
    return [
        HistoryLine(
            gettext(TITLES.get(event.action, event.action)),
            event.by.name,
            event.at,
            tuple(_details(event, names)),
        )
        for event in events
    ]


def _details(event: ProblemEvent, names: Mapping[str, str]) -> Iterable[str]:
    data = problem_data_of(event)
    if event.action == ProblemEventName.CHANGED:
        for name, before, after in data.changes:
            yield f"{gettext(FIELDS[name])}: {_shown(name, before, names)} → " + _shown(
                name, after, names
            )
        return
    for text in (data.progress, data.effect):
        if text:
            yield text
    if data.expected_at is not None:
        yield gettext("Expected to be solved by %(when)s", when=stamp(data.expected_at))


def _shown(name: str, value: str | None, names: Mapping[str, str]) -> str:
    if not value:
        return "–"
    if name.endswith("_at"):
        return stamp(datetime.fromisoformat(value))
    if name == "kind":
        return label_of(ProblemKind(value))
    return names.get(value, "–") if name.endswith("_id") else value


def _names(events: list[ProblemEvent]) -> dict[str, str]:
    ids = {
        UUID(value)
        for event in events
        if event.action == ProblemEventName.CHANGED
        for name, *pair in problem_data_of(event).changes
        if name.endswith("_id")
        for value in pair
        if value
    }
    if not ids:
        return {}
    people = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    things = db.session.execute(
        union_all(
            *(
                select(each.id, each.names).where(each.id.in_(ids))
                for each in (Unit, Category, Cause)
            )
        )
    )
    return {
        **{str(row.id): row.name for row in people},
        **{str(row.id): name_in(row.names) for row in things},
    }
