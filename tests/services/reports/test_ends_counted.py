"""A withdrawal that was objected to has not ended: in facts, figures, paths and limits."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered, resolve
from tests.figures_compared import count_everything, scope_of
from tests.services.actions.test_ends_told import withdraw, without_address
from tickets.models import (
    ClockRow,
    Complaint,
    ComplaintFact,
    HappenedFact,
    PathFact,
    StayFact,
)
from tickets.reports.registry import REPORTS
from workflow.words import CallOutcome, ClockKind, ClockState

DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def objected_to(cast: Cast, now: datetime) -> Complaint:
    complaint = registered(cast, now=now)
    withdraw(complaint, now + HOUR)
    do("reopen", complaint, cast.wang, now + DAY, because="objects", reason="Never said so.")
    return complaint


def happened(session: DbSession, complaint: Complaint, what: str) -> list[tuple[str, int]]:
    count_everything()
    rows = session.execute(
        select(HappenedFact.detail, HappenedFact.number)
        .where(HappenedFact.complaint_id == complaint.id, HappenedFact.what == what)
        .order_by(HappenedFact.place)
    )
    return [(row.detail, row.number) for row in rows]


def test_what_was_objected_to_is_open(session: DbSession, cast: Cast, now: datetime) -> None:
    complaint = objected_to(cast, now)
    count_everything()
    fact = session.get_one(ComplaintFact, complaint.id)
    assert (fact.ended_at, fact.ended_as, fact.cycles) == (None, "", 2)
    assert session.scalars(select(PathFact)).all() == []

    he = cast.person("he")
    scope = scope_of(he, now.date(), now.date() + 2 * DAY, now + 2 * DAY)
    (flow,) = (each for each in REPORTS["flow"].tables(scope) if each.key == "flow")
    assert flow.rows[-1].values == {"came": 1, "went": 0, "left": 1}
    assert happened(session, complaint, "ended") == [("withdrawn", 0)]
    assert happened(session, complaint, "objected") == [("in_time", 0)]


def test_it_ends_once_at_its_last_end_and_its_path_leads_through_the_first(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = objected_to(cast, now)
    resolve(cast, complaint, now + 2 * DAY)
    call(complaint, CallOutcome.ACCEPTED, now + 3 * DAY)
    count_everything()
    fact = session.get_one(ComplaintFact, complaint.id)
    assert (fact.ended_at, fact.ended_as) == (now + 3 * DAY, "closed")
    steps = session.scalars(
        select(StayFact.step).where(StayFact.complaint_id == complaint.id).order_by(StayFact.place)
    )
    assert list(steps) == ["registered", "withdrawn", "in_progress", "resolved", "closed"]
    assert happened(session, complaint, "ended") == [("withdrawn", 0), ("callback", 0)]


def test_its_limit_runs_again_in_a_cycle_of_its_own(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = objected_to(cast, now)
    session.flush()
    clocks = session.scalars(
        select(ClockRow).where(
            ClockRow.complaint_id == complaint.id, ClockRow.kind == ClockKind.RESOLUTION
        )
    ).all()
    assert {each.cycle: each.state for each in clocks}[2] is ClockState.RUNNING


def test_an_end_that_was_undone_is_none(session: DbSession, cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)
    resolve(cast, complaint, now)
    call(complaint, CallOutcome.ACCEPTED, now)
    do("undo_closing", complaint, cast.chen, now, reason="A slip.")
    assert happened(session, complaint, "ended") == []


def test_a_person_whose_withdrawals_are_frequent_shows_beside_their_units(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """Chen withdraws three of four, Wang at the same desk none of four; one could not be told."""
    for number in range(8):
        complaint = registered(cast, now=now, by="chen" if number < 4 else "wang")
        if number < 3:
            withdraw(complaint, now)
            continue
        resolve(cast, complaint, now)
        call(complaint, CallOutcome.ACCEPTED, now)
    withdraw(without_address(cast, now), now, by=cast.zheng)
    count_everything()

    he = cast.person("he")
    scope = scope_of(he, now.date(), now.date(), now + HOUR)
    people = next(each for each in REPORTS["ends"].tables(scope) if each.key == "people")
    rows = {row.title: row.values for row in people.rows if not row.total}
    assert (rows["Chen"]["ends"], rows["Chen"]["withdrawn"], rows["Chen"]["untold"]) == (5, 4, 1)
    assert (rows["Chen"]["share"], rows["Wang"]["share"]) == (4 / 5, 0)
    assert rows["Chen"]["unit_share"] == rows["Wang"]["unit_share"] == 4 / 9
    drilled = REPORTS["ends"].drill(scope, "people", cast.people["chen"].hex, "untold")
    assert drilled is not None
    found = session.scalars(select(Complaint).where(drilled)).all()
    assert [each.customer.name for each in found] == ["Old Wu"]
