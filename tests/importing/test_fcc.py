"""2,224 complaints that real customers filed with the US regulator (public data)."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import SHARED, Transaction
from tests.importing.desk import ImportDesk, set_up
from tickets import history
from tickets.database import db
from tickets.models import Entry
from workflow.words import Status

FILE = SHARED / "data" / "fcc_comcast_complaints_2015.csv"

pytestmark = pytest.mark.shared


@pytest.fixture
def desk(app: Flask, transaction: Transaction, now: datetime, password_hash: str) -> ImportDesk:
    return set_up(app, transaction, now, password_hash, "fcc")


def test_every_real_complaint_arrives_and_none_is_closed(desk: ImportDesk, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"

    first = desk.run(FILE, "fcc", "--rejects", str(rejects))
    again = desk.run(FILE, "fcc", "--rejects", str(rejects))

    assert first.exit_code == 0, first.output
    assert "2224 read = 2224 imported + 0 already there + 0 rejected" in first.output
    assert "2224 read = 0 imported + 2224 already there + 0 rejected" in again.output
    # A fifth of the file has day and month exchanged; each of these rows is reported, every time.
    assert "486 doubtful: the date lies outside 2015-04-01 to 2015-06-30" in again.output
    assert len(rejects.read_text(encoding="utf-8-sig").splitlines()) == 1 + 486
    with desk.transaction():
        complaints = desk.complaints()
        assert Counter(each.status for each in complaints.values()) == {
            Status.REGISTERED: 363,
            Status.IN_PROGRESS: 154,
            Status.RESOLVED: 734 + 973,
        }
        assert not any(each.closed_at for each in complaints.values())
        one = complaints["250635"]
        assert one.registered_at == datetime(2015, 4, 22, 19, 53, 50, tzinfo=UTC)
        assert (one.town, one.callback_number) == ("Abingdon, Maryland", "via FCC ticket 250635")
        assert one.customer.name == ""
        assert list(history.flaws(one)) == []
        doubted = db.session.scalars(
            select(Entry).where(
                Entry.complaint_id == complaints["223441"].id, Entry.field == "source_row"
            )
        ).one()
        assert doubted.text.startswith("Doubtful: the date lies outside")
