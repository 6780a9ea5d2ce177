"""The attacks that ended a complaint by one person alone, through the browser: each succeeded once.

A supervisor makes herself the substitute, resolves, records "refused" at a number of her choice,
ends the absence and approves; holds two roles; moves the complaint away before she approves;
sends a notice to nobody at all; types three calls within a second.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import Cast, ask_to_close, call, do, resolved
from tests.conftest import Transaction
from tests.pages.accounts.test_absence_pages import typed
from tests.pages.conftest import Clock, SignIn
from tests.pages.desk import Desk
from tickets.models import CallbackAttempt, Membership, Message, Notice, Notification
from workflow.words import CallOutcome, Role, Status

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def due(cast: Cast, transaction: Transaction, clock: Clock) -> Desk:
    """A complaint whose callback is due."""
    with transaction():
        complaint = resolved(cast, now=clock.now)
        return Desk(transaction, cast, complaint.number)


def approve(browser: FlaskClient, desk: Desk) -> Any:
    form = {"version": desk.read("version"), "reason": "Approved."}
    return browser.post(f"/approvals/{desk.number}/close_unreached", data=form)


def local(at: datetime) -> dict[str, str]:
    """A moment as the browser's field sends it, in the operator's zone."""
    return {"at": (at + 8 * HOUR).strftime("%Y-%m-%dT%H:%M")}


def test_a_supervisor_does_not_make_herself_the_substitute(
    cast: Cast, sign_in: SignIn, transaction: Transaction
) -> None:
    answer = sign_in("zheng").post("/absences/", data=typed(cast, "chen", "zheng"))

    assert answer.status_code == 422
    assert "You cannot make yourself the substitute of somebody else." in answer.text
    told = sign_in("zheng").post("/absences/", data=typed(cast, "chen", "wang"))
    assert told.status_code == 303
    with transaction() as session:
        topics = session.scalars(select(Notification.topic)).all()
    assert topics == ["absence_entered", "absence_entered"]


def test_a_substitute_who_answered_does_not_approve_when_the_absence_is_over(
    cast: Cast, sign_in: SignIn, due: Desk, transaction: Transaction, clock: Clock
) -> None:
    absent = sign_in("chen").post("/absences/", data=typed(cast, "chen", "zheng"))
    assert absent.status_code == 303
    browser = sign_in("zheng")
    said = {"outcome": "refused", "channel": "phone", "number": "13912345678"}
    assert due.send(browser, "record_callback", **said).status_code == 303
    asked = {"ground": "refuses_contact", "reason": "Wants no call."}
    assert due.send(browser, "request_closing", **asked).status_code == 303
    clock.pass_(days=30)

    answer = approve(sign_in("zheng"), due)

    assert answer.status_code == 422
    assert "You recorded a callback of this complaint; somebody else must decide." in answer.text
    assert "You asked for this closing; somebody else must decide." in answer.text
    assert due.read("status") is Status.RESOLVED
    assert approve(sign_in("he"), due).status_code == 303
    assert due.read("status") is Status.CLOSED


def test_quality_and_supervisor_in_one_person_are_one_person(
    cast: Cast, sign_in: SignIn, due: Desk, transaction: Transaction, clock: Clock
) -> None:
    with transaction():
        role = Membership(unit_id=cast.units["branch"], role=Role.SUPERVISOR)
        cast.qian.memberships.append(role)
    browser = sign_in("qian")
    said = {"outcome": "refused", "channel": "phone", "number": "13912345678"}
    assert due.send(browser, "record_callback", **said).status_code == 303
    asked = {"ground": "refuses_contact", "reason": "Wants no call."}
    assert due.send(sign_in("chen"), "request_closing", **asked).status_code == 303

    assert approve(browser, due).status_code == 422
    assert due.read("status") is Status.RESOLVED


def test_moving_a_complaint_away_leaves_whoever_had_it_an_author(
    cast: Cast, sign_in: SignIn, due: Desk, transaction: Transaction, clock: Clock
) -> None:
    with transaction() as session:
        complaint = due._row(session)
        do("transfer", complaint, cast.he, clock.now, to=cast.people["zheng"], reason="Big.")
        do("accept_transfer", complaint, cast.zheng, clock.now)
    browser = sign_in("zheng")
    said = {"outcome": "refused", "channel": "phone", "number": "13912345678"}
    due.send(browser, "record_callback", **said)
    asked = {"ground": "refuses_contact", "reason": "Wants no call."}
    due.send(browser, "request_closing", **asked)
    moved = {"to": str(cast.people["chen"]), "reason": "Chen is back."}
    assert due.send(browser, "transfer", **moved).status_code == 303
    assert due.send(sign_in("chen"), "accept_transfer").status_code == 303

    assert approve(browser, due).status_code == 422
    assert due.read("status") is Status.RESOLVED


def test_nothing_is_approved_that_nobody_asked_for(
    cast: Cast, sign_in: SignIn, due: Desk, transaction: Transaction, clock: Clock
) -> None:
    with transaction() as session:
        call(due._row(session), CallOutcome.REFUSED, clock.now)

    answer = approve(sign_in("zheng"), due)

    assert answer.status_code == 422
    assert "Nobody has asked for this closing." in answer.text
    assert due.read("status") is Status.RESOLVED


def test_an_old_form_does_not_approve_twice_nor_after_the_denial(
    cast: Cast, sign_in: SignIn, due: Desk, transaction: Transaction, clock: Clock
) -> None:
    with transaction() as session:
        complaint = due._row(session)
        call(complaint, CallOutcome.REFUSED, clock.now)
        ask_to_close(complaint, complaint.responsible, clock.now, "refuses_contact")
    old = {"version": due.read("version"), "reason": "Approved."}
    denied = sign_in("he").post(f"/approvals/{due.number}/deny_closing", data=old)
    assert denied.status_code == 303

    answer = sign_in("zheng").post(f"/approvals/{due.number}/close_unreached", data=old)

    assert answer.status_code in (409, 422)
    assert due.read("status") is Status.RESOLVED


def test_a_notice_to_nobody_at_all_is_refused_at_its_field_with_what_was_typed(
    sign_in: SignIn, due: Desk, transaction: Transaction
) -> None:
    """It answered 303, queued nothing, and counted."""
    said = {"channel": "sms", "address": "nobody at all", "notice": "We could not reach you."}

    answer = due.send(sign_in("chen"), "send_notice", **said)

    assert answer.status_code == 422
    assert "Nothing can be sent to this address this way." in answer.text
    assert 'value="nobody at all"' in answer.text
    assert "We could not reach you." in answer.text
    with transaction() as session:
        assert session.scalars(select(Notice)).all() == []
        assert session.scalars(select(Message).where(Message.notice_id.is_not(None))).all() == []


def test_three_calls_typed_within_a_second_are_kept_and_do_not_count(
    sign_in: SignIn, due: Desk, transaction: Transaction, clock: Clock
) -> None:
    began = clock.now
    clock.pass_(days=2)
    browser = sign_in("chen")
    for at in (began + HOUR, began + 5 * HOUR, began + DAY):
        said = {"outcome": "no_answer", "channel": "phone", "number": "13912345678"}
        assert due.send(browser, "record_callback", **said, **local(at)).status_code == 303
    with transaction() as session:
        assert len(session.scalars(select(CallbackAttempt)).all()) == 3

    asked = {"ground": "unreachable", "reason": "Nobody answers."}
    answer = due.send(browser, "request_closing", **asked)

    assert answer.status_code == 422
    assert "3 attempts are needed; 0 count so far." in answer.text


def test_a_withdrawal_dated_before_the_complaint_is_refused_at_its_field(
    sign_in: SignIn, due: Desk, clock: Clock
) -> None:
    said = {"said_by": "customer", "channel": "phone", "text": "Never mind."}
    answer = due.send(sign_in("chen"), "withdraw", **said, **local(clock.now - DAY))

    assert answer.status_code == 422
    assert "Never mind." in answer.text
    assert due.read("status") is Status.RESOLVED
