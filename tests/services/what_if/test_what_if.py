"""What if: other limits over what happened, without touching what happened."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from tests import cast as given
from tests.cast import Cast, add_cast, registered
from tests.conftest import Transaction
from tests.histories import histories
from tickets import what_if
from tickets.clocks import limit_changes
from tickets.clocks.bulk_history import histories_of
from tickets.clocks.history import history_of
from tickets.database import db, reading
from tickets.limits import ensure_limits, limits_by_id, pack, versions
from tickets.models import ClockRow, Complaint, Event, Job, Unit, WhatIf, WhatIfChange
from tickets.what_if import AskedPeriod, Result, runs
from tickets.workers.running import run_one
from workflow.clocks import clocks
from workflow.limits_document import read
from workflow.words import ClockKind, JobState

Db = scoped_session[Session]
STORIES = int(os.environ.get("WHAT_IF_STORIES", "24"))
DOCUMENT = dict(pack("cn-telecom"))


def changed(**amounts: int) -> dict[str, Any]:
    """The shipped limits with other amounts, by the names of the limits."""
    document = deepcopy(DOCUMENT)
    for row in document["rules"]:
        row["amount"] = amounts.get(row["id"].replace("-", "_"), row["amount"])
    return document


def open_at_weekends() -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    week = document["calendars"]["office"]["calendar"]["weekly"]
    week |= {"sat": week["mon"], "sun": week["mon"]}
    document["calendars"]["office"]["calendar"]["holidays"] = {}
    return document


STRICTER = changed(acknowledge=1, accept=1, answer=1, resolution=2, callback=1)
OTHERS = {"stricter": STRICTER, "weekends": open_at_weekends()}


def everything(cast: Cast, now: datetime) -> AskedPeriod:
    company = db.session.get_one(Unit, cast.units["company"])
    return AskedPeriod(now - timedelta(days=400), now + timedelta(days=400), [company.path])


def question(period: AskedPeriod, document: dict[str, Any] = DOCUMENT) -> runs.Question:
    return runs.Question(
        "Two hours", "2025-03", "2025-04", period, "pack:cn-telecom", "cn", DOCUMENT, document
    )


@pytest.fixture
def told(session: Db, cast: Cast, now: datetime) -> datetime:
    """Random stories; the moment after the last thing that happened."""
    ensure_limits(now)
    latest = histories(cast, random.Random(11), STORIES, now)
    registered(cast, now=latest)
    session.flush()
    return latest + timedelta(minutes=1)


def all_ids() -> list[UUID]:
    return list(db.session.scalars(select(Complaint.id).order_by(Complaint.id)))


def naively(complaint: Complaint, document: dict[str, Any], now: datetime) -> Counter[Any]:
    """One complaint by itself, its stored rows beside its clocks under the other limits."""
    limits = read(document, key="other", number=9)
    history = history_of(complaint, limits)
    other = replace(
        history,
        limits=limits,
        happenings=[replace(each, limits=None) for each in history.happenings],
    )

    def shown(found: Any) -> dict[Any, str]:
        results = {}
        for each in found:
            if each.id.kind in (ClockKind.FOLLOW_UP, ClockKind.STALE, ClockKind.PROGRESS):
                continue
            missed = each.breached_at is not None
            ended = each.ended_at is not None
            void = each.state.value == "void"
            results[each.id] = (
                "none" if void else "missed" if missed else "met" if ended else "open"
            )
        return results

    was, would = shown(clocks(history, now)), shown(clocks(other, now))
    pairs = (
        (each.kind, was.get(each, "none"), would.get(each, "none")) for each in {**was, **would}
    )
    return Counter(each for each in pairs if each[1:] != ("none", "none"))


def test_histories_read_together_are_those_read_one_by_one(
    session: Db, cast: Cast, told: datetime
) -> None:
    together = dict(histories_of(all_ids()))
    alone = {each.id: history_of(each) for each in session.scalars(select(Complaint))}
    assert together == alone
    assert len(together) >= STORIES


def test_many_histories_cost_as_many_queries_as_one(
    session: Db, cast: Cast, told: datetime
) -> None:
    ids = all_ids()
    for some in (ids[:1], ids):
        with statements() as asked:
            assert list(histories_of(some))
        assert len(asked) <= 6


def test_unchanged_limits_change_nothing(session: Db, cast: Cast, told: datetime) -> None:
    """The figures before are what was stored, and the same limits give them again."""
    limits = read(DOCUMENT, key="same", number=9)
    found = list(what_if.compared(all_ids(), limits, told))
    assert [each for each in found if each.before is not each.after] == []
    assert {each.before for each in found} >= {Result.MET, Result.MISSED, Result.OPEN}

    ended = ("met", "missed")
    stored = session.execute(
        select(ClockRow.kind, ClockRow.unit_id, ClockRow.state, func.count())
        .where(ClockRow.state.in_(ended), ClockRow.kind.not_in(what_if.REMINDERS))
        .group_by(ClockRow.kind, ClockRow.unit_id, ClockRow.state)
    )
    missed_but_open = 0
    of_rows: Counter[Any] = Counter()
    for kind, unit, state, number in stored:
        of_rows[kind, unit, state.value] += number
    counted: Counter[Any] = Counter()
    for each in found:
        counted[each.kind, each.unit_id, each.before.value] += 1
    for key, number in of_rows.items():
        if key[2] == "met":
            assert counted[key] == number, key
        else:  # what still runs can be missed already
            missed_but_open += counted[key] - number
            assert counted[key] >= number, key
    assert missed_but_open >= 0


@pytest.mark.parametrize("name", OTHERS)
def test_other_limits_give_what_each_complaint_gives_by_itself(
    session: Db, cast: Cast, told: datetime, name: str
) -> None:
    limits = read(OTHERS[name], key="other", number=9)
    found: Counter[Any] = Counter()
    for each in what_if.compared(all_ids(), limits, told):
        found[each.kind, each.before.value, each.after.value] += 1
    plain: Counter[Any] = Counter()
    for complaint in session.scalars(select(Complaint)):
        plain += naively(complaint, OTHERS[name], told)
    assert found == plain
    assert any(before != after for _kind, before, after in found), "nothing would have changed"


def test_a_change_of_limits_in_between_is_replaced_as_well(
    session: Db, cast: Cast, now: datetime
) -> None:
    """The limits asked about hold from the first moment on."""
    complaint = given.registered(cast, now=now)
    draft = versions.draft_of_pack("uk-ofcom", "Other", actor=cast.admin, now=now)
    draft.active, draft.activated_at = None, now
    session.flush()
    assert limit_changes.adopt(complaint.id, draft.id, now + timedelta(hours=1))
    later = now + timedelta(hours=2)

    limits = limits_by_id(ensure_limits(now))
    history = history_of(session.get_one(Complaint, complaint.id), limits)
    assert any(each.limits is not None for each in history.happenings)
    reckoned = clocks(what_if.under(history, limits), later)
    assert {each.limits_key for each in reckoned} == {limits.key}


@contextmanager
def statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def counts() -> dict[str, int]:
    tables = (Complaint, ClockRow, Event)
    found = {
        each.__tablename__: db.session.scalar(select(func.count()).select_from(each)) or 0
        for each in tables
    }
    found["heads"] = hash(
        tuple(db.session.execute(select(Complaint.version, Complaint.chain_head, Complaint.due_at)))
    )
    found["rows"] = hash(
        tuple(db.session.execute(select(ClockRow.state, ClockRow.used, ClockRow.reckoned_at)))
    )
    return found


WRITES = ("INSERT", "UPDATE", "DELETE")
OWN = ("what_if", "what_if_change", "job", "job_health")


def written(asked: list[str]) -> set[str]:
    """The tables that were written to."""
    found = set()
    for each in asked:
        words = each.replace('"', "").split()
        if words and words[0].upper() in WRITES:
            found.add(words[1] if words[0].upper() == "UPDATE" else words[2])
    return found


@pytest.fixture
def stored(transaction: Transaction, now: datetime, password_hash: str) -> Cast:
    """The cast and some stories, committed."""
    with transaction():
        cast = add_cast(now - timedelta(days=30), password_hash)
        ensure_limits(now)
        histories(cast, random.Random(5), 12, now)
    return cast


def test_asking_writes_nothing_but_its_own_run(
    app: Flask, transaction: Transaction, stored: Cast, now: datetime
) -> None:
    """M-05: complaints, clocks and events stay as they are."""
    later = now + timedelta(days=60)
    with transaction():
        before = counts()
        with statements() as asked:
            run = runs.ask(
                question(everything(stored, now), STRICTER), by=stored.people["he"], now=later
            )
            db.session.flush()
        assert written(asked) <= set(OWN)
        assert (run.looked, run.total) == (12, 12)
        assert run.finished_at == later
        assert runs.tally_of(run)
    with transaction():
        assert counts() == before
        assert db.session.scalar(select(func.count()).select_from(WhatIfChange))


def test_the_database_itself_refuses_to_write_while_reckoning(
    app: Flask, transaction: Transaction, stored: Cast
) -> None:
    """M-05: not by good will alone."""
    with transaction():
        with pytest.raises(DBAPIError), reading():
            db.session.execute(text("UPDATE complaint SET level = 3"))
        db.session.execute(text("UPDATE complaint SET level = level"))  # and may again afterwards
        db.session.get_one(Complaint, all_ids()[0]).wish = "other"
        with pytest.raises(RuntimeError), reading():
            pass


def test_many_complaints_are_reckoned_in_the_background(
    app: Flask,
    transaction: Transaction,
    stored: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M-05, JOB-01: batch by batch, with the same answer as at once."""
    later = now + timedelta(days=60)
    monkeypatch.setattr(what_if, "BATCH", 5)
    with transaction():
        at_once = runs.ask(
            question(everything(stored, now), STRICTER), by=stored.people["he"], now=later
        )
        expected = sorted(map(str, at_once.tally))
        monkeypatch.setattr(runs, "AT_ONCE", 3)
        behind = runs.ask(
            question(everything(stored, now), STRICTER), by=stored.people["he"], now=later
        )
        assert behind.finished_at is None
        key, before = behind.id, counts()
    with app.app_context(), statements() as asked:
        run_all(app)
    assert written(asked) <= set(OWN)
    with transaction():
        run = db.session.get_one(WhatIf, key)
        assert sorted(map(str, run.tally)) == expected
        assert (run.looked, run.total) == (12, 12)
        assert run.finished_at is not None
        assert counts() == before


def run_all(app: Flask) -> None:
    while run_one(app, "main", "w"):
        pass
    with app.app_context():
        left = select(Job.last_error).where(Job.state != JobState.DONE)
        assert db.session.scalars(left).all() == []


def test_both_sides_count_the_same_clocks(
    session: Db, cast: Cast, told: datetime, now: datetime
) -> None:
    limits = read(STRICTER, key="other", number=9)
    found = list(what_if.compared(all_ids(), limits, told))
    assert sum(Counter(each.before for each in found).values()) == len(found)
    assert sum(what_if.counted(found).values()) == len(found)


def test_every_complaint_of_the_period_is_looked_at_and_no_other(
    session: Db, cast: Cast, now: datetime
) -> None:
    """The edges are exact, and a branch reckons its own only (S-08)."""
    branch = session.get_one(Unit, cast.units["branch"])
    inside = [given.registered(cast, now=now + timedelta(hours=each)) for each in range(3)]
    given.registered(cast, now=now - timedelta(seconds=1))
    given.registered(cast, now=now + timedelta(hours=3))
    given.registered(cast, now=now, by="north_desk")
    session.flush()

    period = AskedPeriod(now, now + timedelta(hours=3), [branch.path])
    assert set(what_if.next_ids(period, None)) == {each.id for each in inside}
    assert what_if.how_many(period) == 3
    first = what_if.next_ids(period, None, 2)
    assert list(first) + list(what_if.next_ids(period, first[-1], 2)) == sorted(
        each.id for each in inside
    )


def test_a_run_expires_and_is_removed_with_its_changes(
    transaction: Transaction, stored: Cast, now: datetime
) -> None:
    later = now + timedelta(days=60)
    with transaction():
        run = runs.ask(
            question(everything(stored, now), STRICTER), by=stored.people["he"], now=later
        )
        key, end = run.id, run.expires_at
        executive, supervisor = stored.person("he"), stored.person("zheng")
        assert runs.run_of(key, executive, later) is not None
        assert runs.run_of(key, supervisor, later) is None
        assert runs.run_of(key, executive, end) is None
    with transaction():
        assert runs.remove_expired(end - timedelta(seconds=1)) == 0
        assert runs.remove_expired(end) == 1
        assert db.session.scalar(select(func.count()).select_from(WhatIfChange)) == 0
