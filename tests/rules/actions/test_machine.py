"""The machine decides and moves a status; it stores nothing, keeps nothing and knows no threads."""

import gc
import threading
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflow import machine
from workflow.case import Case, OrderCase
from workflow.effects import Effect, NewCycle, RaiseLevel, Stop, StopAll
from workflow.lifecycle import ACTIONS
from workflow.machine import (
    Refused,
    begin,
    begin_order,
    objections,
    perform,
    perform_order,
)
from workflow.words import ClockKind, OrderStatus, Party, Status

NOW = datetime(2025, 3, 11, 2, 0, tzinfo=UTC)
REACHED: Mapping[str, Any] = {"channel": "phone", "number": "1", "text": "So."}


class Complaint:
    def __init__(self, status: Status | OrderStatus | None = None) -> None:
        self.status = status


def case(status: Status, *parties: Party, **facts: Any) -> Case:
    return Case(
        now=NOW,
        parties=frozenset(parties or {Party.RESPONSIBLE}),
        actor_id="chen",
        status=status,
        responsible_id="chen",
        **facts,
    )


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_what_is_done_says_from_where_to_where_and_what_follows() -> None:
    complaint = Complaint(Status.REGISTERED)

    done = perform("start", complaint, case(Status.REGISTERED))

    assert complaint.status is Status.IN_PROGRESS
    assert (done.before, done.after) == (Status.REGISTERED, Status.IN_PROGRESS)


@pytest.mark.parametrize(
    ("outcome", "leads_to", "effect"),
    [
        ("accepted", Status.CLOSED, StopAll()),
        ("understood", Status.CLOSED, Stop(ClockKind.REGULATOR)),
        ("not_solved", Status.IN_PROGRESS, NewCycle()),
        ("dissatisfied", Status.IN_PROGRESS, RaiseLevel()),
        ("no_answer", Status.RESOLVED, None),
        ("busy", Status.RESOLVED, None),
        ("wrong_number", Status.RESOLVED, None),
        ("refused", Status.RESOLVED, None),
        ("third_party", Status.RESOLVED, None),
    ],
)
def test_what_came_of_the_call_decides_where_it_leads(
    outcome: str, leads_to: Status, effect: Effect | None
) -> None:
    complaint = Complaint(Status.RESOLVED)

    done = perform(
        "record_callback",
        complaint,
        case(Status.RESOLVED, inputs={**REACHED, "outcome": outcome}),
    )

    assert complaint.status is leads_to
    assert done.after is leads_to
    assert effect is None or effect in done.effects
    # What hangs on another outcome does not follow from this one.
    assert (NewCycle() in done.effects) == (leads_to is Status.IN_PROGRESS)
    assert (StopAll() in done.effects) == (leads_to is Status.CLOSED)


def test_a_refusal_moves_nothing_and_gives_every_reason() -> None:
    complaint = Complaint(Status.DISPATCHED)

    with pytest.raises(Refused) as refused:
        perform("resolve", complaint, case(Status.DISPATCHED, Party.AUDITOR, open_orders=2))

    assert complaint.status is Status.DISPATCHED
    assert codes(refused) == ["wrong_status", "wrong_party", "open_orders", *["missing"] * 4]
    assert {each.field for each in refused.value.reasons if each.code == "missing"} == {
        *("answer", "outcome", "cause", "remedy"),
    }


def test_a_refusal_can_be_read_aloud() -> None:
    with pytest.raises(Refused, match="Work orders still open: 2"):
        perform("resolve", Complaint(Status.IN_PROGRESS), case(Status.IN_PROGRESS, open_orders=2))


def test_objections_are_the_refusals_that_no_input_can_mend() -> None:
    found = objections(ACTIONS["resolve"], case(Status.IN_PROGRESS, open_orders=1))

    assert [reason.code for reason in found] == ["open_orders"]


def test_registering_is_where_a_complaint_begins_and_nowhere_later() -> None:
    complaint = Complaint()
    said = {
        **{"description": "Dead.", "category": 1, "channel": "phone", "severity": "normal"},
        "callback_number": "1",
    }
    begin(complaint, case(Status.REGISTERED, Party.FRONT_DESK, inputs=said))
    assert complaint.status is Status.REGISTERED

    with pytest.raises(Refused, match="not possible"):
        perform("register", complaint, case(Status.REGISTERED, Party.FRONT_DESK, inputs=said))


def test_a_contested_order_begins_in_arbitration() -> None:
    sent, contested = Complaint(), Complaint()

    begin_order(sent, contested=False)
    begin_order(contested, contested=True)

    assert (sent.status, contested.status) == (OrderStatus.SENT, OrderStatus.ARBITRATION)


@pytest.mark.parametrize(
    ("before", "had_it", "leads_to"),
    [
        (0, False, OrderStatus.RETURNED),
        (0, True, OrderStatus.ARBITRATION),
        (1, False, OrderStatus.ARBITRATION),
    ],
)
def test_the_second_return_and_a_return_of_old_go_to_arbitration(
    before: int, had_it: bool, leads_to: OrderStatus
) -> None:
    """Design §4."""
    order = Complaint(OrderStatus.SENT)

    perform_order(
        "return",
        order,
        OrderCase(
            now=NOW,
            parties=frozenset({Party.DEPARTMENT}),
            actor_id="zhao",
            status=Status.DISPATCHED,
            inputs={"reason": "Not ours."},
            returns_before=before,
            had_it_before=had_it,
        ),
    )

    assert order.status is leads_to


@pytest.mark.parametrize("name", ["close", "", "closed", "to_closed", "initial"])
def test_an_unknown_action_is_a_mistake_of_the_caller(name: str) -> None:
    with pytest.raises(KeyError):
        perform(name, Complaint(Status.RESOLVED), case(Status.RESOLVED))


def test_an_unknown_input_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="does not ask for status"):
        perform(
            "start", Complaint(Status.REGISTERED), case(Status.REGISTERED, inputs={"status": "x"})
        )


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"text": ""}, "missing"),
        ({"text": " \n\t"}, "missing"),
        ({"text": "x" * 10_001}, "too_long"),
        ({"text": "a\x00b"}, "unstorable"),
        ({"text": "\ud83d"}, "unstorable"),
    ],
)
def test_what_cannot_be_stored_is_refused_at_its_field(inputs: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        perform("note", Complaint(Status.CLOSED), case(Status.CLOSED, inputs=inputs))

    assert [(each.code, each.field) for each in refused.value.reasons] == [(code, "text")]


@pytest.mark.parametrize("text", ["网络", "😡", "مرحبا", "<script>", "x" * 10_000, "🏳️‍🌈"])
def test_odd_text_is_taken_as_it_is(text: str) -> None:
    perform("note", Complaint(Status.CLOSED), case(Status.CLOSED, inputs={"text": text}))


def test_a_code_that_is_none_is_refused_and_not_guessed() -> None:
    with pytest.raises(Refused) as refused:
        perform(
            "record_callback",
            Complaint(Status.RESOLVED),
            case(Status.RESOLVED, inputs={**REACHED, "outcome": "closed"}),
        )
    assert codes(refused) == ["unknown_code"]


def test_naive_times_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="aware"):
        perform(
            "withdraw",
            Complaint(Status.REGISTERED),
            case(
                Status.REGISTERED,
                inputs={"channel": "phone", "at": datetime(2025, 1, 1), "text": "Fine now."},
            ),
        )


def test_the_machine_keeps_no_complaint() -> None:
    """A process lives for months: what is kept once is kept for ever."""
    complaint = Complaint(Status.REGISTERED)
    perform("start", complaint, case(Status.REGISTERED))
    gone = weakref.ref(complaint)

    del complaint
    gc.collect()

    assert gone() is None
    assert machine.COMPLAINTS.models == machine.ORDERS.models == []


def test_threads_do_not_meet_in_the_machine() -> None:
    rounds, wrong = 300, []
    barrier = threading.Barrier(4)

    def work(outcome: str, leads_to: Status) -> None:
        barrier.wait()
        for _ in range(rounds):
            complaint = Complaint(Status.RESOLVED)
            said = {**REACHED, "outcome": outcome}
            done = perform("record_callback", complaint, case(Status.RESOLVED, inputs=said))
            if complaint.status is not leads_to or done.after is not leads_to:
                wrong.append(complaint.status)

    outcomes = (
        ("accepted", Status.CLOSED),
        ("not_solved", Status.IN_PROGRESS),
        ("busy", Status.RESOLVED),
        ("understood", Status.CLOSED),
    )
    threads = [threading.Thread(target=work, args=each) for each in outcomes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_the_window_for_reopening_binds_the_desk_and_not_the_supervisor() -> None:
    """REO-01, REO-02."""
    said = {"because": "came_back", "channel": "phone", "reason": "Again."}
    closed = {"ended_at": NOW - timedelta(days=31), "inputs": said}

    with pytest.raises(Refused, match="register a new complaint"):
        perform("reopen", Complaint(Status.CLOSED), case(Status.CLOSED, Party.FRONT_DESK, **closed))

    perform("reopen", Complaint(Status.CLOSED), case(Status.CLOSED, Party.SUPERVISOR, **closed))
