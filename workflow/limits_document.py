"""The limits as a document: reading one, and every reason why one cannot be used.

The document is plain JSON, kept whole with its version; `docs/limits.md` shows its shape. Fields
in reasons are paths into it: "rules.3.amount", "calendars.office.weekly.mon".
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from workflow.limits import (
    UNIT_CALENDAR,
    DatedCalendar,
    Limits,
    Rule,
    Rung,
    Source,
    SpanUnit,
    Tell,
)
from workflow.reasons import Reason, Refused
from workflow.tiers import LADDER
from workflow.words import N_, Channel, ClockKind, Level, Severity
from workflow.working_time import CalendarRefused, WorkingCalendar

LONGEST = {
    SpanUnit.MINUTES: 60 * 24 * 366,
    SpanUnit.HOURS: 24 * 366,
    SpanUnit.WORKING_DAYS: 250,
    SpanUnit.DAYS: 730,
    SpanUnit.WEEKS: 104,
    SpanUnit.MONTHS: 24,
}
"""No limit is longer; a thousand years is a slip of the hand."""

ALWAYS = "always"
TIERS = frozenset(tier.value for tier in LADDER)

Code = TypeVar("Code", bound=StrEnum)


def read(document: Mapping[str, object], *, key: str, number: int) -> Limits:
    """The limits of this document, or Refused with every reason."""
    reader = _Reader(document)
    limits = reader.limits(key, number)
    if reader.reasons:
        raise Refused(reader.reasons)
    return limits


def objections(document: Mapping[str, object]) -> list[Reason]:
    """Every reason why this document cannot be used; empty when it can."""
    try:
        read(document, key="", number=0)
    except Refused as refused:
        return list(refused.reasons)
    return []


class _Reader:
    """Reads everything it can and remembers what it could not."""

    def __init__(self, document: Mapping[str, object]) -> None:
        self.document = document
        self.reasons: list[Reason] = []

    def limits(self, key: str, number: int) -> Limits:
        # What is said about a calendar is said there, not again at everything that counts on it.
        codes = self._mapping("calendars")
        calendars = self._calendars(codes)
        default = self._among(self.document.get("default_calendar"), codes, "default_calendar")
        return Limits(
            key=key,
            number=number,
            calendars=calendars,
            default_calendar=default or "",
            rules=self._rules(codes),
            ladder=self._ladder(),
            unit_calendars=self._unit_calendars(codes),
            pack=str(self.document.get("pack", "")),
            titles={name: str(title) for name, title in self._mapping("titles").items()},
            new_cycle_grace=self._seconds("new_cycle_grace", 1800),
            repeat_breach=self._seconds("repeat_breach", 0) or None,
        )

    def refuse(self, code: str, sentence: str, at: str, /, **values: object) -> None:
        self.reasons.append(Reason(code, sentence, values, at))

    def _calendars(self, all_given: Mapping[str, object]) -> dict[str, DatedCalendar]:
        found = {}
        for code, given in all_given.items():
            if not isinstance(given, Mapping):
                self.refuse("malformed", N_("This is not a calendar."), f"calendars.{code}")
                continue
            try:
                calendar = WorkingCalendar.from_json(given["calendar"])
            except CalendarRefused as refused:
                self.reasons += [
                    Reason(each.code, each.sentence, each.values, f"calendars.{code}.{each.field}")
                    for each in refused.reasons
                ]
                continue
            except (KeyError, TypeError, AttributeError, ValueError):
                self.refuse("malformed", N_("This is not a calendar."), f"calendars.{code}")
                continue
            found[code] = DatedCalendar(
                code,
                calendar,
                dict(given.get("names", {})),
                given.get("country") or None,
                frozenset(given.get("official_years", ())),
                frozenset(given.get("provisional_years", ())),
            )
        if not all_given:
            self.refuse("no_calendar", N_("At least one calendar is needed."), "calendars")
        return found

    def _rules(self, calendars: Collection[str]) -> tuple[Rule, ...]:
        seen: set[str] = set()
        rules = []
        for place, given in enumerate(self._rows("rules")):
            at = f"rules.{place}"
            self._unique(given, seen, at)
            rule = self._rule(given, place, at, calendars)
            if rule is not None:
                rules.append(rule)
        if not rules:
            self.refuse("no_rule", N_("At least one limit is needed."), "rules")
        return tuple(rules)

    def _rule(
        self, given: Mapping[str, object], place: int, at: str, calendars: Collection[str]
    ) -> Rule | None:
        clock = self._code(ClockKind, given.get("clock"), f"{at}.clock")
        unit = self._code(SpanUnit, given.get("unit"), f"{at}.unit")
        calendar = self._among(
            given.get("calendar") or UNIT_CALENDAR, {*calendars, UNIT_CALENDAR}, f"{at}.calendar"
        )
        tiers = self._several(given, "tiers", at)
        for tier in tiers - TIERS:
            self.refuse("unknown", N_("“%(code)s” is not known."), f"{at}.tiers", code=tier)
        if clock is None or unit is None or calendar is None:
            return None
        amount = self._amount(given.get("amount"), unit, f"{at}.amount")
        reopened = given.get("reopened")
        if reopened is not None:
            reopened = self._amount(reopened, unit, f"{at}.reopened")
        source = given.get("source")
        source = source if isinstance(source, Mapping) else {}
        return Rule(
            id=str(given.get("id", "")),
            clock=clock,
            amount=amount,
            unit=unit,
            calendar=calendar,
            reopened=reopened,
            statutory=bool(given.get("statutory", False)),
            severities=self._codes(Severity, given, "severity", at),
            tiers=tiers,
            channels=self._codes(Channel, given, "channels", at),
            categories=self._several(given, "categories", at),
            units=self._several(given, "units", at),
            source=Source(
                str(source.get("text", "")), str(source.get("id", "")), bool(given.get("own"))
            ),
            place=place,
        )

    def _amount(self, given: object, unit: SpanUnit, at: str) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            self.refuse("not_positive", N_("A limit is a whole number above zero."), at)
            return 1
        if given > LONGEST[unit]:
            sentence = N_("A limit of more than %(most)s is a slip of the hand.")
            self.refuse("too_long", sentence, at, most=LONGEST[unit])
            return 1
        return given

    def _ladder(self) -> tuple[Rung, ...]:
        seen: set[str] = set()
        rungs = []
        for place, given in enumerate(self._rows("ladder")):
            at = f"ladder.{place}"
            self._unique(given, seen, at)
            rung = self._rung(given, at)
            if rung is not None:
                rungs.append(rung)
        return tuple(rungs)

    def _rung(self, given: Mapping[str, object], at: str) -> Rung | None:
        clock = self._code(ClockKind, given.get("clock"), f"{at}.clock")
        percent, before = given.get("percent"), given.get("before")
        if (percent is None) == (before is None):
            sentence = N_("Say either a share of the limit or a time before it runs out.")
            self.refuse("when", sentence, f"{at}.percent")
        elif not isinstance(percent if before is None else before, int):
            self.refuse("when", N_("This must be a whole number."), f"{at}.percent")
        elif isinstance(percent, int) and not 1 <= percent <= 1000:
            self.refuse("when", N_("A share lies between 1 and 1000 percent."), f"{at}.percent")
        elif isinstance(before, int) and not 1 <= before <= 366 * 86400:
            self.refuse("when", N_("This lies between a second and a year."), f"{at}.before")
        raise_to = given.get("raise_to")
        if raise_to is not None and raise_to not in set(Level):
            self.refuse("level", N_("Levels run from 0 to 3."), f"{at}.raise_to")
        tell = self._codes_in_order(Tell, given, "tell", at)
        if clock is None or self.reasons:
            return None
        return Rung(
            id=str(given.get("id", "")),
            clock=clock,
            percent=percent if isinstance(percent, int) else None,
            before=timedelta(seconds=before) if isinstance(before, int) else None,
            tell=tell,
            raise_to=raise_to if isinstance(raise_to, int) else None,
            critical=bool(given.get("critical", False)),
            severities=self._codes(Severity, given, "severity", at),
        )

    def _unit_calendars(self, calendars: Collection[str]) -> dict[str, str]:
        found = {}
        for unit, code in self._mapping("unit_calendars").items():
            known = self._among(code, calendars, f"unit_calendars.{unit}")
            if known:
                found[unit] = known
        return found

    def _seconds(self, name: str, otherwise: int) -> timedelta:
        given = self.document.get(name, otherwise)
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= 366 * 86400:
            self.refuse("seconds", N_("This lies between zero and a year, in seconds."), name)
            return timedelta()
        return timedelta(seconds=given)

    def _unique(self, given: Mapping[str, object], seen: set[str], at: str) -> None:
        name = given.get("id")
        if not isinstance(name, str) or not 0 < len(name) <= 40:
            sentence = N_("A name of at most 40 characters is needed.")
            self.refuse("no_name", sentence, f"{at}.id")
        elif name in seen:
            self.refuse("twice", N_("“%(name)s” is there twice."), f"{at}.id", name=name)
        else:
            seen.add(name)

    def _code(self, codes: type[Code], given: object, at: str) -> Code | None:
        try:
            return codes(str(given))
        except ValueError:
            self.refuse("unknown", N_("“%(code)s” is not known."), at, code=given)
            return None

    def _codes(
        self, codes: type[Code], given: Mapping[str, object], name: str, at: str
    ) -> frozenset[Code]:
        return frozenset(self._codes_in_order(codes, given, name, at))

    def _codes_in_order(
        self, codes: type[Code], given: Mapping[str, object], name: str, at: str
    ) -> tuple[Code, ...]:
        read = [self._code(codes, each, f"{at}.{name}") for each in self._list(given, name, at)]
        return tuple(each for each in read if each is not None)

    def _several(self, given: Mapping[str, object], name: str, at: str) -> frozenset[str]:
        return frozenset(each for each in self._list(given, name, at) if isinstance(each, str))

    def _list(self, given: Mapping[str, object], name: str, at: str) -> Sequence[str]:
        found = given.get(name) or ()
        is_list = isinstance(found, Iterable) and not isinstance(found, str)
        codes = list(found) if isinstance(found, Iterable) and is_list else []
        if not is_list or not all(isinstance(each, str) for each in codes):
            self.refuse("not_a_list", N_("This must be a list of codes."), f"{at}.{name}")
            return []
        return codes

    def _among(self, given: object, known: Collection[str], at: str) -> str | None:
        if isinstance(given, str) and given in known:
            return given
        self.refuse("no_such_calendar", N_("There is no calendar “%(code)s”."), at, code=given)
        return None

    def _mapping(self, name: str) -> Mapping[str, object]:
        given = self.document.get(name) or {}
        if isinstance(given, Mapping):
            return given
        self.refuse("malformed", N_("This part of the document is not readable."), name)
        return {}

    def _rows(self, name: str) -> Sequence[Mapping[str, object]]:
        given = self.document.get(name) or []
        if isinstance(given, list) and all(isinstance(row, Mapping) for row in given):
            return given
        self.refuse("malformed", N_("This part of the document is not readable."), name)
        return []
