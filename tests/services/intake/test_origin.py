"""Where a complaint came from is said when it is registered, never guessed from who registered it.

A mailbox or a web form is served by the system, and its complaints bear a number from elsewhere:
both were signs of an import once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast
from tickets import intake
from tickets.actions.cases import refusals_by_authors
from tickets.actors import System
from tickets.clocks import timekeeping
from tickets.database import db
from tickets.history.authors import authors_of_many
from tickets.history.data import EventData
from tickets.models import Complaint, Customer, Event, Message, Notification, Unit
from workflow.words import Channel, ClockKind, ClockState, Level, Origin

Db = scoped_session[Session]
HOUR = timedelta(hours=1)
MAILBOX = System("e-mail to the desk")


def from_elsewhere(
    cast: Cast,
    now: datetime,
    channel: Channel = Channel.EMAIL,
    more: dict[str, Any] | None = None,
    **first: Any,
) -> Complaint:
    """A complaint that no person registers, under the number it has elsewhere."""
    customer = db.session.get_one(Customer, cast.customer)
    unit = db.session.get_one(Unit, cast.units["east_hall"])
    known = intake.FirstContact(
        unit, cast.chen, external_source="mailbox", external_id="<1@example.com>"
    )
    said = {"description": "Dead.", "category": cast.category, "channel": channel}
    said |= {"severity": "normal", "callback_number": "13912345678"}
    said |= more or {}
    complaint = intake.register(
        replace(known, **first), customer=customer, actor=MAILBOX, now=now, inputs=said
    )
    db.session.flush()
    return complaint


def written(model: type[Message] | type[Notification]) -> list[str]:
    return list(db.session.scalars(select(model.topic)))


def test_a_complaint_that_nobody_attends_to_is_promised_and_acknowledged(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = from_elsewhere(cast, now)

    (acknowledge,) = (
        each
        for each in timekeeping.clocks_of(complaint, now)
        if each.rule.clock is ClockKind.ACKNOWLEDGE
    )
    assert complaint.promised_at is not None
    assert complaint.promised_at > now
    assert acknowledge.state is ClockState.RUNNING
    assert written(Message) == ["registered"]


def test_an_imported_complaint_was_promised_and_acknowledged_elsewhere(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = from_elsewhere(cast, now, origin=Origin.IMPORTED)

    assert complaint.promised_at is None
    assert written(Message) == written(Notification) == []


def test_an_appeal_by_e_mail_from_the_regulator_begins_one_level_up(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = from_elsewhere(cast, now, Channel.REGULATOR)

    assert complaint.level == Level.DESK + 1


def test_an_imported_appeal_was_somebody_elses_to_raise(
    session: Db, cast: Cast, now: datetime
) -> None:
    complaint = from_elsewhere(cast, now, Channel.REGULATOR, origin=Origin.IMPORTED)

    assert complaint.level == Level.DESK


@pytest.mark.parametrize("origin", list(Origin))
def test_the_history_says_the_origin(
    session: Db, cast: Cast, now: datetime, origin: Origin
) -> None:
    complaint = from_elsewhere(cast, now, origin=origin)

    event = session.scalars(select(Event).where(Event.complaint_id == complaint.id)).one()
    assert event.data["origin"] == origin


def test_a_refusal_from_another_system_was_noted_by_none_of_its_authors(
    session: Db, cast: Cast, now: datetime
) -> None:
    """The number from elsewhere does not tell: what came by e-mail is answered for here."""
    refuses = {"refuses_contact": True}
    live = from_elsewhere(cast, now, more=refuses)
    imported = from_elsewhere(cast, now, more=refuses, origin=Origin.IMPORTED, external_id="2")
    authors = authors_of_many([live, imported])

    assert refusals_by_authors([live, imported], authors) == {live.id}


@pytest.mark.parametrize(
    ("registered", "origin"),
    [
        ({"origin": "live"}, Origin.LIVE),
        ({"origin": "imported", "import": {"source": "old desk", "id": "1"}}, Origin.IMPORTED),
        ({"to_status": "registered"}, Origin.LIVE),
        ({"to_status": "registered", "import": {"source": "old desk", "id": "1"}}, Origin.IMPORTED),
    ],
)
def test_events_from_before_origins_were_said_are_understood(
    registered: dict[str, object], origin: Origin
) -> None:
    assert EventData(registered).origin is origin
