"""What must hold before an action on a complaint: each rule answers every reason against it.

Sources are in design §3 unless a line says otherwise.
"""

from collections.abc import Callable
from datetime import datetime

from workflow import callbacks
from workflow.case import Candidate, Case, Other
from workflow.reasons import Reason, unless
from workflow.values import Sets
from workflow.words import (
    N_,
    OPEN,
    Level,
    Party,
    Status,
)


def no_open_orders(case: Case) -> list[Reason]:
    return unless(
        case.open_orders == 0,
        Reason(
            "open_orders",
            N_("Work orders still open: %(open)s. Wait for them or recall them."),
            {"open": case.open_orders},
        ),
    )


def some_open_order(case: Case) -> list[Reason]:
    return unless(case.open_orders > 0, Reason("no_open_order", N_("No work order is open.")))


def promise_lies_ahead(case: Case) -> list[Reason]:
    return _ahead(case, Sets.PROMISE)


def promise_is_kept(case: Case) -> list[Reason]:
    """What the customer was told is not put off by whoever dispatches (PAU-07)."""
    told, wanted = case.promised_at, case.meant.get(Sets.PROMISE)
    if told is None or wanted is None or told <= case.now or wanted.moment <= told:
        return []
    sentence = N_("The customer was told an earlier time; only a supervisor can put it off.")
    return [Reason("promise_put_off", sentence, {}, wanted.field)]


def follow_up_lies_ahead(case: Case) -> list[Reason]:
    return _ahead(case, Sets.FOLLOW_UP)


def scheduled_ahead_and_not_quiet(case: Case) -> list[Reason]:
    found = _ahead(case, Sets.CALLBACK_TIME)
    wished = case.meant.get(Sets.CALLBACK_TIME)
    if wished is not None and callbacks.quiet(wished.moment, case.policy):
        found.append(_quiet(wished.field, case))
    return found


def _ahead(case: Case, meaning: Sets) -> list[Reason]:
    meant = case.meant.get(meaning)
    if meant is None or meant.moment > case.now:
        return []
    return [Reason("not_ahead", N_("This must lie in the future."), {}, meant.field)]


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
    follow_up = case.meant.get(Sets.FOLLOW_UP)
    if follow_up is None:
        return []
    return unless(
        case.waited + (follow_up.moment - case.now) <= case.policy.longest_wait,
        Reason(
            "pause_too_long",
            N_("A complaint may wait for its customer for %(days)s days in all."),
            {"days": case.policy.longest_wait.days},
            follow_up.field,
        ),
    )


def follow_up_reached_for_system(case: Case) -> list[Reason]:
    if Party.RESPONSIBLE in case.parties or case.follow_up_at is None:
        return []
    return unless(
        case.now >= case.follow_up_at,
        Reason("follow_up_ahead", N_("The follow-up date has not come yet.")),
    )


def wish_lies_ahead(case: Case) -> list[Reason]:
    return _ahead(case, Sets.CALLBACK_TIME)


def inside_reopen_window(case: Case) -> list[Reason]:
    """The window binds the desk and the system; supervisors are not blocked by it (REO-02)."""
    if case.ended_at is None or {Party.SUPERVISOR, Party.EXECUTIVE} & case.parties:
        return []
    return unless(
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
    return unless(
        case.now - case.closed_at <= case.policy.undo_window,
        Reason(
            "undo_window",
            N_("A closing can be undone for %(minutes)s minutes; reopen it instead."),
            {"minutes": int(case.policy.undo_window.total_seconds() // 60)},
        ),
    )


def happened_already(case: Case) -> list[Reason]:
    at = case.given("at", datetime)
    return unless(
        at is None or at <= case.now,
        Reason("in_future", N_("This has not happened yet."), {}, "at"),
    )


def survivor_fits(case: Case) -> list[Reason]:
    other = case.given("into", Other)
    if other is None:
        return []
    return [
        *unless(
            other.id != case.id,
            Reason("itself", N_("A complaint cannot be merged into itself."), {}, "into"),
        ),
        *unless(
            other.status in OPEN,
            Reason("survivor_ended", N_("The surviving complaint must be open."), {}, "into"),
        ),
        *unless(
            other.customer_id == case.customer_id,
            Reason(
                "other_customer", N_("Both complaints must be the same customer's."), {}, "into"
            ),
        ),
    ]


def no_transfer_pending(case: Case) -> list[Reason]:
    return unless(
        case.transfer_to is None,
        Reason("transfer_pending", N_("A transfer is waiting for the named person's answer.")),
    )


def transfer_pending(case: Case) -> list[Reason]:
    return unless(
        case.transfer_to is not None, Reason("no_transfer", N_("No transfer is waiting."))
    )


def successor_fits(case: Case) -> list[Reason]:
    """Responsibility moves to somebody else who is here and may answer for complaints."""
    to = case.given("to", Candidate)
    if to is None:
        return []
    return [
        *unless(
            to.id != case.responsible_id,
            Reason("already_responsible", N_("This person is responsible already."), {}, "to"),
        ),
        *unless(
            to.active and to.may_answer_for_complaints,
            Reason("cannot_answer", N_("This person cannot take responsibility here."), {}, "to"),
        ),
    ]


def coordinator_fits(case: Case) -> list[Reason]:
    to = case.given("to", Candidate)
    return unless(
        to is None or to.active,
        Reason("not_here", N_("This person is no longer here."), {}, "to"),
    )


def below_highest_level(case: Case) -> list[Reason]:
    return unless(
        case.level < max(Level), Reason("highest_level", N_("This is the highest level already."))
    )


def watching(case: Case) -> list[Reason]:
    return unless(case.watching, Reason("not_watching", N_("You are not watching this.")))


def not_watching(case: Case) -> list[Reason]:
    return unless(not case.watching, Reason("watching", N_("You are watching this already.")))


def something_changes(case: Case) -> list[Reason]:
    """A reason alone corrects nothing; before anything is filled in there is nothing to refuse."""
    given = {name for name, value in case.inputs.items() if value not in (None, "")}
    return unless(
        not given or bool(given - {"reason"}),
        Reason("nothing_changed", N_("Nothing was changed.")),
    )


# Which way an action goes.


def customer_may_be_told(case: Case) -> list[Reason]:
    sentence = N_("The customer refuses contact.")
    return unless(not case.refuses_contact, Reason("refuses_contact", sentence))


def came_from(status: Status) -> Callable[[Case], bool]:
    """A condition: the complaint had this status when it was merged."""

    def check(case: Case) -> bool:
        return case.merged_from == status

    check.__name__ = f"came_from_{status}"
    return check
