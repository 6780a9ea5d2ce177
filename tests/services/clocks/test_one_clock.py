"""One clock for everything: the application's. Other machines' clocks and zones change nothing."""

import ast
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, do, registered
from tests.rules.house.test_house import PRODUCT, files, shown, tree
from tickets import sweep
from tickets.actions.changes import CHANGES
from tickets.actions.changes.act import Act, FollowUp
from tickets.actors import System
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.models import Alert, ClockRow, Complaint, Event
from workflow.words import ClockKind, Severity

Db = scoped_session[Session]
HOUR = timedelta(hours=1)

ASKS_THE_DATABASE = {"now", "current_timestamp", "localtimestamp", "sysdate", "statement_timestamp"}


def test_nobody_asks_the_database_what_time_it_is() -> None:
    """CON-03: all "now" comes from one source."""
    found = [
        shown(path, node)
        for path in files(*PRODUCT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ASKS_THE_DATABASE
        and isinstance(node.value, ast.Name)
        and node.value.id == "func"
    ]
    assert found == []


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Auckland"])
def zone_of_the_machine(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_machines_in_other_zones_reckon_the_same(
    session: Db, cast: Cast, now: datetime, zone_of_the_machine: str
) -> None:
    """C-19: hosts of application and database set to different zones."""
    if db.engine.dialect.name == "postgresql":
        session.execute(text("SET LOCAL TIME ZONE 'Asia/Kathmandu'"))
    complaint = registered(cast, now=now)
    session.flush()
    session.expire_all()

    # 48 working hours from Tuesday 10:00 are six days of eight, in the operator's zone.
    assert complaint.promised_at is not None
    assert complaint.promised_at.isoformat() == "2025-03-19T02:00:00+00:00"
    row = session.scalars(
        select(ClockRow).where(
            ClockRow.complaint_id == complaint.id, ClockRow.kind == ClockKind.RESOLUTION
        )
    ).one()
    assert row.due_at == complaint.promised_at


@pytest.mark.parametrize("off", [-3 * HOUR, 3 * HOUR])
def test_an_application_hours_off_its_database_warns_all_the_same(
    session: Db, cast: Cast, now: datetime, off: timedelta
) -> None:
    """CON-03, C-19: the tests' own clock stands in 2025 while the database's goes on."""
    moment = now + off
    complaint = registered(cast, now=moment, severity=Severity.MAJOR)
    later = moment + 9 * HOUR

    assert complaint.id in sweep.due_now(later)
    sweep.treat(complaint.id, later)
    told = session.scalars(select(Alert).where(Alert.complaint_id == complaint.id)).all()
    assert told
    assert all(moment < each.at <= later for each in told)
    assert complaint.id not in sweep.due_now(later)


def test_a_transfer_and_a_hand_over_by_rule_leave_the_same_clocks(
    session: Db, cast: Cast, now: datetime
) -> None:
    """C-31, PAU-06: the same result by button and by rule."""
    by_hand, by_rule = registered(cast, now=now), registered(cast, now=now)
    reason = {"to": cast.people["wang"], "reason": "Ill."}
    do("transfer", by_hand, cast.zheng, now + HOUR, **reason)
    do("accept_transfer", by_hand, cast.person("wang"), now + HOUR)
    do("hand_over", by_rule, System("left"), now + HOUR, **reason)  # type: ignore[arg-type]

    def standing(complaint: Complaint) -> list[tuple[object, ...]]:
        return [
            (each.id, each.state, each.used, each.due_at)
            for each in timekeeping.clocks_of(complaint, now + 2 * HOUR)
        ]

    assert standing(by_hand) == standing(by_rule)
    assert by_hand.responsible_id == by_rule.responsible_id == cast.people["wang"]


def test_what_is_derived_writes_no_event(session: Db, cast: Cast, now: datetime) -> None:
    """JOB-09."""
    complaint = registered(cast, now=now)
    session.flush()
    asked = select(Event).where(Event.complaint_id == complaint.id)
    before = len(session.scalars(asked).all())
    for hours in range(3):
        timekeeping.reckon(complaint, now + hours * HOUR)
    session.flush()

    assert len(session.scalars(asked).all()) == before


def test_rules_that_set_each_other_off_in_a_circle_are_stopped(
    session: Db, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JOB-09: chains of rules are bounded, and say so."""
    complaint = registered(cast, now=now)

    def again(act: Act) -> dict[str, str]:
        act.follow_ups.append(FollowUp("note", act.complaint, cast.chen, {"text": "Again."}))
        return {}

    monkeypatch.setitem(CHANGES, "note", again)
    with pytest.raises(RuntimeError, match="circle of rules"):
        do("note", complaint, cast.chen, now, text="First.")
