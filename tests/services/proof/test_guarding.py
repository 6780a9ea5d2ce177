"""Guards that were taken away, emptied or switched off are found."""

import pytest

from tests.bare import Bare
from tests.databases import Database
from tickets.database import db, writing
from tickets.models import guards
from tickets.proof import guarding


def found(database: Database) -> dict[str, str]:
    with database.app.app_context(), writing():
        flaws = dict(guarding.flaws(db.session.connection()))
        db.session.rollback()
        return flaws


def test_an_untouched_database_has_every_guard(database: Database) -> None:
    assert found(database) == {}


def test_a_guard_that_was_dropped_is_missed(database: Database) -> None:
    bare = Bare(database)
    on = "" if bare.is_sqlite else " ON event"

    bare.run(f"DROP TRIGGER guard_event_update{on}")

    assert found(database) == {"guard_event_update": "is missing"}


def test_a_guard_that_does_nothing_any_more_is_found(database: Database) -> None:
    bare = Bare(database)
    if bare.is_sqlite:
        bare.run("DROP TRIGGER guard_event_update")
        bare.run(
            "CREATE TRIGGER guard_event_update BEFORE UPDATE ON event WHEN 1 = 0"
            " BEGIN SELECT RAISE(ABORT, 'event is add-only'); END"
        )
    else:
        bare.run(
            "CREATE OR REPLACE FUNCTION guard_event_update() RETURNS trigger"
            " AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql"
        )

    assert "says something else" in found(database).values()


def test_a_guard_that_is_switched_off_is_found(database: Database) -> None:
    bare = Bare(database)
    if bare.is_sqlite:
        pytest.skip("SQLite cannot switch a trigger off")
    bare.run("ALTER TABLE event DISABLE TRIGGER guard_event_update")
    bare.run("ALTER TABLE approval DISABLE TRIGGER ALL")

    flaws = found(database)

    assert flaws["guard_event_update"] == "is switched off"
    assert any(name.startswith("RI_") for name in flaws), "foreign keys are triggers too"


def test_a_trigger_of_somebody_else_is_found(database: Database) -> None:
    bare = Bare(database)
    if bare.is_sqlite:
        bare.run(
            "CREATE TRIGGER helpful AFTER INSERT ON event BEGIN DELETE FROM login_attempt; END"
        )
    else:
        bare.run(
            "CREATE TRIGGER helpful BEFORE INSERT ON event FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )

    assert set(found(database)) == {"helpful"}


def test_a_constraint_that_went_or_says_less_is_found(database: Database) -> None:
    bare = Bare(database)
    if bare.is_sqlite:
        _rewrite_schema(bare, "closing_approval_id IS NOT NULL", "1 = 1")
    else:
        name = "ck_complaint_closed_rests_on_callback"
        bare.run(f"ALTER TABLE complaint DROP CONSTRAINT {name}")
        bare.run("ALTER TABLE complaint DROP CONSTRAINT fk_complaint_closing_attempt")
        assert found(database)[name] == "is missing"
        bare.run(f"ALTER TABLE complaint ADD CONSTRAINT {name} CHECK (status <> '')")

    assert "ck_complaint_closed_rests_on_callback" in found(database)
    assert len(found(database)) == (1 if bare.is_sqlite else 2)


def _rewrite_schema(bare: Bare, words: str, instead: str) -> None:
    """What SQLite lets somebody do who says that the schema may be written."""
    bare.database.touch()
    with bare.connection() as connection:
        connection.execute("PRAGMA writable_schema = ON")
        changed = connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'complaint'",
            (words, instead),
        )
        assert changed.rowcount == 1
        connection.commit()


def test_the_guards_are_made_from_the_statements_that_are_compared() -> None:
    for dialect in ("sqlite", "postgresql"):
        made = [each for each in guards.statements(dialect) if each.startswith("CREATE TRIGGER")]
        assert len(made) > 50
