"""Who stands in for whom: absences with a substitute, bounded in time (OWN-06).

Substitution is transitive: when the substitute is away as well, it is theirs. A circle of people
who are all away has nobody present, and says so instead of going round for ever.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)


@dataclass(frozen=True)
class Away(Generic[Who]):
    """One absence; `ends_at` is the moment from which the person is back."""

    person: Who
    substitute: Who
    starts_at: datetime
    ends_at: datetime

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


def present_for(person: Who, absences: Iterable[Away[Who]], at: datetime) -> Who | None:
    """Who acts for this person at that moment: themselves, a substitute, or nobody.

    When absences overlap, the one that began last holds.
    """
    covering = sorted(
        (each for each in absences if each.covers(at)), key=lambda each: each.starts_at
    )
    substitutes = {each.person: each.substitute for each in covering}
    seen = {person}
    while person in substitutes:
        person = substitutes[person]
        if person in seen:
            return None
        seen.add(person)
    return person


def stood_in_for(person: Who, absences: Iterable[Away[Who]], at: datetime) -> frozenset[Who]:
    """Everybody for whom this person acts at that moment, besides themselves."""
    absences = tuple(absences)
    away = {each.person for each in absences if each.covers(at)}
    return frozenset(each for each in away if present_for(each, absences, at) == person)


def stand_ins_of(person: Who, absences: Iterable[Away[Who]], at: datetime) -> frozenset[Who]:
    """Everybody who represents this person at that moment: whoever was named, and whoever acts in
    the end because they are away as well."""
    covering = tuple(each for each in absences if each.covers(at))
    named = {each.substitute for each in covering if each.person == person}
    acting = present_for(person, covering, at)
    return frozenset(named | ({acting} if acting is not None else set())) - {person}
