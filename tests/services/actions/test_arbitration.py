"""Departments send work back, and at the second time a supervisor rules (design §4, OWN-04)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, dispatched, do, orders
from tickets.models import Complaint, Entry, WorkOrder
from workflow.machine import Refused
from workflow.words import OrderStatus, Ruling, Status

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


def test_returning_needs_a_reason_and_goes_to_the_responsible_person(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    with pytest.raises(Refused, match="fill this in"):
        do("return", order, cast.zhao, now, reason="  ")

    do("return", order, cast.zhao, now, **NOT_OURS)

    assert order.status is OrderStatus.RETURNED
    assert (complaint.returns, complaint.status) == (1, Status.IN_PROGRESS)
    assert order.return_reason == "Not ours."


def test_the_second_return_of_a_complaint_needs_a_ruling(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-04, design §4."""
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)
    do("return", network, cast.zhao, now, **NOT_OURS)
    do("return", billing, cast.zhou, now, **NOT_OURS)

    assert (network.status, billing.status) == (OrderStatus.RETURNED, OrderStatus.ARBITRATION)
    assert complaint.returns == 2
    assert complaint.status is Status.DISPATCHED, "somebody must still rule"
    with pytest.raises(Refused, match="may be done by"):
        do("arbitrate", billing, cast.chen, now, ruling="release", reason="Mine.")


def test_a_department_that_sent_it_back_gets_it_only_by_a_ruling(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-04: any return to a previous department."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("return", order, cast.zhao, now, **NOT_OURS)

    network, billing = dispatch(complaint, cast, "network", "billing", now=now)

    assert {each.unit.code: each.status for each in (network, billing)} == {
        "network": OrderStatus.ARBITRATION,
        "billing": OrderStatus.SENT,
    }


def test_a_department_once_bound_is_not_contested_again(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("return", order, cast.zhao, now, **NOT_OURS)
    (contested,) = dispatch(complaint, cast, "network", now=now)
    ruling = {"ruling": Ruling.BIND_THIS, "reason": "It is yours."}
    do("arbitrate", contested, cast.zheng, now, **ruling)
    do("accept", contested, cast.zhao, now)
    do("answer", contested, cast.zhao, now, answer="Mended.")

    (again,) = dispatch(complaint, cast, "network", now=now)

    assert again.status is OrderStatus.SENT


def test_redacting_why_it_was_returned_does_not_undo_the_return(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """AUD-01: the words go everywhere, the fact stays."""
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("return", order, cast.zhao, now, reason="Ask Mr Zhang at 13912345678.")
    entry = session.scalars(select(Entry).where(Entry.text.like("Ask Mr%"))).one()
    do("redact", complaint, cast.zheng, now, entry=entry.id, reason="A private number.")

    session.expire_all()
    assert order.return_reason == ""
    (again,) = dispatch(complaint, cast, "network", now=now)
    assert again.status is OrderStatus.ARBITRATION


@pytest.mark.parametrize("ruling", [Ruling.BIND_THIS, Ruling.BIND_OTHER])
def test_whoever_is_bound_cannot_return_it(
    session: scoped_session[Session], cast: Cast, now: datetime, ruling: Ruling
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)
    do("return", network, cast.zhao, now, **NOT_OURS)
    do("return", billing, cast.zhou, now, **NOT_OURS)
    said = {"ruling": ruling, "unit": cast.units["vendor"], "reason": "Their line."}
    do("arbitrate", billing, cast.zheng, now, **said)

    (bound,) = (order for order in orders(complaint) if order.bound)
    who = cast.zhou if ruling is Ruling.BIND_THIS else cast.feng
    assert bound.status is OrderStatus.SENT
    with pytest.raises(Refused, match="cannot return"):
        do("return", bound, who, now, **NOT_OURS)
    do("accept", bound, who, now)
    with pytest.raises(Refused, match="cannot return"):
        do("return", bound, who, now, **NOT_OURS)
    do("answer", bound, who, now, answer="Mended.")
    assert complaint.status is Status.IN_PROGRESS


def test_binding_another_department_names_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("return", order, cast.zhao, now, **NOT_OURS)
    (contested,) = dispatch(complaint, cast, "network", now=now)

    for unit, code in ((None, "missing"), (cast.units["east_hall"], "unknown")):
        said = {"ruling": Ruling.BIND_OTHER, "unit": unit, "reason": "Theirs."}
        with pytest.raises(Refused) as refusal:
            do("arbitrate", contested, cast.zheng, now, **said)
        assert [(each.code, each.field) for each in refusal.value.reasons] == [(code, "unit")]


def test_releasing_brings_the_complaint_back_to_the_desk(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("return", order, cast.zhao, now, **NOT_OURS)
    (contested,) = dispatch(complaint, cast, "network", now=now)

    do("arbitrate", contested, cast.zheng, now, ruling=Ruling.RELEASE, reason="The desk's.")

    assert contested.status is OrderStatus.RETURNED
    assert complaint.status is Status.IN_PROGRESS
