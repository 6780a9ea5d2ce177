"""Web servers and workers killed at random: nothing is lost, nothing is twice in the database.

Every warning and every missed limit is exactly one row, every message one row, every delivery
happens at least once and is recognisable as the same (JOB-05, JOB-07, ESC-01, NOT-02). In CI with
2,000 complaints for a minute; elsewhere smaller, because it takes the whole machine.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.cast import add_cast, registered
from tests.databases import Database
from tests.gateways import gateway
from tickets import customers, sweep
from tickets.clocks import timekeeping
from tickets.config import ROOT
from tickets.database import db, new_id, writing
from tickets.delivery import carry
from tickets.jobs.registry import QUEUES
from tickets.models import Alert, ClockRow, Complaint, Message, Notification, Webhook
from tickets.workers.running import run_one, tick
from workflow.words import Channel, ClockState, MessageState, Severity

IN_CI = os.environ.get("CI") == "true"
COMPLAINTS = 2_000 if IN_CI else 200
SECONDS = 60 if IN_CI else 12
LATER = timedelta(minutes=11)
"""Longer than any lease: what a killed worker held is free again."""


class Processes:
    """Servers and workers that are killed and started again."""

    def __init__(self, url: str, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "FLASK_APP": str(ROOT / "app.py"),
            "SHOUWEN_ENV": "testing",
            "SECRET_KEY": "of the tests",
            "DATABASE_URL": url,
            "WEBHOOK_NETWORKS": "127.0.0.0/8",
            "LOG_LEVEL": "ERROR",
        }
        self.log = (folder / "processes.log").open("wb")
        self.running: list[tuple[list[str], subprocess.Popen[bytes]]] = []

    def start(self, *command: str) -> None:
        flask = [sys.executable, "-m", "flask", *command]
        process = subprocess.Popen(
            flask, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        self.running.append((list(command), process))

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL, and a new one in its place."""
        place = chance.randrange(len(self.running))
        command, process = self.running.pop(place)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.start(*command)

    def stop(self) -> None:
        for _command, process in self.running:
            process.kill()
            process.wait()
        self.log.close()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Iterator[Database]:
    database: Database = request.getfixturevalue("postgresql")
    database.fresh()
    database.untouched = False
    yield database
    database.close()


def fill(database: Database, hook_url: str, chance: random.Random) -> None:
    """Complaints whose limit to answer the customer for the first time runs out any moment."""
    with database.app.app_context(), writing():
        moment = datetime.now(UTC)
        cast = add_cast(moment - timedelta(days=30), "no password")
        hook = {"topics": ["limit.missed"], "active": True, "created_at": moment}
        db.session.add(Webhook(id=new_id(), name="sink", url=hook_url, secret="whsec_eA==", **hook))
        for _ in range(COMPLAINTS):
            age = timedelta(seconds=chance.uniform(600 - SECONDS, 620))
            # Each has a customer of its own: repeated contacts would raise them all.
            own = customers.add(name="Lin", contacts=[], now=moment).id
            db.session.flush()
            registered(
                replace(cast, customer=own),
                now=moment - age,
                severity=Severity.MAJOR,
                channel=Channel.EMAIL,
            )
        db.session.commit()


def drain(database: Database, clock: "Stands") -> datetime:
    """What was left behind is finished by one honest worker, later; answers the last moment of
    which everything was treated."""
    app = database.app
    app.extensions["clock"] = clock
    try:
        while True:
            tick(app)
            while any(run_one(app, queue, "the last") for queue in QUEUES):
                pass
            with app.app_context():
                if not sweep.due_now(clock.at):
                    return clock.at
            clock.at += timedelta(seconds=31)  # a round ends before it has seen everything
    finally:
        del app.extensions["clock"]


def deliver_the_rest(database: Database) -> None:
    """What failed to arrive in the turmoil is tried again, each after its own wait."""
    moment = datetime.now(UTC) + 2 * LATER
    before = database.app.extensions["config"]
    database.app.extensions["config"] = replace(before, webhook_networks=("127.0.0.0/8",))
    try:
        with database.app.app_context(), writing():
            for hours in range(24):
                carry.deliver_due(moment + timedelta(hours=hours))
    finally:
        database.app.extensions["config"] = before


class Stands:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def expected(now: datetime) -> Counter[tuple[Any, str, bool]]:
    """Every rung that had been reached at `now`, reckoned from the events alone."""
    found: Counter[tuple[Any, str, bool]] = Counter()
    rows = {
        (row.complaint_id, row.kind, row.turn): row.id
        for row in db.session.scalars(select(ClockRow))
    }
    for complaint in db.session.scalars(select(Complaint)):
        for clock in timekeeping.clocks_of(complaint, now):
            if clock.state is not ClockState.RUNNING:
                continue
            for rung, moment in timekeeping.rungs_ahead(clock, {}):
                if moment <= now:
                    row = rows[(complaint.id, clock.id.kind, clock.id.turn)]
                    found[(row, rung.id, rung.is_breach)] += 1
    return found


@pytest.mark.long
@pytest.mark.postgres
def test_killing_servers_and_workers_loses_nothing_and_doubles_nothing(
    shared: Database, tmp_path: Path
) -> None:
    database, chance = shared, random.Random(2026)
    with gateway() as sink:
        fill(database, sink.url, chance)
        processes = Processes(database.url, tmp_path)
        try:
            for _ in range(4):
                processes.start("serve", "--port", free_port())
            for _ in range(3):
                processes.start("worker")
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                time.sleep(chance.uniform(0.5, 3))
                processes.kill_one(chance)
        finally:
            processes.stop()
        swept = drain(database, Stands(datetime.now(UTC) + LATER))
        deliver_the_rest(database)

    with database.app.app_context():
        wanted = expected(swept)
        raised = Counter(
            (row.clock_id, row.rung)
            for row in db.session.execute(select(Alert.clock_id, Alert.rung))
        )
        assert raised == Counter((row, rung) for row, rung, _is_breach in wanted.elements())
        assert wanted.total() >= 2 * COMPLAINTS  # each was warned of and missed
        told = db.session.scalar(
            select(func.count()).where(Notification.topic.in_(("limit_missed", "limit_warning")))
        )
        recipients = sum(len(each) for each in db.session.scalars(select(Alert.told)))
        assert told == recipients
        hooks = db.session.scalars(select(Message).where(Message.topic == "limit.missed")).all()
        missed = sum(is_breach for _row, _rung, is_breach in wanted.elements())
        assert len(hooks) == missed
        assert {each.state for each in hooks} == {MessageState.SENT}
    arrived = {headers["webhook-id"] for headers, _body in sink.got}
    assert len(arrived) == missed, "each arrived, and each under one id however often"
