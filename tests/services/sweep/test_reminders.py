"""What is told again and what is not: repeats, acknowledgements, reminders, holding back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered, resolve, resolved
from tests.plausible import plausible
from tests.timed import in_force, row_of, settled, sweep_all
from tickets import intake, sweep
from tickets.database import db, new_id
from tickets.models import Alert, Complaint, Customer, Message, Notification, Reminder
from workflow.words import CallOutcome, ClockKind

DbSession = scoped_session[Session]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The people of the tests, under limits that no pack changes."""
    in_force()
    return cast


def breaches(complaint: Complaint) -> list[Alert]:
    db.session.flush()
    query = select(Alert).where(
        Alert.complaint_id == complaint.id, Alert.rung.startswith("resolution-100")
    )
    return list(db.session.scalars(query.order_by(Alert.at)))


def reminded(person_id: object) -> list[Notification]:
    db.session.flush()
    query = select(Notification).where(
        Notification.person_id == person_id, Notification.topic == "reminder"
    )
    return list(db.session.scalars(query.order_by(Notification.created_at)))


def remind_me(cast: Cast, complaint: Complaint, at: datetime) -> Reminder:
    row = Reminder(
        id=new_id(),
        complaint_id=complaint.id,
        person_id=cast.people["wang"],
        due_at=at,
        created_at=at - HOUR,
    )
    db.session.add(row)
    db.session.flush()
    return row


def missed_at(complaint: Complaint) -> datetime:
    due = row_of(complaint, ClockKind.RESOLUTION).due_at
    assert due is not None
    return due + DAY


# Repeats.


def test_a_missed_limit_is_told_again_until_somebody_has_seen_it(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-02: every eight counted hours, which is every working day; then no more."""
    complaint = settled(cast, now)
    at = missed_at(complaint)
    sweep_all(at)
    assert [alert.rung for alert in breaches(complaint)] == ["resolution-100"]

    sweep_all(at + 23 * HOUR)
    assert len(breaches(complaint)) == 1
    sweep_all(at + DAY)
    sweep_all(at + 3 * DAY)
    assert len(breaches(complaint)) == 2  # the weekend counts for nothing
    sweep_all(at + 4 * DAY)
    found = breaches(complaint)
    assert [alert.rung for alert in found] == [
        "resolution-100",
        "resolution-100+1",
        "resolution-100+2",
    ]
    level = complaint.level

    sweep.acknowledge(found[-1], cast.people["zheng"], at + 4 * DAY)
    session.flush()
    sweep_all(at + 20 * DAY)

    assert len(breaches(complaint)) == 3
    assert found[-1].acknowledged_by_id == cast.people["zheng"]
    assert complaint.level >= level


def test_after_an_acknowledgement_the_row_is_looked_at_for_nothing_but_the_next_rung(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-02, M-01: nothing stays due for ever."""
    complaint = settled(cast, now)
    sweep_all(now + 60 * DAY)
    for alert in breaches(complaint):
        sweep.acknowledge(alert, cast.people["zheng"], now + 60 * DAY)
    session.flush()

    sweep_all(now + 90 * DAY)

    assert sweep.due_now(now + 90 * DAY) == []
    assert row_of(complaint, ClockKind.RESOLUTION).look_at is None


def test_who_acknowledged_first_stays_on_record(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-02."""
    complaint = settled(cast, now)
    at = missed_at(complaint)
    sweep_all(at)
    (alert,) = breaches(complaint)

    sweep.acknowledge(alert, cast.people["zheng"], at)
    sweep.acknowledge(alert, cast.people["he"], at + HOUR)

    assert (alert.acknowledged_by_id, alert.acknowledged_at) == (cast.people["zheng"], at)


def test_what_is_resolved_is_told_no_more(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-06: the repeat ends with the clock."""
    complaint = settled(cast, now)
    at = missed_at(complaint)
    sweep_all(at)
    resolve(cast, complaint, at + HOUR)

    sweep_all(at + 20 * DAY)

    assert len(breaches(complaint)) == 1


def test_a_repeat_raises_nobody_again(session: DbSession, cast: Cast, now: datetime) -> None:
    """M-11: the ladder has its own rungs for that."""
    complaint = settled(cast, now)
    at = missed_at(complaint)
    sweep_all(at)
    assert complaint.level == 1

    sweep_all(at + DAY)

    assert complaint.level == 1
    assert len(breaches(complaint)) == 2


# Reminders.


def test_a_reminder_reminds_once(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-02."""
    complaint = registered(cast, now=now)
    reminder = remind_me(cast, complaint, now + HOUR)

    sweep_all(now + HOUR - MINUTE)
    assert reminded(cast.people["wang"]) == []
    for _ in range(3):
        sweep_all(now + HOUR)

    assert len(reminded(cast.people["wang"])) == 1
    assert reminder.done_at == now + HOUR


def test_a_new_reminder_reminds_again(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-02, C-40: the first one having fired does not silence the second."""
    complaint = registered(cast, now=now)
    remind_me(cast, complaint, now + HOUR)
    sweep_all(now + HOUR)

    remind_me(cast, complaint, now + 2 * HOUR)
    sweep_all(now + 2 * HOUR)

    assert len(reminded(cast.people["wang"])) == 2


def test_more_reminders_than_one_batch_are_all_told(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """M-01."""
    complaint = registered(cast, now=now)
    for minute in range(7):
        remind_me(cast, complaint, now + minute * MINUTE)

    told = []
    while count := sweep.remind(now + HOUR, batch=3):
        told.append(count)
        session.flush()

    assert told == [3, 3, 1]
    assert len(reminded(cast.people["wang"])) == 7


def test_what_has_ended_reminds_nobody(session: DbSession, cast: Cast, now: datetime) -> None:
    """ESC-06: and the reminder is done with."""
    complaint = resolved(cast, now=now)
    reminder = remind_me(cast, complaint, now + DAY)
    call(complaint, CallOutcome.ACCEPTED, now)

    sweep_all(now + DAY)

    assert reminded(cast.people["wang"]) == []
    assert reminder.done_at is not None


# Holding back.


def test_what_is_not_critical_leaves_at_the_next_opening(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-03: found on a Saturday, seen under the bell at once, sent on Monday at nine."""
    cast.chen.email = "chen@example.com"
    complaint = settled(cast, now)
    saturday = now + 4 * DAY
    assert saturday.strftime("%a") == "Sat"

    sweep_all(saturday)

    alert = db.session.scalars(select(Alert).where(Alert.complaint_id == complaint.id)).first()
    assert alert is not None and alert.found_at == saturday
    mails = db.session.scalars(
        select(Message).where(Message.person_id == cast.people["chen"])
    ).all()
    assert mails
    assert {mail.send_at for mail in mails} == {now + 6 * DAY - HOUR}


def test_what_is_critical_leaves_at_once_and_reaches_the_duty_contact(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-03: the limit of the law runs out on a night of the weekend."""
    cast.chen.email = "chen@example.com"
    cast.unit("branch").duty_id = cast.people["qian"]
    complaint = settled(cast, now)
    at = row_of(complaint, ClockKind.REGULATOR).due_at
    assert at is not None

    sweep_all(at + MINUTE)

    alert = db.session.scalars(
        select(Alert).where(Alert.complaint_id == complaint.id, Alert.rung == "regulator-100")
    ).one()
    people = {each["person"]: each["why"] for each in alert.told}
    assert people[str(cast.people["qian"])] == "duty"
    mail = db.session.scalars(
        select(Message).where(Message.once.contains(str(alert.id)), Message.critical)
    ).all()
    assert {each.send_at for each in mail} == {at + MINUTE}


def test_one_that_was_missed_before_it_was_entered_wakes_nobody(
    session: DbSession, cast: Cast, now: datetime
) -> None:
    """ESC-07: an alert records it; nobody could have acted, and an import would wake everybody."""
    customer = db.session.get_one(Customer, cast.customer)
    first = intake.FirstContact(cast.unit("east_hall"), cast.chen, received_at=now - 40 * DAY)
    said = plausible("register", cast, None, now)[0] | {"channel": "letter"}  # type: ignore[arg-type]
    complaint = intake.register(first, customer=customer, actor=cast.chen, now=now, inputs=said)

    sweep_all(now + HOUR)

    alert = db.session.scalars(
        select(Alert).where(Alert.complaint_id == complaint.id, Alert.rung == "regulator-100")
    ).one()
    assert alert.told == []
    assert alert.late
    do("start", complaint, cast.chen, now + HOUR)
