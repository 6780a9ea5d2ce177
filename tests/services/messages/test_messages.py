"""Telling people, customers and other systems: what is written down, for whom, when."""

import json
import threading
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, add_cast, dispatched, registered
from tests.conftest import Transaction
from tickets import customers, messages
from tickets.database import db, new_id
from tickets.messages import texts
from tickets.messages.topics import FOR_CUSTOMERS, FOR_PEOPLE, FOR_WEBHOOKS, Reader, topic_of
from tickets.models import (
    ChannelSetting,
    ContactKind,
    Message,
    MessageText,
    Notification,
    Preference,
    QuietHours,
    Webhook,
)
from workflow.words import ClockKind, MessageChannel, MessageState

DbSession = scoped_session[Session]
HOUR = timedelta(hours=1)


def written() -> list[Message]:
    """Every message that a test told itself, as the database has it; not those that follow from
    registering a complaint."""
    db.session.expire_all()
    own = select(Message).where(~Message.once.startswith("event:"))
    return list(db.session.scalars(own.order_by(Message.once)))


def notified() -> list[Notification]:
    own = select(Notification).where(~Notification.once.startswith("event:"))
    return list(db.session.scalars(own))


def reachable(cast: Cast, name: str) -> None:
    person = cast.person(name)
    person.email, person.mobile, person.language = f"{name}@example.com", "13900000001", "en"
    db.session.flush()


def wish(cast: Cast, name: str, topic: str = "", **wanted: bool) -> None:
    row = {"email": False, "sms": False, "digest": False, **wanted}
    db.session.add(Preference(id=new_id(), person_id=cast.people[name], topic=topic, **row))
    db.session.flush()


def tell_chen(cast: Cast, now: datetime, **said: object) -> bool:
    complaint = registered(cast, now=now)
    values = {"clock": ClockKind.RESOLUTION, "percent": 75, "due": now + HOUR}
    said = {"values": values, "complaint": complaint, "once": "warning", **said}
    return messages.tell(cast.people["chen"], "limit_warning", now=now, **said)  # type: ignore[arg-type]


def test_a_person_is_told_under_the_bell_and_by_mail(cast: Cast, now: datetime) -> None:
    """OWN-07, NOT-04: one transaction; number and link, nothing of the customer."""
    reachable(cast, "chen")
    assert tell_chen(cast, now)
    (notification,) = notified()
    (mail,) = written()
    assert notification.person_id == mail.person_id == cast.people["chen"]
    assert (mail.channel, mail.state) == (MessageChannel.EMAIL, MessageState.QUEUED)
    assert notification.complaint is not None
    number = notification.complaint.number
    assert mail.subject.startswith(number)
    assert "75 percent" in mail.body and f"/complaints/{number}" in mail.body
    assert "Zhang" not in mail.body and "139" not in mail.body.replace(number, "")


def test_nobody_is_told_the_same_twice(cast: Cast, now: datetime) -> None:
    """NOT-02: the key is unique per person, whoever asks again."""
    reachable(cast, "chen")
    complaint = registered(cast, now=now)
    for told in (True, False):
        assert (
            messages.tell(cast.people["chen"], "reopened", now=now, once="e1", complaint=complaint)
            is told
        )
    assert messages.tell(cast.people["wang"], "reopened", now=now, once="e1", complaint=complaint)
    assert len(written()) == 1
    assert len(notified()) == 2


def test_who_has_no_address_is_told_under_the_bell_only(cast: Cast, now: datetime) -> None:
    assert tell_chen(cast, now)
    assert written() == []


def test_a_substitute_reads_whose_place_they_take(cast: Cast, now: datetime) -> None:
    reachable(cast, "wang")
    complaint = registered(cast, now=now)
    messages.tell(
        cast.people["wang"],
        "reopened",
        now=now,
        once="e1",
        complaint=complaint,
        instead_of=cast.people["chen"],
    )
    assert "in place of Chen" in written()[0].body


def test_people_choose_their_ways_per_topic(cast: Cast, now: datetime) -> None:
    reachable(cast, "chen")
    wish(cast, "chen", sms=True)
    wish(cast, "chen", "limit_warning", email=True)
    tell_chen(cast, now)
    messages.tell(
        cast.people["chen"], "reopened", now=now, once="b", complaint=registered(cast, now=now)
    )
    assert [(each.topic, each.channel) for each in written()] == [
        ("reopened", "sms"),
        ("limit_warning", "email"),
    ]


def test_what_is_not_critical_waits_for_the_end_of_quiet_hours(cast: Cast, now: datetime) -> None:
    """ESC-03: quiet from 22 to 11 local; it is 10 o'clock in Shanghai."""
    reachable(cast, "chen")
    quiet = QuietHours(
        person_id=cast.people["chen"], quiet_from=time(22), quiet_until=time(11), digest_at=None
    )
    db.session.add(quiet)
    db.session.flush()
    tell_chen(cast, now)
    assert written()[0].send_at == now + HOUR


def test_what_is_not_critical_waits_for_the_opening_that_the_caller_names(
    cast: Cast, now: datetime
) -> None:
    """ESC-03."""
    reachable(cast, "chen")
    tell_chen(cast, now, not_before=now + 5 * HOUR)
    assert written()[0].send_at == now + 5 * HOUR


def test_what_is_critical_goes_by_every_way_at_once(cast: Cast, now: datetime) -> None:
    """ESC-03: neither quiet hours nor wishes hold it."""
    reachable(cast, "chen")
    wish(cast, "chen", digest=True)
    db.session.add(
        QuietHours(person_id=cast.people["chen"], quiet_from=time(1), quiet_until=time(23))
    )
    db.session.flush()
    tell_chen(cast, now, critical=True, not_before=now + HOUR)
    assert [(each.channel, each.send_at) for each in written()] == [("email", now), ("sms", now)]


@pytest.mark.parametrize("whose", ["own", "everybody's"])
def test_a_digest_takes_the_place_of_single_mails(cast: Cast, now: datetime, whose: str) -> None:
    """NOT-04: the administrator's digest holds for everybody."""
    reachable(cast, "chen")
    if whose == "own":
        wish(cast, "chen", email=True, digest=True)
    else:
        mail = ChannelSetting(channel=MessageChannel.EMAIL, active=True, digest=True, per_hour=9)
        db.session.add(mail)
    db.session.flush()
    tell_chen(cast, now)
    assert written() == []


def test_the_customer_reads_number_and_real_due_time_in_their_language(
    cast: Cast, now: datetime
) -> None:
    """NOT-07: the due time as their clock shows it, weekday included."""
    complaint = registered(cast, now=now)
    complaint.customer.language = "en"
    due = now + timedelta(days=2)
    assert messages.tell_customer(complaint, "registered", now=now, once="r", values={"due": due})
    (sms,) = written()
    assert (sms.channel, sms.address) == (MessageChannel.SMS, "+8613912345678")
    assert complaint.number in sms.body and "Thu 13 Mar 2025, 10:00" in sms.body


def test_a_customer_without_an_address_is_not_written_to(cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now, callback_number="010 6552 9988")
    complaint.customer.contacts[0].given = "010 6552 9988"
    said = {"now": now, "values": {"due": now}}
    assert not messages.tell_customer(complaint, "registered", once="a", **said)  # type: ignore[arg-type]
    complaint.callback_number, complaint.refuses_contact = "13912345678", True
    assert not messages.tell_customer(complaint, "registered", once="b", **said)  # type: ignore[arg-type]
    assert written() == []


def test_an_answer_waits_until_the_closing_cannot_be_undone(cast: Cast, now: datetime) -> None:
    """CLO-13: nothing is sent inside the undo window, and undoing takes it back."""
    complaint = registered(cast, now=now)
    messages.tell_customer(complaint, "answer", now=now, once="e9", values={"answer": "Done."})
    (held,) = written()
    assert held.send_at == now + timedelta(minutes=10)
    assert messages.cancel("e9", now=now) == 1
    assert messages.cancel("e9", now=now) == 0
    assert written()[0].state is MessageState.CANCELLED


def test_an_answer_goes_by_mail_where_there_is_an_address(cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)
    mail = customers.contact(ContactKind.EMAIL, "zhang@example.com", "CN")
    mail.added_at = now
    complaint.customer.contacts.append(mail)
    complaint.customer.language = "en"
    messages.tell_customer(complaint, "answer", now=now, once="e9", values={"answer": "Done."})
    (sent,) = written()
    assert (sent.channel, sent.address) == (MessageChannel.EMAIL, "zhang@example.com")
    assert "Done." in sent.body


def test_internal_text_cannot_reach_a_customer(cast: Cast, now: datetime) -> None:
    """NOT-05: a secret in every internal field; no customer topic, in no language, says one."""
    complaint = dispatched(cast, "network", now=now)
    for name in ("description", "wish", "callback_wish", "on_behalf_of", "line", "town"):
        setattr(complaint, name, f"SECRET-{name}")
    complaint.responsible.name = "SECRET-person"
    complaint.unit.names = {"en": "SECRET-unit", "zh_Hans": "SECRET-unit"}
    fit = {"due": now, "until": now, "text": "A technician comes.", "answer": "Repaired."}
    fit |= {"at": now, "days": 30, "who": "you", "way": "by phone"}
    for language in texts.LANGUAGES:
        complaint.customer.language = language
        for topic in FOR_CUSTOMERS:
            values = {name: fit[name] for name in topic.fields}
            assert messages.tell_customer(
                complaint, topic.code, now=now, once=f"{topic.code}.{language}", values=values
            )
    assert len(written()) == len(FOR_CUSTOMERS) * len(texts.LANGUAGES)
    assert [each for each in written() if "SECRET" in each.subject + each.body] == []
    for stranger in ("note", "reason", "description", "by"):
        with pytest.raises(ValueError, match="has no field"):
            messages.tell_customer(
                complaint, "progress", now=now, once="x", values={"text": "a", stranger: "SECRET"}
            )


def test_a_text_with_a_hole_is_never_sent(cast: Cast, now: datetime) -> None:
    """UX-02: the row is there, dead, and says which field had no value."""
    messages.tell_customer(registered(cast, now=now), "registered", now=now, once="r")
    (dead,) = written()
    assert dead.state is MessageState.DEAD
    assert "due" in dead.last_error


def test_texts_set_here_replace_ours(cast: Cast, now: datetime) -> None:
    reachable(cast, "chen")
    db.session.add(
        MessageText(
            id=new_id(),
            topic="person.reopened",
            channel=MessageChannel.EMAIL,
            language="en",
            subject="Again: {number}",
            body="See {link}",
        )
    )
    messages.tell(
        cast.people["chen"], "reopened", now=now, once="e", complaint=registered(cast, now=now)
    )
    assert written()[0].subject.startswith("Again: ")


def test_other_systems_get_keys_and_codes_only(cast: Cast, now: datetime) -> None:
    """API-01: only those that asked for the topic, each once."""
    for name, topics in (("a", ["complaint.closed"]), ("b", ["limit.missed"])):
        db.session.add(
            Webhook(
                id=new_id(),
                name=name,
                url="https://example.com/hook",
                secret="s",
                topics=topics,
                active=True,
                created_at=now,
            )
        )
    complaint = registered(cast, now=now)
    assert messages.announce("complaint.closed", complaint, now=now, once="e1") == 1
    assert messages.announce("complaint.closed", complaint, now=now, once="e1") == 0
    (row,) = written()
    said = json.loads(row.body)
    assert said["id"] == f"msg_{row.id.hex}"
    assert said["complaint"] == {
        "id": str(complaint.id),
        "number": complaint.number,
        "status": "registered",
        "level": 0,
    }
    assert set(said) == {"id", "topic", "at", "complaint"}


def test_messages_live_and_die_with_their_cause(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """JOB-08: rolled back, nothing was ever told."""
    reachable(cast, "chen")
    with session.begin_nested() as inner:
        tell_chen(cast, now)
        inner.rollback()
    assert written() == []


@pytest.mark.parametrize("once", ["", "two words", "x" * 151, "line\nbreak", "é"])
def test_a_key_that_no_header_can_carry_is_refused(cast: Cast, now: datetime, once: str) -> None:
    with pytest.raises(ValueError, match="key"):
        messages.tell(cast.people["chen"], "reopened", now=now, once=once)


def test_a_topic_that_is_not_in_the_table_is_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(ValueError, match="no topic"):
        messages.tell(cast.people["chen"], "rumour", now=now, once="a")


def test_every_shipped_text_names_allowed_fields_only() -> None:
    """UX-02: for every topic, channel and language."""
    for topic in (*FOR_PEOPLE, *FOR_CUSTOMERS):
        for channel in (MessageChannel.EMAIL, MessageChannel.SMS):
            for language in texts.LANGUAGES:
                subject, body = texts.shipped(topic, channel, language)
                texts.refuse_unfit(topic, channel, subject, body)
    assert all(not topic.line for topic in FOR_WEBHOOKS)
    assert topic_of(Reader.CUSTOMER, "answer").held


def test_two_who_tell_the_same_at_the_same_moment_make_one(
    app: Flask, transaction: Transaction, now: datetime, password_hash: str
) -> None:
    """NOT-02, JOB-05: and neither of the two transactions fails."""
    with transaction():
        person = add_cast(now, password_hash).people["chen"]
    together = threading.Barrier(4)
    done: list[bool] = []

    def one() -> None:
        together.wait()
        with transaction() as session:
            said = {"absent": "Wang", "until": now}
            done.append(messages.tell(person, "substitute_started", now=now, once="a", values=said))
            session.flush()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    with app.app_context():
        assert len(notified()) == 1
