"""The callback: what it needs, what each outcome does (CLO-02, 05, 07, 09, 10, 12)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered, resolve, resolved
from tickets.models import (
    Answer,
    Callback,
    CallbackAttempt,
    Complaint,
    Entry,
    Event,
)
from workflow.machine import Refused
from workflow.words import Audience, CallOutcome, Resolution, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REACHED = {"channel": "phone", "number": "13912345678"}


def callback_of(complaint: Complaint, session: scoped_session[Session]) -> Callback:
    query = select(Callback).where(
        Callback.complaint_id == complaint.id, Callback.cycle == complaint.cycle
    )
    return session.scalars(query).one()


def reasons(refusal: pytest.ExceptionInfo[Refused]) -> set[tuple[str, str | None]]:
    return {(reason.code, reason.field) for reason in refusal.value.reasons}


def test_resolving_needs_the_text_the_outcome_the_cause_and_the_remedy(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-02, CLO-04: built in, and each missing one at its field."""
    complaint = registered(cast, now=now)
    with pytest.raises(Refused) as refusal:
        do("resolve", complaint, cast.chen, now)

    fields = ("answer", "outcome", "cause", "remedy")
    assert reasons(refusal) == {("missing", field) for field in fields}


def test_what_is_not_upheld_is_explained_and_called_back_like_everything_else(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Design §3: there is no "rejected"; CLO-12: the outcome is a code."""
    complaint = registered(cast, now=now)
    answer = {"answer": "The bill is right.", "outcome": "not_upheld", "remedy": "explanation"}
    do("resolve", complaint, cast.chen, now, cause=cast.cause, **answer)

    (stored,) = session.scalars(select(Answer))
    assert stored.outcome is Resolution.NOT_UPHELD
    assert complaint.status is Status.RESOLVED
    assert callback_of(complaint, session).due_since == now


def test_the_answer_is_for_the_customer_and_a_note_is_not(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """NOT-06: internal is the default."""
    complaint = resolved(cast, now=now)
    do("note", complaint, cast.chen, now, text="A difficult customer.")

    audiences = {each.field: each.audience for each in session.scalars(select(Entry))}
    assert audiences["answer"] is Audience.CUSTOMER
    assert audiences["text"] is Audience.INTERNAL


def test_agreeing_on_a_call_moves_no_limit(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-07."""
    complaint = resolved(cast, now=now)
    before = (complaint.promised_at, complaint.started_at, complaint.resolved_at)
    due = callback_of(complaint, session).due_since

    do("schedule_callback", complaint, cast.chen, now, scheduled_for=now + 2 * DAY)

    callback = callback_of(complaint, session)
    assert (complaint.promised_at, complaint.started_at, complaint.resolved_at) == before
    assert (callback.due_since, callback.scheduled_for) == (due, now + 2 * DAY)


def test_no_call_is_agreed_on_for_the_night(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    at_night = now.replace(hour=15)  # 23:00 in Shanghai
    with pytest.raises(Refused) as refusal:
        do("schedule_callback", complaint, cast.chen, now, scheduled_for=at_night)

    assert reasons(refusal) == {("quiet_hours", "scheduled_for")}


def test_the_agreed_call_survives_answers_contacts_and_notes(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-08."""
    complaint = registered(cast, now=now)
    agreed = now + DAY
    do("schedule_callback", complaint, cast.chen, now, scheduled_for=agreed)
    do("start", complaint, cast.chen, now)
    do("contact", complaint, cast.wang, now, channel="phone", text="When?")
    do("note", complaint, cast.chen, now, text="Asks when.")
    resolve(cast, complaint, now + HOUR)

    assert callback_of(complaint, session).scheduled_for == agreed


@pytest.mark.parametrize("outcome", ["not_solved", "dissatisfied"])
def test_not_solved_always_returns_to_work_with_the_text_attached(
    session: scoped_session[Session], cast: Cast, now: datetime, outcome: str
) -> None:
    """CLO-10: one level up, in a new cycle with a callback of its own; the first one's stays."""
    complaint = resolved(cast, now=now)
    with pytest.raises(Refused) as refusal:
        do("record_callback", complaint, cast.chen, now, outcome=outcome, **REACHED)
    assert reasons(refusal) == {("missing", "text")}

    said = {"outcome": outcome, "text": "Still dead.", **REACHED}
    do("record_callback", complaint, cast.chen, now + HOUR, **said)

    assert (complaint.status, complaint.level, complaint.cycle) == (Status.IN_PROGRESS, 1, 2)
    assert complaint.resolved_at is None
    assert "Still dead." in session.scalars(select(Entry.text)).all()
    (first,) = session.scalars(select(Callback))
    assert first.done_at == now + HOUR
    resolve(cast, complaint, now + 2 * HOUR)
    assert {each.cycle for each in session.scalars(select(Answer))} == {1, 2}
    assert callback_of(complaint, session).done_at is None


def test_the_level_does_not_rise_beyond_the_highest(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    for cycle in range(5):
        resolve(cast, complaint, now + cycle * DAY)
        call(complaint, CallOutcome.NOT_SOLVED, now + cycle * DAY)

    assert (complaint.level, complaint.cycle) == (3, 6)


def test_a_wish_for_another_time_needs_the_time_and_keeps_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    for wished, expected in ((None, "missing"), (now - HOUR, "not_ahead")):
        said = {"outcome": "call_later", "wished_at": wished, **REACHED}
        with pytest.raises(Refused) as refusal:
            do("record_callback", complaint, cast.chen, now, **said)
        assert reasons(refusal) == {(expected, "wished_at")}

    call(complaint, CallOutcome.CALL_LATER, now, wished_at=now + DAY)

    assert callback_of(complaint, session).scheduled_for == now + DAY
    assert complaint.status is Status.RESOLVED


@pytest.mark.parametrize(
    "outcome", ["no_answer", "busy", "wrong_number", "refused", "third_party", "call_later"]
)
def test_what_did_not_reach_the_customer_leaves_the_callback_due(
    session: scoped_session[Session], cast: Cast, now: datetime, outcome: str
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome(outcome), now, wished_at=now + DAY)

    callback = callback_of(complaint, session)
    assert complaint.status is Status.RESOLVED
    assert callback.done_at is None
    assert callback.scheduled_for is not None
    assert callback.scheduled_for > now


def test_each_attempt_says_when_whereto_by_whom_and_what_came_of_it(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-06, CLO-09."""
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.BUSY, now + HOUR, at=now + HOUR / 2)
    call(complaint, CallOutcome.ACCEPTED, now + 3 * HOUR, by=cast.qian)

    busy, accepted = session.scalars(select(CallbackAttempt).order_by(CallbackAttempt.at))
    assert (busy.at, busy.recorded_at) == (now + HOUR / 2, now + HOUR)
    assert (busy.by_id, busy.number, busy.closes) == (cast.chen.id, "13912345678", False)
    assert (accepted.by_id, accepted.closes) == (cast.qian.id, True)
    assert complaint.closing_attempt_id == accepted.id


@pytest.mark.parametrize(
    ("at", "code"), [(timedelta(hours=-1), "before_answer"), (timedelta(hours=2), "in_future")]
)
def test_a_call_lies_between_the_answer_and_now(
    session: scoped_session[Session], cast: Cast, now: datetime, at: timedelta, code: str
) -> None:
    complaint = resolved(cast, now=now)
    with pytest.raises(Refused) as refusal:
        call(complaint, CallOutcome.ACCEPTED, now + HOUR, at=now + at)

    assert reasons(refusal) == {(code, "at")}


def test_a_dialled_call_names_its_number_and_a_visit_has_none(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    with pytest.raises(Refused) as refusal:
        do("record_callback", complaint, cast.chen, now, outcome="accepted", channel="mobile")
    assert reasons(refusal) == {("missing", "number")}

    do("record_callback", complaint, cast.chen, now, outcome="accepted", channel="visit")
    assert complaint.status is Status.CLOSED


def test_every_step_of_the_callback_is_in_the_history(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.NO_ANSWER, now)
    call(complaint, CallOutcome.ACCEPTED, now + HOUR)

    events = session.scalars(
        select(Event).where(Event.action == "record_callback").order_by(Event.seq)
    ).all()
    assert [each.data["to_status"] for each in events] == ["resolved", "closed"]
    assert [each.data["outcome"] for each in events] == ["no_answer", "accepted"]
    assert {each.kind for each in events} == {"callback"}
