"""Every way in which a complaint ends, and whose second pair of eyes is on it.

Nobody ends a complaint alone: either the customer sees it, or somebody with no hand in it. The
rows are compared with the lifecycle (a way that is not here fails a test), and each names the
attacks that were tried on it; `docs/closing.md` is written from them. Source: design §3, P1-P8.
"""

from dataclasses import dataclass

from workflow.words import N_, Status


@dataclass(frozen=True)
class WayToEnd:
    """One way: the action, where it leads, when it is this way, who else sees it, and the tests
    that attack it, as `file::test`."""

    action: str
    to: Status
    when: str
    second: str
    attacks: tuple[str, ...]


_BY_HAND = "services/test_four_eyes_by_hand.py"
_EYES = "services/test_four_eyes.py"
_CLOSING = "services/test_closing.py"
_UNHEARD = "services/test_notices_and_calls.py"
_CALLS = "services/test_calls_that_count.py"

WAYS = (
    WayToEnd(
        "record_callback",
        Status.CLOSED,
        N_("The customer accepts the answer, at a known number."),
        N_(
            "The customer: told in writing once the closing cannot be undone any more, and may"
            " object at any desk while the complaint can be reopened."
        ),
        (
            f"{_CLOSING}::test_by_every_action_of_everybody_only_two_close",
            f"{_CLOSING}::test_the_session_itself_cannot_close",
            f"{_CLOSING}::test_one_closing_does_not_carry_others_with_it",
        ),
    ),
    WayToEnd(
        "record_callback",
        Status.CLOSED,
        N_("The customer accepts the answer, at a number that was not known before."),
        N_(
            "The customer, at every address that was known before; and quality, which always calls"
            " a second time."
        ),
        (f"{_CALLS}::test_an_unknown_number_needs_to_be_explained",),
    ),
    WayToEnd(
        "close_unreached",
        Status.CLOSED,
        N_("The customer cannot be reached."),
        N_(
            "A supervisor or executive with no hand in the complaint, asked by somebody else; the"
            " customer, told in writing before and after."
        ),
        (
            f"{_CLOSING}::test_the_exception_waits_for_each_of_its_parts",
            f"{_EYES}::test_nothing_is_decided_unasked",
            f"{_EYES}::test_whoever_acted_as_a_substitute_does_not_decide_afterwards",
            f"{_EYES}::test_whoever_stands_in_for_an_author_just_now_does_not_decide",
            f"{_EYES}::test_two_roles_of_one_person_are_one_pair_of_eyes",
            f"{_EYES}::test_authors_follow_the_matter_into_the_survivor_of_a_merge",
            f"{_EYES}::test_with_nobody_at_all_the_complaint_stays_open",
            f"{_CLOSING}::test_whoever_asked_for_a_closing_does_not_approve_it_after_a_transfer",
            f"{_EYES}::test_nobody_makes_themselves_the_substitute_of_somebody_else",
            f"{_UNHEARD}::test_a_notice_counts_from_when_it_left",
            f"{_UNHEARD}::test_a_letter_counts_from_the_posting_that_somebody_else_confirms",
            f"{_CALLS}::test_attempts_entered_late_count_only_when_somebody_else_confirms_each",
            f"{_BY_HAND}::test_no_author_grants_but_somebody_else_does",
            "services/test_sql_walk.py::test_no_statement_of_a_random_walk_closes_unheard",
        ),
    ),
    WayToEnd(
        "close_unreached",
        Status.CLOSED,
        N_("The customer refuses contact."),
        N_(
            "As above; and a refusal that only the complaint's own authors noted counts once a"
            " written notice was sent and waited for."
        ),
        (
            f"{_UNHEARD}::test_a_refusal_that_its_own_authors_noted_needs_a_notice_first",
            f"{_UNHEARD}::test_a_refusal_counts_only_at_a_known_number_and_in_time",
        ),
    ),
    WayToEnd(
        "withdraw",
        Status.WITHDRAWN,
        N_("The customer takes it back, and can be written to."),
        N_(
            "The customer: told in writing at once, and may object at any desk; and quality, which"
            " always calls a second time."
        ),
        (f"{_UNHEARD}::test_nobody_withdraws_before_the_complaint_was_registered",),
    ),
    WayToEnd(
        "withdraw",
        Status.WITHDRAWN,
        N_("The customer takes it back, and has no address at all."),
        N_(
            "A supervisor or executive with no hand in the complaint records it; and quality, which"
            " always calls a second time."
        ),
        (f"{_UNHEARD}::test_with_no_address_a_supervisor_records_the_withdrawal",),
    ),
    WayToEnd(
        "merge",
        Status.MERGED,
        N_("It is the same as another open complaint of the same customer."),
        N_(
            "The surviving complaint stays open: it keeps the earlier start, the higher level, the"
            " dissatisfied callbacks and the authors, and ends only in one of the other ways."
        ),
        (f"{_CLOSING}::test_a_merge_never_closes_the_survivor",),
    ),
)
