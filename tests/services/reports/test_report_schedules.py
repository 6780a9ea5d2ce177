"""Reports by mail: the right figures to the right people, once, at the right hour."""

import email
import io
import zipfile
from datetime import UTC, datetime, timedelta
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from tests.carrying import Configure, carried
from tests.cast import Cast, add_cast, dispatched, do, orders, registered
from tests.conftest import Transaction
from tests.gateways import MailServer, line
from tests.job_rows import Clock
from tickets.facts import building
from tickets.jobs.registry import MAIN
from tickets.models import FileFormat, Message, Person, ReportSchedule, Rhythm
from tickets.reports import schedules
from tickets.reports.schedules import SchedulePlan, next_moment
from tickets.web.reports import files
from tickets.workers.running import run_one, tick
from workflow.reasons import Refused
from workflow.words import MessageState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@pytest.fixture
def office(transaction: Transaction, now: datetime, password_hash: str) -> Cast:
    """Two supervisors with an address; three complaints of last week here, one in the north."""
    with transaction():
        cast = add_cast(now - 30 * DAY, password_hash)
        for name, language in (("zheng", "en"), ("north_supervisor", "zh_Hans"), ("he", "en")):
            cast.person(name).email = f"{name}@example.com"
            cast.person(name).language = language
        for _ in range(3):
            registered(cast, now=now - 6 * DAY)
        registered(cast, now=now - 6 * DAY, by="north_desk")
    with transaction():
        while ids := building.next_behind():
            building.count(ids)
    return cast


def plan(cast: Cast, *recipients: str, **said: Any) -> SchedulePlan:
    usual: dict[str, Any] = {
        "report": "flow",
        "scope": {"period": "last_week"},
        "rhythm": Rhythm.DAILY,
        "day": 1,
        "hour": 8,
        "format": FileFormat.CSV,
    }
    wanted = frozenset(cast.people[each] for each in recipients)
    return SchedulePlan(**{**usual, **said}, recipients=wanted)


def put(transaction: Transaction, cast: Cast, now: datetime, *recipients: str, **said: Any) -> Any:
    with transaction():
        return schedules.add(plan(cast, *recipients, **said), actor=cast.he, now=now).id


def run(app: Flask, times: int = 1) -> None:
    """What a worker does in a minute."""
    for _ in range(times):
        tick(app)
        while run_one(app, MAIN, "w1"):
            pass


def written(transaction: Transaction) -> list[tuple[str, str]]:
    """Whom a report was written to, and the file that goes along."""
    with transaction() as session:
        rows = session.scalars(select(Message).order_by(Message.address, Message.created_at))
        return [
            (row.address, each.content.decode("utf-8-sig")) for row in rows for each in row.files
        ]


def total_that_came(text: str) -> str:
    row = next(each for each in text.splitlines() if each.startswith(("Total,", "合计,", "总计,")))
    return row.split(",")[1]


def test_everybody_gets_the_figures_of_their_own_reach(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast
) -> None:
    """S-08, REP-04: the branch counts three, the north one, the company four; the zone is said."""
    put(transaction, office, clock.at, "zheng", "north_supervisor", "he", hour=11)
    clock.at += 2 * HOUR
    run(app)
    sent = dict(written(transaction))
    assert total_that_came(sent["he@example.com"]) == "4"
    assert total_that_came(sent["zheng@example.com"]) == "3"
    north = sent["north_supervisor@example.com"]
    assert any(line.endswith(",1,,,0,,,1,,") for line in north.splitlines())
    assert any(
        line.startswith(("合计,1,0,1,0,0,0,", "Total,1,0,1,0,0,0,")) for line in north.splitlines()
    ), "beside each figure the week before and the change"
    assert all(
        "Asia/Shanghai" in text and "2025-03-03 – 2025-03-09" in text for text in sent.values()
    )


def returned_by(cast: Cast, now: datetime, unit: str, agent: str) -> None:
    complaint = dispatched(cast, unit, now=now)
    (order,) = orders(complaint)
    do("return", order, cast.person(agent), now + HOUR, reason="Not ours.")


def test_leads_get_what_their_own_departments_did_until_they_lead_none(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast
) -> None:
    """S-08: one schedule, each with the figures of their own department."""
    with transaction():
        for name in ("sun", "wu"):
            office.person(name).email = f"{name}@example.com"
            office.person(name).language = "en"
        returned_by(office, clock.at - 6 * DAY, "network", "zhao")
        for _ in range(2):
            returned_by(office, clock.at - 6 * DAY, "billing", "zhou")
    with transaction():
        while ids := building.next_behind():
            building.count(ids)
    with transaction():
        wanted = plan(office, "sun", "wu", report="department_returns", hour=11)
        schedules.add(wanted, actor=office.sun, now=clock.at)
    clock.at += 2 * HOUR
    run(app)
    sent = dict(written(transaction))
    assert total_that_came(sent["sun@example.com"]) == "1"
    assert total_that_came(sent["wu@example.com"]) == "2"
    assert "billing" not in sent["sun@example.com"]
    with transaction():
        office.person("wu").memberships.clear()
    clock.at += DAY
    run(app)
    addresses = [address for address, _file in written(transaction)]
    assert sorted(addresses) == ["sun@example.com", "sun@example.com", "wu@example.com"]


def test_one_moment_is_sent_once_however_often_it_runs(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast
) -> None:
    """JOB-01, NOT-02: a worker that was killed after writing sends nothing twice."""
    key = put(transaction, office, clock.at, "zheng", hour=11)
    clock.at += 2 * HOUR
    run(app, times=2)
    with transaction() as session:
        schedule = session.get_one(ReportSchedule, key)
        assert schedule.last_at == datetime(2025, 3, 11, 3, tzinfo=UTC)
        schedule.next_at = schedule.last_at  # as if the end of the transaction had been lost
    clock.at += timedelta(minutes=2)
    run(app, times=2)
    assert len(written(transaction)) == 1
    clock.at += DAY
    run(app)
    assert len(written(transaction)) == 2


def test_an_outage_brings_one_report_not_ten(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast
) -> None:
    put(transaction, office, clock.at, "zheng", hour=11)
    clock.at += 10 * DAY
    run(app, times=2)
    assert len(written(transaction)) == 1


def test_what_a_schedule_cannot_send_hides_no_other(
    app: Flask,
    transaction: Transaction,
    clock: Clock,
    office: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = put(transaction, office, clock.at, "zheng", hour=11)
    put(transaction, office, clock.at, "he", hour=11)
    with transaction() as session:
        session.get_one(ReportSchedule, bad).scope = {"period": "never"}
    clock.at += 2 * HOUR
    run(app)
    assert [address for address, _file in written(transaction)] == ["he@example.com"]
    clock.at += 30 * HOUR
    run(app)
    with transaction() as session:
        assert session.get_one(ReportSchedule, bad).next_at > clock.at, "its next turn comes"


def test_a_worker_that_was_killed_among_the_readers_sends_to_each_once(
    app: Flask,
    transaction: Transaction,
    clock: Clock,
    office: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JOB-01, NOT-02: what was written stays written, the others get theirs in the next round."""
    key = put(transaction, office, clock.at, "zheng", "he", hour=11)
    clock.at += 2 * HOUR
    whole, written_so_far = files.written, []

    def dies_at_the_second(*given: Any) -> bytes:
        if written_so_far:
            raise KeyboardInterrupt
        written_so_far.append(given)
        return whole(*given)

    monkeypatch.setattr(files, "written", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run(app)
    assert len(written(transaction)) == 1
    monkeypatch.setattr(files, "written", whole)
    clock.at += timedelta(minutes=10)
    run(app, times=2)
    assert sorted(address for address, _file in written(transaction)) == [
        "he@example.com",
        "zheng@example.com",
    ]
    with transaction() as session:
        last_at = session.get_one(ReportSchedule, key).last_at
    assert last_at == datetime(2025, 3, 11, 3, tzinfo=UTC)


def test_a_paused_schedule_rests_and_one_that_goes_on_makes_up_for_nothing(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast
) -> None:
    key = put(transaction, office, clock.at, "zheng", hour=11)
    with transaction() as session:
        schedules.pause(session.get_one(ReportSchedule, key))
    clock.at += 3 * DAY
    run(app)
    assert written(transaction) == []
    with transaction() as session:
        schedules.resume(session.get_one(ReportSchedule, key), now=clock.at)
    run(app)
    assert written(transaction) == []
    clock.at += DAY
    run(app)
    assert len(written(transaction)) == 1


def test_whoever_may_not_see_reports_any_more_gets_none(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast
) -> None:
    """S-08: the right is looked at when it is sent, not only when it was wished."""
    put(transaction, office, clock.at, "zheng", "he", hour=11)
    with transaction() as session:
        session.get_one(Person, office.people["zheng"]).active = False
    clock.at += 2 * HOUR
    run(app)
    assert [address for address, _file in written(transaction)] == ["he@example.com"]


@pytest.mark.parametrize("who", ["chen", "zhao", "admin", "qian"])
def test_only_readers_of_reports_with_an_address_can_be_chosen(
    transaction: Transaction, office: Cast, now: datetime, who: str
) -> None:
    """S-08: Qian may see reports, but has no address."""
    with transaction() as session:
        session.get_one(Person, office.people["chen"]).email = "chen@example.com"
        with pytest.raises(Refused) as refused:
            schedules.add(plan(office, "he", who), actor=office.he, now=now)
    assert [each.field for each in refused.value.reasons] == ["recipients"]


def test_the_file_arrives_as_an_attachment(
    app: Flask, transaction: Transaction, clock: Clock, office: Cast, configure: Configure
) -> None:
    put(transaction, office, clock.at, "zheng", hour=11, format=FileFormat.XLSX)
    clock.at += 2 * HOUR
    run(app)
    server = MailServer()
    with line(server) as port:
        configure(smtp_host="127.0.0.1", smtp_port=port, mail_from="desk@example.org")
        carried(app, clock.at)
    letters = [email.message_from_string(each, policy=default) for each in server.letters]
    letter = next(each for each in letters if each["X-Shouwen-Id"].startswith("report:"))
    (part,) = letter.iter_attachments()  # type: ignore[attr-defined]
    assert part.get_filename() == "flow-2025-03-03-2025-03-09.xlsx"
    book = zipfile.ZipFile(io.BytesIO(part.get_content()))
    assert "Asia/Shanghai" in book.read("xl/sharedStrings.xml").decode()
    with transaction() as session:
        (message,) = session.scalars(select(Message).where(Message.topic == "report"))
        assert message.state is MessageState.SENT
        assert message.subject == "Report: Came, ended, open, 2025-03-03 – 2025-03-09"


def test_a_reader_may_leave_and_the_last_one_ends_it(
    transaction: Transaction, office: Cast, now: datetime
) -> None:
    key = put(transaction, office, now, "zheng", "he")
    with transaction() as session:
        schedule = session.get_one(ReportSchedule, key)
        schedules.leave(schedule, office.zheng)
        assert [each.person_id for each in schedule.recipients] == [office.people["he"]]
        schedules.leave(schedule, office.he)
    with transaction() as session:
        assert session.get(ReportSchedule, key) is None


@pytest.mark.parametrize(
    ("rhythm", "day", "hour", "zone", "after", "expected"),
    [
        (Rhythm.DAILY, 1, 8, SHANGHAI, "2025-03-11T00:00", "2025-03-12T00:00"),
        (Rhythm.DAILY, 1, 8, SHANGHAI, "2025-03-10T23:59", "2025-03-11T00:00"),
        (Rhythm.WEEKLY, 1, 8, SHANGHAI, "2025-03-11T02:00", "2025-03-17T00:00"),
        (Rhythm.MONTHLY, 1, 0, SHANGHAI, "2025-03-11T02:00", "2025-03-31T16:00"),
        (Rhythm.MONTHLY, 31, 8, SHANGHAI, "2025-02-01T02:00", "2025-02-28T00:00"),
        (Rhythm.MONTHLY, 31, 8, SHANGHAI, "2025-03-31T00:00", "2025-04-30T00:00"),
        # Sunday 9 March 2025: two o'clock does not exist in New York, three o'clock is 07:00 UTC.
        (Rhythm.DAILY, 1, 2, NEW_YORK, "2025-03-08T20:00", "2025-03-09T07:00"),
        # Sunday 2 November 2025: one o'clock comes twice, first at 05:00 UTC.
        (Rhythm.DAILY, 1, 1, NEW_YORK, "2025-11-01T20:00", "2025-11-02T05:00"),
        (Rhythm.DAILY, 1, 1, NEW_YORK, "2025-11-02T05:00", "2025-11-03T06:00"),
    ],
)
def test_the_next_moment_is_on_the_operators_clock(
    rhythm: Rhythm, day: int, hour: int, zone: ZoneInfo, after: str, expected: str
) -> None:
    """C-17: an hour that is left out is the next one, an hour that comes twice is one."""
    found = next_moment(rhythm, day, hour, _utc(after), zone)
    assert found == _utc(expected)


def _utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)
