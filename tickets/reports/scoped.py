"""What a report may count: the reader's reach, narrowed by what was chosen (S-08)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from tickets.database import db
from tickets.models import Category, Unit
from tickets.reports.shape import Condition, Scope
from tickets.visibility import overseen_paths


class Within:
    """The conditions of one scope on any table of facts; units are looked up once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.units = _units(scope)
        self.categories = _with_those_below(scope.categories)

    def of(self, fact: Any) -> Iterator[Condition]:
        """What every counted row fulfils, the period aside."""
        yield from self.reach(fact)
        if self.categories:
            yield fact.category_id.in_(sorted(self.categories))
        if self.scope.channel:
            yield fact.channel == self.scope.channel
        if self.scope.tier:
            yield fact.tier == self.scope.tier

    def reach(self, fact: Any) -> Iterator[Condition]:
        """That the reader may be told of it: it belongs to a unit that they oversee (S-08)."""
        if self.units is not None:
            yield fact.unit_id.in_(sorted(self.units))

    def during(self, column: Any) -> list[Condition]:
        """That this moment lies in the period and not in the future."""
        period = self.scope.period
        return [column >= period.starts, column < min(period.ends, self.scope.now)]

    @property
    def moment(self) -> datetime:
        """The moment of what is counted at the period's end: now, while that is still to come."""
        return min(self.scope.period.ends, self.scope.now)


def _units(scope: Scope) -> frozenset[UUID] | None:
    """The units whose complaints are counted; None when that is every unit there is."""
    paths = overseen_paths(scope.reader)
    wanted = [or_(*(Unit.path.startswith(path) for path in paths))] if paths else []
    if not paths:
        return frozenset()
    if scope.unit_path:
        wanted.append(Unit.path.startswith(scope.unit_path))
    rows = db.session.execute(select(Unit.id, Unit.path)).all()
    chosen = db.session.scalars(select(Unit.id).where(*wanted)).all()
    return None if len(chosen) == len(rows) else frozenset(chosen)


def _with_those_below(categories: frozenset[UUID]) -> frozenset[UUID]:
    if not categories:
        return categories
    below: dict[UUID | None, list[UUID]] = {}
    for key, parent in db.session.execute(select(Category.id, Category.parent_id)):
        below.setdefault(parent, []).append(key)
    found, to_visit = set(categories), list(categories)
    while to_visit:
        for each in below.get(to_visit.pop(), ()):
            if each not in found:
                found.add(each)
                to_visit.append(each)
    return frozenset(found)
