"""What must hold before an action on a work order (design §4)."""

from workflow.case import Candidate, Case, OrderCase
from workflow.reasons import Reason
from workflow.words import N_, Ruling, Status


def _order(case: Case) -> OrderCase:
    if not isinstance(case, OrderCase):
        raise TypeError("a rule for work orders was asked about a complaint")
    return case


def not_bound(case: Case) -> list[Reason]:
    if not _order(case).bound:
        return []
    return [
        Reason("bound", N_("A supervisor has decided: this department cannot return the order."))
    ]


def may_still_be_rejected(case: Case) -> list[Reason]:
    order = _order(case)
    if order.rejections < order.policy.rejections_per_order:
        return []
    return [
        Reason(
            "rejected_before",
            N_("This answer was sent back once already; dispatch anew or ask a supervisor."),
        )
    ]


def complaint_still_works(case: Case) -> list[Reason]:
    """An answer can be sent back only while the complaint is being worked on."""
    if case.status in {Status.IN_PROGRESS, Status.DISPATCHED}:
        return []
    return [Reason("not_in_work", N_("The complaint is no longer being worked on."))]


def handler_fits(case: Case) -> list[Reason]:
    handler = case.given("handler", Candidate)
    if handler is None or (handler.active and handler.may_handle_orders):
        return []
    return [Reason("not_in_department", N_("This person is not in the department."), {}, "handler")]


def goes_to_arbitration(case: Case) -> bool:
    """The second return of a complaint, or a return by a department that had it before."""
    order = _order(case)
    return (
        order.returns_before + 1 >= order.policy.returns_before_arbitration or order.had_it_before
    )


def binds_this(case: Case) -> bool:
    return case.inputs.get("ruling") == Ruling.BIND_THIS
