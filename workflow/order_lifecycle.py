"""A work order's statuses and what may be done with it (design §4).

One row per action, read like `workflow.lifecycle`. Here DEPARTMENT and LEAD mean members of
the order's own department.
"""

from workflow import asks, order_rules
from workflow.effects import Start, Stop, TellStaff, Whom
from workflow.table import Action, Move, StatusRow
from workflow.words import N_, OPEN_ORDER, ClockKind, OrderStatus, Party

P = Party
S = OrderStatus
K = ClockKind

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
        when=_from(S.SENT),
        moves=(Move(S.ACCEPTED),),
        by=_by(P.DEPARTMENT, P.LEAD),
        then=(Stop(K.ACCEPT), Start(K.ANSWER)),
        kind="work",
        says=N_("The department takes the work on."),
    ),
    Action(
        "assign",
        N_("Assign"),
        when=_from(S.SENT, S.ACCEPTED),
        moves=(Move(None),),
        by=_by(P.LEAD, P.SUPERVISOR),
        holds=(order_rules.handler_fits,),
        asks=asks.ORDER_ASSIGN,
        then=(TellStaff(Whom.NAMED, "dispatched"),),
        kind="work",
        says=N_("The lead, or a supervisor, names who of the department handles it."),
    ),
    Action(
        "answer",
        N_("Answer"),
        when=_from(S.ACCEPTED),
        moves=(Move(S.ANSWERED),),
        by=_by(P.DEPARTMENT, P.LEAD),
        asks=asks.ORDER_ANSWER,
        then=(Stop(K.ANSWER), TellStaff(Whom.RESPONSIBLE, "answered")),
        kind="work",
        says=N_("The department has done its part."),
    ),
    Action(
        "return",
        N_("Return"),
        when=_from(S.SENT, S.ACCEPTED),
        moves=(
            Move(
                S.ARBITRATION,
                when=order_rules.goes_to_arbitration,
                then=(TellStaff(Whom.SUPERVISOR, "arbitration"),),
            ),
            Move(S.RETURNED),
        ),
        by=_by(P.DEPARTMENT, P.LEAD),
        holds=(order_rules.not_bound,),
        asks=asks.REASON,
        then=(Stop(K.ACCEPT), Stop(K.ANSWER), TellStaff(Whom.RESPONSIBLE, "returned")),
        kind="work",
        says=N_(
            "Back to the responsible person, never sideways; the second time a supervisor rules."
        ),
    ),
    Action(
        "interim",
        N_("Record interim measure"),
        when=_from(S.ACCEPTED),
        moves=(Move(None),),
        by=_by(P.DEPARTMENT, P.LEAD),
        asks=asks.ORDER_MEASURE,
        then=(TellStaff(Whom.RESPONSIBLE, "interim_measure"),),
        kind="work",
        says=N_("Helps the customer meanwhile; the customer must be told of it."),
    ),
    Action(
        "reject_answer",
        N_("Reject the answer"),
        when=_from(S.ANSWERED),
        moves=(Move(S.ACCEPTED),),
        by=_by(P.RESPONSIBLE),
        holds=(order_rules.complaint_still_works, order_rules.may_still_be_rejected),
        asks=asks.REASON,
        then=(Start(K.ANSWER), TellStaff(Whom.DEPARTMENT, "rejected")),
        kind="work",
        says=N_("Counted, and possible once."),
    ),
    Action(
        "recall",
        N_("Recall"),
        when=OPEN_ORDER,
        moves=(Move(S.RECALLED),),
        by=_by(P.RESPONSIBLE, P.SUPERVISOR, P.SYSTEM),
        asks=asks.REASON,
        then=(Stop(K.ACCEPT), Stop(K.ANSWER), TellStaff(Whom.DEPARTMENT, "recalled")),
        kind="work",
        says=N_("The work is no longer needed from this department."),
    ),
    Action(
        "arbitrate",
        N_("Arbitrate"),
        when=_from(S.ARBITRATION),
        moves=(
            Move(S.SENT, when=order_rules.binds_this),
            Move(S.RETURNED),
        ),
        by=_by(P.SUPERVISOR, P.EXECUTIVE),
        asks=asks.ORDER_RULING,
        then=(
            Start(K.ACCEPT),
            TellStaff(Whom.DEPARTMENT, "arbitrated"),
            TellStaff(Whom.RESPONSIBLE, "arbitrated"),
        ),
        kind="work",
        says=N_("The named department is bound and cannot return the order again."),
    ),
)

ORDER_ACTIONS = {action.name: action for action in _ROWS}
