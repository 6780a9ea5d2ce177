"""Root causes as objects: linked complaints keep their own way, and hear the same progress."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, registered, resolve
from tickets.models import (
    ClockRow,
    Complaint,
    Event,
    Message,
    Notification,
    Problem,
    ProblemEvent,
    ProblemLink,
)
from tickets.problems import keeping, linking, measuring, reminding
from tickets.problems.seeing import may_manage, seen_by
from workflow.machine import Refused
from workflow.words import CallOutcome, ClockKind, ClockState, ProblemKind, Status

Db = scoped_session[Session]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def opened(cast: Cast, now: datetime, by: str = "zheng", **said: Any) -> Problem:
    plan = {
        "title": "Ring main cut in the east",
        "kind": ProblemKind.INCIDENT,
        "unit_id": cast.units["branch"],
        "category_id": cast.category,
        "owner_id": cast.people[by],
        **said,
    }
    return keeping.open_problem(keeping.ProblemPlan(**plan), actor=cast.person(by), now=now)


def tell_all(event: ProblemEvent, now: datetime) -> int:
    """What the job does."""
    told, after = 0, None
    while batch := linking.next_to_tell(event, after):
        for complaint_id in batch:
            linking.tell_one(event, complaint_id, now)
            told += 1
        after = batch[-1]
    return told


def test_linking_changes_no_status_and_no_clock(session: Db, cast: Cast, now: datetime) -> None:
    """REO-08."""
    problem, complaint = opened(cast, now), registered(cast, now=now)
    before = session.execute(clocks_of(complaint)).all()

    linking.link(problem, complaint, actor=cast.chen, now=now + HOUR)

    assert complaint.status is Status.REGISTERED
    assert session.execute(clocks_of(complaint)).all() == before
    event = session.scalars(select(Event).where(Event.action == "link_problem")).one()
    assert event.data["problem"]["number"] == problem.number


def clocks_of(complaint: Complaint) -> Any:
    return (
        select(ClockRow.kind, ClockRow.state, ClockRow.due_at)
        .where(ClockRow.complaint_id == complaint.id)
        .order_by(ClockRow.kind)
    )


def test_a_complaint_is_linked_once_and_taken_out_on_record(
    session: Db, cast: Cast, now: datetime
) -> None:
    problem, complaint = opened(cast, now), registered(cast, now=now)
    linking.link(problem, complaint, actor=cast.chen, now=now)
    with pytest.raises(Refused):
        linking.link(problem, complaint, actor=cast.chen, now=now)

    linking.unlink(problem, complaint, actor=cast.zheng, now=now + HOUR)
    linking.link(problem, complaint, actor=cast.chen, now=now + 2 * HOUR)

    ends = session.scalars(select(ProblemLink.unlinked_at).order_by(ProblemLink.linked_at)).all()
    assert ends == [now + HOUR, None]
    assert session.scalar(select(func.count()).where(Event.action == "unlink_problem")) == 1


def test_progress_reaches_every_open_complaint_and_each_is_still_called_back(
    session: Db, cast: Cast, now: datetime
) -> None:
    """REO-08: shared progress text and expected time; own callback, own clocks."""
    problem = opened(cast, now)
    first, second, ended = (registered(cast, now=now) for _ in range(3))
    for each in (first, second, ended):
        linking.link(problem, each, actor=cast.chen, now=now)
    resolve(cast, ended, now)
    call(ended, CallOutcome.ACCEPTED, now + HOUR)
    at = now + 3 * HOUR

    event = linking.share_progress(
        problem, "The cable is being spliced.", at + DAY, actor=cast.zheng, now=at
    )
    assert tell_all(event, at) == 2
    assert tell_all(event, at) == 2, "told again, it is the same event"

    shared = select(func.count()).where(Event.action == "share_progress")
    assert session.scalar(shared) == 2
    assert (first.status, second.status) == (Status.REGISTERED, Status.REGISTERED)
    assert (first.last_contact_at, ended.status) == (at, Status.CLOSED)
    texts = session.scalars(select(Message.body).where(Message.topic == "progress_expected")).all()
    assert len(texts) == 2 and all("spliced" in each for each in texts)
    told = select(Notification.person_id).where(Notification.topic == "progress_shared")
    assert set(session.scalars(told)) == {cast.people["chen"]}
    resolve(cast, first, at + HOUR)
    assert first.status is Status.RESOLVED, "the callback is due, as for every complaint"


def test_shared_progress_restarts_the_progress_clock_only_of_who_could_be_told(
    session: Db, cast: Cast, now: datetime
) -> None:
    problem = opened(cast, now)
    told = registered(cast, now=now)
    silent = registered(cast, now=now, refuses_contact=True, callback_number="")
    for each in (told, silent):
        linking.link(problem, each, actor=cast.chen, now=now)
    due = progress_due(session)

    at = now + 3 * HOUR
    tell_all(linking.share_progress(problem, "Spliced.", None, actor=cast.zheng, now=at), at)

    assert progress_due(session)[told.id] > due[told.id]
    assert progress_due(session)[silent.id] == due[silent.id]


def progress_due(session: Db) -> dict[Any, datetime]:
    rows = session.execute(
        select(ClockRow.complaint_id, ClockRow.due_at).where(
            ClockRow.kind == ClockKind.PROGRESS, ClockRow.state == ClockState.RUNNING
        )
    )
    return {row.complaint_id: row.due_at for row in rows}


def test_linking_many_passes_over_what_may_not_be_linked(
    session: Db, cast: Cast, now: datetime
) -> None:
    """S-08: only what the person may see and change."""
    problem = opened(cast, now)
    mine = [registered(cast, now=now) for _ in range(2)]
    foreign = registered(cast, now=now, by="north_desk")
    linking.link(problem, mine[0], actor=cast.zheng, now=now)

    linking.link_batch(problem.id, [*(each.id for each in mine), foreign.id], cast.zheng, now)

    linked = session.scalars(select(ProblemLink.complaint_id)).all()
    assert sorted(linked) == sorted(each.id for each in mine)


def test_a_problem_is_seen_in_its_branch_and_changed_by_its_managers(
    session: Db, cast: Cast, now: datetime
) -> None:
    problem = opened(cast, now)
    seeing = {
        name
        for name in cast.people
        if session.scalar(select(Problem.id).where(seen_by(cast.person(name))))
    }
    assert seeing == set(cast.people) - {
        "admin",
        "north_desk",
        "north_agent",
        "north_supervisor",
    }
    managing = {name for name in cast.people if may_manage(cast.person(name), problem)}
    assert managing == {"zheng", "he", "qian"}


def test_what_was_changed_stays_in_the_history(session: Db, cast: Cast, now: datetime) -> None:
    problem = opened(cast, now)
    plan = keeping.ProblemPlan(
        problem.title,
        problem.kind,
        problem.unit_id,
        problem.category_id,
        cast.people["sun"],
        due_at=now + DAY,
    )
    keeping.change(problem, plan, actor=cast.zheng, now=now + HOUR)
    keeping.close(problem, "Halved.", actor=cast.zheng, now=now + 2 * HOUR)

    events = session.scalars(select(ProblemEvent).order_by(ProblemEvent.at)).all()
    assert [each.action for each in events] == ["opened", "changed", "closed"]
    assert events[1].data["owner_id"] == [str(cast.people["zheng"]), str(cast.people["sun"])]
    with pytest.raises(Refused):
        keeping.change(problem, plan, actor=cast.zheng, now=now + 3 * HOUR)


def test_the_owner_is_reminded_once_before_and_once_after(
    session: Db, cast: Cast, now: datetime
) -> None:
    opened(cast, now, due_at=now + 5 * DAY)

    assert reminding.remind(now) == 0
    assert [reminding.remind(now + 3 * DAY) for _ in range(2)] == [1, 0]
    assert [reminding.remind(now + 6 * DAY) for _ in range(2)] == [1, 0]

    topics = session.scalars(select(Notification.topic).order_by(Notification.created_at)).all()
    assert topics == ["problem_due", "problem_overdue"]


def test_the_effect_counts_weeks_before_and_after_by_hand(
    session: Db, cast: Cast, now: datetime
) -> None:
    """REP-03, S-08: the same counted one by one, and nothing the reader may not see."""
    weeks = [-3, -3, -2, -1, -1, -1, 0, 1]
    at = now + 100 * DAY
    for week in weeks:
        registered(cast, now=at + week * measuring.WEEK + DAY)
    registered(cast, now=at + DAY, by="north_desk")
    problem = opened(cast, at, effective_at=at)

    effect = measuring.effect_of(problem, cast.zheng, at + 11 * DAY)

    found = {int((week.starts - at) / measuring.WEEK): week.count for week in effect.weeks}
    assert found == {**dict.fromkeys(range(-8, 2), 0), -3: 2, -2: 1, -1: 3, 0: 1, 1: 1}
    assert (effect.before, effect.after) == (6 / 8, 1)
    assert measuring.effect_of(problem, cast.north_supervisor, at + 11 * DAY).most == 0
