"""What is stored of the clocks is what the events say, at any time (SLA-12)."""

import os
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, do, registered
from tests.timed import rule, rules, version
from tests.typed import sensible
from tests.walk import Desk
from tickets.clocks import limit_changes
from tickets.clocks.timekeeping import clocks_of, id_of, rows_of
from tickets.database import db
from tickets.models import ClockRow, Complaint
from workflow.clocks import Clock
from workflow.words import (
    OPEN,
    Channel,
    ClockKind,
    ClockState,
)

LONG = bool(os.environ.get("SHOUWEN_LONG"))
DbSession = scoped_session[Session]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
K = ClockKind


def shown(clock: Clock) -> tuple[Any, ...]:
    """What a row keeps of a clock, except what a miss adds that nobody has looked at yet."""
    return (
        clock.id,
        clock.state,
        clock.limits_key,
        clock.rule.id,
        clock.starts_at,
        round(clock.target.total_seconds()),
        clock.due_at,
        clock.ended_at,
        clock.provisional,
    )


def kept(row: ClockRow) -> tuple[Any, ...]:
    return (
        id_of(row),
        row.state,
        row.limits_id.hex,
        row.rule,
        row.starts_at,
        row.target,
        row.due_at,
        row.ended_at,
        row.provisional,
    )


def agrees(complaint: Complaint, now: datetime) -> None:
    """The rows, the complaint's own column, and the clocks from the events, are one."""
    db.session.flush()
    db.session.expire_all()
    found = clocks_of(complaint, now)
    rows = rows_of(complaint)
    still = {id_of(row) for row in rows} - {clock.id for clock in found}
    assert all(row.state is ClockState.VOID for row in rows if id_of(row) in still)
    assert sorted(shown(each) for each in found) == sorted(
        kept(row) for row in rows if id_of(row) not in still
    )
    for clock in found:
        row = next(row for row in rows if id_of(row) == clock.id)
        if not clock.is_open:
            assert row.breached_at == clock.breached_at
            assert row.used == round(clock.used.total_seconds())
        if clock.state is not ClockState.RUNNING:
            assert row.look_at is None
    limits = [each for each in found if each.id.kind is not ClockKind.STALE]
    running = [each for each in limits if each.state is ClockState.RUNNING and each.due_at]
    soonest = min((each.due_at for each in running if each.due_at), default=None)
    assert complaint.due_at == soonest
    if complaint.status not in OPEN:
        assert running == []


@pytest.mark.parametrize("seed", range(30 if LONG else 4))
def test_rows_agree_with_the_events_at_any_time(
    session: DbSession, cast: Cast, now: datetime, seed: int
) -> None:
    """SLA-12: stories of four complaints through the door; asked now and long afterwards.

    `SHOUWEN_LONG=1` tells more; tests/rules/clocks/test_clock_properties.py needs no database.
    """
    dice = Random(seed)  # noqa: S311 - a walk of the tests
    second = version(7, rules=rules(rule(amount=3, severity=["serious"])), ladder=[])
    made = [
        registered(cast, now=now, by=who, channel=dice.choice(list(Channel)))
        for who in ("chen", "wang", "li", "chen")
    ]
    desk = WalkedDesk(cast, now, made)
    for _ in range(45):
        desk.now += dice.choice((timedelta(), HOUR, 3 * HOUR, 20 * HOUR, 60 * HOUR))
        complaint = dice.choice(made)
        if dice.random() < 0.03 and complaint.status in OPEN:
            limit_changes.adopt(complaint.id, second.id, desk.now)
        else:
            desk.something(dice, complaint)
        agrees(complaint, desk.now)
    for complaint in made:
        agrees(complaint, desk.now)
        agrees(complaint, desk.now + 40 * DAY)


class WalkedDesk(Desk):
    """The desk of the random walk, whose own checks are made elsewhere."""

    def __init__(self, cast: Cast, now: datetime, complaints: list[Complaint]) -> None:
        super().__init__(cast, now, {})  # type: ignore[arg-type]
        self.complaints = complaints

    def something(self, dice: Random, complaint: Complaint) -> None:
        """Anything that is possible, oftenest what time depends on."""
        choices = [
            each
            for each in self.choices(complaint)
            if each.who != "system" and each.action.name not in ("hand_over", "note", "attach")
        ]
        names = sorted({each.action.name for each in choices})
        if not names:
            return
        weights = [1 if name in SELDOM else 8 if name in OF_TIME else 2 for name in names]
        (name,) = dice.choices(names, weights)
        choice = dice.choice([each for each in choices if each.action.name == name])
        said = sensible(dice.choice, self, choice)
        try:
            do(name, choice.on, self.actor(choice.who), self.now, **said)
        except Exception as refused:  # noqa: BLE001 - what is refused changes nothing
            if type(refused).__name__ != "Refused":
                raise


SELDOM = {"withdraw", "merge"}
OF_TIME = {
    "dispatch",
    "ask_customer",
    "resume",
    "resolve",
    "record_callback",
    "reopen",
    "undo_closing",
    "unmerge",
    "accept",
    "answer",
    "return",
    "reject_answer",
    "arbitrate",
}
