"""Time on the pages: what runs out next, how it was counted, and what will happen."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast, do, orders
from tests.conftest import Transaction
from tests.databases import SQLiteDatabase
from tests.pages.conftest import Clock, SignIn
from tests.pages.queries import counted
from tests.pages.snapshot import Snapshot
from tickets import sweep
from tickets.clocks import display, timekeeping
from tickets.models import Alert, Complaint, Reminder
from workflow.words import CallOutcome, Channel, Severity

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def shown(page: str) -> list[str]:
    return re.findall(r'href="/complaints/(\d{12})" data-row-link', page)


def words(page: str) -> str:
    """What a person reads of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]).split())


@pytest.fixture
def registered(transaction: Transaction, cast: Cast, now: datetime) -> str:
    with transaction():
        return given.registered(cast, now=now).number


def several(cast: Cast, now: datetime) -> list[Complaint]:
    """One complaint for every way in which a clock can stand."""
    waiting = given.registered(cast, now=now)
    asked = {"question": "Which line?", "wait_reason": "details", "follow_up_at": now + 9 * DAY}
    do("start", waiting, cast.chen, now)
    do("ask_customer", waiting, cast.chen, now + HOUR, **asked)
    major = given.registered(cast, now=now, severity=Severity.MAJOR)
    sent = given.dispatched(cast, "network", "billing", now=now)
    do("accept", orders(sent)[0], cast.zhao, now + HOUR)
    reopened = given.resolved(cast, now=now)
    given.call(reopened, CallOutcome.NOT_SOLVED, now + 2 * HOUR)
    letter = given.registered(cast, now=now, channel=Channel.LETTER)
    regulator = given.registered(cast, now=now, channel=Channel.REGULATOR)
    return [waiting, major, sent, given.resolved(cast, now=now), reopened, letter, regulator]


@pytest.mark.both_databases
@pytest.mark.parametrize("hours", [0, 3, 9, 24 * 4, 24 * 30])
def test_what_pages_show_is_what_the_clocks_say(
    transaction: Transaction, cast: Cast, now: datetime, hours: int
) -> None:
    """SLA-12: figures read off the stored rows equal those of the one pure function, whether or
    not the sweep has looked since."""
    with transaction():
        made = several(cast, now)
        at = now + timedelta(hours=2, minutes=hours * 60 + 17)
        found = display.readings(made, cast.zheng, at)
        for complaint in made:
            clocks = timekeeping.clocks_of(complaint, at)
            reckoned = [display.reading_of_clock(each, complaint) for each in clocks]
            expected = {each.id: each for each in reckoned if each.is_open}
            read = {each.id: each for each in found[complaint.id]}
            assert read.keys() == expected.keys()
            for key, reading in read.items():
                other = expected[key]
                assert reading.remaining == pytest.approx(other.remaining, abs=timedelta(seconds=1))
                assert (reading.due_at, reading.state) == (other.due_at, other.state)
                assert (reading.late, reading.percent) == (other.late, other.percent)
                assert (reading.open_time, reading.provisional) == (
                    other.open_time,
                    other.provisional,
                )


def test_the_next_limit_stands_in_list_work_and_page_with_its_exact_moment(
    registered: str, sign_in: SignIn, clock: Clock
) -> None:
    """SLA-12, UX-05: which clock, how much is left, and when, in words."""
    clock.pass_(hours=4)  # 14:00: two hours before lunch, one after
    chen = sign_in("chen")

    for address in ("/", "/complaints/", f"/complaints/{registered}"):
        page = words(chen.get(address).text)
        assert "45 hr left" in page, address
        assert re.search(r"due (2025-)?03-19 10:00", page), address


def test_a_late_clock_says_so_in_words_shape_and_colour(
    registered: str, sign_in: SignIn, clock: Clock
) -> None:
    """UX-05."""
    clock.now += 10 * DAY
    page = sign_in("zheng").get("/complaints/").text
    assert "tone-bad" in page
    assert "bi-exclamation-triangle-fill" in page
    assert re.search(r"[\d]+ hr( \d+ min)? late", words(page))


def test_a_paused_clock_says_for_whom_it_waits(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """PAU-01."""
    with transaction():
        number = several(cast, now)[0].number
    for address in (f"/complaints/{number}", "/complaints/"):
        assert "paused: waiting for the customer" in words(sign_in("chen").get(address).text)


def test_open_lists_stand_by_what_runs_out_next(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    with transaction() as session:
        several(cast, now)
        query = select(Complaint.number).order_by(
            Complaint.due_at.is_(None), Complaint.due_at, Complaint.id
        )
        numbers = list(session.scalars(query))
    assert shown(sign_in("zheng").get("/complaints/").text) == numbers


@pytest.mark.parametrize(
    ("due", "hours", "found"),
    [
        ("late", 0, False),
        ("24", 0, False),
        ("8", 196, True),
        ("2", 196, False),
        ("late", 210, True),
    ],
)
def test_lists_are_narrowed_to_what_is_late_or_soon_due(
    registered: str, sign_in: SignIn, clock: Clock, due: str, hours: int, found: bool
) -> None:
    clock.pass_(hours=hours - (7 if hours else 0))
    assert (registered in shown(sign_in("chen").get(f"/complaints/?due={due}").text)) is found


def test_departments_read_the_clocks_of_their_own_orders_only(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """SEE-02."""
    with transaction():
        complaint = given.dispatched(cast, "network", "billing", now=now)
        number = complaint.number
        mine, other = sorted(
            orders(complaint), key=lambda each: each.unit_id != cast.units["network"]
        )
        addresses = {
            name: f"/complaints/{number}/clocks/{path}"
            for name, path in (
                ("own", f"accept/1/1/{mine.id}"),
                ("other", f"accept/1/1/{other.id}"),
                ("whole", "resolution/1/1"),
            )
        }
    zhao = sign_in("zhao")
    assert zhao.get(addresses["own"]).status_code == 200
    assert zhao.get(addresses["other"]).status_code == 404
    assert zhao.get(addresses["whole"]).status_code == 404
    for address in (
        "/",
        "/complaints/",
        f"/complaints/{number}",
        f"/complaints/{number}/what-next",
    ):
        page = words(zhao.get(address).text)
        assert "Acceptance by the department" in page, address
        assert "Resolution:" not in page, address
    assert sign_in("chen").get(addresses["whole"]).status_code == 200
    assert sign_in("north_supervisor").get(addresses["own"]).status_code == 404


def test_the_ledger_tells_every_stretch_and_why(
    registered: str,
    transaction: Transaction,
    cast: Cast,
    sign_in: SignIn,
    clock: Clock,
    now: datetime,
) -> None:
    """SLA-08."""
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        asked = {"question": "?", "wait_reason": "details", "follow_up_at": now + 9 * DAY}
        do("start", complaint, cast.chen, now)
        do("ask_customer", complaint, cast.chen, now + HOUR, **asked)
        do("resume", complaint, cast.chen, now + 3 * DAY)
    clock.now = now + 27 * DAY

    page = words(sign_in("zheng").get(f"/complaints/{registered}/clocks/resolution/1/1").text)

    for said in (
        "waiting for the customer: Details are missing",
        "outside the hours",
        "weekend",
        "holiday: ",
        "The limit ran out at",
        "our own default",
        "Office hours",
        "Counted so far:",
        "and is late by",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    "path", ["resolution", "resolution/1", "resolution/x/1", "nothing/1/1", "resolution/9/1",
             "resolution/1/1/nothing", "accept/1/1", "resolution/1/99999999999999999999"],
)  # fmt: skip
def test_a_clock_that_never_was_is_not_found(registered: str, sign_in: SignIn, path: str) -> None:
    chen = sign_in("chen")
    assert chen.get(f"/complaints/{registered}/clocks/{path}").status_code == 404


@pytest.mark.both_databases
def test_what_the_page_foretells_is_what_happens(
    registered: str, transaction: Transaction, cast: Cast, sign_in: SignIn, clock: Clock
) -> None:
    """ESC-04: moments, people and level of the dry run are those of the sweep."""
    page = sign_in("chen").get(f"/complaints/{registered}/what-next").text
    coming = page.split('id="ahead"', 1)[1].split("</table>", 1)[0]
    foretold = set(re.findall(r'datetime="([^"]+)"', coming))
    assert {"Chen", "Zheng"} <= set(words(f"<main{coming}").split())
    last = max(datetime.fromisoformat(each) for each in foretold)
    while clock.now < last:
        with transaction() as session:
            row = session.scalars(select(Complaint)).one()
            clock.now = min(each.look_at for each in timekeeping.rows_of(row) if each.look_at)
            sweep.treat(row.id, clock.now)
    with transaction() as session:
        happened = {
            each.at.isoformat(timespec="seconds")
            for each in session.scalars(select(Alert))
            if "+" not in each.rung
        }
    assert foretold == happened


def test_looking_ahead_changes_nothing(
    database: SQLiteDatabase, registered: str, sign_in: SignIn, clock: Clock
) -> None:
    """M-05."""
    clock.now += 9 * DAY
    zheng = sign_in("zheng")
    snapshot = Snapshot(database)
    assert zheng.get(f"/complaints/{registered}/what-next").status_code == 200
    assert zheng.get(f"/complaints/{registered}/clocks/resolution/1/1").status_code == 200
    assert snapshot.facts() == snapshot.before


def missed(transaction: Transaction, clock: Clock) -> UUID:
    """The resolution limit is missed and told; the key of that alert."""
    clock.now += 9 * DAY
    with transaction() as session:
        complaint = session.scalars(select(Complaint)).one()
        sweep.treat(complaint.id, clock.now)
        return session.scalars(select(Alert.id).where(Alert.rung == "resolution-100")).one()


def test_those_who_were_told_and_supervisors_acknowledge(
    registered: str, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """ESC-02."""
    alert = missed(transaction, clock)
    address = f"/complaints/{registered}/alerts/{alert}/acknowledge"
    assert sign_in("qian").post(address).status_code == 403
    assert sign_in("north_supervisor").post(address).status_code == 404
    zheng = sign_in("zheng")
    assert "I have seen it" in zheng.get(f"/complaints/{registered}/what-next").text

    assert zheng.post(address).status_code == 303

    page = words(zheng.get(f"/complaints/{registered}/what-next").text)
    assert "noticed late" in page
    with transaction() as session:
        found = session.get_one(Alert, alert)
        assert found.acknowledged_at == clock.now
    assert sign_in("chen").post(f"/complaints/{registered}/alerts/{registered}/acknowledge") \
        .status_code == 404  # fmt: skip


def test_a_reminder_is_set_refused_and_taken_back(
    registered: str, transaction: Transaction, sign_in: SignIn, clock: Clock
) -> None:
    """ESC-02: with everything typed kept when it is refused."""
    chen, address = sign_in("chen"), f"/complaints/{registered}/what-next"
    for typed in ("2025-03-11T09:00", "2027-03-11T09:00", "sometime", ""):
        answer = chen.post(address, data={"due_at": typed, "note": "Ring her."})
        assert answer.status_code == 422, typed
        assert "Ring her." in answer.text
    form = {"due_at": "2025-03-12T09:00", "note": "Ring her."}
    assert chen.post(address, data=form).status_code == 303
    assert chen.post(address, data=form).status_code == 422
    with transaction() as session:
        reminder = session.scalars(select(Reminder)).one()
        assert reminder.due_at == datetime.fromisoformat("2025-03-12T01:00+00:00")
        remove = f"/complaints/{registered}/reminders/{reminder.id}/remove"
    assert "Ring her." not in sign_in("zheng").get(address).text
    assert sign_in("zheng").post(remove).status_code == 404
    assert chen.post(remove).status_code == 303
    with transaction() as session:
        assert session.scalars(select(Reminder)).one().done_at == clock.now


def test_a_callback_is_overdue_when_its_clock_has_run_out(
    transaction: Transaction, cast: Cast, sign_in: SignIn, clock: Clock, now: datetime
) -> None:
    """The callback clock counts open time: a day on the wall is not yet 24 hours."""
    with transaction():
        number = given.resolved(cast, now=now).number
    clock.now = now + 25 * HOUR
    assert number not in sign_in("qian").get("/callbacks/?queue=callbacks_overdue").text
    clock.now = now + 4 * DAY
    assert number in sign_in("qian").get("/callbacks/?queue=callbacks_overdue").text


def test_the_paper_tells_the_customer_their_own_limit_only(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """S-09."""
    with transaction():
        number = given.dispatched(cast, "network", now=now).number
    page = words(sign_in("chen").get(f"/complaints/{number}/print").text)
    assert "We answer by 2025-03-19 10:00" in page
    assert "Acceptance" not in page


def test_clocks_cost_one_query_a_page(
    app: Flask, transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """PER-01."""
    chen = sign_in("chen")
    for _ in range(2):
        with transaction():
            several(cast, now)
            several(cast, now)
        for address in ("/", "/complaints/", "/callbacks/"):
            with counted(app) as statements:
                assert chen.get(address).status_code == 200
            about = [each for each in statements if "FROM clock JOIN" in each]
            assert len(about) == 1, address


def test_every_kind_and_state_has_words(
    transaction: Transaction, cast: Cast, sign_in: SignIn, clock: Clock, now: datetime
) -> None:
    """Every clock of every complaint has its ledger, in both languages."""
    with transaction():
        made = [(each.number, each.id) for each in several(cast, now)]
    clock.now = now + 3 * DAY
    zheng = sign_in("zheng")
    for number, _key in made:
        page = zheng.get(f"/complaints/{number}").text
        links = set(re.findall(rf'href="(/complaints/{number}/clocks/[^"]+)"', page))
        assert links
        for link in links:
            assert zheng.get(link).status_code == 200, link
