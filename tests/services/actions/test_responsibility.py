"""Exactly one person answers for a complaint, never silently another (OWN-01…05, CLO-08, M-03)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolve, resolved
from tickets.actors import System
from tickets.administration import leaving
from tickets.models import Callback, Complaint, Event, Transfer
from workflow.machine import Refused
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def transfer(
    complaint: Complaint, cast: Cast, to: str, now: datetime, *, by: str = "zheng"
) -> None:
    do("transfer", complaint, cast.person(by), now, to=cast.people[to], reason="Chen is ill.")


def events(complaint: Complaint, session: scoped_session[Session]) -> list[Event]:
    query = select(Event).where(Event.complaint_id == complaint.id).order_by(Event.seq)
    return list(session.scalars(query))


def test_whoever_receives_it_answers_for_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now, by="li")

    assert complaint.responsible_id == complaint.received_by_id == cast.people["li"]


def test_work_moves_and_responsibility_does_not(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-01: dispatched, accepted, returned, arbitrated, answered: it is Chen's all the while."""
    complaint = dispatched(cast, "network", "billing", now=now)
    network, billing = orders(complaint)
    held_by = [complaint.responsible_id]
    for name, order, who, said in (
        ("accept", network, "zhao", {}),
        ("return", billing, "zhou", {"reason": "Not ours."}),
        ("return", network, "zhao", {"reason": "Nor ours."}),
        ("arbitrate", network, "zheng", {"ruling": "bind_this", "reason": "It is."}),
        ("accept", network, "zhao", {}),
        ("answer", network, "zhao", {"answer": "Mended."}),
    ):
        do(name, order, cast.person(who), now, **said)
        held_by.append(complaint.responsible_id)
    do("raise_level", complaint, cast.chen, now, reason="It takes long.")
    held_by.append(complaint.responsible_id)

    assert set(held_by) == {cast.people["chen"]}


def test_a_coordinator_does_not_answer_for_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", "billing", now=now)

    named = cast.people["sun"]
    do("name_coordinator", complaint, cast.zheng, now, to=named, reason="Knows the line.")

    assert complaint.coordinator_id == named
    assert complaint.responsible_id == cast.people["chen"]


def test_nobody_who_has_left_is_named_coordinator(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)
    cast.sun.active = False

    with pytest.raises(Refused, match="no longer here"):
        do("name_coordinator", complaint, cast.zheng, now, to=cast.people["sun"], reason="Knows.")


def test_the_first_receiver_is_never_erased(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """M-03, OWN-03: every change with actor and reason; who received it stays."""
    complaint = registered(cast, now=now)
    transfer(complaint, cast, "wang", now)
    do("accept_transfer", complaint, cast.wang, now)
    said = "Wang leaves."
    leaving.hand_over(cast.wang, cast.li, actor=cast.admin, now=now, reason=said)

    assert complaint.responsible_id == cast.people["li"]
    assert complaint.received_by_id == cast.people["chen"]
    changes = [each for each in events(complaint, session) if "to_person" in each.data]
    chen, wang, li = (str(cast.people[name]) for name in ("chen", "wang", "li"))
    assert [(each.data["from_person"], each.data["to_person"]) for each in changes] == [
        (chen, wang),
        (wang, li),
    ]
    assert [each.actor_id for each in changes] == [cast.people["wang"], cast.people["admin"]]
    texts = [entry.text for each in events(complaint, session) for entry in each.entries]
    assert {"Chen is ill.", said} <= set(texts)


def test_what_the_system_moves_names_its_rule(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-03."""
    complaint = registered(cast, now=now)
    rule = System("absent for more than a month")

    leaving.hand_over(cast.chen, cast.wang, actor=rule, now=now, reason="Absent.")

    (event,) = (each for each in events(complaint, session) if each.action == "hand_over")
    (row,) = session.scalars(select(Transfer))
    assert (event.rule, event.actor_id) == (rule.rule, None)
    assert (row.rule, row.by_id) == (rule.rule, None)


def test_an_event_tells_the_person_and_the_status_apart(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    transfer(complaint, cast, "wang", now)

    event = events(complaint, session)[-1]
    assert event.data["to"] == str(cast.people["wang"])
    assert event.data["from_status"] == event.data["to_status"] == "registered"


def test_a_transfer_waits_for_the_named_person_and_nobody_else_decides(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-05."""
    complaint = registered(cast, now=now)
    transfer(complaint, cast, "wang", now)

    for somebody in ("chen", "li", "zheng", "shen", "admin"):
        for name, said in (("accept_transfer", {}), ("decline_transfer", {"reason": "No."})):
            with pytest.raises(Refused) as refusal:
                do(name, complaint, cast.person(somebody), now, **said)
            assert "wrong_party" in {reason.code for reason in refusal.value.reasons}
    assert complaint.responsible_id == cast.people["chen"]


def test_declining_needs_a_reason_and_leaves_it_with_the_person_before(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-05."""
    complaint = registered(cast, now=now)
    transfer(complaint, cast, "wang", now)
    with pytest.raises(Refused, match="fill this in"):
        do("decline_transfer", complaint, cast.wang, now)

    do("decline_transfer", complaint, cast.wang, now, reason="Not my customer.")

    assert complaint.responsible_id == cast.people["chen"]
    with pytest.raises(Refused, match="No transfer is waiting"):
        do("cancel_transfer", complaint, cast.zheng, now, reason="Too late.")


def test_transfers_are_counted_and_one_waits_at_a_time(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-04."""
    complaint = registered(cast, now=now)
    transfer(complaint, cast, "wang", now)
    with pytest.raises(Refused, match="waiting for the named person"):
        transfer(complaint, cast, "li", now)
    do("cancel_transfer", complaint, cast.zheng, now, reason="Chen is back.")
    transfer(complaint, cast, "li", now)
    do("accept_transfer", complaint, cast.li, now)

    assert complaint.transfers == 2
    assert complaint.responsible_id == cast.people["li"]


def test_only_a_supervisor_transfers(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-04: any transfer, not only the third, is a supervisor's decision."""
    complaint = registered(cast, now=now)
    for somebody in ("chen", "wang", "qian", "shen", "admin", "north_supervisor", "zhao"):
        with pytest.raises(Refused, match="may be done by"):
            transfer(complaint, cast, "li", now, by=somebody)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("chen", "already_responsible"),
        ("zhao", "cannot_answer"),
        ("shen", "cannot_answer"),
        ("admin", "cannot_answer"),
        ("gone", "cannot_answer"),
    ],
)
def test_responsibility_goes_only_to_somebody_who_can_carry_it(
    session: scoped_session[Session], cast: Cast, now: datetime, to: str, code: str
) -> None:
    complaint = registered(cast, now=now)
    cast.wang.active = False
    with pytest.raises(Refused) as refusal:
        transfer(complaint, cast, "wang" if to == "gone" else to, now)

    assert [(each.code, each.field) for each in refusal.value.reasons] == [(code, "to")]


def test_an_unknown_person_is_refused_at_the_field(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Together with everything else that is wrong."""
    complaint = registered(cast, now=now)
    with pytest.raises(Refused) as refusal:
        do("transfer", complaint, cast.chen, now, to=cast.units["network"])

    assert {(each.code, each.field) for each in refusal.value.reasons} == {
        ("wrong_party", None),
        ("unknown", "to"),
        ("missing", "reason"),
    }


def test_the_agreed_call_survives_the_transfer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-08: and it is the new person's call."""
    complaint = registered(cast, now=now)
    agreed = now + DAY
    do("schedule_callback", complaint, cast.chen, now, scheduled_for=agreed, text="After lunch.")
    resolve(cast, complaint, now + HOUR)
    transfer(complaint, cast, "wang", now + HOUR)
    do("accept_transfer", complaint, cast.wang, now + HOUR)

    (callback,) = session.scalars(select(Callback).execution_options(populate_existing=True))
    assert callback.scheduled_for == agreed
    assert callback.schedule_note == "After lunch."
    assert callback.caller_id == cast.people["wang"]
    assert callback.done_at is None


@pytest.mark.parametrize("ending", ["closed", "withdrawn", "merged"])
def test_a_transfer_that_waits_ends_with_the_complaint(
    session: scoped_session[Session], cast: Cast, now: datetime, ending: str
) -> None:
    survivor = registered(cast, now=now)
    complaint = resolved(cast, now=now)
    transfer(complaint, cast, "wang", now)
    if ending == "closed":
        call(complaint, CallOutcome.ACCEPTED, now)
    elif ending == "withdrawn":
        do(
            "withdraw",
            complaint,
            cast.chen,
            now,
            said_by="customer",
            channel="phone",
            at=now,
            text="Fine now.",
        )
    else:
        do(
            "merge",
            complaint,
            cast.chen,
            now,
            into=survivor.number,
            because="same_line",
            reason="The same.",
        )

    assert complaint.status == ending
    assert [each.state for each in session.scalars(select(Transfer))] == ["cancelled"]
    assert complaint.responsible_id == cast.people["chen"]
    assert events(complaint, session)[-1].data["transfer_cancelled"] == str(cast.people["wang"])
