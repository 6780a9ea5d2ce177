"""Changing the tree of units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tickets.actors import Actor
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record, store_unique
from tickets.models import Membership, Person, Unit, WorkOrder
from workflow.reasons import Reason, Refused
from workflow.words import N_, OPEN_ORDER, UnitKind


@dataclass(frozen=True)
class UnitData:
    """All that an administrator says about a unit."""

    code: str
    kind: UnitKind
    names: Mapping[str, str]
    parent: Unit | None


def add_unit(data: UnitData, *, actor: Actor, now: datetime) -> Unit:
    """A new unit; raises Refused with every reason."""
    _check(data, unit=None)
    unit = Unit(id=new_id(), code=data.code, kind=data.kind, names=dict(data.names), active=True)
    unit.place_under(data.parent)
    store_unique(unit, _code_taken(data.code))
    record(
        Subject.UNIT,
        unit.id,
        AdminEventName.ADDED,
        before=None,
        after=_shown(unit),
        actor=actor,
        now=now,
    )
    return unit


def change_unit(unit: Unit, data: UnitData, *, actor: Actor, now: datetime) -> None:
    """Rename or move a unit, with everything below it; raises Refused with every reason."""
    _check(data, unit=unit)
    before, old_path = _shown(unit), unit.path
    below = _below(unit)
    unit.code, unit.kind, unit.names = data.code, data.kind, dict(data.names)
    unit.place_under(data.parent)
    _replace(unit, below)
    after = _shown(unit)
    if after == before and unit.path == old_path:
        return
    record(
        Subject.UNIT,
        unit.id,
        AdminEventName.CHANGED,
        before=before,
        after=after,
        actor=actor,
        now=now,
    )


def open_orders_of(unit: Unit) -> int:
    """How many open work orders this unit holds."""
    query = select(func.count()).select_from(WorkOrder)
    return (
        db.session.scalar(
            query.where(WorkOrder.unit_id == unit.id, WorkOrder.status.in_(OPEN_ORDER))
        )
        or 0
    )


def retire_unit(unit: Unit, *, open_orders_seen: int, actor: Actor, now: datetime) -> None:
    """Take a unit out of use. Refused while people or units are in it, and while it holds more
    open work orders than the administrator was shown and confirmed."""
    reasons = [*_still_in_use(unit), *_unseen_orders(unit, open_orders_seen)]
    if reasons:
        raise Refused(reasons)
    unit.active = False
    record(
        Subject.UNIT,
        unit.id,
        AdminEventName.RETIRED,
        before={"active": True},
        after={"active": False, "open_orders": open_orders_seen},
        actor=actor,
        now=now,
    )


def restore_unit(unit: Unit, *, actor: Actor, now: datetime) -> None:
    """Take a retired unit into use again."""
    if unit.parent is not None and not unit.parent.active:
        sentence = N_("The unit above is out of use; restore that one first.")
        raise Refused([Reason("parent_retired", sentence)])
    unit.active = True
    change = {"before": {"active": False}, "after": {"active": True}}
    record(Subject.UNIT, unit.id, AdminEventName.RESTORED, **change, actor=actor, now=now)


def units_in_order() -> list[Unit]:
    """The whole tree, parents before their children, siblings by code."""
    units = list(db.session.scalars(select(Unit).order_by(Unit.code)))
    children: dict[Any, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    ordered: list[Unit] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting.extend(reversed(children.get(unit.id, [])))
    return ordered


def depth_of(unit: Unit) -> int:
    """How many units are above this one."""
    return unit.path.count("/") - 1


def _check(data: UnitData, *, unit: Unit | None) -> None:
    reasons = []
    twin = db.session.scalar(select(Unit.id).where(Unit.code == data.code))
    if twin is not None and (unit is None or twin != unit.id):
        reasons.append(_code_taken(data.code))
    reasons += _parent_objections(data, unit)
    if reasons:
        raise Refused(reasons)


def _parent_objections(data: UnitData, unit: Unit | None) -> list[Reason]:
    if data.parent is None:
        if data.kind is UnitKind.COMPANY:
            return []
        sentence = N_("Only a company stands at the top; choose the unit above.")
        return [Reason("parent_missing", sentence, {}, "parent")]
    if unit is not None and data.parent.within(unit):
        sentence = N_("A unit cannot be moved below itself.")
        return [Reason("cycle", sentence, {}, "parent")]
    moved = unit is None or unit.parent_id != data.parent.id
    if moved and not data.parent.active:
        sentence = N_("That unit is out of use.")
        return [Reason("parent_retired", sentence, {}, "parent")]
    return []


def _code_taken(code: str) -> Reason:
    sentence = N_("The code %(code)s is taken.")
    return Reason("code_taken", sentence, {"code": code}, "code")


def _below(unit: Unit) -> list[Unit]:
    """Everything below, nearest first."""
    found = db.session.scalars(
        select(Unit).where(Unit.path.startswith(unit.path), Unit.id != unit.id)
    )
    return sorted(found, key=depth_of)


def _replace(unit: Unit, below: list[Unit]) -> None:
    """Put everything below where it now hangs."""
    by_id: dict[UUID | None, Unit] = {unit.id: unit}
    for each in below:
        each.place_under(by_id[each.parent_id])
        by_id[each.id] = each


def _still_in_use(unit: Unit) -> list[Reason]:
    people = db.session.scalar(
        select(func.count(func.distinct(Membership.person_id)))
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.unit_id == unit.id, Person.active)
    )
    children = db.session.scalar(
        select(func.count()).select_from(Unit).where(Unit.parent_id == unit.id, Unit.active)
    )
    reasons = []
    if people:
        sentence = N_("%(count)s people have a role in this unit; take those roles away first.")
        reasons.append(Reason("unit_has_people", sentence, {"count": people}))
    if children:
        sentence = N_("%(count)s units below this one are in use; retire or move them first.")
        reasons.append(Reason("unit_has_units", sentence, {"count": children}))
    return reasons


def _unseen_orders(unit: Unit, seen: int) -> list[Reason]:
    count = open_orders_of(unit)
    if count <= seen:
        return []
    sentence = N_("This unit holds %(count)s open work orders; confirm that it is retired anyway.")
    return [Reason("unit_has_orders", sentence, {"count": count}, "confirmed")]


def _shown(unit: Unit) -> dict[str, Any]:
    parent = db.session.get(Unit, unit.parent_id) if unit.parent_id else None
    return {
        "code": unit.code,
        "kind": unit.kind.value,
        "names": dict(unit.names),
        "parent": parent.code if parent else None,
    }
