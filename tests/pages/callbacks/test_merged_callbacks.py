"""The attack: merge a complaint to hide that its customer was not satisfied. The survivor shows it
wherever somebody calls, decides or scores."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import numbers
from tickets.models import Complaint, QualitySample
from tickets.quality import drawing
from workflow.words import CallOutcome

SAYS = "The customer was not satisfied at a callback of a complaint that was merged into this one"


@pytest.fixture
def merged(cast: Cast, transaction: Transaction, clock: Clock) -> tuple[str, str]:
    """The numbers of the duplicate and of its survivor, whose callback is due."""
    with transaction():
        duplicate = given.resolved(cast, now=clock.now)
        given.call(duplicate, CallOutcome.DISSATISFIED, clock.now)
        survivor = given.registered(cast, now=clock.now, by="wang")
        given.do(
            "merge", duplicate, cast.zheng, clock.now, into=survivor.number, reason="The same."
        )
        given.resolve(cast, survivor, clock.now)
        return duplicate.number, survivor.number


def test_the_survivor_shows_it_to_whoever_calls(merged: tuple[str, str], sign_in: SignIn) -> None:
    duplicate, survivor = merged
    for address in (f"/complaints/{survivor}", f"/callbacks/{survivor}"):
        page = sign_in("wang").get(address).text
        assert SAYS in page and numbers.spoken(duplicate) in page and "Dissatisfied" in page


def test_it_is_among_the_evidence_of_an_exceptional_closing(
    merged: tuple[str, str], sign_in: SignIn, cast: Cast, transaction: Transaction, clock: Clock
) -> None:
    with transaction() as session:
        survivor = session.scalars(select(Complaint).where(Complaint.number == merged[1])).one()
        given.call(survivor, CallOutcome.REFUSED, clock.now)
        given.ask_to_close(survivor, cast.wang, clock.now, "refuses_contact")
    page = sign_in("he").get("/approvals/").text
    assert SAYS in page and numbers.spoken(merged[0]) in page


def test_it_is_drawn_for_a_second_call_and_shown_there(
    merged: tuple[str, str], sign_in: SignIn, transaction: Transaction, clock: Clock
) -> None:
    with transaction() as session:
        survivor = session.scalars(select(Complaint).where(Complaint.number == merged[1])).one()
        given.call(survivor, CallOutcome.ACCEPTED, clock.now)
    with transaction() as session:
        drawing.draw(clock.now + timedelta(hours=1))
        drawn = str(session.scalars(select(QualitySample.id)).one())
    page = sign_in("qian").get(f"/quality/{drawn}").text
    assert SAYS in page
    listed = sign_in("qian").get("/quality/").text
    assert "A merged complaint&#39;s customer was not satisfied" in listed
