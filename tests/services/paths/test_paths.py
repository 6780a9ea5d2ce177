"""The path that a complaint took is what its events say, and the map adds the paths up."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve
from tests.histories import histories
from tickets.config import operators_zone
from tickets.database import db
from tickets.facts import building
from tickets.facts.walking import seconds_of, spell_of
from tickets.history import events_of
from tickets.models import Complaint, Event, PathFact, Person, StayFact, Unit
from tickets.paths.counting import PathMap, UnknownWay, complaints_of, path_map, quantile
from tickets.reports.period import between
from tickets.reports.shape import Scope
from tickets.visibility import visible_to
from workflow.words import ENDED, CallOutcome

Walked = list[tuple[str, datetime]]
"""Each step and when it began."""
ENDINGS = frozenset(status.value for status in ENDED)


def count_everything() -> None:
    while ids := building.next_behind():
        building.count(ids)
    db.session.expire_all()


def whole(
    reader: Person, first: date, last: date, now: datetime, unit: Unit | None = None
) -> Scope:
    period = between(first, last, operators_zone().key)
    return Scope(reader, period, now, unit_path=unit.path if unit else "")


def walked(complaint: Complaint) -> Walked:
    """The path, told plainly: the status after each event; while dispatched, the department that
    has had an open work order for longest."""
    status, waiting, path = "", list[str](), Walked()
    units = {each.id: each.unit_id.hex for each in orders(complaint)}
    names = {key.hex: unit for key, unit in units.items()}
    for event in events_of(complaint):
        if event.work_order_id is None:
            status = event.data.get("to_status") or status
        waiting = waiting_after(event, waiting)
        if status == "dispatched" and not waiting:
            continue
        step = names[waiting[0]] if status == "dispatched" else status
        if not path or path[-1][0] != step:
            path.append((step, event.at if path else complaint.registered_at))
    return path


def waiting_after(event: Event, waiting: list[str]) -> list[str]:
    """The open work orders after the event, the oldest first."""
    said, own = event.data, event.work_order_id
    sent = [each.replace("-", "") for each in said.get("orders", ())]
    waiting = [*waiting, *(each for each in sent if each not in waiting)]
    if own is not None and said.get("to_status") in ("answered", "returned", "recalled"):
        waiting = [each for each in waiting if each != own.hex]
    if own is not None and event.action == "order_reject_answer":
        waiting.append(own.hex)
    return waiting


def ended(complaints: Sequence[Complaint]) -> dict[Complaint, Walked]:
    paths = {each: walked(each) for each in complaints}
    return {each: path for each, path in paths.items() if path[-1][0] in ENDINGS}


def every_complaint() -> Sequence[Complaint]:
    return db.session.scalars(select(Complaint)).all()


def assert_map_agrees(found: PathMap, paths: Sequence[Walked]) -> None:
    steps = [[step for step, _at in path] for path in paths]
    assert found.complaints == len(paths)
    assert found.looped == sum(len(set(each)) < len(each) for each in steps)
    assert {each.key: each.visits for each in found.steps} == Counter(
        step for each in steps for step in each
    )
    assert {each.key: each.complaints for each in found.steps} == Counter(
        step for each in steps for step in set(each)
    )
    assert {(each.start, each.end): each.times for each in found.moves} == Counter(
        move for each in steps for move in pairwise(each)
    )
    assert {(each.start, each.end): each.complaints for each in found.moves} == Counter(
        move for each in steps for move in set(pairwise(each))
    )
    backs = Counter(
        (each[place], each[place + 1])
        for each in steps
        for place in range(len(each) - 1)
        if each[place + 1] in each[: place + 1]
    )
    assert {(e.start, e.end): e.back for e in found.moves if e.back} == backs
    variants = Counter(tuple(each) for each in steps)
    assert found.ways == len(variants)
    assert all(variants[each.steps] == each.complaints for each in found.variants)
    assert_lengths_agree(found, paths)


def assert_lengths_agree(found: PathMap, paths: Sequence[Walked]) -> None:
    lengths: dict[str, list[int]] = {}
    for path in paths:
        for (step, since), (_next, until) in pairwise(path):
            lengths.setdefault(step, []).append(round((until - since).total_seconds()))
    for step in found.steps:
        own = sorted(lengths.get(step.key, []))
        assert step.seconds == sum(own)
        assert (step.median is None) == (not own)
        if own:
            for share, told in ((0.5, step.median), (0.9, step.slow)):
                exact = own[max(-int(-share * len(own) // 1) - 1, 0)]
                assert told == pytest.approx(exact, rel=0.03, abs=1)


@pytest.mark.parametrize("seed", range(3))
def test_the_map_is_what_the_events_say(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-01: reckoned anew, plainly, over random histories of a desk."""
    latest = histories(cast, random.Random(seed), 30 if is_quick() else 8, now)
    count_everything()
    he, zheng = cast.person("he"), cast.person("zheng")
    paths = ended(every_complaint())
    assert paths
    before, last = now.date() - timedelta(days=2), latest.date() + timedelta(days=1)
    everything = whole(he, before, last, latest + timedelta(hours=1))
    assert_map_agrees(path_map(everything), list(paths.values()))
    hall = whole(zheng, before, last, latest + timedelta(hours=1), cast.unit("east_hall"))
    own = [
        path
        for each, path in paths.items()
        if each.unit.path.startswith(cast.unit("east_hall").path)
    ]
    assert_map_agrees(path_map(hall), own)


def is_quick() -> bool:
    return db.engine.dialect.name == "sqlite"


def test_the_stays_of_a_path_sum_to_the_whole_life(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    histories(cast, random.Random(7), 12, now)
    count_everything()
    paths = ended(every_complaint())
    assert db.session.scalar(select(func.count()).select_from(PathFact)) == len(paths)
    for complaint, path in paths.items():
        fact = db.session.get_one(PathFact, complaint.id)
        stays = db.session.scalars(
            select(StayFact.seconds)
            .where(StayFact.complaint_id == complaint.id)
            .order_by(StayFact.place)
        ).all()
        life = (path[-1][1] - complaint.registered_at).total_seconds()
        assert len(stays) == len(path)
        assert stays[-1] is None
        assert fact.seconds == sum(stays[:-1]) == pytest.approx(life, abs=len(stays))
        assert fact.ended_at == path[-1][1]


def test_coming_back_to_a_department_is_a_loop(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    hour = timedelta(hours=1)
    answered(cast, complaint, now + hour)
    resolve(cast, complaint, now + 2 * hour)
    call(complaint, CallOutcome.NOT_SOLVED, now + 3 * hour)
    do(
        "dispatch",
        complaint,
        complaint.responsible,
        now + 4 * hour,
        units=[cast.units["network"]],
        question="Again?",
        promised_at=now + timedelta(days=3),
    )
    answered(cast, complaint, now + 5 * hour)
    resolve(cast, complaint, now + 6 * hour)
    call(complaint, CallOutcome.ACCEPTED, now + 7 * hour)
    count_everything()

    found = path_map(whole(cast.person("he"), now.date(), now.date(), now + timedelta(days=2)))

    network = next(each for each in found.steps if each.key == cast.unit("network").id.hex)
    assert (network.complaints, network.visits, network.again) == (1, 2, 1)
    assert found.looped == 1
    assert any(each.end == network.key and each.back == 1 for each in found.moves)


def answered(cast: Cast, complaint: Complaint, now: datetime) -> None:
    order = orders(complaint)[-1]
    do("accept", order, cast.person("zhao"), now)
    do("answer", order, cast.person("zhao"), now, answer="Mended.")


@pytest.mark.parametrize("seed", [11])
def test_every_number_leads_to_exactly_its_complaints(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-02, S-08."""
    latest = histories(cast, random.Random(seed), 15, now)
    count_everything()
    zheng = cast.person("zheng")
    scope = whole(zheng, now.date(), latest.date(), latest + timedelta(hours=1))
    found = path_map(scope)
    wanted = {"all": found.complaints, "loops": found.looped}
    wanted |= {f"step:{each.key}": each.complaints for each in found.steps}
    wanted |= {f"move:{each.start}:{each.end}": each.complaints for each in found.moves}
    wanted |= {f"variant:{each.key}": each.complaints for each in found.variants}
    for way, number in wanted.items():
        query = select(func.count()).select_from(Complaint).where(complaints_of(scope, way))
        assert db.session.scalar(query) == number, way
        assert db.session.scalar(query.where(visible_to(zheng))) == number, way


@pytest.mark.parametrize(
    "way", ["", "step", "step:nowhere", "move:closed", "move:closed:x", "variant:'", "step:a:b:c"]
)
def test_a_way_that_nobody_could_take_is_unknown(
    session: scoped_session[Session], cast: Cast, now: datetime, way: str
) -> None:
    with pytest.raises(UnknownWay):
        complaints_of(whole(cast.person("he"), now.date(), now.date(), now), way)


def test_what_has_not_ended_has_no_path_yet(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    registered(cast, now=now)
    count_everything()
    found = path_map(whole(cast.person("he"), now.date(), now.date(), now + timedelta(hours=1)))
    assert (found.complaints, found.steps, found.variants) == (0, [], [])


def test_the_scale_of_lengths_is_less_than_three_percent_off() -> None:
    for seconds in (1, 2, 59, 3600, 86_399, 31_536_000):
        assert seconds_of(spell_of(seconds)) == pytest.approx(seconds, rel=0.03)
    assert spell_of(0) == 0 and seconds_of(0) == 0
    assert quantile({}, 0.5) is None
