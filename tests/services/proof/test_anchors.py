"""Anchors outside: made once a day, signed, sent, and proof for whoever has nothing of ours."""

import base64
import json
import os
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select, text

from tests.anchoring import DAY, HOUR, Daily, daily, desk, key, sent
from tests.bare import Bare
from tests.carrying import Configure
from tests.cast import add_cast, ask_to_close, call, do, resolved
from tests.databases import Database
from tests.on_record import put_on_record
from tests.services.history.test_audit import unguarded
from tickets.actors import System
from tickets.administration import anchors as admin_anchors
from tickets.administration.messages import HookData, add_webhook
from tickets.database import db, writing
from tickets.jobs.registry import KINDS
from tickets.models import Anchor, Complaint, Message, MessageFile, Person
from tickets.proof import anchors, keys
from tickets.workers.anchoring import KIND
from workflow.reasons import Refused
from workflow.words import CallOutcome

_ = (daily, desk, key)


@pytest.fixture
def bare(database: Database) -> Bare:
    return Bare(database)


def verify(database: Database, *arguments: str) -> Result:
    database.touch()
    return database.app.test_cli_runner().invoke(args=["audit", "verify", *arguments])


def test_each_day_is_chained_to_the_one_before_and_covers_what_changed(
    database: Database, desk: list[str], daily: Daily, key: str, now: datetime, tmp_path: Path
) -> None:
    first = daily(now + DAY)
    with database.app.app_context(), writing():
        complaint = db.session.scalars(select(Complaint).where(Complaint.number == desk[2])).one()
        do("note", complaint, complaint.responsible, now + DAY + HOUR, text="Called the vendor.")
        db.session.commit()
    second = daily(now + 2 * DAY)
    third = daily(now + 3 * DAY)

    assert first.said["leaves"] > len(desk)
    assert (second.said["leaves"], third.said["leaves"]) == (1, 0)
    assert second.said["previous"] == first.digest
    assert third.said["previous"] == second.digest
    assert all(keys.signature_holds(key, each.signature, each.body) for each in (first, second))
    result = verify(database, "--anchors", sent(tmp_path, first, second, third), "--key", key)
    assert result.exit_code == 0, result.output
    assert "Anchors: 3, of these unsigned: 0" in result.output


def test_what_goes_on_after_an_anchor_is_no_flaw(
    database: Database, daily: Daily, key: str, now: datetime, tmp_path: Path
) -> None:
    """A call and a request are in the anchor; then the customer is heard of once more."""
    with database.app.app_context(), writing():
        cast = add_cast(now - 30 * DAY, "no password")
        put_on_record(now - 30 * DAY)
        complaint = resolved(cast, now=now)
        call(complaint, CallOutcome.REFUSED, now + HOUR)
        ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")
        db.session.commit()
    anchor = daily(now + DAY)
    with database.app.app_context(), writing():
        complaint = db.session.scalars(select(Complaint)).one()
        do("note", complaint, complaint.responsible, now + DAY + HOUR, text="He rang back.")
        db.session.commit()

    result = verify(database, "--anchors", sent(tmp_path, anchor), "--key", key)
    assert result.exit_code == 0, result.output
    assert "not covered: 0" in result.output


def test_a_job_anchors_once_a_day(database: Database, desk: list[str], now: datetime) -> None:
    kind = KINDS[KIND]
    saved: list[int] = []
    work: Any = SimpleNamespace(now=lambda: now + DAY, save=lambda *, done: saved.append(done))
    with database.app.app_context(), writing():
        kind.run(work)
        number = db.session.scalar(select(Anchor.number))
        db.session.rollback()

    assert kind.interval == DAY
    assert number == 1
    assert saved[0] == len(desk)


def test_an_anchor_is_sent_by_mail_and_webhook(
    database: Database, desk: list[str], daily: Daily, now: datetime
) -> None:
    with database.app.app_context(), writing():
        admin = db.session.scalars(select(Person).where(Person.login == "admin")).one()
        admin_anchors.change_addresses(["audit@example.com"], actor=admin, now=now)
        hook = HookData("safe", "https://example.com/anchors", ["anchor.made"], True)
        add_webhook(hook, actor=admin, now=now)
        db.session.commit()

    line = daily(now + DAY)

    with database.app.app_context():
        mail = db.session.scalars(select(Message).where(Message.topic == "anchor")).one()
        file = db.session.scalars(select(MessageFile)).one()
        call_ = db.session.scalars(select(Message).where(Message.topic == "anchor.made")).one()
        assert mail.address == "audit@example.com"
        assert line.text in mail.body
        assert anchors.read_line(file.content.decode()) == line
        assert anchors.read_line(json.loads(call_.body)["anchor"]) == line


def test_changed_addresses_are_told_to_the_ones_before(
    database: Database, desk: list[str], now: datetime
) -> None:
    with database.app.app_context(), writing():
        admin = db.session.scalars(select(Person).where(Person.login == "admin")).one()
        admin_anchors.change_addresses(["audit@example.com"], actor=admin, now=now)
        admin_anchors.change_addresses(["elsewhere@example.com"], actor=admin, now=now)
        told = db.session.scalars(select(Message).where(Message.topic == "anchors_moved")).all()

        assert [each.address for each in told] == ["audit@example.com"]
        assert "elsewhere@example.com" in told[0].body
        with pytest.raises(Refused):
            admin_anchors.change_addresses(["no address"], actor=admin, now=now)
        db.session.rollback()


def test_without_a_key_anchors_are_unsigned_and_health_says_so(
    database: Database, desk: list[str], daily: Daily, now: datetime, tmp_path: Path
) -> None:
    line = daily(now + DAY)

    health = database.app.test_client().get("/healthz").get_json()
    result = verify(database, "--anchors", sent(tmp_path, line))

    assert line.signature == ""
    assert result.exit_code == 0, result.output
    assert "Anchors: 1, of these unsigned: 1" in result.output
    assert health is None or "anchors" not in health or "AUDIT_KEY_FILE" in str(health["anchors"])


def test_a_key_is_made_once_and_only_its_owner_reads_it(
    database: Database, configure: Configure, tmp_path: Path
) -> None:
    path = tmp_path / "audit.key"
    configure(audit_key_file=str(path))
    runner = database.app.test_cli_runner()

    made = runner.invoke(args=["audit", "key"])
    before = path.read_bytes()
    again = runner.invoke(args=["audit", "key"])

    assert made.exit_code == 0
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert again.exit_code == 1
    assert "not written over" in again.output
    assert path.read_bytes() == before


def test_what_was_rewritten_with_all_its_hashes_is_found(
    database: Database,
    desk: list[str],
    bare: Bare,
    daily: Daily,
    now: datetime,
    tmp_path: Path,
) -> None:
    """By the owner of the database, who makes new leaves and a new anchor as well."""
    line = daily(now + DAY)
    with database.app.app_context():
        complaint = db.session.scalars(select(Complaint).where(Complaint.number == desk[0])).one()
        one = complaint.id.hex
    unguarded(bare, f"UPDATE event SET action = 'note' WHERE complaint_id = '{one}' AND seq = 2")
    rehash(database, desk[0])
    assert "is not what anchor 1 holds" in verify(database).output
    unguarded(bare, "DELETE FROM anchor_leaf")
    unguarded(bare, "DELETE FROM anchor")
    bare.run("UPDATE complaint SET anchored_events = 0")
    bare.run("UPDATE admin_head SET anchored = 0")
    daily(now + DAY)

    told = verify(database).output.replace("Anchors", "").replace("anchor 0", "").splitlines()
    assert not [line for line in told if "anchor" in line and "guard_" not in line]
    result = verify(database, "--anchors", sent(tmp_path, line))

    assert result.exit_code == 1
    assert "the anchor is not the one that was sent outside" in result.output


def rehash(database: Database, number: str) -> None:
    """Make every hash of a history right again, as somebody does who has read the code."""
    from tickets import history  # noqa: PLC0415

    with database.app.app_context(), writing():
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        complaint = db.session.scalars(select(Complaint).where(Complaint.number == number)).one()
        previous = ""
        events = history.events_of(complaint)
        for event in events:
            event.previous = previous
            event.hash = previous = history.link(event)
        complaint.chain_head, complaint.event_count = previous, len(events)
        db.session.commit()


def test_a_complaint_that_is_gone_with_everything_about_it_is_found(
    database: Database, desk: list[str], bare: Bare, daily: Daily, now: datetime, tmp_path: Path
) -> None:
    line = daily(now + DAY)
    erase(database, bare, desk[2])

    plain = verify(database)
    unguarded(bare, f"DELETE FROM anchor_leaf WHERE named = '{desk[2]}'")
    against = verify(database, "--anchors", sent(tmp_path, line))

    assert "the complaint was anchored and is gone" in plain.output
    assert "its leaves are not those that were anchored" in against.output


def erase(database: Database, bare: Bare, number: str) -> None:
    """Every row that belongs to a complaint, and the complaint."""
    with database.app.app_context():
        complaint = db.session.scalars(select(Complaint).where(Complaint.number == number)).one()
        one = complaint.id.hex
    with bare.connection() as connection:
        cursor = connection.cursor()
        if bare.is_sqlite:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET session_replication_role = replica")
        for table in db.metadata.tables.values():
            if "complaint_id" in table.columns:
                cursor.execute(f"DELETE FROM \"{table.name}\" WHERE complaint_id = '{one}'")
        cursor.execute(f"DELETE FROM complaint WHERE id = '{one}'")
        connection.commit()


def test_what_is_put_in_with_an_older_date_is_found(
    database: Database, desk: list[str], daily: Daily, now: datetime
) -> None:
    daily(now + 9 * DAY)
    with database.app.app_context(), writing():
        complaint = db.session.scalars(select(Complaint).where(Complaint.number == desk[2])).one()
        do("note", complaint, complaint.responsible, now + 5 * DAY, text="We said so then.")
        db.session.commit()

    assert "it is older than anchor 1, which lacks it" in verify(database).output


def test_what_is_made_by_two_is_one_anchor(
    database: Database, desk: list[str], now: datetime
) -> None:
    with database.app.app_context(), writing():
        anchors.put_leaves()
        line = anchors.drawn_up(now, None)
        anchors.keep(line, "")
        db.session.commit()
        assert db.session.scalars(select(Anchor.number)).all() == [1]


def test_the_next_anchor_goes_on_where_the_last_one_was_killed(
    database: Database, desk: list[str], daily: Daily, now: datetime
) -> None:
    with database.app.app_context(), writing():
        anchors.put_leaves()
        db.session.commit()
        complaint = db.session.scalars(select(Complaint).where(Complaint.number == desk[2])).one()
        do("note", complaint, complaint.responsible, now + HOUR, text="Meanwhile.")
        db.session.commit()

    line = daily(now + DAY)

    assert line.said["leaves"] == len(desk) + 1 + 2, "one twice, people and time limits"
    assert verify(database).exit_code == 0


def test_addresses_that_were_put_in_by_hand_are_found(
    database: Database, desk: list[str], bare: Bare, now: datetime
) -> None:
    bare.run(
        "INSERT INTO anchor_address (id, address, added_at) VALUES"
        " ('0197d000000070008000000000000003', 'thief@example.com', '2025-03-11 02:00:00')"
    )

    assert "anchor anchor was added" in verify(database).output


def test_a_rule_may_change_addresses_too(database: Database, now: datetime) -> None:
    with database.app.app_context(), writing():
        admin_anchors.change_addresses(["a@example.com"], actor=System("seed"), now=now)
        admin_anchors.change_addresses([], actor=System("seed"), now=now)
        assert admin_anchors.addresses() == []
        db.session.rollback()


def test_base64_is_that_of_everybody(key: str) -> None:
    assert len(base64.b64decode(key)) == 32
