"""Two documents of limits side by side: what was added, removed or changed, part by part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]
Values = dict[str, Any]


class Section(StrEnum):
    """The parts of a document that are compared with each other."""

    GENERAL = "general"
    RULES = "rules"
    LADDER = "ladder"
    CALENDARS = "calendars"


@dataclass(frozen=True)
class Difference:
    """One part that differs: its fields before and after; None where there was or is none."""

    section: Section
    name: str
    before: Values | None
    after: Values | None


GENERAL = ("default_calendar", "unit_calendars", "new_cycle_grace", "repeat_breach")


def differences(before: Document, after: Document) -> list[Difference]:
    """What differs, in the order of the later document; only the fields that do."""
    old, new = parts_of(before), parts_of(after)
    found = []
    for key in [*new, *(each for each in old if each not in new)]:
        was, is_now = old.get(key), new.get(key)
        if was == is_now:
            continue
        found.append(Difference(*key, only_different(was, is_now), only_different(is_now, was)))
    return sorted(found, key=lambda each: list(Section).index(each.section))


def parts_of(document: Document) -> dict[tuple[Section, str], Values]:
    """Every part by section and name, with its fields."""
    general = {name: document[name] for name in GENERAL if document.get(name)}
    return {
        (Section.GENERAL, ""): general,
        **{(Section.RULES, row["id"]): row_fields(row) for row in document["rules"]},
        **{(Section.LADDER, row["id"]): row_fields(row) for row in document["ladder"]},
        **{
            (Section.CALENDARS, code): calendar_fields(each)
            for code, each in document["calendars"].items()
        },
    }


def row_fields(row: Mapping[str, Any]) -> Values:
    """A rule or a rung as its fields; what is empty is as good as not there."""
    return {
        name: sorted(value) if name in SETS else value
        for name, value in row.items()
        if name != "id" and value not in (None, [], "", False, {})
    }


SETS = frozenset({"severity", "tiers", "channels", "categories", "units", "tell"})


def calendar_fields(dated: Mapping[str, Any]) -> Values:
    """A calendar as its fields: each weekday and each day of its own is one."""
    calendar = dated["calendar"]
    found: Values = {"names": dated.get("names") or {}, "tz": calendar.get("tz", "")}
    for name in ("country", "subdivision", "official_years", "provisional_years"):
        found[name] = dated.get(name)
    for day, spans in (calendar.get("weekly") or {}).items():
        found[day] = spans_as_text(spans)
    for day, name in (calendar.get("holidays") or {}).items():
        found[day] = f"– {name}".strip()
    for day, row in (calendar.get("special_hours") or {}).items():
        found[day] = f"{spans_as_text(row['spans']) or '–'} {row.get('name', '')}".strip()
    return {name: value for name, value in found.items() if value not in (None, [], "", {})}


def spans_as_text(spans: Iterable[Iterable[str]]) -> str:
    """Spans as people type them: 09:00-12:00, 13:00-18:00."""
    return ", ".join("-".join(span) for span in spans)


def only_different(values: Values | None, others: Values | None) -> Values | None:
    if values is None or others is None:
        return values
    return {name: value for name, value in values.items() if others.get(name) != value}
