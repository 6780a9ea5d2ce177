"""What stands on which queue, and what does not (design §2–4, REP-02, REO-03, SEE-01)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve, resolved
from tickets.database import db
from tickets.models import Complaint, PolicySetting, WorkOrder
from tickets.queues import QUEUES, About, counts, queues_of, select_rows
from tickets.queues.next_action import NEXT_THINGS, rank_of_next
from workflow.words import CallOutcome, Channel, Ruling

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def on(queue: str, person: Any, now: datetime) -> set[Any]:
    """Ids of the complaints or orders that stand on the queue; of a callback, its complaint."""
    found = db.session.scalars(select_rows(QUEUES[queue], person, now))
    about_call = QUEUES[queue].about is About.CALLBACK
    return {row.complaint_id if about_call else row.id for row in found}


def with_order(
    cast: Cast, now: datetime, *done: str, unit: str = "network", **said: Any
) -> tuple[Complaint, WorkOrder]:
    """A complaint with one order on which the department has done these things."""
    complaint = dispatched(cast, unit, now=now, **said)
    (order,) = orders(complaint)
    handler = {"network": cast.zhao, "billing": cast.zhou, "vendor": cast.feng}[unit]
    for step, name in enumerate(done, 1):
        inputs = {"answer": {"answer": "Card replaced."}, "return": {"reason": "Not ours."}}
        do(name, order, handler, now + step * timedelta(minutes=1), **inputs.get(name, {}))
    return complaint, order


# The desk.


def test_my_open_complaints_are_those_i_answer_for(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    mine = registered(cast, now=now)
    registered(cast, now=now, by="wang")
    ended = registered(cast, now=now)
    do(
        "withdraw",
        ended,
        cast.chen,
        now,
        said_by="customer",
        channel="phone",
        at=now,
        text="It works.",
    )

    assert on("mine_next", cast.chen, now) == {mine.id}


def test_my_open_complaints_stand_by_the_next_thing_to_do(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    waits, _ = with_order(cast, now)
    begin = registered(cast, now=now)
    verify, _ = with_order(cast, now, "accept", "answer")
    due = resolved(cast, now=now)
    asks = registered(cast, now=now)
    do("contact", asks, cast.wang, now, channel=Channel.PHONE, text="What now?")

    in_order = [row.id for row in session.scalars(select_rows(QUEUES["mine_next"], cast.chen, now))]

    assert in_order == [asks.id, due.id, verify.id, begin.id, waits.id]


@pytest.mark.parametrize(
    ("made", "label"),
    [
        (lambda cast, now: registered(cast, now=now), "Begin: answer or dispatch"),
        (lambda cast, now: with_order(cast, now)[0], "Wait for the departments"),
        (lambda cast, now: with_order(cast, now, "return")[0], "Decide on the returned work order"),
        (lambda cast, now: resolved(cast, now=now), "Call the customer back"),
    ],
)
def test_the_next_thing_is_said_in_words(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    made: Callable[[Cast, datetime], Complaint],
    label: str,
) -> None:
    complaint = made(cast, now)
    rank = session.query(rank_of_next(now)).filter(Complaint.id == complaint.id).scalar()

    assert NEXT_THINGS[rank].label == label


def test_a_contact_on_a_closed_complaint_is_work_of_whoever_answers_for_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-03."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.ACCEPTED, now)
    assert on("customer_waiting", cast.chen, now) == set()

    do("contact", complaint, cast.wang, now, channel=Channel.EMAIL, text="Dead again.")

    assert on("customer_waiting", cast.chen, now) == {complaint.id}
    assert on("customer_waiting", cast.wang, now) == set()


def test_a_callback_is_due_when_the_answer_stands_and_nothing_is_agreed_for_later(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-06."""
    due = resolved(cast, now=now)
    later = resolved(cast, now=now)
    do("schedule_callback", later, cast.chen, now, scheduled_for=now + 4 * HOUR)
    early = registered(cast, now=now)
    do("schedule_callback", early, cast.chen, now, scheduled_for=now + HOUR)
    reached = resolved(cast, now=now)
    call(reached, CallOutcome.ACCEPTED, now)

    assert on("callbacks_due", cast.chen, now) == {due.id}
    assert on("callbacks_later", cast.chen, now) == {later.id}
    assert on("callbacks_due", cast.chen, now + 4 * HOUR) == {due.id, later.id}
    assert on("callbacks_due", cast.wang, now) == set()


def test_a_callback_without_a_caller_stands_on_the_shared_queue(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-06, CLO-09: the writer of the answer may not call, so quality takes it."""
    session.add(PolicySetting(name="writer_may_call_back", value=False))
    shared = resolved(cast, now=now)

    assert on("callbacks_shared", cast.qian, now) == {shared.id}
    assert on("callbacks_due", cast.chen, now) == set()
    do("transfer", shared, cast.zheng, now, to=cast.people["wang"], reason="Chen is ill.")
    do("accept_transfer", shared, cast.wang, now)
    assert on("callbacks_due", cast.wang, now) == {shared.id}


def test_answers_are_to_be_verified_when_the_last_department_has_answered(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    answered, _ = with_order(cast, now, "accept", "answer")
    with_order(cast, now, "accept")
    half = dispatched(cast, "network", "billing", now=now)
    first = orders(half)[0]
    handler = cast.zhao if first.unit_id == cast.units["network"] else cast.zhou
    do("accept", first, handler, now)
    do("answer", first, handler, now, answer="Done.")

    assert on("to_verify", cast.chen, now) == {answered.id}


def test_an_answer_of_the_last_cycle_is_not_to_be_verified_again(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint, _ = with_order(cast, now, "accept", "answer")
    resolve(cast, complaint, now + HOUR)
    call(complaint, CallOutcome.NOT_SOLVED, now + HOUR)

    assert on("to_verify", cast.chen, now) == set()


def test_a_return_waits_for_me_until_somebody_else_is_asked(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint, _ = with_order(cast, now, "return")
    assert on("returned_to_me", cast.chen, now) == {complaint.id}

    do(
        "dispatch",
        complaint,
        cast.chen,
        now + HOUR,
        units=[cast.units["billing"]],
        question="Is it the bill?",
        promised_at=now + DAY,
    )

    assert on("returned_to_me", cast.chen, now) == set()


def test_a_follow_up_is_due_at_its_date(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    do("start", complaint, cast.chen, now)
    do(
        "ask_customer",
        complaint,
        cast.chen,
        now,
        question="Which line?",
        wait_reason="details",
        follow_up_at=now + DAY,
    )

    assert on("follow_ups", cast.chen, now + DAY - HOUR) == set()
    assert on("follow_ups", cast.chen, now + DAY) == {complaint.id}


def test_an_interim_measure_is_to_be_told_until_it_was(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint, order = with_order(cast, now, "accept")
    do("interim", order, cast.zhao, now, text="Calls are forwarded to the mobile.")
    assert on("measures_untold", cast.chen, now) == {complaint.id}

    do("inform", complaint, cast.chen, now, channel="phone", message="We forward your calls.")

    assert on("measures_untold", cast.chen, now) == set()


def test_a_transfer_stands_with_whom_it_names_and_with_the_supervisor(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    registered(cast, now=now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["li"], reason="Group customer.")

    assert on("to_take_over", cast.li, now) == {complaint.id}
    assert on("to_take_over", cast.wang, now) == set()
    assert on("transfers_pending", cast.zheng, now) == {complaint.id}
    assert on("transfers_pending", cast.north_supervisor, now) == set()
    do("accept_transfer", complaint, cast.li, now)
    assert on("to_take_over", cast.li, now) == on("transfers_pending", cast.zheng, now) == set()


def test_what_is_registered_and_not_begun(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    new, begun = registered(cast, now=now), registered(cast, now=now)
    do("start", begun, cast.chen, now)

    assert on("registered", cast.chen, now) == {new.id}


def test_a_closing_without_reach_goes_from_desk_to_supervisor_and_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now)
    assert on("approvals", cast.zheng, now) == on("closing_requested", cast.chen, now) == set()

    do("request_closing", complaint, cast.chen, now, ground="refuses_contact", reason="Hung up.")
    assert on("approvals", cast.zheng, now) == {complaint.id}
    assert on("approvals", cast.he, now) == {complaint.id}
    assert on("approvals", cast.north_supervisor, now) == set()
    assert on("closing_requested", cast.chen, now) == {complaint.id}
    assert complaint.id not in on("callbacks_due", cast.chen, now + 30 * DAY)

    do("deny_closing", complaint, cast.zheng, now, reason="Try again tomorrow.")
    assert on("approvals", cast.zheng, now) == on("closing_requested", cast.chen, now) == set()
    assert on("closing_denied", cast.chen, now) == {complaint.id}

    call(complaint, CallOutcome.NO_ANSWER, now + HOUR)
    assert on("closing_denied", cast.chen, now) == set()


# Departments.


def test_orders_go_from_to_accept_to_in_work_to_ended(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    _, sent = with_order(cast, now)
    _, accepted = with_order(cast, now, "accept")
    _, answered = with_order(cast, now, "accept", "answer")
    with_order(cast, now, unit="billing")

    assert on("to_accept", cast.zhao, now) == {sent.id}
    assert on("in_work_mine", cast.zhao, now) == on("in_work", cast.sun, now) == {accepted.id}
    assert on("in_work_mine", cast.sun, now) == set()
    assert on("unassigned", cast.sun, now) == {sent.id}
    assert on("department", cast.sun, now) == {sent.id, accepted.id}
    assert on("recently_ended", cast.zhao, now) == {answered.id}
    assert on("recently_ended", cast.zhao, now + 8 * DAY) == set()


def test_an_answer_sent_back_stands_with_its_department(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    _, order = with_order(cast, now, "accept", "answer")
    with_order(cast, now, "accept")
    do("reject_answer", order, cast.chen, now, reason="What was done?")

    assert on("sent_back", cast.zhao, now) == {order.id}
    assert on("sent_back", cast.zhou, now) == set()


def test_two_returns_stand_with_the_supervisor_until_the_ruling(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)
    handlers = {cast.units["network"]: cast.zhao, cast.units["billing"]: cast.zhou}
    for order in orders(complaint):
        do("return", order, handlers[order.unit_id], now + HOUR, reason="Not ours.")
    contested = orders(complaint)[1]

    assert on("arbitrations", cast.zheng, now) == {contested.id}
    assert on("arbitrations", cast.north_supervisor, now) == set()
    assert on("awaiting_ruling", handlers[contested.unit_id], now) == {contested.id}
    do("arbitrate", contested, cast.zheng, now + HOUR, ruling=Ruling.BIND_THIS, reason="Yours.")
    assert on("arbitrations", cast.zheng, now) == set()


# Supervisors, quality, auditors.


def test_what_was_raised_and_what_is_open_reaches_whoever_oversees_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    raised, calm = registered(cast, now=now), registered(cast, now=now)
    do("raise_level", raised, cast.chen, now, reason="The mayor called.")
    do(
        "raise_level",
        far := registered(cast, now=now, by="north_desk"),
        far.responsible,
        now,
        reason="x",
    )

    assert on("raised", cast.zheng, now) == on("raised", cast.shen, now) == {raised.id}
    assert on("raised", cast.he, now) == {raised.id, far.id}
    assert on("oldest_open", cast.zheng, now) == {raised.id, calm.id}


def test_a_callback_is_overdue_when_its_clock_has_run_out_unless_agreed_for_later(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """24 hours of open time after the answer: three working days."""
    late = resolved(cast, now=now)
    agreed = resolved(cast, now=now)
    do("schedule_callback", agreed, cast.chen, now, scheduled_for=now + 5 * DAY)
    due = now + 3 * DAY

    assert on("callbacks_overdue", cast.zheng, due) == set()
    assert on("callbacks_overdue", cast.zheng, due + HOUR) == {late.id}
    assert on("callbacks_overdue", cast.north_supervisor, due + HOUR) == set()


# All of them.


def test_every_queue_counts_as_many_rows_as_it_lists_for_everybody(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REP-02."""
    with_order(cast, now, "accept", "answer")
    with_order(cast, now, "return", unit="billing")
    resolved(cast, now=now)
    registered(cast, now=now, by="north_desk")

    for name in cast.people:
        person = cast.person(name)
        queues = queues_of(person)
        shown = counts(queues, person, now)
        assert shown == {queue.name: len(on(queue.name, person, now)) for queue in queues}


def test_no_queue_of_any_role_shows_what_its_holder_may_not_see(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """SEE-01: a complaint of the other branch, in every state that makes a row here."""
    far = dispatched(cast, "north_network", now=now, by="north_desk")
    foreign = registered(cast, now=now, by="north_desk")
    do("raise_level", foreign, cast.north_desk, now, reason="x")

    for name in ("chen", "li", "zhou", "wu", "zheng", "qian", "shen", "admin"):
        person = cast.person(name)
        for queue in queues_of(person):
            assert foreign.id not in on(queue.name, person, now), (name, queue.name)
            assert far.id not in on(queue.name, person, now), (name, queue.name)
            assert not on(queue.name, person, now), (name, queue.name)


def test_an_administrator_has_no_queue_by_that_role(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    assert queues_of(cast.admin) == []
