"""The specification: a complaint's statuses and everything that may be done with it.

Read it as a table: one row per action, from which statuses, by whom, what must hold, what is
asked, where it leads and what follows. Pages, refusals and `docs/lifecycle.md` take their
sentences from these rows (design §3). Work orders are in `workflow.order_lifecycle`.
"""

from workflow import asks, closing_rules, rules
from workflow.order_lifecycle import ORDER_ACTIONS, ORDER_STATUSES
from workflow.table import Action, Move, StatusRow
from workflow.words import N_, OPEN, Effect, Party, Status

__all__ = ["ACTIONS", "ORDER_ACTIONS", "ORDER_STATUSES", "STATUSES"]

P = Party
S = Status
E = Effect

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
CUSTOMER_WAS_TOLD = (E.STOP_ACKNOWLEDGE, E.STOP_CALLBACK, E.STOP_REGULATOR, E.STOP_PROMISE)
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
        _from(),
        (Move(S.REGISTERED),),
        _by(P.FRONT_DESK, P.EXECUTIVE, P.SYSTEM),
        asks=asks.REGISTER,
        effects=(
            E.START_ACKNOWLEDGE,
            E.START_RESOLUTION,
            E.START_REGULATOR,
            E.START_PROMISE,
            E.TELL_CUSTOMER_REGISTERED,
        ),
        offered=False,
        says=N_("Whoever hears the complaint first becomes responsible for it."),
    ),
    Action(
        "start",
        N_("Start"),
        _from(S.REGISTERED),
        (Move(S.IN_PROGRESS),),
        # The system only in an import, for what was in work at its source: history must not say
        # of somebody what they never did.
        _by(P.RESPONSIBLE, P.SYSTEM),
        says=N_("The responsible person begins to work on it."),
    ),
    Action(
        "dispatch",
        N_("Dispatch"),
        _from(S.REGISTERED, S.IN_PROGRESS, S.DISPATCHED),
        (Move(S.DISPATCHED),),
        _by(P.RESPONSIBLE, P.SUPERVISOR),
        (rules.promise_lies_ahead, rules.promise_is_kept),
        asks.DISPATCH,
        (E.START_ACCEPT, E.START_PROMISE, E.TELL_DEPARTMENT),
        says=N_("Departments get work; the responsibility stays where it is."),
    ),
    Action(
        "all_answered",
        N_("All work orders ended"),
        _from(S.DISPATCHED),
        (Move(S.IN_PROGRESS),),
        _by(P.SYSTEM),
        (rules.no_open_orders,),
        effects=(E.TELL_RESPONSIBLE,),
        offered=False,
        says=N_("The last open work order has ended: the responsible person verifies."),
    ),
    Action(
        "order_reopened",
        N_("A work order is open again"),
        _from(S.IN_PROGRESS),
        (Move(S.DISPATCHED),),
        _by(P.SYSTEM),
        (rules.some_open_order,),
        offered=False,
        says=N_("An answer was sent back to its department."),
    ),
    Action(
        "ask_customer",
        N_("Ask the customer"),
        _from(S.IN_PROGRESS),
        (Move(S.WAITING_CUSTOMER),),
        _by(P.RESPONSIBLE),
        (rules.follow_up_lies_ahead, rules.pause_within_limit),
        asks.ASK_CUSTOMER,
        (E.PAUSE_RESOLUTION, E.STOP_ACKNOWLEDGE, E.RESTART_PROGRESS),
        says=N_("The customer owes something; the pause has a reason and an end."),
    ),
    Action(
        "resume",
        N_("Resume"),
        _from(S.WAITING_CUSTOMER),
        (Move(S.IN_PROGRESS),),
        _by(P.RESPONSIBLE, P.SYSTEM),
        (rules.follow_up_reached_for_system,),
        asks.RESUME,
        (E.RESUME_RESOLUTION, E.TELL_RESPONSIBLE),
        says=N_("The customer has answered, or the follow-up date has come."),
    ),
)

_ANSWER = (
    Action(
        "resolve",
        N_("Resolve"),
        _from(S.REGISTERED, S.IN_PROGRESS),
        (Move(S.RESOLVED),),
        # The system only in an import, for what was answered at its source; the callback is due
        # all the same.
        _by(P.RESPONSIBLE, P.SYSTEM),
        (rules.no_open_orders, rules.compensation_within_limit),
        asks.RESOLVE,
        (E.STOP_RESOLUTION, E.START_CALLBACK, E.TELL_CUSTOMER_ANSWER),
        says=N_("An answer exists and is verified; now the customer must be called back."),
    ),
    Action(
        "record_callback",
        N_("Record callback"),
        _from(S.RESOLVED),
        (
            Move(
                S.CLOSED,
                closing_rules.closes,
                (*CUSTOMER_WAS_TOLD, E.STOP_ALL_CLOCKS, E.TELL_CUSTOMER_ENDED),
            ),
            Move(
                S.IN_PROGRESS,
                closing_rules.reopens,
                (
                    *CUSTOMER_WAS_TOLD,
                    E.RAISE_LEVEL,
                    E.NEW_CYCLE,
                    E.START_RESOLUTION,
                    E.TELL_SUPERVISOR,
                ),
            ),
            Move(None),
        ),
        _by(P.RESPONSIBLE, P.QUALITY),
        (
            closing_rules.writer_may_call,
            closing_rules.attempt_is_sound,
            closing_rules.number_is_known_or_explained,
            closing_rules.customer_allows_contact,
            rules.wish_lies_ahead,
        ),
        asks.RECORD_CALLBACK,
        kind="callback",
        says=N_("Accepted closes; not solved goes back to work one level up; else call again."),
    ),
    Action(
        "schedule_callback",
        N_("Schedule callback"),
        OPEN,
        STAYS,
        _by(P.RESPONSIBLE, P.QUALITY),
        (rules.scheduled_ahead_and_not_quiet,),
        asks.SCHEDULE_CALLBACK,
        kind="callback",
        says=N_("A time agreed with the customer; no time limit moves by it."),
    ),
    Action(
        "confirm_attempt",
        N_("Let a call count"),
        _from(S.RESOLVED),
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE, P.DECIDER),
        (closing_rules.attempt_needs_confirming, closing_rules.attempt_is_not_own),
        asks.CONFIRM_ATTEMPT,
        kind="callback",
        offered=False,
        says=N_("Entered late, or dialled to an unknown number: a second person lets it count."),
    ),
    Action(
        "send_notice",
        N_("Send written notice"),
        _from(S.RESOLVED),
        STAYS,
        _by(P.RESPONSIBLE),
        (closing_rules.address_can_be_one,),
        asks.SEND_NOTICE,
        (E.TELL_CUSTOMER_NOTICE,),
        kind="callback",
        says=N_("A customer who cannot be reached gets the answer in writing."),
    ),
    Action(
        "notice_sent",
        N_("Written notice left"),
        EVERY,
        STAYS,
        _by(P.SYSTEM),
        asks=asks.NOTICE_SENT,
        effects=(E.STOP_REGULATOR,),
        kind="callback",
        offered=False,
        says=N_("Its message was sent: from now on the notice counts."),
    ),
    Action(
        "confirm_posting",
        N_("Confirm the posting"),
        _from(S.RESOLVED),
        STAYS,
        _by(P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY, P.DECIDER),
        (
            closing_rules.letter_waits_for_posting,
            closing_rules.posting_is_not_own,
            closing_rules.posted_after_writing,
        ),
        asks.CONFIRM_POSTING,
        (E.STOP_REGULATOR,),
        kind="callback",
        offered=False,
        says=N_("A letter counts from the posting that a second person confirms."),
    ),
    Action(
        "notice_returned",
        N_("The notice came back"),
        _from(S.RESOLVED, S.CLOSED),
        STAYS,
        _by(P.RESPONSIBLE, P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY),
        asks=asks.NOTICE_RETURNED,
        effects=(E.TELL_SUPERVISOR,),
        kind="callback",
        offered=False,
        says=N_("It reached nobody and counts no longer; after the end somebody else looks at it."),
    ),
    Action(
        "request_closing",
        N_("Ask to close without reaching the customer"),
        _from(S.RESOLVED),
        STAYS,
        _by(P.RESPONSIBLE),
        (
            closing_rules.no_closing_requested,
            closing_rules.ground_fits,
            closing_rules.customer_is_beyond_reach,
        ),
        asks.REQUEST_CLOSING,
        (E.TELL_SUPERVISOR, E.TELL_NAMED),
        kind="approval",
        says=N_("A supervisor is asked to approve the unreachable procedure."),
    ),
    Action(
        "close_unreached",
        N_("Approve closing without reach"),
        _from(S.RESOLVED),
        (Move(S.CLOSED),),
        _by(P.SUPERVISOR, P.EXECUTIVE, P.DECIDER),
        (
            closing_rules.closing_was_requested,
            closing_rules.decided_by_somebody_else,
            closing_rules.customer_is_beyond_reach,
            closing_rules.notice_was_waited_for,
        ),
        asks.REASON,
        (
            E.STOP_CALLBACK,
            E.STOP_REGULATOR,
            E.STOP_PROMISE,
            E.STOP_ALL_CLOCKS,
            E.TELL_RESPONSIBLE,
            E.TELL_CUSTOMER_ENDED,
        ),
        kind="approval",
        says=N_("The only closing without the customer's word, by somebody with no hand in it."),
    ),
    Action(
        "deny_closing",
        N_("Deny closing without reach"),
        _from(S.RESOLVED),
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE, P.DECIDER),
        (
            closing_rules.not_the_responsible,
            closing_rules.not_the_requester,
            closing_rules.closing_was_requested,
        ),
        asks.REASON,
        (E.TELL_RESPONSIBLE,),
        kind="approval",
        says=N_("The customer must be tried again."),
    ),
)

_END = (
    Action(
        "reopen",
        N_("Reopen"),
        _from(S.CLOSED, S.WITHDRAWN),
        (Move(S.IN_PROGRESS),),
        _by(P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.SYSTEM),
        (rules.inside_reopen_window,),
        asks.REOPEN,
        (
            E.RAISE_LEVEL,
            E.NEW_CYCLE,
            E.START_RESOLUTION,
            E.UNTELL_CUSTOMER_ENDED,
            E.TELL_RESPONSIBLE,
            E.TELL_SUPERVISOR,
        ),
        says=N_(
            "The customer came back or objects to the end: same number, new cycle, one level up."
        ),
    ),
    Action(
        "undo_closing",
        N_("Undo the closing"),
        _from(S.CLOSED),
        (Move(S.RESOLVED),),
        _by(P.RESPONSIBLE, P.QUALITY, P.SUPERVISOR, P.EXECUTIVE),
        (rules.inside_undo_window,),
        asks.REASON,
        (E.RUN_CLOCKS_ON, E.START_CALLBACK, E.UNTELL_CUSTOMER_ENDED),
        says=N_("A slip of the hand: the callback is due again, and everything stays on record."),
    ),
    Action(
        "withdraw",
        N_("Withdraw"),
        OPEN,
        (Move(S.WITHDRAWN),),
        _by(P.RESPONSIBLE, P.SUPERVISOR, P.EXECUTIVE),
        (
            rules.happened_already,
            closing_rules.withdrawn_since_registered,
            closing_rules.somebody_hears_of_withdrawal,
        ),
        asks.WITHDRAW,
        (E.STOP_ALL_CLOCKS, E.TELL_DEPARTMENT, E.TELL_CUSTOMER_ENDED),
        says=N_("The customer takes it back; who, how and when is on record, and they are told."),
    ),
    Action(
        "merge",
        N_("Merge"),
        OPEN,
        (Move(S.MERGED),),
        _by(P.RESPONSIBLE, P.SUPERVISOR),
        (rules.no_open_orders, rules.survivor_fits),
        asks.MERGE,
        (E.STOP_ALL_CLOCKS, E.RECKON_AGAIN),
        says=N_("A duplicate lives on in the customer's other complaint, with its start."),
    ),
    Action(
        "unmerge",
        N_("Undo the merge"),
        _from(S.MERGED),
        tuple(Move(status, rules.came_from(status)) for status in Status if status in OPEN),
        _by(P.RESPONSIBLE, P.SUPERVISOR),
        asks=asks.REASON,
        effects=(E.RUN_CLOCKS_ON, E.RECKON_AGAIN),
        says=N_("It was no duplicate: back to where it stood."),
    ),
)

_ANSWER_FOR = (
    Action(
        "transfer",
        N_("Transfer responsibility"),
        OPEN,
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE),
        (rules.no_transfer_pending, rules.successor_fits),
        asks.TRANSFER,
        (E.TELL_NAMED, E.TELL_RESPONSIBLE),
        kind="transfer",
        says=N_("Counted; it takes effect when the named person accepts."),
    ),
    Action(
        "accept_transfer",
        N_("Accept responsibility"),
        OPEN,
        STAYS,
        _by(P.NAMED),
        (rules.transfer_pending,),
        effects=(E.TELL_RESPONSIBLE, E.TELL_SUPERVISOR),
        kind="transfer",
        says=N_("From now on this person answers for the complaint."),
    ),
    Action(
        "decline_transfer",
        N_("Decline responsibility"),
        OPEN,
        STAYS,
        _by(P.NAMED),
        (rules.transfer_pending,),
        asks.REASON,
        (E.TELL_SUPERVISOR,),
        kind="transfer",
        says=N_("The person before stays responsible; the supervisor is told why."),
    ),
    Action(
        "cancel_transfer",
        N_("Cancel the transfer"),
        OPEN,
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE),
        (rules.transfer_pending,),
        asks.REASON,
        (E.TELL_NAMED,),
        kind="transfer",
        says=N_("The person before stays responsible."),
    ),
    Action(
        "hand_over",
        N_("Hand over"),
        OPEN,
        STAYS,
        _by(P.ADMINISTRATOR, P.SYSTEM),
        (rules.successor_fits,),
        asks.TRANSFER,
        (E.TELL_NAMED, E.TELL_SUPERVISOR),
        kind="transfer",
        offered=False,
        says=N_(
            "The responsible person leaves: responsibility moves at once, with the rule named."
        ),
    ),
    Action(
        "name_coordinator",
        N_("Name a coordinator"),
        _from(S.IN_PROGRESS, S.DISPATCHED),
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE),
        (rules.coordinator_fits,),
        asks.COORDINATOR,
        (E.TELL_NAMED,),
        kind="transfer",
        says=N_("Coordinates several departments; the responsible person still answers for it."),
    ),
    Action(
        "urge",
        N_("Urge"),
        _from(S.DISPATCHED),
        STAYS,
        _by(P.RESPONSIBLE, P.SUPERVISOR, P.EXECUTIVE),
        (rules.some_open_order,),
        asks.URGE,
        (E.TELL_LEAD,),
        kind="work",
        says=N_("Counted; the department's lead is told."),
    ),
    Action(
        "raise_level",
        N_("Raise one level"),
        OPEN,
        STAYS,
        _by(P.RESPONSIBLE, P.SUPERVISOR, P.EXECUTIVE, P.SYSTEM),
        (rules.below_highest_level,),
        asks.REASON,
        (E.RAISE_LEVEL, E.TELL_SUPERVISOR),
        kind="status",
        says=N_("Adds a superior; the responsible person stays."),
    ),
    Action(
        "override_deadline",
        N_("Override the promised time"),
        OPEN,
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE),
        (rules.promise_lies_ahead,),
        asks.OVERRIDE,
        (E.START_PROMISE, E.RECKON_AGAIN, E.TELL_RESPONSIBLE),
        kind="status",
        says=N_("The first promise stays on record beside the new one."),
    ),
)

_RECORD = (
    Action(
        "inform",
        N_("Tell the customer"),
        OPEN,
        STAYS,
        _by(P.RESPONSIBLE),
        asks=asks.INFORM,
        effects=(E.STOP_ACKNOWLEDGE, E.RESTART_PROGRESS, E.TELL_CUSTOMER_PROGRESS),
        kind="customer",
        says=N_("Progress told to the customer; interim measures count as told."),
    ),
    Action(
        "share_progress",
        N_("Progress of its problem shared"),
        OPEN,
        STAYS,
        _by(P.SYSTEM),
        # A customer who wants no contact is told nothing, and the progress report stays due.
        (rules.customer_may_be_told,),
        asks.SHARE_PROGRESS,
        (E.RESTART_PROGRESS, E.TELL_CUSTOMER_PROGRESS, E.TELL_RESPONSIBLE),
        kind="customer",
        offered=False,
        says=N_("One text for all complaints of a problem; each is still called back by itself."),
    ),
    Action(
        "link_problem",
        N_("Link to a problem"),
        EVERY,
        STAYS,
        _by(P.RESPONSIBLE, P.LEAD, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY),
        asks=asks.PROBLEM,
        kind="note",
        offered=False,
        says=N_("One cause of many complaints; status and clocks stay its own."),
    ),
    Action(
        "unlink_problem",
        N_("Take out of a problem"),
        EVERY,
        STAYS,
        _by(P.RESPONSIBLE, P.LEAD, P.SUPERVISOR, P.EXECUTIVE, P.QUALITY),
        asks=asks.PROBLEM,
        kind="note",
        offered=False,
        says=N_("It has another cause; that it was linked stays on record."),
    ),
    Action(
        "contact",
        N_("Customer made contact"),
        EVERY,
        STAYS,
        _by(P.RESPONSIBLE, P.FRONT_DESK, P.SUPERVISOR, P.EXECUTIVE, P.SYSTEM),
        asks=asks.CONTACT,
        effects=(E.TELL_RESPONSIBLE,),
        kind="customer",
        says=N_("What the customer said, at any time; the responsible person sees it as work."),
    ),
    Action(
        "note",
        N_("Add a note"),
        EVERY,
        STAYS,
        INSIDERS,
        asks=asks.NOTE,
        effects=(E.TELL_WATCHERS,),
        kind="note",
        says=N_("For colleagues only."),
    ),
    Action(
        "attach",
        N_("Attach a file"),
        EVERY,
        STAYS,
        INSIDERS,
        asks=asks.ATTACH,
        kind="note",
        says=N_("For colleagues only."),
    ),
    Action(
        "correct",
        N_("Correct the details"),
        OPEN,
        STAYS,
        _by(P.RESPONSIBLE, P.SUPERVISOR),
        (rules.something_changes,),
        asks.CORRECT,
        (E.RECKON_AGAIN,),
        kind="note",
        says=N_("What stood there before stays in the history."),
    ),
    Action(
        "watch",
        N_("Watch"),
        EVERY,
        STAYS,
        INSIDERS | {P.AUDITOR},
        (rules.not_watching,),
        kind="note",
        says=N_("Hear of what happens here."),
    ),
    Action(
        "unwatch",
        N_("Stop watching"),
        EVERY,
        STAYS,
        INSIDERS | {P.AUDITOR},
        (rules.watching,),
        kind="note",
        says=N_("Hear of it no longer."),
    ),
    Action(
        "reveal_customer",
        N_("Show the customer's number"),
        EVERY,
        STAYS,
        _by(P.DEPARTMENT, P.LEAD),
        (rules.some_open_order,),
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
        EVERY,
        STAYS,
        _by(P.SUPERVISOR, P.EXECUTIVE),
        asks=asks.REDACT,
        kind="note",
        says=N_("The words go; that they were there, whose, when and why they went, stays."),
    ),
)

ACTIONS = {action.name: action for action in (*_RECEIVE, *_ANSWER, *_END, *_ANSWER_FOR, *_RECORD)}
