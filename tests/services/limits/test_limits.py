"""Versions of the limits: installed, copied, edited, compared, put into force (SLA-10, SLA-11)."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast
from tests.conftest import Transaction
from tickets.database import db, writing
from tickets.history.administration import Subject, history_of
from tickets.limits import (
    editing,
    ensure_limits,
    limits_by_id,
    limits_in_force,
    pack,
    shipped_document,
    versions,
)
from tickets.limits.calendars import changes, with_days, with_more_days, with_official_year
from tickets.limits.comparison import Section, differences
from tickets.limits.editing import General
from tickets.limits.official_days import official_days
from tickets.models import Job, LimitsVersion
from workflow.limits import Limits
from workflow.limits_document import read
from workflow.reasons import Refused
from workflow.words import ClockKind

Db = scoped_session[Session]


def draft(cast: Cast, now: datetime, pack: str = "cn-telecom") -> LimitsVersion:
    return versions.draft_of_pack(pack, "Our own", actor=cast.admin, now=now)


def change(version: LimitsVersion, cast: Cast, now: datetime, name: str, **values: Any) -> None:
    row = editing.find_row(version, Section.RULES, name)
    assert row is not None
    editing.put_row(
        version, Section.RULES, {**row, **values}, instead_of=name, actor=cast.admin, now=now
    )


def activate(version: LimitsVersion, cast: Cast, now: datetime) -> None:
    in_force = versions.version_in_force()
    versions.activate(
        version,
        seen_in_force=in_force.id if in_force else None,
        actor=cast.admin,
        now=now,
    )


def parsed(version: LimitsVersion) -> Limits:
    return read(version.document, key=version.id.hex, number=version.number)


def test_the_shipped_limits_become_version_one(session: Db, now: datetime) -> None:
    shipped = limits_in_force()
    assert shipped.pack == "cn-telecom", "before anything is stored"

    key = ensure_limits(now)

    assert ensure_limits(now) == key
    assert limits_in_force().rules == shipped.rules
    assert db.session.get_one(LimitsVersion, key).number == 1


def test_two_who_install_at_once_end_with_one_version(
    app: Flask, transaction: Transaction, now: datetime
) -> None:
    found: list[UUID] = []
    together = threading.Barrier(4)

    def install() -> None:
        with app.app_context(), writing():
            together.wait()
            found.append(ensure_limits(now))
            db.session.commit()

    threads = [threading.Thread(target=install) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with transaction() as session:
        assert len(session.scalars(select(LimitsVersion)).all()) == 1
    assert len(set(found)) == 1


def test_the_default_pack_counts_in_the_zone_of_the_installation(app: Flask) -> None:
    """C-18."""
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Urumqi"
    try:
        with app.app_context():
            assert limits_in_force().calendars["office"].calendar.tz.key == "Asia/Urumqi"
            assert shipped_document("uk-fca")["calendars"]["office"]["calendar"]["tz"] == (
                "Europe/London"
            )
    finally:
        app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"


def test_a_version_that_was_in_force_is_read_once(session: Db, now: datetime) -> None:
    key = ensure_limits(now)
    db.session.flush()
    assert limits_by_id(key) is limits_by_id(key)
    with pytest.raises(KeyError):
        limits_by_id(UUID(int=0))


def test_a_draft_is_read_as_it_is_now(session: Db, cast: Cast, now: datetime) -> None:
    version = draft(cast, now)
    before = limits_by_id(version.id)
    change(version, cast, now, "callback", amount=12)

    after = limits_by_id(version.id)
    assert [r.amount for r in before.rules if r.id == "callback"] == [24]
    assert [r.amount for r in after.rules if r.id == "callback"] == [12]


def test_drafts_are_numbered_after_the_shipped_version(
    session: Db, cast: Cast, now: datetime
) -> None:
    first, second = draft(cast, now), draft(cast, now, "uk-ofcom")
    assert (first.number, second.number) == (2, 3)
    assert second.pack == "uk-ofcom"
    copy = versions.draft_of_version(first, "Again", actor=cast.admin, now=now)
    assert differences(first.document, copy.document) == []
    assert copy.document is not first.document


def test_every_edit_is_kept_with_before_and_after(session: Db, cast: Cast, now: datetime) -> None:
    """AUD-02."""
    version = draft(cast, now)
    change(version, cast, now + timedelta(minutes=1), "callback", amount=12)

    event = history_of(Subject.LIMITS, version.id)[0]
    assert (event.actor, event.action) == (cast.admin, "changed")
    assert event.before == {"callback · amount": 24}
    assert event.after == {"callback · amount": 12}


def test_an_edit_that_changes_nothing_is_no_event(session: Db, cast: Cast, now: datetime) -> None:
    version = draft(cast, now)
    change(version, cast, now, "callback")
    assert len(history_of(Subject.LIMITS, version.id)) == 1


def test_a_refused_edit_leaves_the_draft_as_it_was(session: Db, cast: Cast, now: datetime) -> None:
    """SLA-10, C-12."""
    version = draft(cast, now)
    stored = version.document
    with pytest.raises(Refused) as refusal:
        change(version, cast, now, "callback", amount=0)
    assert [reason.field for reason in refusal.value.reasons] == ["amount"]

    never = {**stored["calendars"]["office"]}
    never["calendar"] = {**never["calendar"], "weekly": {}}
    with pytest.raises(Refused) as refusal:
        editing.put_calendar(version, "office", never, new=False, actor=cast.admin, now=now)
    assert [reason.code for reason in refusal.value.reasons] == ["never_open"]
    assert version.document == stored


def test_a_calendar_that_something_counts_on_stays(session: Db, cast: Cast, now: datetime) -> None:
    version = draft(cast, now)
    with pytest.raises(Refused, match="in use: .*acknowledge-major"):
        editing.remove_calendar(version, "always", actor=cast.admin, now=now)
    with pytest.raises(Refused, match="default calendar"):
        editing.remove_calendar(version, "office", actor=cast.admin, now=now)

    spare = version.document["calendars"]["always"]
    editing.put_calendar(version, "spare", spare, new=True, actor=cast.admin, now=now)
    with pytest.raises(Refused, match="taken"):
        editing.put_calendar(version, "spare", spare, new=True, actor=cast.admin, now=now)
    editing.remove_calendar(version, "spare", actor=cast.admin, now=now)
    assert "spare" not in version.document["calendars"]


def test_a_limit_can_be_removed_and_its_clock_runs_no_more(
    session: Db, cast: Cast, now: datetime
) -> None:
    version = draft(cast, now)
    editing.remove_row(version, Section.RULES, "callback", actor=cast.admin, now=now)
    assert all(rule.clock is not ClockKind.CALLBACK for rule in parsed(version).rules)


def test_putting_into_force_retires_the_other_and_puts_the_job_down(
    session: Db, cast: Cast, now: datetime
) -> None:
    """SLA-11, C-28, JOB-08: one transaction for version, history and job."""
    first = ensure_limits(now)
    version = draft(cast, now)
    activate(version, cast, now)

    assert limits_in_force().number == 2
    retired = db.session.get_one(LimitsVersion, first)
    assert (retired.active, retired.retired_at) == (None, now)
    job = db.session.scalars(select(Job).where(Job.name == versions.ADOPT)).one()
    assert job.payload == {"limits": str(version.id)}
    assert job.wanted_by_id == cast.people["admin"]
    event = history_of(Subject.LIMITS, version.id)[0]
    assert event.action == "activated"
    assert event.before == {"in_force": "1 · cn-telecom"}
    assert event.after == {"in_force": "2 · Our own"}


def test_an_old_version_comes_into_force_again(session: Db, cast: Cast, now: datetime) -> None:
    first = db.session.get_one(LimitsVersion, ensure_limits(now))
    activate(draft(cast, now), cast, now)
    activate(first, cast, now + timedelta(hours=1))

    assert first.active and first.retired_at is None
    jobs = db.session.scalars(select(Job).where(Job.name == versions.ADOPT)).all()
    assert len(jobs) == 2


def test_what_is_in_force_is_not_put_into_force_again(
    session: Db, cast: Cast, now: datetime
) -> None:
    version = draft(cast, now)
    activate(version, cast, now)
    with pytest.raises(Refused, match="already"):
        activate(version, cast, now)


def test_the_effect_of_replacing_another_version_does_not_count(
    session: Db, cast: Cast, now: datetime
) -> None:
    """CON-02."""
    version, other = draft(cast, now), draft(cast, now)
    seen = versions.version_in_force()
    assert seen is not None
    activate(other, cast, now)
    with pytest.raises(Refused, match="other limits"):
        versions.activate(version, seen_in_force=seen.id, actor=cast.admin, now=now)


def test_a_discarded_draft_changes_no_more(session: Db, cast: Cast, now: datetime) -> None:
    version = draft(cast, now)
    versions.discard(version, actor=cast.admin, now=now)
    for forbidden in (
        lambda: change(version, cast, now, "callback", amount=12),
        lambda: activate(version, cast, now),
        lambda: versions.discard(version, actor=cast.admin, now=now),
    ):
        with pytest.raises(Refused):
            forbidden()


@pytest.fixture
def in_force(session: Db, cast: Cast, now: datetime) -> Iterator[LimitsVersion]:
    version = draft(cast, now)
    activate(version, cast, now)
    db.session.flush()
    yield version


@pytest.mark.parametrize(
    "values",
    [
        {"document": {}},
        {"title": "Another"},
        {"number": 99},
        {"activated_at": None},
        {"pack": "uk-fca"},
    ],
)
def test_what_was_in_force_never_changes_whoever_writes(
    session: Db, in_force: LimitsVersion, values: dict[str, Any]
) -> None:
    """C-28: the database itself holds it, below the program."""
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(LimitsVersion).where(LimitsVersion.id == in_force.id).values(**values)
        )


def test_only_whether_it_is_in_force_may_change(
    session: Db, in_force: LimitsVersion, now: datetime
) -> None:
    session.execute(
        update(LimitsVersion)
        .where(LimitsVersion.id == in_force.id)
        .values(active=None, retired_at=now)
    )


def test_an_edit_of_what_was_in_force_says_what_to_do(
    session: Db, cast: Cast, in_force: LimitsVersion, now: datetime
) -> None:
    with pytest.raises(Refused, match="Copy it"):
        change(in_force, cast, now, "callback", amount=12)


def test_what_belongs_to_the_whole_is_changed_together(
    session: Db, cast: Cast, now: datetime
) -> None:
    version = draft(cast, now)
    data = General("Branch", "office", {"north": "always"}, 600, 0)
    editing.put_general(version, data, actor=cast.admin, now=now)

    limits = parsed(version)
    assert version.title == "Branch"
    assert limits.new_cycle_grace == timedelta(minutes=10)
    assert limits.repeat_breach is None
    assert limits.calendar_of(("company", "north", "north_hall")).code == "always"

    with pytest.raises(Refused) as refusal:
        nowhere = General("Branch", "moon", {"north": "mars"}, 600, 0)
        editing.put_general(version, nowhere, actor=cast.admin, now=now)
    assert [reason.field for reason in refusal.value.reasons] == [
        "default_calendar",
        "unit_calendars.north",
    ]


def test_versions_are_compared_part_by_part(session: Db, cast: Cast, now: datetime) -> None:
    version = draft(cast, now)
    before = version.document
    change(version, cast, now, "callback", amount=12, reopened=6)
    editing.remove_row(version, Section.LADDER, "callback-75", actor=cast.admin, now=now)

    found = differences(before, version.document)
    assert [(each.section, each.name) for each in found] == [
        (Section.RULES, "callback"),
        (Section.LADDER, "callback-75"),
    ]
    assert found[0].before == {"amount": 24}
    assert found[0].after == {"amount": 12, "reopened": 6}
    assert found[1].after is None


def test_days_of_a_year_are_replaced_and_half_days_stay() -> None:
    """SLA-11, C-10: a half day on an ordinary workday is ours, a weekend worked is the year's."""
    office = pack("cn-telecom")["calendars"]["office"]
    half = {"name": "Half day", "spans": [["09:00", "12:00"]]}
    with_half = with_more_days(office, {}, {"2026-12-24": half, "2026-05-01": half})
    after = with_official_year(with_half, official_days("CN", 2026))

    special = after["calendar"]["special_hours"]
    assert special["2026-12-24"] == half
    assert "2026-05-01" not in special, "a holiday now: it is free"
    assert after["calendar"]["holidays"] == office["calendar"]["holidays"]
    assert after["official_years"] == [2025, 2026]


def test_a_year_of_a_file_is_official_from_then_on() -> None:
    office = pack("cn-telecom")["calendars"]["office"]
    day = date(2027, 10, 1)
    after = with_days(office, 2027, {day: "国庆节"}, {}, provisional=False)

    assert after["provisional_years"] == []
    assert after["official_years"] == [2025, 2026, 2027]
    free = [each for each in after["calendar"]["holidays"] if each.startswith("2027")]
    assert free == ["2027-10-01"]
    assert ("2027-05-01", "– 劳动节", "") in changes(office, after)
