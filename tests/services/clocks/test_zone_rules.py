"""A new tzdata moves deadlines: it is noticed, reckoned and on record (C-20)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import add_cast, registered
from tests.conftest import Transaction
from tickets.clocks import zone_rules
from tickets.database import db
from tickets.facts import building
from tickets.jobs.registry import KINDS, MAIN
from tickets.models import AdminEvent, ClockRow, Complaint, Job
from tickets.workers.running import run_one


class AsJob:
    """What a periodic job is given, for one round of it."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment


def look(transaction: Transaction, now: datetime) -> None:
    work: Any = AsJob(now)
    with transaction():
        KINDS["watch_zones"].run(work)


def test_new_rules_of_a_zone_are_reckoned_and_on_record(
    app: Flask,
    transaction: Transaction,
    now: datetime,
    password_hash: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """C-20: the clocks of everything open are made anew, also after a killed worker."""
    with transaction():
        cast = add_cast(now - timedelta(days=30), password_hash)
        complaint = registered(cast, now=now)
        key, due = complaint.id, complaint.due_at
    look(transaction, now)
    with transaction():
        building.count(building.next_behind())
    with transaction() as session:
        assert session.scalars(select(Job).where(Job.name == "reckon_again")).all() == []
        # As if the clocks had been reckoned by the rules of before.
        row = session.scalars(select(ClockRow).where(ClockRow.complaint_id == key)).first()
        assert row is not None and row.due_at is not None
        wrong = row.due_at + timedelta(hours=1)
        row.due_at = wrong
        held = row.id

    monkeypatch.setattr(zone_rules, "digest", lambda zone: f"other rules of {zone}")
    look(transaction, now + timedelta(hours=1))
    look(transaction, now + timedelta(hours=2))
    while run_one(app, MAIN, "a worker"):
        pass
    with transaction() as session:
        assert session.get_one(ClockRow, held).due_at != wrong
        assert session.get_one(Complaint, key).due_at == due
        told = session.scalars(select(AdminEvent).where(AdminEvent.action == "zone_rules")).all()
        assert [each.rule for each in told] == ["zone_changed"]
        assert building.next_behind() == [key], "reports hear of it as well"
        jobs = session.scalars(select(Job).where(Job.name == "reckon_again")).all()
        assert [(job.done, job.total) for job in jobs] == [(1, 1)]
        assert db.session.get_one(Complaint, key).version


def test_rules_that_did_not_change_move_nothing() -> None:
    assert zone_rules.digest("Asia/Shanghai") == zone_rules.digest("Asia/Shanghai")
    assert zone_rules.digest("Asia/Shanghai") != zone_rules.digest("Europe/London")
