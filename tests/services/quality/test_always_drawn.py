"""What is always called a second time: where one person alone could have ended it (P6, P7)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, ask_to_close, call, do, registered, resolve, resolved, unreached
from tests.services.actions.test_ends_told import told, withdraw, without_address
from tickets.administration.policy import change_policy
from tickets.models import CallbackAttempt, Complaint, Notice, QualitySample, SampleState, Verdict
from tickets.quality import drawing, scoring
from workflow.sampling import Why
from workflow.words import CallOutcome, MessageState

DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_by_policy(session: DbSession, cast: Cast, now: datetime) -> None:
    """No share, no level, no exceptions: what is drawn is certain."""
    off = {"quality_share": 0, "quality_least": 0, "quality_exceptions": False}
    change_policy({**off, "quality_level": 3}, actor=cast.admin, now=now)


def drawn(session: DbSession, at: datetime) -> dict[Any, Why]:
    session.flush()
    drawing.draw(at)
    rows = session.execute(select(QualitySample.complaint_id, QualitySample.why))
    return {row.complaint_id: row.why for row in rows}


def accepted(complaint: Complaint, now: datetime, number: str) -> None:
    do(
        "record_callback",
        complaint,
        complaint.responsible,
        now,
        outcome=CallOutcome.ACCEPTED,
        channel="phone",
        number=number,
        number_reason="The neighbour gave it to me.",
    )


def test_each_withdrawal_is(session: DbSession, cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)
    withdraw(complaint, now + HOUR)
    assert drawn(session, now + 2 * HOUR) == {complaint.id: Why.WITHDRAWN}

    (sample,) = session.scalars(select(QualitySample))
    assert (sample.closed_at, sample.person_id) == (now + HOUR, cast.people["chen"])
    assert drawing.draw(now + 3 * HOUR) == 0, "drawn once"

    do("reopen", complaint, cast.wang, now + DAY, because="objects", reason="Never said so.")
    withdraw(complaint, now + 2 * DAY)
    drawn(session, now + 3 * DAY)
    cycles = session.scalars(select(QualitySample.cycle).order_by(QualitySample.cycle))
    assert list(cycles) == [1, 2], "each withdrawal anew"


def test_a_withdrawn_complaint_is_called_and_scored(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    withdraw(registered(cast, now=now), now + HOUR)
    drawn(session, now + 2 * HOUR)
    (sample,) = scoring.samples(cast.qian, SampleState.OPEN)
    scoring.record_call(sample, CallOutcome.NO_ANSWER, "1391", actor=cast.qian, now=now)
    marks = dict.fromkeys(scoring.ITEMS, 0)
    scoring.score(sample, marks, Verdict.NOT_SATISFIED, "Never withdrew.", actor=cast.qian, now=now)
    assert sample.state is SampleState.SCORED
    assert [each.sample for each in scoring.reviews(cast.zheng, done=False)] == [sample]


def test_a_closing_on_a_call_to_an_unknown_number_is(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    plain, odd = resolved(cast, now=now), resolved(cast, now=now)
    accepted(plain, now, "13912345678")
    accepted(odd, now, "13700000001")
    assert drawn(session, now + HOUR) == {odd.id: Why.UNKNOWN_NUMBER}


def test_an_end_that_nobody_could_be_told_of_is(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    closed, withdrawn = without_address(cast, now), without_address(cast, now)
    resolve(cast, closed, now)
    accepted(closed, now, "010 6552 9988")
    withdraw(withdrawn, now + HOUR, by=cast.zheng)
    found = drawn(session, now + 2 * HOUR)
    assert found == {closed.id: Why.UNTOLD, withdrawn.id: Why.WITHDRAWN}


def test_an_end_whose_message_did_not_arrive_is(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    accepted(complaint, now, "13912345678")
    assert drawn(session, now + HOUR) == {}
    (message,) = told(session)
    message.state = MessageState.DEAD
    assert drawn(session, now + 2 * HOUR) == {complaint.id: Why.UNTOLD}


@pytest.mark.parametrize("days", [1, 40])
def test_an_end_whose_notice_came_back_is_however_late(
    session: DbSession, cast: Cast, now: datetime, days: int
) -> None:
    """P6: a bounce after an end is work for another person."""
    complaint = resolved(cast, now=now)
    later = unreached(complaint, now)
    ask_to_close(complaint, cast.chen, later, "unreachable")
    do("close_unreached", complaint, cast.zheng, later, reason="Tried enough.")
    assert drawn(session, later + HOUR) == {}

    (notice,) = session.scalars(select(Notice))
    came_back = later + days * DAY
    do("notice_returned", complaint, cast.wang, came_back, notice=notice.id, reason="Unknown.")
    assert drawn(session, came_back + HOUR) == {complaint.id: Why.NOTICE_RETURNED}
    assert drawing.draw(came_back + 2 * HOUR) == 0


def test_a_notice_that_came_back_before_the_end_is_none(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    later = unreached(complaint, now)
    (notice,) = session.scalars(select(Notice))
    do("notice_returned", complaint, cast.wang, later, notice=notice.id, reason="Unknown.")
    accepted(complaint, later + HOUR, "13912345678")
    assert drawn(session, later + 2 * HOUR) == {}


def unhappy(cast: Cast, now: datetime) -> Complaint:
    """Called back once; the customer was not satisfied."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.DISSATISFIED, now)
    return complaint


@pytest.mark.parametrize("through", [0, 1])
def test_a_merge_hides_no_callback_at_which_the_customer_was_not_satisfied(
    session: DbSession, cast: Cast, now: datetime, through: int
) -> None:
    """The attack: merge it into a fresh complaint of the same customer, and close that one."""
    duplicate = unhappy(cast, now)
    survivor = registered(cast, now=now)
    chain = [duplicate, *(registered(cast, now=now) for _ in range(through)), survivor]
    for one, other in zip(chain, chain[1:], strict=False):
        do("merge", one, cast.chen, now + HOUR, into=other.number, reason="The same line.")
    resolve(cast, survivor, now + HOUR)
    accepted(survivor, now + HOUR, "13912345678")
    assert drawn(session, now + 2 * HOUR) == {survivor.id: Why.MERGED}


def test_a_merge_that_was_undone_says_nothing(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    duplicate, survivor = unhappy(cast, now), registered(cast, now=now)
    do("merge", duplicate, cast.chen, now, into=survivor.number, reason="The same line.")
    do("unmerge", duplicate, cast.chen, now + HOUR, reason="Another line.")
    resolve(cast, survivor, now + HOUR)
    accepted(survivor, now + HOUR, "13912345678")
    assert drawn(session, now + 2 * HOUR) == {}


def test_whoever_called_does_not_score_it(session: DbSession, cast: Cast, now: datetime) -> None:
    """The second call is another person's, also when quality made the first one."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.NO_ANSWER, now, by=cast.qian)
    accepted(complaint, now + DAY, "13700000001")
    drawn(session, now + DAY)
    assert scoring.samples(cast.qian, SampleState.OPEN) == []
    assert session.scalars(select(CallbackAttempt)).all()
