"""The one door: what raises leaves nothing behind, and only the edge commits (FLK-01, FLK-02)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, call, do, orders, registered, resolved
from tests.walk import pending_changes, writes
from tickets.actions import Stale, take
from tickets.actions.changes import CHANGES, ORDER_CHANGES
from tickets.database import db, new_id
from tickets.models import CallbackAttempt, Complaint, Event
from tickets.storage.attachments import Upload
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.machine import Refused
from workflow.words import CallOutcome, OrderStatus, Status

DAY = timedelta(days=1)


class Broken(RuntimeError):
    """Something that nobody foresaw."""


def breaks(*_act: Any) -> Mapping[str, Any]:
    raise Broken


def test_what_raises_while_it_changes_leaves_the_old_state(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """FLK-01."""
    complaint = registered(cast, now=now)
    session.commit()
    monkeypatch.setitem(CHANGES, "resolve", breaks)
    said = {"answer": "Mended.", "outcome": "upheld", "cause": cast.cause, "remedy": "repair"}

    with pytest.raises(Broken):
        do("resolve", complaint, cast.chen, now, **said)
    session.rollback()

    assert complaint.status is Status.REGISTERED
    assert session.scalars(select(Event.action)).all() == ["register"]


def test_what_raises_in_a_follow_up_takes_the_action_with_it(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a withdrawal, with a department still at work, would be a lie."""
    complaint = registered(cast, now=now)
    said = {"question": "?", "promised_at": now + DAY}
    do("dispatch", complaint, cast.chen, now, units=[cast.units["network"]], **said)
    session.commit()
    monkeypatch.setitem(ORDER_CHANGES, "recall", breaks)

    with pytest.raises(Broken):
        do(
            "withdraw",
            complaint,
            cast.chen,
            now,
            said_by="customer",
            channel="phone",
            at=now,
            text="Fine now.",
        )
    session.rollback()

    assert complaint.status is Status.DISPATCHED
    assert [each.status for each in orders(complaint)] == [OrderStatus.SENT]
    assert "withdraw" not in session.scalars(select(Event.action)).all()


def test_nothing_behind_the_door_commits(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """FLK-02."""
    session.commit()
    committed: list[Any] = []
    note = committed.append
    listeners.listen(db.engine, "commit", note)
    try:
        complaint = resolved(cast, now=now)
        call(complaint, CallOutcome.NO_ANSWER, now)
        call(complaint, CallOutcome.ACCEPTED, now)
        do("reopen", complaint, cast.wang, now, reason="Dead again.")
    finally:
        listeners.remove(db.engine, "commit", note)

    assert committed == []
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Complaint)) == 0


@pytest.mark.parametrize("name", [*CHANGES, *ORDER_CHANGES])
def test_every_change_belongs_to_an_action(name: str) -> None:
    assert name in ACTIONS or name in ORDER_ACTIONS


def test_a_refusal_writes_nothing_at_all(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = resolved(cast, now=now)
    tried: tuple[tuple[str, dict[str, Any]], ...] = (
        ("start", {}),
        ("attach", {"file": Upload("run.exe", b"MZ")}),
        ("record_callback", {"outcome": "bogus"}),
        ("merge", {"into": "123", "reason": "?"}),
        ("register", {"description": "Again."}),
    )
    for name, said in tried:
        with writes() as written, pytest.raises(Refused):
            do(name, complaint, cast.chen, now, **said)
        assert (written, pending_changes()) == ([], []), name


def test_an_unknown_action_is_a_mistake_of_the_caller(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    with pytest.raises(KeyError):
        do("close", registered(cast, now=now), cast.chen, now)


def test_every_event_has_its_actor_its_time_and_its_statuses(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    do("start", complaint, cast.chen, now + DAY)

    event = session.scalars(select(Event).where(Event.action == "start")).one()
    assert (event.actor_id, event.at, event.rule) == (cast.people["chen"], now + DAY, None)
    assert (event.data["from_status"], event.data["to_status"]) == ("registered", "in_progress")
    assert event.seq == complaint.event_count == 2


def test_the_same_event_again_answers_what_was_done_the_first_time(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """CLO-05, CON-06: also when the complaint has moved on since."""
    complaint = resolved(cast, now=now)
    event_id, seen = new_id(), complaint.version
    said = {"outcome": "not_solved", "channel": "phone", "number": "13912345678", "text": "Dead."}

    def click() -> Any:
        return take(
            "record_callback",
            complaint,
            actor=cast.chen,
            now=now,
            seen_version=seen,
            inputs=said,
            event_id=event_id,
        )

    first = click()
    do("start", registered(cast, now=now), cast.chen, now)
    with writes() as written:
        again = click()

    assert again.event.id == first.event.id == event_id
    assert written == []
    assert len(session.scalars(select(CallbackAttempt.id)).all()) == 1


def test_an_event_of_somebody_else_is_not_answered(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    complaint = registered(cast, now=now)
    event_id = new_id()
    asked: dict[str, Any] = {"now": now, "seen_version": None, "event_id": event_id}
    take("note", complaint, actor=cast.chen, inputs={"text": "Mine."}, **asked)

    with pytest.raises(Stale):
        take("note", complaint, actor=cast.zheng, inputs={"text": "Mine."}, **asked)
    with pytest.raises(Stale):
        take("contact", complaint, actor=cast.chen, inputs={"channel": "phone"}, **asked)
