"""What the sweep never does: alarm for what has ended or waits, hurry a new cycle, give up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, resolve, resolved
from tests.plausible import plausible
from tests.timed import LADDER, in_force, row_of, rule, rungs, settled, sweep_all, version
from tickets import messages, sweep
from tickets.clocks import limit_changes
from tickets.database import db
from tickets.models import Event, Notification
from workflow.words import CallOutcome, ClockKind, ClockState, Status

DbSession = scoped_session[Session]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
K = ClockKind

ASKED = {"question": "Which line?", "wait_reason": "details"}


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The people of the tests, under limits that no pack changes."""
    in_force()
    return cast


# What must not happen.


@pytest.mark.parametrize("ended", ["withdrawn", "merged", "closed"])
def test_what_has_ended_raises_no_alert(
    session: DbSession, cast: Cast, now: datetime, ended: str
) -> None:
    """ESC-06, M-09: however long ago."""
    complaint = settled(cast, now)
    if ended == "withdrawn":
        said = plausible("withdraw", cast, complaint, now)[0]
        do("withdraw", complaint, complaint.responsible, now, **said)
    elif ended == "merged":
        other = settled(cast, now)
        said = {"into": other.number, "because": "same_line", "reason": "The same."}
        do("merge", complaint, cast.zheng, now, **said)
    else:
        resolve(cast, complaint, now)
        call(complaint, CallOutcome.ACCEPTED, now)
    before = complaint.version

    sweep_all(now + 90 * DAY)
    sweep.treat(complaint.id, now + 90 * DAY)

    assert rungs(complaint) == []
    assert complaint.version == before


def test_while_the_customer_is_waited_for_only_the_law_runs_out(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """PAU-02, C-23: wall time passes the old due moment, and nothing of ours fires."""
    complaint = settled(cast, now)
    due = row_of(complaint, K.RESOLUTION).due_at
    assert due is not None
    until = due + 5 * DAY
    do("ask_customer", complaint, cast.chen, now + HOUR, **ASKED, follow_up_at=until)

    sweep_all(until - HOUR)

    assert rungs(complaint, K.RESOLUTION) == rungs(complaint, K.PROGRESS) == []
    assert row_of(complaint, K.RESOLUTION).state is ClockState.PAUSED


def test_the_follow_up_date_brings_it_back_to_work(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """PAU-08: never towards an end; by the system, with the rule named."""
    complaint = settled(cast, now)
    until = now + 2 * DAY
    do("ask_customer", complaint, cast.chen, now + HOUR, **ASKED, follow_up_at=until)
    sweep_all(until - MINUTE)
    assert complaint.status is Status.WAITING_CUSTOMER

    sweep_all(until)

    assert complaint.status is Status.IN_PROGRESS
    event = db.session.scalars(
        select(Event).where(Event.complaint_id == complaint.id, Event.action == "resume")
    ).one()
    assert event.actor_id is None
    clock = row_of(complaint, K.RESOLUTION)
    assert (clock.state, clock.used) == (ClockState.RUNNING, 3600)
    topics = db.session.scalars(
        select(Notification.topic).where(Notification.complaint_id == complaint.id)
    ).all()
    assert "follow_up_reached" in topics


def test_a_customer_who_answered_in_time_is_not_followed_up(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """PAU-08."""
    complaint = settled(cast, now)
    do("ask_customer", complaint, cast.chen, now, **ASKED, follow_up_at=now + 2 * DAY)
    do("resume", complaint, cast.chen, now + DAY)
    events = complaint.event_count

    sweep_all(now + 2 * DAY)

    assert complaint.event_count == events


def test_no_alert_comes_in_the_first_minutes_of_a_new_cycle(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """PAU-05, C-38: half an hour of grace after the reopening, then what is due comes."""
    complaint = resolved(cast, now=now, severity="major")
    call(complaint, CallOutcome.NOT_SOLVED, now)
    accept = rule(id="accept", clock="accept", unit="minutes", amount=15)
    strict = version(2, rules=[accept], ladder=LADDER)
    assert limit_changes.adopt(complaint.id, strict.id, now)
    units = [cast.units["network"]]
    said = {"units": units, "question": "Why?", "promised_at": now + HOUR}
    do("dispatch", complaint, complaint.responsible, now, **said)

    sweep_all(now + 29 * MINUTE)
    assert rungs(complaint, K.ACCEPT) == []

    sweep_all(now + 30 * MINUTE)
    assert rungs(complaint, K.ACCEPT) == ["accept-75", "accept-100"]


def test_the_grace_is_that_of_the_reopening_and_not_of_every_order(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """PAU-05: a department that is asked two hours later is watched from its first minute."""
    complaint = resolved(cast, now=now, severity="major")
    call(complaint, CallOutcome.NOT_SOLVED, now)
    later = now + 2 * HOUR
    said = {"units": [cast.units["network"]], "question": "Why?", "promised_at": later + HOUR}
    do("dispatch", complaint, complaint.responsible, later, **said)

    sweep_all(later + 61 * MINUTE)

    assert rungs(complaint, K.ACCEPT) == ["accept-75", "accept-100"]


# Errors.


def test_an_error_pushes_only_its_own_complaint_ahead(
    session: DbSession, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M-01: ever later, but always again; the others are treated as if nothing had been."""
    good, bad = settled(cast, now), settled(cast, now)
    later = now + 4 * DAY
    session.commit()
    tell = messages.tell

    def refuse(person_id: UUID, topic: str, **said: Any) -> bool:
        if said["complaint"].id == bad.id:
            raise RuntimeError("cannot tell")
        return tell(person_id, topic, **said)

    monkeypatch.setattr(messages, "tell", refuse)
    waits = []
    for _ in range(3):
        moment = later if not waits else later + sum(waits, timedelta())
        for complaint_id in sweep.due_now(moment):
            try:
                sweep.treat(complaint_id, moment)
            except RuntimeError:
                session.rollback()
                sweep.push_ahead(complaint_id, moment)
            session.commit()
        assert sweep.due_now(moment) == []
        look_at = row_of(bad, K.RESOLUTION).look_at
        assert look_at is not None
        waits.append(look_at - moment)

    assert rungs(good, K.RESOLUTION) == ["resolution-50"]
    assert rungs(bad) == []
    assert waits == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE]

    monkeypatch.setattr(messages, "tell", tell)
    assert sweep_all(later + DAY / 2) > 0
    assert rungs(bad, K.RESOLUTION) == ["resolution-50"]
    assert row_of(bad, K.RESOLUTION).troubles == 0


def test_however_often_it_fails_it_is_looked_at_again(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-01: never given up; at most six hours apart."""
    complaint = settled(cast, now)
    moment = now + 30 * DAY
    for _ in range(30):
        sweep.push_ahead(complaint.id, moment)
        look_at = row_of(complaint, K.RESOLUTION).look_at
        assert look_at is not None
        assert moment < look_at <= moment + 6 * HOUR
        moment = look_at

    assert row_of(complaint, K.RESOLUTION).troubles == 30
