"""What follows from an action: the right people are told, in its transaction (OWN-06, OWN-07)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, dispatched, do, orders, registered, resolved
from tickets import intake
from tickets.actors import System
from tickets.database import db
from tickets.models import Complaint, Customer, Message, Notification, Person, Unit
from tickets.people import absences
from workflow.words import CallOutcome, Channel, MessageChannel, Origin

Db = scoped_session[Session]
HOUR = timedelta(hours=1)


def told(complaint: Complaint, topic: str) -> set[str]:
    db.session.flush()
    rows = db.session.scalars(
        select(Person.login)
        .join(Notification, Notification.person_id == Person.id)
        .where(Notification.complaint_id == complaint.id, Notification.topic == topic)
    )
    return set(rows)


def written(complaint: Complaint, topic: str) -> list[Message]:
    db.session.flush()
    asked = select(Message).where(Message.complaint_id == complaint.id, Message.topic == topic)
    return list(db.session.scalars(asked.order_by(Message.created_at)))


def test_a_dispatched_department_hears_of_it_and_nobody_else(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = dispatched(cast, "network", now=now)

    assert told(complaint, "dispatched") == {"zhao", "sun"}


def test_the_responsible_person_hears_of_the_answer(session: Db, cast: Cast, now: datetime) -> None:
    complaint = dispatched(cast, "network", now=now)
    (order,) = orders(complaint)
    do("accept", order, cast.zhao, now)
    do("answer", order, cast.zhao, now, answer="Mended.")

    assert told(complaint, "answered") == {"chen"}
    assert told(complaint, "all_answered") == {"chen"}


def test_whoever_does_something_is_not_told_of_it(session: Db, cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)
    do("watch", complaint, cast.chen, now)
    do("note", complaint, cast.chen, now, text="Mine.")

    assert told(complaint, "note_added") == set()


def test_watchers_hear_of_notes_and_of_what_moves(session: Db, cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)
    do("watch", complaint, cast.zheng, now)
    do("note", complaint, cast.chen, now, text="For all.")
    do("start", complaint, cast.chen, now)

    assert told(complaint, "note_added") == {"zheng"}
    assert told(complaint, "happened") == {"zheng"}


def test_the_substitute_is_told_while_somebody_is_away(
    session: Db, cast: Cast, now: datetime
) -> None:
    """OWN-06: and no longer when they are back."""
    complaint = dispatched(cast, "network", "billing", now=now)
    absences.enter(cast.chen, cast.person("wang"), now, now + 5 * HOUR, actor=cast.zheng, now=now)
    network, billing = orders(complaint)
    do("accept", network, cast.zhao, now)
    do("answer", network, cast.zhao, now + HOUR, answer="Mended.")
    assert told(complaint, "answered") == {"wang"}

    do("accept", billing, cast.zhou, now)
    do("answer", billing, cast.zhou, now + 6 * HOUR, answer="Right.")
    assert told(complaint, "answered") == {"wang", "chen"}


def test_the_customer_gets_the_number_and_the_real_due_time(
    session: Db, cast: Cast, now: datetime
) -> None:
    """NOT-07: in their language and the local time."""
    complaint = registered(cast, now=now)

    (message,) = written(complaint, "registered")
    assert message.channel is MessageChannel.SMS
    assert complaint.number in message.body
    assert "2025" in message.body
    assert "10:00" in message.body


@pytest.mark.parametrize(
    ("channel", "address", "by"),
    [
        ("sms", "13912345678", MessageChannel.SMS),
        ("email", "lin@example.com", MessageChannel.EMAIL),
        ("letter", "1 Lake Street", None),
    ],
)
def test_the_written_notice_leaves_as_it_was_written_and_by_the_chosen_way(
    session: Db, cast: Cast, now: datetime, channel: str, address: str, by: MessageChannel | None
) -> None:
    complaint = resolved(cast, now=now)
    said = {"channel": channel, "address": address, "notice": "We rang three times."}
    do("send_notice", complaint, cast.chen, now + HOUR, **said)

    sent = written(complaint, "unreachable_notice")
    assert [each.channel for each in sent] == ([by] if by else [])
    for each in sent:
        assert "We rang three times." in each.body


def test_the_supervisor_hears_when_the_customer_is_not_satisfied(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.NOT_SOLVED, now + HOUR)

    assert told(complaint, "reopened") == {"zheng"}


def test_nobody_is_told_of_what_happened_elsewhere_before_an_import(
    session: Db, cast: Cast, now: datetime
) -> None:
    unit = db.session.get_one(Unit, cast.units["east_hall"])
    customer = db.session.get_one(Customer, cast.customer)
    first = intake.FirstContact(
        unit,
        cast.chen,
        origin=Origin.IMPORTED,
        external_source="old",
        external_id="1",
    )
    said = {"description": "Dead.", "category": cast.category, "channel": Channel.PHONE}
    said |= {"severity": "normal", "callback_number": "13912345678"}
    intake.register(first, customer=customer, actor=System("imported"), now=now, inputs=said)
    db.session.flush()

    assert db.session.scalars(select(Notification)).all() == []
    assert db.session.scalars(select(Message)).all() == []
