"""The rules and conditions of the tables, each as one sentence: what must hold, what decides.

Refusals say what is wrong with one complaint; these say what is asked of every complaint. The
lifecycle document and the help pages read them.
"""

from collections.abc import Callable, Mapping

from workflow import closing_rules, order_rules, rules
from workflow.case import Case
from workflow.effects import (
    Effect,
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
from workflow.lifecycle import ACTIONS
from workflow.table import Rule
from workflow.words import N_, ClockKind

RULES: Mapping[Rule, str] = {
    rules.no_open_orders: N_("No work order is open any more."),
    rules.some_open_order: N_("At least one work order is open."),
    rules.promise_lies_ahead: N_("The promised time lies ahead."),
    rules.promise_is_kept: N_("What the customer was told is not put off."),
    rules.follow_up_lies_ahead: N_("The follow-up date lies ahead."),
    rules.compensation_within_limit: N_("What is granted stays within the policy's limit."),
    rules.customer_may_be_told: N_("The customer does not refuse contact."),
    rules.pause_within_limit: N_("All waiting together stays within the policy's limit."),
    rules.follow_up_reached_for_system: N_("The system waits for the follow-up date."),
    closing_rules.writer_may_call: N_("The policy lets whoever wrote the answer make the call."),
    closing_rules.attempt_is_sound: N_(
        "The call lies between the answer and now; a word on the spot counts only by policy."
    ),
    closing_rules.customer_allows_contact: N_(
        "A customer who refuses contact cannot have accepted on the phone."
    ),
    rules.wish_lies_ahead: N_("The time the customer wishes lies ahead."),
    rules.scheduled_ahead_and_not_quiet: N_("The time lies ahead and outside the quiet hours."),
    closing_rules.no_closing_requested: N_("Nobody has been asked to decide yet."),
    closing_rules.ground_fits: N_("“Refuses contact” only if the customer said so."),
    closing_rules.customer_is_beyond_reach: N_(
        "Enough attempts, on enough days and in enough parts of the day, to every known number,"
        " and a written notice that left."
    ),
    closing_rules.notice_was_waited_for: N_("The waiting time after the written notice is over."),
    closing_rules.number_is_known_or_explained: N_(
        "The number is known of this customer, or it is said where it comes from."
    ),
    closing_rules.attempt_needs_confirming: N_(
        "The call was entered late, or the number is not known."
    ),
    closing_rules.attempt_is_not_own: N_("Not by whoever recorded it, nor by their substitute."),
    closing_rules.posting_is_not_own: N_(
        "Not by whoever wrote the letter, nor by their substitute."
    ),
    closing_rules.letter_waits_for_posting: N_(
        "It is a letter whose posting nobody has confirmed yet."
    ),
    closing_rules.posted_after_writing: N_(
        "It was posted after it was written, and not in the future."
    ),
    closing_rules.address_can_be_one: N_("The address can be reached by the chosen way."),
    closing_rules.decided_by_somebody_else: N_(
        "By somebody who had no hand in the complaint: did not answer, call, send the notice, ask,"
        " was never responsible, and stood in for none of these."
    ),
    closing_rules.not_the_responsible: N_("Not by the responsible person."),
    closing_rules.not_the_requester: N_("Not by whoever asked for it."),
    closing_rules.closing_was_requested: N_("A closing has been asked for."),
    rules.inside_undo_window: N_("Only minutes have passed since the closing."),
    rules.inside_reopen_window: N_("Within the reopening window; supervisors are not bound by it."),
    rules.happened_already: N_("It has happened already."),
    closing_rules.withdrawn_since_registered: N_("Not before the complaint was registered."),
    closing_rules.somebody_hears_of_withdrawal: N_(
        "By the responsible person, and the customer is told in writing; by a supervisor when"
        " there is no address."
    ),
    rules.survivor_fits: N_("The other complaint is open and the same customer's."),
    rules.no_transfer_pending: N_("No other transfer is waiting."),
    rules.transfer_pending: N_("A transfer is waiting."),
    rules.successor_fits: N_("The new person is here and may answer for complaints."),
    rules.coordinator_fits: N_("The person named is here."),
    rules.below_highest_level: N_("The highest level is not reached yet."),
    rules.something_changes: N_("Something is changed."),
    rules.not_watching: N_("Not watching yet."),
    rules.watching: N_("Watching."),
    order_rules.handler_fits: N_("The handler works in the department."),
    order_rules.not_bound: N_("No ruling binds the department."),
    order_rules.complaint_still_works: N_("The complaint is still being worked on."),
    order_rules.may_still_be_rejected: N_("Not sent back before."),
}

CONDITIONS: Mapping[Callable[[Case], bool], str] = {
    closing_rules.closes: N_("the customer accepts"),
    closing_rules.reopens: N_("the customer is not satisfied"),
    order_rules.goes_to_arbitration: N_(
        "it is the second return, or the department had the complaint before"
    ),
    order_rules.binds_this: N_("the ruling binds this department"),
    **{
        move.when: N_("it stood there before")
        for move in ACTIONS["unmerge"].moves
        if move.when is not None
    },
}
"""What decides between the moves of one action; a move without a condition is the rest."""

EFFECTS: Mapping[Effect, str] = {
    Start(ClockKind.ACKNOWLEDGE): N_("The response clock starts"),
    Stop(ClockKind.ACKNOWLEDGE): N_("The response clock stops"),
    Start(ClockKind.RESOLUTION): N_("The resolution clock starts"),
    Stop(ClockKind.RESOLUTION): N_("The resolution clock stops"),
    Pause(): N_("The resolution clock pauses"),
    Resume(): N_("The resolution clock goes on"),
    Start(ClockKind.CALLBACK): N_("The callback clock starts"),
    Stop(ClockKind.CALLBACK): N_("The callback clock stops"),
    Start(ClockKind.REGULATOR): N_("The regulator's clock starts"),
    Stop(ClockKind.REGULATOR): N_("The regulator's clock stops"),
    Start(ClockKind.ACCEPT): N_("The accept clock starts"),
    Stop(ClockKind.ACCEPT): N_("The accept clock stops"),
    Start(ClockKind.ANSWER): N_("The answer clock starts"),
    Stop(ClockKind.ANSWER): N_("The answer clock stops"),
    ReportAgain(): N_("The progress clock starts anew"),
    Start(ClockKind.PROMISE): N_("The promise clock starts"),
    Stop(ClockKind.PROMISE): N_("The promise clock stops"),
    RunOn(): N_("All clocks run on as if they had not been stopped"),
    StopAll(): N_("All clocks stop"),
    ReckonAgain(): N_("All clocks are reckoned again"),
    RaiseLevel(): N_("The level rises by one"),
    NewCycle(): N_("A new cycle begins"),
    TellCustomer(Said.REGISTERED): N_("The customer gets number and time limit"),
    TellCustomer(Said.PROGRESS): N_("The customer is told of progress"),
    TellCustomer(Said.ANSWER): N_("The customer gets the answer"),
    TellCustomer(Said.NOTICE): N_("The customer gets the written notice"),
    TellEnd(): N_("The customer is told that it ended, and how to object"),
    UntellEnd(): N_("What tells the customer of the end is cancelled, unless it has left"),
    TellStaff(Whom.RESPONSIBLE): N_("The responsible person is told"),
    TellStaff(Whom.DEPARTMENT): N_("The department is told"),
    TellStaff(Whom.LEAD): N_("The department lead is told"),
    TellStaff(Whom.SUPERVISOR): N_("The supervisor is told"),
    TellStaff(Whom.NAMED): N_("The person named is told"),
    TellStaff(Whom.WATCHERS): N_("Watchers are told"),
    Heard(): N_("The customer heard from us; no question of theirs waits"),
}
"""Each effect as people read it, by its plain form."""
