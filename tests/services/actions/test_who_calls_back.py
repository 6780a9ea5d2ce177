"""Who calls the customer back, and who may stand in for the call (CLO-09, design §3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, registered, resolve, resolved
from tickets import intake
from tickets.models import (
    Approval,
    Callback,
    CallbackAttempt,
    Complaint,
    Notice,
    PolicySetting,
)
from workflow.machine import Refused
from workflow.words import CallOutcome, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REACHED = {"channel": "phone", "number": "13912345678"}


def setting(session: scoped_session[Session], **values: Any) -> None:
    session.add_all(PolicySetting(name=name, value=value) for name, value in values.items())
    session.flush()


def callback_of(complaint: Complaint, session: scoped_session[Session]) -> Callback:
    query = select(Callback).where(
        Callback.complaint_id == complaint.id, Callback.cycle == complaint.cycle
    )
    return session.scalars(query).one()


def reasons(refusal: pytest.ExceptionInfo[Refused]) -> set[tuple[str, str | None]]:
    return {(reason.code, reason.field) for reason in refusal.value.reasons}


def test_by_default_the_responsible_person_calls(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Design §3: that is the first-contact duty."""
    complaint = resolved(cast, now=now)

    assert callback_of(complaint, session).caller_id == cast.people["chen"]
    for somebody in ("wang", "zheng", "he", "shen", "admin", "zhao"):
        with pytest.raises(Refused, match="may be done by"):
            call(complaint, CallOutcome.ACCEPTED, now, by=cast.person(somebody))


def test_where_the_writer_may_not_call_the_callback_is_shared(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-09: on the shared queue (CLO-06), for quality to take."""
    setting(session, writer_may_call_back=False)
    complaint = registered(cast, now=now)
    do("schedule_callback", complaint, cast.chen, now, scheduled_for=now + DAY)
    resolve(cast, complaint, now)

    assert callback_of(complaint, session).caller_id is None
    with pytest.raises(Refused) as refusal:
        call(complaint, CallOutcome.ACCEPTED, now)
    assert reasons(refusal) == {("writer_calls", None)}

    call(complaint, CallOutcome.ACCEPTED, now + DAY, by=cast.qian)
    assert complaint.status is Status.CLOSED


def test_where_the_writer_may_not_call_a_successor_may(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    setting(session, writer_may_call_back=False)
    complaint = resolved(cast, now=now)
    do("transfer", complaint, cast.zheng, now, to=cast.people["wang"], reason="Chen is ill.")
    do("accept_transfer", complaint, cast.wang, now)

    call(complaint, CallOutcome.ACCEPTED, now + HOUR, by=cast.wang)
    assert complaint.status is Status.CLOSED


ANSWER = {"answer": "Restarted.", "outcome": "upheld", "remedy": "repair"}


def test_a_word_at_the_counter_counts_only_where_the_policy_says_so(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    said = {"actor": cast.chen, "now": now, "answer": {**ANSWER, "cause": cast.cause}}
    complaint = registered(cast, now=now)
    with pytest.raises(Refused) as refusal:
        intake.solve_at_once(complaint, confirmed=True, **said)
    assert reasons(refusal) == {("on_the_spot", "channel")}

    setting(session, on_the_spot_counts=True)
    other = registered(cast, now=now)
    intake.solve_at_once(other, confirmed=True, **said)

    assert (other.status, other.first_contact_solution) == (Status.CLOSED, True)
    attempt = session.get_one(CallbackAttempt, other.closing_attempt_id)
    assert attempt.channel == "on_the_spot"


def test_who_refuses_contact_is_never_said_to_have_accepted(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Design §3: then closing always needs approval, also where a word at the counter counts."""
    setting(session, on_the_spot_counts=True)
    complaint = resolved(cast, now=now, refuses_contact=True, callback_number="")
    for channel in ("phone", "visit", "on_the_spot"):
        said = {"outcome": "accepted", "channel": channel, "number": "1", "number_reason": "Ad."}
        with pytest.raises(Refused) as refusal:
            do("record_callback", complaint, cast.chen, now, **said)
        assert reasons(refusal) == {("refuses_contact", "outcome")}

    asked = {"ground": "refuses_contact", "reason": "Said so at the counter."}
    with pytest.raises(Refused, match="written notice must be sent"):
        do("request_closing", complaint, cast.chen, now, **asked)  # she noted the refusal herself
    letter = {"channel": "letter", "address": "12 River Road, Jiangzhou", "notice": "Mended."}
    do("send_notice", complaint, cast.chen, now, **letter)
    (notice,) = session.scalars(select(Notice.id))
    do("confirm_posting", complaint, cast.wang, now, notice=notice, posted_at=now)
    do("request_closing", complaint, cast.chen, now, **asked)
    waited = now + timedelta(days=3)
    do("close_unreached", complaint, cast.zheng, waited, reason="Seen the form.")

    assert complaint.status is Status.CLOSED
    (approval,) = session.scalars(select(Approval))
    assert (approval.granted, approval.ground) == (True, "refuses_contact")
    assert callback_of(complaint, session).done_at == waited


def test_nobody_claims_a_refusal_that_was_not_made(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    asked = {"ground": "refuses_contact", "reason": "Saves time."}
    with pytest.raises(Refused) as refusal:
        do("request_closing", complaint, cast.chen, now, **asked)

    assert ("did_not_refuse", "ground") in reasons(refusal)


def test_reaching_the_customer_makes_the_request_void(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now)
    asked = {"ground": "refuses_contact", "reason": "Hung up."}
    do("request_closing", complaint, cast.chen, now, **asked)
    with pytest.raises(Refused, match="already been asked"):
        do("request_closing", complaint, cast.chen, now, **asked)

    call(complaint, CallOutcome.ACCEPTED, now + HOUR)

    assert [each.state for each in session.scalars(select(Approval))] == ["void"]
    assert complaint.closing_approval_id is None


def test_a_denied_closing_leaves_the_callback_due_and_may_be_asked_for_again(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    call(complaint, CallOutcome.REFUSED, now)
    asked = {"ground": "refuses_contact", "reason": "Hung up."}
    do("request_closing", complaint, cast.chen, now, **asked)
    do("deny_closing", complaint, cast.zheng, now, reason="Try once more.")

    assert complaint.status is Status.RESOLVED
    assert callback_of(complaint, session).done_at is None
    do("request_closing", complaint, cast.chen, now, **asked)
    states = sorted(each.state for each in session.scalars(select(Approval)))
    assert states == ["denied", "pending"]
