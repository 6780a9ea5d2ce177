"""Every tampering of the list is found: by somebody who owns the database, takes the guards away,
does it, and puts the guards back. Those that leave no trace inside are found by the day's anchor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.bare import Bare
from tests.databases import Database
from tests.tampering import (
    DAY,
    Kept,
    everything_about,
    person,
    rehash,
    rehash_administration,
    tamper,
    whole_lives,
)
from tickets.database import db, writing
from tickets.workers.anchoring import make_anchor

NEW = "'0197d000000070008000000000000009'"
OF = "WHERE complaint_id = {accepted}"
THE = "WHERE id = {accepted}"


@dataclass(frozen=True)
class Forgery:
    """What is done, what verify says of it, and what hides it afterwards."""

    does: str | Callable[[Bare, Kept], list[str]]
    found: str
    hidden_by: Callable[[Database, Kept], None] | None = None
    anchored: bool = False


def _column(name: str, value: str, of: str = THE) -> Forgery:
    return Forgery(f"UPDATE complaint SET {name} = {value} {of}", f"complaint.{name} was changed")


def _row(table: str, name: str, value: str, of: str = OF) -> Forgery:
    return Forgery(f"UPDATE {table} SET {name} = {value} {of}", f"{table}.{name} was changed")


def _again(database: Database, kept: Kept) -> None:
    rehash(database, kept.accepted)


def _open_again(database: Database, kept: Kept) -> None:
    rehash(database, kept.open)


def _swapped(bare: Bare, kept: Kept) -> list[str]:
    return [
        kept.fill(f"UPDATE event SET seq = {to} WHERE complaint_id = {{accepted}} AND seq = {seq}")
        for seq, to in ((2, 99), (3, 2), (99, 3))
    ]


def _with_texts(condition: str) -> Callable[[Bare, Kept], list[str]]:
    """Takes events out, and their texts with them."""

    def statements(bare: Bare, kept: Kept) -> list[str]:
        chosen = f"SELECT id FROM event WHERE complaint_id = {{accepted}}{condition}"
        return [
            kept.fill(f"DELETE FROM entry WHERE event_id IN ({chosen})"),
            kept.fill(f"DELETE FROM event WHERE complaint_id = {{accepted}}{condition}"),
        ]

    return statements


def _invented(table: str, where: str, **instead: str) -> Callable[[Bare, Kept], list[str]]:
    def statements(bare: Bare, kept: Kept) -> list[str]:
        return [kept.fill(f"INSERT {bare.copy_of(table, where, id=NEW, **instead)}")]

    return statements


def _note_gone(bare: Bare, kept: Kept) -> list[str]:
    the_note = "complaint_id = {open} AND action = 'note'"
    first = f"SELECT min(seq) FROM event WHERE {the_note}"
    chosen = f"SELECT id FROM event WHERE {the_note} AND seq = ({first})"
    return [
        kept.fill(f"DELETE FROM entry WHERE event_id IN ({chosen})"),
        kept.fill(f"DELETE FROM event WHERE id IN ({chosen})"),
    ]


def _complaint_gone(bare: Bare, kept: Kept) -> list[str]:
    return everything_about(bare, kept.open)


def _all_and_rows(bare: Bare, kept: Kept) -> list[str]:
    """All events, and the counters set to nothing."""
    return [
        *_with_texts("")(bare, kept),
        kept.fill("UPDATE complaint SET event_count = 0, chain_head = '' WHERE id = {accepted}"),
    ]


def _people_again(database: Database, kept: Kept) -> None:
    rehash_administration(database, "person")


EXCEPTION = "WHERE complaint_id = {unreached}"
PREVIOUS = "'2025-03-01 08:00:00+00:00'"

FORGERIES: dict[str, Forgery] = {
    "a changed payload": Forgery(f"UPDATE event SET data = '{{}}' {OF} AND seq = 2", "changed"),
    "a changed actor": Forgery(
        f"UPDATE event SET actor_id = {person('wang')} {OF} AND seq = 2", "changed"
    ),
    "a changed time": Forgery(f"UPDATE event SET at = {PREVIOUS} {OF} AND seq = 3", "changed"),
    "the last event removed": Forgery(_with_texts(" AND seq = {last}"), "missing at the end"),
    "an event in the middle removed": Forgery(_with_texts(" AND seq = 4"), "missing"),
    "all events removed": Forgery(_with_texts(""), "missing at the end"),
    "all events removed, and the counters too": Forgery(
        _all_and_rows, "it is not what anchor 1 holds", anchored=True
    ),
    "two events swapped": Forgery(_swapped, "changed"),
    "forged with recomputed hashes": Forgery(
        f"UPDATE event SET actor_id = {person('wang')} {OF} AND action = 'note'",
        "it is not what anchor 1 holds",
        hidden_by=_again,
        anchored=True,
    ),
    "a changed text": Forgery(
        f"UPDATE entry SET text = 'All is well.' {OF} AND field = 'description'",
        "text “description” was changed",
    ),
    "a text put where another stood": Forgery(
        "UPDATE complaint SET description = 'Mend it.' WHERE id = {accepted}",
        "complaint.description was changed",
    ),
    "another outcome of a call": Forgery(
        f"UPDATE callback_attempt SET outcome = 'understood' {OF} AND outcome = 'accepted'",
        "callback_attempt.outcome was changed",
    ),
    "another number dialled": _row("callback_attempt", "number", "'10086'"),
    "another moment of registration": _column("registered_at", PREVIOUS),
    "another start": _column("started_at", PREVIOUS),
    "another moment of closing": _column("closed_at", PREVIOUS),
    "another moment of the answer": _column("resolved_at", PREVIOUS),
    "another customer": _column("customer_id", NEW),
    "another unit": _column("unit_id", "(SELECT id FROM unit WHERE code = 'north_hall')"),
    "another severity": _column("severity", "'major'"),
    "a severity that is none": _column("severity", "'minor'"),
    "another category": _column("category_id", NEW),
    "another channel": _column("channel", "'counter'"),
    "another level": _column("level", "0"),
    "another cycle": _column("cycle", "9"),
    "the cycle moved back": Forgery(
        "UPDATE complaint SET cycle = 1, closing_attempt_id = (SELECT id FROM callback_attempt"
        " WHERE complaint_id = {accepted} AND cycle = 1) WHERE id = {accepted}",
        "complaint.cycle was changed",
    ),
    "another responsible person": _column("responsible_id", person("wang")),
    "another receiver": _column("received_by_id", person("wang")),
    "another number to call back": _column("callback_number", "'10086'"),
    "another ticket number": _column("number", "'100000000008'"),
    "another promise": _column("promised_at", PREVIOUS),
    "another status": Forgery(
        "UPDATE complaint SET status = 'in_progress', closing_attempt_id = NULL,"
        f" closing_holds = NULL {THE}",
        "complaint.status was changed",
    ),
    "a refusal of contact": _column("refuses_contact", "(1 = 1)"),
    "fewer reopenings": _column("reopens", "7"),
    "an approval removed": Forgery(
        f"DELETE FROM approval {EXCEPTION}", "the approval", anchored=False
    ),
    "an approval invented": Forgery(
        _invented("approval", "complaint_id = {unreached}"), "an approval was added"
    ),
    "another decider": _row("approval", "decided_by_id", person("he"), EXCEPTION),
    "another time of a call": _row("callback_attempt", "at", PREVIOUS),
    "another time of entry": _row("callback_attempt", "recorded_at", PREVIOUS),
    "another caller": _row("callback_attempt", "by_id", person("wang")),
    "a call invented": Forgery(
        _invented("callback_attempt", "complaint_id = {accepted} AND outcome = 'accepted'"),
        "a callback attempt was added",
    ),
    "a notice removed": Forgery(f"DELETE FROM notice {EXCEPTION}", "the notice"),
    "a notice re-dated": _row("notice", "sent_at", PREVIOUS, EXCEPTION),
    "a notice to another address": _row("notice", "address", "'10086'", EXCEPTION),
    "another outcome of the answer": _row("answer", "outcome", "'not_upheld'"),
    "another compensation": _row("answer", "compensation_minor", "100"),
    "another author of the answer": _row("answer", "by_id", person("wang")),
    "another transfer": _row("transfer", "by_id", person("he"), "WHERE complaint_id = {open}"),
    "a call invented, and a baseline that excuses it": Forgery(
        lambda bare, kept: [
            *_invented("callback_attempt", "complaint_id = {accepted} AND outcome = 'accepted'")(
                bare, kept
            ),
            kept.fill(
                "INSERT INTO baseline (id, subject, subject_id, seq, rows, taken_at) VALUES"
                f" ({NEW}, 'complaint', {{accepted}}, {{last}}, '{{}}', {PREVIOUS})"
            ),
        ],
        "its baseline is younger than the upgrade",
    ),
    "a person invented, and a baseline that excuses it": Forgery(
        lambda bare, kept: [
            f"INSERT {bare.copy_of('person', 'login = ' + repr('he'), id=NEW, login=repr('x'))}",
            "INSERT INTO baseline (id, subject, subject_id, seq, rows, taken_at) VALUES"
            f" ({NEW}, 'person', '0197d000-0000-7000-8000-000000000009', 0,"
            f""" '{{"login":"x","name":"He","active":true,"roles":{{}}}}', {PREVIOUS})""",
        ],
        "a baseline was added, changed or removed",
    ),
    "a membership inserted": Forgery(
        _invented("membership", f"person_id = {person('chen')}", role="'executive'"),
        f"{NEW[1:-1]} was added",
    ),
    "a policy row inserted": Forgery(
        "INSERT INTO policy_setting (name, value) VALUES ('reopen_window', '0')",
        "reopen_window was added",
    ),
    "a policy row changed": Forgery(
        "UPDATE policy_setting SET value = '1' WHERE name = 'returns_before_arbitration'",
        "returns_before_arbitration was changed",
    ),
    "administration events emptied": Forgery(
        "DELETE FROM admin_event", "administration events are missing at the end"
    ),
    "an administration event removed, and the chain recomputed": Forgery(
        "DELETE FROM admin_event WHERE subject = 'person' AND seq = 2",
        "person  event",
        hidden_by=_people_again,
        anchored=True,
    ),
    "another title of the limits": Forgery(
        "UPDATE limits_version SET title = 'Ours'", "title was changed"
    ),
    "other limits": Forgery(
        """UPDATE limits_version SET document = '{"rules": []}'""", "document was changed"
    ),
    "a note removed, and the chain recomputed": Forgery(
        _note_gone, "it is not what anchor 1 holds", hidden_by=_open_again, anchored=True
    ),
    "a whole complaint gone": Forgery(
        _complaint_gone, "the complaint was anchored and is gone", anchored=True
    ),
    "a whole complaint gone, its leaves too": Forgery(
        lambda bare, kept: [
            *_complaint_gone(bare, kept),
            f"DELETE FROM anchor_leaf WHERE subject_id = '{kept.open}'",
        ],
        "its leaves are not those that were anchored",
        anchored=True,
    ),
    "who was responsible forgotten": Forgery(
        f"DELETE FROM responsibility {OF}", "the person who was responsible"
    ),
}


@pytest.fixture
def bare(database: Database) -> Bare:
    return Bare(database)


@pytest.fixture
def kept(database: Database, now: datetime) -> Iterator[Kept]:
    with database.app.app_context(), writing():
        made = whole_lives(now)
        db.session.commit()
    yield made


@pytest.mark.parametrize("what", FORGERIES)
def test_every_tampering_is_found(
    what: str, database: Database, kept: Kept, bare: Bare, now: datetime, tmp_path: Path
) -> None:
    forgery = FORGERIES[what]
    outside = anchored(database, now + 9 * DAY, tmp_path) if forgery.anchored else []
    before = verify(database, outside)
    does = forgery.does

    tamper(bare, [kept.fill(does)] if isinstance(does, str) else does(bare, kept))
    if forgery.hidden_by is not None:
        forgery.hidden_by(database, kept)

    assert before[0] == 0, before[1]
    status, said = verify(database, outside)
    assert status == 1
    assert forgery.found in said
    assert "guard_" not in said, "it must be found by itself, not by what was done to get there"


def anchored(database: Database, at: datetime, folder: Path) -> list[str]:
    with database.app.app_context(), writing():
        line = make_anchor(at, lambda _done: db.session.commit())
        db.session.commit()
    path = folder / "anchors.jsonl"
    path.write_text(f"{line.text}\n", "utf-8")
    return ["--anchors", str(path)]


def verify(database: Database, outside: list[str]) -> tuple[int, str]:
    result = database.app.test_cli_runner().invoke(args=["audit", "verify", *outside])
    return result.exit_code, result.output


def test_all_triggers_dropped_are_found(database: Database, kept: Kept, bare: Bare) -> None:
    with bare.connection() as connection:
        cursor = connection.cursor()
        if bare.is_sqlite:
            cursor.execute("SELECT name, '' FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, ' ON ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
            )
        for name, on in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}{on}")
        connection.commit()

    status, said = verify(database, [])

    assert status == 1
    assert said.count("is missing") > 50


def test_the_list_is_long_enough() -> None:
    assert len(FORGERIES) + 1 >= 42


def test_what_cannot_even_be_read_is_a_flaw_of_one_complaint(
    database: Database, kept: Kept, bare: Bare
) -> None:
    if not bare.is_sqlite:
        pytest.skip("PostgreSQL stores no moment that is none")
    tamper(bare, [kept.fill(f"UPDATE complaint SET closed_at = 'never' {THE}")])

    status, said = verify(database, [])

    assert (status, said.count("it cannot be read")) == (1, 1)
    assert "flaws: 1" in said
