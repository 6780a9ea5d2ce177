"""Several people at once: one wins, the other is told, nothing counts twice (CON-04, CON-05)."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, add_cast, do, orders, registered, resolved
from tests.databases import Database
from tickets import history, intake, numbers
from tickets.actions import Stale, take
from tickets.database import db, new_id, writing
from tickets.models import CallbackAttempt, Complaint, Customer, Event, Transfer, Unit, WorkOrder
from workflow.machine import Refused
from workflow.words import OrderStatus, Status

DAY = timedelta(days=1)
CALLED = {"channel": "phone", "number": "13912345678"}
ACCEPTED = {**CALLED, "outcome": "accepted"}
NOT_SOLVED = {**CALLED, "outcome": "not_solved", "text": "Dead."}

Deed = Callable[[], Any]


@pytest.fixture
def desk(database: Database, now: datetime) -> Iterator[Cast]:
    """The cast, stored, so that every thread sees it."""
    with database.app.app_context(), writing():
        cast = add_cast(now - 30 * DAY, "no password")
        db.session.commit()
    yield cast


def stored(database: Database, make: Callable[[], Complaint]) -> tuple[UUID, int]:
    """Make a complaint and commit it: its id, and the version that everybody sees."""
    with database.app.app_context(), writing():
        complaint = make()
        db.session.commit()
        return complaint.id, complaint.version


def at_once(database: Database, *deeds: Deed) -> list[Any]:
    """Each deed in a thread, a transaction and a request of its own; results or errors in order."""
    results: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def run(place: int, deed: Deed) -> None:
        with database.app.app_context(), writing():
            start.wait()
            try:
                results[place] = deed()
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - which error it is, the test looks at
                db.session.rollback()
                results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def acting(cast: Cast, name: str, on: UUID, who: str, now: datetime, **said: Any) -> Deed:
    """An action by somebody who saw a certain version, or the newest when none is given."""
    event_id, seen = said.pop("event_id", None), said.pop("seen", None)

    def deed() -> str:
        complaint = db.session.get_one(Complaint, on)
        take(
            name,
            complaint,
            actor=cast.person(who),
            now=now,
            seen_version=seen,
            inputs=said,
            event_id=event_id,
        )
        return "done"

    return deed


def on_order(cast: Cast, name: str, on: UUID, who: str, now: datetime, **said: Any) -> Deed:
    def deed() -> str:
        order = db.session.get_one(WorkOrder, on)
        take(name, order, actor=cast.person(who), now=now, seen_version=None, inputs=said)
        return "done"

    return deed


def outcome(results: list[Any]) -> list[str]:
    return sorted(each if isinstance(each, str) else type(each).__name__ for each in results)


def read(database: Database, query: Any) -> Any:
    with database.app.app_context():
        return db.session.scalars(query).all()


def flawless(database: Database, complaint_id: UUID) -> bool:
    with database.app.app_context():
        return not list(history.flaws(db.session.get_one(Complaint, complaint_id)))


def test_of_two_from_the_same_version_one_wins_and_the_other_is_told(
    database: Database, desk: Cast, now: datetime
) -> None:
    """CON-04: accepted and not solved at the same moment, and only one of them is history."""
    complaint, seen = stored(database, lambda: resolved(desk, now=now))

    results = at_once(
        database,
        acting(desk, "record_callback", complaint, "chen", now, seen=seen, **ACCEPTED),
        acting(desk, "record_callback", complaint, "qian", now, seen=seen, **NOT_SOLVED),
    )

    assert outcome(results) == ["Stale", "done"]
    assert len(read(database, select(CallbackAttempt.id))) == 1
    assert len(read(database, select(Event.id).where(Event.action == "record_callback"))) == 1
    (loser,) = (each for each in results if isinstance(each, Stale))
    assert loser.seen == seen < loser.current
    assert flawless(database, complaint)


def test_the_same_click_twice_at_once_is_done_once(
    database: Database, desk: Cast, now: datetime
) -> None:
    """CLO-05, CON-06."""
    complaint, seen = stored(database, lambda: resolved(desk, now=now))
    click = acting(
        desk, "record_callback", complaint, "chen", now, seen=seen, event_id=new_id(), **ACCEPTED
    )

    assert outcome(at_once(database, click, click, click)) == ["done"] * 3
    assert len(read(database, select(CallbackAttempt.id))) == 1


def test_notes_at_once_are_all_kept_in_one_chain(
    database: Database, desk: Cast, now: datetime
) -> None:
    """What only adds makes nobody stale."""
    complaint, seen = stored(database, lambda: registered(desk, now=now))
    notes = [
        acting(desk, "note", complaint, who, now, seen=seen, text=who)
        for who in ("chen", "zheng", "he", "qian")
    ]

    assert outcome(at_once(database, *notes)) == ["done"] * 4
    assert len(read(database, select(Event.id).where(Event.action == "note"))) == 4
    assert flawless(database, complaint)


def test_two_answers_at_once_bring_the_complaint_back_once(
    database: Database, desk: Cast, now: datetime
) -> None:
    """Each department sees the other's order still open: the last one counts all the same."""
    complaint, network, billing = with_two_orders(database, desk, now)

    results = at_once(
        database,
        on_order(desk, "answer", network, "zhao", now, answer="Mended."),
        on_order(desk, "answer", billing, "zhou", now, answer="Corrected."),
    )

    assert outcome(results) == ["done", "done"]
    assert read(database, select(Complaint.status)) == [Status.IN_PROGRESS]
    assert len(read(database, select(Event.id).where(Event.action == "all_answered"))) == 1
    assert flawless(database, complaint)


def test_two_returns_at_once_are_two_and_the_second_needs_a_ruling(
    database: Database, desk: Cast, now: datetime
) -> None:
    complaint, network, billing = with_two_orders(database, desk, now)

    results = at_once(
        database,
        on_order(desk, "return", network, "zhao", now, reason="Not ours."),
        on_order(desk, "return", billing, "zhou", now, reason="Not ours."),
    )

    assert outcome(results) == ["done", "done"]
    assert read(database, select(Complaint.returns)) == [2]
    statuses = sorted(read(database, select(WorkOrder.status)))
    assert statuses == [OrderStatus.ARBITRATION, OrderStatus.RETURNED]
    assert flawless(database, complaint)


def with_two_orders(database: Database, desk: Cast, now: datetime) -> tuple[UUID, UUID, UUID]:
    with database.app.app_context(), writing():
        complaint = registered(desk, now=now)
        units = [desk.units["network"], desk.units["billing"]]
        said = {"question": "?", "promised_at": now + DAY}
        do("dispatch", complaint, desk.chen, now, units=units, **said)
        network, billing = orders(complaint)
        do("accept", network, desk.zhao, now)
        do("accept", billing, desk.zhou, now)
        db.session.commit()
        return complaint.id, network.id, billing.id


def test_of_two_transfers_at_once_one_waits(database: Database, desk: Cast, now: datetime) -> None:
    complaint, _ = stored(database, lambda: registered(desk, now=now))

    results = at_once(
        database,
        acting(desk, "transfer", complaint, "zheng", now, to=desk.people["wang"], reason="Ill."),
        acting(desk, "transfer", complaint, "he", now, to=desk.people["li"], reason="Ill."),
    )

    assert outcome(results) == ["Refused", "done"]
    assert len(read(database, select(Transfer.id))) == 1


def test_two_complaints_are_never_merged_into_each_other(
    database: Database, desk: Cast, now: datetime
) -> None:
    first, _ = stored(database, lambda: registered(desk, now=now))
    second, _ = stored(database, lambda: registered(desk, now=now))
    number = dict(zip((first, second), numbers_of(database, first, second), strict=True))

    results = at_once(
        database,
        acting(
            desk,
            "merge",
            first,
            "zheng",
            now,
            into=number[second],
            because="same_line",
            reason="The same.",
        ),
        acting(
            desk,
            "merge",
            second,
            "he",
            now,
            into=number[first],
            because="same_line",
            reason="The same.",
        ),
    )

    # Each waits for the other's row: PostgreSQL lets one of them go, SQLite never begins it.
    assert any(isinstance(each, Refused | OperationalError) for each in results)
    statuses = sorted(read(database, select(Complaint.status)))
    assert statuses == [Status.MERGED, Status.REGISTERED]


def numbers_of(database: Database, *ids: UUID) -> list[str]:
    with database.app.app_context():
        return [db.session.get_one(Complaint, each).number for each in ids]


def test_a_survivor_does_not_close_while_it_is_merged_into(
    database: Database, desk: Cast, now: datetime
) -> None:
    survivor, _ = stored(database, lambda: resolved(desk, now=now))
    duplicate, _ = stored(database, lambda: registered(desk, now=now))
    (number,) = numbers_of(database, survivor)

    results = at_once(
        database,
        acting(desk, "record_callback", survivor, "chen", now, **ACCEPTED),
        acting(
            desk,
            "merge",
            duplicate,
            "zheng",
            now,
            into=number,
            because="same_line",
            reason="The same.",
        ),
    )

    # Whichever was first: merged into what was open then, or refused because it had closed.
    assert results[0] == "done"
    merged = read(database, select(Complaint.status).where(Complaint.id == duplicate))
    assert merged == [Status.MERGED if results[1] == "done" else Status.REGISTERED]
    assert results[1] == "done" or {r.code for r in results[1].reasons} == {"survivor_ended"}


def test_fifty_first_contacts_at_once_get_fifty_numbers_and_their_own_receivers(
    database: Database, desk: Cast, now: datetime
) -> None:
    """CON-05."""
    receivers = ("chen", "wang", "li", "he", "north_desk")

    def five(who: str) -> Deed:
        def deed() -> str:
            for _ in range(5):
                register(desk, who, now)
                db.session.commit()
            return "done"

        return deed

    results = at_once(database, *(five(who) for who in receivers * 2))

    assert outcome(results) == ["done"] * 10
    with database.app.app_context():
        rows = db.session.execute(
            select(Complaint.received_by_id, func.count()).group_by(Complaint.received_by_id)
        ).all()
        assert {tuple(row) for row in rows} == {(desk.people[who], 10) for who in receivers}
        assert all(numbers.is_number(each) for each in db.session.scalars(select(Complaint.number)))


def register(desk: Cast, who: str, now: datetime, complaint_id: UUID | None = None) -> Complaint:
    actor = desk.person(who)
    first = intake.FirstContact(db.session.get_one(Unit, actor.memberships[0].unit_id), actor)
    inputs = {
        **{"description": "Dead.", "category": desk.category, "channel": "phone"},
        **{"severity": "normal", "callback_number": "13912345678"},
    }
    return intake.register(
        first,
        customer=db.session.get_one(Customer, desk.customer),
        actor=actor,
        now=now,
        inputs=inputs,
        complaint_id=complaint_id,
    )


def test_one_form_sent_twice_at_once_is_one_complaint(
    database: Database, desk: Cast, now: datetime
) -> None:
    """CON-06: the second is answered with the first, or told that it came too late to be one."""
    form = new_id()

    def send() -> str:
        return register(desk, "chen", now, form).number

    results = at_once(database, send, send)

    assert read(database, select(Complaint.id)) == [form]
    assert len({each for each in results if isinstance(each, str)}) == 1
    assert all(isinstance(each, str | IntegrityError) for each in results)


def test_a_number_that_is_taken_is_drawn_again(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """CON-05: by the constraint, should the look-up before have been too early."""
    taken = registered(cast, now=now).number
    free = numbers.new_number()
    drawn = iter([taken, taken, free])
    monkeypatch.setattr(numbers, "new_number", lambda: next(drawn))

    assert registered(cast, now=now).number == free


def test_a_number_taken_meanwhile_is_drawn_again(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = registered(cast, now=now)
    free = numbers.new_number()
    drawn = iter([taken.number, free])
    monkeypatch.setattr(numbers, "new_number", lambda: next(drawn))
    look = session.scalar

    def too_early(query: Any, *rest: Any, **more: Any) -> Any:
        found = look(query, *rest, **more)
        return None if found == taken.id else found

    monkeypatch.setattr(db.session, "scalar", too_early)

    assert registered(cast, now=now).number == free
