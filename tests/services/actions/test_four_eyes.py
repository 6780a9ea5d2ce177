"""No single person ends a complaint: four eyes on every exceptional closing (P2-P4, P9)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, ask_to_close, call, delivered, do, resolve, resolved, unreached
from tickets.actions.deciders import is_orphaned, may_decide
from tickets.models import Approval, Complaint, Membership, Notification, Person
from tickets.people import absences
from tickets.people.absences import acting_for
from tickets.visibility import may_see
from workflow.machine import Refused
from workflow.words import CallOutcome, Role, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def reasons_against(complaint: Complaint, person: Person, at: datetime) -> set[str]:
    """The codes with which approving is refused; empty when it was done."""
    try:
        do("close_unreached", complaint, person, at, reason="Fine.")
    except Refused as refused:
        return {reason.code for reason in refused.reasons}
    return set()


def standing_in(person: Person, at: datetime) -> Person:
    """As somebody who signs in at that moment."""
    person.stands_in_for = acting_for(person, at)
    return person


def refused_and_asked(cast: Cast, now: datetime) -> Complaint:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now + HOUR)
    ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")
    return complaint


def test_nobody_makes_themselves_the_substitute_of_somebody_else(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """The attack began so: the supervisor entered an absence with herself as the substitute."""
    for actor in (cast.zheng, cast.admin):
        with pytest.raises(Refused, match="yourself the substitute"):
            absences.enter(cast.chen, actor, now, now + DAY, actor=actor, now=now)


def test_nor_by_way_of_somebody_for_whom_they_stand_in_already(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    absences.enter(cast.wang, cast.zheng, now + HOUR, now + DAY, actor=cast.wang, now=now)
    session.flush()

    with pytest.raises(Refused, match="yourself the substitute"):
        absences.enter(cast.chen, cast.wang, now, now + 2 * DAY, actor=cast.zheng, now=now)


def test_an_absence_that_somebody_else_enters_is_told_to_both_and_the_next_level_up(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    absences.enter(cast.chen, cast.wang, now, now + DAY, actor=cast.zheng, now=now)
    absences.enter(cast.li, cast.wang, now, now + DAY, actor=cast.admin, now=now)
    absences.enter(cast.zheng, cast.wang, now, now + DAY, actor=cast.zheng, now=now)

    told = session.execute(
        select(Notification.once, Notification.person_id).where(
            Notification.topic == "absence_entered"
        )
    ).all()
    names = {key: name for name, key in cast.people.items()}
    by_absence: dict[str, set[str]] = {}
    for once, person in told:
        by_absence.setdefault(once.rsplit(":", 1)[0], set()).add(names[person])
    assert sorted(map(sorted, by_absence.values())) == [["chen", "wang"], ["li", "wang", "zheng"]]


def test_whoever_acted_as_a_substitute_does_not_decide_afterwards(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """The rest of the attack, with an absence that Chen entered himself: the supervisor resolves
    and records in his place, his absence ends, and she approves."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.NOT_SOLVED, now + HOUR)
    absences.enter(cast.chen, cast.zheng, now, now + DAY, actor=cast.chen, now=now)
    session.flush()
    zheng = standing_in(cast.zheng, now + 2 * HOUR)
    answer = {"outcome": "upheld", "cause": cast.cause, "remedy": "repair"}
    do("resolve", complaint, zheng, now + 2 * HOUR, answer="Replaced.", **answer)
    call(complaint, CallOutcome.REFUSED, now + 3 * HOUR, by=zheng)
    ask_to_close(complaint, zheng, now + 3 * HOUR, "refuses_contact")
    zheng = standing_in(zheng, now + 2 * DAY)

    assert reasons_against(complaint, zheng, now + 2 * DAY) == {
        "author_answered",
        "author_called",
        "own_request",
    }
    assert reasons_against(complaint, cast.he, now + 2 * DAY) == set()


def test_whoever_stands_in_for_an_author_just_now_does_not_decide(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = refused_and_asked(cast, now)
    absences.enter(cast.chen, cast.zheng, now, now + DAY, actor=cast.chen, now=now)
    session.flush()

    zheng = standing_in(cast.zheng, now + 2 * HOUR)
    assert "stands_in_for_author" in reasons_against(complaint, zheng, now + 2 * HOUR)

    back = standing_in(zheng, now + 2 * DAY)
    assert reasons_against(complaint, back, now + 2 * DAY) == set()


def test_whoever_has_an_author_as_substitute_just_now_does_not_decide(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = refused_and_asked(cast, now)
    absences.enter(cast.zheng, cast.chen, now, now + DAY, actor=cast.zheng, now=now)
    session.flush()

    assert reasons_against(complaint, cast.zheng, now + 2 * HOUR) == {"author_stands_in"}


def test_for_whom_somebody_acted_is_an_author_as_well(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """A supervisor who was responsible and away: what was done in their place is theirs."""
    complaint = resolved(cast, now=now)
    do("transfer", complaint, cast.he, now, to=cast.people["zheng"], reason="Important.")
    do("accept_transfer", complaint, cast.zheng, now)
    absences.enter(cast.zheng, cast.wang, now, now + DAY, actor=cast.zheng, now=now)
    session.flush()
    wang = standing_in(cast.wang, now + HOUR)
    call(complaint, CallOutcome.REFUSED, now + HOUR, by=wang)
    ask_to_close(complaint, wang, now + HOUR, "refuses_contact")

    against = reasons_against(complaint, cast.zheng, now + 2 * DAY)
    assert {"author_represented", "own_complaint"} <= against
    assert reasons_against(complaint, cast.he, now + 2 * DAY) == set()


def test_two_roles_of_one_person_are_one_pair_of_eyes(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Quality calls, and approves as supervisor."""
    branch = cast.units["branch"]
    cast.qian.memberships.append(Membership(unit_id=branch, role=Role.SUPERVISOR))
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now + HOUR, by=cast.qian)
    ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")

    assert reasons_against(complaint, cast.qian, now + DAY) == {"author_called"}


def test_nothing_is_decided_unasked(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now + HOUR)

    assert reasons_against(complaint, cast.zheng, now + DAY) == {"not_requested"}


def test_authors_follow_the_matter_into_the_next_cycle(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    do("transfer", complaint, cast.he, now, to=cast.people["zheng"], reason="Important.")
    do("accept_transfer", complaint, cast.zheng, now)
    call(complaint, CallOutcome.NOT_SOLVED, now + HOUR)
    do("transfer", complaint, cast.he, now + HOUR, to=cast.people["chen"], reason="Back.")
    do("accept_transfer", complaint, cast.chen, now + HOUR)
    resolve(cast, complaint, now + 2 * HOUR)
    call(complaint, CallOutcome.REFUSED, now + 3 * HOUR)
    ask_to_close(complaint, cast.chen, now + 3 * HOUR, "refuses_contact")

    against = reasons_against(complaint, cast.zheng, now + DAY)
    assert against == {"own_complaint", "author_called"}


def test_authors_follow_the_matter_into_the_survivor_of_a_merge(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    duplicate = resolved(cast, now=now)
    do("transfer", duplicate, cast.he, now, to=cast.people["zheng"], reason="Important.")
    do("accept_transfer", duplicate, cast.zheng, now)
    survivor = refused_and_asked(cast, now)
    merged = {"into": survivor.number, "because": "sent_twice", "reason": "The same."}
    do("merge", duplicate, cast.zheng, now + HOUR, **merged)

    assert reasons_against(survivor, cast.zheng, now + DAY) == {"own_complaint"}


def test_denying_is_barred_to_the_requester_and_the_responsible_person_only(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    do("transfer", complaint, cast.he, now, to=cast.people["zheng"], reason="Important.")
    do("accept_transfer", complaint, cast.zheng, now)
    call(complaint, CallOutcome.REFUSED, now + HOUR)
    ask_to_close(complaint, cast.zheng, now + HOUR, "refuses_contact")
    with pytest.raises(Refused):
        do("deny_closing", complaint, cast.zheng, now + HOUR, reason="No.")
    do("deny_closing", complaint, cast.he, now + HOUR, reason="Try again.")
    do("transfer", complaint, cast.he, now + HOUR, to=cast.people["chen"], reason="Back.")
    do("accept_transfer", complaint, cast.chen, now + HOUR)
    ask_to_close(complaint, cast.chen, now + 2 * HOUR, "refuses_contact")

    assert "own_complaint" in reasons_against(complaint, cast.zheng, now + 2 * HOUR)
    do("deny_closing", complaint, cast.zheng, now + 3 * HOUR, reason="Try once more.")

    assert complaint.status is Status.RESOLVED


def everybody_above_had_a_hand_in_it(cast: Cast, now: datetime) -> Complaint:
    complaint = resolved(cast, now=now)
    for name in ("zheng", "he"):
        do("transfer", complaint, cast.he, now, to=cast.people[name], reason="Important.")
        do("accept_transfer", complaint, cast.person(name), now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["chen"], reason="Back.")
    do("accept_transfer", complaint, cast.chen, now)
    return complaint


def test_with_nobody_above_the_rule_names_quality_who_sees_it_and_decides(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = everybody_above_had_a_hand_in_it(cast, now)
    assert may_decide(complaint, now) == []
    call(complaint, CallOutcome.REFUSED, now + HOUR)
    ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")

    request = session.scalars(select(Approval)).one()
    assert request.named_id == cast.people["qian"]
    assert not is_orphaned(complaint, request.named_id, now)
    told = session.scalars(
        select(Notification.person_id).where(Notification.topic == "closing_requested")
    ).all()
    assert cast.people["qian"] in told
    assert reasons_against(complaint, cast.north_supervisor, now + DAY) == {"wrong_party"}
    assert reasons_against(complaint, cast.qian, now + DAY) == set()


def test_with_quality_in_it_as_well_a_supervisor_of_another_branch_is_named(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = everybody_above_had_a_hand_in_it(cast, now)
    call(complaint, CallOutcome.REFUSED, now + HOUR, by=cast.qian)
    assert not may_see(cast.north_supervisor, complaint)
    ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")

    assert may_see(cast.north_supervisor, complaint)
    assert reasons_against(complaint, cast.north_supervisor, now + DAY) == set()
    assert not may_see(cast.north_supervisor, complaint), "it is decided"


def test_with_nobody_at_all_the_complaint_stays_open(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = everybody_above_had_a_hand_in_it(cast, now)
    call(complaint, CallOutcome.REFUSED, now + HOUR, by=cast.qian)
    cast.north_supervisor.active = False
    ask_to_close(complaint, cast.chen, now + HOUR, "refuses_contact")

    request = session.scalars(select(Approval)).one()
    assert request.named_id is None
    assert is_orphaned(complaint, request.named_id, now + DAY)
    for name in ("zheng", "he", "qian", "chen"):
        assert reasons_against(complaint, cast.person(name), now + DAY)
    assert complaint.status is Status.RESOLVED


def test_an_unreachable_customer_is_closed_by_two_people(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    waited = unreached(complaint, now)
    ask_to_close(complaint, cast.chen, waited, "unreachable")
    delivered(waited)

    assert reasons_against(complaint, cast.zheng, waited) == set()
    request = session.scalars(select(Approval)).one()
    assert (request.requested_by_id, request.decided_by_id) == (
        cast.people["chen"],
        cast.people["zheng"],
    )
