"""The working days of a shipped pack's own calendar."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from tickets.config import ROOT

DAYS_OF_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PACKS = ROOT / "tickets" / "limits" / "packs"


@dataclass(frozen=True)
class PackCalendar:
    """Which days are working days; known in full for `years`."""

    years: tuple[int, ...]
    weekly: Mapping[str, object]
    holidays: frozenset[str]
    special: Mapping[str, object]

    def opens_by_week(self, day: date) -> bool:
        return bool(self.weekly.get(DAYS_OF_WEEK[day.weekday()]))

    def opens(self, day: date) -> bool:
        """Hours of the date itself win over holidays, both over the week."""
        name = day.isoformat()
        if name in self.special:
            return bool(self.special[name])
        return name not in self.holidays and self.opens_by_week(day)


@cache
def calendar_of(pack: str) -> PackCalendar:
    document = json.loads((PACKS / f"{pack}.json").read_text(encoding="utf-8"))
    row = document["calendars"][document["default_calendar"]]
    calendar = row["calendar"]
    return PackCalendar(
        tuple(row.get("official_years", ())),
        calendar["weekly"],
        frozenset(calendar["holidays"]),
        calendar.get("special_hours", {}),
    )
