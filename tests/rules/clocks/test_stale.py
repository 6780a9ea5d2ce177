"""Silence: nothing was done for too long, and whoever answers for it hears so (PAU-09)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from workflow.clocks import Clock, Happening, History, clocks
from workflow.effects import Pause, ReckonAgain, ReportAgain, Start, Stop
from workflow.limits import DatedCalendar, Facts, Limits, Rule, Rung, SpanUnit, Tell
from workflow.words import ClockKind, ClockState
from workflow.working_time import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = (
    Rule("resolution", ClockKind.RESOLUTION, 1000, SpanUnit.HOURS),
    Rule("stale", ClockKind.STALE, 16, SpanUnit.HOURS),
)
LIMITS = Limits(
    key="x",
    number=1,
    calendars={"all": DatedCalendar("all", WorkingCalendar.always(ZONE))},
    default_calendar="all",
    rules=RULES,
    ladder=(Rung("stale-100", ClockKind.STALE, 100, tell=(Tell.RESPONSIBLE,)),),
)
REGISTERED = Happening(START, (Start(ClockKind.RESOLUTION),))


def stale(*happenings: Happening, at: datetime) -> list[Clock]:
    found = clocks(History(Facts(), LIMITS, (REGISTERED, *happenings), zone=ZONE), at)
    return [clock for clock in found if clock.id.kind is ClockKind.STALE]


def test_silence_is_timed_from_the_last_thing_that_was_done() -> None:
    """PAU-09."""
    told = Happening(START + 10 * HOUR, (ReportAgain(),))

    (clock,) = stale(told, at=START + 20 * HOUR)
    assert (clock.used, clock.breached_at) == (10 * HOUR, None)
    assert clock.due_at == START + 26 * HOUR


def test_silence_that_was_too_long_stays_on_record_when_it_ends() -> None:
    told = Happening(START + 20 * HOUR, (ReportAgain(),))

    late, running = stale(told, at=START + 21 * HOUR)
    assert (late.state, late.breached_at) == (ClockState.MISSED, START + 16 * HOUR)
    assert (running.state, running.used) == (ClockState.RUNNING, HOUR)


def test_silence_does_not_count_while_the_customer_is_waited_for_or_an_answer_stands() -> None:
    waits = Happening(START + HOUR, (Pause(),), date=START + 90 * HOUR, why="details")
    (paused,) = stale(waits, at=START + 50 * HOUR)
    assert (paused.state, paused.used) == (ClockState.PAUSED, timedelta())

    answered = Happening(START + HOUR, (Stop(ClockKind.RESOLUTION), Start(ClockKind.CALLBACK)))
    assert all(not clock.is_open for clock in stale(answered, at=START + 50 * HOUR))


def test_reckoning_again_is_no_sign_of_life() -> None:
    corrected = Happening(START + 10 * HOUR, (ReckonAgain(),))

    (clock,) = stale(corrected, at=START + 12 * HOUR)
    assert clock.used == 12 * HOUR


def test_a_calendar_of_24_hours_is_not_closed_for_a_minute_at_midnight() -> None:
    """M-10."""
    calendar = WorkingCalendar.always(ZONE)
    midnight = datetime(2025, 3, 10, 16, 0, tzinfo=UTC)  # 24:00 in Shanghai

    assert calendar.between(midnight - HOUR, midnight + HOUR) == 2 * HOUR
    assert calendar.is_open(midnight - timedelta(seconds=1))
    assert calendar.is_open(midnight)
