"""Whatever reads a pause, reads that of the added row; loaded with `-p tests.one_more_row` only."""

from datetime import datetime, timedelta

from sqlalchemy import select

from tests.cast import Cast, do, registered
from tests.conftest import Transaction
from tests.figures_compared import count_everything
from tests.pages.conftest import Clock, SignIn
from tests.timed import row_of
from tickets import sweep
from tickets.database import db
from tickets.facts.words import Happened
from tickets.models import Complaint, HappenedFact
from workflow.words import ClockKind, ClockState, Status, WaitReason

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = 3 * DAY


def waiting(cast: Cast, now: datetime) -> Complaint:
    complaint = registered(cast, now=now)
    do("start", complaint, cast.chen, now + HOUR)
    inputs = {"form": "Consent to dig", "why": WaitReason.DOCUMENTS, "consent_due_on": now + DUE}
    do("ask_consent", complaint, cast.chen, now + 2 * HOUR, **inputs)
    return complaint


def test_clocks_rest_until_the_date_that_was_set(
    transaction: Transaction, cast: Cast, now: datetime
) -> None:
    with transaction():
        complaint = waiting(cast, now)

        assert complaint.status is Status.WAITING_CUSTOMER
        assert complaint.follow_up_at == now + DUE
        assert complaint.wait_reason is WaitReason.DOCUMENTS
        assert complaint.waiting_since == complaint.last_contact_at == now + 2 * HOUR
        assert row_of(complaint, ClockKind.RESOLUTION).state is ClockState.PAUSED
        follow_up = row_of(complaint, ClockKind.FOLLOW_UP)
        assert (follow_up.state, follow_up.due_at) == (ClockState.RUNNING, now + DUE)


def test_the_sweep_brings_it_back_on_that_date(
    transaction: Transaction, cast: Cast, now: datetime
) -> None:
    with transaction():
        complaint = waiting(cast, now)
        sweep.treat(complaint.id, now + DUE)

        assert complaint.status is Status.IN_PROGRESS
        assert complaint.follow_up_at is None
        assert row_of(complaint, ClockKind.RESOLUTION).state is ClockState.RUNNING


def test_the_pause_is_counted_with_its_reason_and_its_length(
    transaction: Transaction, cast: Cast, now: datetime
) -> None:
    with transaction():
        complaint = waiting(cast, now)
        do("resume", complaint, cast.chen, now + 26 * HOUR)
        count_everything()

        query = select(HappenedFact).where(
            HappenedFact.complaint_id == complaint.id, HappenedFact.what == Happened.PAUSED
        )
        counted = query.with_only_columns(HappenedFact.detail, HappenedFact.seconds)
        assert [tuple(row) for row in db.session.execute(counted)] == [("documents", 24 * 3600)]


def test_a_pause_that_is_too_long_is_refused_at_its_own_field(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime, clock: Clock
) -> None:
    with transaction():
        complaint = registered(cast, now=now)
        do("start", complaint, cast.chen, now + HOUR)
        number, version = complaint.number, complaint.version
    clock.pass_(hours=2)
    chen = sign_in("chen")

    form = chen.get(f"/complaints/{number}/actions/ask_consent").text
    assert 'name="consent_due_on"' in form
    fields = {"form": "Consent", "why": "documents", "consent_due_on": "2030-01-01T09:00"}
    answer = chen.post(
        f"/complaints/{number}/actions/ask_consent", data={"version": version, **fields}
    )

    assert answer.status_code == 422
    assert "consent_due_on" in answer.text
    assert "days in all" in answer.text


def test_pages_say_that_it_waits_why_and_until_when(
    transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime, clock: Clock
) -> None:
    with transaction():
        complaint = waiting(cast, now)
        number, until = complaint.number, complaint.follow_up_at
    assert until is not None
    clock.pass_(hours=3)
    chen = sign_in("chen")

    page = chen.get(f"/complaints/{number}").text
    assert "Waiting for the customer" in page
    assert "Ask for written consent" in page
    assert "Consent due on" in page
    assert number in chen.get("/complaints/").text
    assert "goes back to work by itself" in chen.get(f"/complaints/{number}/what-next").text
