"""A department's board: every number is what its orders' clocks say, and the length of its list."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, dispatched, do, orders, registered
from tests.histories import histories
from tickets.board import Board, behind, board_of
from tickets.board.cells import moment_of
from tickets.board.department_cells import ORDERS
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.models import Complaint, Unit, WorkOrder
from tickets.visibility import visible_to
from workflow.clocks import Clock
from workflow.words import ClockState, OrderStatus, Role, Ruling

QUERIES = 14
HOUR = timedelta(hours=1)
OPEN = ("sent", "accepted", "arbitration")


def plain(order: WorkOrder, moment: datetime) -> set[str]:
    """The cells of one order, reckoned by reading it and its clocks."""
    if order.status not in OPEN:
        return {"returned"} if _stands_returned(order) else set()
    found = {"open"}
    running = [
        each
        for each in timekeeping.clocks_of(order.complaint, moment)
        if each.id.subject == order.id.hex and each.state is ClockState.RUNNING
    ]
    assert len(running) < 2, "a department is timed by one clock at a time"
    found |= _timed(running[0], moment) if running else {"paused"}
    found |= {"to_accept"} if order.status is OrderStatus.SENT else set()
    found |= {"arbitration"} if order.status is OrderStatus.ARBITRATION else set()
    found |= {"urged"} if order.urges else set()
    unnamed = order.handler_id is None and order.status is not OrderStatus.ARBITRATION
    return found | ({"unassigned"} if unnamed else set())


def _timed(clock: Clock, moment: datetime) -> set[str]:
    assert clock.due_at is not None
    if clock.due_at < moment:
        return {"late"}
    used = clock.used / clock.target if clock.target else 1
    ahead = moment_of(moment).ahead.items()
    return {
        "warned" if used >= 0.75 else "calm",
        *(f"within_{hours}" for hours, until in ahead if clock.due_at < until),
    }


def _stands_returned(order: WorkOrder) -> bool:
    complaint = order.complaint
    if order.status is not OrderStatus.RETURNED or order.cycle != complaint.cycle:
        return False
    since = [each for each in orders(complaint) if each is not order]
    asked_since = any(each.sent_at >= order.ended_at for each in since)  # type: ignore[operator]
    return complaint.status in ("in_progress", "dispatched") and not asked_since


def wanted(departments: Sequence[Unit], name: str, moment: datetime) -> int:
    ids = {unit.id for unit in departments}
    return len(
        {
            each.complaint_id
            for each in db.session.scalars(select(WorkOrder))
            if each.unit_id in ids and name in plain(each, moment)
        }
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_number_is_what_the_orders_say_and_the_length_of_its_list(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    """REP-02, S-08: of each department and of two together, where a complaint counts once."""
    dice = random.Random(seed)
    latest = histories(cast, dice, 15, now)
    lately(cast, dice, latest)
    moment = latest + timedelta(hours=seed * 3)
    reader = cast.person("sun")
    departments = [cast.unit("network"), cast.unit("billing")]
    board = board_of(departments, moment_of(moment), ORDERS)
    for name, cell in ORDERS.by_name.items():
        assert board.whole[name] == wanted(departments, name, moment), name
        for line in board.lines:
            assert line.counts[name] == wanted([line.unit], name, moment), (name, line.unit.code)
            condition = behind(cell, [line.unit], moment_of(moment), ORDERS)
            query = select(func.count()).select_from(Complaint).where(condition)
            assert session.scalar(query) == line.counts[name]
            if line.unit.code == "network":
                seen = session.scalar(query.where(visible_to(reader)))
                assert seen == line.counts[name], "S-08"
    few = {name: board.whole[name] for name in ("open", "late", "calm", "to_accept", "urged")}
    assert min(few.values()) > 0, few


def lately(cast: Cast, dice: random.Random, latest: datetime) -> None:
    """Orders of every age up to nine days, longer than any holiday, of which some were accepted,
    urged or contested."""
    for each in range(24):
        began = latest - timedelta(minutes=dice.randrange(1, 60 * 24 * 9) if each else 1)
        complaint = dispatched(cast, *dice.sample(["network", "billing"], 1 + each % 2), now=began)
        (order, *_others) = orders(complaint)
        if each % 3 == 1:
            who = {"network": cast.zhao, "billing": cast.zhou}[order.unit.code]
            do("accept", order, who, began + timedelta(seconds=30))
        if each % 5 == 0:
            do("urge", complaint, cast.chen, began + timedelta(seconds=40), text="Please.")


def counts(cast: Cast, moment: datetime, *names: str) -> dict[str, int]:
    """What is not zero."""
    board = of(cast, moment, *names)
    return {name: count for name, count in board.whole.items() if count}


def of(cast: Cast, moment: datetime, *names: str) -> Board:
    return board_of([cast.unit(name) for name in names], moment_of(moment), ORDERS)


def test_an_order_goes_through_the_cells_as_it_goes_through_the_department(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    sent = counts(cast, now, "network")
    assert {"open", "calm", "to_accept", "unassigned"} <= sent.keys()
    do("urge", complaint, cast.chen, now, text="Please.")
    assert counts(cast, now, "network")["urged"] == 1
    do("assign", order, cast.sun, now, handler=cast.people["zhao"])
    assert "unassigned" not in counts(cast, now, "network")
    do("accept", order, cast.zhao, now + HOUR)
    assert "to_accept" not in counts(cast, now + HOUR, "network")
    late = counts(cast, now + timedelta(days=20), "network")
    assert late["late"] == 1 and "calm" not in late and "within_24" not in late
    do("return", order, cast.sun, now + HOUR, reason="Not ours.")
    assert counts(cast, now + HOUR, "network") == {"returned": 1}
    said = {"question": "Why?", "promised_at": now + timedelta(days=2)}
    do("dispatch", complaint, cast.chen, now + 2 * HOUR, units=[cast.units["billing"]], **said)
    assert counts(cast, now + 2 * HOUR, "network") == {}
    (_old, second) = orders(complaint)
    do("return", second, cast.zhou, now + 3 * HOUR, reason="Not ours either.")
    contested = counts(cast, now + 3 * HOUR, "billing")
    assert contested == {"open": 1, "paused": 1, "arbitration": 1}


def test_what_two_departments_hold_is_counted_once_together(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    dispatched(cast, "network", "billing", now=now)
    board = of(cast, now, "network", "billing")
    assert board.whole["open"] == 1
    assert [line.counts["open"] for line in board.lines] == [1, 1]
    assert board.oldest == now and all(line.oldest == now for line in board.lines)


def test_two_orders_of_one_department_about_one_complaint_are_one_complaint(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """A supervisor binds a department that is asked already: each order keeps its own clock."""
    complaint = dispatched(cast, "network", "vendor", now=now)
    vendor = next(each for each in orders(complaint) if each.unit.code == "vendor")
    network = next(each for each in orders(complaint) if each.unit.code == "network")
    do("accept", network, cast.zhao, now)
    do("return", vendor, cast.feng, now + HOUR, reason="Not ours.")
    said = {"question": "Why?", "promised_at": now + timedelta(days=2)}
    do("dispatch", complaint, cast.chen, now + HOUR, units=[cast.units["vendor"]], **said)
    again = orders(complaint)[-1]
    assert again.status is OrderStatus.ARBITRATION, "sent again to who returned it"
    ruling = {"ruling": Ruling.BIND_OTHER, "reason": "So it is.", "unit": cast.units["network"]}
    do("arbitrate", again, cast.he, now + 3 * HOUR, **ruling)
    ours = [each for each in orders(complaint) if each.unit.code == "network"]
    assert len(ours) == 2
    found = counts(cast, now + 3 * HOUR, "network")
    assert (found["open"], found["to_accept"]) == (1, 1)
    moment = now + 3 * HOUR
    for name in ("late", "warned", "calm", "paused"):
        assert found.get(name, 0) == wanted([cast.unit("network")], name, moment), name


def test_a_department_that_holds_nothing_stands_there_with_nothing(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    registered(cast, now=now)
    board = of(cast, now, "network", "billing")
    assert [line.unit.code for line in board.lines] == ["network", "billing"]
    assert not any(board.whole.values()) and board.oldest is None


def test_the_board_of_departments_asks_a_bounded_number_of_queries(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    histories(cast, random.Random(9), 12, now)
    session.flush()
    departments = [cast.unit(name) for name in ("network", "billing", "vendor")]
    seen: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    listeners.listen(db.engine, "before_cursor_execute", look)
    try:
        board_of(departments, moment_of(now + timedelta(days=3)), ORDERS)
    finally:
        listeners.remove(db.engine, "before_cursor_execute", look)
    assert 0 < len(seen) <= QUERIES


def test_leading_is_of_the_department_itself(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Nobody leads what lies below, and working there is not leading."""
    assert cast.person("sun").units_as(Role.LEAD) == [cast.unit("network")]
    dispatched(cast, "network", now=now)
    cast.unit("network").place_under(cast.unit("billing"))
    session.flush()
    assert counts(cast, now, "billing") == {}
