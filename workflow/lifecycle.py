"""The specification: a complaint's statuses and everything that may be done with it.

Read it as a table: one row per action, from which statuses, by whom, what must hold, what is
asked, where it leads and what follows. Pages, refusals and `docs/lifecycle.md` take their
sentences from these rows (design §3). Work orders are in `workflow.order_lifecycle`.
"""

from workflow import asks, closing_rules, rules
from workflow.effects import (
    Heard,
    NewCycle,
    Pause,
    RaiseLevel,
    ReckonAgain,
    ReportAgain,
    Resume,
    RunOn,
    Said,
    Start,
    Stop,
    StopAll,
    TellCustomer,
    TellEnd,
    TellStaff,
    UntellEnd,
    Whom,
)
from workflow.order_lifecycle import ORDER_ACTIONS, ORDER_STATUSES
from workflow.table import Action, Move, StatusRow
from workflow.words import N_, OPEN, ClockKind, Party, Status

__all__ = ["ACTIONS", "ORDER_ACTIONS", "ORDER_STATUSES", "STATUSES"]

P = Party
S = Status
K = ClockKind

STATUSES = {
    row.status: row
    for row in (
        StatusRow(
            S.REGISTERED,
            N_("Registered"),
            N_("Received; the customer has the number and the time limit."),
            N_("runs"),
        ),
        StatusRow(
            S.IN_PROGRESS,
            N_("In progress"),
            N_("The responsible person is working on it."),
            N_("runs"),
        ),
        StatusRow(
            S.DISPATCHED, N_("Dispatched"), N_("At least one work order is open."), N_("runs")
        ),
        StatusRow(
            S.WAITING_CUSTOMER,
            N_("Waiting for the customer"),
            N_("The customer owes information; a follow-up date is set."),
            N_("paused (operational clocks only)"),
        ),
        StatusRow(
            S.RESOLVED,
            N_("Callback due"),
            N_("An answer exists; the customer must be called back."),
            N_("stopped; the callback clock runs"),
        ),
        StatusRow(
            S.CLOSED,
            N_("Closed"),
            N_("The customer accepted, or the unreachable procedure was approved."),
            N_("none"),
        ),
        StatusRow(
            S.WITHDRAWN,
            N_("Withdrawn"),
            N_("The customer withdrew, with the contact on record."),
            N_("none"),
        ),
        StatusRow(
            S.MERGED,
            N_("Merged"),
            N_("A duplicate; it lives on in another complaint of the same customer."),
            N_("none"),
        ),
    )
}

STAYS = (Move(None),)
CUSTOMER_WAS_TOLD = (
    Heard(),
    Stop(K.ACKNOWLEDGE),
    Stop(K.CALLBACK),
    Stop(K.REGULATOR),
    Stop(K.PROMISE),
)
"""What a customer who was reached no longer waits for, whatever they said."""
EVERY = frozenset(Status)
INSIDERS = frozenset(
    {P.RESPONSIBLE, P.DEPARTMENT, P.LEAD, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY, P.FRONT_DESK}
)


def _from(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


def _by(*parties: Party) -> frozenset[Party]:
    return frozenset(parties)


_RECEIVE = (
    Action(
        "register",
        N_("Register"),
        when=_from(),
        moves=(Move(S.REGISTERED),),
        by=_by(P.FRONT_DESK, P.EXECUTIVE, P.SYSTEM),
        asks=asks.REGISTER,
        then=(
            Start(K.ACKNOWLEDGE),
            Start(K.RESOLUTION),
            Start(K.REGULATOR),
            Start(K.PROMISE),
            TellCustomer(Said.REGISTERED),
        ),
        offered=False,
        says=N_("Whoever hears the complaint first becomes responsible for it."),
    ),
    Action(
        "start",
        N_("Start"),
        when=_from(S.REGISTERED),
        moves=(Move(S.IN_PROGRESS),),
        # The system only in an import, for what was in work at its source: history must not say
        # of somebody what they never did.
        by=_by(P.RESPONSIBLE, P.SYSTEM),
        says=N_("The responsible person begins to work on it."),
    ),
    Action(
        "dispatch",
        N_("Dispatch"),
        when=_from(S.REGISTERED, S.IN_PROGRESS, S.DISPATCHED),
        moves=(Move(S.DISPATCHED),),
        by=_by(P.RESPONSIBLE, P.SUPERVISOR),
        holds=(rules.promise_lies_ahead, rules.promise_is_kept),
        asks=asks.DISPATCH,
        then=(Start(K.ACCEPT), Start(K.PROMISE), TellStaff(Whom.DEPARTMENT, "dispatched")),
        says=N_("Departments get work; the responsibility stays where it is."),
    ),
    Action(
        "all_answered",
        N_("All work orders ended"),
        when=_from(S.DISPATCHED),
        moves=(Move(S.IN_PROGRESS),),
        by=_by(P.SYSTEM),
        holds=(rules.no_open_orders,),
        then=(TellStaff(Whom.RESPONSIBLE, "all_answered"),),
        offered=False,
        says=N_("The last open work order has ended: the responsible person verifies."),
    ),
    Action(
        "order_reopened",
        N_("A work order is open again"),
        when=_from(S.IN_PROGRESS),
        moves=(Move(S.DISPATCHED),),
        by=_by(P.SYSTEM),
        holds=(rules.some_open_order,),
        offered=False,
        says=N_("An answer was sent back to its department."),
    ),
    Action(
        "ask_customer",
        N_("Ask the customer"),
        when=_from(S.IN_PROGRESS),
        moves=(Move(S.WAITING_CUSTOMER),),
        by=_by(P.RESPONSIBLE),
        holds=(rules.follow_up_lies_ahead, rules.pause_within_limit),
        asks=asks.ASK_CUSTOMER,
        then=(Pause(), Heard(), Stop(K.ACKNOWLEDGE), ReportAgain()),
        says=N_("The customer owes something; the pause has a reason and an end."),
    ),
    Action(
        "resume",
        N_("Resume"),
        when=_from(S.WAITING_CUSTOMER),
        moves=(Move(S.IN_PROGRESS),),
        by=_by(P.RESPONSIBLE, P.SYSTEM),
        holds=(rules.follow_up_reached_for_system,),
        asks=asks.RESUME,
        then=(Resume(), TellStaff(Whom.RESPONSIBLE, "follow_up_reached")),
        says=N_("The customer has answered, or the follow-up date has come."),
    ),
)

_ANSWER = (
    Action(
        "resolve",
        N_("Resolve"),
        when=_from(S.REGISTERED, S.IN_PROGRESS),
        moves=(Move(S.RESOLVED),),
        # The system only in an import, for what was answered at its source; the callback is due
        # all the same.
        by=_by(P.RESPONSIBLE, P.SYSTEM),
        holds=(rules.no_open_orders, rules.compensation_within_limit),
        asks=asks.RESOLVE,
        then=(Stop(K.RESOLUTION), Start(K.CALLBACK), TellCustomer(Said.ANSWER)),
        says=N_("An answer exists and is verified; now the customer must be called back."),
    ),
    Action(
        "record_callback",
        N_("Record callback"),
        when=_from(S.RESOLVED),
        moves=(
            Move(
                S.CLOSED,
                when=closing_rules.closes,
                then=(*CUSTOMER_WAS_TOLD, StopAll(), TellEnd()),
            ),
            Move(
                S.IN_PROGRESS,
                when=closing_rules.reopens,
                then=(
                    *CUSTOMER_WAS_TOLD,
                    RaiseLevel(),
                    NewCycle(),
                    Start(K.RESOLUTION),
                    TellStaff(Whom.SUPERVISOR, "reopened"),
                ),
            ),
            Move(None),
        ),
        by=_by(P.RESPONSIBLE, P.QUALITY),
        holds=(
            closing_rules.writer_may_call,
            closing_rules.attempt_is_sound,
            closing_rules.number_is_known_or_explained,
            closing_rules.customer_allows_contact,
            rules.wish_lies_ahead,
        ),
        asks=asks.RECORD_CALLBACK,
        kind="callback",
        says=N_("Accepted closes; not solved goes back to work one level up; else call again."),
    ),
    Action(
        "schedule_callback",
        N_("Schedule callback"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.QUALITY),
        holds=(rules.scheduled_ahead_and_not_quiet,),
        asks=asks.SCHEDULE_CALLBACK,
        kind="callback",
        says=N_("A time agreed with the customer; no time limit moves by it."),
    ),
    Action(
        "confirm_attempt",
        N_("Let a call count"),
        when=_from(S.RESOLVED),
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE, P.DECIDER),
        holds=(closing_rules.attempt_needs_confirming, closing_rules.attempt_is_not_own),
        asks=asks.CONFIRM_ATTEMPT,
        kind="callback",
        offered=False,
        says=N_("Entered late, or dialled to an unknown number: a second person lets it count."),
    ),
    Action(
        "send_notice",
        N_("Send written notice"),
        when=_from(S.RESOLVED),
        moves=STAYS,
        by=_by(P.RESPONSIBLE),
        holds=(closing_rules.address_can_be_one,),
        asks=asks.SEND_NOTICE,
        then=(TellCustomer(Said.NOTICE),),
        kind="callback",
        says=N_("A customer who cannot be reached gets the answer in writing."),
    ),
    Action(
        "notice_sent",
        N_("Written notice left"),
        when=EVERY,
        moves=STAYS,
        by=_by(P.SYSTEM),
        asks=asks.NOTICE_SENT,
        then=(Stop(K.REGULATOR),),
        kind="callback",
        offered=False,
        says=N_("Its message was sent: from now on the notice counts."),
    ),
    Action(
        "confirm_posting",
        N_("Confirm the posting"),
        when=_from(S.RESOLVED),
        moves=STAYS,
        by=_by(P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY, P.DECIDER),
        holds=(
            closing_rules.letter_waits_for_posting,
            closing_rules.posting_is_not_own,
            closing_rules.posted_after_writing,
        ),
        asks=asks.CONFIRM_POSTING,
        then=(Stop(K.REGULATOR),),
        kind="callback",
        offered=False,
        says=N_("A letter counts from the posting that a second person confirms."),
    ),
    Action(
        "notice_returned",
        N_("The notice came back"),
        when=_from(S.RESOLVED, S.CLOSED),
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY),
        asks=asks.NOTICE_RETURNED,
        then=(TellStaff(Whom.SUPERVISOR, "notice_returned"),),
        kind="callback",
        offered=False,
        says=N_("It reached nobody and counts no longer; after the end somebody else looks at it."),
    ),
    Action(
        "request_closing",
        N_("Ask to close without reaching the customer"),
        when=_from(S.RESOLVED),
        moves=STAYS,
        by=_by(P.RESPONSIBLE),
        holds=(
            closing_rules.no_closing_requested,
            closing_rules.ground_fits,
            closing_rules.customer_is_beyond_reach,
        ),
        asks=asks.REQUEST_CLOSING,
        then=(
            TellStaff(Whom.SUPERVISOR, "closing_requested"),
            TellStaff(Whom.NAMED, "closing_requested"),
        ),
        kind="approval",
        says=N_("A supervisor is asked to approve the unreachable procedure."),
    ),
    Action(
        "close_unreached",
        N_("Approve closing without reach"),
        when=_from(S.RESOLVED),
        moves=(Move(S.CLOSED),),
        by=_by(P.SUPERVISOR, P.EXECUTIVE, P.DECIDER),
        holds=(
            closing_rules.closing_was_requested,
            closing_rules.decided_by_somebody_else,
            closing_rules.customer_is_beyond_reach,
            closing_rules.notice_was_waited_for,
        ),
        asks=asks.REASON,
        then=(
            Stop(K.CALLBACK),
            Stop(K.REGULATOR),
            Stop(K.PROMISE),
            StopAll(),
            TellStaff(Whom.RESPONSIBLE, "closing_approved"),
            TellEnd(),
        ),
        kind="approval",
        says=N_("The only closing without the customer's word, by somebody with no hand in it."),
    ),
    Action(
        "deny_closing",
        N_("Deny closing without reach"),
        when=_from(S.RESOLVED),
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE, P.DECIDER),
        holds=(
            closing_rules.not_the_responsible,
            closing_rules.not_the_requester,
            closing_rules.closing_was_requested,
        ),
        asks=asks.REASON,
        then=(TellStaff(Whom.RESPONSIBLE, "closing_denied"),),
        kind="approval",
        says=N_("The customer must be tried again."),
    ),
)

_END = (
    Action(
        "reopen",
        N_("Reopen"),
        when=_from(S.CLOSED, S.WITHDRAWN),
        moves=(Move(S.IN_PROGRESS),),
        by=_by(P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.SYSTEM),
        holds=(rules.inside_reopen_window,),
        asks=asks.REOPEN,
        then=(
            RaiseLevel(),
            NewCycle(),
            Start(K.RESOLUTION),
            UntellEnd(),
            TellStaff(Whom.RESPONSIBLE, "reopened"),
            TellStaff(Whom.SUPERVISOR, "reopened"),
        ),
        says=N_(
            "The customer came back or objects to the end: same number, new cycle, one level up."
        ),
    ),
    Action(
        "undo_closing",
        N_("Undo the closing"),
        when=_from(S.CLOSED),
        moves=(Move(S.RESOLVED),),
        by=_by(P.RESPONSIBLE, P.QUALITY, P.SUPERVISOR, P.EXECUTIVE),
        holds=(rules.inside_undo_window,),
        asks=asks.REASON,
        then=(RunOn(), UntellEnd()),
        says=N_("A slip of the hand: the callback is due again, and everything stays on record."),
    ),
    Action(
        "withdraw",
        N_("Withdraw"),
        when=OPEN,
        moves=(Move(S.WITHDRAWN),),
        by=_by(P.RESPONSIBLE, P.SUPERVISOR, P.EXECUTIVE),
        holds=(
            rules.happened_already,
            closing_rules.withdrawn_since_registered,
            closing_rules.somebody_hears_of_withdrawal,
        ),
        asks=asks.WITHDRAW,
        then=(StopAll(), TellEnd()),
        says=N_("The customer takes it back; who, how and when is on record, and they are told."),
    ),
    Action(
        "merge",
        N_("Merge"),
        when=OPEN,
        moves=(Move(S.MERGED),),
        by=_by(P.RESPONSIBLE, P.SUPERVISOR),
        holds=(rules.no_open_orders, rules.survivor_fits),
        asks=asks.MERGE,
        then=(StopAll(),),
        says=N_("A duplicate lives on in the customer's other complaint, with its start."),
    ),
    Action(
        "unmerge",
        N_("Undo the merge"),
        when=_from(S.MERGED),
        moves=tuple(
            Move(status, when=rules.came_from(status)) for status in Status if status in OPEN
        ),
        by=_by(P.RESPONSIBLE, P.SUPERVISOR),
        asks=asks.REASON,
        then=(RunOn(),),
        says=N_("It was no duplicate: back to where it stood."),
    ),
)

_ANSWER_FOR = (
    Action(
        "transfer",
        N_("Transfer responsibility"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE),
        holds=(rules.no_transfer_pending, rules.successor_fits),
        asks=asks.TRANSFER,
        then=(TellStaff(Whom.NAMED, "transfer_asked"), TellStaff(Whom.RESPONSIBLE)),
        kind="transfer",
        says=N_("Counted; it takes effect when the named person accepts."),
    ),
    Action(
        "accept_transfer",
        N_("Accept responsibility"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.NAMED),
        holds=(rules.transfer_pending,),
        then=(
            TellStaff(Whom.RESPONSIBLE, "transfer_done"),
            TellStaff(Whom.SUPERVISOR, "transfer_done"),
        ),
        kind="transfer",
        says=N_("From now on this person answers for the complaint."),
    ),
    Action(
        "decline_transfer",
        N_("Decline responsibility"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.NAMED),
        holds=(rules.transfer_pending,),
        asks=asks.REASON,
        then=(TellStaff(Whom.SUPERVISOR, "transfer_declined"),),
        kind="transfer",
        says=N_("The person before stays responsible; the supervisor is told why."),
    ),
    Action(
        "cancel_transfer",
        N_("Cancel the transfer"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE),
        holds=(rules.transfer_pending,),
        asks=asks.REASON,
        then=(TellStaff(Whom.NAMED, "transfer_cancelled"),),
        kind="transfer",
        says=N_("The person before stays responsible."),
    ),
    Action(
        "hand_over",
        N_("Hand over"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.ADMINISTRATOR, P.SYSTEM),
        holds=(rules.successor_fits,),
        asks=asks.TRANSFER,
        then=(TellStaff(Whom.NAMED, "assigned"), TellStaff(Whom.SUPERVISOR, "transfer_done")),
        kind="transfer",
        offered=False,
        says=N_(
            "The responsible person leaves: responsibility moves at once, with the rule named."
        ),
    ),
    Action(
        "name_coordinator",
        N_("Name a coordinator"),
        when=_from(S.IN_PROGRESS, S.DISPATCHED),
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE),
        holds=(rules.coordinator_fits,),
        asks=asks.COORDINATOR,
        then=(TellStaff(Whom.NAMED, "coordinator_named"),),
        kind="transfer",
        says=N_("Coordinates several departments; the responsible person still answers for it."),
    ),
    Action(
        "urge",
        N_("Urge"),
        when=_from(S.DISPATCHED),
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.SUPERVISOR, P.EXECUTIVE),
        holds=(rules.some_open_order,),
        asks=asks.URGE,
        then=(TellStaff(Whom.LEAD, "urged"),),
        kind="work",
        says=N_("Counted; the department's lead is told."),
    ),
    Action(
        "raise_level",
        N_("Raise one level"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.SUPERVISOR, P.EXECUTIVE, P.SYSTEM),
        holds=(rules.below_highest_level,),
        asks=asks.REASON,
        then=(RaiseLevel(), TellStaff(Whom.SUPERVISOR, "level_raised")),
        kind="status",
        says=N_("Adds a superior; the responsible person stays."),
    ),
    Action(
        "override_deadline",
        N_("Override the promised time"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE),
        holds=(rules.promise_lies_ahead,),
        asks=asks.OVERRIDE,
        then=(Start(K.PROMISE), TellStaff(Whom.RESPONSIBLE)),
        kind="status",
        says=N_("The first promise stays on record beside the new one."),
    ),
)

_RECORD = (
    Action(
        "inform",
        N_("Tell the customer"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.RESPONSIBLE),
        asks=asks.INFORM,
        then=(Heard(), Stop(K.ACKNOWLEDGE), ReportAgain(), TellCustomer(Said.PROGRESS)),
        kind="customer",
        says=N_("Progress told to the customer; interim measures count as told."),
    ),
    Action(
        "share_progress",
        N_("Progress of its problem shared"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.SYSTEM),
        # A customer who wants no contact is told nothing, and the progress report stays due.
        holds=(rules.customer_may_be_told,),
        asks=asks.SHARE_PROGRESS,
        then=(
            ReportAgain(),
            TellCustomer(Said.PROGRESS),
            TellStaff(Whom.RESPONSIBLE, "progress_shared"),
        ),
        kind="customer",
        offered=False,
        says=N_("One text for all complaints of a problem; each is still called back by itself."),
    ),
    Action(
        "link_problem",
        N_("Link to a problem"),
        when=EVERY,
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.LEAD, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY),
        asks=asks.PROBLEM,
        kind="note",
        offered=False,
        says=N_("One cause of many complaints; status and clocks stay its own."),
    ),
    Action(
        "unlink_problem",
        N_("Take out of a problem"),
        when=EVERY,
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.LEAD, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY),
        asks=asks.PROBLEM,
        kind="note",
        offered=False,
        says=N_("It has another cause; that it was linked stays on record."),
    ),
    Action(
        "contact",
        N_("Customer made contact"),
        when=EVERY,
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.SYSTEM),
        asks=asks.CONTACT,
        then=(TellStaff(Whom.RESPONSIBLE, "customer_contacted"),),
        kind="customer",
        says=N_("What the customer said, at any time; the responsible person sees it as work."),
    ),
    Action(
        "note",
        N_("Add a note"),
        when=EVERY,
        moves=STAYS,
        by=INSIDERS,
        asks=asks.NOTE,
        then=(TellStaff(Whom.WATCHERS, "note_added"),),
        kind="note",
        says=N_("For colleagues only."),
    ),
    Action(
        "attach",
        N_("Attach a file"),
        when=EVERY,
        moves=STAYS,
        by=INSIDERS,
        asks=asks.ATTACH,
        kind="note",
        says=N_("For colleagues only."),
    ),
    Action(
        "correct",
        N_("Correct the details"),
        when=OPEN,
        moves=STAYS,
        by=_by(P.RESPONSIBLE, P.SUPERVISOR),
        holds=(rules.something_changes,),
        asks=asks.CORRECT,
        then=(ReckonAgain(),),
        kind="note",
        says=N_("What stood there before stays in the history."),
    ),
    Action(
        "watch",
        N_("Watch"),
        when=EVERY,
        moves=STAYS,
        by=INSIDERS | {P.AUDITOR},
        holds=(rules.not_watching,),
        kind="note",
        says=N_("Hear of what happens here."),
    ),
    Action(
        "unwatch",
        N_("Stop watching"),
        when=EVERY,
        moves=STAYS,
        by=INSIDERS | {P.AUDITOR},
        holds=(rules.watching,),
        kind="note",
        says=N_("Hear of it no longer."),
    ),
    Action(
        "reveal_customer",
        N_("Show the customer's number"),
        when=EVERY,
        moves=STAYS,
        by=_by(P.DEPARTMENT, P.LEAD),
        holds=(rules.some_open_order,),
        asks=asks.REASON,
        kind="customer",
        says=N_(
            "Departments see masked numbers. Whoever works on an open order is shown them until"
            " it ends; that is on record."
        ),
    ),
    Action(
        "redact",
        N_("Redact a text"),
        when=EVERY,
        moves=STAYS,
        by=_by(P.SUPERVISOR, P.EXECUTIVE),
        asks=asks.REDACT,
        kind="note",
        says=N_("The words go; that they were there, whose, when and why they went, stays."),
    ),
)

ACTIONS = {action.name: action for action in (*_RECEIVE, *_ANSWER, *_END, *_ANSWER_FOR, *_RECORD)}
