"""The board: every number is the length of its list, and of nothing else (REP-02, S-08)."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, dispatched, do, orders, registered
from tests.histories import histories
from tickets.actions.cases import pending_approval
from tickets.board import behind, board_of, units_of, wallboards
from tickets.board.cells import COMPLAINTS, moment_of
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.models import Callback, Complaint, Wallboard, WorkOrder
from tickets.visibility import visible_to
from workflow.clocks import next_due
from workflow.words import OPEN, ClockKind, OrderStatus

QUERIES = 14


def plain(complaint: Complaint, moment: datetime) -> set[str]:
    """The cells of one complaint, reckoned from its clocks and rows by reading them."""
    if complaint.status not in OPEN:
        return set()
    found = {"open"} | ({f"level_{int(complaint.level)}"} if complaint.level else set())
    clocks = timekeeping.clocks_of(complaint, moment)
    following = next_due(clocks)
    if following is None or following.due_at is None:
        found.add("paused")
    elif following.due_at < moment:
        found.add("late")
    else:
        used = following.used / following.target if following.target else 1
        found.add("warned" if used >= 0.75 else "calm")
        for hours, until in moment_of(moment).ahead.items():
            if following.due_at < until:
                found.add(f"within_{hours}")
    if any(each.id.kind is ClockKind.ACKNOWLEDGE and each.is_open for each in clocks):
        found.add("unacknowledged")
    return found | of_orders(complaint) | of_callback(complaint, moment, clocks)


def of_orders(complaint: Complaint) -> set[str]:
    mine = orders(complaint)
    found = set()
    if any(each.status is OrderStatus.SENT for each in mine):
        found.add("to_accept")
    if any(each.status is OrderStatus.ARBITRATION for each in mine):
        found.add("arbitration")
    back = [e for e in mine if e.status is OrderStatus.RETURNED and e.cycle == complaint.cycle]
    sent_on = all(
        any(other is not each and other.sent_at >= each.ended_at for other in mine) for each in back
    )
    if back and not sent_on and complaint.status in ("in_progress", "dispatched"):
        found.add("returned")
    return found


def of_callback(complaint: Complaint, moment: datetime, clocks: object) -> set[str]:
    callback = db.session.scalar(
        select(Callback).where(
            Callback.complaint_id == complaint.id, Callback.cycle == complaint.cycle
        )
    )
    asked = _asked_to_close(complaint)
    if callback is None or callback.done_at or not callback.due_since or asked:
        return set()
    if callback.scheduled_for is not None and callback.scheduled_for > moment:
        return set()
    late = any(
        each.id.kind is ClockKind.CALLBACK
        and each.id.cycle == complaint.cycle
        and each.is_open
        and each.due_at is not None
        and each.due_at < moment
        for each in clocks  # type: ignore[attr-defined]
    )
    return {"callbacks_due", "callbacks_overdue"} if late else {"callbacks_due"}


def _asked_to_close(complaint: Complaint) -> bool:
    return pending_approval(complaint) is not None


@pytest.mark.parametrize("seed", range(3))
def test_every_number_is_what_the_clocks_say_and_the_length_of_its_list(
    session: scoped_session[Session], cast: Cast, now: datetime, seed: int
) -> None:
    latest = histories(cast, random.Random(seed), 15, now)
    moment = latest + timedelta(hours=seed * 7)
    reader = cast.person("zheng")
    units = units_of(reader)
    board = board_of(units, moment_of(moment))
    ours = [
        each
        for each in session.scalars(select(Complaint))
        if any(each.unit_id == unit.id for unit in units)
    ]
    cells = [plain(each, moment) for each in ours]
    for name, cell in COMPLAINTS.by_name.items():
        assert board.whole[name] == sum(name in each for each in cells), name
        query = select(func.count()).select_from(Complaint)
        query = query.where(behind(cell, units, moment_of(moment)))
        assert session.scalar(query) == board.whole[name]
        assert session.scalar(query.where(visible_to(reader))) == board.whole[name], "S-08"
    whole = board.whole
    assert whole["late"] + whole["warned"] + whole["calm"] + whole["paused"] == whole["open"]


def test_a_unit_counts_everything_below_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    registered(cast, now=now)
    registered(cast, now=now, by="li")
    registered(cast, now=now, by="north_desk")
    lines = {
        line.unit.code: line.counts["open"]
        for line in board_of(units_of(cast.person("he")), moment_of(now)).lines
    }
    assert lines == {
        "company": 3,
        "branch": 2,
        "north": 1,
        "east_hall": 1,
        "group_desk": 1,
        "north_hall": 1,
    }
    own = board_of(units_of(cast.person("north_supervisor")), moment_of(now))
    assert own.whole["open"] == 1


def test_the_board_asks_a_bounded_number_of_queries(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    histories(cast, random.Random(9), 12, now)
    session.flush()
    units = units_of(cast.person("he"))
    seen: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    listeners.listen(db.engine, "before_cursor_execute", look)
    try:
        board_of(units, moment_of(now + timedelta(days=3)))
    finally:
        listeners.remove(db.engine, "before_cursor_execute", look)
    assert 0 < len(seen) <= QUERIES


def test_a_supervisor_names_who_of_the_department_handles_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    order: WorkOrder = orders(complaint)[0]
    do("assign", order, cast.person("zheng"), now, handler=cast.people["zhao"])
    assert order.handler_id == cast.people["zhao"]


def test_a_wallboard_shows_what_its_maker_oversees_until_it_is_taken_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    zheng = cast.person("zheng")
    board, token = wallboards.create("Hall", cast.unit("branch"), "zh_Hans", actor=zheng, now=now)
    session.flush()
    found = wallboards.opened_by(token)
    assert found is not None and {unit.code for unit in found[1]} >= {"branch", "east_hall"}
    assert token not in str([row for row in session.execute(select(Wallboard.__table__))])
    assert wallboards.opened_by(token[:-1]) is None
    zheng.active = False
    session.flush()
    assert wallboards.opened_by(token) is None, "who made it is gone"
    zheng.active = True
    wallboards.revoke(board, actor=zheng, now=now)
    session.flush()
    assert wallboards.opened_by(token) is None
