"""The ledger of a clock in words: why each stretch counts or not, and how a limit came about.

What a supervisor reads to a customer is made of the same lines that the table shows (SLA-08).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from flask_babel import format_date, gettext

from tickets import numbers
from tickets.clocks.counted_time import counts_open_time
from tickets.clocks.display import Reading
from tickets.models import Complaint
from tickets.web.clocks.words import due_stamp, span_of
from tickets.web.limits.words import amount_words, condition_words
from tickets.web.shell.labels import label_of, name_in
from tickets.web.shell.moments import stamp
from workflow.clock_keeping import GIVEN_DATE, NOT_WITH_DEPARTMENT
from workflow.clocks import Clock
from workflow.ledger import COUNTED, LedgerLine
from workflow.limits import Rule, Rung
from workflow.words import N_, ClockState, WaitReason
from workflow.working_time import CLOSED, DAY_OFF, HOLIDAY, SPECIAL

SATURDAY = 5
PLAIN = {
    COUNTED: N_("counted"),
    CLOSED: N_("outside the hours"),
    NOT_WITH_DEPARTMENT: N_("not with the department"),
}
NAMED = {
    HOLIDAY: N_("holiday"),
    SPECIAL: N_("outside the special hours of that day"),
}


def why(line: LedgerLine) -> str:
    """Why this stretch counts, or does not."""
    if line.why in PLAIN:
        return gettext(PLAIN[line.why])
    if line.why == DAY_OFF:
        return _day_off(line)
    if line.why in NAMED:
        return _named(gettext(NAMED[line.why]), line.name)
    return _waiting(line.why)


def _day_off(line: LedgerLine) -> str:
    weekend = line.day is not None and line.day.weekday() >= SATURDAY
    return gettext("weekend") if weekend else gettext("no working day")


def _named(what: str, name: str) -> str:
    return gettext("%(what)s: %(name)s", what=what, name=name) if name else what


def _waiting(code: str) -> str:
    if code in set(WaitReason):
        reason = label_of(WaitReason(code))
        return gettext("waiting for the customer: %(reason)s", reason=reason)
    return gettext("waiting for the customer")


def weekday(moment: datetime) -> str:
    return str(format_date(moment, "EEE"))


def limit_says(rule: Rule, cycle: int) -> str:
    """The limit as it was stated: “48 hours”, “15 calendar days”."""
    if rule == GIVEN_DATE:
        return gettext("a date that somebody gave")
    return amount_words(rule.amount_in(cycle), rule.unit)


def source_says(rule: Rule) -> str:
    """Where the figure is from."""
    if rule == GIVEN_DATE:
        return gettext("the date itself")
    if rule.source.own or not rule.source.text:
        return gettext("our own default")
    return rule.source.text


def holds_for(rule: Rule) -> str:
    """For which complaints the rule is meant; empty when for all."""
    return gettext(", ").join(condition_words(rule))


def rung_says(rung: Rung | None, fallback: str = "", *, again: bool = False) -> str:
    """Which step of the ladder this is."""
    if again:
        return gettext("told again until somebody acknowledges it")
    if rung is None:
        return fallback
    if rung.before is not None:
        length = span_of(rung.before, open_time=True)
        return gettext("%(length)s before it runs out", length=length)
    if rung.percent == 100:
        return gettext("the limit is missed")
    return gettext("%(percent)s %% of the limit used", percent=rung.percent)


def aloud(complaint: Complaint, clock: Clock, reading: Reading, lines: Sequence[LedgerLine]) -> str:
    """A few sentences to be read to a customer; each line is one."""
    return "\n".join(_sentences(complaint, clock, reading, lines))


def _sentences(
    complaint: Complaint, clock: Clock, reading: Reading, lines: Sequence[LedgerLine]
) -> Iterator[str]:
    yield gettext(
        "Complaint %(number)s, limit “%(clock)s”: %(limit)s, counted on “%(calendar)s”.",
        number=numbers.spoken(complaint.number),
        clock=label_of(clock.id.kind),
        limit=limit_says(clock.rule, clock.id.cycle),
        calendar=calendar_says(clock),
    )
    yield gettext("The time began on %(at)s.", at=stamp(clock.starts_at))
    yield gettext("Counted so far: %(length)s.", length=_span(clock, clock.used))
    yield from _left_out(lines)
    yield _stands(clock, reading)
    if reading.provisional:
        yield gettext("The official days of that year are not published yet; the moment may move.")


def calendar_says(clock: Clock) -> str:
    if clock.rule == GIVEN_DATE:
        return gettext("the calendar's days")
    return name_in(clock.calendar.names) or clock.calendar.code


def _span(clock: Clock, length: timedelta) -> str:
    return span_of(length, open_time=counts_open_time(clock))


def _left_out(lines: Iterable[LedgerLine]) -> Iterator[str]:
    """What was not counted: hours and weekends in sum, holidays and waiting one by one."""
    sums: dict[str, timedelta] = {}
    for line in lines:
        if line.counts:
            continue
        if line.why in (CLOSED, DAY_OFF):
            sums[why(line)] = sums.get(why(line), timedelta()) + (line.end - line.start)
            continue
        yield gettext(
            "Not counted: %(why)s, from %(start)s to %(end)s.",
            why=why(line),
            start=stamp(line.start),
            end=stamp(line.end),
        )
    if sums:
        parts = [f"{reason} {span_of(length, open_time=False)}" for reason, length in sums.items()]
        yield gettext("Not counted: %(parts)s.", parts=gettext(", ").join(parts))


def _stands(clock: Clock, reading: Reading) -> str:
    """How the clock stands in the end."""
    if clock.state is ClockState.PAUSED:
        length = _span(clock, max(clock.remaining, timedelta()))
        return gettext(
            "It is paused while we wait for the customer; %(length)s are left.", length=length
        )
    if clock.ended_at is not None:
        return _ended(clock, clock.ended_at)
    due = due_stamp(reading)
    if reading.late:
        late = _span(clock, abs(min(clock.remaining, timedelta())))
        return gettext("It ran out on %(due)s and is late by %(length)s.", due=due, length=late)
    length = _span(clock, clock.remaining)
    return gettext("It runs out on %(due)s; %(length)s are left.", due=due, length=length)


def _ended(clock: Clock, ended_at: datetime) -> str:
    at = stamp(ended_at)
    if clock.state is ClockState.MISSED:
        over = _span(clock, max(-clock.remaining, timedelta()))
        return gettext("It was done on %(at)s, %(length)s too late.", at=at, length=over)
    if clock.state is ClockState.MET:
        return gettext("It was done on %(at)s, in time.", at=at)
    return gettext("Since %(at)s it is no longer counted.", at=at)
