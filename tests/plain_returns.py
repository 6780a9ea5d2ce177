"""The limits that regulators publish, typed anew, and days counted one after the other."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

DAY = timedelta(days=1)
PACKS = Path(__file__).parents[1] / "tickets" / "limits" / "packs"
LIMITS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "cn-telecom": (("days_15", "days", 15),),
    "uk-ofcom": (("weeks_6", "days", 42), ("weeks_8", "days", 56)),
    "uk-fca": (("days_3", "working", 3), ("weeks_8", "days", 56)),
    "au-acma": (("days_2", "working", 2), ("days_10", "working", 10)),
    "in-trai": (("days_3", "days", 3), ("weeks_4", "days", 28)),
}
ASK_FOR_REDRESS = ("uk-fca",)


@cache
def calendar(pack: str) -> Mapping[str, Any]:
    document = json.loads((PACKS / f"{pack}.json").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = document["calendars"]["office"]["calendar"]
    return found


@cache
def works(pack: str, day: date) -> bool:
    found = calendar(pack)
    if day.isoformat() in found["special_hours"]:
        return bool(found["special_hours"][day.isoformat()])
    return day.weekday() < 5 and day.isoformat() not in found["holidays"]


def took(pack: str, kind: str, received: date, ended: date) -> int:
    """Days of this kind after the day of receipt, the last one included."""
    days = [received + number * DAY for number in range(1, (ended - received).days + 1)]
    return len(days) if kind == "days" else sum(works(pack, day) for day in days)


@cache
def kept_limit(pack: str, received: date, ended: date) -> str:
    """The shortest limit that a complaint of these days kept, or that it was later. What ends on
    a day off is as early as what would have ended on the working day before."""
    kept = (
        key for key, kind, days in LIMITS[pack] if took(pack, kind, received, ended - DAY) < days
    )
    return next(kept, "later")
