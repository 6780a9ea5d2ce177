"""Job rows as tests put them down and look at them, under a clock that stands."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.conftest import Transaction
from tickets import jobs
from tickets.database import db, writing
from tickets.jobs import JobKind
from tickets.models import Category, Job
from workflow.words import JobState

MINUTE = timedelta(minutes=1)

Kinds = dict[str, JobKind]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def note(code: str) -> None:
    """The effect of a test's job: a row in the database."""
    db.session.add(Category(code=code, names={"en": code}))


def notes(transaction: Transaction) -> list[str]:
    with transaction() as session:
        return sorted(session.scalars(select(Category.code).where(Category.code.like("job-%"))))


def state(transaction: Transaction) -> list[tuple[JobState, int]]:
    with transaction() as session:
        found = session.execute(select(Job.state, Job.attempts).order_by(Job.created_at, Job.id))
        return [tuple(row) for row in found]


def put(app: Flask, name: str, now: datetime, **more: Any) -> None:
    with app.app_context(), writing():
        jobs.put(name, now=now, **more)
        db.session.commit()
