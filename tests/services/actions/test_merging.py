"""A duplicate lives on in another complaint, and the merge can be undone (REO-07, CLO-08)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, ask_to_close, call, do, registered, resolve
from tickets import customers, history
from tickets.complaints.merged import unhappy_callbacks
from tickets.models import Callback, Complaint, Event, Merge, Message, Watch
from workflow.machine import Refused
from workflow.words import CallOutcome, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def merge(complaint: Complaint, into: Complaint, cast: Cast, now: datetime) -> None:
    do("merge", complaint, cast.zheng, now, into=into.number, reason="The same line.")


def unmerge(complaint: Complaint, cast: Cast, now: datetime) -> None:
    do("unmerge", complaint, cast.zheng, now, reason="Another line.")


def test_contact_by_an_old_number_reaches_the_survivor_of_the_survivor(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-07."""
    first, second, third = (registered(cast, now=now) for _ in range(3))
    merge(first, second, cast, now)
    merge(second, third, cast, now)

    do("contact", first, cast.chen, now + HOUR, channel="phone", text="And now?")

    assert third.customer_waiting_since == now + HOUR
    assert first.customer_waiting_since is second.customer_waiting_since is None
    event = session.scalars(select(Event).where(Event.action == "contact")).one()
    assert event.data["passed_on_to"] == third.number


def test_a_survivor_keeps_the_earliest_start_and_gets_its_own_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-07, C-39."""
    oldest, old, survivor = (registered(cast, now=now + hours * HOUR) for hours in (0, 1, 2))
    merge(oldest, survivor, cast, now + 3 * HOUR)
    merge(old, survivor, cast, now + 3 * HOUR)
    assert survivor.started_at == now

    unmerge(oldest, cast, now + 4 * HOUR)
    assert survivor.started_at == now + HOUR
    unmerge(old, cast, now + 4 * HOUR)
    assert survivor.started_at == now + 2 * HOUR


def test_undoing_a_merge_reaches_along_the_whole_road(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    oldest, old, survivor = (registered(cast, now=now + hours * HOUR) for hours in (0, 1, 2))
    merge(oldest, old, cast, now + 3 * HOUR)
    merge(old, survivor, cast, now + 3 * HOUR)
    assert survivor.started_at == now

    unmerge(oldest, cast, now + 4 * HOUR)

    assert old.started_at == survivor.started_at == now + HOUR


def test_the_survivor_takes_over_the_watchers_and_gives_them_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-07."""
    complaint, survivor = registered(cast, now=now), registered(cast, now=now)
    do("watch", complaint, cast.qian, now)
    do("watch", complaint, cast.shen, now)
    do("watch", survivor, cast.shen, now)

    merge(complaint, survivor, cast, now)
    assert watchers(survivor, session) == {cast.people["qian"], cast.people["shen"]}

    unmerge(complaint, cast, now)
    assert watchers(survivor, session) == {cast.people["shen"]}
    assert watchers(complaint, session) == {cast.people["qian"], cast.people["shen"]}


def watchers(complaint: Complaint, session: scoped_session[Session]) -> set[object]:
    query = select(Watch.person_id).where(Watch.complaint_id == complaint.id)
    return set(session.scalars(query))


def test_the_earlier_agreed_call_is_kept_and_given_back(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-08, REO-07."""
    complaint, survivor = registered(cast, now=now), registered(cast, now=now)
    do("schedule_callback", survivor, cast.chen, now, scheduled_for=now + 2 * DAY)
    do("schedule_callback", complaint, cast.chen, now, scheduled_for=now + DAY)

    merge(complaint, survivor, cast, now)
    assert agreed(survivor, session) == now + DAY

    unmerge(complaint, cast, now)
    assert agreed(survivor, session) == now + 2 * DAY
    assert agreed(complaint, session) == now + DAY


def test_a_call_agreed_on_after_the_merge_stays_when_it_is_undone(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint, survivor = registered(cast, now=now), registered(cast, now=now)
    do("schedule_callback", complaint, cast.chen, now, scheduled_for=now + DAY)
    merge(complaint, survivor, cast, now)
    do("schedule_callback", survivor, cast.chen, now, scheduled_for=now + 3 * DAY)

    unmerge(complaint, cast, now)

    assert agreed(survivor, session) == now + 3 * DAY


def agreed(complaint: Complaint, session: scoped_session[Session]) -> datetime | None:
    query = select(Callback).where(Callback.complaint_id == complaint.id)
    return session.scalars(query.execution_options(populate_existing=True)).one().scheduled_for


@pytest.mark.parametrize("status", ["registered", "in_progress", "waiting_customer", "resolved"])
def test_undoing_a_merge_leads_back_to_where_it_stood(
    session: scoped_session[Session], cast: Cast, now: datetime, status: str
) -> None:
    complaint, survivor = registered(cast, now=now), registered(cast, now=now)
    if status != "registered":
        do("start", complaint, cast.chen, now)
    if status == "waiting_customer":
        asked = {"question": "?", "wait_reason": "details", "follow_up_at": now + DAY}
        do("ask_customer", complaint, cast.chen, now, **asked)
    if status == "resolved":
        resolve(cast, complaint, now)
    merge(complaint, survivor, cast, now)
    assert complaint.status is Status.MERGED

    unmerge(complaint, cast, now + HOUR)

    assert complaint.status == status
    assert complaint.merged_into_id is None
    if status == "resolved":
        call(complaint, CallOutcome.ACCEPTED, now + HOUR)
    assert list(history.flaws(complaint)) == []


def test_waiting_goes_on_after_a_merge_is_undone(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """PAU-01: what it waited is counted on both sides of the merge, and not while it was merged."""
    complaint, survivor = registered(cast, now=now), registered(cast, now=now)
    do("start", complaint, cast.chen, now)
    asked = {"question": "?", "wait_reason": "details", "follow_up_at": now + 14 * DAY}
    do("ask_customer", complaint, cast.chen, now, **asked)
    merge(complaint, survivor, cast, now + 2 * DAY)
    unmerge(complaint, cast, now + 9 * DAY)
    do("resume", complaint, cast.chen, now + 13 * DAY)

    # Six days of fifteen are used up.
    asked["follow_up_at"] = now + 13 * DAY + 9 * DAY
    do("ask_customer", complaint, cast.chen, now + 13 * DAY, **asked)
    do("resume", complaint, cast.chen, now + 13 * DAY)
    asked["follow_up_at"] += HOUR
    with pytest.raises(Refused, match="15 days in all"):
        do("ask_customer", complaint, cast.chen, now + 13 * DAY, **asked)


@pytest.mark.parametrize(
    ("into", "code"),
    [("itself", "itself"), ("ended", "survivor_ended"), ("other", "other_customer")],
)
def test_a_complaint_lives_on_only_in_an_open_one_of_the_same_customer(
    session: scoped_session[Session], cast: Cast, now: datetime, into: str, code: str
) -> None:
    complaint, ended, other = (registered(cast, now=now) for _ in range(3))
    do("withdraw", ended, cast.chen, now, channel="phone", at=now, text="Fine now.")
    other.customer = customers.add(name="Li Na", contacts=[], now=now)
    session.flush()
    survivors = {"itself": complaint, "ended": ended, "other": other}

    with pytest.raises(Refused) as refusal:
        merge(complaint, survivors[into], cast, now)

    assert {(each.code, each.field) for each in refusal.value.reasons} == {(code, "into")}


@pytest.mark.parametrize("into", ["000000000000", "not a number", "12", ""])
def test_an_unknown_survivor_is_refused_at_the_field(
    session: scoped_session[Session], cast: Cast, now: datetime, into: str
) -> None:
    complaint = registered(cast, now=now)
    with pytest.raises(Refused) as refusal:
        do("merge", complaint, cast.zheng, now, into=into, reason="The same.")

    assert [each.field for each in refusal.value.reasons] == ["into"]


def test_a_survivor_that_may_not_be_seen_is_as_unknown(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-04: neither its existence nor its customer is given away."""
    mine, theirs = registered(cast, now=now), registered(cast, now=now, by="north_desk")
    with pytest.raises(Refused) as refusal:
        do("merge", mine, cast.chen, now, into=theirs.number, reason="The same.")

    assert [(each.code, each.field) for each in refusal.value.reasons] == [("unknown", "into")]


def test_the_surviving_complaint_tells_in_its_own_history_what_was_merged_in(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """REO-07: whoever reads the survivor alone learns of the merge, its end, and the contact."""
    duplicate, survivor = registered(cast, now=now), registered(cast, now=now)
    do("merge", duplicate, cast.chen, now, into=survivor.number, reason="The same line.")
    do("contact", duplicate, cast.chen, now, channel="phone", text="Still dead!")
    do("unmerge", duplicate, cast.chen, now, reason="Another line after all.")

    told = session.scalars(
        select(Event).where(Event.complaint_id == survivor.id).order_by(Event.seq)
    ).all()
    assert [event.action for event in told][1:] == [
        "merged_in",
        "contact_passed_on",
        "merge_undone",
    ]
    assert {event.data["duplicate"] for event in told[1:]} == {duplicate.number}
    assert list(history.flaws(survivor)) == []


def unhappy(cast: Cast, now: datetime, times: int = 1) -> Complaint:
    """Called back, and the customer was not satisfied."""
    complaint = registered(cast, now=now)
    for _ in range(times):
        resolve(cast, complaint, now)
        call(complaint, CallOutcome.DISSATISFIED, now)
    return complaint


def test_a_merge_names_why_the_two_are_the_same(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    one, other = registered(cast, now=now), registered(cast, now=now)
    with pytest.raises(Refused) as refusal:
        do("merge", one, cast.chen, now, into=other.number, because=None, reason="The same.")
    assert [each.field for each in refusal.value.reasons] == ["because"]

    do("merge", one, cast.chen, now, into=other.number, because="same_line", reason="The same.")
    assert session.scalars(select(Merge.because)).one() == "same_line"


@pytest.mark.parametrize("level", [0, 1, 3])
def test_the_survivor_stands_at_least_as_high_as_what_lives_on_in_it(
    session: scoped_session[Session], cast: Cast, now: datetime, level: int
) -> None:
    """The attack: a merge into a fresh complaint lowers the level. It rises by rule, on record."""
    duplicate, survivor = unhappy(cast, now, times=2), registered(cast, now=now)
    for _ in range(level):
        do("raise_level", survivor, cast.chen, now, reason="It is bad.")
    merge(duplicate, survivor, cast, now)

    assert (duplicate.level, survivor.level) == (2, max(level, 2))
    by_rule = session.scalars(
        select(Event).where(Event.action == "raise_level", Event.actor_id.is_(None))
    ).all()
    assert len(by_rule) == max(2 - level, 0)
    assert {event.complaint_id for event in by_rule} <= {survivor.id}
    assert list(history.flaws(survivor)) == []


def test_a_merge_hides_no_callback_at_which_the_customer_was_not_satisfied(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Through others as well, for as long as the merges hold."""
    duplicate, middle, survivor = unhappy(cast, now), registered(cast, now=now), unhappy(cast, now)
    merge(duplicate, middle, cast, now)
    merge(middle, survivor, cast, now)
    (found,) = unhappy_callbacks([survivor])[survivor.id]
    assert (found.number, found.outcome) == (duplicate.number, CallOutcome.DISSATISFIED)
    assert found.by == "Chen"

    unmerge(middle, cast, now + HOUR)
    assert unhappy_callbacks([survivor, middle])[survivor.id] == []
    assert len(unhappy_callbacks([survivor, middle])[middle.id]) == 1


def test_whoever_handled_the_duplicate_does_not_decide_on_the_survivor(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """P4: authors follow the matter; the attack is to merge it and approve the other one."""
    duplicate, survivor = registered(cast, now=now), registered(cast, now=now, by="wang")
    do("transfer", duplicate, cast.zheng, now, to=cast.people["zheng"], reason="Mine.")
    do("accept_transfer", duplicate, cast.zheng, now)
    do("merge", duplicate, cast.zheng, now, into=survivor.number, reason="The same line.")
    resolve(cast, survivor, now)
    call(survivor, CallOutcome.REFUSED, now)
    ask_to_close(survivor, cast.wang, now, "refuses_contact")
    with pytest.raises(Refused) as refusal:
        do("close_unreached", survivor, cast.zheng, now, reason="Wants no call.")
    assert "own_complaint" in {each.code for each in refusal.value.reasons}
    do("close_unreached", survivor, cast.he, now, reason="Wants no call.")


def test_the_customer_hears_nothing_of_a_merge(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Nothing that they were told is different: the old number leads to the survivor."""
    one, other = registered(cast, now=now), registered(cast, now=now)
    before = len(session.scalars(select(Message)).all())
    merge(one, other, cast, now)
    after = session.scalars(select(Message)).all()
    assert len(after) == before
