"""What reckons in the background goes on after SIGKILL: what if, and the draw of second calls."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, scoped_session

from tests import cast as given
from tests.cast import Cast, add_cast
from tests.conftest import Transaction
from tests.databases import Database
from tests.services.storage.test_files import go_on, kill_when_begun
from tests.services.what_if.test_what_if import STRICTER, everything, question
from tickets import customers, jobs, numbers, what_if
from tickets.config import ROOT
from tickets.database import db, new_id
from tickets.limits import ensure_limits
from tickets.models import ClockRow, Complaint, Event, Job, QualitySample, WhatIf, WhatIfChange
from tickets.quality import drawing
from tickets.what_if import runs
from workflow.words import CallOutcome, JobState

COUNT = 600
DYING = """
import os, signal
from app import create_app
from tickets.workers.running import run_one
from tickets.quality import drawing

add = drawing._add

def add_and_die(*given):
    added = add(*given)
    assert added, "nothing was drawn before the end"
    os.kill(os.getpid(), signal.SIGKILL)

drawing._add = add_and_die
run_one(create_app(), "main", "doomed")
"""


@pytest.fixture
def cast(transaction: Transaction, password_hash: str) -> Cast:
    now = datetime.now(UTC)
    with transaction():
        ensure_limits(now - timedelta(days=60))
        return add_cast(now - timedelta(days=60), password_hash)


def many_of_the_same(session: scoped_session[Session], model: UUID, count: int) -> None:
    """More complaints with the history and the clocks of one whose story was told."""
    tables: Mapping[Any, Any] = {Complaint: Complaint.id, Event: Event.complaint_id}
    clocks = {ClockRow: ClockRow.complaint_id}
    ids = [new_id() for _ in range(count)]
    for table, column in {**tables, **clocks}.items():
        columns: Any = table.__table__
        rows = [
            dict(each)
            for each in session.execute(select(columns).where(column == model)).mappings()
        ]
        for key in ids:
            own = {"id": key, "number": numbers.new_number()} if table is Complaint else {}
            copied = [
                {**row, "id": new_id(), **({"complaint_id": key} if not own else {}), **own}
                for row in rows
            ]
            session.execute(insert(columns), copied)


def asked(transaction: Transaction, cast: Cast, now: datetime) -> UUID:
    with transaction():
        run = runs.ask(question(everything(cast, now), STRICTER), by=cast.people["he"], now=now)
        assert run.finished_at is None, "so many are reckoned in the background"
        return run.id


def answer_of(app: Flask, run_id: UUID) -> dict[str, Any]:
    with app.app_context():
        run = db.session.get_one(WhatIf, run_id)
        changes = select(func.count()).select_from(WhatIfChange)
        return {
            "tally": [many for *_cell, many in run.tally],
            "looked": (run.looked, run.total),
            "finished": run.finished_at is not None,
            "changes": db.session.scalar(changes.where(WhatIfChange.run_id == run_id)),
        }


def test_a_killed_what_if_counts_every_complaint_once(
    app: Flask, database: Database, transaction: Transaction, cast: Cast, tmp_path: Path
) -> None:
    """JOB-01, M-05: SIGKILL after the first batch of a real worker."""
    now = datetime.now(UTC)
    with transaction() as session:
        told = given.registered(cast, now=now - timedelta(days=9))
        given.resolve(cast, told, now - timedelta(days=7))
        many_of_the_same(session, told.id, COUNT - 1)
    killed = asked(transaction, cast, now)

    row = kill_when_begun(app, database, tmp_path, runs.JOB, what_if.BATCH)

    log = (tmp_path / "worker.log").read_text()
    assert row is not None and row.done >= what_if.BATCH, log
    assert row.state is JobState.RUNNING and not answer_of(app, killed)["finished"], log
    go_on(app, now)
    found = answer_of(app, killed)
    assert found["finished"] and found["looked"] == (COUNT, COUNT)
    # All have the same history: what was counted twice or not at all would leave a remainder.
    assert found["changes"] and found["changes"] % COUNT == 0
    assert found["tally"] and not [many for many in found["tally"] if many % COUNT]


def test_a_draw_that_was_killed_draws_what_it_would_have_drawn(
    app: Flask, database: Database, transaction: Transaction, cast: Cast
) -> None:
    """CLO-14, JOB-01: SIGKILL in a real process, between the draws of two weeks."""
    now = datetime.now(UTC)
    with transaction():
        for number in range(8):
            customer = customers.add(name="Somebody", contacts=[], now=now).id
            own = Cast(cast.units, cast.people, cast.category, cast.cause, customer)
            at = now - timedelta(days=7 * (1 + number % 2), hours=number)
            complaint = given.resolved(own, now=at - timedelta(hours=2))
            given.call(complaint, CallOutcome.ACCEPTED, at)
        jobs.put("draw_samples", now=now, once="the draw")
    with transaction() as session:
        with session.begin_nested() as only_to_know:
            drawing.draw(now)
            expected = drawn(session)
            only_to_know.rollback()
        assert len(expected) > 1 and not drawn(session)

    environment = {
        **os.environ,
        "SHOUWEN_ENV": "testing",
        "SECRET_KEY": "of the tests",
        "DATABASE_URL": database.url,
    }
    done = subprocess.run(
        [sys.executable, "-c", DYING], env=environment, cwd=ROOT, capture_output=True, check=False
    )

    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    with transaction() as session:
        assert not drawn(session), "half a draw is none"
        row = session.scalars(select(Job).where(Job.name == "draw_samples")).one()
        assert row.state is JobState.RUNNING
    go_on(app, now)
    with transaction() as session:
        assert drawn(session) == expected
        row = session.scalars(select(Job).where(Job.name == "draw_samples")).one()
        assert row.state is JobState.DONE


def drawn(session: scoped_session[Session]) -> dict[UUID, str]:
    rows = session.execute(select(QualitySample.complaint_id, QualitySample.why))
    return {row.complaint_id: row.why.value for row in rows}
