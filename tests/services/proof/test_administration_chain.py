"""Administration's own history is chained, also when two write at once."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import Cast, add_cast
from tests.databases import Database
from tests.on_record import put_on_record
from tickets.administration import people, policy
from tickets.database import db, writing
from tickets.history.administration import Subject, record
from tickets.limits import ensure_limits
from tickets.models import AdminEvent, AdminHead, LimitsVersion
from tickets.proof import administration
from workflow.words import Role

WRITERS = 6


@pytest.fixture
def desk(database: Database, now: datetime) -> Iterator[Cast]:
    with database.app.app_context(), writing():
        cast = add_cast(now - timedelta(days=30), "no password")
        put_on_record(now)
        db.session.commit()
    yield cast


def flaws(database: Database) -> list[Any]:
    with database.app.app_context():
        return list(administration.flaws())


def test_several_who_write_at_once_make_one_chain(
    database: Database, desk: Cast, now: datetime
) -> None:
    """Also where the subject has no chain yet, so that all of them begin it."""
    start = threading.Barrier(WRITERS)
    troubles: list[BaseException] = []

    def write(place: int) -> None:
        with database.app.app_context(), writing():
            try:
                admin = desk.person("admin")
                start.wait()
                for turn in range(3):
                    record(
                        Subject.JOB,
                        f"{place}-{turn}",
                        "again",
                        before=None,
                        after={"n": turn},
                        actor=admin,
                        now=now,
                    )
                    db.session.commit()
            except BaseException as error:  # noqa: BLE001 - shown below
                troubles.append(error)

    database.touch()
    threads = [threading.Thread(target=write, args=(place,)) for place in range(WRITERS)]
    # SQLite's writers queue, and one that waits for others inside its turn would wait for ever.
    if database.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        start = threading.Barrier(1)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert troubles == []
    assert flaws(database) == []
    with database.app.app_context():
        seqs = select(AdminEvent.seq).where(AdminEvent.subject == Subject.JOB)
        assert sorted(db.session.scalars(seqs)) == list(range(1, 3 * WRITERS + 1))
        assert db.session.get_one(AdminHead, "job").count == 3 * WRITERS


def test_what_administration_does_is_told_of_its_rows(
    database: Database, desk: Cast, now: datetime
) -> None:
    with database.app.app_context(), writing():
        admin, wang = desk.person("admin"), desk.person("wang")
        nobody = people.Successor(None, "")
        people.grant_role(wang, desk.unit("billing"), Role.LEAD, actor=admin, now=now)
        people.take_role(wang.memberships[-1], nobody, actor=admin, now=now)
        people.rename(wang, name="Wang Lei", actor=admin, now=now)
        people.disable(wang, nobody, actor=admin, now=now)
        people.enable(wang, actor=admin, now=now)
        policy.change_policy({"repeat_contacts": 5}, actor=admin, now=now)
        policy.change_policy({"repeat_contacts": 3}, actor=admin, now=now)
        db.session.commit()

    assert flaws(database) == []


def test_the_shipped_limits_are_on_record(database: Database, now: datetime) -> None:
    with database.app.app_context(), writing():
        key = ensure_limits(now)
        db.session.commit()
        assert db.session.get_one(LimitsVersion, key).active

    assert flaws(database) == []


def test_two_who_install_the_shipped_limits_end_with_one_chain(
    database: Database, now: datetime
) -> None:
    def install() -> None:
        with database.app.app_context(), writing():
            ensure_limits(now)
            db.session.commit()

    database.touch()
    threads = [threading.Thread(target=install) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert flaws(database) == []
    with database.app.app_context():
        assert len(db.session.scalars(select(AdminEvent.id)).all()) == 1
