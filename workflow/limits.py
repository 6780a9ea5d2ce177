"""The limits: which clock runs how long for which complaint, who is told when, on which calendar.

One version of the limits is one document, never changed once it was in force (design §5). Rules
match on severity, tier, channel, category and unit; the most specific one holds, and can say why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from workflow.words import Channel, ClockKind, Severity
from workflow.working_time import WorkingCalendar

UNIT_CALENDAR = "unit"
"""In a rule: the calendar of the unit whose clock it is."""


class SpanUnit(StrEnum):
    """In what a limit is stated. Days, weeks and months are the law's own: the day of the event
    is not counted, and the limit ends with the last day (Civil Code art. 200–203)."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Tell(StrEnum):
    """Who is told at a rung of the ladder."""

    RESPONSIBLE = "responsible"
    COORDINATOR = "coordinator"
    DEPARTMENT = "department"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    EXECUTIVE = "executive"
    DUTY = "duty"


@dataclass(frozen=True)
class Facts:
    """What rules match on. `categories` and `units` are codes from the root of their tree down
    to the complaint's own category and the unit whose clock it is."""

    severity: Severity = Severity.NORMAL
    tier: str = ""
    channel: Channel = Channel.OTHER
    categories: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a figure is from: a text somebody can look up, or a decision of our own."""

    text: str
    id: str = ""
    own: bool = False


@dataclass(frozen=True)
class Rule:
    """One limit. Empty conditions match everything; `reopened` replaces `amount` after the
    first cycle (PAU-05)."""

    id: str
    clock: ClockKind
    amount: int
    unit: SpanUnit
    calendar: str = UNIT_CALENDAR
    reopened: int | None = None
    statutory: bool = False
    severities: frozenset[Severity] = frozenset()
    tiers: frozenset[str] = frozenset()
    channels: frozenset[Channel] = frozenset()
    categories: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    source: Source = Source("", own=True)
    place: int = 0

    def fits(self, facts: Facts) -> bool:
        return not self.misfits(facts)

    def misfits(self, facts: Facts) -> tuple[str, ...]:
        """The names of the conditions that these facts do not fulfil."""
        held = {
            "severity": not self.severities or facts.severity in self.severities,
            "tier": not self.tiers or facts.tier in self.tiers,
            "channel": not self.channels or facts.channel in self.channels,
            "category": not self.categories or bool(self.categories & set(facts.categories)),
            "unit": not self.units or bool(self.units & set(facts.units)),
        }
        return tuple(name for name, holds in held.items() if not holds)

    def weight(self, facts: Facts) -> tuple[int, int, int]:
        """How specific the rule is for these facts: conditions, depth in the trees, place."""
        conditions = (self.severities, self.tiers, self.channels, self.categories, self.units)
        depth = _depth(self.categories, facts.categories) + _depth(self.units, facts.units)
        return sum(bool(each) for each in conditions), depth, self.place

    def amount_in(self, cycle: int) -> int:
        return self.amount if cycle == 1 or self.reopened is None else self.reopened


def _depth(wanted: frozenset[str], chain: tuple[str, ...]) -> int:
    return max((place for place, code in enumerate(chain, 1) if code in wanted), default=0)


@dataclass(frozen=True)
class Rung:
    """One step of the ladder of one clock: at a share of the limit in percent, or that much
    counted time before it runs out; who is told, and to which level it is raised at least."""

    id: str
    clock: ClockKind
    percent: int | None = None
    before: timedelta | None = None
    tell: tuple[Tell, ...] = ()
    raise_to: int | None = None
    critical: bool = False
    severities: frozenset[Severity] = frozenset()

    @property
    def is_breach(self) -> bool:
        return self.percent is not None and self.percent >= 100


@dataclass(frozen=True)
class Match:
    """The rule that holds, and for each other rule of the clock why it does not: the conditions
    it misses, or nothing when it is merely less specific."""

    rule: Rule
    passed_over: tuple[tuple[Rule, tuple[str, ...]], ...]


@dataclass(frozen=True)
class DatedCalendar:
    """A calendar of the limits, with the years whose official days are known or only supposed."""

    code: str
    calendar: WorkingCalendar
    names: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    official_years: frozenset[int] = frozenset()
    provisional_years: frozenset[int] = frozenset()

    def is_provisional(self, at: datetime) -> bool:
        """Whether a moment lies in a year whose official days nobody has published yet.

        A calendar without a country follows no official days, so nothing about it is supposed.
        """
        if self.country is None:
            return False
        year = at.astimezone(self.calendar.tz).year
        return year in self.provisional_years or year not in self.official_years


@dataclass(frozen=True)
class Limits:
    """One version, ready to be asked. `key` is what complaints refer to it by."""

    key: str
    number: int
    calendars: Mapping[str, DatedCalendar]
    default_calendar: str
    rules: tuple[Rule, ...]
    ladder: tuple[Rung, ...]
    unit_calendars: Mapping[str, str] = field(default_factory=dict)
    pack: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    new_cycle_grace: timedelta = timedelta(minutes=30)
    """No alert about a reopened complaint comes earlier than this after its reopening."""
    repeat_breach: timedelta | None = None
    """A missed limit is told again after this much counted time, until somebody acknowledges."""

    def match(self, clock: ClockKind, facts: Facts) -> Match | None:
        """The most specific rule of this clock, or None: then the clock does not run."""
        of_clock = [rule for rule in self.rules if rule.clock is clock]
        fitting = [rule for rule in of_clock if rule.fits(facts)]
        if not fitting:
            return None
        best = max(fitting, key=lambda rule: rule.weight(facts))
        others = tuple((rule, rule.misfits(facts)) for rule in of_clock if rule is not best)
        return Match(best, others)

    def calendar_for(self, rule: Rule, facts: Facts) -> DatedCalendar:
        """The calendar that the rule counts on: its own, or that of the nearest unit with one."""
        if rule.calendar != UNIT_CALENDAR:
            return self.calendars[rule.calendar]
        return self.calendar_of(facts.units)

    def calendar_of(self, units: Iterable[str]) -> DatedCalendar:
        """The calendar of a unit, given by the codes from the root down to it."""
        for code in reversed(tuple(units)):
            if code in self.unit_calendars:
                return self.calendars[self.unit_calendars[code]]
        return self.calendars[self.default_calendar]

    def rungs(self, clock: ClockKind, severity: Severity) -> tuple[Rung, ...]:
        """The ladder of one clock, as it holds for this severity."""
        return tuple(
            rung
            for rung in self._ladders[clock]
            if not rung.severities or severity in rung.severities
        )

    @cached_property
    def _ladders(self) -> dict[ClockKind, tuple[Rung, ...]]:
        return {
            clock: tuple(rung for rung in self.ladder if rung.clock is clock) for clock in ClockKind
        }

    @cached_property
    def asks_for_categories(self) -> bool:
        return any(rule.categories for rule in self.rules)

    @cached_property
    def asks_for_units(self) -> bool:
        return bool(self.unit_calendars) or any(rule.units for rule in self.rules)


def runs_out(
    rule: Rule, calendar: WorkingCalendar, start: datetime, cycle: int
) -> datetime | timedelta:
    """How long the rule gives from `start`: an amount of the calendar's open time, or, for
    limits stated in days, weeks or months, the moment at which they end."""
    amount = rule.amount_in(cycle)
    if rule.unit is SpanUnit.MINUTES:
        return timedelta(minutes=amount)
    if rule.unit is SpanUnit.HOURS:
        return timedelta(hours=amount)
    day = start.astimezone(calendar.tz).date()
    if rule.unit is SpanUnit.WORKING_DAYS:
        return calendar.local_end_of(calendar.working_date(day, amount))
    return calendar.local_end_of(_later(day, amount, rule.unit))


def _later(day: date, amount: int, unit: SpanUnit) -> date:
    if unit is SpanUnit.DAYS:
        return day + timedelta(days=amount)
    if unit is SpanUnit.WEEKS:
        return day + timedelta(weeks=amount)
    return months_later(day, amount)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where the month is too short."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
