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


_BY_HAND = "services/actions/test_four_eyes_by_hand.py"
_EYES = "services/actions/test_four_eyes.py"
_CLOSING = "services/actions/test_closing.py"
_UNHEARD = "services/actions/test_notices_and_calls.py"
_ALONE = "pages/actions/test_one_person_alone.py"
_ENDS = "services/actions/test_ends_told.py"
_CALLS = "services/actions/test_calls_that_count.py"

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
            f"{_ENDS}::test_a_closing_is_told_once_it_cannot_be_undone_any_more",
            f"{_ENDS}::test_whoever_brings_a_new_number_is_not_the_only_one_who_reads_of_the_end",
            "pages/intake/test_objections.py::test_an_objection_at_another_desk_opens_it_again_there",
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
        (
            f"{_CALLS}::test_an_unknown_number_needs_to_be_explained",
            f"{_CALLS}::test_a_number_added_by_its_own_author_proves_nothing",
            f"{_ENDS}::test_an_accepted_callback_to_an_unknown_number_is_told"
            "_to_every_earlier_address",
        ),
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
            f"{_ALONE}::test_a_supervisor_does_not_make_herself_the_substitute",
            f"{_ALONE}::test_a_substitute_who_answered_does_not_approve_when_the_absence_is_over",
            f"{_ALONE}::test_quality_and_supervisor_in_one_person_are_one_person",
            f"{_ALONE}::test_moving_a_complaint_away_leaves_whoever_had_it_an_author",
            f"{_ALONE}::test_an_old_form_does_not_approve_twice_nor_after_the_denial",
            f"{_ALONE}::test_a_notice_to_nobody_at_all_is_refused_at_its_field_with_what_was_typed",
            f"{_ALONE}::test_three_calls_typed_within_a_second_are_kept_and_do_not_count",
            f"{_BY_HAND}::test_no_author_grants_but_somebody_else_does",
            "services/actions/test_sql_walk.py::test_no_statement_of_a_random_walk_closes_unheard",
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
        (
            f"{_UNHEARD}::test_nobody_withdraws_before_the_complaint_was_registered",
            f"{_ENDS}::test_a_withdrawal_is_told_at_once_with_who_said_it_and_how",
            f"{_ENDS}::test_an_address_of_one_s_own_making_tells_nobody",
            "services/quality/test_always_drawn.py::test_each_withdrawal_is",
        ),
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
        (
            f"{_CLOSING}::test_a_merge_never_closes_the_survivor",
            "services/actions/test_merging.py"
            "::test_a_merge_hides_no_callback_at_which_the_customer_was_not_satisfied",
            "services/actions/test_merging.py::test_whoever_handled_the_duplicate_does_not_decide"
            "_on_the_survivor",
        ),
    ),
)
