"""The closed loop through the door: from first contact to callback (design §1, §3)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, delivered, dispatched, do, orders, registered, resolve, resolved
from tickets import history
from tickets.actions import Stale, take
from tickets.database import new_id
from tickets.models import Callback, CallbackAttempt, Event
from workflow.machine import Refused
from workflow.words import CallOutcome, OrderStatus, Ruling, Status

HOUR = timedelta(hours=1)


def test_a_complaint_goes_from_first_contact_to_callback(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)

    do("accept", network, cast.zhao, now + HOUR)
    do("accept", billing, cast.zhou, now + HOUR)
    do("return", billing, cast.zhou, now + 2 * HOUR, reason="Not a matter of the bill.")
    assert complaint.status is Status.DISPATCHED
    do("answer", network, cast.zhao, now + 3 * HOUR, answer="Card replaced.")
    assert complaint.status is Status.IN_PROGRESS

    resolve(cast, complaint, now + 4 * HOUR)
    call(complaint, CallOutcome.NO_ANSWER, now + 5 * HOUR)
    assert complaint.status is Status.RESOLVED
    call(complaint, CallOutcome.DISSATISFIED, now + 8 * HOUR)
    assert (complaint.status, complaint.level, complaint.cycle) == (Status.IN_PROGRESS, 1, 2)

    resolve(cast, complaint, now + 9 * HOUR)
    call(complaint, CallOutcome.ACCEPTED, now + 10 * HOUR)
    assert complaint.status is Status.CLOSED
    assert complaint.responsible_id == cast.people["chen"]
    assert list(history.flaws(complaint)) == []
    assert [callback.done_at is not None for callback in session.scalars(select(Callback))] == [
        True,
        True,
    ]


def test_every_reason_is_given_at_once(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)

    with pytest.raises(Refused) as refused:
        do("resolve", complaint, cast.shen, now)

    codes = {reason.code for reason in refused.value.reasons}
    assert codes == {"wrong_status", "wrong_party", "open_orders", "missing"}


def test_a_department_bound_by_a_ruling_cannot_return_the_order_again(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)
    do("return", network, cast.zhao, now, reason="Not ours.")
    do("return", billing, cast.zhou, now, reason="Not ours either.")
    assert billing.status is OrderStatus.ARBITRATION
    assert complaint.status is Status.DISPATCHED

    do(
        "arbitrate",
        billing,
        cast.zheng,
        now,
        ruling=Ruling.BIND_OTHER,
        unit=cast.units["network"],
        reason="The fault is in the line.",
    )

    bound = next(order for order in orders(complaint) if order.bound)
    do("accept", bound, cast.zhao, now)
    with pytest.raises(Refused, match="cannot return"):
        do("return", bound, cast.zhao, now, reason="Still not ours.")


def test_an_answer_can_be_sent_back_once(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    do("answer", order, cast.zhao, now, answer="Done.")

    do("reject_answer", order, cast.chen, now, reason="What was done?")
    assert complaint.status is Status.DISPATCHED
    do("answer", order, cast.zhao, now, answer="The card was replaced.")

    assert complaint.status is Status.IN_PROGRESS
    with pytest.raises(Refused, match="once"):
        do("reject_answer", order, cast.chen, now, reason="Again?")


def test_an_unreachable_customer_needs_attempts_a_notice_time_and_a_supervisor(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-01: the documented unreachable procedure is the only other way to close."""
    complaint = resolved(cast, now=now)
    chen, zheng = cast.chen, cast.zheng
    day = timedelta(days=1)
    call(complaint, CallOutcome.NO_ANSWER, now + HOUR)
    call(complaint, CallOutcome.BUSY, now + 5 * HOUR)
    with pytest.raises(Refused) as refused:
        do("close_unreached", complaint, zheng, now + day, reason="Tried.")
    assert {reason.code for reason in refused.value.reasons} == {
        "not_requested",
        "attempts",
        "attempt_days",
        "notice",
    }

    call(complaint, CallOutcome.NO_ANSWER, now + day)
    do(
        "send_notice",
        complaint,
        chen,
        now + day,
        channel="sms",
        address="13912345678",
        notice="Please call us.",
    )
    delivered(now + day)
    do(
        "request_closing",
        complaint,
        chen,
        now + day,
        ground="unreachable",
        reason="Nobody answers.",
    )
    with pytest.raises(Refused, match="has until"):
        do("close_unreached", complaint, zheng, now + 2 * day, reason="Approved.")
    with pytest.raises(Refused, match="Approve closing"):
        do("close_unreached", complaint, chen, now + 5 * day, reason="Myself.")
    do("close_unreached", complaint, zheng, now + 5 * day, reason="Approved.")

    assert complaint.status is Status.CLOSED
    assert complaint.closing_approval_id is not None
    assert list(history.flaws(complaint)) == []


def test_a_customer_who_comes_back_reopens_the_same_number(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-01, REO-04: inside the window; who closed and how long ago is kept."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now + HOUR)

    with pytest.raises(Refused, match="30 days"):
        do("reopen", complaint, cast.chen, now + timedelta(days=40), reason="Broken again.")
    do("reopen", complaint, cast.chen, now + timedelta(days=3), reason="Broken again.")

    assert (complaint.status, complaint.cycle, complaint.reopens) == (Status.IN_PROGRESS, 2, 1)
    event = session.scalars(select(Event).where(Event.action == "reopen")).one()
    assert event.data["days_closed"] == 2
    assert event.data["closed_by"] == str(cast.people["chen"])


def test_merging_keeps_the_earliest_start_and_can_be_undone(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-07, CLO-08."""
    first = registered(cast, now=now)
    second = registered(cast, now=now + HOUR)
    agreed = now + timedelta(days=1)
    do("schedule_callback", first, cast.chen, now + HOUR, scheduled_for=agreed)
    do(
        "merge",
        first,
        cast.chen,
        now + 2 * HOUR,
        into=second.number,
        because="same_line",
        reason="The same line.",
    )
    assert first.status is Status.MERGED
    assert second.started_at == now
    carried = session.scalars(select(Callback).where(Callback.complaint_id == second.id)).one()
    assert carried.scheduled_for == agreed

    do("contact", first, cast.chen, now + 3 * HOUR, channel="phone", text="Still dead!")
    assert second.customer_waiting_since is not None

    do("unmerge", first, cast.chen, now + 4 * HOUR, reason="Another line after all.")
    assert first.status is Status.REGISTERED
    assert second.started_at == now + HOUR


def test_responsibility_moves_only_when_the_named_person_accepts(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-01, OWN-05."""
    complaint = registered(cast, now=now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["li"], reason="Chen is ill.")
    assert complaint.responsible_id == cast.people["chen"]
    do("decline_transfer", complaint, cast.li, now, reason="Not my customer.")
    assert complaint.responsible_id == cast.people["chen"]
    do("transfer", complaint, cast.zheng, now, to=cast.people["wang"], reason="Chen is ill.")
    do("accept_transfer", complaint, cast.wang, now)
    assert complaint.responsible_id == cast.people["wang"]
    assert complaint.transfers == 2


def test_withdrawing_recalls_the_open_orders(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    do(
        "withdraw",
        complaint,
        cast.chen,
        now,
        said_by="customer",
        channel="phone",
        at=now,
        text="It works again.",
    )
    assert complaint.status is Status.WITHDRAWN
    assert {order.status for order in orders(complaint)} == {OrderStatus.RECALLED}


def test_a_stale_version_is_told_and_the_same_event_twice_is_one(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CON-04, CLO-05."""
    complaint = resolved(cast, now=now)
    seen = complaint.version
    event_id = new_id()
    said = {"outcome": CallOutcome.ACCEPTED, "channel": "phone", "number": "13912345678"}
    for _ in range(2):
        take(
            "record_callback",
            complaint,
            actor=cast.chen,
            now=now,
            seen_version=seen,
            inputs=said,
            event_id=event_id,
        )
    assert len(session.scalars(select(CallbackAttempt)).all()) == 1
    with pytest.raises(Stale):
        take(
            "reopen", complaint, actor=cast.chen, now=now, seen_version=seen, inputs={"reason": "x"}
        )
