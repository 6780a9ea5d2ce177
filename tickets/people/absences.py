"""Absences: entering them, and who stands in for whom right now (OWN-06)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tickets.actors import ANSWERING, Actor, System
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.messages import telling
from tickets.models import Absence, Membership, Person, Unit
from workflow.absence import Away, present_for, stood_in_for
from workflow.reasons import Reason, Refused
from workflow.words import N_, Role

LONGEST = timedelta(days=366)


def absences_at(at: datetime) -> tuple[Away[UUID], ...]:
    """Every absence that covers this moment."""
    rows = db.session.execute(
        select(Absence.person_id, Absence.substitute_id, Absence.starts_at, Absence.ends_at).where(
            Absence.starts_at <= at, Absence.ends_at > at
        )
    )
    return tuple(Away(*row) for row in rows)


def present(person_id: UUID, at: datetime) -> UUID | None:
    """Who acts for this person now; None when everybody in the chain is away."""
    return present_for(person_id, absences_at(at), at)


def acting_for(person: Person, at: datetime) -> frozenset[UUID]:
    """For whom this person acts now, besides themselves."""
    return stood_in_for(person.id, absences_at(at), at)


def enter(
    person: Person,
    substitute: Person | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> Absence:
    """Enter an absence, or raise Refused with every reason. When somebody enters it for another,
    both who are concerned and the next level up are told."""
    reasons = _against(person, substitute, starts_at, ends_at, now)
    if substitute is not None and actor.id not in (None, person.id):
        reasons += _against_oneself(person, substitute, starts_at, ends_at, actor.id)
    if reasons or substitute is None:
        raise Refused(reasons)
    row = Absence(
        id=new_id(),
        person_id=person.id,
        substitute_id=substitute.id,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note,
        entered_by_id=actor.id,
        created_at=now,
    )
    db.session.add(row)
    after = {
        "substitute": substitute.login,
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
    }
    _note(person, AdminEventName.ABSENT, None, after, actor, now)
    if actor.id != person.id:
        _tell(row, person, substitute, actor, now)
    return row


def _against_oneself(
    person: Person, substitute: Person, starts_at: datetime, ends_at: datetime, actor_id: UUID
) -> list[Reason]:
    """Nobody makes themselves the substitute of somebody else, not by way of others either: they
    would decide what that person would have decided (decision P9)."""
    new = Away(person.id, substitute.id, starts_at, ends_at)
    others = [
        Away(*row)
        for row in db.session.execute(
            select(
                Absence.person_id, Absence.substitute_id, Absence.starts_at, Absence.ends_at
            ).where(Absence.starts_at < ends_at, Absence.ends_at > starts_at)
        )
    ]
    moments = {starts_at, *(max(each.starts_at, starts_at) for each in others)}
    ends = {each.ends_at for each in others if each.ends_at < ends_at}
    ways = [new, *others]
    if all(present_for(person.id, ways, at) != actor_id for at in moments | ends):
        return []
    sentence = N_("You cannot make yourself the substitute of somebody else.")
    return [Reason("own_substitute", sentence, {}, "substitute")]


def _tell(row: Absence, person: Person, substitute: Person, actor: Actor, now: datetime) -> None:
    """Whoever is said to be away, whoever stands in, and the next level up hear of it at once."""
    values = {
        "by": actor.rule if isinstance(actor, System) else actor.name,
        "absent": person.name,
        "to": substitute.name,
        "until": row.ends_at,
    }
    for reader in {person.id, substitute.id, *next_level_up(person)} - {actor.id}:
        telling.tell(
            reader, "absence_entered", now=now, once=f"absence:{row.id.hex}", values=values
        )


def next_level_up(person: Person) -> set[UUID]:
    """Who oversees this person from nearest above: of each unit the supervisors and executives in
    the closest unit at or above it that has any, the person themselves left out."""
    found: set[UUID] = set()
    for membership in person.memberships:
        holders = db.session.execute(
            select(Membership.person_id, Unit.path)
            .join(Unit, Membership.unit_id == Unit.id)
            .join(Person, Membership.person_id == Person.id)
            .where(
                Membership.role.in_((Role.SUPERVISOR, Role.EXECUTIVE)),
                Person.active,
                Person.id != person.id,
            )
        ).all()
        above = [(path, one) for one, path in holders if membership.unit.path.startswith(path)]
        nearest = max((path for path, _one in above), key=len, default=None)
        found |= {one for path, one in above if path == nearest}
    return found


def end(row: Absence, *, actor: Actor, now: datetime) -> None:
    """Somebody is back earlier, or does not leave after all: what lies behind stays as it was."""
    before = {"ends_at": row.ends_at.isoformat()}
    row.ends_at = max(now, row.starts_at + timedelta(seconds=1))
    _note(row.person, AdminEventName.BACK, before, {"ends_at": row.ends_at.isoformat()}, actor, now)


def _note(
    person: Person,
    what: AdminEventName,
    before: dict[str, str] | None,
    after: dict[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    record(Subject.PERSON, person.id, what, before=before, after=after, actor=actor, now=now)


def _against(
    person: Person,
    substitute: Person | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> list[Reason]:
    found = []
    if substitute is None:
        found.append(Reason("needed", N_("Somebody must stand in."), {}, "substitute"))
    elif substitute.id == person.id:
        found.append(Reason("oneself", N_("Nobody stands in for themselves."), {}, "substitute"))
    elif not substitute.active or not substitute.roles & set(ANSWERING):
        found.append(
            Reason("cannot", N_("This person cannot answer for complaints."), {}, "substitute")
        )
    if ends_at <= starts_at:
        found.append(Reason("order", N_("The end must come after the beginning."), {}, "ends_at"))
    if ends_at <= now:
        found.append(Reason("past", N_("This lies in the past."), {}, "ends_at"))
    if ends_at - starts_at > LONGEST:
        found.append(Reason("long", N_("An absence is at most a year long."), {}, "ends_at"))
    return found
