"""Second calls: drawn by rule, scored once, and never a change behind anybody's back (CLO-14)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, registered, resolve
from tickets import customers, history
from tickets.database import db
from tickets.models import (
    Complaint,
    Notification,
    QualitySample,
    ReviewTask,
    SampleState,
    Verdict,
)
from tickets.quality import drawing, scoring
from tickets.reports.period import between
from tickets.reports.registry import REPORTS
from tickets.reports.shape import Scope
from workflow.reasons import Refused
from workflow.sampling import Why
from workflow.words import CallOutcome, Level

WEEK = timedelta(days=7)
GOOD = {"heard": 2, "informed": 2, "solved": 2, "kept": 1, "recorded": 2}
BAD = {"heard": 0, "informed": 1, "solved": 0, "kept": 0, "recorded": 2}


def closed(cast: Cast, now: datetime, by: str = "chen", level: int = 0) -> Complaint:
    customer = customers.add(name="Somebody", contacts=[], now=now).id
    own = Cast(cast.units, cast.people, cast.category, cast.cause, customer)
    complaint = registered(own, now=now, by=by)
    complaint.level = Level(level)
    db.session.flush()
    resolve(own, complaint, now + timedelta(hours=1))
    call(complaint, CallOutcome.ACCEPTED, now + timedelta(hours=2))
    return complaint


def drawn_of(session: scoped_session[Session]) -> dict[Any, Why]:
    rows = session.execute(select(QualitySample.complaint_id, QualitySample.why))
    return {row.complaint_id: row.why for row in rows}


@pytest.fixture
def sample(session: scoped_session[Session], cast: Cast, now: datetime) -> QualitySample:
    closed(cast, now, level=2)
    drawing.draw(now + timedelta(hours=3))
    return session.scalars(select(QualitySample)).one()


def test_a_week_is_drawn_when_it_is_over_and_certainties_at_once(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    raised = closed(cast, now, level=2)
    plain = [closed(cast, now + timedelta(minutes=n), by="li") for n in range(5)]
    session.flush()
    assert drawing.draw(now + timedelta(hours=3)) == 1
    assert drawn_of(session) == {raised.id: Why.LEVEL}

    drawing.draw(now + WEEK)
    found = drawn_of(session)
    assert len(found) == 2
    assert sum(each.id in found for each in plain) == 1, "at least one of each person"
    assert drawing.draw(now + WEEK) == 0, "drawn once, however often it is looked at"
    assert drawn_of(session) == found


def test_a_draw_that_was_interrupted_is_made_again_and_is_the_same(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    for n in range(8):
        closed(cast, now + timedelta(minutes=n))
    session.flush()
    with session.begin_nested() as interrupted:
        drawing.draw(now + WEEK)
        first = drawn_of(session)
        interrupted.rollback()
    assert drawn_of(session) == {}
    drawing.draw(now + WEEK)
    assert drawn_of(session) == first


def test_a_low_score_makes_a_task_and_changes_nothing_else(
    session: scoped_session[Session], cast: Cast, now: datetime, sample: QualitySample
) -> None:
    """CLO-14: not the complaint, not its version, not its history."""
    complaint = sample.complaint
    session.flush()
    columns = Complaint.__table__.columns
    before = session.execute(select(*columns).where(Complaint.id == complaint.id)).one()
    scoring.score(
        sample, BAD, Verdict.NOT_SATISFIED, "Rude.", actor=cast.person("qian"), now=now + WEEK
    )
    session.flush()
    after = session.execute(select(*columns).where(Complaint.id == complaint.id)).one()
    assert after == before
    assert list(history.flaws(complaint)) == []
    assert sample.percent == 30
    task = session.scalars(select(ReviewTask)).one()
    assert task.due_at == now + WEEK + timedelta(days=5)
    told = session.scalars(
        select(Notification.person_id).where(Notification.topic == "quality_low")
    ).all()
    assert told == [cast.people["zheng"]]

    (mine,) = scoring.reviews(cast.person("zheng"), done=False)
    assert scoring.review_of(mine.id, cast.person("north_supervisor")) is None
    scoring.finish_review(mine, "Talked to Chen.", actor=cast.person("zheng"), now=now + WEEK)
    session.flush()
    assert scoring.reviews(cast.person("zheng"), done=False) == []
    assert [each.note for each in scoring.reviews(cast.person("zheng"), done=True)]


def test_a_good_score_asks_nobody(
    session: scoped_session[Session], cast: Cast, now: datetime, sample: QualitySample
) -> None:
    scoring.score(sample, GOOD, Verdict.SATISFIED, "", actor=cast.person("qian"), now=now)
    session.flush()
    assert sample.percent == 90
    assert session.scalar(select(func.count()).select_from(ReviewTask)) == 0


def test_a_cycle_is_scored_once(
    session: scoped_session[Session], cast: Cast, now: datetime, sample: QualitySample
) -> None:
    """CLO-14: at most one survey of each cycle."""
    qian = cast.person("qian")
    scoring.record_call(sample, CallOutcome.NO_ANSWER, "1391", actor=qian, now=now)
    scoring.score(sample, GOOD, Verdict.SATISFIED, "", actor=qian, now=now)
    session.flush()
    for again in (
        lambda: scoring.score(sample, BAD, Verdict.PARTLY, "", actor=qian, now=now),
        lambda: scoring.skip(sample, "No.", actor=qian, now=now),
        lambda: scoring.record_call(sample, CallOutcome.BUSY, "", actor=qian, now=now),
    ):
        with pytest.raises(Refused):
            again()
    assert (sample.percent, sample.state) == (90, SampleState.SCORED)


def test_nobody_scores_their_own_work_or_what_they_cannot_see(
    session: scoped_session[Session], cast: Cast, now: datetime, sample: QualitySample
) -> None:
    """S-08."""
    session.flush()
    assert scoring.sample_of(sample.id, cast.person("qian")) is sample
    assert scoring.sample_of(sample.id, cast.person("chen")) is None, "answered for it"
    assert scoring.sample_of(sample.id, cast.person("north_supervisor")) is None
    sample.person_id = cast.people["qian"]
    session.flush()
    assert scoring.samples(cast.person("qian"), SampleState.OPEN) == []


def test_the_report_is_what_the_scores_say(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REP-03: recomputed plainly from the rows."""
    for n in range(6):
        closed(cast, now + timedelta(minutes=n), by="li" if n % 2 else "chen", level=2)
    drawing.draw(now + timedelta(hours=5))
    qian = cast.person("qian")
    rows = session.scalars(select(QualitySample).order_by(QualitySample.closed_at)).all()
    for n, row in enumerate(rows[:5]):
        marks = BAD if n % 3 == 0 else GOOD
        verdict = list(Verdict)[n % 3]
        scoring.score(row, marks, verdict, "", actor=qian, now=now + timedelta(hours=6))
    scoring.skip(rows[5], "Moved abroad.", actor=qian, now=now + timedelta(hours=6))
    session.flush()
    day = now.date()
    scope = Scope(qian, between(day, day, "Asia/Shanghai"), now + timedelta(days=1))
    tables = {table.key: table for table in REPORTS["quality"].tables(scope)}
    scored = [row for row in rows if row.state is SampleState.SCORED]
    for key, of in (("units", "unit_id"), ("people", "person_id")):
        for line in tables[key].rows:
            own = [row for row in scored if line.total or getattr(row, of).hex == line.key]
            assert line.values["all"] == len(own)
            assert line.values["low"] == sum((row.percent or 0) < 60 for row in own)
            assert line.values["sum"] == sum(row.percent or 0 for row in own)
    for line in tables["verdicts"].rows:
        own = [row for row in scored if line.total or row.verdict == line.key]
        assert line.values["all"] == len(own)
    assert tables["reasons"].rows[-1].values == {"all": 6, "skipped": 1}
