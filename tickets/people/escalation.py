"""Who is told at a rung of the ladder: real people, present ones, never nobody (ESC-05).

Escalation adds people and takes nobody away. When those a rung names are absent without a
substitute, disabled or missing, it goes one further up, and an administrator hears of the gap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from tickets.actors import HANDLING
from tickets.database import db
from tickets.models import Complaint, Membership, Person, Unit, WorkOrder
from tickets.people.absences import absences_at
from workflow.absence import Away, present_for
from workflow.limits import Rung, Tell
from workflow.words import Role

UPWARDS: dict[Tell, Tell | None] = {
    Tell.RESPONSIBLE: Tell.LEAD,
    Tell.COORDINATOR: None,
    Tell.DEPARTMENT: Tell.LEAD,
    Tell.LEAD: Tell.SUPERVISOR,
    Tell.SUPERVISOR: Tell.EXECUTIVE,
    Tell.EXECUTIVE: None,
    Tell.DUTY: Tell.LEAD,
}
"""Who is next when nobody of these is there."""

OPTIONAL = frozenset({Tell.COORDINATOR, Tell.DUTY})
"""Nobody needs to hold these: where nobody was named, nobody is missing."""

ROLES = {
    Tell.LEAD: (Role.LEAD,),
    Tell.SUPERVISOR: (Role.SUPERVISOR,),
    Tell.EXECUTIVE: (Role.EXECUTIVE,),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told, in which capacity, and whom they stand in for."""

    person_id: UUID
    tell: Tell
    instead_of: UUID | None = None


@dataclass(frozen=True)
class Gap:
    """Nobody could be told as `tell`; `instead` says who was told, None when nobody was."""

    tell: Tell
    instead: Tell | None


@dataclass(frozen=True)
class AlertAudience:
    """Everybody whom one rung reaches, each person once, and the gaps on the way."""

    recipients: tuple[Recipient, ...]
    gaps: tuple[Gap, ...]


class Directory:
    """Who holds what and who is away, at one moment; asked once however often it is needed."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.absences: tuple[Away[UUID], ...] = absences_at(at)
        self._above: dict[str, list[Unit]] = {}
        self._holders: dict[tuple[str, tuple[Role, ...]], list[tuple[UUID, Person]]] = {}

    def above(self, unit: Unit) -> list[Unit]:
        """The unit and all above it, from the root down."""
        if unit.path not in self._above:
            self._above[unit.path] = _with_those_above(unit)
        return self._above[unit.path]

    def holders_above(self, unit: Unit, *roles: Role) -> list[tuple[UUID, Person]]:
        """Who holds one of the roles in the unit or above it, each with the unit's key."""
        key = (unit.path, roles)
        if key not in self._holders:
            self._holders[key] = _memberships([each.id for each in self.above(unit)], *roles)
        return self._holders[key]


def audience(
    rung: Rung,
    complaint: Complaint,
    order: WorkOrder | None,
    at: datetime,
    directory: Directory | None = None,
) -> AlertAudience:
    """Whom this rung reaches at that moment. With a directory of the same transaction, the same
    people are not looked up again."""
    return _Search(complaint, order, directory or Directory(at)).audience(rung.tell)


def supervisors_of(complaint: Complaint, at: datetime) -> list[UUID]:
    """The supervisors nearest to a complaint who can be reached, or their substitutes; the
    executives above when there is none."""
    reached = _Search(complaint, None, Directory(at)).audience([Tell.SUPERVISOR])
    return [each.person_id for each in reached.recipients]


class _Search:
    """Looks people up for one complaint at one moment."""

    def __init__(self, complaint: Complaint, order: WorkOrder | None, directory: Directory) -> None:
        self.complaint, self.order, self.directory = complaint, order, directory

    def audience(self, wanted: Iterable[Tell]) -> AlertAudience:
        found: dict[UUID, Recipient] = {}
        gaps: list[Gap] = []
        for tell in wanted:
            recipients, instead = self._reached(tell)
            if instead is not tell:
                gaps.append(Gap(tell, instead))
            for each in recipients:
                found.setdefault(each.person_id, each)
        return AlertAudience(tuple(found.values()), tuple(gaps))

    def _reached(self, tell: Tell) -> tuple[list[Recipient], Tell | None]:
        """The people meant, or those one further up, and as what they were found."""
        at: Tell | None = tell
        while at is not None:
            named = self._named(at)
            present = [each for person in named for each in self._present(person, at)]
            if present or (at in OPTIONAL and not named):
                return present, at
            at = UPWARDS[at]
        return [], None

    def _present(self, person: Person, tell: Tell) -> list[Recipient]:
        """The person, or whoever stands in; nobody when the person is gone or all are away."""
        if not person.active:
            return []
        there = present_for(person.id, self.directory.absences, self.directory.at)
        if there is None:
            return []
        if there == person.id:
            return [Recipient(person.id, tell)]
        substitute = db.session.get(Person, there)
        if substitute is None or not substitute.active:
            return []
        return [Recipient(there, tell, person.id)]

    def _named(self, tell: Tell) -> Sequence[Person]:
        if tell is Tell.RESPONSIBLE:
            return [self.complaint.responsible]
        if tell is Tell.COORDINATOR:
            return [self.complaint.coordinator] if self.complaint.coordinator else []
        if tell is Tell.DEPARTMENT:
            return self._department()
        if tell is Tell.DUTY:
            return self._duty()
        unit = self.order.unit if self.order and tell is Tell.LEAD else self.complaint.unit
        return self._nearest(unit, *ROLES[tell])

    def _department(self) -> Sequence[Person]:
        if self.order is None:
            return []
        if self.order.handler is not None and self.order.handler.active:
            return [self.order.handler]
        return [person for _, person in _memberships([self.order.unit_id], *HANDLING)]

    def _duty(self) -> Sequence[Person]:
        unit = self.order.unit if self.order else self.complaint.unit
        for each in reversed(self.directory.above(unit)):
            if each.duty_id is not None:
                return [db.session.get_one(Person, each.duty_id)]
        return []

    def _nearest(self, unit: Unit, *roles: Role) -> Sequence[Person]:
        """Those with the role in the unit, else in the nearest unit above that has somebody who
        can be reached."""
        holders = self.directory.holders_above(unit, *roles)
        for each in reversed(self.directory.above(unit)):
            here = [person for unit_id, person in holders if unit_id == each.id]
            if any(self._present(person, Tell.LEAD) for person in here):
                return here
        return []


def _memberships(unit_ids: Sequence[UUID], *roles: Role) -> list[tuple[UUID, Person]]:
    rows = db.session.execute(
        select(Membership.unit_id, Person)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.unit_id.in_(unit_ids), Membership.role.in_(roles), Person.active)
        .order_by(Person.id)
        .options(lazyload(Person.memberships))
    )
    return [(unit_id, person) for unit_id, person in rows]


def _with_those_above(unit: Unit) -> list[Unit]:
    """The unit and all above it, from the root down."""
    keys = [UUID(each) for each in unit.path.split("/") if each]
    rows = {each.id: each for each in db.session.scalars(select(Unit).where(Unit.id.in_(keys)))}
    return [rows[each] for each in keys if each in rows]


def administrators() -> list[UUID]:
    """Who hears of gaps."""
    rows = db.session.scalars(
        select(Membership.person_id)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.role == Role.ADMINISTRATOR, Person.active)
        .distinct()
    )
    return list(rows)
