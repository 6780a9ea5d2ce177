"""The door's lock: one machine per lifecycle, shared by everything and bound to nothing.

`transitions` executes the tables. The machines carry no model: an event is triggered with the
complaint as its model (adding models would keep every one of them for ever and reset what was
loaded; queued triggers would cross threads).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from transitions import EventData, Machine, MachineError

from workflow.case import Case, HasStatus, OrderCase
from workflow.effects import Effect
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.reasons import Reason, Refused
from workflow.table import Action, AnyStatus, Move
from workflow.words import N_, OrderStatus, Status

__all__ = ["Performed", "Refused", "begin", "begin_order", "objections", "perform", "perform_order"]


@dataclass
class _Try:
    """One attempt at an action, travelling through the machine."""

    action: Action
    case: Case
    reasons: list[Reason] = field(default_factory=list)
    move: Move | None = None


@dataclass(frozen=True)
class Performed:
    """What an action did: from where to where, and which effects follow."""

    action: Action
    before: AnyStatus | None
    """None for what begins."""
    after: AnyStatus
    effects: tuple[Effect, ...]


def objections(action: Action, case: Case) -> list[Reason]:
    """Every reason against doing `action` now, inputs aside: status, party, rules."""
    if case.inputs:
        case = replace(case, meant=action.meant(case.inputs))
    return [*_wrong_status(action, case), *_wrong_party(action, case), *_broken_rules(action, case)]


def perform(name: str, complaint: HasStatus, case: Case) -> Performed:
    """Do the named action to the complaint, or raise Refused with every reason.

    Sets `complaint.status` and nothing else; storing is the caller's.
    """
    return _trigger(COMPLAINTS, ACTIONS[name], complaint, case)


def perform_order(name: str, order: HasStatus, case: OrderCase) -> Performed:
    """Do the named action to the work order, or raise Refused with every reason."""
    return _trigger(ORDERS, ORDER_ACTIONS[name], order, case)


def begin(complaint: HasStatus, case: Case) -> Performed:
    """Give a new complaint its first status, or raise Refused."""
    return _begin(COMPLAINTS, ACTIONS["register"], complaint, case)


def begin_order(order: HasStatus, *, contested: bool) -> None:
    """Give a new work order its first status: sent, or, where the department sent this
    complaint back before, straight to arbitration (design §4)."""
    ORDERS.set_state(OrderStatus.ARBITRATION if contested else OrderStatus.SENT, order)


def _begin(machine: Machine, action: Action, subject: HasStatus, case: Case) -> Performed:
    reasons = [*_wrong_party(action, case), *missing_or_wrong(action, case.inputs)]
    if reasons:
        raise Refused(reasons)
    machine.set_state(Status.REGISTERED, subject)
    return Performed(action, None, subject.status, action.then)


def _trigger(machine: Machine, action: Action, subject: HasStatus, case: Case) -> Performed:
    attempt = _Try(action, case)
    before = subject.status
    if action.name not in machine.events:  # it leads nowhere from any status, as registering does
        raise Refused(_everything_against(action, case))
    try:
        moved = machine.events[action.name].trigger(subject, attempt=attempt)
    except MachineError as wrong:
        raise Refused(_everything_against(action, case)) from wrong
    if not moved or attempt.move is None:
        raise Refused(attempt.reasons)
    effects = (*action.then, *attempt.move.then)
    return Performed(action, before, subject.status, effects)


def _permitted(event: EventData) -> bool:
    attempt: _Try = event.kwargs["attempt"]
    if not attempt.reasons:
        attempt.reasons = _everything_against(attempt.action, attempt.case)
    return not attempt.reasons


def _everything_against(action: Action, case: Case) -> list[Reason]:
    return [*objections(action, case), *missing_or_wrong(action, case.inputs)]


def _wrong_status(action: Action, case: Case) -> list[Reason]:
    status: AnyStatus = case.order_status if action is _order_row(action) else case.status  # type: ignore[attr-defined]  # an order's row is asked with an order's case
    if status in action.when:
        return []
    return [
        Reason(
            "wrong_status",
            N_("“%(action)s” is not possible while the status is “%(status)s”."),
            {"action": action.label, "status": status},
        )
    ]


def _order_row(action: Action) -> Action | None:
    return action if ORDER_ACTIONS.get(action.name) is action else None


def _wrong_party(action: Action, case: Case) -> list[Reason]:
    if action.by & case.parties:
        return []
    return [
        Reason(
            "wrong_party",
            N_("“%(action)s” may be done by: %(who)s."),
            {"action": action.label, "who": sorted(action.by)},
        )
    ]


def _broken_rules(action: Action, case: Case) -> list[Reason]:
    return [reason for rule in action.holds for reason in rule(case)]


def _takes(move: Move) -> Callable[[EventData], bool]:
    def when(event: EventData) -> bool:
        attempt: _Try = event.kwargs["attempt"]
        fits = move.when is None or move.when(attempt.case)
        if fits:
            attempt.move = move
        return fits

    return when


def _machine(
    name: str,
    statuses: type[Status] | type[OrderStatus],
    initial: AnyStatus,
    actions: Mapping[str, Action],
) -> Machine:
    machine = Machine(
        model=None,
        name=name,
        states=statuses,
        initial=initial,
        auto_transitions=False,
        send_event=True,
        model_attribute="status",
    )
    for action in actions.values():
        for source in sorted(action.when):
            for move in action.moves:
                machine.add_transition(
                    action.name, source, move.to, conditions=[_permitted, _takes(move)]
                )
    return machine


COMPLAINTS = _machine("complaint", Status, Status.REGISTERED, ACTIONS)
ORDERS = _machine("work order", OrderStatus, OrderStatus.SENT, ORDER_ACTIONS)
