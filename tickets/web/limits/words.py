"""Limits in words: how long, on which calendar, for which complaints, who is told when."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import Enum

from flask_babel import gettext, ngettext

from tickets.limits.comparison import Difference, Section, spans_as_text
from tickets.web.shell.labels import LABELS, label_of
from tickets.web.shell.languages import chosen_language
from tickets.web.shell.moments import length_of_time
from tickets.web.shell.typed import in_reader_language
from workflow.limits import UNIT_CALENDAR, DatedCalendar, Limits, Rule, Rung, SpanUnit, Tell
from workflow.spans import DAYS, shown_spans
from workflow.tiers import LADDER
from workflow.words import N_, Channel, ClockKind, Level, Severity

UNITS = {
    SpanUnit.MINUTES: N_("minutes"),
    SpanUnit.HOURS: N_("hours"),
    SpanUnit.WORKING_DAYS: N_("working days"),
    SpanUnit.DAYS: N_("days of the calendar"),
    SpanUnit.WEEKS: N_("weeks"),
    SpanUnit.MONTHS: N_("months"),
}
TELL = {
    Tell.RESPONSIBLE: N_("Responsible person"),
    Tell.COORDINATOR: N_("Coordinator"),
    Tell.DEPARTMENT: N_("Department of the work order"),
    Tell.LEAD: N_("Lead"),
    Tell.SUPERVISOR: N_("Supervisor"),
    Tell.EXECUTIVE: N_("Executive"),
    Tell.DUTY: N_("On duty"),
}
CONDITIONS = {
    "severity": N_("Severity"),
    "tier": N_("Customer tier"),
    "channel": N_("Channel"),
    "category": N_("Category"),
    "unit": N_("Unit"),
}
WEEKDAYS = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}
SECTIONS = {
    Section.GENERAL: N_("In general"),
    Section.RULES: N_("Limits"),
    Section.LADDER: N_("Ladder"),
    Section.CALENDARS: N_("Calendars"),
}
FIELDS = {
    **WEEKDAYS,
    "clock": N_("Clock"),
    "amount": N_("How long"),
    "unit": N_("Counted in"),
    "calendar": N_("Calendar"),
    "reopened": N_("After reopening"),
    "statutory": N_("Statutory"),
    "severity": N_("Severity"),
    "tiers": N_("Customer tier"),
    "channels": N_("Channel"),
    "categories": N_("Category"),
    "units": N_("Unit"),
    "source": N_("Source"),
    "own": N_("Own default"),
    "note": N_("Note"),
    "percent": N_("At percent of the limit"),
    "before": N_("Before it runs out"),
    "tell": N_("Who is told"),
    "raise_to": N_("Raised at least to"),
    "critical": N_("Critical"),
    "names": N_("Names"),
    "tz": N_("Time zone"),
    "country": N_("Country"),
    "subdivision": N_("Region of the country"),
    "official_years": N_("Years with official days"),
    "provisional_years": N_("Provisional years"),
    "default_calendar": N_("Default calendar"),
    "unit_calendars": N_("Calendars of units"),
    "new_cycle_grace": N_("Rest after reopening"),
    "repeat_breach": N_("Repeat missed limits every"),
}
GIVEN_BY_PEOPLE = frozenset({ClockKind.PROMISE, ClockKind.FOLLOW_UP})
"""Clocks whose date a person gives: no rule is about them."""


def field_label(name: str) -> str:
    return gettext(FIELDS[name]) if name in FIELDS else name


def unit_label(unit: SpanUnit) -> str:
    return gettext(UNITS[unit])


def tell_label(tell: Tell) -> str:
    return gettext(TELL[tell])


def tier_label(code: str) -> str:
    tier = next((each for each in LADDER if each.value == code), None)
    return label_of(tier) if tier is not None else code


def amount_words(amount: int, unit: SpanUnit) -> str:
    """“48 hours”, in the reader's language."""
    if unit is SpanUnit.MINUTES:
        return ngettext("%(num)s minute", "%(num)s minutes", amount)
    if unit is SpanUnit.HOURS:
        return ngettext("%(num)s hour", "%(num)s hours", amount)
    if unit is SpanUnit.WORKING_DAYS:
        return ngettext("%(num)s working day", "%(num)s working days", amount)
    if unit is SpanUnit.DAYS:
        return ngettext("%(num)s calendar day", "%(num)s calendar days", amount)
    if unit is SpanUnit.WEEKS:
        return ngettext("%(num)s week", "%(num)s weeks", amount)
    return ngettext("%(num)s month", "%(num)s months", amount)


def calendar_name(limits: Limits, code: str) -> str:
    """The calendar's name; a rule may leave the choice to the unit."""
    if code == UNIT_CALENDAR:
        return gettext("that of the unit")
    return dated_name(limits.calendars[code]) if code in limits.calendars else code


def dated_name(dated: DatedCalendar) -> str:
    return in_reader_language(dict(dated.names), chosen_language()) or dated.code


def condition_words(rule: Rule) -> list[str]:
    """What must hold of a complaint for this rule to fit, one entry for each condition."""
    groups = [
        [label_of(each) for each in Severity if each in rule.severities],
        [tier_label(tier.value) for tier in LADDER if tier.value in rule.tiers],
        [label_of(each) for each in Channel if each in rule.channels],
        sorted(rule.categories),
        sorted(rule.units),
    ]
    return [gettext(", ").join(group) for group in groups if group]


def rung_moment_words(rung: Rung) -> str:
    """When a rung is reached: at a share of the limit, or a time before it runs out."""
    if rung.before is not None:
        return gettext("%(length)s before the end", length=length_of_time(rung.before))
    return gettext("at %(percent)s %%", percent=rung.percent)


def rung_severities(rung: Rung) -> str:
    return gettext(", ").join(label_of(each) for each in Severity if each in rung.severities)


def missing_words(conditions: Iterable[str]) -> str:
    return gettext(", ").join(gettext(CONDITIONS[each]) for each in conditions)


def _code(kind: type[Enum]) -> Callable[[object], str]:
    return lambda value: gettext(LABELS[kind].get(value, str(value)))


def _seconds(value: object) -> str:
    return length_of_time(timedelta(seconds=int(str(value))), in_days=False)


def _in_language(value: object) -> str:
    names = value if isinstance(value, Mapping) else {}
    return in_reader_language(dict(names), chosen_language())


def _source(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, Mapping) else ""


SHOWN: Mapping[str, Callable[[object], str]] = {
    "clock": _code(ClockKind),
    "severity": _code(Severity),
    "channels": _code(Channel),
    "raise_to": _code(Level),
    "unit": lambda value: unit_label(SpanUnit(str(value))),
    "tell": lambda value: tell_label(Tell(str(value))),
    "tiers": lambda value: tier_label(str(value)),
    "source": _source,
    "names": _in_language,
    "note": _in_language,
    "new_cycle_grace": _seconds,
    "repeat_breach": _seconds,
    "before": _seconds,
}


def value_words(name: str, value: object) -> str:
    """A field of a document as people read it; what has no words of its own stays as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return gettext(", ").join(value_words(name, each) for each in value)
    if name in SHOWN:
        return SHOWN[name](value)
    if isinstance(value, Mapping):
        return gettext(", ").join(f"{key}: {each}" for key, each in value.items())
    return str(value)


def section_label(section: Section) -> str:
    return gettext(SECTIONS[section])


def changed_fields(difference: Difference) -> list[tuple[str, str | None, str | None]]:
    """The fields that differ: label, before, after; None where the part was or is not there."""
    before, after = difference.before, difference.after
    return [
        (
            field_label(name),
            value_words(name, before.get(name)) if before is not None else None,
            value_words(name, after.get(name)) if after is not None else None,
        )
        for name in {**(before or {}), **(after or {})}
    ]


def week_words(dated: DatedCalendar) -> list[tuple[str, str]]:
    """Days with the same hours on one line: “Monday–Friday: 09:00-12:00, 13:00-18:00”."""
    runs: list[tuple[list[str], str]] = []
    for day in DAYS:
        spans = spans_as_text(shown_spans(dated.calendar.weekly[day]))
        if runs and runs[-1][1] == spans:
            runs[-1][0].append(day)
        else:
            runs.append(([day], spans))
    return [(_from_to(days), spans) for days, spans in runs if spans]


def _from_to(days: list[str]) -> str:
    ends = [days[0]] if len(days) == 1 else [days[0], days[-1]]
    return "–".join(gettext(WEEKDAYS[day]) for day in ends)


def span_words(span: timedelta) -> str:
    return length_of_time(span, in_days=False)
