"""The process map: how many complaints took which steps and moves, and how long that took.

Counted are the complaints that ended in the period, each with its whole path from registering to
its last end; so every path is complete, and a path that went on after a reopening counts once, at
its last end.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Function, Integer, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from tickets.database import db
from tickets.facts.walking import seconds_of
from tickets.models import Complaint, PathFact, StayFact
from tickets.reports.scoped import Within
from tickets.reports.shape import Condition, Scope
from workflow.words import Status

VARIANTS = 12
"""How many of the most frequent paths are shown."""
STATUSES = frozenset(status.value for status in Status)
Spells = dict[int, int]
"""How often each mark of the scale came up."""


@dataclass
class PathStep:
    """One step: in how many complaints it came up, how often in all, and how long it lasted."""

    key: str
    complaints: int = 0
    visits: int = 0
    seconds: int = 0
    """All the time that was spent here."""
    spells: Spells = field(default_factory=dict)

    @property
    def again(self) -> int:
        """How many visits were not the complaint's first one here."""
        return self.visits - self.complaints

    @property
    def median(self) -> float | None:
        return quantile(self.spells, 0.5)

    @property
    def slow(self) -> float | None:
        """Nine of ten took no longer."""
        return quantile(self.spells, 0.9)


@dataclass
class PathMove:
    """From one step to the next; `spells` tell how long the step before it lasted."""

    start: str
    end: str
    complaints: int = 0
    times: int = 0
    back: int = 0
    """How many times it led to where the complaint had been before."""
    spells: Spells = field(default_factory=dict)

    @property
    def median(self) -> float | None:
        return quantile(self.spells, 0.5)


@dataclass(frozen=True)
class Variant:
    """One sequence of steps from beginning to end, and how many complaints took exactly it."""

    key: str
    steps: tuple[str, ...]
    complaints: int
    share: float


@dataclass(frozen=True)
class PathMap:
    """Everything the page shows. `variants` are the most frequent of `ways` different paths."""

    complaints: int
    looped: int
    """Complaints that came back to a step where they had been."""
    seconds: int
    steps: Sequence[PathStep]
    moves: Sequence[PathMove]
    variants: Sequence[Variant]
    ways: int


def quantile(spells: Mapping[int, int], share: float) -> float | None:
    """The length (seconds) that this share does not exceed; None when nothing was measured."""
    wanted, seen = share * sum(spells.values()), 0
    for spell in sorted(spells):
        seen += spells[spell]
        if seen >= wanted:
            return seconds_of(spell)
    return None


def path_map(scope: Scope) -> PathMap:
    """The map of the scope: four queries, none of them by complaint."""
    within = Within(scope)
    steps, moves = _steps_and_moves(within)
    complaints, looped, seconds, ways = _whole(within)
    return PathMap(
        complaints=complaints,
        looped=looped,
        seconds=seconds,
        steps=sorted(steps.values(), key=lambda each: (-each.complaints, each.key)),
        moves=sorted(moves.values(), key=lambda each: (-each.complaints, each.start, each.end)),
        variants=list(_variants(within, complaints)),
        ways=ways,
    )


def _whole(within: Within) -> tuple[int, int, int, int]:
    """Complaints, those that came back to a step, their time, and how many different paths. Path
    by path first: telling millions apart at once would need sorting."""
    each = (
        select(
            func.count().label("complaints"),
            func.sum(case((PathFact.loops > 0, 1), else_=0)).label("looped"),
            func.sum(PathFact.seconds).label("seconds"),
        )
        .where(*_belongs(within, PathFact))
        .group_by(PathFact.variant)
        .subquery()
    )
    sums = (func.coalesce(func.sum(column), 0) for column in each.c)
    whole = db.session.execute(select(*sums, func.count())).one()
    complaints, looped, seconds, ways = (int(each) for each in whole)
    return complaints, looped, seconds, ways


def _belongs(within: Within, fact: type[PathFact] | type[StayFact]) -> list[Condition]:
    return [*within.of(fact), *within.during(fact.ended_at)]


def _steps_and_moves(
    within: Within,
) -> tuple[dict[str, PathStep], dict[tuple[str, str], PathMove]]:
    steps: dict[str, PathStep] = {}
    moves: dict[tuple[str, str], PathMove] = {}
    for row in _counted(within):
        step = steps.setdefault(row.step, PathStep(row.step))
        step.complaints += row.first
        step.visits += row.times
        step.seconds += int(row.seconds or 0)
        if row.spell is not None:
            step.spells[row.spell] = step.spells.get(row.spell, 0) + row.times
        if not row.onward:
            continue
        move = moves.setdefault((row.step, row.onward), PathMove(row.step, row.onward))
        move.complaints += row.first_move
        move.times += row.times
        move.back += row.back
        if row.spell is not None:
            move.spells[row.spell] = move.spells.get(row.spell, 0) + row.times
    return steps, moves


class _Stays(NamedTuple):
    """The stays of one step that led on to one other and lasted about as long."""

    step: str
    onward: str
    spell: int | None
    times: int
    seconds: int | None
    first: int
    first_move: int
    back: int


def _counted(within: Within) -> Iterator[_Stays]:
    def those(flag: InstrumentedAttribute[bool]) -> Function[int]:
        return func.sum(flag.cast(Integer))

    rows = db.session.execute(
        select(
            StayFact.step,
            StayFact.onward,
            StayFact.spell,
            func.count(),
            func.sum(StayFact.seconds),
            those(StayFact.first),
            those(StayFact.first_move),
            those(StayFact.back),
        )
        .where(*_belongs(within, StayFact))
        .group_by(StayFact.step, StayFact.onward, StayFact.spell)
    )
    yield from map(_Stays._make, rows)


def _variants(within: Within, complaints: int) -> Iterator[Variant]:
    number = func.count().label("number")
    found = db.session.execute(
        select(PathFact.variant, number)
        .where(*_belongs(within, PathFact))
        .group_by(PathFact.variant)
        .order_by(number.desc(), PathFact.variant)
        .limit(VARIANTS)
    ).all()
    steps = _steps_of_variants(within, [key for key, _number in found])
    for key, times in found:
        yield Variant(key, steps[key], times, times / complaints)


def _steps_of_variants(within: Within, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The steps behind each name, read off one complaint that took them."""
    if not keys:
        return {}
    examples = db.session.execute(
        select(*(_example(within, key).scalar_subquery().label(key) for key in keys))
    ).one()
    names = dict(zip(examples, keys, strict=True))
    found: dict[str, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(StayFact.complaint_id, StayFact.step)
        .where(StayFact.complaint_id.in_(list(names)))
        .order_by(StayFact.complaint_id, StayFact.place)
    )
    for complaint_id, step in rows:
        found[names[complaint_id]].append(step)
    return {key: tuple(steps) for key, steps in found.items()}


def _example(within: Within, key: str) -> Select[UUID]:
    belongs = _belongs(within, PathFact)
    return select(PathFact.complaint_id).where(PathFact.variant == key, *belongs).limit(1)


class UnknownWay(ValueError):
    """The address names no number of this page."""


def complaints_of(scope: Scope, way: str = "all") -> Condition:
    """The condition on `Complaint` of exactly the complaints behind one number (REP-02).

    `way` is `all`, `loops`, `variant:<name>`, `step:<step>` or `move:<step>:<next step>`.
    """
    within = Within(scope)
    kind, _, rest = way.partition(":")
    if way == "all":
        return _among(within, PathFact)
    if way == "loops":
        return _among(within, PathFact, PathFact.loops > 0)
    if kind == "variant" and rest.isalnum():
        return _among(within, PathFact, PathFact.variant == rest)
    steps = rest.split(":")
    if not all(is_step(each) for each in steps):
        raise UnknownWay(way)
    if kind == "step" and len(steps) == 1:
        return _among(within, StayFact, StayFact.step == steps[0])
    if kind == "move" and len(steps) == 2:
        return _among(within, StayFact, StayFact.step == steps[0], StayFact.onward == steps[1])
    raise UnknownWay(way)


def is_step(key: str) -> bool:
    """Whether this is a status, or written as the id of a department."""
    try:
        return key in STATUSES or UUID(key).hex == key
    except ValueError:
        return False


def _among(within: Within, fact: type[PathFact] | type[StayFact], *more: Condition) -> Condition:
    return Complaint.id.in_(select(fact.complaint_id).where(*_belongs(within, fact), *more))
