"""Clocks in the reader's words: how much is left, of which kind of time, and how pressing it is."""

from datetime import timedelta

from flask_babel import gettext

from tickets.clocks.display import Reading
from tickets.web.shell.looks import Look
from tickets.web.shell.moments import length_of_time, stamp
from workflow.words import ClockState

MIDNIGHT, END_OF_DAY = "00:00", "24:00"
LATE = Look("exclamation-triangle-fill", "bad")
AMBER = Look("hourglass-split", "warn")
CALM = Look("clock", "quiet")
PAUSED = Look("pause-circle", "info")
ENDED = {
    ClockState.MET: Look("check-circle", "good"),
    ClockState.MISSED: Look("x-octagon", "bad"),
    ClockState.VOID: Look("dash-circle", "quiet"),
}


def clock_look(reading: Reading) -> Look:
    """Shape and tone of a clock; the words beside it say the same."""
    if reading.state in ENDED:
        return ENDED[reading.state]
    if reading.late:
        return LATE
    if reading.state is ClockState.PAUSED:
        return PAUSED
    return AMBER if reading.amber else CALM


def clock_says(reading: Reading) -> str:
    """How the clock stands: “3 h 20 min left”, “2 h late”, “paused: waiting for the customer”."""
    if not reading.is_open:
        return _ended(reading)
    if reading.state is ClockState.PAUSED:
        return gettext("paused: waiting for the customer")
    length = span_of(abs(reading.remaining), open_time=reading.open_time)
    if not reading.late:
        return gettext("%(length)s left", length=length)
    if abs(reading.remaining) < timedelta(minutes=1):
        return gettext("time is up")
    return gettext("%(length)s late", length=length)


def due_stamp(reading: Reading, pattern: str = "minute") -> str:
    """When it runs out. A limit stated in days ends with its last day, at 24:00: who reads 00:00
    of the next day takes it for a day more."""
    due = reading.due_at
    if due is None:
        return "–"
    shown = stamp(due, pattern)
    if reading.open_time or not shown.endswith(MIDNIGHT):
        return shown
    last_day = stamp(due - timedelta(minutes=1), pattern)
    return f"{last_day[: -len(MIDNIGHT)]}{END_OF_DAY}"


def _ended(reading: Reading) -> str:
    """What became of it; how far it ran over its limit, where it did."""
    if reading.state is ClockState.MISSED:
        over = span_of(max(-reading.remaining, timedelta()), open_time=reading.open_time)
        return gettext("missed by %(length)s", length=over)
    if reading.state is ClockState.MET:
        used = span_of(reading.used, open_time=reading.open_time)
        return gettext("met: %(length)s used", length=used)
    return gettext("no longer counted")


def span_of(length: timedelta, *, open_time: bool) -> str:
    """Counted time in words. Open time stays in hours: 24 open hours are not a day."""
    return length_of_time(length, in_days=not open_time)
