"""What must hold before an action on a complaint: each rule answers every reason against it.

Sources are in design §3 unless a line says otherwise.
"""

from collections.abc import Callable

from workflow import callbacks
from workflow.authors import against_deciding
from workflow.case import Candidate, Case, Other, Signed
from workflow.reasons import Reason
from workflow.words import (
    N_,
    OPEN,
    CallChannel,
    CallOutcome,
    ClosingGround,
    Level,
    Party,
    Status,
)


def _unless(holds: bool, reason: Reason) -> list[Reason]:
    return [] if holds else [reason]


def no_open_orders(case: Case) -> list[Reason]:
    return _unless(
        case.open_orders == 0,
        Reason(
            "open_orders",
            N_("Work orders still open: %(open)s. Wait for them or recall them."),
            {"open": case.open_orders},
        ),
    )


def some_open_order(case: Case) -> list[Reason]:
    return _unless(case.open_orders > 0, Reason("no_open_order", N_("No work order is open.")))


def promise_lies_ahead(case: Case) -> list[Reason]:
    return _ahead(case, "promised_at")


def promise_is_kept(case: Case) -> list[Reason]:
    """What the customer was told is not put off by whoever dispatches (PAU-07)."""
    told, wanted = case.promised_at, case.inputs.get("promised_at")
    if told is None or wanted is None or told <= case.now or wanted <= told:
        return []
    sentence = N_("The customer was told an earlier time; only a supervisor can put it off.")
    return [Reason("promise_put_off", sentence, {}, "promised_at")]


def follow_up_lies_ahead(case: Case) -> list[Reason]:
    return _ahead(case, "follow_up_at")


def scheduled_ahead_and_not_quiet(case: Case) -> list[Reason]:
    found = _ahead(case, "scheduled_for")
    at = case.inputs.get("scheduled_for")
    if at is not None and callbacks.quiet(at, case.policy):
        found.append(_quiet("scheduled_for", case))
    return found


def _ahead(case: Case, name: str) -> list[Reason]:
    at = case.inputs.get(name)
    return _unless(
        at is None or at > case.now,
        Reason("not_ahead", N_("This must lie in the future."), {}, name),
    )


def _quiet(name: str, case: Case) -> Reason:
    rule = case.policy.callback
    return Reason(
        "quiet_hours",
        N_("Customers are not rung between %(from)s and %(until)s."),
        {"from": f"{rule.quiet_from:%H:%M}", "until": f"{rule.quiet_until:%H:%M}"},
        name,
    )


def compensation_within_limit(case: Case) -> list[Reason]:
    """What is granted stays within what the policy lets a desk grant."""
    granted = case.inputs.get("compensation")
    largest = case.policy.largest_compensation
    if not isinstance(granted, int) or granted <= largest * 10**case.policy.minor_digits:
        return []
    sentence = N_("At most %(largest)s can be granted here.")
    return [Reason("too_much", sentence, {"largest": largest}, "compensation")]


def pause_within_limit(case: Case) -> list[Reason]:
    follow_up = case.inputs.get("follow_up_at")
    if follow_up is None:
        return []
    return _unless(
        case.waited + (follow_up - case.now) <= case.policy.longest_wait,
        Reason(
            "pause_too_long",
            N_("A complaint may wait for its customer for %(days)s days in all."),
            {"days": case.policy.longest_wait.days},
            "follow_up_at",
        ),
    )


def follow_up_reached_for_system(case: Case) -> list[Reason]:
    if Party.RESPONSIBLE in case.parties or case.follow_up_at is None:
        return []
    return _unless(
        case.now >= case.follow_up_at,
        Reason("follow_up_ahead", N_("The follow-up date has not come yet.")),
    )


def writer_may_call(case: Case) -> list[Reason]:
    """CLO-09: a policy may forbid the call to whoever wrote the answer."""
    return _unless(
        case.policy.writer_may_call_back or case.actor_id != case.answered_by,
        Reason("writer_calls", N_("Whoever wrote the answer may not record its callback.")),
    )


def attempt_is_sound(case: Case) -> list[Reason]:
    """An attempt lies between the answer and now, and is on the spot only if that counts."""
    found: list[Reason] = []
    at = case.inputs.get("at")
    if at is not None and at > case.now:
        found.append(Reason("in_future", N_("This has not happened yet."), {}, "at"))
    if at is not None and case.resolved_at is not None and at < case.resolved_at:
        found.append(
            Reason(
                "before_answer",
                N_("The call must come after the answer of %(resolved)s."),
                {"resolved": case.resolved_at},
                "at",
            )
        )
    on_the_spot = case.inputs.get("channel") == CallChannel.ON_THE_SPOT
    if on_the_spot and not case.policy.on_the_spot_counts:
        found.append(
            Reason(
                "on_the_spot",
                N_("A word at the counter does not count as a callback here; call the customer."),
                {},
                "channel",
            )
        )
    return found


def customer_allows_contact(case: Case) -> list[Reason]:
    closes = case.inputs.get("outcome") in callbacks.CLOSING
    return _unless(
        not (case.refuses_contact and closes),
        Reason(
            "refuses_contact",
            N_("The customer refuses contact: closing needs a supervisor's approval."),
            {},
            "outcome",
        ),
    )


def wish_lies_ahead(case: Case) -> list[Reason]:
    return _ahead(case, "wished_at")


def number_is_known_or_explained(case: Case) -> list[Reason]:
    """Decision P7: whoever dials an unknown number says where it comes from."""
    explained = str(case.inputs.get("number_reason") or "").strip()
    return _unless(
        case.number_known is not False or bool(explained),
        Reason(
            "number_unknown",
            N_("This number is not known of this customer; say where it comes from."),
            {},
            "number_reason",
        ),
    )


def attempt_needs_confirming(case: Case) -> list[Reason]:
    attempt: Signed | None = case.inputs.get("attempt")
    return _unless(
        attempt is None or attempt.open,
        Reason("nothing_to_confirm", N_("This call counts already."), {}, "attempt"),
    )


def attempt_is_not_own(case: Case) -> list[Reason]:
    """Decision P8: a late attempt or an unknown number is never confirmed by its author."""
    return _not_own(case, "attempt")


def posting_is_not_own(case: Case) -> list[Reason]:
    """Decision P6: that a letter was posted is confirmed by a second person."""
    return _not_own(case, "notice")


def _not_own(case: Case, name: str) -> list[Reason]:
    signed: Signed | None = case.inputs.get(name)
    if signed is None:
        return []
    people = {signed.by, signed.instead_of} - {None}
    sentence = N_("Whoever recorded this, or acted with them, cannot confirm it.")
    involved = {case.actor_id, *case.stands_in_for, *case.stood_in_by}
    return _unless(not people & involved, Reason("own_record", sentence, {}, name))


def letter_waits_for_posting(case: Case) -> list[Reason]:
    notice: Signed | None = case.inputs.get("notice")
    return _unless(
        notice is None or notice.open,
        Reason("no_letter", N_("No posting of this notice is to be confirmed."), {}, "notice"),
    )


def posted_after_writing(case: Case) -> list[Reason]:
    notice: Signed | None = case.inputs.get("notice")
    posted = case.inputs.get("posted_at")
    if notice is None or posted is None:
        return []
    found = []
    if posted > case.now:
        found.append(Reason("in_future", N_("This has not happened yet."), {}, "posted_at"))
    if posted < notice.at:
        sentence = N_("The letter was written on %(written)s, after this.")
        found.append(Reason("before_writing", sentence, {"written": notice.at}, "posted_at"))
    return found


def address_can_be_one(case: Case) -> list[Reason]:
    """A notice to an address that cannot be reached this way is none (decision P6)."""
    return _unless(
        case.address_fits,
        Reason("no_address", N_("Nothing can be sent to this address this way."), {}, "address"),
    )


def customer_is_beyond_reach(case: Case) -> list[Reason]:
    """The attempts and the notice that closing without the customer's word rests on."""
    return [each for each in without_the_customers_word(case) if each.code != "notice_wait"]


def notice_was_waited_for(case: Case) -> list[Reason]:
    return [each for each in without_the_customers_word(case) if each.code == "notice_wait"]


def without_the_customers_word(case: Case) -> list[Reason]:
    """Everything that is still missing before the complaint may be closed unheard.

    Somebody who said so to somebody at a known number, or whose wish was noted by somebody with no
    hand in the complaint, refuses contact: then nothing is missing. When its own authors noted
    it, a written notice stands for a second hearing (decision P8).
    """
    if _refused_contact(case):
        return []
    attempts = [] if case.refuses_contact else case.attempts
    missing = []
    if not case.refuses_contact:
        missing = callbacks.missing_attempts(attempts, case.policy, case.numbers)
    return [*missing, *callbacks.missing_notice(attempts, case.notices, case.now, case.policy)]


def ground_fits(case: Case) -> list[Reason]:
    ground = case.inputs.get("ground")
    return _unless(
        ground != ClosingGround.REFUSES_CONTACT or case.refuses_contact or _refused_contact(case),
        Reason("did_not_refuse", N_("The customer has not refused contact."), {}, "ground"),
    )


def _refused_contact(case: Case) -> bool:
    heard = any(
        each.outcome == CallOutcome.REFUSED and callbacks.trusted(each, case.policy)
        for each in case.attempts
    )
    return heard or (case.refuses_contact and not case.refusal_by_author)


def decided_by_somebody_else(case: Case) -> list[Reason]:
    """Four eyes: no author of the complaint decides that it ends unheard (design §3, P2-P4)."""
    return against_deciding(
        case.actor_id,
        case.authors,
        stands_in_for=case.stands_in_for,
        stood_in_by=case.stood_in_by,
    )


def not_the_responsible(case: Case) -> list[Reason]:
    return _unless(
        case.actor_id != case.responsible_id and Party.RESPONSIBLE not in case.parties,
        Reason("own_complaint", N_("Somebody other than the responsible person must decide this.")),
    )


def not_the_requester(case: Case) -> list[Reason]:
    """Responsibility may have moved since: whoever asked still does not decide."""
    return _unless(
        not case.closing_requested or case.actor_id != case.closing_requested_by,
        Reason("own_request", N_("Somebody other than whoever asked must decide this.")),
    )


def no_closing_requested(case: Case) -> list[Reason]:
    return _unless(
        not case.closing_requested,
        Reason("already_requested", N_("A supervisor has already been asked to decide.")),
    )


def closing_was_requested(case: Case) -> list[Reason]:
    return _unless(
        case.closing_requested, Reason("not_requested", N_("Nobody has asked for this closing."))
    )


def inside_reopen_window(case: Case) -> list[Reason]:
    """The window binds the desk and the system; supervisors are not blocked by it (REO-02)."""
    if case.ended_at is None or {Party.SUPERVISOR, Party.EXECUTIVE} & case.parties:
        return []
    return _unless(
        case.now - case.ended_at <= case.policy.reopen_window,
        Reason(
            "reopen_window",
            N_("Ended more than %(days)s days ago: register a new complaint, linked as a repeat."),
            {"days": case.policy.reopen_window.days},
        ),
    )


def inside_undo_window(case: Case) -> list[Reason]:
    """CLO-13: a slip of the hand is noticed at once; later the customer must come back."""
    if case.closed_at is None:
        return []
    return _unless(
        case.now - case.closed_at <= case.policy.undo_window,
        Reason(
            "undo_window",
            N_("A closing can be undone for %(minutes)s minutes; reopen it instead."),
            {"minutes": int(case.policy.undo_window.total_seconds() // 60)},
        ),
    )


def happened_already(case: Case) -> list[Reason]:
    at = case.inputs.get("at")
    return _unless(
        at is None or at <= case.now,
        Reason("in_future", N_("This has not happened yet."), {}, "at"),
    )


def withdrawn_since_registered(case: Case) -> list[Reason]:
    """Nobody takes back what they have not said yet (design §3)."""
    at, began = case.inputs.get("at"), case.registered_at
    return _unless(
        at is None or began is None or at >= began,
        Reason(
            "before_registration",
            N_("The complaint was registered on %(registered)s, after this."),
            {"registered": began},
            "at",
        ),
    )


def somebody_hears_of_withdrawal(case: Case) -> list[Reason]:
    """The customer is the second pair of eyes on a withdrawal: told in writing, they may object.
    With no address at all a supervisor with no hand in the complaint records it (decision P7)."""
    overseer = bool({Party.SUPERVISOR, Party.EXECUTIVE} & case.parties)
    if case.can_be_written_to:
        sentence = N_("The responsible person records a withdrawal.")
        return _unless(Party.RESPONSIBLE in case.parties, Reason("not_responsible", sentence))
    if not overseer:
        sentence = N_("The customer cannot be told in writing; a supervisor must record this.")
        return [Reason("cannot_be_told", sentence)]
    return decided_by_somebody_else(case)


def survivor_fits(case: Case) -> list[Reason]:
    other: Other | None = case.inputs.get("into")
    if other is None:
        return []
    return [
        *_unless(
            other.id != case.id,
            Reason("itself", N_("A complaint cannot be merged into itself."), {}, "into"),
        ),
        *_unless(
            other.status in OPEN,
            Reason("survivor_ended", N_("The surviving complaint must be open."), {}, "into"),
        ),
        *_unless(
            other.customer_id == case.customer_id,
            Reason(
                "other_customer", N_("Both complaints must be the same customer's."), {}, "into"
            ),
        ),
    ]


def no_transfer_pending(case: Case) -> list[Reason]:
    return _unless(
        case.transfer_to is None,
        Reason("transfer_pending", N_("A transfer is waiting for the named person's answer.")),
    )


def transfer_pending(case: Case) -> list[Reason]:
    return _unless(
        case.transfer_to is not None, Reason("no_transfer", N_("No transfer is waiting."))
    )


def successor_fits(case: Case) -> list[Reason]:
    """Responsibility moves to somebody else who is here and may answer for complaints."""
    to: Candidate | None = case.inputs.get("to")
    if to is None:
        return []
    return [
        *_unless(
            to.id != case.responsible_id,
            Reason("already_responsible", N_("This person is responsible already."), {}, "to"),
        ),
        *_unless(
            to.active and to.may_answer_for_complaints,
            Reason("cannot_answer", N_("This person cannot take responsibility here."), {}, "to"),
        ),
    ]


def coordinator_fits(case: Case) -> list[Reason]:
    to: Candidate | None = case.inputs.get("to")
    return _unless(
        to is None or to.active,
        Reason("not_here", N_("This person is no longer here."), {}, "to"),
    )


def below_highest_level(case: Case) -> list[Reason]:
    return _unless(
        case.level < max(Level), Reason("highest_level", N_("This is the highest level already."))
    )


def watching(case: Case) -> list[Reason]:
    return _unless(case.watching, Reason("not_watching", N_("You are not watching this.")))


def not_watching(case: Case) -> list[Reason]:
    return _unless(not case.watching, Reason("watching", N_("You are watching this already.")))


def something_changes(case: Case) -> list[Reason]:
    """A reason alone corrects nothing; before anything is filled in there is nothing to refuse."""
    given = {name for name, value in case.inputs.items() if value not in (None, "")}
    return _unless(
        not given or bool(given - {"reason"}),
        Reason("nothing_changed", N_("Nothing was changed.")),
    )


# Which way an action goes.


def customer_may_be_told(case: Case) -> list[Reason]:
    sentence = N_("The customer refuses contact.")
    return _unless(not case.refuses_contact, Reason("refuses_contact", sentence))


def closes(case: Case) -> bool:
    return case.inputs.get("outcome") in callbacks.CLOSING


def reopens(case: Case) -> bool:
    return case.inputs.get("outcome") in callbacks.REOPENING


def came_from(status: Status) -> Callable[[Case], bool]:
    """A condition: the complaint had this status when it was merged."""

    def check(case: Case) -> bool:
        return case.merged_from == status

    check.__name__ = f"came_from_{status}"
    return check
