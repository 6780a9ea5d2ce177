"""What a report may count: the reader's reach, narrowed by what was chosen (S-08)."""

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import SQLColumnExpression, or_, select

from tickets.database import db
from tickets.facts import months
from tickets.models import Category, Unit
from tickets.reports.shape import Condition, FactTable, Scope
from tickets.visibility import overseen_paths


class Within:
    """The conditions of one scope on any table of facts; units are looked up once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.units = _units(scope)
        self.categories = _with_those_below(scope.categories)
        self._months: Condition | None = None
        self._starts, self._ends = scope.period.starts, self.moment

    def of(self, fact: FactTable) -> Iterator[Condition]:
        """What every counted row fulfils, the period aside."""
        yield from self.reach(fact)
        if self.categories:
            yield fact.category_id.in_(sorted(self.categories))
        if self.scope.channel:
            yield fact.channel == self.scope.channel
        if self.scope.tier:
            yield fact.tier == self.scope.tier

    def reach(self, fact: FactTable) -> Iterator[Condition]:
        """That the reader may be told of it: it belongs to a unit that they oversee (S-08)."""
        if self.units is not None:
            yield fact.unit_id.in_(sorted(self.units))

    def during(self, column: SQLColumnExpression[datetime | None]) -> list[Condition]:
        """That this moment lies in the period and not in the future."""
        if self._months is not None:
            return [self._months]
        return [column >= self._starts, column < self._ends]

    @cached_property
    def whole_months(self) -> Sequence[int]:
        """The months of the period that are over and summed up, the earliest first."""
        period, known = self.scope.period, months.counted(self.scope.period.zone)
        inside = range(months.month_of(period.first), months.month_of(period.last) + 1)
        return [
            each
            for each in inside
            if each in known
            and months.begins(each, period.zone) >= period.starts
            and months.begins(each + 1, period.zone) <= self.moment
        ]

    def of_months(self, which: Condition) -> "Within":
        """The same scope, asked of the sums of these months."""
        found = copy(self)
        found._months = which
        return found

    def besides_months(self) -> Iterator["Within"]:
        """What of the period the whole months leave: stretches before, between, after them."""
        zone, at = self.scope.period.zone, self._starts
        for each in self.whole_months:
            if at < months.begins(each, zone):
                yield self._stretch(at, months.begins(each, zone))
            at = months.begins(each + 1, zone)
        if at < self._ends:
            yield self._stretch(at, self._ends)

    def _stretch(self, starts: datetime, ends: datetime) -> "Within":
        found = copy(self)
        found._starts, found._ends = starts, ends
        return found

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
