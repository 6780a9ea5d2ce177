"""What time alone brings: each rung once, in order, on both databases (ESC-01, C-40, M-01)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, add_cast, call, do, registered, resolved
from tests.databases import Database
from tests.services.actions.test_concurrency import at_once
from tests.timed import in_force, row_of, rungs, settled, sweep_all
from tickets import sweep
from tickets.clocks import timekeeping
from tickets.database import db, writing
from tickets.models import Alert, ClockRow, Complaint, Event, Job, Message, Notification
from workflow.words import CallOutcome, Channel, ClockKind, ClockState, Level, Status

DbSession = scoped_session[Session]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
K = ClockKind


def counts() -> tuple[int, ...]:
    """How much is written down: alerts, what people see, what leaves, what happened."""
    db.session.flush()
    kinds = (Alert, Notification, Message, Event)
    return tuple(db.session.scalar(select(func.count()).select_from(each)) or 0 for each in kinds)


def first_rung(complaint: Complaint, kind: ClockKind = K.RESOLUTION) -> datetime:
    found = row_of(complaint, kind).look_at
    assert found is not None
    return found


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The people of the tests, under limits that no pack changes."""
    in_force()
    return cast


# Each rung once.


def test_nothing_is_due_before_its_time(session: DbSession, cast: Cast, now: datetime) -> None:
    """C-40: in open time; the 50 % of 48 hours come after three working days."""
    complaint = settled(cast, now)
    half = first_rung(complaint)

    assert half == now + 3 * DAY
    assert sweep_all(half - timedelta(seconds=1)) == 0
    assert sweep_all(half) > 0
    assert rungs(complaint, K.RESOLUTION) == ["resolution-50"]


def test_no_due_moment_is_stored_as_a_job(session: DbSession, cast: Cast, now: datetime) -> None:
    """JOB-06: they live with the clocks, where the sweep finds them."""
    settled(cast, now)
    assert session.scalar(select(func.count()).select_from(Job)) == 0
    assert session.scalar(select(func.count()).where(ClockRow.look_at.is_not(None)))


def test_a_hundred_sweeps_tell_once(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-01, C-40: and neither write nor move anything any more."""
    cast.chen.email = "chen@example.com"
    complaint = settled(cast, now)
    later = first_rung(complaint)
    sweep_all(later)
    before = counts()
    assert before[0] > 0

    for second in range(100):
        assert sweep_all(later + timedelta(seconds=second)) == 0

    assert counts() == before
    mails = db.session.scalars(select(Message).where(Message.person_id == cast.people["chen"]))
    assert len(mails.all()) == before[0]


def test_treating_again_what_is_not_due_changes_nothing(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-01: whoever calls it, however often."""
    complaint = settled(cast, now)
    later = now + 30 * DAY
    sweep_all(later)
    before = (counts(), rungs(complaint), complaint.level, complaint.version)

    for _ in range(10):
        assert sweep.treat(complaint.id, later) == 0

    assert (counts(), rungs(complaint), complaint.level, complaint.version) == before


def test_after_an_outage_every_rung_comes_in_order_and_is_marked_late(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-40: six weeks without a sweep; nothing is left out, nothing is told twice."""
    complaint = settled(cast, now)
    back = now + 42 * DAY

    sweep_all(back)

    found = db.session.scalars(
        select(Alert)
        .join(ClockRow)
        .where(Alert.complaint_id == complaint.id, ClockRow.kind == K.RESOLUTION)
        .order_by(Alert.id)
    ).all()
    named = [alert.rung for alert in found]
    assert named[:5] == [f"resolution-{share}" for share in (50, 75, 90, 100, 150)]
    assert [alert.at for alert in found] == sorted(alert.at for alert in found)
    assert all(alert.late and alert.found_at == back for alert in found[:5])


def test_a_sweep_in_time_marks_nothing_late(session: DbSession, cast: Cast, now: datetime) -> None:
    """C-40."""
    complaint = settled(cast, now)
    moment = first_rung(complaint)

    sweep_all(moment + 4 * MINUTE)

    alert = db.session.scalars(
        select(Alert).where(Alert.complaint_id == complaint.id, Alert.rung == "resolution-50")
    ).one()
    assert (alert.at, alert.found_at, alert.late) == (moment, moment + 4 * MINUTE, False)


def test_escalation_adds_levels_and_takes_nobody_away(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-03, M-11: one step at a time, each on record; status and responsible person stay."""
    complaint = settled(cast, now)

    sweep_all(now + 42 * DAY)

    raises = db.session.scalars(
        select(Event.data)
        .where(Event.complaint_id == complaint.id, Event.action == "raise_level")
        .order_by(Event.seq)
    ).all()
    assert [data["level"] for data in raises] == [1, 2]
    assert complaint.level == Level.SUPERVISOR
    assert complaint.status is Status.IN_PROGRESS
    assert complaint.responsible_id == cast.people["chen"]


def test_two_sweeps_at_once_tell_once(database: Database, now: datetime) -> None:
    """ESC-01, C-40: two workers, the same complaints, one alert for each rung."""
    with database.app.app_context(), writing():
        cast = add_cast(now - 30 * DAY, "no password")
        in_force()
        cast.chen.email = "chen@example.com"
        made = [settled(cast, now).id for _ in range(3)]
        db.session.commit()
    later = now + 42 * DAY

    def deed() -> int:
        return sum(sweep.treat(complaint_id, later) for complaint_id in made)

    results = at_once(database, deed, deed, deed)

    with database.app.app_context():
        alerts = db.session.execute(select(Alert.clock_id, Alert.rung)).all()
        mails = db.session.scalars(select(Message.once)).all()
        levels = db.session.scalars(select(Complaint.level)).all()
    assert len(alerts) == len(set(alerts)) == sum(results)
    assert sorted(results)[:2] == [0, 0]
    assert len(mails) == len(set(mails))
    assert set(levels) == {Level.SUPERVISOR}


# Everything that is due is found.


def test_more_than_one_batch_is_treated_to_the_end(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-01: neither the oldest nor the newest is left out."""
    made = [settled(cast, now + number * MINUTE) for number in range(7)]
    later = now + 4 * DAY

    found: list[UUID] = []
    while batch := sweep.due_now(later, batch=3):
        assert len(batch) <= 3
        found += batch
        for complaint_id in batch:
            sweep.treat(complaint_id, later)
            session.flush()

    assert set(found) == {each.id for each in made}
    assert all(rungs(each, K.RESOLUTION) == ["resolution-50"] for each in made)


def test_the_longest_waiting_comes_first(session: DbSession, cast: Cast, now: datetime) -> None:
    """M-01."""
    made = [settled(cast, now + number * MINUTE) for number in (2, 0, 1)]

    due = sweep.due_now(now + 4 * DAY)

    assert due == [made[1].id, made[2].id, made[0].id]


def imported(cast: Cast, now: datetime) -> Complaint:
    return registered(cast, now=now, channel=Channel.LETTER)


def by_dispatch(cast: Cast, now: datetime) -> Complaint:
    complaint = settled(cast, now)
    units = [cast.units["network"]]
    said = {"units": units, "question": "Why?", "promised_at": now + HOUR}
    do("dispatch", complaint, complaint.responsible, now, **said)
    return complaint


def by_override(cast: Cast, now: datetime) -> Complaint:
    complaint = settled(cast, now)
    said = {"promised_at": now + HOUR, "reason": "The chairman."}
    do("override_deadline", complaint, cast.zheng, now, **said)
    return complaint


def by_resolving(cast: Cast, now: datetime) -> Complaint:
    return resolved(cast, now=now)


def by_reopening(cast: Cast, now: datetime) -> Complaint:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.NOT_SOLVED, now)
    return complaint


SOURCES = (imported, by_dispatch, by_override, by_resolving, by_reopening)


@pytest.mark.parametrize("source", SOURCES)
def test_whatever_gave_it_a_due_date_it_is_swept(
    session: DbSession, cast: Cast, now: datetime, source: Callable[..., Complaint]
) -> None:
    """ESC-07."""
    complaint = source(cast, now)
    assert complaint.due_at is not None

    sweep_all(complaint.due_at + 20 * DAY)

    assert any(name.endswith("-100") for name in rungs(complaint))


def test_what_is_due_is_found_through_the_rows_alone(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-07: every running clock with a rung ahead has a moment to be looked at."""
    for source in SOURCES:
        complaint = source(cast, now)
        for row in timekeeping.rows_of(complaint):
            limits_ladder = row.state is ClockState.RUNNING
            assert (row.look_at is not None) is limits_ladder, row.kind
