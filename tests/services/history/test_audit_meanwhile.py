"""Whoever audits looks at one moment, and holds nobody up."""

from datetime import datetime

from sqlalchemy import select

from tests.databases import Database
from tests.tampering import whole_lives
from tickets.actions import take
from tickets.database import db, writing
from tickets.history import audit
from tickets.models import Complaint


def test_what_is_saved_meanwhile_is_no_flaw_and_does_not_wait(
    database: Database, now: datetime
) -> None:
    with database.app.app_context(), writing():
        kept = whole_lives(now)
        db.session.commit()

    with database.app.app_context():
        audit.begin()
        before = audit.how_many()
        _somebody_works(database, kept.numbers[2], now)

        found = [flaw for each in audit.complaint_by_complaint() for flaw in each.flaws]
        found += audit.flaws_besides()

        assert found == []
        assert audit.how_many() == before
        db.session.rollback()
        assert audit.how_many() != before


def _somebody_works(database: Database, number: str, now: datetime) -> None:
    """In an application context, and so a session, of their own."""
    with database.app.app_context(), writing():
        found = select(Complaint).where(Complaint.number == number)
        complaint = db.session.scalars(found).one()
        said = {"severity": "major", "reason": "It is worse."}
        who = complaint.responsible
        take("correct", complaint, actor=who, now=now, seen_version=None, inputs=said)
        db.session.commit()
