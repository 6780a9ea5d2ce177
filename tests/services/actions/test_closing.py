"""Nothing closes without the customer's word or an approved exception (CLO-01, CLO-03, M-04).

Every action of both tables by everybody; `test_closing_by_hand` tries it past the program.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from tests.cast import (
    SYSTEM,
    Cast,
    ask_to_close,
    call,
    delivered,
    do,
    orders,
    registered,
    resolve,
    resolved,
)
from tests.plausible import plausible
from tickets import history, intake
from tickets.actions import Stale, take
from tickets.actors import Actor
from tickets.database import new_id
from tickets.models import Approval, CallbackAttempt, Complaint, WorkOrder
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.machine import Refused
from workflow.words import CallOutcome, ClosingGround, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_by_every_action_of_everybody_only_two_close(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """The customer is beyond reach and everything is ready, so that no rule but the two stands
    in the way of anything else."""
    complaint = beyond_reach(cast, now)
    later = now + 9 * DAY
    closers: set[tuple[str, str]] = set()
    actors = {**{name: cast.person(name) for name in cast.people}, "the system": SYSTEM}
    for name in ACTIONS:
        for who, actor in actors.items():
            for inputs in plausible(name, cast, complaint, later):
                refusal = tried(name, complaint, actor, later, inputs, session)
                if complaint.status is Status.CLOSED:
                    closers.add((f"{name} {inputs.get('outcome', '')}".strip(), who))
                undo(session)
                if "wrong_party" in refusal:
                    break  # other inputs do not make it anybody else's
    assert closers == {
        *(
            (f"record_callback {said}", who)
            for said in ("accepted", "understood")
            for who in ("chen", "qian")
        ),
        *(("close_unreached", who) for who in ("zheng", "he")),
    }


def beyond_reach(cast: Cast, now: datetime) -> Complaint:
    complaint = resolved(cast, now=now)
    for at in (now + HOUR, now + 5 * HOUR, now + DAY):
        call(complaint, CallOutcome.NO_ANSWER, at)
    said = {"channel": "sms", "address": "13912345678", "notice": "Please call us."}
    do("send_notice", complaint, cast.chen, now + DAY, **said)
    delivered(now + DAY)
    ask_to_close(complaint, cast.chen, now + DAY, "unreachable")
    return complaint


@pytest.mark.parametrize("name", ORDER_ACTIONS)
def test_no_action_on_a_work_order_closes(
    session: scoped_session[Session], cast: Cast, now: datetime, name: str
) -> None:
    complaint = registered(cast, now=now)
    units = [cast.units["network"]]
    do("dispatch", complaint, cast.chen, now, units=units, question="?", promised_at=now + DAY)
    (order,) = orders(complaint)
    for actor in (*map(cast.person, cast.people), SYSTEM):
        for inputs in plausible(f"order_{name}", cast, complaint, now):
            tried(name, order, actor, now, inputs, session)
            assert complaint.status is not Status.CLOSED
            undo(session)


def tried(
    name: str,
    on: Complaint | WorkOrder,
    actor: Actor,
    at: datetime,
    inputs: dict[str, Any],
    session: scoped_session[Session],
) -> set[str]:
    """Try it in a transaction within the transaction; the codes of a refusal."""
    session.begin_nested()
    try:
        do(name, on, actor, at, **inputs)
    except Refused as refused:
        return {reason.code for reason in refused.reasons}
    return set()


def undo(session: scoped_session[Session]) -> None:
    nested = session().get_nested_transaction()
    assert nested is not None
    nested.rollback()
    session.expire_all()


def test_the_exception_waits_for_each_of_its_parts(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    say = {"reason": "Tried everything."}

    def missing(at: datetime, who: str = "zheng") -> set[str]:
        with pytest.raises(Refused) as refused:
            do("close_unreached", complaint, cast.person(who), at, **say)
        assert complaint.status is Status.RESOLVED
        return {reason.code for reason in refused.value.reasons}

    nothing = {"not_requested", "attempts", "attempt_days", "attempt_day_parts"}
    assert missing(now) == {*nothing, "numbers_untried", "notice"}
    for at in (now + HOUR, now + 5 * HOUR, now + DAY):
        call(complaint, CallOutcome.NO_ANSWER, at)
    assert missing(now + DAY) == {"not_requested", "notice"}
    said = {"channel": "sms", "address": "13912345678", "notice": "Please call us."}
    do("send_notice", complaint, cast.chen, now + DAY, **said)
    assert missing(now + 9 * DAY) == {"not_requested", "notice_waits"}
    delivered(now + DAY)
    ask_to_close(complaint, cast.chen, now + DAY, "unreachable")
    assert missing(now + 2 * DAY) == {"notice_wait"}
    own = {"author_answered", "author_called", "author_notified", "own_request", "own_complaint"}
    assert missing(now + 9 * DAY, "chen") == {"wrong_party", *own}
    assert missing(now + 9 * DAY, "north_supervisor") == {"wrong_party"}

    do("close_unreached", complaint, cast.zheng, now + 9 * DAY, **say)
    assert complaint.status is Status.CLOSED


def test_whoever_asked_for_a_closing_does_not_approve_it_after_a_transfer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now)
    do("transfer", complaint, cast.he, now, to=cast.people["zheng"], reason="Chen is ill.")
    do("accept_transfer", complaint, cast.zheng, now)
    asked = {"ground": ClosingGround.REFUSES_CONTACT, "reason": "Wants no call."}
    do("request_closing", complaint, cast.zheng, now, **asked)
    do("transfer", complaint, cast.he, now, to=cast.people["chen"], reason="Chen is back.")
    do("accept_transfer", complaint, cast.chen, now)

    for name in ("close_unreached", "deny_closing"):
        with pytest.raises(Refused) as refused:
            do(name, complaint, cast.zheng, now, reason="Fine.")
        assert "own_request" in {reason.code for reason in refused.value.reasons}

    do("close_unreached", complaint, cast.he, now, reason="Fine.")
    assert complaint.status is Status.CLOSED


def test_an_approval_of_an_earlier_cycle_closes_nothing_later(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now + HOUR)
    asked = {"ground": ClosingGround.REFUSES_CONTACT, "reason": "Wants no call."}
    do("request_closing", complaint, cast.chen, now + HOUR, **asked)
    call(complaint, CallOutcome.NOT_SOLVED, now + 4 * HOUR)
    resolve(cast, complaint, now + 5 * HOUR)

    with pytest.raises(Refused) as refused:
        do("close_unreached", complaint, cast.zheng, now + 6 * HOUR, reason="Asked before.")

    assert {"attempts", "notice"} <= {reason.code for reason in refused.value.reasons}
    assert [each.state for each in session.scalars(select(Approval))] == ["void"]


def test_a_merge_never_closes_the_survivor(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    survivor = resolved(cast, now=now)
    for _ in range(2):
        duplicate = resolved(cast, now=now)
        do(
            "merge",
            duplicate,
            cast.chen,
            now,
            into=survivor.number,
            because="sent_twice",
            reason="The same.",
        )
        assert (duplicate.status, survivor.status) == (Status.MERGED, Status.RESOLVED)


def test_one_closing_does_not_carry_others_with_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """A list that is closed item by item: each needs its own callback (UX-01)."""
    complaints = [resolved(cast, now=now) for _ in range(3)]
    accepted = {"outcome": "accepted", "channel": "phone", "number": "13912345678"}
    event_id = new_id()
    for complaint in complaints[:1] * 2:
        take(
            "record_callback",
            complaint,
            actor=cast.chen,
            now=now,
            seen_version=None,
            inputs=accepted,
            event_id=event_id,
        )
    with pytest.raises(Stale):
        take(
            "record_callback",
            complaints[1],
            actor=cast.chen,
            now=now,
            seen_version=None,
            inputs=accepted,
            event_id=event_id,
        )
    assert [each.status for each in complaints] == ["closed", "resolved", "resolved"]


def test_solving_at_once_leaves_the_callback_due(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    answer = plausible("resolve", cast, complaint, now)[0]

    intake.solve_at_once(complaint, actor=cast.chen, now=now, answer=answer)
    assert complaint.status is Status.RESOLVED

    other = registered(cast, now=now)
    with pytest.raises(Refused, match="at the counter"):
        intake.solve_at_once(other, actor=cast.chen, now=now, answer=answer, confirmed=True)
    assert other.status is Status.RESOLVED


def test_the_session_itself_cannot_close(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Code of ours that forgets the door is stopped by the database."""
    resolved(cast, now=now)
    with pytest.raises(IntegrityError, match="closes only on a callback|closed_rests_on_callback"):
        session.execute(text("UPDATE complaint SET status = 'closed'"))


def test_a_closing_says_what_it_rests_on(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-09: confirmed by phone by whom, call at what time."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.UNDERSTOOD, now + HOUR)

    attempt = session.get_one(CallbackAttempt, complaint.closing_attempt_id)
    assert (attempt.by_id, attempt.at, attempt.closes) == (cast.chen.id, now + HOUR, True)
    assert complaint.closed_at == now + HOUR
    assert list(history.flaws(complaint)) == []
