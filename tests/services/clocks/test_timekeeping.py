"""Clocks made anew from the events after every change that time depends on, and stored."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve, resolved
from tests.plausible import plausible
from tests.timed import row_of, worsen
from tickets import intake
from tickets.clocks import timekeeping
from tickets.clocks.timekeeping import clocks_of, id_of, rows_of
from tickets.database import db
from tickets.models import Complaint, Customer
from workflow.words import (
    CallOutcome,
    Channel,
    ClockKind,
    ClockState,
    OrderStatus,
)

DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
K = ClockKind


def test_a_pause_is_read_from_the_history(session: DbSession, cast: Cast, now: datetime) -> None:
    """PAU-01, PAU-08: the reason, the used time and the follow-up date are stored."""
    complaint = registered(cast, now=now)
    chen = complaint.responsible
    do("start", complaint, chen, now)
    until = now + 2 * DAY
    said = {"question": "Which line?", "wait_reason": "details", "follow_up_at": until}
    do("ask_customer", complaint, chen, now + HOUR, **said)

    resolution, follow_up = row_of(complaint, K.RESOLUTION), row_of(complaint, K.FOLLOW_UP)
    assert (resolution.state, resolution.used) == (ClockState.PAUSED, 3600)
    assert (resolution.due_at, resolution.look_at) == (None, None)
    assert (follow_up.state, follow_up.due_at) == (ClockState.RUNNING, until)

    do("resume", complaint, chen, now + DAY)
    assert row_of(complaint, K.RESOLUTION).used == 3600
    assert row_of(complaint, K.RESOLUTION).state is ClockState.RUNNING
    assert row_of(complaint, K.FOLLOW_UP).look_at is None


def test_every_cycle_keeps_its_result(session: DbSession, cast: Cast, now: datetime) -> None:
    """SLA-16, C-38: the row of a cycle that is over is never written again."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.NOT_SOLVED, now + HOUR)
    resolve(cast, complaint, now + 20 * DAY)
    first = row_of(complaint, K.RESOLUTION)
    before = (first.state, first.target, first.used, first.reckoned_at, first.due_at)
    call(complaint, CallOutcome.ACCEPTED, now + 20 * DAY + HOUR)
    do("reopen", complaint, cast.zheng, now + 21 * DAY, reason="Dead again.")
    worsen(complaint, now + 22 * DAY)

    rows = [row_of(complaint, K.RESOLUTION, cycle) for cycle in (1, 2, 3)]

    assert [row.state for row in rows] == [
        ClockState.MET,
        ClockState.MISSED,
        ClockState.RUNNING,
    ]
    assert [row.target for row in rows] == [48 * 3600, 24 * 3600, 4 * 3600]
    assert rows[1].used > rows[1].target
    again = row_of(complaint, K.RESOLUTION)
    assert before == (again.state, again.target, again.used, again.reckoned_at, again.due_at)


def test_who_was_responsible_at_the_miss_is_remembered(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-03, C-25: attributed to whoever had it then, whoever has it now."""
    complaint = registered(cast, now=now)
    worsen(complaint, now + DAY + HOUR)
    row = row_of(complaint, K.RESOLUTION)
    assert (row.breached_at, row.held_by_id) == (now + DAY + HOUR, cast.people["chen"])

    do("transfer", complaint, cast.zheng, now + 2 * DAY, to=cast.people["wang"], reason="Leave.")
    do("accept_transfer", complaint, cast.wang, now + 2 * DAY)
    do("start", complaint, cast.wang, now + 2 * DAY)
    resolve(cast, complaint, now + 2 * DAY)

    row = row_of(complaint, K.RESOLUTION)
    assert (row.state, row.held_by_id) == (ClockState.MISSED, cast.people["chen"])


def test_handing_over_changes_no_limit(session: DbSession, cast: Cast, now: datetime) -> None:
    """PAU-06: the customer's time is the complaint's, not the person's."""
    complaint = registered(cast, now=now)
    before = {id_of(row): row.due_at for row in rows_of(complaint)}

    do("transfer", complaint, cast.zheng, now + HOUR, to=cast.people["wang"], reason="Leave.")
    do("accept_transfer", complaint, cast.wang, now + HOUR)

    assert {id_of(row): row.due_at for row in rows_of(complaint)} == before


def test_each_departments_clock_belongs_to_its_department(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-29, M-06: one row for each order and limit."""
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = (
        next(each for each in orders(complaint) if each.unit.code == unit)
        for unit in ("network", "billing")
    )
    do("accept", network, cast.zhao, now + HOUR)

    rows = {(row.kind, row.subject): row for row in rows_of(complaint) if row.subject}

    assert set(rows) == {
        (K.ACCEPT, network.id.hex),
        (K.ANSWER, network.id.hex),
        (K.ACCEPT, billing.id.hex),
    }
    assert rows[K.ANSWER, network.id.hex].unit_id == cast.units["network"]
    assert rows[K.ACCEPT, billing.id.hex].unit_id == cast.units["billing"]
    assert rows[K.ACCEPT, network.id.hex].state is ClockState.MET


def test_an_order_under_arbitration_runs_for_nobody(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-30, C-32: from the second return until the ruling; then a new turn begins."""
    complaint = dispatched(cast, "network", "billing", now=now)
    for order, who in zip(orders(complaint), ("zhao", "zhou"), strict=True):
        agent = who if order.unit.code == ("network" if who == "zhao" else "billing") else None
        do("return", order, cast.person(agent or AGENTS[order.unit.code]), now, reason="No.")
    contested = next(each for each in orders(complaint) if each.status is OrderStatus.ARBITRATION)
    mine = [row for row in rows_of(complaint) if row.subject == contested.id.hex]
    assert [row.state for row in mine] == [ClockState.MET]

    do("arbitrate", contested, cast.zheng, now + HOUR, ruling="bind_this", reason="Yours.")

    again = row_of(complaint, K.ACCEPT, turn=2)
    assert (again.state, again.starts_at) == (ClockState.RUNNING, now + HOUR)


AGENTS = {"network": "zhao", "billing": "zhou"}


def test_a_merge_moves_the_start_and_undoing_it_moves_it_back(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-39, ESC-06: the survivor starts with the duplicate, which has no live clock."""
    early, late = registered(cast, now=now - DAY), registered(cast, now=now, by="wang")
    before = {id_of(row): row.due_at for row in rows_of(late)}

    do(
        "merge",
        early,
        cast.zheng,
        now + HOUR,
        into=late.number,
        because="same_line",
        reason="One line.",
    )
    assert row_of(late, K.RESOLUTION).starts_at == now - DAY
    assert [row.look_at for row in rows_of(early)] == [None] * len(rows_of(early))
    assert {row.state for row in rows_of(early)} <= {
        ClockState.VOID,
        ClockState.MET,
        ClockState.MISSED,
    }
    assert early.due_at is None

    do("unmerge", early, cast.zheng, now + 2 * HOUR, reason="Two lines.")
    assert {id_of(row): row.due_at for row in rows_of(late)} == before


def test_undoing_a_merge_reaches_whatever_its_survivor_lives_on_in(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-39: the first into the second, the second into the third, and the first out again."""
    first = registered(cast, now=now - 2 * DAY)
    second = registered(cast, now=now - DAY, by="wang")
    third = registered(cast, now=now)
    do("merge", first, cast.zheng, now, into=second.number, because="same_line", reason="One line.")
    do("merge", second, cast.zheng, now, into=third.number, because="same_line", reason="One line.")
    assert row_of(third, K.RESOLUTION).starts_at == now - 2 * DAY

    do("unmerge", first, cast.zheng, now + HOUR, reason="Two lines.")
    assert third.started_at == row_of(third, K.RESOLUTION).starts_at == now - DAY

    do("unmerge", second, cast.zheng, now + HOUR, reason="Three lines.")
    assert third.started_at == row_of(third, K.RESOLUTION).starts_at == now
    assert row_of(second, K.RESOLUTION).starts_at == now - DAY


def test_a_duplicate_that_came_later_moves_nothing(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-39: also for what was received before it was entered."""
    customer = db.session.get_one(Customer, cast.customer)
    first = intake.FirstContact(
        cast.unit("east_hall"),
        cast.chen,
        received_at=now - 5 * DAY,
    )
    said = plausible("register", cast, None, now)[0] | {"channel": "letter"}  # type: ignore[arg-type]
    letter = intake.register(first, customer=customer, actor=cast.chen, now=now, inputs=said)
    before = {id_of(row): (row.starts_at, row.due_at) for row in rows_of(letter)}
    assert row_of(letter, K.REGULATOR).starts_at == now - 5 * DAY
    duplicate = registered(cast, now=now + HOUR, by="wang")

    do(
        "merge",
        duplicate,
        cast.zheng,
        now + HOUR,
        into=letter.number,
        because="same_line",
        reason="The same.",
    )
    assert {id_of(row): (row.starts_at, row.due_at) for row in rows_of(letter)} == before

    do("unmerge", duplicate, cast.zheng, now + HOUR, reason="Not the same.")
    assert {id_of(row): (row.starts_at, row.due_at) for row in rows_of(letter)} == before


@pytest.mark.parametrize("end", ["withdraw", "close"])
def test_what_has_ended_is_looked_at_no_more(
    session: DbSession, cast: Cast, now: datetime, end: str
) -> None:
    """ESC-06: nothing is due, nothing runs."""
    complaint = (
        dispatched(cast, "network", now=now) if end == "withdraw" else registered(cast, now=now)
    )
    if end == "withdraw":
        said = plausible("withdraw", cast, complaint, now)[0]
        do("withdraw", complaint, complaint.responsible, now + HOUR, **said)
    else:
        resolve(cast, complaint, now)
        call(complaint, CallOutcome.ACCEPTED, now + HOUR)

    rows = rows_of(complaint)
    assert rows and not [row for row in rows if row.look_at is not None]
    assert {row.state for row in rows} <= {ClockState.VOID, ClockState.MET}
    assert (complaint.due_at, complaint.due_clock) == (None, None)


def test_the_next_due_moment_is_on_the_complaint_without_making_forms_stale(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-07: the clock that runs out first, among all of them."""
    complaint = registered(cast, now=now, channel=Channel.EMAIL)
    assert complaint.due_clock is K.ACKNOWLEDGE
    version_before = complaint.version
    timekeeping.reckon(complaint, now + DAY)
    session.flush()
    assert complaint.version == version_before

    do("inform", complaint, complaint.responsible, now + HOUR, channel="phone", message="Soon.")
    limits = [each for each in clocks_of(complaint, now + HOUR) if each.id.kind is not K.STALE]
    assert complaint.due_at == min(each.due_at for each in limits if each.due_at and each.is_open)


def test_a_note_is_not_even_reckoned(session: DbSession, cast: Cast, now: datetime) -> None:
    """M-02: what does not touch time leaves the rows as they were."""
    complaint = registered(cast, now=now)
    before = {row.id: (row.reckoned_at, row.used, row.due_at) for row in rows_of(complaint)}

    do("note", complaint, complaint.responsible, now + HOUR, text="Called the depot.")
    do("contact", complaint, complaint.responsible, now + HOUR, **CONTACT)

    assert {row.id: (row.reckoned_at, row.used, row.due_at) for row in rows_of(complaint)} == before


CONTACT = {"channel": "phone", "text": "And now?"}


def test_a_complaint_from_before_there_were_limits_gets_them_when_it_is_touched(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    session.flush()
    complaint.limits_id = None
    session.execute(update(Complaint).values(limits_id=None))
    do("inform", complaint, complaint.responsible, now + HOUR, channel="phone", message="Soon.")

    assert complaint.limits_id is not None
    assert complaint.due_at is not None
