"""One reckoning for all: what is stored and read off later is what the function says (SLA-12).

Lists, pages, exports and alerts read rows through `clock_board.reading_of_row` and
`timekeeping.rungs_ahead`; here 1,000 random histories are stored as rows at one moment and read at
a later one, and compared with the clocks made anew from the history.
"""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.clocks.test_clock_properties import Story, stories
from tests.slow_clock import moment
from tickets.clocks.counted_time import BY_THE_CALENDAR, never_closes
from tickets.clocks.display import reading_of_row
from workflow.clock_keeping import GIVEN_DATE
from workflow.clocks import Clock, clocks
from workflow.words import ClockState
from workflow.working_time import WorkingCalendar

SECOND = timedelta(seconds=1)


def calendar_of(clock: Clock) -> WorkingCalendar | None:
    """As pages choose it by the rule's name, which in these stories several clocks share."""
    counts_hours = clock.rule.unit in BY_THE_CALENDAR and clock.rule.id != GIVEN_DATE.id
    calendar = clock.calendar.calendar
    return calendar if counts_hours and not never_closes(calendar) else None


def stored(clock: Clock) -> SimpleNamespace:
    """The row that `timekeeping` would keep of it."""
    return SimpleNamespace(
        complaint_id=uuid4(),
        **clock.id._asdict(),
        state=clock.state,
        rule=clock.rule.id,
        target=round(clock.target.total_seconds()),
        used=round(clock.used.total_seconds()),
        starts_at=clock.starts_at,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        ended_at=clock.ended_at,
        provisional=clock.provisional,
    )


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories(), st.integers(0, 20_000))
def test_what_was_stored_and_is_read_later_is_what_the_clocks_say(
    story: Story, minutes: int
) -> None:
    then = moment(story.minute)
    later = then + timedelta(minutes=minutes)
    afresh = {clock.id: clock for clock in clocks(story.history, later)}
    for clock in clocks(story.history, then):
        reading = reading_of_row(stored(clock), calendar_of(clock), later)
        now = afresh[clock.id]

        assert reading.state is now.state
        assert reading.due_at == now.due_at
        assert abs(reading.remaining - now.remaining) < SECOND
        if now.state is ClockState.RUNNING and now.due_at is not None:
            assert reading.late is (now.due_at < later)
