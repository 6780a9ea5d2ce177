"""A promise that a manager moved: reports show the time told first and the moved one (PAU-07)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, resolve
from tickets.config import operators_zone
from tickets.facts import building
from tickets.models import Complaint
from tickets.reports.period import between
from tickets.reports.registry import REPORTS
from tickets.reports.shape import Scope
from workflow.words import OPEN_ORDER, CallOutcome

Db = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def promised(cast: Cast, now: datetime) -> Complaint:
    """The customer was told: in two days."""
    complaint = dispatched(cast, "network", now=now)
    assert complaint.promised_at is not None
    return complaint


def move(complaint: Complaint, cast: Cast, at: datetime, to: datetime) -> None:
    do("override_deadline", complaint, cast.zheng, at, promised_at=to, reason="Parts.")


def told(complaint: Complaint, cast: Cast, at: datetime) -> None:
    """The departments' orders aside, the customer hears the answer."""
    for order in [each for each in orders(complaint) if each.status in OPEN_ORDER]:
        do("recall", order, complaint.responsible, at - 2 * HOUR, reason="Found it.")
    resolve(cast, complaint, at - HOUR)
    call(complaint, CallOutcome.ACCEPTED, at)


def shown(cast: Cast, now: datetime, table: str, days: int = 30) -> dict[str, Any]:
    """The total of one table of the report."""
    while ids := building.next_behind():
        building.count(ids)
    first = now.astimezone(operators_zone()).date()
    period = between(first, first + timedelta(days=days), operators_zone().key)
    scope = Scope(cast.person("he"), period, now + timedelta(days=days))
    found = {each.key: each for each in REPORTS["promises"].tables(scope)}
    return dict(found[table].rows[-1].values)


def first_time(complaint: Complaint) -> datetime:
    assert complaint.promised_at is not None
    return complaint.promised_at


def test_kept_under_the_moved_time_only(
    session: Db, cast: Cast, now: datetime, promised: Complaint
) -> None:
    first = first_time(promised)
    move(promised, cast, now + HOUR, first + 2 * DAY)
    told(promised, cast, first + DAY)
    both = shown(cast, now, "both")
    assert (both["all"], both["kept"], both["kept_first"]) == (1, 1, 0)
    assert (both["share"], both["share_first"]) == (1.0, 0.0)
    moves = shown(cast, now, "moves")
    assert (moves["moved"], moves["put_off"], moves["brought"]) == (1, 1, 0)
    assert moves["later"] == moves["later_each"] == 2 * 86400
    assert shown(cast, now, "units")["kept"] == 1, "the moved time counts"


def test_kept_under_both_times(session: Db, cast: Cast, now: datetime, promised: Complaint) -> None:
    first = first_time(promised)
    move(promised, cast, now + HOUR, first + 2 * DAY)
    told(promised, cast, first - HOUR)
    both = shown(cast, now, "both")
    assert (both["all"], both["kept"], both["kept_first"]) == (1, 1, 1)


def test_a_promise_brought_forward_may_be_kept_under_the_first_time_only(
    session: Db, cast: Cast, now: datetime, promised: Complaint
) -> None:
    first = first_time(promised)
    move(promised, cast, now + HOUR, first - DAY)
    told(promised, cast, first - HOUR)
    both = shown(cast, now, "both")
    assert (both["all"], both["kept"], both["kept_first"]) == (1, 0, 1)
    moves = shown(cast, now, "movers")
    assert (moves["moved"], moves["brought"], moves["earlier"]) == (1, 1, 86400)
    assert moves["later_each"] is None


def test_moved_twice_the_time_told_first_is_the_first(
    session: Db, cast: Cast, now: datetime, promised: Complaint
) -> None:
    first = first_time(promised)
    move(promised, cast, now + HOUR, first + DAY)
    move(promised, cast, now + 2 * HOUR, first + 3 * DAY)
    told(promised, cast, first + 2 * DAY)
    both = shown(cast, now, "both")
    assert (both["all"], both["kept"], both["kept_first"]) == (1, 1, 0), "one promise, moved twice"
    moves = shown(cast, now, "moves")
    assert (moves["moved"], moves["later"]) == (2, 3 * 86400)


def test_what_had_passed_when_it_was_moved_stays_broken(
    session: Db, cast: Cast, now: datetime, promised: Complaint
) -> None:
    first = first_time(promised)
    move(promised, cast, first + HOUR, first + 2 * DAY)
    told(promised, cast, first + DAY)
    units = shown(cast, now, "units")
    assert (units["all"], units["kept"], units["broken"]) == (2, 1, 1)
    both = shown(cast, now, "both")
    assert (both["all"], both["kept"], both["kept_first"]) == (1, 1, 0)


def test_a_new_promise_after_the_customer_was_told_moves_no_clock(
    session: Db, cast: Cast, now: datetime, promised: Complaint
) -> None:
    """The first one was kept: nothing of it waited any more."""
    first = first_time(promised)
    do("recall", orders(promised)[0], promised.responsible, now + HOUR, reason="Found it.")
    resolve(cast, promised, now + 2 * HOUR)
    call(promised, CallOutcome.NOT_SOLVED, now + 3 * HOUR)
    move(promised, cast, now + 4 * HOUR, first + 5 * DAY)
    told(promised, cast, first + DAY)
    assert shown(cast, now, "both")["all"] == 0
    units = shown(cast, now, "units")
    assert (units["all"], units["kept"]) == (2, 2)


def test_a_moved_promise_is_not_certain_before_its_time(
    session: Db, cast: Cast, now: datetime, promised: Complaint
) -> None:
    move(promised, cast, now + HOUR, first_time(promised) + 2 * DAY)
    assert shown(cast, now, "both", days=3)["all"] == 0
    assert shown(cast, now, "moves", days=3)["moved"] == 1
