"""A desk at which random things happen: customers with one complaint or several, told in the
order of time, so that duplicates can be merged and old complaints repeated."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import select

from tests.cast import Cast
from tests.teller import Scene, Teller
from tickets import customers
from tickets.actions import notifying
from tickets.clocks import timekeeping
from tickets.database import db, new_id
from tickets.models import Category, Cause, Complaint, QualitySample, Verdict
from tickets.problems.keeping import ProblemPlan, open_problem
from tickets.quality import drawing, scoring
from workflow import sampling
from workflow.words import Card, GroupTier, ProblemKind

HOUSEHOLDS = (1, 1, 2, 2, 3)
"""How many complaints one customer has."""
TIERS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"group_tier": GroupTier.A1},
    {"card": Card.GOLD},
)
OPENS_FOR = 60 * 24 * 40
"""Minutes in which complaints come in."""


@dataclass(frozen=True)
class Tree:
    """Categories: the cast's one and another below `internet`, `bills` beside it."""

    internet: UUID
    bills: UUID
    all: tuple[UUID, ...]


def histories(
    cast: Cast, dice: random.Random, count: int, since: datetime, tree: Tree | None = None
) -> datetime:
    """Tell so many complaints from that moment on; answers the last moment at which anything
    happened."""
    scene = set_scene(cast, dice, since, tree or plant(cast))
    latest, left = since, count
    while left:
        size = min(left, dice.choice(HOUSEHOLDS))
        latest = max(latest, _household(scene, size, since))
        left -= size
    return latest


def set_scene(cast: Cast, dice: random.Random, since: datetime, tree: Tree) -> Scene:
    """Two causes, some categories and a problem that some complaints share."""
    cause = Cause(id=new_id(), code="human_error", names={"en": "Human error"}, active=True)
    db.session.add(cause)
    db.session.flush()
    zheng = cast.person("zheng")
    plan = ProblemPlan("Cable", ProblemKind.INCIDENT, cast.units["branch"], tree.internet, zheng.id)
    problem = open_problem(plan, actor=zheng, now=since)
    return Scene(cast, dice, tree.all, (cast.cause, cause.id), problem.id)


def plant(cast: Cast) -> Tree:
    """Set up the tree of categories."""
    internet, wifi, bills = (
        Category(id=new_id(), code=code, names={"en": code}, active=True)
        for code in ("internet", "wifi", "bills")
    )
    db.session.add_all([internet, bills])
    db.session.flush()
    wifi.parent_id = internet.id
    db.session.get_one(Category, cast.category).parent_id = internet.id
    db.session.add(wifi)
    db.session.flush()
    return Tree(internet.id, bills.id, (cast.category, wifi.id, bills.id))


def _household(scene: Scene, size: int, since: datetime) -> datetime:
    """All complaints of one customer, step by step in the order of time."""
    began = since + timedelta(minutes=scene.dice.randrange(OPENS_FOR))
    customer = customers.add(name="Somebody", contacts=[], now=began, **scene.dice.choice(TIERS))
    db.session.flush()
    others: list[Complaint] = []
    tellers = [Teller(scene, customer, began, others)]
    for _ in range(size - 1):
        later = timedelta(minutes=scene.dice.choice((3, 400, 3000, 20_000, 50_000)))
        tellers.append(Teller(scene, customer, began + later, others))
    while going := [each for each in tellers if each.goes_on]:
        min(going, key=lambda each: each.due).step()
    return max(each.now for each in tellers)


def second_calls(cast: Cast, dice: random.Random, since: datetime, until: datetime) -> None:
    """The quality department draws every week and scores, skips or forgets what it drew."""
    at, closed_then = since, QualitySample.closed_at
    while at < until:
        at += timedelta(days=7)
        with patch.object(sampling, "rank", _rank):
            drawing.draw(at)
        for sample in db.session.scalars(
            select(QualitySample)
            .where(QualitySample.drawn_at == at)
            .order_by(closed_then, QualitySample.id)
        ):
            later = at + timedelta(minutes=dice.randrange(60 * 24 * 9))
            fate = dice.random()
            if fate < 0.2:
                scoring.skip(sample, "Moved abroad.", actor=cast.person("qian"), now=later)
            elif fate < 0.9:
                marks = {name: dice.randrange(3) for name in scoring.ITEMS}
                verdict = dice.choice(list(Verdict))
                scoring.score(sample, marks, verdict, "", actor=cast.person("qian"), now=later)
        db.session.flush()


def _rank(key: UUID, period: str) -> str:
    """Not by keys, which differ each time, so that the same dice tell the same."""
    began = db.session.get_one(Complaint, key).registered_at
    return hashlib.sha256(f"{period}:{began.isoformat()}".encode()).hexdigest()


@contextmanager
def swiftly() -> Iterator[None]:
    """Tell histories at a third of the cost: nobody is told of anything, on which no figure
    rests, and clocks, which are made of all events anew each time, are made once, at the end."""
    touched: dict[UUID, tuple[Complaint, datetime]] = {}

    def remember(complaint: Complaint, now: datetime) -> None:
        touched[complaint.id] = (complaint, now)

    with ExitStack() as patches:
        patches.enter_context(patch.object(notifying, "follow", lambda _done: None))
        patches.enter_context(patch.object(timekeeping, "reckon", remember))
        yield
    for complaint, now in touched.values():
        timekeeping.reckon(complaint, now)
    db.session.flush()
