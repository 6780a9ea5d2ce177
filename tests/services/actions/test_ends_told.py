"""Every end is told to the customer in writing: they are the second pair of eyes (P1, P7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import (
    Cast,
    ask_to_close,
    call,
    close_refusing,
    delivered,
    do,
    registered,
    resolved,
    unreached,
)
from tickets import customers
from tickets.administration.policy import change_policy
from tickets.database import new_id
from tickets.messages.topics import ENDS
from tickets.models import (
    Complaint,
    ContactKind,
    Event,
    Message,
    MessageText,
    Notification,
)
from workflow.machine import Refused
from workflow.words import (
    CallOutcome,
    MessageChannel,
    MessageState,
    ReopenReason,
    Status,
    WithdrawalChannel,
    WithdrawnBy,
)

DbSession = scoped_session[Session]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CODES = {each.code for each in ENDS}
LANDLINE = "010 6552 9988"


def told(session: DbSession) -> list[Message]:
    session.flush()
    session.expire_all()
    query = select(Message).where(Message.topic.in_(CODES)).order_by(Message.once)
    return list(session.scalars(query))


def closed(cast: Cast, now: datetime, **said: Any) -> Complaint:
    complaint = resolved(cast, now=now, **said)
    complaint.customer.language = "en"
    call(complaint, CallOutcome.ACCEPTED, now)
    return complaint


def withdraw(complaint: Complaint, now: datetime, by: Any = None, **said: Any) -> None:
    inputs = {
        "said_by": WithdrawnBy.CUSTOMER,
        "channel": WithdrawalChannel.PHONE,
        "at": now,
        "text": "It works again.",
        **said,
    }
    do("withdraw", complaint, by or complaint.responsible, now, **inputs)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def without_address(cast: Cast, now: datetime) -> Complaint:
    """Somebody with a landline and nothing else."""
    phone = customers.contact(ContactKind.PHONE, LANDLINE, "CN")
    customer = customers.add(name="Old Wu", contacts=[phone], now=now).id
    own = Cast(cast.units, cast.people, cast.category, cast.cause, customer)
    return registered(own, now=now, callback_number=LANDLINE)


def test_a_closing_is_told_once_it_cannot_be_undone_any_more(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = closed(cast, now)

    (sms,) = told(session)
    assert (sms.topic, sms.channel, sms.address) == ("ended_on_word", "sms", "+8613912345678")
    assert sms.send_at == now + 10 * MINUTE
    assert complaint.number in sms.body and "because you told us it is solved" in sms.body
    assert "within 30 days (by Thu 10 Apr 2025, 10:00)" in sms.body
    event = session.scalars(select(Event).where(Event.action == "record_callback")).one()
    assert event.data["addresses"] == 1


def test_what_was_undone_is_not_told(session: DbSession, cast: Cast, now: datetime) -> None:
    """The attack: undo, when its message is queued already. Nothing leaves."""
    complaint = closed(cast, now)
    do("undo_closing", complaint, complaint.responsible, now + 5 * MINUTE, reason="A slip.")
    delivered(now + HOUR)
    assert [each.state for each in told(session)] == [MessageState.CANCELLED]

    call(complaint, CallOutcome.ACCEPTED, now + HOUR)
    delivered(now + 2 * HOUR)
    assert sorted(each.state for each in told(session)) == ["cancelled", "sent"]


def test_what_was_opened_again_before_it_left_is_not_told(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = closed(cast, now)
    do("reopen", complaint, cast.wang, now + 5 * MINUTE, reason="Broken again.")
    delivered(now + HOUR)
    assert [each.state for each in told(session)] == [MessageState.CANCELLED]


def test_an_sms_at_night_waits_for_the_morning(session: DbSession, cast: Cast) -> None:
    """22:00 in Shanghai; customers are not written to before eight."""
    night = datetime(2025, 3, 11, 14, tzinfo=UTC)
    closed(cast, night)
    withdraw(registered(cast, now=night), night)
    assert {each.send_at for each in told(session)} == {datetime(2025, 3, 12, 0, tzinfo=UTC)}


def test_somebody_who_could_not_be_reached_reads_that_it_was_closed(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    complaint.customer.language = "en"
    later = unreached(complaint, now)
    ask_to_close(complaint, cast.chen, later, "unreachable")
    do("close_unreached", complaint, cast.zheng, later, reason="Tried enough.")

    (sms,) = told(session)
    assert (sms.topic, sms.send_at) == ("ended_unreachable", later + 10 * MINUTE)
    assert "because we could not reach you" in sms.body and "within 30 days" in sms.body


def test_somebody_who_is_said_to_want_no_contact_gets_one_word_that_it_ended(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """Whoever never refused anything finds out by it."""
    complaint = resolved(cast, now=now, refuses_contact=True)
    complaint.customer.language = "en"
    close_refusing(complaint, now, cast.zheng)

    (sms,) = told(session)
    assert sms.topic == "ended_refusing"
    assert "because you told us that you want no call" in sms.body


def test_a_withdrawal_is_told_at_once_with_who_said_it_and_how(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    complaint.customer.language = "en"
    said = {"said_by": WithdrawnBy.FAMILY, "channel": WithdrawalChannel.LETTER}
    withdraw(complaint, now + HOUR, at=now + 30 * MINUTE, **said)

    (sms,) = told(session)
    assert (sms.topic, sms.send_at) == ("ended_withdrawn", now + HOUR)
    assert "was withdrawn on Tue 11 Mar 2025, 10:30" in sms.body
    assert "because a member of your family told us so by letter" in sms.body


def test_nobody_withdraws_before_they_complained(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """The attack: a withdrawal dated before registration."""
    complaint = registered(cast, now=now)
    with pytest.raises(Refused) as refused:
        withdraw(complaint, now + HOUR, at=now - MINUTE)
    assert codes(refused) == {"before_registration"}
    assert refused.value.reasons[0].field == "at"


def test_nobody_alone_withdraws_what_nobody_can_be_told_of(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """The attack: a withdrawal with no address. A supervisor with no hand in it records it."""
    complaint = without_address(cast, now)
    with pytest.raises(Refused) as refused:
        withdraw(complaint, now + HOUR)
    assert codes(refused) == {"cannot_be_told"}

    withdraw(complaint, now + HOUR, by=cast.zheng)
    assert complaint.status is Status.WITHDRAWN
    assert told(session) == []
    event = session.scalars(select(Event).where(Event.action == "withdraw")).one()
    assert event.data["addresses"] == 0


@pytest.mark.parametrize("brought", ["as a contact", "by correcting the number"])
def test_an_address_of_one_s_own_making_tells_nobody(
    session: DbSession, cast: Cast, now: datetime, brought: str
) -> None:
    """The attack: the clerk gives the customer their own mobile number, then withdraws."""
    complaint = without_address(cast, now)
    if brought == "as a contact":
        own = customers.contact(ContactKind.PHONE, "13700000001", "CN")
        own.added_at, own.added_by_id = now + MINUTE, cast.people["chen"]
        complaint.customer.contacts.append(own)
    else:
        do("correct", complaint, cast.chen, now, callback_number="13700000001", reason="New.")
    session.flush()
    with pytest.raises(Refused) as refused:
        withdraw(complaint, now + HOUR)
    assert codes(refused) == {"cannot_be_told"}


def test_whoever_brings_a_new_number_is_not_the_only_one_who_reads_of_the_end(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """The attack: the number to call back is corrected to the clerk's own before withdrawing."""
    complaint = registered(cast, now=now, callback_number="13800000002")
    do("correct", complaint, cast.chen, now, callback_number="13700000001", reason="New.")
    withdraw(complaint, now + HOUR)

    addresses = {each.address for each in told(session)}
    assert addresses == {"+8613800000002", "+8613912345678", "+8613700000001"}


def test_an_accepted_callback_to_an_unknown_number_is_told_to_every_earlier_address(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """P7: one message each, removed addresses as well."""
    complaint = resolved(cast, now=now)
    mail = customers.contact(ContactKind.EMAIL, "zhang@example.com", "CN")
    gone = customers.contact(ContactKind.PHONE, "13800000002", "CN")
    gone.removed_at = now
    for each in (mail, gone):
        each.added_at, each.customer_id = now, complaint.customer_id
        session.add(each)
    session.flush()
    do(
        "record_callback",
        complaint,
        complaint.responsible,
        now,
        outcome=CallOutcome.ACCEPTED,
        channel="phone",
        number="13700000001",
        number_reason="The neighbour gave it to me.",
    )

    messages = told(session)
    assert {each.address for each in messages} == {
        "+8613912345678",
        "zhang@example.com",
        "+8613800000002",
    }
    assert len({each.once for each in messages}) == len(messages)
    assert {each.send_at for each in messages} == {now + 10 * MINUTE}


def test_without_the_policy_nobody_is_told(session: DbSession, cast: Cast, now: datetime) -> None:
    change_policy({"tell_ends": False}, actor=cast.admin, now=now)
    closed(cast, now)
    withdraw(registered(cast, now=now), now)
    assert told(session) == []


def test_an_operator_s_own_words_tell_of_the_end(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    text = MessageText(
        id=new_id(),
        topic="customer.ended_on_word",
        channel=MessageChannel.SMS,
        language="en",
        subject="",
        body="{number} is over. Call us until {until}.",
    )
    session.add(text)
    complaint = closed(cast, now)
    (sms,) = told(session)
    assert sms.body == f"{complaint.number} is over. Call us until Thu 10 Apr 2025, 10:00."


@pytest.mark.parametrize("who", ["wang", "north_desk"])
@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_an_objection_in_time_is_taken_at_any_desk(
    session: DbSession, cast: Cast, now: datetime, who: str, how: str
) -> None:
    """P13: a day after, here and elsewhere; the responsible person and their supervisor hear."""
    complaint = registered(cast, now=now) if how == "withdrawn" else closed(cast, now)
    if how == "withdrawn":
        withdraw(complaint, now)
    do(
        "reopen",
        complaint,
        cast.person(who),
        now + DAY,
        because=ReopenReason.OBJECTS,
        channel="letter",
        reason="I never said so.",
    )

    assert (complaint.status, complaint.cycle, complaint.level) == (Status.IN_PROGRESS, 2, 1)
    assert complaint.withdrawn_at is None
    event = session.scalars(select(Event).where(Event.action == "reopen")).one()
    assert (event.data["because"], event.data["channel"]) == ("objects", "letter")
    assert event.data["in_time"] is True
    heard = session.scalars(select(Notification.person_id).where(Notification.topic == "objected"))
    assert set(heard) == {cast.people["chen"], cast.people["zheng"]}


def test_an_objection_says_how_it_came(session: DbSession, cast: Cast, now: datetime) -> None:
    complaint = closed(cast, now)
    with pytest.raises(Refused) as refused:
        do(
            "reopen",
            complaint,
            cast.wang,
            now + DAY,
            because=ReopenReason.OBJECTS,
            channel=None,
            reason="I never said so.",
        )
    assert [each.field for each in refused.value.reasons] == ["channel"]


def test_a_late_objection_is_a_supervisor_s_to_take(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    complaint = closed(cast, now)
    said = {"because": ReopenReason.OBJECTS, "channel": "phone", "reason": "I never said so."}
    with pytest.raises(Refused) as refused:
        do("reopen", complaint, cast.wang, now + 31 * DAY, **said)
    assert codes(refused) == {"reopen_window"}

    do("reopen", complaint, cast.zheng, now + 31 * DAY, **said)
    event = session.scalars(select(Event).where(Event.action == "reopen")).one()
    assert event.data["in_time"] is False
