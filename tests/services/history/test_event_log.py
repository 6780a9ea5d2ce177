"""The event log as a mining library reads it, compared with the database."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pm4py
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast
from tests.histories import histories
from tests.services.paths.test_paths import count_everything, whole
from tickets.database import db
from tickets.models import Callback, Complaint, Entry, Event, PathFact, Person, WorkOrder
from tickets.paths.counting import complaints_of, path_map
from tickets.paths.log import Pseudonyms, names
from tickets.paths.ocel import ocel
from tickets.paths.xes import xes
from tickets.reports.shape import Scope

pytestmark = pytest.mark.filterwarnings("ignore:Install the optional requirement")
PEOPLE = Pseudonyms(b"a key of the tests")


@pytest.fixture
def scope(session: scoped_session[Session], cast: Cast, now: datetime) -> Scope:
    latest = histories(cast, random.Random(5), 20, now)
    count_everything()
    return whole(cast.person("he"), now.date(), latest.date(), latest + timedelta(hours=1))


def written(lines: Iterator[str], path: Path) -> str:
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def in_log(column: object, scope: Scope) -> int:
    """How many rows there are of the complaints that the log is about."""
    of_log = select(Complaint.id).where(complaints_of(scope))
    query = select(func.count()).where(column.in_(of_log))  # type: ignore[attr-defined]
    return db.session.scalar(query) or 0


def test_xes_holds_every_event_of_every_case(scope: Scope, tmp_path: Path) -> None:
    log = pm4py.read_xes(written(xes(scope, PEOPLE), tmp_path / "log.xes"))
    assert log["case:concept:name"].nunique() == in_log(PathFact.complaint_id, scope) > 2
    assert len(log) == in_log(Event.complaint_id, scope)
    of_log = select(Complaint.id).where(complaints_of(scope))
    actions = db.session.scalars(select(Event.action).where(Event.complaint_id.in_(of_log))).all()
    assert Counter(log["concept:name"]) == Counter(actions)


def test_what_follows_what_is_what_the_page_draws(scope: Scope, tmp_path: Path) -> None:
    """REP-02: a mining tool finds the moves of the map."""
    log = pm4py.read_xes(written(xes(scope, PEOPLE), tmp_path / "log.xes"))
    entered = log[log["entered"]]
    found, _starts, _ends = pm4py.discover_dfg(entered, activity_key="step")
    known = names()
    moves = path_map(scope).moves
    assert found == {(known.step(each.start), known.step(each.end)): each.times for each in moves}


def test_ocel_ties_events_to_all_their_objects(scope: Scope, tmp_path: Path) -> None:
    log = pm4py.read_ocel2_json(written(ocel(scope, PEOPLE), tmp_path / "log.json"))
    assert len(log.events) == in_log(Event.complaint_id, scope)
    kinds = Counter(log.objects["ocel:type"])
    assert kinds["complaint"] == in_log(PathFact.complaint_id, scope)
    assert kinds["work order"] == in_log(WorkOrder.complaint_id, scope)
    assert kinds["callback"] == in_log(Callback.complaint_id, scope)
    ties = Counter(log.relations["ocel:qualifier"])
    of_log = select(Complaint.id).where(complaints_of(scope))
    actions = Counter(
        db.session.scalars(select(Event.action).where(Event.complaint_id.in_(of_log)))
    )
    by_people = select(func.count()).where(
        Event.complaint_id.in_(of_log), Event.actor_id.is_not(None)
    )
    assert ties["complaint"] == len(log.events)
    assert ties["done by"] == db.session.scalar(by_people)
    assert ties["makes due"] == actions["resolve"] > 0
    assert ties["call"] == actions["record_callback"] > 0
    assert ties["work order"] == sum(n for name, n in actions.items() if name.startswith("order_"))
    between = Counter(log.o2o["ocel:qualifier"])
    assert between["sent to"] == between["work order"] == kinds["work order"]
    assert between["callback"] == kinds["callback"]


def test_ocel_is_shaped_as_its_schema_asks(scope: Scope) -> None:
    """The rules of the schema of OCEL 2.0: what is used is declared, what is tied to exists."""
    log = json.loads("".join(ocel(scope, PEOPLE)))
    assert set(log) == {"events", "objects", "objectTypes", "eventTypes"}
    of_objects = {each["name"]: each["attributes"] for each in log["objectTypes"]}
    of_events = {each["name"]: each["attributes"] for each in log["eventTypes"]}
    objects = [each["id"] for each in log["objects"]]
    assert len(set(objects)) == len(objects)
    assert len({each["id"] for each in log["events"]}) == len(log["events"])
    for each in log["events"]:
        assert {one["name"] for one in each["attributes"]} == named(of_events[each["type"]])
        assert datetime.fromisoformat(each["time"]).tzinfo is not None
    for each in log["objects"]:
        assert {one["name"] for one in each["attributes"]} == named(of_objects[each["type"]])
        assert all(set(one) == {"name", "time", "value"} for one in each["attributes"])
    ties = [tie for each in (*log["events"], *log["objects"]) for tie in each["relationships"]]
    assert {tie["objectId"] for tie in ties} <= set(objects)
    assert all(tie["qualifier"] for tie in ties)


def named(attributes: list[dict[str, str]]) -> set[str]:
    return {each["name"] for each in attributes}


@pytest.mark.parametrize("write", [xes, ocel])
def test_nobodys_words_or_names_are_in_the_log(scope: Scope, write: object) -> None:
    """S-08: customers and colleagues cannot be read from it."""
    log = "".join(write(scope, PEOPLE))  # type: ignore[operator]
    texts = db.session.scalars(select(Entry.text).where(Entry.text != "")).all()
    people = db.session.execute(select(Person.id, Person.name, Person.login)).all()
    assert texts and people
    assert not [text for text in texts if len(text) > 3 and text in log]
    said = set(re.findall(r'"([^"]*)"', log))
    assert not [row for row in people if {row.name, str(row.id), row.id.hex} & said]
    assert "Somebody" not in log


def test_another_installation_gives_other_names(cast: Cast) -> None:
    chen = cast.person("chen").id
    assert PEOPLE.of(chen) == PEOPLE.of(chen)
    assert PEOPLE.of(chen) != Pseudonyms(b"another key").of(chen)


@pytest.mark.parametrize("write", [xes, ocel])
def test_the_log_of_a_branch_holds_its_own_complaints_only(
    scope: Scope, cast: Cast, write: object
) -> None:
    """S-08: one condition for the map and its log."""
    north = Scope(cast.person("north_supervisor"), scope.period, scope.now)
    of_north = db.session.scalars(select(Complaint.id).where(complaints_of(north))).all()
    log = "".join(write(north, PEOPLE))  # type: ignore[operator]
    others = db.session.scalars(select(Complaint.number).where(Complaint.id.not_in(of_north))).all()
    assert others and not [number for number in others if number in log]
