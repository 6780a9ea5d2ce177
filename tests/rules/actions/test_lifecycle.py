"""The tables say everything about a complaint and a work order, and nothing twice."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from workflow import callbacks
from workflow.case import Case, OrderCase
from workflow.effects import Effect, NewCycle, Pause, Resume, RunOn, Start, Stop, StopAll
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS, ORDER_STATUSES, STATUSES
from workflow.machine import Refused, objections, perform, perform_order
from workflow.reasons import Reason
from workflow.table import Action, AnyStatus, Kind
from workflow.words import (
    ENDED,
    OPEN,
    OPEN_ORDER,
    CallOutcome,
    ClockKind,
    OrderStatus,
    Party,
    Status,
)

NOW = datetime(2025, 3, 11, 2, 0, tzinfo=UTC)
EVERY_ACTION = [*ACTIONS.values(), *ORDER_ACTIONS.values()]
PEOPLE = frozenset(Party) - {Party.SYSTEM}
GIVING_UP = frozenset({"withdraw", "merge"})


class Subject:
    """Anything with a status."""

    def __init__(self, status: AnyStatus) -> None:
        self.status = status


def test_every_status_is_open_or_ended() -> None:
    assert set(Status) == OPEN | ENDED
    assert not OPEN & ENDED
    assert set(OrderStatus) > OPEN_ORDER


def test_every_status_has_its_row() -> None:
    assert set(STATUSES) == set(Status)
    assert set(ORDER_STATUSES) == set(OrderStatus)
    for row in (*STATUSES.values(), *ORDER_STATUSES.values()):
        assert all((row.label, row.meaning, row.clock)), row


def test_the_statuses_are_those_of_the_design() -> None:
    assert {status.value for status in Status} == {
        *("registered", "in_progress", "dispatched", "waiting_customer"),
        *("resolved", "closed", "withdrawn", "merged"),
    }


@pytest.mark.parametrize("actions", [ACTIONS, ORDER_ACTIONS], ids=["complaint", "order"])
def test_every_action_is_described_once(actions: Mapping[str, Action]) -> None:
    labels = Counter(action.label for action in actions.values())
    assert [label for label, count in labels.items() if count > 1] == []
    for name, action in actions.items():
        assert name == action.name
        assert action.label
        assert action.says, f"{name} does not say what it is for"
        assert action.by, f"{name} is nobody's"
        assert action.moves, f"{name} leads nowhere, not even back"


@pytest.mark.parametrize("action", EVERY_ACTION, ids=lambda action: action.name)
def test_every_action_asks_for_what_can_be_filled_in(action: Action) -> None:
    names = [ask.name for ask in action.asks]
    assert len(names) == len(set(names))
    for ask in action.asks:
        assert ask.label
        assert (ask.kind is Kind.CHOICE) == (ask.codes is not None)
        # The event keeps the inputs beside the statuses, and its texts' digests.
        assert ask.name not in {"from_status", "to_status", "texts"}


@pytest.mark.parametrize("action", EVERY_ACTION, ids=lambda action: action.name)
def test_the_last_move_holds_when_no_other_does(action: Action) -> None:
    *conditional, last = action.moves
    assert all(move.when is not None for move in conditional)
    assert last.when is None or action.name == "unmerge"


def test_every_status_can_be_reached_from_the_first() -> None:
    assert reached(ACTIONS, {Status.REGISTERED}) == set(Status)
    assert reached(ORDER_ACTIONS, {OrderStatus.SENT}) == set(OrderStatus)


def reached(actions: Mapping[str, Action], start: set[Any]) -> set[Any]:
    found = set(start)
    while True:
        more = {to for action in actions.values() if action.when & found for to in action.targets()}
        if more <= found:
            return found
        found |= more


@pytest.mark.parametrize("status", sorted(OPEN))
def test_from_every_open_status_a_person_can_go_on(status: Status) -> None:
    """A work order's actions lead a dispatched complaint on."""
    onward = [
        action.name
        for action in ACTIONS.values()
        if status in action.when
        and action.by & PEOPLE
        and action.name not in GIVING_UP
        and set(action.targets()) - {status}
    ]
    departments = [
        action.name
        for action in ORDER_ACTIONS.values()
        if action.when & OPEN_ORDER and set(action.targets()) - OPEN_ORDER
    ]
    assert onward or (status is Status.DISPATCHED and departments)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_status_can_end_in_the_callback(status: Status) -> None:
    assert Status.CLOSED in reached(ACTIONS, {status})


def test_every_open_order_can_end() -> None:
    for status in OPEN_ORDER:
        assert reached(ORDER_ACTIONS, {status}) - OPEN_ORDER


def test_only_the_callback_and_the_approved_exception_lead_to_closed() -> None:
    """CLO-01, CLO-03."""
    closing = {name for name, action in ACTIONS.items() if Status.CLOSED in action.targets()}

    assert closing == {"record_callback", "close_unreached"}
    assert all(ACTIONS[name].when == {Status.RESOLVED} for name in closing)
    assert {CallOutcome.ACCEPTED, CallOutcome.UNDERSTOOD} == callbacks.CLOSING


def test_the_system_closes_nothing() -> None:
    """CLO-11, M-04: no sweep, import or message ends a complaint."""
    ending = {
        name
        for name, action in ACTIONS.items()
        if Party.SYSTEM in action.by and set(action.targets()) & ENDED
    }
    assert ending == set()


def test_who_has_ended_comes_back_only_by_name() -> None:
    back = {
        (name, status)
        for name, action in ACTIONS.items()
        for status in action.when & ENDED
        if set(action.targets()) & OPEN
    }
    assert back == {
        ("reopen", Status.CLOSED),
        ("reopen", Status.WITHDRAWN),
        ("undo_closing", Status.CLOSED),
        ("unmerge", Status.MERGED),
    }


def test_the_auditor_and_the_administrator_change_nothing() -> None:
    """Design §2: the first reads everything, the second nothing by virtue of the role."""
    auditors = {action.name for action in EVERY_ACTION if Party.AUDITOR in action.by}
    administrators = {action.name for action in EVERY_ACTION if Party.ADMINISTRATOR in action.by}

    assert auditors == {"watch", "unwatch"}
    assert administrators == {"hand_over"}


def test_only_the_supervisors_decide_what_departs_from_the_rule() -> None:
    supervisors = {Party.SUPERVISOR, Party.EXECUTIVE}
    for name in ("transfer", "cancel_transfer", "override_deadline", "name_coordinator", "redact"):
        assert ACTIONS[name].by == supervisors, name
    for name in ("close_unreached", "deny_closing", "confirm_attempt"):
        assert ACTIONS[name].by == {*supervisors, Party.DECIDER}, name
    assert ORDER_ACTIONS["arbitrate"].by == {Party.SUPERVISOR, Party.EXECUTIVE}


def test_whoever_decides_gives_a_reason() -> None:
    deciding = {
        *("close_unreached", "deny_closing", "transfer", "decline_transfer", "cancel_transfer"),
        *("override_deadline", "reopen", "merge", "unmerge", "raise_level", "hand_over"),
        *("name_coordinator", "correct", "redact", "reveal_customer", "request_closing"),
        "undo_closing",
    }
    for name in deciding:
        assert any(ask.name == "reason" and ask.needed is True for ask in ACTIONS[name].asks), name
    for name in ("return", "reject_answer", "recall", "arbitrate"):
        assert any(ask.name == "reason" for ask in ORDER_ACTIONS[name].asks), name


def test_the_clocks_hang_on_the_actions_of_the_design() -> None:
    """Design §5: what starts and stops each clock is named by an action."""
    starts = {
        Start(ClockKind.ACKNOWLEDGE): {"register"},
        Start(ClockKind.REGULATOR): {"register"},
        Start(ClockKind.RESOLUTION): {"register", "record_callback", "reopen"},
        Stop(ClockKind.RESOLUTION): {"resolve"},
        Pause(): {"ask_customer"},
        Resume(): {"resume"},
        Start(ClockKind.CALLBACK): {"resolve"},
        Stop(ClockKind.CALLBACK): {"record_callback", "close_unreached"},
        NewCycle(): {"record_callback", "reopen"},
        Start(ClockKind.PROMISE): {"register", "dispatch", "override_deadline"},
        Stop(ClockKind.PROMISE): {"record_callback", "close_unreached"},
        RunOn(): {"undo_closing", "unmerge"},
    }
    for effect, names in starts.items():
        assert {a.name for a in ACTIONS.values() if effect in every_effect(a)} == names, effect
    orders = {
        Start(ClockKind.ANSWER): {"accept", "reject_answer"},
        Stop(ClockKind.ACCEPT): {"accept", "return", "recall"},
        Stop(ClockKind.ANSWER): {"answer", "return", "recall"},
    }
    for effect, names in orders.items():
        assert {a.name for a in ORDER_ACTIONS.values() if effect in every_effect(a)} == names


def test_every_ending_stops_every_clock() -> None:
    """ESC-06."""
    for action in ACTIONS.values():
        for move in action.moves:
            if move.to in ENDED:
                assert StopAll() in {*action.then, *move.then} or (
                    action.name == "close_unreached"
                ), action.name


def every_effect(action: Action) -> set[Effect]:
    return set(action.effects())


# The matrix: what the tables say is what the machine does, for every party and every status.


@pytest.mark.parametrize("name", ACTIONS)
def test_the_machine_lets_through_whom_and_whence_the_table_says(name: str) -> None:
    action = ACTIONS[name]
    for party, status in product(Party, Status):
        case = Case(now=NOW, parties=frozenset({party}), actor_id=1, status=status, id=2)
        codes = refusal(lambda: perform(name, Subject(status), case))  # noqa: B023

        assert ("wrong_party" in codes) == (party not in action.by), (party, status)
        assert ("wrong_status" in codes) == (status not in action.when), (party, status)


@pytest.mark.parametrize("name", ORDER_ACTIONS)
def test_the_machine_does_the_same_for_work_orders(name: str) -> None:
    action = ORDER_ACTIONS[name]
    for party, status in product(Party, OrderStatus):
        case = OrderCase(
            now=NOW,
            parties=frozenset({party}),
            actor_id=1,
            status=Status.DISPATCHED,
            order_status=status,
        )
        codes = refusal(lambda: perform_order(name, Subject(status), case))  # noqa: B023

        assert ("wrong_party" in codes) == (party not in action.by), (party, status)
        assert ("wrong_status" in codes) == (status not in action.when), (party, status)


@pytest.mark.parametrize("action", EVERY_ACTION, ids=lambda action: action.name)
def test_before_anything_is_filled_in_no_input_is_objected_to(action: Action) -> None:
    """CLO-04: what may be done is asked before a form is opened."""
    case: Case = OrderCase(
        now=NOW,
        parties=frozenset(Party),
        actor_id=1,
        status=Status.DISPATCHED,
        order_status=OrderStatus.SENT,
    )
    assert [reason.field for reason in objections(action, case) if reason.field] == []


def refusal(act: Any) -> set[str]:
    try:
        act()
    except Refused as refused:
        assert refused.reasons
        assert all(isinstance(reason, Reason) for reason in refused.reasons)
        return {reason.code for reason in refused.reasons}
    return set()
