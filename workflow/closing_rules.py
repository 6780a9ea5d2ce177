"""What must hold before a complaint ends: the callback, the exception, the withdrawal.

Each rule answers every reason against. Source: design §3, "Unreachable rule" and "No single person
ends a complaint"; decisions P2-P8.
"""

from datetime import datetime

from workflow import callbacks
from workflow.authors import against_deciding
from workflow.case import Case, Signed
from workflow.reasons import Reason, unless
from workflow.words import N_, CallChannel, CallOutcome, ClosingGround, Party


def writer_may_call(case: Case) -> list[Reason]:
    """CLO-09: a policy may forbid the call to whoever wrote the answer."""
    return unless(
        callbacks.may_call(case.actor_id, case.answered_by, case.policy),
        Reason("writer_calls", N_("Whoever wrote the answer may not record its callback.")),
    )


def attempt_is_sound(case: Case) -> list[Reason]:
    """An attempt lies between the answer and now, and is on the spot only if that counts."""
    found: list[Reason] = []
    at = case.given("at", datetime)
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
    return unless(
        not (case.refuses_contact and closes),
        Reason(
            "refuses_contact",
            N_("The customer refuses contact: closing needs a supervisor's approval."),
            {},
            "outcome",
        ),
    )


def number_is_known_or_explained(case: Case) -> list[Reason]:
    """Decision P7: whoever dials an unknown number says where it comes from."""
    explained = str(case.inputs.get("number_reason") or "").strip()
    return unless(
        case.number_known is not False or bool(explained),
        Reason(
            "number_unknown",
            N_("This number is not known of this customer; say where it comes from."),
            {},
            "number_reason",
        ),
    )


def attempt_needs_confirming(case: Case) -> list[Reason]:
    attempt = case.given("attempt", Signed)
    return unless(
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
    signed = case.given(name, Signed)
    if signed is None:
        return []
    people = {signed.by, signed.instead_of} - {None}
    sentence = N_("Whoever recorded this, or acted with them, cannot confirm it.")
    involved = {case.actor_id, *case.stands_in_for, *case.stood_in_by}
    return unless(not people & involved, Reason("own_record", sentence, {}, name))


def letter_waits_for_posting(case: Case) -> list[Reason]:
    notice = case.given("notice", Signed)
    return unless(
        notice is None or notice.open,
        Reason("no_letter", N_("No posting of this notice is to be confirmed."), {}, "notice"),
    )


def posted_after_writing(case: Case) -> list[Reason]:
    notice = case.given("notice", Signed)
    posted = case.given("posted_at", datetime)
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
    return unless(
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
    return unless(
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
    return unless(
        case.actor_id != case.responsible_id and Party.RESPONSIBLE not in case.parties,
        Reason("own_complaint", N_("Somebody other than the responsible person must decide this.")),
    )


def not_the_requester(case: Case) -> list[Reason]:
    """Responsibility may have moved since: whoever asked still does not decide."""
    return unless(
        not case.closing_requested or case.actor_id != case.closing_requested_by,
        Reason("own_request", N_("Somebody other than whoever asked must decide this.")),
    )


def no_closing_requested(case: Case) -> list[Reason]:
    return unless(
        not case.closing_requested,
        Reason("already_requested", N_("A supervisor has already been asked to decide.")),
    )


def closing_was_requested(case: Case) -> list[Reason]:
    return unless(
        case.closing_requested, Reason("not_requested", N_("Nobody has asked for this closing."))
    )


def withdrawn_since_registered(case: Case) -> list[Reason]:
    """Nobody takes back what they have not said yet (design §3)."""
    at, began = case.given("at", datetime), case.registered_at
    return unless(
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
        return unless(Party.RESPONSIBLE in case.parties, Reason("not_responsible", sentence))
    if not overseer:
        sentence = N_("The customer cannot be told in writing; a supervisor must record this.")
        return [Reason("cannot_be_told", sentence)]
    return decided_by_somebody_else(case)


def closes(case: Case) -> bool:
    return case.inputs.get("outcome") in callbacks.CLOSING


def reopens(case: Case) -> bool:
    return case.inputs.get("outcome") in callbacks.REOPENING
