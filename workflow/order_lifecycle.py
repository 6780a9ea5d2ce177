"""A work order's statuses and what may be done with it (design §4).

One row per action, read like `workflow.lifecycle`. Here DEPARTMENT and LEAD mean members of
the order's own department.
"""

from workflow import asks, order_rules
from workflow.table import Action, Move, StatusRow
from workflow.words import N_, OPEN_ORDER, Effect, OrderStatus, Party

P = Party
S = OrderStatus
E = Effect

ORDER_STATUSES = {
    row.status: row
    for row in (
        StatusRow(S.SENT, N_("Sent"), N_("Waiting for the department to accept."), N_("accept")),
        StatusRow(S.ACCEPTED, N_("Accepted"), N_("The department is working."), N_("answer")),
        StatusRow(S.ANSWERED, N_("Answered"), N_("The department has answered."), N_("none")),
        StatusRow(S.RETURNED, N_("Returned"), N_("The department sent it back."), N_("none")),
        StatusRow(
            S.RECALLED, N_("Recalled"), N_("The responsible person took it back."), N_("none")
        ),
        StatusRow(
            S.ARBITRATION, N_("Arbitration"), N_("A supervisor decides who must act."), N_("none")
        ),
    )
}


def _from(*statuses: OrderStatus) -> frozenset[OrderStatus]:
    return frozenset(statuses)


def _by(*parties: Party) -> frozenset[Party]:
    return frozenset(parties)


_ROWS = (
    Action(
        "accept",
        N_("Accept"),
        _from(S.SENT),
        (Move(S.ACCEPTED),),
        _by(P.DEPARTMENT, P.LEAD),
        effects=(E.STOP_ACCEPT, E.START_ANSWER),
        kind="work",
        says=N_("The department takes the work on."),
    ),
    Action(
        "assign",
        N_("Assign"),
        _from(S.SENT, S.ACCEPTED),
        (Move(None),),
        _by(P.LEAD, P.SUPERVISOR),
        (order_rules.handler_fits,),
        asks.ORDER_ASSIGN,
        (E.TELL_NAMED,),
        kind="work",
        says=N_("The lead, or a supervisor, names who of the department handles it."),
    ),
    Action(
        "answer",
        N_("Answer"),
        _from(S.ACCEPTED),
        (Move(S.ANSWERED),),
        _by(P.DEPARTMENT, P.LEAD),
        asks=asks.ORDER_ANSWER,
        effects=(E.STOP_ANSWER, E.TELL_RESPONSIBLE),
        kind="work",
        says=N_("The department has done its part."),
    ),
    Action(
        "return",
        N_("Return"),
        _from(S.SENT, S.ACCEPTED),
        (
            Move(S.ARBITRATION, order_rules.goes_to_arbitration, (E.TELL_SUPERVISOR,)),
            Move(S.RETURNED),
        ),
        _by(P.DEPARTMENT, P.LEAD),
        (order_rules.not_bound,),
        asks.REASON,
        (E.STOP_ACCEPT, E.STOP_ANSWER, E.TELL_RESPONSIBLE),
        kind="work",
        says=N_(
            "Back to the responsible person, never sideways; the second time a supervisor rules."
        ),
    ),
    Action(
        "interim",
        N_("Record interim measure"),
        _from(S.ACCEPTED),
        (Move(None),),
        _by(P.DEPARTMENT, P.LEAD),
        asks=asks.ORDER_MEASURE,
        effects=(E.TELL_RESPONSIBLE,),
        kind="work",
        says=N_("Helps the customer meanwhile; the customer must be told of it."),
    ),
    Action(
        "reject_answer",
        N_("Reject the answer"),
        _from(S.ANSWERED),
        (Move(S.ACCEPTED),),
        _by(P.RESPONSIBLE),
        (order_rules.complaint_still_works, order_rules.may_still_be_rejected),
        asks.REASON,
        (E.START_ANSWER, E.TELL_DEPARTMENT),
        kind="work",
        says=N_("Counted, and possible once."),
    ),
    Action(
        "recall",
        N_("Recall"),
        OPEN_ORDER,
        (Move(S.RECALLED),),
        _by(P.RESPONSIBLE, P.SUPERVISOR, P.SYSTEM),
        asks=asks.REASON,
        effects=(E.STOP_ACCEPT, E.STOP_ANSWER, E.TELL_DEPARTMENT),
        kind="work",
        says=N_("The work is no longer needed from this department."),
    ),
    Action(
        "arbitrate",
        N_("Arbitrate"),
        _from(S.ARBITRATION),
        (
            Move(S.SENT, order_rules.binds_this, (E.START_ACCEPT,)),
            Move(S.RETURNED),
        ),
        _by(P.SUPERVISOR, P.EXECUTIVE),
        asks=asks.ORDER_RULING,
        effects=(E.TELL_DEPARTMENT, E.TELL_RESPONSIBLE),
        kind="work",
        says=N_("The named department is bound and cannot return the order again."),
    ),
)

ORDER_ACTIONS = {action.name: action for action in _ROWS}
