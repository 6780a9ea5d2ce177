"""What other limits would do to the open complaints, before they come into force (SLA-11, C-28)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests import cast as given
from tests.cast import Cast
from tests.services.limits.test_limits import change, draft, parsed
from tickets.database import db
from tickets.limits import editing
from tickets.limits.comparison import Section
from tickets.models import AdminEvent, LimitsVersion
from tickets.what_if import preview
from tickets.what_if.preview import Counts, PreviewBatch
from workflow.words import CallOutcome, ClockKind, Status

Db = scoped_session[Session]


def look(version: LimitsVersion, now: datetime) -> PreviewBatch:
    return preview.look(parsed(version), now)


def test_the_effect_names_the_open_complaints_that_move(
    session: Db, cast: Cast, now: datetime
) -> None:
    """SLA-11: earlier, later, late at once; nothing is stored by looking."""
    complaint = given.registered(cast, now=now)
    version = draft(cast, now)
    change(version, cast, now, "resolution", amount=1)
    change(version, cast, now, "regulator", amount=20)
    later = now + timedelta(hours=7)
    batch = look(version, later)

    moves = {move.clock: move for move in batch.moves}
    assert set(moves) == {ClockKind.RESOLUTION, ClockKind.REGULATOR}
    assert moves[ClockKind.RESOLUTION].earlier and moves[ClockKind.RESOLUTION].becomes_late
    assert moves[ClockKind.REGULATOR].later
    assert {move.number for move in batch.moves} == {complaint.number}
    assert batch.counts == Counts(1, 1, 1, 1, 0, 1, 0)
    assert (
        db.session.scalars(select(AdminEvent).where(AdminEvent.action == "activated")).all() == []
    )


def test_limits_that_are_the_same_move_nothing(session: Db, cast: Cast, now: datetime) -> None:
    given.registered(cast, now=now)
    batch = look(draft(cast, now), now + timedelta(hours=1))
    assert batch.moves == []
    assert batch.counts.looked == 1


def test_a_clock_without_any_limit_is_shown_to_run_no_more(
    session: Db, cast: Cast, now: datetime
) -> None:
    """M-09."""
    given.registered(cast, now=now)
    version = draft(cast, now)
    editing.remove_row(version, Section.RULES, "regulator", actor=cast.admin, now=now)
    batch = look(version, now + timedelta(hours=1))
    assert [(move.clock, move.after) for move in batch.moves] == [(ClockKind.REGULATOR, None)]
    assert batch.counts.stopped == 1


def test_the_effect_leaves_closed_complaints_out(session: Db, cast: Cast, now: datetime) -> None:
    """C-28: closed ones are never touched."""
    complaint = given.resolved(cast, now=now)
    given.call(complaint, CallOutcome.ACCEPTED, now, by=cast.qian)
    assert complaint.status is Status.CLOSED
    version = draft(cast, now)
    change(version, cast, now, "regulator", amount=1)
    batch = look(version, now + timedelta(days=3))
    assert batch == PreviewBatch(Counts())
    assert preview.open_complaints() == 0


def test_the_effect_is_counted_in_batches_with_nothing_left_out(
    session: Db, cast: Cast, now: datetime
) -> None:
    """M-01."""
    numbers = {given.registered(cast, now=now).number for _ in range(5)}
    version = draft(cast, now)
    change(version, cast, now, "regulator", amount=1)
    limits, later = parsed(version), now + timedelta(hours=1)

    counts, moved, after = Counts(), set(), None
    for _ in range(10):
        batch = preview.look(limits, later, after=after, size=2)
        counts, after = counts + batch.counts, batch.next
        moved |= {move.number for move in batch.moves}
        if after is None:
            break
    assert moved == numbers
    assert counts == Counts(5, 5, 5, 0, 0, 0, 0)
