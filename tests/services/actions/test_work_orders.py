"""A department's leg of a complaint: accepted, answered, returned, ruled on (design §4)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve, resolved
from tickets.actions import Stale, take
from tickets.models import Complaint, Event, InterimMeasure, WorkOrder
from workflow.machine import Refused
from workflow.words import CallOutcome, OrderStatus, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOT_OURS = {"reason": "Not ours."}


def dispatch(complaint: Complaint, cast: Cast, *units: str, now: datetime) -> list[WorkOrder]:
    before = {order.id for order in orders(complaint)}
    said = {"question": "And now?", "promised_at": now + DAY}
    do("dispatch", complaint, cast.chen, now, units=[cast.units[unit] for unit in units], **said)
    return [order for order in orders(complaint) if order.id not in before]


def codes(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refusal.value.reasons}


def test_several_departments_work_side_by_side(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", "vendor", now=now)
    for order, who in zip(orders(complaint), ("zhao", "zhou", "feng"), strict=True):
        assert complaint.status is Status.DISPATCHED
        do("accept", order, cast.person(who), now)
        do("answer", order, cast.person(who), now + HOUR, answer="Mended.")

    assert complaint.status is Status.IN_PROGRESS
    actions = session.scalars(select(Event.action).order_by(Event.seq)).all()
    assert actions[-2:] == ["order_answer", "all_answered"]


def test_the_first_promise_stays_when_more_work_is_handed_out(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """PAU-03, and only a supervisor overrides it, with both values on record (PAU-07)."""
    complaint = dispatched(cast, "network", now=now)
    promised = complaint.promised_at
    dispatch(complaint, cast, "billing", now=now + HOUR)
    assert complaint.promised_at == promised

    said = {"promised_at": now + 5 * DAY, "reason": "The customer agreed."}
    with pytest.raises(Refused, match="may be done by"):
        do("override_deadline", complaint, cast.chen, now, **said)
    do("override_deadline", complaint, cast.zheng, now, **said)

    event = session.scalars(select(Event).where(Event.action == "override_deadline")).one()
    assert promised is not None
    assert complaint.promised_at == now + 5 * DAY
    assert event.data["before"] == promised.isoformat()


@pytest.mark.parametrize("who", ["zhou", "feng", "chen", "zheng", "qian", "admin", "north_agent"])
def test_only_the_department_itself_accepts_and_answers(
    session: scoped_session[Session], cast: Cast, now: datetime, who: str
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network = orders(complaint)[0]
    for name, said in (("accept", {}), ("return", NOT_OURS)):
        with pytest.raises(Refused) as refusal:
            do(name, network, cast.person(who), now, **said)
        assert codes(refusal) == {"wrong_party"}


def test_only_the_lead_assigns_and_only_within_the_department(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    (order,) = orders(dispatched(cast, "network", now=now))
    with pytest.raises(Refused, match="may be done by"):
        do("assign", order, cast.zhao, now, handler=cast.people["zhao"])
    with pytest.raises(Refused, match="not in the department"):
        do("assign", order, cast.sun, now, handler=cast.people["zhou"])

    do("assign", order, cast.sun, now, handler=cast.people["zhao"])
    assert order.handler_id == cast.people["zhao"]
    do("accept", order, cast.sun, now)
    assert order.handler_id == cast.people["zhao"], "accepting takes nothing from whom it is given"


def test_an_answer_is_rejected_once_counted_and_with_a_reason(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    do("answer", order, cast.zhao, now, answer="Done.")
    with pytest.raises(Refused, match="fill this in"):
        do("reject_answer", order, cast.chen, now, reason="")
    with pytest.raises(Refused, match="may be done by"):
        do("reject_answer", order, cast.zheng, now, reason="What was done?")

    do("reject_answer", order, cast.chen, now, reason="What was done?")

    assert (order.status, order.rejections) == (OrderStatus.ACCEPTED, 1)
    assert (order.answered_at, order.ended_at) == (None, None)
    assert complaint.status is Status.DISPATCHED


def test_an_answer_is_not_rejected_once_the_customer_has_theirs(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    do("answer", order, cast.zhao, now, answer="Done.")
    resolve(cast, complaint, now)

    with pytest.raises(Refused) as refusal:
        do("reject_answer", order, cast.chen, now, reason="What was done?")
    assert codes(refusal) == {"not_in_work"}


def test_recalling_the_last_order_brings_the_complaint_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)
    do("accept", network, cast.zhao, now)
    do("recall", network, cast.chen, now, reason="It works again.")
    assert complaint.status is Status.DISPATCHED
    do("recall", billing, cast.zheng, now, reason="It works again.")

    assert complaint.status is Status.IN_PROGRESS
    assert {order.status for order in orders(complaint)} == {OrderStatus.RECALLED}
    with pytest.raises(Refused, match="not possible"):
        do("answer", network, cast.zhao, now, answer="Mended.")


def test_nothing_is_resolved_while_a_department_works(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    with pytest.raises(Refused) as refusal:
        resolve(cast, complaint, now)

    assert codes(refusal) == {"wrong_status", "open_orders"}


def test_urging_is_counted_on_the_complaint_and_on_what_is_open(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)
    do("return", billing, cast.zhou, now, **NOT_OURS)
    do("urge", complaint, cast.chen, now)
    do("urge", complaint, cast.zheng, now, text="Today, please.")

    assert (complaint.urges, network.urges, billing.urges) == (2, 2, 0)
    do("recall", network, cast.chen, now, reason="Enough.")
    with pytest.raises(Refused) as refusal:
        do("urge", complaint, cast.chen, now)
    assert codes(refusal) == {"wrong_status", "no_open_order"}


def test_an_interim_measure_is_told_by_informing_the_customer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Design §4: it must be told to the customer, and that it was is on record."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    with pytest.raises(Refused, match="not possible"):
        do("interim", order, cast.zhao, now, text="Calls are forwarded.")
    do("accept", order, cast.zhao, now)
    do("interim", order, cast.zhao, now, text="Calls are forwarded.")
    (measure,) = session.scalars(select(InterimMeasure))
    assert measure.told_at is None

    do("inform", complaint, cast.chen, now + HOUR, channel="phone", message="We forward calls.")

    assert measure.told_at == now + HOUR
    assert complaint.last_contact_at == now + HOUR
    told = session.scalars(select(Event).where(Event.action == "inform")).one()
    assert told.data["measures_told"] == 1


def test_a_department_of_before_may_no_longer_act(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """A new cycle asks anew; what was answered stays answered."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    do("answer", order, cast.zhao, now, answer="Done.")
    resolve(cast, complaint, now)
    call(complaint, CallOutcome.NOT_SOLVED, now + HOUR)
    (second,) = dispatch(complaint, cast, "billing", now=now + 2 * HOUR)

    assert (order.cycle, second.cycle) == (1, 2)
    for name in ("answer", "interim"):
        with pytest.raises(Refused, match="not possible"):
            do(
                name,
                order,
                cast.zhao,
                now,
                **{"answer": "x"} if name == "answer" else {"text": "x"},
            )


@pytest.mark.parametrize(
    "units", [[], ["east_hall"], ["network", "branch"], ["no such unit"], ["network", "closed"]]
)
def test_work_goes_to_departments_that_are_there(
    session: scoped_session[Session], cast: Cast, now: datetime, units: list[str]
) -> None:
    complaint = registered(cast, now=now)
    cast.unit("vendor").active = False
    keys = {**cast.units, "no such unit": cast.people["chen"], "closed": cast.units["vendor"]}
    with pytest.raises(Refused) as refusal:
        do(
            "dispatch",
            complaint,
            cast.chen,
            now,
            units=[keys[unit] for unit in units],
            question="?",
            promised_at=now + DAY,
        )
    assert {reason.field for reason in refusal.value.reasons} == {"units"}
    assert orders(complaint) == []


def test_naming_a_department_twice_makes_one_order(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "network", now=now)

    assert len(orders(complaint)) == 1


def test_two_in_one_department_do_not_both_accept(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CON-04 for work orders."""
    (order,) = orders(dispatched(cast, "network", now=now))
    seen = order.version
    do("accept", order, cast.zhao, now)

    with pytest.raises(Stale):
        take("accept", order, actor=cast.sun, now=now, seen_version=seen, inputs={})
    assert order.handler_id == cast.people["zhao"]


def test_a_resolved_complaint_takes_no_new_work(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    with pytest.raises(Refused, match="not possible"):
        dispatch(complaint, cast, "network", now=now)
