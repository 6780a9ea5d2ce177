"""The year that the large bench is measured on holds together like one that was lived."""

from datetime import datetime

from flask import Flask
from sqlalchemy import func, select, text

from bench import copies, fill, stories
from tests.conftest import Transaction
from tickets.clocks.bulk_history import histories_of
from tickets.database import db
from tickets.limits import ensure_limits
from tickets.models import Complaint, Event
from workflow.clocks import clocks

HANGING = {
    "event.complaint_id": "complaint",
    "event.work_order_id": "work_order",
    "entry.event_id": "event",
    "clock.complaint_id": "complaint",
    "clock_fact.clock_id": "clock",
    "contact.customer_id": "customer",
    "complaint.customer_id": "customer",
    "complaint.closing_attempt_id": "callback_attempt",
    "callback_attempt.callback_id": "callback",
    "responsibility.complaint_id": "complaint",
}


def test_copied_stories_refer_to_their_own_parts(
    app: Flask, transaction: Transaction, now: datetime
) -> None:
    with transaction():
        ensure_limits(now)
        stories.drive(fill._first_rows(now), 8, now)
        driven = db.session.scalar(select(func.count()).select_from(Event)) or 0
        many = copies.multiply(60)
    with transaction():
        assert 50 <= many <= 70
        assert (db.session.scalar(select(func.count()).select_from(Event)) or 0) > 5 * driven
        for place, whole in HANGING.items():
            table, column = place.split(".")
            lost = db.session.scalar(
                text(
                    f'SELECT COUNT(*) FROM "{table}" WHERE {column} IS NOT NULL'  # noqa: S608
                    f' AND {column} NOT IN (SELECT id FROM "{whole}")'
                )
            )
            assert lost == 0, place
        without = "SELECT COUNT(*) FROM complaint WHERE id NOT IN (SELECT complaint_id FROM {0})"
        assert db.session.scalar(text(without.format("responsibility"))) == 0
        ids = list(db.session.scalars(select(Complaint.id)))
        for _key, history in histories_of(ids):  # orders named in events are found
            assert clocks(history, now)
        first = db.session.scalar(select(func.min(Complaint.registered_at)))
        last = db.session.scalar(select(func.max(Complaint.registered_at)))
        assert first is not None and last is not None
        assert last <= now and (last - first).days > 30
