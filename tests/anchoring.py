"""A desk that is anchored day by day, and what whoever gets the anchors keeps."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.carrying import Configure
from tests.cast import add_cast, call, do, registered, resolve
from tests.databases import Database
from tests.on_record import put_on_record
from tickets.database import db, writing
from tickets.models import Entry
from tickets.proof import keys
from tickets.proof.anchors import AnchorLine
from tickets.workers.anchoring import make_anchor
from workflow.words import CallOutcome

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(database: Database, now: datetime) -> Iterator[list[str]]:
    """Three complaints, the first of them closed; their numbers."""
    with database.app.app_context(), writing():
        cast = add_cast(now - timedelta(days=30), "no password")
        put_on_record(now - timedelta(days=30))
        made = [registered(cast, now=now, description=f"The line is dead, {i}.") for i in range(3)]
        resolve(cast, made[0], now + HOUR)
        call(made[0], CallOutcome.ACCEPTED, now + 2 * HOUR)
        entry = db.session.scalars(
            select(Entry).where(Entry.complaint_id == made[1].id, Entry.field == "description")
        ).one()
        do("redact", made[1], cast.zheng, now + HOUR, entry=entry.id, reason="Names another.")
        numbers = [each.number for each in made]
        db.session.commit()
    yield numbers


@pytest.fixture
def key(tmp_path: Path, configure: Configure) -> str:
    path = tmp_path / "audit.key"
    public = keys.make_key(path)
    configure(audit_key_file=str(path))
    return public


Daily = Callable[[datetime], AnchorLine]


@pytest.fixture
def daily(database: Database) -> Daily:
    def anchor(at: datetime) -> AnchorLine:
        with database.app.app_context(), writing():
            line = make_anchor(at, lambda _done: db.session.commit())
            db.session.commit()
            return line

    return anchor


def sent(tmp_path: Path, *lines: AnchorLine) -> str:
    path = tmp_path / "anchors.jsonl"
    path.write_text("Dear auditor,\n" + "".join(f"{line.text}\n" for line in lines), "utf-8")
    return str(path)
