"""Other limits than those a complaint was opened under: what would move, and what moves."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve, resolved
from tests.timed import row_of, rule, rules, version, worsen
from tickets.clocks import limit_changes
from tickets.clocks.timekeeping import clocks_of, due_under, id_of, rows_of
from tickets.database import new_id
from tickets.limits import limits_by_id
from tickets.models import Category, Complaint, LimitsVersion
from workflow.words import (
    CallOutcome,
    Channel,
    ClockKind,
    Status,
)

DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
K = ClockKind


def adopt(complaint: Complaint, row: LimitsVersion, now: datetime) -> None:
    assert limit_changes.adopt(complaint.id, row.id, now)


def test_asking_what_other_limits_would_do_changes_nothing(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-05, SLA-11: the dry run writes nothing, and says what adopting then does."""
    complaint = dispatched(cast, "network", now=now)
    other = version(2, rules=rules(rule(amount=5, severity=["normal"])))
    session.flush()
    before = [(row.id, row.due_at, row.reckoned_at, row.state) for row in rows_of(complaint)]
    events = complaint.event_count

    foreseen = due_under(complaint, limits_by_id(other.id), now + HOUR)

    assert not session.dirty and not session.new
    assert before == [
        (row.id, row.due_at, row.reckoned_at, row.state) for row in rows_of(complaint)
    ]
    assert complaint.event_count == events
    adopt(complaint, other, now + HOUR)
    for row in rows_of(complaint):
        if id_of(row) in foreseen:
            assert row.due_at == foreseen[id_of(row)][1]
    was, will = foreseen[id_of(row_of(complaint, K.RESOLUTION))]
    assert was != will


def test_limits_adopted_later_may_ask_for_what_the_first_did_not(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-28: categories and units count from the adoption on, though nothing asked for them."""
    complaint = dispatched(cast, "network", now=now)
    by_tree = version(
        2,
        rules=rules(
            rule(amount=5, categories=["broadband"]),
            rule(id="net", clock="accept", amount=1, units=["network"]),
            rule(id="hall", clock="progress", amount=7, units=["east_hall"]),
        ),
    )
    foreseen = due_under(complaint, limits_by_id(by_tree.id), now)

    adopt(complaint, by_tree, now)

    assert row_of(complaint, K.RESOLUTION).rule == "ours"
    assert row_of(complaint, K.ACCEPT).rule == "net"
    assert row_of(complaint, K.PROGRESS).rule == "hall"
    for kind in (K.RESOLUTION, K.ACCEPT, K.PROGRESS):
        assert foreseen[id_of(row_of(complaint, kind))][1] == row_of(complaint, kind).due_at


def test_a_corrected_category_counts_from_the_correction(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """C-25: with the category it had before, before."""
    complaint = registered(cast, now=now)
    mobile = Category(id=new_id(), code="mobile", names={"en": "Mobile"}, active=True)
    session.add(mobile)
    adopt(complaint, version(2, rules=rules(rule(amount=5, categories=["mobile"]))), now)
    assert row_of(complaint, K.RESOLUTION).rule == "resolution"

    do(
        "correct",
        complaint,
        complaint.responsible,
        now + HOUR,
        reason="Not it.",
        category=mobile.id,
    )

    row = row_of(complaint, K.RESOLUTION)
    assert (row.rule, row.used, row.target) == ("ours", 3600, 5 * 3600)
    before = next(
        each for each in clocks_of(complaint, now + HOUR / 2) if each.id.kind is K.RESOLUTION
    )
    assert before.rule.id == "resolution"


def test_the_calendar_of_the_units_own_is_used(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """Each department's clock counts on the calendar of the department."""
    evening = now + 9 * HOUR
    complaint = dispatched(cast, "network", "billing", now=evening)
    adopt(complaint, version(2, unit_calendars={"network": "always"}), evening)

    due = {row.subject: row.due_at for row in rows_of(complaint) if row.kind is K.ACCEPT}
    found = {each.unit.code: due[each.id.hex] for each in orders(complaint)}

    assert found["network"] == evening + 2 * HOUR
    assert found["billing"] == now + DAY + HOUR  # from nine o'clock of the next day to eleven


def test_a_ladder_that_was_replaced_is_followed_by_nobody(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-09: the figures are the same, the ladder is gone; so is every moment to look at."""
    complaint = registered(cast, now=now, channel=Channel.EMAIL)
    assert [row for row in rows_of(complaint) if row.look_at]

    adopt(complaint, version(2, ladder=[]), now + HOUR / 4)

    assert [row for row in rows_of(complaint) if row.look_at] == []
    assert row_of(complaint, K.RESOLUTION).due_at is not None


def test_only_what_is_open_adopts_other_limits(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """SLA-11, C-28: closed complaints are never touched, and nobody adopts twice."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now)
    other = version(2)
    before = complaint.event_count

    assert not limit_changes.adopt(complaint.id, other.id, now + HOUR)
    do("reopen", complaint, cast.zheng, now + DAY, reason="Again.")
    adopt(complaint, other, now + DAY)
    assert not limit_changes.adopt(complaint.id, other.id, now + DAY)

    assert complaint.event_count == before + 2
    assert row_of(complaint, K.RESOLUTION, 1).limits_id != other.id
    assert row_of(complaint, K.RESOLUTION, 2).limits_id == other.id


def test_a_past_moment_shows_what_was_known_then(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """SLA-12: the function of events and a moment, nothing else."""
    complaint = registered(cast, now=now)
    then = clocks_of(complaint, now + HOUR)
    do("start", complaint, complaint.responsible, now + 2 * HOUR)
    worsen(complaint, now + 3 * HOUR)
    resolve(cast, complaint, now + 4 * HOUR)

    assert clocks_of(complaint, now + HOUR) == then
    assert complaint.status is Status.RESOLVED
