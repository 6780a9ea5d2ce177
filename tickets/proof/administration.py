"""Administration events: how they are chained, and the rows that are reconciled with them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from uuid import UUID

from sqlalchemy import func, select

from tickets.database import db
from tickets.models import (
    AdminEvent,
    AdminHead,
    AnchorAddress,
    Baseline,
    LimitsVersion,
    Membership,
    Person,
    PolicySetting,
)
from tickets.proof.canonical import canonical, digest
from workflow.values import Json

State = dict[str, Json]

PERSON, POLICY, LIMITS, ANCHOR = "person", "policy", "limits", "anchor"
BASELINE = "baseline"
"""The subjects whose rows are reconciled; see `tickets.history.administration.Subject`."""


def link(event: AdminEvent) -> str:
    """The hash that ties this event to the one before it of its subject."""
    told = {
        "id": event.id.hex,
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor_id.hex if event.actor_id else None,
        "rule": event.rule,
        "subject": str(event.subject),
        "subject_id": event.subject_id,
        "action": event.action,
        "before": event.before,
        "after": event.after,
        "rows": event.rows,
        "previous": event.previous,
    }
    return digest(canonical(told))


def state_of(subject: str, subject_id: str) -> State | None:
    """What stands in the rows of one subject now; None where no rows are reconciled."""
    read = READ.get(str(subject))
    if read is None or (subject in KEYED and not _is_key(subject_id)):
        return None  # such as the rules of time zones, which are no version of the limits
    return read(subject_id).get(subject_id)


def _is_key(subject_id: str) -> bool:
    try:
        UUID(subject_id)
    except ValueError:
        return False
    return True


def _people(only: str | None = None) -> dict[str, State]:
    people = select(Person.id, Person.login, Person.name, Person.active)
    roles = select(Membership.id, Membership.person_id, Membership.unit_id, Membership.role)
    if only is not None:
        people = people.where(Person.id == UUID(only))
        roles = roles.where(Membership.person_id == UUID(only))
    given: dict[UUID, dict[str, str]] = {}
    for row in db.session.execute(roles):
        role = f"{row.role.value}@{row.unit_id.hex}"
        given.setdefault(row.person_id, {})[row.id.hex] = role
    return {
        str(row.id): {
            "login": row.login,
            "name": row.name,
            "active": row.active,
            "roles": given.get(row.id, {}),
        }
        for row in db.session.execute(people)
    }


def _policy(_only: str | None = None) -> dict[str, State]:
    rows = db.session.execute(select(PolicySetting.name, PolicySetting.value))
    return {POLICY: {row.name: row.value for row in rows}}


def _limits(only: str | None = None) -> dict[str, State]:
    """Every version, and which one is in force: that is told with whichever changed last."""
    query = select(LimitsVersion)
    if only is not None:
        query = query.where(LimitsVersion.id == UUID(only))
    in_force = db.session.scalar(select(LimitsVersion.id).where(LimitsVersion.active.is_(True)))
    return {
        str(row.id): {
            "number": row.number,
            "title": row.title,
            "pack": row.pack,
            "document": digest(canonical(row.document)),
            "in_force": in_force.hex if in_force else None,
        }
        for row in db.session.scalars(query)
    }


def _addresses(_only: str | None = None) -> dict[str, State]:
    rows = db.session.execute(select(AnchorAddress.id, AnchorAddress.address))
    return {ANCHOR: {row.id.hex: row.address for row in rows}}


READ: Mapping[str, Callable[[str | None], dict[str, State]]] = {
    PERSON: _people,
    POLICY: _policy,
    LIMITS: _limits,
    ANCHOR: _addresses,
}

KEYED = frozenset({PERSON, LIMITS})
"""Whose subjects are rows, named by their keys."""

SHARED = {LIMITS: "in_force"}
"""What is one for the whole subject, so that its last event tells it for all."""


def flaws() -> Iterator[tuple[str, int, str]]:
    """Everything wrong with administration events and with their rows: subject, event, what."""
    heads = {row.subject: row for row in db.session.scalars(select(AdminHead))}
    last: dict[str, dict[str, State]] = {subject: _baseline(subject) for subject in READ}
    shared: dict[str, Json] = {}
    seen: dict[str, tuple[int, str]] = {}
    query = select(AdminEvent).order_by(AdminEvent.subject, AdminEvent.seq)
    for event in db.session.scalars(query.execution_options(yield_per=500)):
        seq, previous = seen.get(event.subject, (0, ""))
        if event.seq != seq + 1:
            yield event.subject, seq + 1, "the administration event is missing"
        elif event.previous != previous or event.hash != link(event):
            yield event.subject, event.seq, "the administration event was changed"
        seen[event.subject] = (event.seq, event.hash)
        if event.rows is not None and event.subject in last:
            last[event.subject][event.subject_id] = dict(event.rows)
            shared[event.subject] = event.rows.get(SHARED.get(event.subject, ""))
        db.session.expunge(event)
    for subject in heads.keys() | seen.keys():
        head = heads.get(subject)
        if (head.count, head.head) != seen.get(subject, (0, "")) if head else True:
            yield subject, head.count if head else 0, "administration events are missing at the end"
    yield from _baselines()
    for subject, told in last.items():
        yield from _differences(subject, told, shared.get(subject))


def _baselines() -> Iterator[tuple[str, int, str]]:
    """Only the upgrade takes baselines, and says in an event which: a later one would excuse
    whatever was put in by hand."""
    told = db.session.scalars(select(AdminEvent.after).where(AdminEvent.subject == BASELINE)).all()
    expected = told[0] if told else None
    found = baselines_told()
    if (expected or {"count": 0, "digest": found["digest"]}) != found:
        yield BASELINE, 1, "a baseline was added, changed or removed"


def baselines_told() -> State:
    """How many baselines there are, and the digest of those of administration."""
    count = db.session.scalar(select(func.count()).select_from(Baseline)) or 0
    rows = db.session.execute(
        select(Baseline.subject, Baseline.subject_id, Baseline.seq, Baseline.rows)
        .where(Baseline.subject != "complaint")
        .order_by(Baseline.subject, Baseline.subject_id)
    )
    return {"count": count, "digest": digest(canonical([list(row) for row in rows]))}


def _baseline(subject: str) -> dict[str, State]:
    rows = db.session.scalars(select(Baseline).where(Baseline.subject == subject))
    return {row.subject_id: dict(row.rows) for row in rows}


def _differences(
    subject: str, told: dict[str, State], shared: Json
) -> Iterator[tuple[str, int, str]]:
    name = SHARED.get(subject, "")
    stored = READ[subject](None)
    for subject_id in told.keys() | stored.keys():
        expected, found = told.get(subject_id), stored.get(subject_id)
        if expected is None and found:
            yield subject, 0, f"{subject} {subject_id} was added"
        elif expected is not None and found is None:
            yield subject, 0, f"{subject} {subject_id} is missing"
        elif expected is not None and found is not None:
            expected = {**expected, **({name: shared} if name and shared else {})}
            for what in _changed(expected, found):
                yield subject, 0, f"{subject} {subject_id}: {what}"


def _changed(expected: Mapping[str, Json], found: Mapping[str, Json]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        if name not in expected:
            yield f"{name} was added"
        elif name not in found:
            yield f"{name} is missing"
        else:
            yield from _changed_value(name, expected[name], found[name])


def _changed_value(name: str, expected: Json, found: Json) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        yield from (f"{name}: {what}" for what in _changed(expected, found))
    elif expected != found:
        yield f"{name} was changed"
